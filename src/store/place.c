#include "config.h"

#include "store/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/vec.h"
#include "store/filter.h"
#include "store/treehash.h"

enum { ATIME = 1262304000 }; // as rio: 2010-01-01

static _Thread_local bool no_umask;

void place_thread_start(void)
{
	if (unshare(CLONE_FS) == 0) {
		umask(0);
		no_umask = true;
	}
}

void place_init(struct placer *p, int base, const char *name, const struct filters *f)
{
	struct stat st;

	memset(p, 0, sizeof(*p));
	p->base = base;
	p->name = name;
	p->root = -1;
	p->filters = *f;
	p->uid = geteuid();
	p->gid = getegid();
	p->super = p->uid == 0;
	p->inherits = base >= 0 && fstat(base, &st) == 0 && st.st_mode & S_ISGID;
}

void place_finish(struct placer *p)
{
	if (p->root >= 0)
		close(p->root);
	p->root = -1;
}

int place_error(const struct node *n, const char *doing, struct err *e)
{
	int sys = errno;
	const char *code = "warpforge-error-io";
	char path[PATH_MAX], buf[NAME_SHORT];

	if (sys == ENOSPC || sys == EDQUOT || sys == EFBIG)
		code = "wfx-no-space";
	else if (sys == ENAMETOOLONG || sys == EILSEQ || sys == EINVAL || sys == EISDIR)
		code = "rio-inoperable-path";
	node_path(n, path, sizeof(path));
	errno = sys;
	return err_sys(e, code, "%s %s", doing,
	               path[0] ? name_short(path, buf) : "the root");
}

