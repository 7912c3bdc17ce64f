#include "config.h"

#include "store/pack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "store/digest.h"
#include "store/filter.h"
#include "store/packout.h"
#include "store/progress.h"
#include "store/tarwrite.h"
#include "store/treehash.h"

enum {
	LEVEL = 6,
	KEEP_FDS = 64, // directories nested deeper are reopened by ".."
};
static const uint64_t MAX_ENTRIES = 20000000, MAX_BYTES = (uint64_t)1 << 40;

// What one node is, wherever it is seen.
struct identity {
	uint64_t ino, mount;
	uint32_t major, minor;
};

struct identities {
	struct identity *items;
	size_t n, cap;
};

// A directory that is being walked.
struct frame {
	struct node *node;
	struct identity id;
	int fd;           // -1: closed meanwhile
	struct str names; // each with its NUL
	VEC(const char *) sorted;
	size_t next;
};

struct pack {
	const struct pack_opts *o;
	struct filters filters;
	struct pack_result *r;
	int rootfd;
	struct tree tree;
	struct packout out;
	struct fault fault;
	struct digest digest;
	struct progress progress;
	struct identities prune, omit;
	VEC(struct frame) frames;
	uint64_t mount; // of the root of the walk
	struct str header;
	uint64_t max_entries, max_bytes, bytes;
	char path[PATH_MAX]; // of the node at hand, for messages and headers
	char shown[NAME_SHORT];
};

void pack_opts_init(struct pack_opts *o)
{
	*o = (struct pack_opts){ .filters = filters_default(FILTER_PACK) };
}

static int in_root(int rootfd, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, rootfd, path, &how, sizeof(how));
}

static int look(int dir, const char *name, struct statx *st)
{
	return statx(dir, name,
	             AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (*name ? 0 : AT_EMPTY_PATH),
	             STATX_BASIC_STATS | STATX_MNT_ID, st);
}

static struct identity identity_of(const struct statx *st)
{
	return (struct identity){
		.ino = st->stx_ino,
		.mount = st->stx_mask & STATX_MNT_ID ? st->stx_mnt_id : 0,
		.major = st->stx_dev_major,
		.minor = st->stx_dev_minor,
	};
}

static bool same(const struct identity *a, const struct identity *b)
{
	return a->ino == b->ino && a->mount == b->mount && a->major == b->major &&
	       a->minor == b->minor;
}

static const char *shown(struct pack *p)
{
	return p->path[0] ? name_short(p->path, p->shown) : "the root of the output";
}

static int io_error(struct pack *p, const char *doing, struct err *e)
{
	return err_sys(e, "warpforge-error-ware-pack", "%s %s", doing, shown(p));
}

static int check_stop(struct pack *p, struct err *e)
{
	if (p->fault.set) {
		if (e)
			*e = p->fault.err;
		return -1;
	}
	if (p->o->cancel && *p->o->cancel)
		return err_set(e, "wfx-cancelled", "packing was cancelled");
	return 0;
}

static void tell(struct pack *p, bool last)
{
	progress_tell(&p->progress, p->bytes, p->out.written, p->tree.n, last);
}

// -- contents --

static int changed(struct pack *p, struct err *e)
{
	err_set(e, "rio-pack-invalid", "%s changed while it was packed", shown(p));
	return err_hint(e, "something still writes there; end it before packing");
}

// Zeros of a hole, up to `to`.
static int add_hole(struct pack *p, uint64_t *pos, uint64_t to, struct err *e)
{
	while (*pos < to) {
		size_t room;
		unsigned char *b = packout_room(&p->out, &room);

		if (room > to - *pos)
			room = (size_t)(to - *pos);
		memset(b, 0, room);
		digest_add(&p->digest, b, room);
		packout_filled(&p->out, room);
		*pos += room;
		if (check_stop(p, e) < 0)
			return -1;
	}
	return 0;
}

