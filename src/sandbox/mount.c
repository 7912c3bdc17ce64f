#include "sandbox/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

int mnt_clone(int dirfd, const char *path, int recursive)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;

	if (recursive)
		flags |= AT_RECURSIVE;
	if (!*path)
		flags |= AT_EMPTY_PATH;
	return open_tree(dirfd, path, flags);
}

int mnt_attr(int fd, unsigned set, int recursive, int userns_fd)
{
	struct mount_attr a = { .attr_set = set, .propagation = MS_PRIVATE };

	if (userns_fd >= 0) {
		a.attr_set |= MOUNT_ATTR_IDMAP;
		a.userns_fd = (uint64_t)userns_fd;
	}
	return mount_setattr(fd, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &a,
	                     sizeof(a));
}

int mnt_move(int fd, int dirfd, const char *path)
{
	return move_mount(fd, "", dirfd, path, MOVE_MOUNT_F_EMPTY_PATH);
}

int mnt_move_onto(int fd, int onto)
{
	return move_mount(fd, "", onto, "",
	                  MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

// The kernel's messages about a file system context are read from its descriptor, one a
// read, each with a letter and a blank in front.
static void fs_log(int fd, char *why, size_t n)
{
	char b[256];
	ssize_t k;

	if (!why || !n)
		return;
	why[0] = '\0';
	while ((k = read(fd, b, sizeof(b) - 1)) > 0) {
		while (k > 0 && b[k - 1] == '\n')
			k--;
		b[k] = '\0';
		if (k > 2 && strlen(why) + (size_t)k + 3 < n) {
			if (*why)
				strcat(why, "; ");
			strcat(why, b + 2);
		}
	}
}

int mnt_fs(const char *type, const char *const *options, unsigned attr, char *why,
           size_t n)
{
	int fs = fsopen(type, FSOPEN_CLOEXEC), m = -1, bad = 0, sys;

	if (why && n)
		why[0] = '\0';
	if (fs < 0)
		return -1;
	for (size_t i = 0; !bad && options && options[i]; i += 2)
		bad = options[i + 1]
		              ? fsconfig(fs, FSCONFIG_SET_STRING, options[i],
		                         options[i + 1], 0)
		              : fsconfig(fs, FSCONFIG_SET_FLAG, options[i], NULL, 0);
	if (!bad && fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		m = fsmount(fs, FSMOUNT_CLOEXEC, attr);
	sys = errno;
	if (m < 0)
		fs_log(fs, why, n);
	close(fs);
	errno = sys;
	return m;
}

static int open_how(int dirfd, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC),
		                .resolve = resolve,
		                .mode = flags & O_CREAT ? 0644 : 0 };
	int fd;

	// EAGAIN: a rename or mount elsewhere raced with a ".." in the path.
	do
		fd = (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
	while (fd < 0 && (errno == EAGAIN || errno == EINTR));
	return fd;
}

int mnt_open_in(int root, const char *path, int flags)
{
	return open_how(root, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

int mnt_open_plain(int dirfd, const char *path, int flags)
{
	return open_how(dirfd, path, flags, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

int mnt_pivot(int fd, const char *old)
{
	return fchdir(fd) || syscall(SYS_pivot_root, ".", old) || chdir("/") ? -1 : 0;
}

int mnt_pivot_and_drop(int fd)
{
	if (fchdir(fd) || syscall(SYS_pivot_root, ".", "."))
		return -1;
	// The old root lies on top of the new one now, and "." means what is topmost.
	return umount2(".", MNT_DETACH) || chdir("/") ? -1 : 0;
}
