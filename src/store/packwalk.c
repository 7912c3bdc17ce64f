#include "config.h"

#include "store/packin.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/filter.h"

enum { KEEP_FDS = 64 }; // directories nested deeper are reopened by ".."
static const uint64_t MAX_MEMORY = (uint64_t)1 << 30;

static bool same(const struct identity *a, const struct identity *b)
{
	return a->ino == b->ino && a->mount == b->mount && a->major == b->major &&
	       a->minor == b->minor;
}

static int node_type_of(struct pack *p, const struct statx *st, enum node_type *type,
                        struct err *e)
{
	switch (st->stx_mode & S_IFMT) {
	case S_IFREG:
		*type = NODE_FILE;
		return 0;
	case S_IFDIR:
		*type = NODE_DIR;
		return 0;
	case S_IFLNK:
		*type = NODE_SYMLINK;
		return 0;
	case S_IFIFO:
		*type = NODE_FIFO;
		return 0;
	case S_IFBLK:
		*type = NODE_BLOCK;
		return 0;
	case S_IFCHR:
		*type = NODE_CHAR;
		return 0;
	}
	err_set(e, "rio-pack-invalid", "%s is a socket, which cannot be packed",
	        pack_shown(p));
	return err_hint(e, "remove it before the last step ends");
}

static bool listed(const struct identities *v, const struct identity *id)
{
	for (size_t i = 0; i < v->n; i++)
		if (same(&v->items[i], id))
			return true;
	return false;
}

static bool other_mount(const struct pack *p, const struct identity *id)
{
	return p->o->one_file_system && id->mount != p->mount;
}

// Metadata as it goes into the archive: filtered, the time in whole seconds.
static void set_meta(const struct pack *p, struct node *n, const struct statx *st)
{
	struct meta m;

	n->mode = st->stx_mode & 07777;
	n->uid = st->stx_uid;
	n->gid = st->stx_gid;
	n->mtime_s = st->stx_mtime.tv_sec; // the kernel's nanoseconds are never negative
	filter_apply(&p->filters, n, &m);
	n->mode = m.mode;
	n->uid = m.uid;
	n->gid = m.gid;
	n->mtime_s = m.mtime_s;
	if (n->type == NODE_BLOCK || n->type == NODE_CHAR) {
		n->major = st->stx_rdev_major;
		n->minor = st->stx_rdev_minor;
	}
}

static int set_link(struct pack *p, int dir, const char *name, struct node *n,
                    struct err *e)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(dir, name, target, sizeof(target));

	if (len < 0)
		return pack_io_error(p, "reading the symlink", e);
	if (len == sizeof(target))
		return pack_changed(p, e);
	n->link_len = (size_t)len;
	target[len] = '\0';
	n->link = tree_memdup(&p->tree, target, (size_t)len + 1);
	return 0;
}

static int set_path(struct pack *p, const struct node *parent, const char *name,
                    struct err *e)
{
	size_t len = node_path(parent, p->path, sizeof(p->path));

	if (len + strlen(name) + 2 > sizeof(p->path))
		return err_set(e, "rio-pack-invalid",
		               "%s/%s: the path is too long to be packed", pack_shown(p),
		               name);
	snprintf(p->path + len, sizeof(p->path) - len, "%s%s", len ? "/" : "", name);
	return 0;
}

static int dir_enter(struct pack *p, int fd, struct node *n, const struct identity *id,
                     struct err *e);