static int add_data(struct pack *p, int fd, uint64_t *pos, uint64_t to, struct err *e)
{
	while (*pos < to) {
		size_t room;
		unsigned char *b = packout_room(&p->out, &room);
		ssize_t n;

		if (room > to - *pos)
			room = (size_t)(to - *pos);
		n = pread(fd, b, room, (off_t)*pos);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return io_error(p, "reading", e);
		if (n == 0)
			return changed(p, e);
		digest_add(&p->digest, b, (size_t)n);
		packout_filled(&p->out, (size_t)n);
		*pos += (uint64_t)n;
		p->bytes += (uint64_t)n;
		tell(p, false);
		if (check_stop(p, e) < 0)
			return -1;
	}
	return 0;
}

// The bytes of a file; holes of sparse ones are not read.
static int add_content(struct pack *p, int fd, const struct stat *st, struct err *e)
{
	uint64_t pos = 0, size = (uint64_t)st->st_size;
	bool sparse = (uint64_t)st->st_blocks * 512 < size;

	while (pos < size) {
		off_t data = (off_t)pos, end = (off_t)size;

		if (sparse) {
			data = lseek(fd, (off_t)pos, SEEK_DATA);
			if (data < 0 && errno == ENXIO)
				data = (off_t)size;
			else if (data < 0)
				data = (off_t)pos; // this file system cannot tell
			end = data < (off_t)size ? lseek(fd, data, SEEK_HOLE)
			                         : (off_t)size;
			if (end < 0 || end > (off_t)size)
				end = (off_t)size;
			if (data > (off_t)size)
				data = (off_t)size;
		}
		if (add_hole(p, &pos, (uint64_t)data, e) < 0 ||
		    add_data(p, fd, &pos, (uint64_t)end, e) < 0)
			return -1;
	}
	return 0;
}

static void add_header(struct pack *p, const struct node *n)
{
	char path[PATH_MAX + 4];

	snprintf(path, sizeof(path), "%s%s%s",
	         n->parent || n->type == NODE_DIR ? "./" : ".", p->path,
	         n->parent && n->type == NODE_DIR ? "/" : "");
	str_clear(&p->header);
	tarwrite_header(&p->header, n, path);
	packout_add(&p->out, p->header.p, p->header.len);
}

static int count_bytes(struct pack *p, uint64_t size, struct err *e)
{
	if (size > p->max_bytes || p->r->total_size > p->max_bytes - size)
		return err_set(e, "rio-pack-invalid",
		               "the output holds more than %llu bytes, at %s",
		               (unsigned long long)p->max_bytes, shown(p));
	p->r->total_size += size;
	return 0;
}

// A regular file: what was opened must still be what was looked at.
static int add_file(struct pack *p, int dir, const char *name, struct node *n,
                    const struct statx *seen, struct err *e)
{
	auto_fd int fd = -1;
	struct stat st, after;

	if (n->parent)
		fd = openat(dir, name,
		            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	else
		fd = in_root(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return io_error(p, "opening", e);
	if (!S_ISREG(st.st_mode) || st.st_ino != seen->stx_ino)
		return changed(p, e);
	n->size = (uint64_t)st.st_size;
	if (count_bytes(p, n->size, e) < 0)
		return -1;
	add_header(p, n);
	digest_begin(&p->digest, DIGEST_SHA384);
	if (add_content(p, fd, &st, e) < 0)
		return -1;
	digest_end(&p->digest, n->content);
	packout_zeros(&p->out, tarwrite_padding(n->size));
	if (fstat(fd, &after) < 0 || after.st_size != st.st_size ||
	    after.st_mtim.tv_sec != st.st_mtim.tv_sec ||
	    after.st_mtim.tv_nsec != st.st_mtim.tv_nsec)
		return changed(p, e);
	return 0;
}

// -- nodes --

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
	        shown(p));
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
		return io_error(p, "reading the symlink", e);
	if (len == sizeof(target))
		return changed(p, e);
	n->link_len = (size_t)len;
	n->link = arena_strndup(&p->tree.mem, target, (size_t)len);
	return 0;
}

