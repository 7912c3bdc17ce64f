// Wares by hand: what `wfx ware ...` and `wfx store ...` do.
//
// The work is done by a worker process that may change nothing but the store and the
// target; the caller prints.
#ifndef ENGINE_WARECMD_H
#define ENGINE_WARECMD_H

#include <stddef.h>
#include <stdint.h>

struct err;

enum ware_verb {
	WARE_PACK,   // path -> WareID; stored at `target`, else in the workspace
	WARE_IMPORT, // a tar file, or "-" -> WareID; the blob is stored as it is
	WARE_MIRROR, // WareIDs -> the same, copied to `target`
	WARE_UNPACK, // WareID, path
	WARE_SCAN,   // file or address -> WareID
	WARE_ID,     // directory, file or WareID -> WareID and seal
	WARE_VERIFY, // WareIDs, or all
	WARE_FORGET, // WareIDs
	WARE_STATUS, // of the store
	WARE_GC,     // of the store: `unused_ms`, `force` really removes
};

struct ware_request {
	enum ware_verb verb;
	const char *const *operands; // NULL at the end
	const char *filters;         // "key=value,..." on top of the verb's own, or NULL
	const char *target;          // address, or NULL
	const char *const *sources;  // addresses, NULL at the end; or NULL
	int force, full, all;
	int64_t unused_ms;
};

struct ware_progress {
	const char *phase; // "unpack"
	const char *what;
	uint64_t bytes, total; // total 0 = unknown
	uint64_t entries;
};

struct ware_face {
	void (*result)(void *arg, const char *line); // for stdout
	void (*notice)(void *arg, const char *line); // for people
	void (*progress)(void *arg, const struct ware_progress *p);
	void *arg;
};

// 0 = done, -1 = error, else the number of the signal that stopped it (nothing is left
// half done). Wares that did not verify are told by notice() and then an error.
int ware_run(const struct ware_request *r, const struct ware_face *face, struct err *e);

#endif
