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
#include <time.h>
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

int box_run_dir(const char *parent, char **path, int *lock_fd, struct err *e)
{
	auto_free char *dir = xasprintf("%s/%sXXXXXX", parent, prefix);
	auto_free char *lock = NULL;
	auto_fd int fd = -1;

	if (fd_mkdir_p(parent, 0700, e))
		return -1;
	if (!mkdtemp(dir))
		return err_sys(e, errno == ENOSPC ? "wfx-no-space" : "wfx-sandbox",
		               "making a run folder in %s", parent);
	lock = xasprintf("%s/lock", dir);
	fd = open(lock, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB)) {
		err_sys(e, errno == ENOSPC ? "wfx-no-space" : "wfx-sandbox", "locking %s",
		        dir);
		unlink(lock);
		rmdir(dir);
		return -1;
	}
	*path = take_ptr(dir);
	*lock_fd = take_fd(fd);
	return 0;
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

// A folder whose lock can be had belongs to nobody. One without a lock is being made, or
// being removed: old ones only.
static int abandoned(int dir, const char *name)
{
	auto_free char *lock = xasprintf("%s/lock", name);
	auto_fd int fd = openat(dir, lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd >= 0)
		return flock(fd, LOCK_EX | LOCK_NB) == 0;
	return errno == ENOENT && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_uid == geteuid() && time(NULL) - st.st_mtime > 60;
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
		if (strncmp(de->d_name, removing, strlen(removing)) != 0 &&
		    (strncmp(de->d_name, prefix, strlen(prefix)) != 0 ||
		     !abandoned(dirfd(d), de->d_name)))
			continue;
		if (remove_whole(parent, de->d_name))
			bad = err_sys(e, "wfx-sandbox",
			              "removing what a dead run left: %s/%s", parent,
			              de->d_name);
	}
	closedir(d);
	return bad;
}
