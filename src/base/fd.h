// File descriptors and whole files: loops over short reads and writes, files that appear
// whole, folders made with their parents. Everything opened here is close-on-exec.
#ifndef BASE_FD_H
#define BASE_FD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct str;

// Write all n bytes; -1 with errno. EINTR is retried, EAGAIN is not.
int fd_write_all(int fd, const void *p, size_t n);

// Append what is left of fd to *s, at most `max` bytes: -1 with errno (EFBIG above max).
int fd_read_all(int fd, struct str *s, size_t max);

// Read a whole file below dirfd (AT_FDCWD for a plain path).
int fd_read_file(int dirfd, const char *path, struct str *s, size_t max);

int fd_set_nonblock(int fd);

// mkdir -p. Folders that are there are left as they are.
int fd_mkdir_p(const char *path, mode_t mode, struct err *e);

// Remove a tree below dirfd without following links; what is already gone is no error.
// Folders without permission are made accessible first. -1 with errno of the first failure.
int fd_remove_tree(int dirfd, const char *name);

// A file that appears whole:
//	struct fd_temp t;
//	fd_temp_open(&t, dirfd, "name", 0644, e)    a nameless or temporary file beside it
//	fd_write_all(t.fd, ...)
//	fd_temp_publish(&t, e)                      sync, rename to the name, sync the folder
// fd_temp_discard() afterwards (or instead) is always right. Replaces an older file.
struct fd_temp {
	int fd;         // write here; -1 when done
	int dirfd;      // borrowed; must stay open until done
	char name[256]; // final name in dirfd
	char temp[288]; // its name until then
};
int fd_temp_open(struct fd_temp *t, int dirfd, const char *name, mode_t mode,
                 struct err *e);
int fd_temp_publish(struct fd_temp *t, struct err *e);
void fd_temp_discard(struct fd_temp *t);

// Publish the n bytes at p as path, whole (temporary file, fsync, rename, fsync of folder).
int fd_write_file(const char *path, const void *p, size_t n, mode_t mode, struct err *e);

#endif
