#include "config.h"

#include "store/unpack.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/filejob.h"
#include "store/filter.h"
#include "store/indexw.h"
#include "store/place.h"
#include "store/progress.h"
#include "store/stream.h"
#include "store/tarread.h"
#include "store/treehash.h"

enum {
	CONJURED_MODE = 0755,
	CONJURED_TIME = 1262304000, // 2010-01-01T00:00:00Z
};

static const uint64_t MAX_ENTRIES = 20000000, SCAN_BYTES = (uint64_t)16 << 40,
		      MAX_MEMORY = (uint64_t)1 << 30,
		      MAX_HOLES = (uint64_t)64 << 30; // they cost no room, but time

struct unpack {
	const struct unpack_opts *o;
	struct filters filters;
	struct unpack_limits limits;
	bool space_limit; // max_bytes is what the target has free
	uint64_t holes;
	uint64_t stored; // bytes of files that take room
	struct unpack_result *r;
	struct stream *stream;
	struct block *cur; // the reader's piece lies in it
	struct tar_reader tar;
	struct tree tree;
	bool placing;
	struct placer placer;
	struct place_dir at;
	struct filejobs jobs;
	struct fault fault;
	struct progress progress;
	char path[PATH_MAX]; // of the current entry, cleaned
};

void unpack_opts_init(struct unpack_opts *o)
{
	*o = (struct unpack_opts){ .filters = filters_default(FILTER_UNPACK),
		                   .index_fd = -1 };
}

// Has a worker failed, or the user lost patience?
static int check_stop(struct unpack *u, struct err *e)
{
	if (u->fault.set) {
		if (e)
			*e = u->fault.err;
		return -1;
	}
	if (u->o->cancel && *u->o->cancel)
		return err_set(e, "wfx-cancelled", "unpacking was cancelled");
	return 0;
}

static void tell(struct unpack *u, bool last)
{
	progress_tell(&u->progress, stream_bytes_in(u->stream), u->tar.off, u->tree.n,
	              last);
}

static int input(void *arg, const unsigned char **p, size_t *n, struct err *e)
{
	struct unpack *u = arg;
	int rc;

	filejobs_flush(&u->jobs);
	block_put(u->cur);
	u->cur = NULL;
	if (check_stop(u, e) < 0)
		return -1;
	rc = stream_next(u->stream, &u->cur, e);
	if (rc == 1) {
		*p = u->cur->data;
		*n = u->cur->n;
	}
	tell(u, false);
	return rc;
}

// -- names --

static int bad_name(const struct tar_entry *t, struct err *e, const char *why)
{
	char buf[NAME_SHORT];

	return err_set(e, "rio-ware-corrupt", "%s (at byte %llu of the archive): %s",
	               name_short(t->name, buf), (unsigned long long)t->offset, why);
}

// Clean a name lexically into u->path: "" for the root.
static int clean_name(struct unpack *u, const struct tar_entry *t, struct err *e)
{
	const char *p = t->name;
	size_t len = 0;

	if (*p == '/')
		return bad_name(t, e, "an absolute path; pack it with relative ones");
	if (strlen(p) > u->limits.max_path)
		return bad_name(t, e, "the path is too long");
	while (*p) {
		const char *end = strchrnul(p, '/');
		size_t n = (size_t)(end - p);

		if (n == 2 && !memcmp(p, "..", 2)) {
			const char *cut = len ? memrchr(u->path, '/', len) : NULL;

			if (!len)
				return bad_name(t, e, "the path leads out of the tree");
			len = cut ? (size_t)(cut - u->path) : 0;
		} else if (n && !(n == 1 && *p == '.')) {
			if (len)
				u->path[len++] = '/';
			memcpy(u->path + len, p, n);
			len += n;
		}
		p = *end ? end + 1 : end;
	}
	u->path[len] = '\0';
	if (!strncmp(u->path, "..", 2)) // rio looks at two bytes only
		return bad_name(t, e, "paths that begin with .. are refused");
	return 0;
}

// -- the tree --

static struct node *add_node(struct unpack *u, struct node *parent, enum node_type type,
                             const char *name, size_t len, struct err *e)
{
	if (u->tree.n >= u->limits.max_entries) {
		err_set(e, "rio-ware-corrupt", "the archive has more than %llu entries",
		        (unsigned long long)u->limits.max_entries);
		return NULL;
	}
	if (u->tree.bytes > u->limits.max_memory) {
		err_set(e, "rio-ware-corrupt",
		        "the names and metadata of the archive take more than %llu bytes "
		        "of memory",
		        (unsigned long long)u->limits.max_memory);
		return NULL;
	}
	return tree_add(&u->tree, parent, type, name, len);
}

