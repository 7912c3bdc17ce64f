#include "store/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "store/hashpool.h"
#include "store/index.h"
#include "store/inside.h"

// A directory on the way from the root to the current entry.
struct frame {
	size_t path_len;
	uint64_t children; // in the index
	int fd;            // -1 = not opened, or closed again to save descriptors
	int shut;          // this user may not look inside
	int64_t mtime_s;
	uint32_t mtime_ns;
	int mend; // its time is not what it should be
};

enum { OPEN_FRAMES = 64 };

struct walk {
	int dirfd;
	const char *name;
	int root_fd; // -1 when the root is a file
	int full;
	struct check *c;
	VEC(struct frame) frames;
	struct str path;       // of the innermost frame
	struct hashpool *pool; // started when the first file must be read
	pthread_mutex_t lock;  // of c->n_bad and c->first
	store_progress_fn *progress;
	void *arg;
};

static void bad(struct walk *w, const char *path, size_t n, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void bad(struct walk *w, const char *path, size_t n, const char *fmt, ...)
{
	struct str s = { 0 };
	va_list ap;

	if (n == 0)
		str_add(&s, "the root");
	utf8_safe(&s, path, n, 0);
	str_add(&s, ": ");
	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&w->lock);
	if (!w->c->n_bad++)
		snprintf(w->c->first, sizeof(w->c->first), "%s", s.p);
	pthread_mutex_unlock(&w->lock);
	str_finish(&s);
}

static uint64_t bad_so_far(struct walk *w)
{
	uint64_t n;

	pthread_mutex_lock(&w->lock);
	n = w->c->n_bad;
	pthread_mutex_unlock(&w->lock);
	return n;
}

// The innermost frame's directory; -1 when it cannot be opened.
static int frame_fd(struct walk *w)
{
	size_t n = w->frames.n;
	struct frame *f = &w->frames.items[n - 1];

	if (f->fd >= 0 || f->shut)
		return f->fd;
	f->fd = store_open_beneath(w->root_fd, str_cstr(&w->path),
	                           O_RDONLY | O_DIRECTORY);
	if (f->fd < 0 && errno == EACCES)
		f->shut = 1;
	if (n > OPEN_FRAMES && w->frames.items[n - 1 - OPEN_FRAMES].fd >= 0)
		close(take_fd(w->frames.items[n - 1 - OPEN_FRAMES].fd));
	return f->fd;
}

static uint64_t count_children(int fd)
{
	// Nobody has read from fd yet, so its place in the directory may be shared.
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	uint64_t n = 0;

	if (!dir) {
		if (copy >= 0)
			close(copy);
		return 0;
	}
	while (readdir(dir))
		n++;
	closedir(dir);
	return n < 2 ? 0 : n - 2; // "." and ".."
}

// All children of the innermost directory have been looked at.
static void leave(struct walk *w)
{
	struct frame *f = &w->frames.items[w->frames.n - 1];
	int fd = frame_fd(w);

	if (fd >= 0) {
		uint64_t n = count_children(fd);

		if (n != f->children)
			bad(w, str_cstr(&w->path), w->path.len,
			    "%llu entries, should be %llu", (unsigned long long)n,
			    (unsigned long long)f->children);
		if (f->mend) {
			struct timespec t[2] = { { 0, UTIME_OMIT },
				                 { f->mtime_s, (long)f->mtime_ns } };

			w->c->n_mended += futimens(fd, t) == 0;
		}
		close(fd);
	} else if (!f->shut) {
		bad(w, str_cstr(&w->path), w->path.len, "cannot be opened: %s",
		    strerror(errno));
	}
	w->frames.n--;
	if (w->frames.n)
		str_cut(&w->path, w->frames.items[w->frames.n - 1].path_len);
}

static int is_below(const struct walk *w, const struct index_entry *t)
{
	size_t n = w->path.len;

	return n == 0 || (t->path_len > n && t->path[n] == '/' &&
	                  memcmp(t->path, w->path.p, n) == 0);
}

static void enter(struct walk *w, const struct index_entry *t, int mend)
{
	str_clear(&w->path);
	str_addn(&w->path, t->path, t->path_len);
	*vec_push(&w->frames) = (struct frame){
		.path_len = t->path_len,
		.fd = -1,
		.mtime_s = t->mtime_s,
		.mtime_ns = t->mtime_ns,
		.mend = mend,
	};
}

