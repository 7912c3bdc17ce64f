#include "sandbox/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "sandbox/init.h"
#include "sandbox/mount.h"
#include "sandbox/ns.h"
#include "sandbox/origin.h"
#include "sandbox/plan.h"
#include "sandbox/report.h"

#define OVERLAY_MAGIC 0x794c7630
#define NFS_MAGIC 0x6969
#define OVERFLOW_ID 65534 // what ids without a mapping look like

enum {
	SEALED = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
	         MOUNT_ATTR_NOEXEC,
};

// Mount points

static void keep_mtime(int dir, const struct stat *st)
{
	const struct timespec t[2] = { { .tv_nsec = UTIME_OMIT }, st->st_mtim };

	futimens(dir, t);
}

// Making a mount point must not show in the folder's own time: it may be packed.
static int make_one(struct tree *t, int parent, const char *name, int folder,
                    const char *path, struct err *e)
{
	auto_fd int dir = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_fd int file = -1;
	struct stat st;
	int bad;

	if (dir < 0 || fstat(dir, &st))
		return err_sys(e, "wfx-sandbox", "%s: opening the folder above it", path);
	bad = folder ? mkdirat(dir, name, 0755)
	             : (file = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	                              0644)) < 0;
	if (bad)
		return err_sys(e, "wfx-sandbox", "%s: making the mount point", path);
	keep_mtime(dir, &st);
	if (strncmp(path, "/dev/", 5) != 0)
		report_text(t->report, REPORT_MADE, folder, path);
	return mnt_open_plain(dir, name, O_PATH | O_NOFOLLOW);
}

// An O_PATH fd of the mount point, made with its parents where it is missing. Links are
// followed inside the box only; `plain` allows none at all.
static int target_fd(struct tree *t, const char *path, int folder, int plain,
                     struct err *e)
{
	auto_free char *up = NULL;
	auto_fd int parent = -1;
	int flags = O_PATH | (folder ? O_DIRECTORY : 0), fd;
	char *slash;

	if (!path[1])
		return fcntl(t->root, F_DUPFD_CLOEXEC, 3);
	fd = plain ? mnt_open_plain(t->root, path + 1, flags)
	           : mnt_open_in(t->root, path + 1, flags);
	if (fd >= 0)
		return fd;
	if (errno == ELOOP && plain)
		return err_set(e, "wfx-sandbox",
		               "%s is a symlink in the root of the box; "
		               "it must be a folder",
		               path);
	if (errno != ENOENT)
		return err_sys(e, "wfx-sandbox", "%s: opening the mount point", path);
	up = xstrdup(path);
	slash = strrchr(up, '/');
	if (slash == up)
		slash[1] = '\0';
	else
		*slash = '\0';
	parent = target_fd(t, up, 1, plain, e);
	if (parent < 0)
		return -1;
	return make_one(t, parent, strrchr(path, '/') + 1, folder, path, e);
}

// A link of the root file system may lead where no formula may mount anything.
static int in_ours(const struct tree *t, int at)
{
	struct stat st, dev;
	struct statfs fs;

	return (fstatfs(at, &fs) == 0 &&
	        (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC)) ||
	       (t->dev >= 0 && fstat(at, &st) == 0 && fstat(t->dev, &dev) == 0 &&
	        st.st_dev == dev.st_dev);
}

static int put(struct tree *t, int mount, const char *path, int folder, int plain,
               struct err *e)
{
	auto_fd int at = target_fd(t, path, folder, plain, e);
	struct stat st;