static int place_dir(struct unpack *u, struct node *n, struct err *e)
{
	return u->placing ? place_dir_make(&u->placer, &u->at, n, e) : 0;
}

static struct node *conjure(struct unpack *u, struct node *parent, const char *name,
                            size_t len, struct err *e)
{
	struct node *n = add_node(u, parent, NODE_DIR, name, len, e);

	if (!n)
		return NULL;
	n->mode = CONJURED_MODE;
	n->mtime_s = CONJURED_TIME;
	n->flags = NODE_CONJURED;
	u->r->n_conjured++;
	return place_dir(u, n, e) < 0 ? NULL : n;
}

static int not_a_dir(const struct tar_entry *t, const struct node *n, struct err *e)
{
	char path[PATH_MAX], buf[NAME_SHORT], above[NAME_SHORT];
	const char *name = name_short(t->name, buf), *what;

	node_path(n, path, sizeof(path));
	what = path[0] ? name_short(path, above) : "the root";
	if (n->type == NODE_SYMLINK)
		return err_set(
			e, "rio-ware-corrupt",
			"%s (at byte %llu of the archive) lies below the symlink %s: "
			"it would be written elsewhere",
			name, (unsigned long long)t->offset, what);
	return err_set(e, "rio-ware-corrupt",
	               "%s (at byte %llu of the archive) lies below %s, which is not a "
	               "directory",
	               name, (unsigned long long)t->offset, what);
}

// The directory that the entry's path lies in, made up where it is missing; *name is the
// last component. NULL with *name = "" for the root itself.
static int find_parent(struct unpack *u, const struct tar_entry *t, struct node **parent,
                       const char **name, struct err *e)
{
	struct node *n = NULL;
	const char *p = u->path, *slash;

	*parent = NULL;
	*name = p;
	if (!*p)
		return 0;
	n = u->tree.root ? u->tree.root : conjure(u, NULL, "", 0, e);
	for (; n && n->type == NODE_DIR && (slash = strchr(p, '/')); p = slash + 1) {
		size_t len = (size_t)(slash - p);
		struct node *child = tree_find(&u->tree, n, p, len);

		n = child ? child : conjure(u, n, p, len, e);
	}
	if (!n)
		return -1;
	if (n->type != NODE_DIR)
		return not_a_dir(t, n, e);
	*parent = n;
	*name = p;
	return 0;
}

static int node_type_of(const struct tar_entry *t, enum node_type *type, struct err *e)
{
	char buf[NAME_SHORT], link[NAME_SHORT];

	switch (t->type) {
	case '0':
		*type = NODE_FILE;
		return 0;
	case '1':
		err_set(e, "rio-inoperable-path",
		        "%s is a hardlink to %s: wares cannot have hardlinks",
		        name_short(t->name, buf), name_short(t->link, link));
		return err_hint(e, "repack the archive with copies instead, for example "
		                   "`tar --hard-dereference`");
	case '2':
		*type = NODE_SYMLINK;
		return 0;
	case '3':
		*type = NODE_CHAR;
		return 0;
	case '4':
		*type = NODE_BLOCK;
		return 0;
	case '5':
		*type = NODE_DIR;
		return 0;
	case '6':
		*type = NODE_FIFO;
		return 0;
	}
	return err_set(e, "rio-ware-corrupt",
	               "%s (at byte %llu of the archive) is of type '%c' (%d), which is "
	               "not a known "
	               "file type",
	               name_short(t->name, buf), (unsigned long long)t->offset,
	               t->type > ' ' && t->type < 127 ? t->type : '?',
	               (unsigned char)t->type);
}

static void keep_xattrs(struct unpack *u, struct node *n, const struct xattr *x)
{
	struct xattr **at = &n->xattrs;

	*at = NULL;
	for (; x; x = x->next, at = &(*at)->next) {
		*at = tree_memdup(&u->tree, x, sizeof(*x));
		(*at)->name = tree_memdup(&u->tree, x->name, x->name_len + 1);
		(*at)->value = tree_memdup(&u->tree, x->value, x->value_len + 1);
	}
}

