#include "store/lock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "store/inside.h"

// Upstream's prefix for uploads, so that its users know what a left-over is.
static const char temp_prefix[] = ".tmp.upload.wfx-";

int lock_take(struct store *s, const char *name, int how, store_progress_fn *progress,
              void *arg, struct err *e)
{
	const struct timespec pause = { 0, 30 * 1000 * 1000 };
	auto_free char *path = xasprintf(".wfx/locks/%s", name);
	auto_fd int fd =
		openat(s->root_fd, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_sys(e, store_space_code(errno, "rio-local-cache-problem"),
		               "making the lock %s/%s", s->root, path);
	while (flock(fd, how | LOCK_NB) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return err_sys(e, "rio-local-cache-problem", "locking %s/%s",
			               s->root, path);
		if (store_tell(progress, arg, STORE_WAIT, "another process has the lock",
		               e) < 0)
			return -1;
		nanosleep(&pause, NULL);
	}
	return take_fd(fd);
}

static void temp_name(char name[TEMP_NAME])
{
	static unsigned counter;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(name, TEMP_NAME, "%s%d.%u.%lx", temp_prefix, (int)getpid(), counter++,
	         (unsigned long)now.tv_nsec);
}

// A sweeper may have seen the new thing before its lock was taken, and removed it: then
// it has no link any more.
static int hold(int fd)
{
	struct stat st;

	while (flock(fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return 1; // no locks on this file system: nobody else can sweep
				  // either
	return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

int temp_file(int dirfd, char name[TEMP_NAME], mode_t mode)
{
	for (int i = 0; i < 100; i++) {
		auto_fd int fd = -1;

		temp_name(name);
		fd = openat(dirfd, name,
		            O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
		if (fd < 0 && errno == EEXIST)
			continue;
		if (fd < 0)
			break;
		if (hold(fd))
			return take_fd(fd);
	}
	name[0] = '\0';
	return -1;
}

int temp_dir(int dirfd, char name[TEMP_NAME])
{
	for (int i = 0; i < 100; i++) {
		auto_fd int fd = -1;

		temp_name(name);
		if (mkdirat(dirfd, name, 0700) < 0) {
			if (errno == EEXIST)
				continue;
			break;
		}
		fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0) {
			int sys = errno;

			unlinkat(dirfd, name, AT_REMOVEDIR);
			errno = sys;
			break;
		}
		if (hold(fd))
			return take_fd(fd);
	}
	name[0] = '\0';
	return -1;
}

static void sweep_one(int dirfd, const char *name)
{
	auto_fd int fd =
		openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		fd_remove_tree(dirfd, name);
}

void temp_sweep(int dirfd)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((d = readdir(dir)))
		if (strncmp(d->d_name, temp_prefix, strlen(temp_prefix)) == 0)
			sweep_one(dirfd, d->d_name);
	closedir(dir);
}