	if (at < 0)
		return -1;
	if (!plain && in_ours(t, at))
		return err_set(
			e, "wfx-sandbox",
			"%s leads through a symlink to the box's own /proc or /dev: "
			"nothing can be mounted there",
			path);
	if (!folder && fstat(at, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(e, "wfx-input-mount",
		               "%s is a folder in the box, but what "
		               "should be mounted there is a file",
		               path);
	if (mnt_move_onto(mount, at))
		return err_sys(e, "wfx-sandbox", "mounting %s", path);
	return 0;
}

// Operations: each takes the row, returns 0 or -1 with *e.

// From ourselves, or from wfx when that is real root. A message is the row's number.
static int get_source(struct tree *t, const struct op *o, struct err *e)
{
	int fd = -1, row = -1;

	if (t->wfx < 0)
		return origin_open(o, -1, e);
	if (ns_recv(t->wfx, &row, sizeof(row), &fd, -1) != sizeof(row))
		_exit(1); // wfx is gone, or has found the error itself
	if (row != (int)(o - t->plan->ops.items)) {
		err_set(e, "wfx-sandbox", "wfx sent tree %d out of order", row);
		close(fd);
		return -1;
	}
	return fd < 0 ? -2 : fd;
}

static int do_store(struct tree *t, const struct op *o, struct err *e)
{
	t->store = get_source(t, o, e);
	if (t->store < 0)
		return -1;
	if (mnt_move(t->store, t->scaffold, "store"))
		return err_sys(e, "wfx-sandbox", "mounting the run folder");
	return 0;
}

static int do_tree(struct tree *t, const struct op *o, struct err *e)
{
	char name[32];
	int fd = get_source(t, o, e);

	if (fd == -2)
		return 0;
	if (fd < 0)
		return -1;
	t->trees[o->index] = fd;
	if (!(o->flags & OP_DIR))
		return 0;
	snprintf(name, sizeof(name), "s/%d", (int)o->index);
	if (mkdirat(t->scaffold, name, 0700) || mnt_move(fd, t->scaffold, name))
		return err_sys(e, "wfx-sandbox", "mounting the lower tree of %s",
		               o->target);
	return 0;
}

// The merged root shows mode, owner and time of the upper one: it must be as the lower's.
static int make_layer(struct tree *t, const struct op *o, char *upper, char *work,
                      struct err *e)
{
	auto_fd int fd = -1;
	struct stat st;

	if ((mkdirat(t->scaffold, upper, 0700) && errno != EEXIST) ||
	    (mkdirat(t->scaffold, work, 0700) && errno != EEXIST))
		return err_sys(e, errno == ENOSPC ? "wfx-no-space" : "wfx-sandbox",
		               "making the layer of %s", o->target);
	fd = openat(t->scaffold, upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "wfx-sandbox", "opening the layer of %s", o->target);
	if (o->tree < 0 || fstat(t->trees[o->tree], &st)) {
		fchmod(fd, 0755);
		return 0;
	}
	if ((st.st_uid || st.st_gid) && fchown(fd, st.st_uid, st.st_gid))
		(void)errno; // an id that does not exist in the box
	fchmod(fd, st.st_mode & 07777);
	keep_mtime(fd, &st);
	return 0;
}

static int overlay_error(const struct op *o, const char *run_dir, const char *why,
                         struct err *e)
{
	struct statfs fs = { 0 };
	int sys = errno;

	statfs(run_dir, &fs);
	errno = sys;
	err_sys(e, sys == ENOSPC ? "wfx-no-space" : "wfx-sandbox",
	        "making the overlay of %s%s%s%s", o->target, *why ? " (" : "", why,
	        *why ? ")" : "");
	if (fs.f_type == OVERLAY_MAGIC || fs.f_type == NFS_MAGIC)
		return err_hint(
			e,
			"%s is on %s, which cannot hold the layers of a box; point "
			"TMPDIR to a local disk, a volume or a tmpfs",
			run_dir, fs.f_type == NFS_MAGIC ? "NFS" : "an overlay");
	if (sys == ENODEV)
		return err_hint(
			e, "the kernel has no overlay file system: modprobe overlay");
	if (sys == EPERM)
		return err_hint(e,
		                "overlay in a user namespace needs Linux 5.11 or later");
	return err_hint(
		e,
		"%s must be on a file system with user xattrs (ext4, xfs, btrfs, or "
		"tmpfs since Linux 6.6)",
		run_dir);
}

static int do_overlay(struct tree *t, const struct op *o, struct err *e)
{
	char lower[32] = "m/e", upper[32], work[32], why[512];
	const char *options[] = {
		"source",       "box",      "lowerdir", lower,       "upperdir",
		upper,          "workdir",  work,       "userxattr", NULL,
		"redirect_dir", "nofollow", "metacopy", "off",       "index",
		"off",          "volatile", NULL,       NULL,
	};
	int fd, bad;

	snprintf(upper, sizeof(upper), "store/l%d", (int)o->index);
	snprintf(work, sizeof(work), "store/w%d", (int)o->index);
	if (o->tree >= 0)
		snprintf(lower, sizeof(lower), "s/%d", o->tree);
	if (make_layer(t, o, upper, work, e))
		return -1;
	fd = mnt_fs("overlay", options, o->attr, why, sizeof(why));
	if (fd < 0)
		return overlay_error(o, t->plan->ops.items[0].source, why, e);
	if (!o->target[1]) {
		t->root = fd;
		if (mnt_move(fd, t->scaffold, "r"))
			return err_sys(e, "wfx-sandbox", "mounting the root of the box");
		return 0;
	}
	bad = put(t, fd, o->target, 1, 0, e);
	close(fd);
	return bad;
}

static int do_bind(struct tree *t, const struct op *o, struct err *e)
{
	auto_fd int fd = take_fd(t->trees[o->tree]);
	struct stat st;

	if (fd < 0)
		return 0; // optional and absent
	if (!o->target[1]) {
		t->root = take_fd(fd);
		if (mnt_move(t->root, t->scaffold, "r"))
			return err_sys(e, "wfx-sandbox", "mounting the root of the box");
		return 0;
	}
	if (fstat(fd, &st))
		return err_sys(e, "wfx-input-mount", "reading the source of %s",
		               o->target);
	return put(t, fd, o->target, S_ISDIR(st.st_mode), 0, e);
}

// Wait for what init makes meanwhile.
static int await_fs(struct tree *t, enum tree_fs which)
{
	while (!t->fs_came[which]) {
		struct init_mount m;
		int fd = -1;

		// EOF: init has failed and has told wfx.
		if (ns_recv(t->init, &m, sizeof(m), &fd, -1) != sizeof(m))
			_exit(1);
		t->fs[m.which] = fd;
		t->fs_came[m.which] = 1;
		t->fs_errno[m.which] = m.error;
		memcpy(t->fs_why[m.which], m.why, sizeof(m.why));
	}
	return t->fs[which];
}

static int proc_error(const struct tree *t, struct err *e)
{
	const char *why = t->fs_why[TREE_PROC];

	errno = t->fs_errno[TREE_PROC];
	err_sys(e, "wfx-sandbox", "mounting /proc%s%s%s", *why ? " (" : "", why,
	        *why ? ")" : "");
	if (t->fs_errno[TREE_PROC] == EPERM)
		err_hint(e, "parts of the host's own /proc are hidden, as in a "
		            "container: give "
		            "that container --security-opt systempaths=unconfined "
		            "(docker) or "
		            "--security-opt unmask=/proc/* (podman)");
	return -1;
}

static int do_proc(struct tree *t, const struct op *o, struct err *e)
{
	if (await_fs(t, TREE_PROC) < 0)
		return proc_error(t, e);
	return put(t, t->fs[TREE_PROC], o->target, 1, 1, e);
}

// A sysfs of our own needs a network namespace of our own, and a host that shows all of
// its sysfs. Otherwise the host's, read-only; what matters in it is hidden either way.
static int do_sys(struct tree *t, const struct op *o, struct err *e)
{
	if (await_fs(t, TREE_SYS) < 0) {
		t->fs[TREE_SYS] = mnt_clone(AT_FDCWD, "/sys", 1);
		if (t->fs[TREE_SYS] < 0 || mnt_attr(t->fs[TREE_SYS], o->attr, 1, -1))
			return err_sys(e, "wfx-sandbox", "cloning /sys");
	}
	return put(t, t->fs[TREE_SYS], o->target, 1, 1, e);
}

// A file of the host's root that nobody else may touch is out of reach of the box, whose
// root is somebody else. (Upstream's own list is hidden in any case.)
static int out_of_reach(const struct op *o, const struct stat *st)
{
	return !(o->flags & OP_ALWAYS) && !(st->st_mode & 0077) &&
	       st->st_uid == OVERFLOW_ID;
}

// A read-only file of its own mount with these contents, on the scaffold.
static const char *fixed_file(struct tree *t, const struct op *o, char *name, size_t n)
{
	auto_fd int fd = -1, copy = -1;

	snprintf(name, n, "m/%zu", (size_t)(o - t->plan->ops.items));
	fd = openat(t->scaffold, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0 || fd_write_all(fd, o->source, o->len))
		return NULL;
	copy = mnt_clone(t->scaffold, name, 0);
	return copy < 0 || mnt_attr(copy, SEALED, 0, -1) ||
	                       mnt_move(copy, t->scaffold, name)
	               ? NULL
	               : name;
}

// By path, in one call: /proc and /sys are mounts of ours below "r", nobody but us is here
// yet, and what hides takes its flags along.
static int do_mask(struct tree *t, const struct op *o, struct err *e)
{
	int sys = strncmp(o->target, "/sys/", 5) == 0, there;
	const char *hide;
	char at[256], name[32];
	struct stat st;

	there = fstatat(t->fs[sys ? TREE_SYS : TREE_PROC], o->target + (sys ? 5 : 6), &st,
	                AT_SYMLINK_NOFOLLOW) == 0;
	if (!there && errno != ENOENT && errno != EACCES && errno != ENOTDIR)
		return err_sys(e, "wfx-sandbox", "looking at %s to hide it", o->target);
	if (!there || S_ISLNK(st.st_mode) || out_of_reach(o, &st))
		return 0;
	snprintf(at, sizeof(at), "r%s", o->target);
	hide = o->source             ? fixed_file(t, o, name, sizeof(name))
	       : S_ISDIR(st.st_mode) ? "m/e"
	                             : "m/f";
	if (!hide || mount(hide, at, NULL, MS_BIND, NULL))
		return err_sys(e, "wfx-sandbox", "hiding %s", o->target);
	return 0;
}

static int do_rdonly(struct tree *t, const struct op *o, struct err *e)
{
	auto_fd int at = mnt_open_plain(t->fs[TREE_PROC], o->target + 6, O_PATH);
	auto_fd int copy = at < 0 ? -1 : mnt_clone(at, "", 0);

	if (copy < 0 || mnt_attr(copy, o->attr, 0, -1) || mnt_move_onto(copy, at))
		return err_sys(e, "wfx-sandbox", "making %s read-only", o->target);
	return 0;
}

// "mode=0755,size=64k" as the pairs that mnt_fs() takes, cut in place.
static void split_options(char *text, const char **out, size_t max)
{
	size_t n = 0;

	for (char *save, *w = strtok_r(text, ",", &save); w && n + 2 < max;
	     w = strtok_r(NULL, ",", &save)) {
		char *eq = strchr(w, '=');

		if (eq)
			*eq = '\0';
		out[n++] = w;
		out[n++] = eq ? eq + 1 : NULL;
	}
	out[n] = NULL;
}

static int do_fs(struct tree *t, const struct op *o, struct err *e)
{
	const char *type = o->kind == OP_DEVPTS ? "devpts" : "tmpfs", *options[16];
	auto_free char *text = xstrdup(o->source);
	int in_dev = strncmp(o->target, "/dev", 4) == 0, bad;
	auto_fd int fd = -1;
	char why[256];

	split_options(text, options, ARRAY_LEN(options));
	fd = mnt_fs(type, options, o->attr, why, sizeof(why));
	if (fd < 0)
		return err_sys(e, "wfx-sandbox", "making the %s of %s%s%s", type,
		               o->target, *why ? ": " : "", why);
	bad = put(t, fd, o->target, 1, in_dev, e);
	if (strcmp(o->target, "/dev") == 0)
		t->dev = take_fd(fd);
	return bad;
}

static int do_mqueue(struct tree *t, const struct op *o, struct err *e)
{
	if (await_fs(t, TREE_MQUEUE) < 0)
		return 0;
	return put(t, t->fs[TREE_MQUEUE], o->target, 1, 1, e);
}

static int do_node(struct tree *t, const struct op *o, struct err *e)
{
	auto_fd int fd = mnt_clone(AT_FDCWD, o->source, 0);
	auto_fd int at = -1;
	int dev = t->dev;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return err_sys(e, "wfx-sandbox", "opening %s", o->source);
	if (!S_ISCHR(st.st_mode) || st.st_rdev != (dev_t)o->index)
		return err_set(e, "wfx-sandbox",
		               "%s of the host is not the device it should be",
		               o->source);
	at = openat(dev, o->target + strlen("/dev/"),
	            O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (at < 0 || mnt_move_onto(fd, at))
		return err_sys(e, "wfx-sandbox", "mounting %s", o->target);
	return 0;
}

static int do_link(struct tree *t, const struct op *o, struct err *e)
{
	if (symlinkat(o->source, t->dev, o->target + strlen("/dev/")))
		return err_sys(e, "wfx-sandbox", "making the link %s", o->target);
	return 0;
}

static int do_file(struct tree *t, const struct op *o, struct err *e)
{
	auto_fd int fd = mnt_open_in(t->root, o->target + 1, O_WRONLY | O_CREAT | O_EXCL);

	if (fd < 0 || fd_write_all(fd, o->source, o->len))
		return err_sys(e, "wfx-sandbox", "writing %s", o->target);
	return 0;
}

static int do_seal(struct tree *t, const struct op *o, struct err *e)
{
	auto_fd int fd = mnt_open_in(t->root, o->target + 1, O_PATH | O_DIRECTORY);

	if (fd < 0 || mnt_attr(fd, o->attr, !!(o->flags & OP_RECURSIVE), -1))
		return err_sys(e, "wfx-sandbox", "sealing %s", o->target);
	return 0;
}

typedef int op_fn(struct tree *t, const struct op *o, struct err *e);

static op_fn *const actions[OP_KIND_COUNT] = {
	[OP_STORE] = do_store,   [OP_TREE] = do_tree,     [OP_OVERLAY] = do_overlay,
	[OP_BIND] = do_bind,     [OP_PROC] = do_proc,     [OP_SYS] = do_sys,
	[OP_MASK] = do_mask,     [OP_RDONLY] = do_rdonly, [OP_TMPFS] = do_fs,
	[OP_NODE] = do_node,     [OP_LINK] = do_link,     [OP_DEVPTS] = do_fs,
	[OP_MQUEUE] = do_mqueue, [OP_FILE] = do_file,     [OP_SEAL] = do_seal,
};

static int make_empty(struct tree *t, const char *name, int folder)
{
	auto_fd int fd = -1, copy = -1;

	fd = folder ? mkdirat(t->scaffold, name, 0555)
	            : openat(t->scaffold, name, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	                     0444);
	copy = fd < 0 ? -1 : mnt_clone(t->scaffold, name, 0);
	if (folder)
		fd = -1;
	if (copy < 0 || mnt_attr(copy,
	                         MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
	                                 MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
	                         0, -1))
		return -1;
	return mnt_move(copy, t->scaffold, name);
}

static int make_scaffold(struct tree *t, struct err *e)
{
	static const char *const options[] = { "mode", "0755", "size", "1m", NULL };
	static const char *const folders[] = { "store", "s", "m", "r", "old" };
	char why[256];

	t->scaffold = mnt_fs("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, why,
	                     sizeof(why));
	if (t->scaffold < 0 || mnt_move(t->scaffold, AT_FDCWD, "/") ||
	    fchdir(t->scaffold))
		return err_sys(e, "wfx-sandbox", "making the folder to build the box in");
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (mkdirat(t->scaffold, folders[i], 0755))
			return err_sys(e, "wfx-sandbox", "making %s", folders[i]);
	if (make_empty(t, "m/e", 1) || make_empty(t, "m/f", 0))
		return err_sys(e, "wfx-sandbox", "making the empty file and folder");
	return 0;
}

int tree_build(struct tree *t, struct err *e)
{
	t->scaffold = t->store = t->root = t->dev = -1;
	t->n_trees = t->plan->n_trees;
	t->trees = xcalloc((size_t)t->n_trees + 1, sizeof(*t->trees));
	for (int i = 0; i < t->n_trees; i++)
		t->trees[i] = -1;
	if (make_scaffold(t, e))
		return -1;
	for (size_t i = 0; i < t->plan->ops.n; i++) {
		const struct op *o = &t->plan->ops.items[i];

		if (op_infos[o->kind].phase == PHASE_WARDEN && actions[o->kind](t, o, e))
			return -1;
	}
	for (int i = 0; i < t->n_trees; i++)
		if (t->trees[i] >= 0)
			close(take_fd(t->trees[i]));
	if (mnt_pivot(t->scaffold, "old")) {
		err_sys(e, "wfx-sandbox", "leaving the host's file system");
		return err_hint(e, "on an initramfs (rootfs) this is not possible");
	}
	return 0;
}