static void set_meta(struct unpack *u, struct node *n, const struct tar_entry *t)
{
	n->mode = (uint16_t)t->mode;
	n->uid = t->uid;
	n->gid = t->gid;
	n->mtime_s = t->mtime_s;
	n->mtime_ns = t->mtime_ns;
	n->flags &= (uint8_t)~NODE_CONJURED;
	keep_xattrs(u, n, t->xattrs);
	u->r->n_xattrs += n->xattrs != NULL;
	if (n->type == NODE_FILE)
		n->size = t->size;
	if (n->type == NODE_BLOCK || n->type == NODE_CHAR) {
		n->major = t->major;
		n->minor = t->minor;
	}
	if (n->type == NODE_SYMLINK) {
		n->link_len = strlen(t->link);
		n->link = tree_memdup(&u->tree, t->link, n->link_len + 1);
	}
}

static int count_bytes(struct unpack *u, const struct tar_entry *t, struct err *e)
{
	uint64_t used = u->space_limit ? u->stored : u->r->total_size;
	uint64_t more = u->space_limit ? t->stored : t->size;
	char buf[NAME_SHORT];

	if (more > u->limits.max_bytes || used > u->limits.max_bytes - more ||
	    t->size > SCAN_BYTES || u->r->total_size > SCAN_BYTES) {
		if (u->space_limit)
			return err_set(e, "wfx-no-space",
			               "the ware needs at least %llu bytes up to %s, "
			               "%llu are free",
			               (unsigned long long)(used + more),
			               name_short(t->name, buf),
			               (unsigned long long)u->limits.max_bytes);
		return err_set(e, "rio-ware-corrupt",
		               "the ware holds more than %llu bytes, at %s",
		               (unsigned long long)u->limits.max_bytes,
		               name_short(t->name, buf));
	}
	u->holes += t->size - t->stored;
	if (u->holes > MAX_HOLES && !u->o->limits.max_bytes)
		return err_set(e, "rio-ware-corrupt",
		               "the ware holds more than %llu bytes of holes, at %s",
		               (unsigned long long)MAX_HOLES, name_short(t->name, buf));
	u->stored += t->stored;
	u->r->total_size += t->size;
	return 0;
}

// -- contents --

static int file_content(struct unpack *u, struct node *n, struct err *e)
{
	struct tar_piece piece = { 0 };
	int rc;

	rc = n->size ? tar_data(&u->tar, &piece, e) : 0;
	if (rc < 0)
		return -1;
	if (!n->size || (piece.p && piece.n == n->size)) {
		filejobs_small(&u->jobs, n, u->cur, piece.p, (size_t)piece.n);
		return 0;
	}
	filejobs_begin(&u->jobs, n, n->size);
	for (; rc == 1; rc = tar_data(&u->tar, &piece, e)) {
		filejobs_piece(&u->jobs, u->cur, piece.p, piece.n);
		if (!piece.p && check_stop(u, e) < 0)
			return -1;
	}
	if (rc == 0)
		filejobs_end(&u->jobs);
	return rc;
}

static int place_node(struct unpack *u, struct node *n, struct err *e)
{
	if (n->type == NODE_FILE)
		return file_content(u, n, e);
	if (n->type == NODE_DIR)
		return place_dir(u, n, e);
	if (!n->parent && u->placing)
		return err_set(e, "rio-ware-corrupt",
		               "the root of the ware is neither a directory nor a file");
	return u->placing ? place_special(&u->placer, &u->at, n, e) : 0;
}

static int one_entry(struct unpack *u, const struct tar_entry *t, struct err *e)
{
	struct node *parent, *n;
	enum node_type type = NODE_FILE;
	const char *name;

	if (node_type_of(t, &type, e) < 0 || clean_name(u, t, e) < 0 ||
	    find_parent(u, t, &parent, &name, e) < 0)
		return -1;
	if (type == NODE_SYMLINK && strlen(t->link) >= PATH_MAX)
		return bad_name(t, e, "the target of the symlink is too long");
	n = tree_find(&u->tree, parent, name, strlen(name));
	if (n && (n->type != NODE_DIR || type != NODE_DIR))
		return bad_name(t, e, "the path occurs twice");
	if (n) { // metadata of a directory that exists: the later one counts
		u->r->n_xattrs -= n->xattrs != NULL;
		u->r->n_conjured -= (n->flags & NODE_CONJURED) != 0;
		set_meta(u, n, t);
		return filter_check(&u->filters, n, "rio-filter-rejection", e);
	}
	if (count_bytes(u, t, e) < 0)
		return -1;
	n = add_node(u, parent, type, name, strlen(name), e);
	if (!n)
		return -1;
	set_meta(u, n, t);
	if (filter_check(&u->filters, n, "rio-filter-rejection", e) < 0)
		return -1;
	return place_node(u, n, e);
}

