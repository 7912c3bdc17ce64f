#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

int fd_write_all(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n) {
		ssize_t w = write(fd, at, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -1;
		at += w;
		n -= (size_t)w;
	}
	return 0;
}

int fd_read_all(int fd, struct str *s, size_t max)
{
	size_t got = 0;

	for (;;) {
		ssize_t r;

		str_reserve(s, 65536);
		r = read(fd, s->p + s->len, s->cap - s->len - 1);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		s->len += (size_t)r;
		s->p[s->len] = '\0';
		got += (size_t)r;
		if (got > max) {
			errno = EFBIG;
			return -1;
		}
		if (r == 0)
			return 0;
	}
}

int fd_read_file(int dirfd, const char *path, struct str *s, size_t max)
{
	auto_fd int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -1 : fd_read_all(fd, s, max);
}

int fd_set_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int fd_mkdir_p(const char *path, mode_t mode, struct err *e)
{
	auto_free char *copy = xstrdup(path);
	struct stat st;

	for (char *p = copy + 1;; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, mode) < 0 && errno != EEXIST)
			return err_sys(e,
			               errno == ENOSPC ? "wfx-no-space"
			                               : "warpforge-error-io",
			               "making the folder %s", copy);
		*p = c;
		if (!c)
			break;
	}
	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_set(e, "warpforge-error-io",
		               "making the folder %s: not a folder", path);
	return 0;
}

enum { REMOVE_DEPTH = 64 };

struct removal {
	int top;        // the folder that is being removed
	unsigned moved; // how many were moved up to it
};

static int open_folder(int dirfd, const char *name)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dirfd, name, flags);

	if (fd < 0 && errno == EACCES) {
		fchmodat(dirfd, name, 0700, 0);
		fd = openat(dirfd, name, flags);
	}
	if (fd >= 0)
		fchmod(fd, 0700);
	return fd;
}

static int remove_dir(struct removal *r, int dirfd, const char *name, int depth);

// Below a certain depth a folder is moved to the top instead: whoever made the tree may
// have gone deeper than we have descriptors and stack for.
static int remove_entry(struct removal *r, int dir, const char *name, int depth)
{
	struct timespec now;
	char up[64];

	if (depth < REMOVE_DEPTH)
		return remove_dir(r, dir, name, depth + 1) < 0
		               ? -1
		               : unlinkat(dir, name, AT_REMOVEDIR);
	// A name that the tree's maker could not foresee.
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(up, sizeof(up), ".up.%u.%lx.%lx", r->moved + 1,
	         (unsigned long)now.tv_sec, (unsigned long)now.tv_nsec);
	fchmodat(dir, name, 0700, 0); // its ".." is about to change
	if (renameat(dir, name, r->top, up) < 0)
		return -1;
	r->moved++;
	return 0;
}

static int remove_entries(struct removal *r, DIR *dir, int depth)
{
	struct dirent *d;
	int failed = 0;

	while ((d = readdir(dir))) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if (d->d_type != DT_DIR && unlinkat(dirfd(dir), d->d_name, 0) == 0)
			continue;
		if (remove_entry(r, dirfd(dir), d->d_name, depth) < 0)
			failed = failed ? failed : errno;
	}
	return failed;
}

static int remove_dir(struct removal *r, int dirfd, const char *name, int depth)
{
	int fd = open_folder(dirfd, name), failed;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	unsigned moved;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (depth == 0)
		r->top = fd;
	do {
		moved = r->moved;
		rewinddir(dir);
		failed = remove_entries(r, dir, depth);
	} while (depth == 0 && moved != r->moved);
	closedir(dir);
	errno = failed;
	return failed ? -1 : 0;
}

int fd_remove_tree(int dirfd, const char *name)
{
	struct removal r = { .top = -1 };

	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -1;
	if (remove_dir(&r, dirfd, name, 0) < 0)
		return -1;
	return unlinkat(dirfd, name, AT_REMOVEDIR);
}

int fd_temp_open(struct fd_temp *t, int dirfd, const char *name, mode_t mode,
                 struct err *e)
{
	static unsigned counter;
	struct timespec now;

	t->dirfd = dirfd;
	t->fd = -1;
	if ((size_t)snprintf(t->name, sizeof(t->name), "%s", name) >= sizeof(t->name))
		return err_set(e, "warpforge-error-io", "file name too long: %s", name);
	for (int i = 0; i < 100 && t->fd < 0; i++) {
		clock_gettime(CLOCK_REALTIME, &now);
		snprintf(t->temp, sizeof(t->temp), ".tmp.%d.%u.%lx", (int)getpid(),
		         counter++, (unsigned long)now.tv_nsec);
		t->fd = openat(dirfd, t->temp,
		               O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
		if (t->fd < 0 && errno != EEXIST)
			break;
	}
	if (t->fd < 0) {
		t->temp[0] = '\0';
		return err_sys(e, errno == ENOSPC ? "wfx-no-space" : "warpforge-error-io",
		               "making a temporary file for %s", name);
	}
	return 0;
}

int fd_temp_publish(struct fd_temp *t, struct err *e)
{
	const char *code = "warpforge-error-io";

	if (fsync(t->fd) < 0)
		goto fail;
	if (renameat(t->dirfd, t->temp, t->dirfd, t->name) < 0)
		goto fail;
	t->temp[0] = '\0';
	fsync(t->dirfd);
	close(take_fd(t->fd));
	return 0;
fail:
	if (errno == ENOSPC || errno == EDQUOT)
		code = "wfx-no-space";
	err_sys(e, code, "writing %s", t->name);
	fd_temp_discard(t);
	return -1;
}

void fd_temp_discard(struct fd_temp *t)
{
	if (t->fd >= 0)
		close(take_fd(t->fd));
	if (t->temp[0])
		unlinkat(t->dirfd, t->temp, 0);
	t->temp[0] = '\0';
}

int fd_write_file(const char *path, const void *p, size_t n, mode_t mode, struct err *e)
{
	const char *slash = strrchr(path, '/');
	auto_free char *dir =
		slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
	auto_fd int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct fd_temp t;

	if (dirfd < 0)
		return err_sys(e, "warpforge-error-io", "opening the folder %s", dir);
	if (fd_temp_open(&t, dirfd, slash ? slash + 1 : path, mode, e) < 0)
		return -1;
	if (fd_write_all(t.fd, p, n) < 0) {
		err_sys(e, errno == ENOSPC ? "wfx-no-space" : "warpforge-error-io",
		        "writing %s", path);
		fd_temp_discard(&t);
		return -1;
	}
	return fd_temp_publish(&t, e);
}
