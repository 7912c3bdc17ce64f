#include "sandbox/origin.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/err.h"
#include "sandbox/mount.h"
#include "sandbox/plan.h"

static int source_error(const struct op *o, const char *what, struct err *e)
{
	int sys = errno;

	errno = sys;
	if (o->kind == OP_STORE)
		return err_sys(e, "wfx-sandbox", "%s the run folder %s", what, o->source);
	return err_sys(e, "wfx-input-mount", "%s %s for %s", what, o->source, o->target);
}

// Without mapped ids a read-only bind still shows what everybody may read; a layer or a
// writable folder would be useless.
static int idmap_error(const struct op *o, struct err *e)
{
	struct statfs fs = { 0 };

	statfs(o->source, &fs);
	source_error(o, "mapping ids on", e);
	return err_hint(
		e,
		"this file system (type 0x%lx) cannot be id-mapped; as root wfx needs "
		"ext4, xfs, btrfs or tmpfs (Linux 5.19 or later) for %s",
		(unsigned long)fs.f_type,
		o->kind == OP_STORE ? "TMPDIR" : "the workspace and inputs");
}

static int dress(const struct op *o, int fd, int userns_fd, struct err *e)
{
	int deep = !!(o->flags & OP_RECURSIVE);

	if (mnt_attr(fd, o->attr, deep, userns_fd) == 0)
		return 0;
	if (userns_fd < 0)
		return source_error(o, "setting up", e);
	if (o->kind == OP_TREE && !(o->flags & (OP_WRITABLE | OP_DIR)) &&
	    mnt_attr(fd, o->attr, deep, -1) == 0)
		return 0;
	return idmap_error(o, e);
}

static int clone_error(const struct op *o, struct err *e)
{
	int sys = errno;

	source_error(o, "opening", e);
	if (sys == EINVAL)
		err_hint(e, "other file systems are mounted below it; take one of its "
		            "subfolders, or mount it ro or rw");
	if (sys == ENOSYS)
		err_hint(e, "wfx needs Linux 5.12 or later");
	if (sys == EPERM && geteuid() == 0)
		err_hint(e, "root may not mount here: run wfx as an ordinary user, or "
		            "give the "
		            "container CAP_SYS_ADMIN");
	return -1;
}

int origin_open(const struct op *o, int userns_fd, struct err *e)
{
	int fd = mnt_clone(AT_FDCWD, o->source, !!(o->flags & OP_RECURSIVE));
	struct stat st;

	if (fd < 0 && errno == ENOENT && o->flags & OP_OPTIONAL)
		return -2;
	if (fd < 0)
		return clone_error(o, e);
	if (fstat(fd, &st))
		source_error(o, "reading", e);
	else if ((o->flags & OP_DIR || o->kind == OP_STORE) && !S_ISDIR(st.st_mode))
		err_set(e, "wfx-input-mount", "%s for %s is not a folder", o->source,
		        o->target ? o->target : "the run");
	else if (dress(o, fd, userns_fd, e) == 0)
		return fd;
	close(fd);
	return -1;
}