// A file whose mode keeps its own owner out is opened for a moment.
static int open_content(int dirfd, const char *name, const struct stat *st)
{
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd >= 0 || errno != EACCES || st->st_uid != geteuid())
		return fd;
	if (fchmodat(dirfd, name, 0400, 0) < 0)
		return -1;
	fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	fchmodat(dirfd, name, st->st_mode & 07777, 0);
	return fd;
}

static void bad_content(void *arg, const char *path, size_t len, int sys)
{
	bad(arg, path, len, "%s", sys ? strerror(sys) : "its content changed");
}

static void check_content(struct walk *w, int dirfd, const char *name,
                          const struct index_entry *t, const struct stat *st)
{
	int fd = open_content(dirfd, name, st);

	w->c->n_rehashed++;
	if (fd < 0) {
		bad(w, t->path, t->path_len, "cannot be read: %s", strerror(errno));
		return;
	}
	if (!w->pool)
		w->pool = hashpool_create(0, bad_content, w);
	hashpool_add(w->pool, fd, t->sha384, t->path, t->path_len);
}

static mode_t type_bits(enum node_type type)
{
	switch (type) {
	case NODE_FILE:
		return S_IFREG;
	case NODE_DIR:
		return S_IFDIR;
	case NODE_SYMLINK:
		return S_IFLNK;
	case NODE_FIFO:
		return S_IFIFO;
	case NODE_SOCKET:
		return S_IFSOCK;
	case NODE_BLOCK:
		return S_IFBLK;
	case NODE_CHAR:
		return S_IFCHR;
	}
	return 0;
}

// File systems with coarse times cut the nanoseconds off.
static int same_time(const struct timespec *on_disk, int64_t s, uint32_t ns)
{
	return on_disk->tv_sec == s &&
	       (on_disk->tv_nsec == (long)ns || on_disk->tv_nsec == 0);
}

static void check_link(struct walk *w, int dirfd, const char *name,
                       const struct index_entry *t)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dirfd, name, target, sizeof(target));

	if (n < 0 || (size_t)n != t->link_len ||
	    memcmp(target, t->link, t->link_len) != 0)
		bad(w, t->path, t->path_len, "the link leads elsewhere");
}

static void check_node(struct walk *w, int dirfd, const char *name,
                       const struct index_entry *t, const struct stat *st)
{
	// An ordinary user cannot always keep set-id bits.
	mode_t mask = geteuid() == 0 ? 07777 : 01777;
	int touched =
		t->ino && (t->ino != st->st_ino || t->ctime_s != st->st_ctim.tv_sec ||
	                   t->ctime_ns != st->st_ctim.tv_nsec);
	uint64_t bad_before = bad_so_far(w);

	if (t->type != NODE_SYMLINK && ((st->st_mode ^ t->mode) & mask))
		bad(w, t->path, t->path_len, "mode %04o, should be %04o",
		    st->st_mode & 07777, t->mode);
	if (!(t->flags & INDEX_OWNER_LOST) && geteuid() == 0 &&
	    (st->st_uid != t->uid || st->st_gid != t->gid))
		bad(w, t->path, t->path_len, "owner %u:%u, should be %u:%u", st->st_uid,
		    st->st_gid, t->uid, t->gid);
	if (t->type == NODE_FILE && (uint64_t)st->st_size != t->size)
		bad(w, t->path, t->path_len, "%lld bytes, should be %llu",
		    (long long)st->st_size, (unsigned long long)t->size);
	else if (t->type != NODE_DIR && !same_time(&st->st_mtim, t->mtime_s, t->mtime_ns))
		bad(w, t->path, t->path_len, "its time changed");
	if (t->type == NODE_SYMLINK)
		check_link(w, dirfd, name, t);
	if ((t->type == NODE_BLOCK || t->type == NODE_CHAR) &&
	    (major(st->st_rdev) != t->major || minor(st->st_rdev) != t->minor))
		bad(w, t->path, t->path_len, "another device");
	if (t->type == NODE_FILE && bad_so_far(w) == bad_before && (w->full || touched))
		check_content(w, dirfd, name, t, st);
}

