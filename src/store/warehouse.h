// Warehouses: addresses, and blobs read from them (spec §5).
#ifndef STORE_WAREHOUSE_H
#define STORE_WAREHOUSE_H

#include "formula/ware.h"

struct err;
struct str;

enum place_kind {
	PLACE_FILE,        // file://PATH: one blob
	PLACE_CA_FILE,     // ca+file://DIR, file+ca://DIR: DIR/abc/def/HASH
	PLACE_UNSUPPORTED, // http and the like
};

// The address's kind; *path gets the local path (percent escapes resolved; relative ones
// are left relative to the working directory). -1 with wfx-config when it is no address.
int place_parse(const char *addr, enum place_kind *kind, struct str *path, struct err *e);

// The address ca+file://DIR of a local path; free it.
char *place_addr(const char *dir);

// Open the ware's blob at the address for reading. Codes rio-ware-not-found,
// rio-warehouse-unavailable (no such directory, unreadable, not a plain file, a kind
// that is not supported yet), wfx-config.
int place_open(const char *addr, const struct wareid *id, struct err *e);

#endif
