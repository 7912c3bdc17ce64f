// A search for a ware through the warehouses: place after place until one serves.
//
// Order: every workspace's warehouse (nearest first), addr, more_addrs. A place that has
// a wrong ware, or none, is remembered and the next is tried; the user is told the worst
// that was met, and all places.
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

// Use the blob (open, at its start; borrowed). 0 = served, -1 = not this one.
typedef int search_fn(void *arg, const char *addr, int blob, struct err *e);

struct search {
	struct store *s;
	const struct wareid *id;
	const char *addr;              // or NULL
	const char *const *more_addrs; // or NULL
	search_fn *take;
	void *take_arg;
	store_progress_fn *progress; // or NULL
	void *arg;
	// inside
	struct str tried;
	unsigned n_tried;
	struct err worst;
	int worst_rank;
};

// 1 = served, 0 = nobody could, -1 = an error that another place would not mend (no
// space, cancelled, the cache itself).
int search_run(struct search *x, struct err *e);
// The error after 0. Returns -1.
int search_failed(struct search *x, struct err *e);
void search_finish(struct search *x);

#endif