static int set_path(struct pack *p, const struct node *parent, const char *name,
                    struct err *e)
{
	size_t len = node_path(parent, p->path, sizeof(p->path));

	if (len + strlen(name) + 2 > sizeof(p->path))
		return err_set(e, "rio-pack-invalid",
		               "%s/%s: the path is too long to be packed", shown(p),
		               name);
	snprintf(p->path + len, sizeof(p->path) - len, "%s%s", len ? "/" : "", name);
	return 0;
}

static int dir_enter(struct pack *p, int fd, struct node *n, const struct identity *id,
                     struct err *e);

// Pack what `name` in dir is (parent NULL: the root, then dir and name are as for
// in_root()). A directory is entered unless it is pruned.
static int add_node(struct pack *p, int dir, const char *name, struct node *parent,
                    const struct statx *st, struct err *e)
{
	struct identity id = identity_of(st);
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
	n = tree_add(&p->tree, parent, type, parent ? name : "",
	             parent ? strlen(name) : 0);
	n->mode = st->stx_mode & 07777;
	if (filter_check(&p->filters, n, "wfx-output-rejected", e) < 0)
		return -1;
	set_meta(p, n, st);
	if (type == NODE_FILE)
		return add_file(p, dir, name, n, st, e);
	if (type == NODE_SYMLINK && set_link(p, dir, name, n, e) < 0)
		return -1;
	add_header(p, n);
	if (type != NODE_DIR || listed(&p->prune, &id) || other_mount(p, &id))
		return 0;
	fd = parent ? openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
	            : in_root(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	return dir_enter(p, fd, n, &id, e);
}

// -- the walk --

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
		return io_error(p, "reading", e);
	}
	while ((errno = 0, d = readdir(dir)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			str_addn(&f->names, d->d_name, strlen(d->d_name) + 1);
	if (errno)
		rc = io_error(p, "reading", e);
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

	if (fd < 0 || look(fd, "", &st) < 0) {
		io_error(p, "opening", e);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	now = identity_of(&st);
	if (p->frames.n > KEEP_FDS) {
		struct frame *above = &p->frames.items[p->frames.n - 1];

		close(above->fd);
		above->fd = -1;
	}
	f = vec_push(&p->frames);
	*f = (struct frame){ .node = n, .id = now, .fd = fd };
	if (!same(&now, id))
		return changed(p, e);
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
		if (above->fd < 0 || look(above->fd, "", &st) < 0) {
			rc = io_error(p, "opening", e);
		} else {
			id = identity_of(&st);
			if (!same(&id, &above->id))
				rc = changed(p, e);
		}
	}
	frame_finish(f);
	p->frames.n--;
	return rc;
}

static int walk(struct pack *p, struct err *e)
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
		if (check_stop(p, e) < 0 || set_path(p, f->node, name, e) < 0)
			return -1;
		if (look(f->fd, name, &st) < 0)
			return errno == ENOENT ? changed(p, e)
			                       : io_error(p, "looking at", e);
		if (add_node(p, f->fd, name, f->node, &st, e) < 0)
			return -1;
		tell(p, false);
	}
	return 0;
}

// -- the whole --

static void resolve_list(struct pack *p, const char *const *paths, struct identities *v)
{
	struct statx st;

	for (; paths && *paths; paths++) {
		int fd = in_root(p->rootfd, *paths, O_PATH | O_NOFOLLOW);

		if (fd < 0)
			continue;
		if (look(fd, "", &st) == 0)
			*vec_push(v) = identity_of(&st);
		close(fd);
	}
}

