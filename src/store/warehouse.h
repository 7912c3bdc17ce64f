// Warehouses: addresses, and blobs read from them (spec §5).
#ifndef STORE_WAREHOUSE_H
#define STORE_WAREHOUSE_H

#include "formula/ware.h"

struct err;
struct str;

enum warehouse_kind {
	WAREHOUSE_FILE,        // file://PATH: one blob
	WAREHOUSE_CA_FILE,     // ca+file://DIR, file+ca://DIR: DIR/abc/def/HASH
	WAREHOUSE_UNSUPPORTED, // http and the like
};

// The address's kind; *path gets the local path (percent escapes resolved; relative ones
// are left relative to the working directory). -1 with wfx-config when it is no address.
int warehouse_parse(const char *addr, enum warehouse_kind *kind, struct str *path,
                    struct err *e);

// The address ca+file://DIR of a local path; free it.
char *warehouse_addr(const char *dir);

// Open the ware's blob at the address for reading. Codes rio-ware-not-found,
// rio-warehouse-unavailable (no such directory, unreadable, not a plain file, a kind
// that is not supported yet), wfx-config.
int warehouse_open(const char *addr, const struct wareid *id, struct err *e);

#endif