static void check_entry(struct walk *w, const struct index_entry *t)
{
	int is_root = t->path_len == 0, dirfd = w->dirfd, seen;
	const char *name = w->name, *slash;
	struct stat st;

	if (!is_root) {
		w->frames.items[w->frames.n - 1].children++;
		dirfd = frame_fd(w);
		slash = strrchr(t->path, '/');
		name = slash ? slash + 1 : t->path;
	}
	seen = dirfd >= 0 && fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (!seen && !is_root &&
	    (dirfd < 0 ? w->frames.items[w->frames.n - 1].shut : errno == EACCES))
		w->c->n_unseen++;
	else if (!seen)
		bad(w, t->path, t->path_len, "%s",
		    errno == ENOENT ? "missing" : strerror(errno));
	else if ((st.st_mode & S_IFMT) != type_bits(t->type))
		bad(w, t->path, t->path_len, "another type of file");
	else
		check_node(w, dirfd, name, t, &st);
	if (t->type == NODE_DIR)
		enter(w, t,
		      dirfd >= 0 && !same_time(&st.st_mtim, t->mtime_s, t->mtime_ns));
}

static int walk_index(struct walk *w, struct index_reader *x, struct err *e)
{
	struct index_entry t;
	int got;

	while ((got = index_next(x, &t, e)) > 0) {
		while (w->frames.n && !is_below(w, &t))
			leave(w);
		if (!w->frames.n && t.path_len)
			return err_set(e, "rio-local-cache-problem",
			               "the index does not begin with the root");
		check_entry(w, &t);
		w->c->entries++;
		w->c->bytes += t.type == NODE_FILE ? t.size : 0;
		if (!w->full && bad_so_far(w))
			return 0;
		if (w->progress && w->c->entries % 256 == 0) {
			struct store_progress p = {
				.phase = STORE_VERIFY,
				.in_bytes = w->c->bytes,
				.entries = w->c->entries,
				.what = w->name,
			};

			if (w->progress(w->arg, &p))
				return err_set(e, "wfx-cancelled", "cancelled");
		}
	}
	while (got == 0 && w->frames.n)
		leave(w);
	return got;
}

int tree_check(int dirfd, const char *name, int index_fd, int full, struct check *c,
               store_progress_fn *progress, void *arg, struct err *e)
{
	struct walk w = {
		.dirfd = dirfd,
		.name = name,
		.root_fd = -1,
		.full = full,
		.c = c,
		.progress = progress,
		.arg = arg,
	};
	struct index_reader *x;
	int ret;

	memset(c, 0, sizeof(*c));
	x = index_open(index_fd, e);
	if (!x)
		return -1;
	pthread_mutex_init(&w.lock, NULL);
	w.root_fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	ret = walk_index(&w, x, e);
	hashpool_destroy(w.pool);
	if (ret == 0)
		ret = c->n_bad == 0;
	for (size_t i = 0; i < w.frames.n; i++)
		if (w.frames.items[i].fd >= 0)
			close(w.frames.items[i].fd);
	if (w.root_fd >= 0)
		close(w.root_fd);
	vec_finish(&w.frames);
	str_finish(&w.path);
	pthread_mutex_destroy(&w.lock);
	index_close(x);
	return ret;
}

static int same_entry(const struct index_entry *a, const struct index_entry *b)
{
	return a->type == b->type && a->mode == b->mode && a->uid == b->uid &&
	       a->gid == b->gid && a->mtime_s == b->mtime_s &&
	       a->mtime_ns == b->mtime_ns && a->size == b->size && a->major == b->major &&
	       a->minor == b->minor && a->path_len == b->path_len &&
	       memcmp(a->path, b->path, a->path_len) == 0 && a->link_len == b->link_len &&
	       memcmp(a->link, b->link, a->link_len) == 0 &&
	       memcmp(a->sha384, b->sha384, SHA384_LEN) == 0;
}

int index_same(int a, int b, struct err *e)
{
	struct index_reader *x = index_open(a, e), *y = x ? index_open(b, e) : NULL;
	struct index_entry ta, tb;
	int ret = -1, more_a, more_b;

	while (y) {
		more_a = index_next(x, &ta, e);
		more_b = index_next(y, &tb, e);
		if (more_a < 0 || more_b < 0)
			break;
		ret = more_a == more_b && (!more_a || same_entry(&ta, &tb));
		if (!ret || !more_a)
			break;
		ret = -1;
	}
	index_close(y);
	index_close(x);
	return ret;
}