static int read_archive(struct unpack *u, struct err *e)
{
	int rc;

	while ((rc = tar_next(&u->tar, e)) == 1) {
		if (check_stop(u, e) < 0 || one_entry(u, &u->tar.entry, e) < 0)
			return -1;
		if (u->tree.n % 256 == 0)
			tell(u, false);
	}
	if (rc < 0 || tar_drain(&u->tar, &u->r->trailing, e) < 0)
		return -1;
	if (!u->tree.root)
		return err_set(e, "rio-ware-corrupt", "the archive is empty");
	u->r->no_end = u->tar.no_end;
	if (u->r->no_end && u->o->need_end)
		return err_set(e, "rio-ware-corrupt",
		               "the archive has no end mark: it was probably cut off");
	return 0;
}

// -- the whole --

static void set_limits(struct unpack *u, int dirfd)
{
	struct unpack_limits *l = &u->limits;
	struct statvfs fs;

	*l = u->o->limits;
	if (!l->max_entries)
		l->max_entries = MAX_ENTRIES;
	if (!l->max_memory)
		l->max_memory = MAX_MEMORY;
	if (!l->max_path || l->max_path >= PATH_MAX)
		l->max_path = PATH_MAX - 1;
	if (l->max_bytes)
		return;
	l->max_bytes = SCAN_BYTES;
	if (dirfd >= 0 && fstatvfs(dirfd, &fs) == 0 && fs.f_blocks) {
		l->max_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
		u->space_limit = true;
	}
}

static int check_want(const struct unpack *u, struct err *e)
{
	const struct unpack_result *r = u->r;

	if (!u->o->want || !strcmp(u->o->want, r->prefilter))
		return 0;
	err_set(e, "rio-hash-mismatch", "the ware is tar:%s, not tar:%s", r->prefilter,
	        u->o->want);
	err_detail(e, "expected", "tar:%s", u->o->want);
	err_detail(e, "actual", "tar:%s", r->prefilter);
	err_detail(e, "filtered", "tar:%s", r->filtered);
	return -1;
}

static int finish_tree(struct unpack *u, struct err *e)
{
	struct unpack_result *r = u->r;
	struct tree_digests d;

	tree_sort(&u->tree);
	if (u->placing && place_finish_dirs(&u->placer, &u->tree, e) < 0)
		return -1;
	tree_digest(&u->tree, &u->filters, &d);
	memcpy(r->prefilter, d.prefilter, HASH_TEXT);
	memcpy(r->filtered, d.filtered, HASH_TEXT);
	memcpy(r->seal, d.seal, HASH_TEXT);
	r->root_type = (enum node_type)u->tree.root->type;
	r->n_entries = u->tree.n;
	r->n_owner_lost = u->placer.n_owner_lost;
	r->n_globals = u->tar.n_globals;
	if (check_want(u, e) < 0)
		return -1;
	if (u->o->index_fd < 0)
		return 0;
	return index_write(u->o->index_fd, &u->tree, &u->filters, e);
}

int unpack_tar(int in_fd, const struct unpack_opts *o, int dirfd, struct unpack_result *r,
               struct err *e)
{
	struct unpack *u = xcalloc(1, sizeof(*u));
	struct err first = { 0 };
	int rc;

	memset(r, 0, sizeof(*r));
	u->o = o;
	u->r = r;
	u->filters = filters_resolve(&o->filters);
	u->placing = dirfd >= 0;
	u->at.fd = -1;
	set_limits(u, dirfd);
	place_init(&u->placer, dirfd, o->name, &u->filters);
	fault_init(&u->fault);
	progress_init(&u->progress, o->progress, o->progress_arg);
	tar_reader_init(&u->tar, input, u);
	u->tar.max_pax = u->limits.max_pax;
	u->stream = stream_open(in_fd, o->threads, o->cancel);
	filejobs_start(&u->jobs, thread_count(o->threads), u->placing ? &u->placer : NULL,
	               &u->fault, o->cancel);

	rc = read_archive(u, &first);
	if (rc < 0) // let the workers drop what is queued
		fault_report(&u->fault, &first);
	filejobs_stop(&u->jobs);
	if (rc == 0)
		rc = check_stop(u, &first);
	if (rc == 0)
		tell(u, true);
	block_put(u->cur);
	stream_close(u->stream, &r->blob);
	if (rc == 0)
		rc = finish_tree(u, &first);
	else
		first = u->fault.set ? u->fault.err : first;
	if (rc < 0 && e)
		*e = first;

	if (u->at.fd >= 0)
		close(u->at.fd);
	place_finish(&u->placer);
	tar_reader_finish(&u->tar);
	tree_finish(&u->tree);
	fault_finish(&u->fault);
	free(u);
	return rc;
}