static int open_beneath(const struct placer *p, const struct node *n, int flags)
{
	struct open_how how = {
		.flags = (unsigned)flags | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	char path[PATH_MAX];

	if (!node_path(n, path, sizeof(path)))
		strcpy(path, ".");
	return (int)syscall(SYS_openat2, p->root, path, &how, sizeof(how));
}

// The directory that n is to be made in, and its name there.
static int parent_of(struct placer *p, struct place_dir *at, const struct node *n,
                     const char **name, struct err *e)
{
	if (!n->parent) {
		*name = p->name;
		if (!p->name) {
			errno = EISDIR;
			return place_error(
				n, "placing a single file: it needs a name for", e);
		}
		return p->base;
	}
	*name = n->name;
	if (at->dir == n->parent)
		return at->fd;
	if (at->fd >= 0)
		close(at->fd);
	at->dir = NULL;
	at->fd = open_beneath(p, n->parent, O_PATH);
	if (at->fd < 0)
		return place_error(n->parent, "opening", e);
	at->dir = n->parent;
	return at->fd;
}

// Does the owner on disk have to be changed? What cannot be is marked as lost.
static bool must_chown(struct placer *p, struct node *n, const struct meta *m)
{
	bool other = m->uid != p->uid || m->gid != p->gid;

	if (p->super)
		return other || p->inherits;
	if ((m->uid && m->uid != p->uid) || (m->gid && m->gid != p->gid)) {
		n->flags |= NODE_OWNER_LOST;
		p->n_owner_lost++;
	}
	return false;
}

// The result of a chown: ids that the user namespace does not map are lost, too.
static int chowned(struct placer *p, struct node *n, int rc)
{
	if (rc == 0 || (errno != EPERM && errno != EINVAL))
		return rc;
	n->flags |= NODE_OWNER_LOST;
	p->n_owner_lost++;
	return 0;
}

static void remember(struct node *n, const struct meta *m, const struct stat *st)
{
	n->ino = st->st_ino;
	n->ctime_s = st->st_ctim.tv_sec;
	n->ctime_ns = (uint32_t)st->st_ctim.tv_nsec;
	if (st->st_mtim.tv_sec != m->mtime_s || st->st_mtim.tv_nsec != m->mtime_ns)
		n->flags |= NODE_MTIME_LOST;
}

static void times_of(const struct meta *m, struct timespec t[2])
{
	t[0] = (struct timespec){ .tv_sec = ATIME };
	t[1] = (struct timespec){ .tv_sec = m->mtime_s, .tv_nsec = m->mtime_ns };
}

static int open_root(struct placer *p, struct node *n, struct err *e)
{
	struct stat st;

	if (p->name && mkdirat(p->base, p->name, 0700) < 0)
		return place_error(n, "making the directory for", e);
	p->root = openat(p->base, p->name ? p->name : ".",
	                 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (p->root < 0 || fstat(p->root, &st) < 0)
		return place_error(n, "opening", e);
	p->inherits = st.st_gid != p->gid || st.st_uid != p->uid || st.st_mode & S_ISGID;
	return 0;
}

int place_dir_make(struct placer *p, struct place_dir *at, struct node *n, struct err *e)
{
	const char *name;
	int dir;

	if (!n->parent)
		return open_root(p, n, e);
	dir = parent_of(p, at, n, &name, e);
	if (dir < 0)
		return -1;
	if (mkdirat(dir, name, 0700) < 0)
		return place_error(n, "making the directory", e);
	return 0;
}

static int make_special(int dir, const char *name, const struct node *n, mode_t mode)
{
	switch ((enum node_type)n->type) {
	case NODE_SYMLINK:
		return symlinkat(n->link, dir, name);
	case NODE_FIFO:
		return mknodat(dir, name, S_IFIFO | mode, 0);
	case NODE_BLOCK:
		return mknodat(dir, name, S_IFBLK | mode, makedev(n->major, n->minor));
	case NODE_CHAR:
		return mknodat(dir, name, S_IFCHR | mode, makedev(n->major, n->minor));
	case NODE_FILE:
	case NODE_DIR:
	case NODE_SOCKET:
		break;
	}
	errno = EINVAL;
	return -1;
}

int place_special(struct placer *p, struct place_dir *at, struct node *n, struct err *e)
{
	struct timespec t[2];
	const char *name;
	struct meta m;
	struct stat st;
	int dir = parent_of(p, at, n, &name, e);

	if (dir < 0)
		return -1;
	filter_apply(&p->filters, n, &m);
	times_of(&m, t);
	if (make_special(dir, name, n, m.mode) < 0) {
		place_error(n, "making", e);
		if (e && e->sys == EPERM)
			err_hint(e, "device nodes can only be made by root: leave them "
			            "out of the ware");
		return -1;
	}
	if (must_chown(p, n, &m) &&
	    chowned(p, n, fchownat(dir, name, m.uid, m.gid, AT_SYMLINK_NOFOLLOW)) < 0)
		return place_error(n, "setting the owner of", e);
	if (n->type != NODE_SYMLINK && fchmodat(dir, name, m.mode, 0) < 0)
		return place_error(n, "setting the mode of", e);
	if (utimensat(dir, name, t, AT_SYMLINK_NOFOLLOW) < 0 ||
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return place_error(n, "setting the time of", e);
	remember(n, &m, &st);
	return 0;
}

int place_file_open(struct placer *p, struct place_dir *at, struct node *n, struct err *e)
{
	const char *name;
	struct meta m;
	int dir = parent_of(p, at, n, &name, e), fd;

	if (dir < 0)
		return -1;
	filter_apply(&p->filters, n, &m);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	            no_umask ? m.mode & 0777 : 0600);
	return fd < 0 ? place_error(n, "creating", e) : fd;
}

// Owner, mode, times, in this order: a change of owner clears set-id bits.
static int dress(struct placer *p, struct node *n, int fd, bool has_mode, struct err *e)
{
	struct timespec t[2];
	struct meta m;
	struct stat st;

	filter_apply(&p->filters, n, &m);
	times_of(&m, t);
	if (must_chown(p, n, &m) && chowned(p, n, fchown(fd, m.uid, m.gid)) < 0)
		return place_error(n, "setting the owner of", e);
	if ((!has_mode || m.mode & 07000) && fchmod(fd, m.mode) < 0)
		return place_error(n, "setting the mode of", e);
	if (futimens(fd, t) < 0 || fstat(fd, &st) < 0)
		return place_error(n, "setting the time of", e);
	// A default ACL of the directory above changes the mode of what is made in it.
	if ((st.st_mode & 0777) != (m.mode & 0777) &&
	    (fchmod(fd, m.mode) < 0 || fstat(fd, &st) < 0))
		return place_error(n, "setting the mode of", e);
	remember(n, &m, &st);
	return 0;
}

int place_file_close(struct placer *p, struct node *n, int fd, struct err *e)
{
	int rc = dress(p, n, fd, no_umask, e);

	if (close(fd) < 0 && rc == 0)
		rc = place_error(n, "writing", e);
	return rc;
}

int place_finish_dirs(struct placer *p, struct tree *t, struct err *e)
{
	VEC(struct node *) dirs = { 0 };
	int rc = 0;

	for (struct node *n = t->root; n; n = tree_next(t, n))
		if (n->type == NODE_DIR)
			*vec_push(&dirs) = n;
	while (rc == 0 && dirs.n) { // backwards: what is below comes first
		struct node *n = dirs.items[--dirs.n];
		int fd = open_beneath(p, n, O_RDONLY);

		if (fd < 0) {
			rc = place_error(n, "opening", e);
			break;
		}
		rc = dress(p, n, fd, false, e);
		close(fd);
	}
	vec_finish(&dirs);
	return rc;
}
