// The mount calls of Linux 5.2 and later, one thin function each: -1 with errno.
//
// Everything is done by file descriptor: a path is resolved once and what was opened is
// what gets mounted. Descriptors are close-on-exec.
#ifndef SANDBOX_MOUNT_H
#define SANDBOX_MOUNT_H

#include <stddef.h>
#include <sys/types.h>

// A detached copy of the mount at path (with `recursive`, of those below it as well).
// path "" clones the mount that dirfd itself refers to.
int mnt_clone(int dirfd, const char *path, int recursive);

// Set MOUNT_ATTR_* on a mount and make it private. userns_fd >= 0 maps its ids through
// that user namespace as well (needs CAP_SYS_ADMIN where the file system belongs).
int mnt_attr(int fd, unsigned set, int recursive, int userns_fd);

// Put a detached mount at dirfd/path, or onto exactly what `onto` refers to.
int mnt_move(int fd, int dirfd, const char *path);
int mnt_move_onto(int fd, int onto);

// Make a file system and mount it, detached. `options` is key, value, ..., NULL; a value
// of NULL is a flag. What the file system has to say goes to why (may be NULL).
int mnt_fs(const char *type, const char *const *options, unsigned attr, char *why,
           size_t n);

// openat2: below `root` as if it were "/", links never leading out, no magic links;
// flags without O_CLOEXEC. With mnt_open_plain() no links at all.
int mnt_open_in(int root, const char *path, int flags);
int mnt_open_plain(int dirfd, const char *path, int flags);

// Make the folder `fd` (a mount's root) the root of this mount namespace; the old root is
// then at `old`, a folder in it. cwd is "/".
int mnt_pivot(int fd, const char *old);
// The same, and drop the old root with everything mounted in it. Nothing may lie on top of
// the old root: only the topmost is dropped.
int mnt_pivot_and_drop(int fd);

#endif
