// Run folders: made, locked while they are used, swept when their owner is gone. See
// box.h.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "sandbox/box.h"
#include "sandbox/ids.h"
#include "sandbox/userns.h"

static const char prefix[] = "run-";
// A folder is renamed before it is removed: whoever finds one with this name goes on.
static const char removing[] = "gone-";

// A sweeper may meet the folder before it is locked; it then holds the lock until all is
// gone. 1 = that happened.
static int lock_folder(const char *dir, int *lock_fd)
{
	auto_free char *lock = xasprintf("%s/lock", dir);
	auto_fd int fd = -1;
	struct stat a, b;

	fd = open(lock, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno == ENOENT || errno == EEXIST ? 1 : -1;
	if (flock(fd, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? 1 : -1;
	if (fstat(fd, &a) || stat(lock, &b) || a.st_ino != b.st_ino)
		return 1;
	*lock_fd = take_fd(fd);
	return 0;
}

int box_run_dir(const char *parent, char **path, int *lock_fd, struct err *e)
{
	auto_free char *dir = NULL;
	int again;

	if (fd_mkdir_p(parent, 0700, e))
		return -1;
	do {
		free(dir);
		dir = xasprintf("%s/%sXXXXXX", parent, prefix);
		if (!mkdtemp(dir))
			return err_sys(e,
			               errno == ENOSPC ? "wfx-no-space" : "wfx-sandbox",
			               "making a run folder in %s", parent);
		again = lock_folder(dir, lock_fd);
	} while (again > 0);
	if (again == 0) {
		*path = take_ptr(dir);
		return 0;
	}
	err_sys(e, errno == ENOSPC ? "wfx-no-space" : "wfx-sandbox", "locking %s", dir);
	rmdir(dir);
	return -1;
}

static int remove_whole(const char *parent, const char *name)
{
	auto_fd int dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int is_gone = strncmp(name, removing, strlen(removing)) == 0;
	auto_free char *gone =
		is_gone ? xstrdup(name) : xasprintf("%s%s", removing, name);
	auto_free char *path = xasprintf("%s/%s", parent, gone);

	if (dir < 0)
		return -1;
	if (!is_gone && renameat(dir, name, dir, gone) < 0)
		return errno == ENOENT ? 0 : -1;
	if (fd_remove_tree(dir, gone) == 0)
		return 0;
	// Files of subordinate ids: only root of such a namespace can remove them.
	userns_remove_with_range(path);
	return fd_remove_tree(dir, gone);
}

int box_run_dir_remove(const char *path, int lock_fd, struct err *e)
{
	auto_free char *parent = xstrdup(path);
	char *slash = strrchr(parent, '/');
	int bad;

	if (!slash || !slash[1])
		return err_set(e, "wfx-sandbox", "%s: not a run folder", path);
	*slash = '\0';
	bad = remove_whole(*parent ? parent : "/", slash + 1);
	if (bad)
		err_sys(e, "wfx-sandbox", "removing %s", path);
	if (lock_fd >= 0)
		close(lock_fd);
	return bad;
}

// The parent may be a folder with other things in it, of other users, too: ours are what
// mkdtemp() makes of our names, for us alone.
static int is_ours(int dir, const char *name)
{
	const char *rest = name;
	struct stat st;

	if (strncmp(rest, removing, strlen(removing)) == 0)
		rest += strlen(removing);
	if (strncmp(rest, prefix, strlen(prefix)) != 0 ||
	    strlen(rest) != strlen(prefix) + 6)
		return 0;
	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) &&
	       st.st_uid == geteuid() && !(st.st_mode & 077);
}

// A folder whose lock can be had belongs to nobody; *lock_fd keeps it so. One without a
// lock was left, or is being made: with the lock ours, its maker takes another name. What
// is already being removed needs no lock.
static int abandoned(int dir, const char *name, int *lock_fd)
{
	auto_free char *lock = xasprintf("%s/lock", name);

	if (!is_ours(dir, name))
		return 0;
	if (strncmp(name, removing, strlen(removing)) == 0)
		return 1;
	*lock_fd = openat(dir, lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return *lock_fd >= 0 && flock(*lock_fd, LOCK_EX | LOCK_NB) == 0;
}

int box_sweep(const char *parent, struct err *e)
{
	DIR *d = opendir(parent);
	struct dirent *de;
	int bad = 0;

	if (!d)
		return errno == ENOENT ? 0
		                       : err_sys(e, "wfx-sandbox", "opening %s", parent);
	while ((de = readdir(d))) {
		auto_fd int lock_fd = -1;

		if (abandoned(dirfd(d), de->d_name, &lock_fd) &&
		    remove_whole(parent, de->d_name))
			bad = err_sys(e, "wfx-sandbox",
			              "removing what a dead run left: %s/%s", parent,
			              de->d_name);
	}
	closedir(d);
	return bad;
}
