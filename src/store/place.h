// Making the nodes of a tree on disk, below one directory and nowhere else.
//
// Parents are reached by openat2(RESOLVE_BENEATH|NO_SYMLINKS), nodes made in them with
// O_EXCL and without following links, so nothing that exists is ever opened or replaced.
// Directories are 0700 until place_finish_dirs() gives them their metadata, children
// first.
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "formula/ware.h"

struct err;
struct node;
struct tree;

struct placer {
	int base;               // borrowed
	const char *name;       // of the root in base; NULL: base is the root
	int root;               // -1 until the root directory was made
	struct filters filters; // resolved (store/filter.h)
	bool super;             // may change owners
	bool inherits;          // the file system gives new files another group than ours
	uid_t uid;
	gid_t gid;
	_Atomic uint64_t n_owner_lost;
};

// The parent directory that a thread used last. Start with { NULL, -1 }.
struct place_dir {
	const struct node *dir;
	int fd;
};

void place_init(struct placer *p, int base, const char *name, const struct filters *f);
void place_finish(struct placer *p);

int place_dir_make(struct placer *p, struct place_dir *at, struct node *n, struct err *e);
// Symlinks, FIFOs and devices, with their metadata.
int place_special(struct placer *p, struct place_dir *at, struct node *n, struct err *e);
// A new file, open for writing; then its metadata, and fd is closed in any case.
int place_file_open(struct placer *p, struct place_dir *at, struct node *n,
                    struct err *e);
int place_file_close(struct placer *p, struct node *n, int fd, struct err *e);

// Metadata of all directories. After tree_sort(), when everything else is done.
int place_finish_dirs(struct placer *p, struct tree *t, struct err *e);

// Set *e for a failed system call on n: wfx-no-space, rio-inoperable-path (names that the
// file system refuses) or warpforge-error-io.
int place_error(const struct node *n, const char *doing, struct err *e);

// For threads that only make files: the umask of this thread becomes 0, which saves a
// call for each file. Changes nothing for other threads.
void place_thread_start(void);

#endif