// Pack what `name` in dir is (parent NULL: the root, then dir and name are as for
// pack_in_root()). A directory is entered unless it is pruned.
int pack_add_node(struct pack *p, int dir, const char *name, struct node *parent,
                  const struct statx *st, struct err *e)
{
	struct identity id = pack_identity_of(st);
	enum node_type type = NODE_FILE;
	struct node *n;
	int fd;

	if (listed(&p->omit, &id))
		return 0;
	if (node_type_of(p, st, &type, e) < 0)
		return -1;
	if (type != NODE_DIR && other_mount(p, &id))
		return 0;
	if (p->tree.n >= p->max_entries)
		return err_set(e, "rio-pack-invalid",
		               "the output has more than %llu entries",
		               (unsigned long long)p->max_entries);
	if (p->tree.bytes > MAX_MEMORY)
		return err_set(
			e, "rio-pack-invalid",
			"the names in the output take more than %llu bytes of memory",
			(unsigned long long)MAX_MEMORY);
	n = tree_add(&p->tree, parent, type, parent ? name : "",
	             parent ? strlen(name) : 0);
	n->mode = st->stx_mode & 07777;
	if (filter_check(&p->filters, n, "wfx-output-rejected", e) < 0)
		return -1;
	set_meta(p, n, st);
	if (type == NODE_FILE)
		return pack_add_file(p, dir, name, n, st, e);
	if (type == NODE_SYMLINK && set_link(p, dir, name, n, e) < 0)
		return -1;
	pack_add_header(p, n);
	if (type != NODE_DIR || listed(&p->prune, &id) || other_mount(p, &id))
		return 0;
	fd = parent ? openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
	            : pack_in_root(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	return dir_enter(p, fd, n, &id, e);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int read_names(struct pack *p, struct frame *f, struct err *e)
{
	int fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;
	int rc = 0;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return pack_io_error(p, "reading", e);
	}
	while ((errno = 0, d = readdir(dir)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			str_addn(&f->names, d->d_name, strlen(d->d_name) + 1);
	if (errno)
		rc = pack_io_error(p, "reading", e);
	closedir(dir);
	for (size_t i = 0; i < f->names.len; i += strlen(f->names.p + i) + 1)
		*vec_push(&f->sorted) = f->names.p + i;
	if (f->sorted.n)
		qsort(f->sorted.items, f->sorted.n, sizeof(char *), by_name);
	return rc;
}

static int dir_enter(struct pack *p, int fd, struct node *n, const struct identity *id,
                     struct err *e)
{
	struct frame *f;
	struct statx st;
	struct identity now;

	if (fd < 0 || pack_look(fd, "", &st) < 0) {
		pack_io_error(p, "opening", e);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	now = pack_identity_of(&st);
	if (p->frames.n > KEEP_FDS) {
		struct frame *above = &p->frames.items[p->frames.n - 1];

		close(above->fd);
		above->fd = -1;
	}
	f = vec_push(&p->frames);
	*f = (struct frame){ .node = n, .id = now, .fd = fd };
	if (!same(&now, id))
		return pack_changed(p, e);
	return read_names(p, f, e);
}

static void frame_finish(struct frame *f)
{
	if (f->fd >= 0)
		close(f->fd);
	str_finish(&f->names);
	vec_finish(&f->sorted);
}

// Back to the directory above, reopening it when it had to be closed.
static int dir_leave(struct pack *p, struct err *e)
{
	struct frame *f = &p->frames.items[p->frames.n - 1], *above = f - 1;
	struct identity id;
	struct statx st;
	int rc = 0;

	if (p->frames.n > 1 && above->fd < 0) {
		node_path(above->node, p->path, sizeof(p->path));
		above->fd = openat(f->fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (above->fd < 0 || pack_look(above->fd, "", &st) < 0) {
			rc = pack_io_error(p, "opening", e);
		} else {
			id = pack_identity_of(&st);
			if (!same(&id, &above->id))
				rc = pack_changed(p, e);
		}
	}
	frame_finish(f);
	p->frames.n--;
	return rc;
}

int pack_walk(struct pack *p, struct err *e)
{
	while (p->frames.n) {
		struct frame *f = &p->frames.items[p->frames.n - 1];
		const char *name;
		struct statx st;

		if (f->next == f->sorted.n) {
			if (dir_leave(p, e) < 0)
				return -1;
			continue;
		}
		name = f->sorted.items[f->next++];
		if (pack_check_stop(p, e) < 0 || set_path(p, f->node, name, e) < 0)
			return -1;
		if (pack_look(f->fd, name, &st) < 0)
			return errno == ENOENT ? pack_changed(p, e)
			                       : pack_io_error(p, "looking at", e);
		if (pack_add_node(p, f->fd, name, f->node, &st, e) < 0)
			return -1;
		pack_tell(p, false);
	}
	return 0;
}

void pack_walk_finish(struct pack *p)
{
	for (size_t i = 0; i < p->frames.n; i++)
		frame_finish(&p->frames.items[i]);
	vec_finish(&p->frames);
}
