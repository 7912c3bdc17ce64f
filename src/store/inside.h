// What the modules of the store share and nobody else includes.
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include <stddef.h>
#include <sys/types.h>

#include "store/store.h"

struct store {
	char *root;        // I of the root workspace, absolute
	int root_fd;       // of I
	int tmp_fd;        // of I/.wfx/tmp
	int lock_fd;       // shared flock on I/.wfx/locks/store
	char *warehouse;   // where blobs are written; may not exist yet
	char **warehouses; // where wares are looked for, in order; no duplicates
	size_t n_warehouses;
	int trust_hits;
};

// "abc/def/HASH": how hashes become paths everywhere.
enum { WARE_PATH = 2 * 4 + 112 + 16 };
const char *store_ware_path(const char *hash, char out[WARE_PATH]);

// Can this be the hash of a WareID (base58, of sane length)?
int store_is_hash(const char *text);

// The code for the errno of a failed write: wfx-no-space where the disk (or a limit) is
// full, else `otherwise`.
const char *store_space_code(int sys, const char *otherwise);

// Make the directories of rel ("a/b/c") below dirfd and sync the parents of new ones.
// Returns a descriptor of the last, -1 with errno.
int store_make_dirs(int dirfd, const char *rel, mode_t mode);

// openat(2) of a path ("" = dirfd itself) that may not leave dirfd nor follow a link.
int store_open_beneath(int dirfd, const char *path, int flags);

// Every name two folders below PATH (relative to dirfd, or absolute), where blobs, shelves,
// aliases and the like lie: PATH/abc/def/NAME; names with a dot in front are left out. Stops
// when fn returns non-zero, and returns that. PATH not being there is no error.
typedef int name_fn(void *arg, int folder, const char *name);
int store_each_name(int dirfd, const char *path, name_fn *fn, void *arg);

// Publish bytes as DIR/NAME, where `dir` is relative to I: temporary file in I/.wfx/tmp,
// sync, rename, sync of the folder. Replaces.
int store_put_file(struct store *s, const char *dir, const char *name, const char *p,
                   size_t n, mode_t mode, struct err *e);

// Rename, also where it is a directory this user may not write into. -1 with errno.
int store_move(int from, const char *name, int to, const char *new_name);

// Report a phase; wfx-cancelled when the callback wants to stop. fn may be NULL.
int store_tell(store_progress_fn *fn, void *arg, enum store_phase phase, const char *what,
               struct err *e);
void store_notice(store_progress_fn *fn, void *arg, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
