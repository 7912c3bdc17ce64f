// Are the wares in the warehouses and in the cache what they should be?
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "store/store.h"

// One blob or shelf that was looked at.
struct finding {
	int is_blob; // else a shelf of the cache
	const char *path;
	const char *hash; // of the ware (blob) or of the shelf, without "tar:"
	uint64_t bytes;
	const char *problem; // NULL = sound
	const char *code;    // of the problem
	const char *moved;   // where the damaged thing lies now, or NULL
	int have;            // another sound place seems to have the ware still
};
typedef void finding_fn(void *arg, const struct finding *f);

struct store_verify {
	const struct wareid *id; // NULL = all
	// Quick: stat of every cached entry, sizes of blobs. Full: every byte is read.
	int full;
	finding_fn *report;
	void *report_arg;
	store_progress_fn *progress; // may be NULL
	void *arg;
};
// Damaged shelves move to I/.wfx/quarantine, damaged blobs of the root's warehouse get
// the suffix ".damaged"; both are then fetched anew when they are needed. Returns the
// number of problems (0 = all is well; also when there was nothing), -1 = error.
int store_verify(struct store *s, const struct store_verify *v, struct err *e);

#endif
