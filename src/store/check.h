// Is an unpacked tree still what its index says?
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include <stdint.h>

#include "store/store.h"

struct check {
	uint64_t entries, bytes; // in the index
	uint64_t n_bad;      // entries that differ, are missing or should not be there
	uint64_t n_rehashed; // files that were read
	uint64_t n_mended;   // directory times set right again
	uint64_t n_unseen;   // below directories this user may not enter
	char first[768];     // the first difference, "usr/bin/x: 12 bytes, should be 13"
};

// Compare DIRFD/NAME with the index in index_fd. Quick: stat of every entry and the
// number of entries of every directory; a file whose inode or ctime changed is read.
// Full: every file is read. Directory times are no difference (mounts and copies change
// them): they are set right. Stops looking at the first difference unless `full`. 1 = as
// it should be, 0 = damaged (c->first says what), -1 = rio-local-cache-problem (the index
// itself is unreadable), wfx-cancelled.
int tree_check(int dirfd, const char *name, int index_fd, int full, struct check *c,
               store_progress_fn *progress, void *arg, struct err *e);

// Do two indexes promise the same tree? Inodes and ctimes do not count. -1 = error.
int index_same(int a, int b, struct err *e);

#endif
