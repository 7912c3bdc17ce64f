// What is in the store, and getting rid of it.
#ifndef STORE_UPKEEP_H
#define STORE_UPKEEP_H

#include "store/store.h"

struct store_amount {
	uint64_t n, bytes;
};
struct store_status {
	struct store_amount blobs;   // of the root's warehouse
	struct store_amount shelves; // bytes of file content, as their indexes say
	struct store_amount memos;
	struct store_amount quarantine; // things set aside, bytes on disk
};
void store_status(struct store *s, struct store_status *st);

// Forget a ware: its seal goes; its shelves and its blob in the root's warehouse are set
// aside, as if damaged. 1 = there was something, 0 = nothing, -1 = error.
int store_forget(struct store *s, const struct wareid *id, struct err *e);

// Give space back. What goes: things set aside, and unpacked wares nobody has used for
// `unused_s` seconds that a warehouse has packed. Packed wares, memos and seals stay, and
// so does what a run uses right now.
struct store_gc {
	int64_t unused_s;
	int really; // 0: nothing is removed, only reported
	void (*report)(void *arg, const char *path, uint64_t bytes);
	void *arg;
};
int store_gc(struct store *s, const struct store_gc *gc, struct store_amount *freed,
             struct err *e);

#endif