// What stands at the path: 1 = *st tells, 0 = nothing, -1.
static int find_root(struct pack *p, const char *path, struct statx *st, struct err *e)
{
	auto_fd int fd = in_root(p->rootfd, path, O_PATH | O_NOFOLLOW), target = -1;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || look(fd, "", st) < 0)
		return err_sys(e, "warpforge-error-ware-pack", "the output path /%s",
		               path);
	if (!S_ISLNK(st->stx_mode))
		return 1;
	target = in_root(p->rootfd, path, O_PATH);
	if (target < 0 && errno == ENOENT)
		return 0;
	err_set(e, "rio-pack-invalid", "the output path /%s is a symlink", path);
	return err_hint(e, "name the directory that it points to as the output");
}

static int pack_root(struct pack *p, const char *path, const struct statx *st,
                     struct err *e)
{
	struct tree_digests d;
	int rc;

	p->mount = identity_of(st).mount;
	rc = add_node(p, p->rootfd, path, NULL, st, e);
	if (rc == 0)
		rc = walk(p, e);
	if (rc < 0)
		return -1;
	if (!p->tree.root)
		return err_set(e, "rio-pack-invalid",
		               "the output path /%s is to be left out", path);
	packout_zeros(&p->out, 2 * TARWRITE_BLOCK);
	tree_sort(&p->tree);
	tree_digest(&p->tree, NULL, &d);
	memcpy(p->r->hash, d.prefilter, HASH_TEXT);
	memcpy(p->r->seal, d.seal, HASH_TEXT);
	p->r->root_type = (enum node_type)p->tree.root->type;
	p->r->n_entries = p->tree.n;
	return 0;
}

static void pack_finish(struct pack *p)
{
	for (size_t i = 0; i < p->frames.n; i++)
		frame_finish(&p->frames.items[i]);
	vec_finish(&p->frames);
	vec_finish(&p->prune);
	vec_finish(&p->omit);
	str_finish(&p->header);
	digest_finish(&p->digest);
	tree_finish(&p->tree);
	fault_finish(&p->fault);
	free(p);
}

int pack_tree(int rootfd, const char *path, const struct pack_opts *o, int out_fd,
              struct pack_result *r, struct err *e)
{
	struct pack *p = xcalloc(1, sizeof(*p));
	struct err first = { 0 };
	char clean[PATH_MAX];
	struct statx st;
	size_t len;
	int rc;

	memset(r, 0, sizeof(*r));
	p->o = o;
	p->r = r;
	p->rootfd = rootfd;
	p->filters = filters_resolve(&o->filters);
	p->max_entries = o->max_entries ? o->max_entries : MAX_ENTRIES;
	p->max_bytes = o->max_bytes ? o->max_bytes : MAX_BYTES;
	fault_init(&p->fault);
	progress_init(&p->progress, o->progress, o->progress_arg);
	while (*path == '/')
		path++;
	len = strnlen(path, sizeof(clean));
	while (len && path[len - 1] == '/')
		len--;
	if (len == sizeof(clean)) {
		rc = err_set(e, "rio-pack-invalid", "the output path is too long");
		goto out;
	}
	snprintf(clean, sizeof(clean), "%.*s", (int)(len ? len : 1), len ? path : ".");
	rc = find_root(p, clean, &st, e);
	if (rc <= 0) {
		r->missing = rc == 0;
		strcpy(r->hash, "-");
		strcpy(r->seal, "-");
		goto out;
	}
	resolve_list(p, o->prune, &p->prune);
	resolve_list(p, o->omit, &p->omit);
	packout_start(&p->out, out_fd, o->level ? o->level : LEVEL,
	              thread_count(o->threads), &p->fault);
	rc = pack_root(p, clean, &st, &first);
	if (rc < 0)
		fault_report(&p->fault, &first);
	packout_end(&p->out, &r->blob);
	if (p->fault.set) {
		rc = -1;
		if (e)
			*e = p->fault.err;
	} else {
		tell(p, true);
	}
out:
	pack_finish(p);
	return rc;
}
