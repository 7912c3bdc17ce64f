#include "store/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/base58.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/check.h"
#include "store/digest.h"
#include "store/index.h"
#include "store/inside.h"
#include "store/lock.h"

enum { ALIAS_MAX = 4096 };

static const char tree_name[] = "tree", index_name[] = "index";

static char *folder(const char *what, const char *type, const char *hash)
{
	int is_cache = strcmp(what, "cache") == 0;

	return xasprintf("%s%s/%s%s/%.3s/%.3s", is_cache ? "" : ".wfx/", what, type,
	                 is_cache ? "/fileset" : "", hash, hash + 3);
}

static int open_folder(struct store *s, const char *what, const struct shelf *shelf)
{
	auto_free char *path = folder(what, shelf->type, shelf->name);

	return openat(s->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

// ---- aliases

static char *alias_name(const char *hash, const struct str *filters)
{
	unsigned char sum[SHA256_LEN];
	struct digest d = { 0 };
	char key[17];

	digest_begin(&d, DIGEST_SHA256);
	digest_add(&d, str_cstr(filters), filters->len);
	digest_end(&d, sum);
	digest_finish(&d);
	for (int i = 0; i < 8; i++)
		snprintf(key + 2 * i, 3, "%02x", sum[i]);
	return xasprintf("%s.%s", hash, key);
}

// A shelf's name: a hash, and perhaps a dot and more of that alphabet.
static int good_name(const char *p, size_t n)
{
	const char *dot = memchr(p, '.', n);
	size_t first = dot ? (size_t)(dot - p) : n;

	return first >= 7 && n < sizeof(((struct shelf *)0)->name) &&
	       base58_valid(p, first) &&
	       (!dot || (n > first + 1 && base58_valid(dot + 1, n - first - 1)));
}

// Lines: filters, shelf, seal.
static int alias_parse(const char *text, const struct str *filters, struct shelf *shelf)
{
	const char *p = text, *end;
	size_t n = filters->len;

	if (strncmp(p, str_cstr(filters), n) != 0 || p[n] != '\n')
		return 0;
	p += n + 1;
	end = strchr(p, '\n');
	if (!end || !good_name(p, (size_t)(end - p)))
		return 0;
	memcpy(shelf->name, p, (size_t)(end - p));
	shelf->name[end - p] = '\0';
	p = end + 1;
	end = strchr(p, '\n');
	n = end ? (size_t)(end - p) : 0;
	if (n == 0 || n >= sizeof(shelf->seal) || !base58_valid(p, n) || end[1])
		return 0;
	memcpy(shelf->seal, p, n);
	shelf->seal[n] = '\0';
	return 1;
}

int alias_read(struct store *s, const struct wareid *id, const struct filters *f,
               struct shelf *shelf)
{
	auto_free char *dir = folder("alias", id->packtype, id->hash);
	auto_free char *name = NULL, *path = NULL;
	struct str filters = { 0 }, text = { 0 };
	int ret = 0;

	memset(shelf, 0, sizeof(*shelf));
	snprintf(shelf->type, sizeof(shelf->type), "%s", id->packtype);
	filters_text(f, FILTER_UNPACK, &filters);
	name = alias_name(id->hash, &filters);
	path = xasprintf("%s/%s", dir, name);
	if (fd_read_file(s->root_fd, path, &text, ALIAS_MAX) == 0)
		ret = alias_parse(str_cstr(&text), &filters, shelf);
	str_finish(&filters);
	str_finish(&text);
	return ret;
}

int alias_write(struct store *s, const struct wareid *id, const struct filters *f,
                const struct shelf *shelf, struct err *e)
{
	auto_free char *dir = folder("alias", id->packtype, id->hash);
	auto_free char *name = NULL;
	struct str text = { 0 };
	int ret;

	filters_text(f, FILTER_UNPACK, &text);
	name = alias_name(id->hash, &text);
	str_addf(&text, "\n%s\n%s\n", shelf->name, shelf->seal);
	ret = store_put_file(s, dir, name, text.p, text.len, 0600, e);
	str_finish(&text);
	return ret;
}

int alias_target(int folder, const char *name, char *hash, size_t size,
                 struct shelf *shelf)
{
	size_t n = strcspn(name, ".");
	struct str text = { 0 }, filters = { 0 };
	int ret = 0;

	memset(shelf, 0, sizeof(*shelf));
	if (n >= size || !name[n])
		return 0;
	memcpy(hash, name, n);
	hash[n] = '\0';
	if (fd_read_file(folder, name, &text, ALIAS_MAX) == 0) {
		str_addn(&filters, str_cstr(&text), strcspn(str_cstr(&text), "\n"));
		ret = store_is_hash(hash) &&
		      alias_parse(str_cstr(&text), &filters, shelf);
	}
	str_finish(&text);
	str_finish(&filters);
	return ret;
}

// ---- looking

char *shelf_path(const struct store *s, const struct shelf *shelf)
{
	auto_free char *dir = folder("cache", shelf->type, shelf->name);

	return xasprintf("%s/%s/%s", s->root, dir, shelf->name);
}

static int exists(struct store *s, const char *what, const struct shelf *shelf)
{
	auto_free char *dir = folder(what, shelf->type, shelf->name);
	auto_free char *path = xasprintf("%s/%s", dir, shelf->name);
	struct stat st;

	return fstatat(s->root_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

int shelf_exists(struct store *s, const struct shelf *shelf)
{
	return exists(s, "cache", shelf);
}

int shelf_indexed(struct store *s, const struct shelf *shelf)
{
	return exists(s, "index", shelf);
}

int shelf_hold(struct store *s, const struct shelf *shelf, struct err *e)
{
	auto_free char *name = xasprintf("shelf.%s.%s", shelf->type, shelf->name);
	int fd = lock_take(s, name, LOCK_SH, NULL, NULL, e);

	if (fd >= 0)
		futimens(fd, NULL); // for shelf_seize(): this is when it was used
	return fd;
}

int shelf_seize(struct store *s, const struct shelf *shelf, int64_t *used)
{
	auto_free char *path =
		xasprintf(".wfx/locks/shelf.%s.%s", shelf->type, shelf->name);
	auto_fd int fd =
		openat(s->root_fd, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat st;

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, &st) < 0)
		return -1;
	*used = st.st_mtim.tv_sec;
	return take_fd(fd);
}

static int open_index(struct store *s, const struct shelf *shelf)
{
	auto_fd int dir = open_folder(s, "index", shelf);

	return dir < 0 ? -1 : openat(dir, shelf->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

int shelf_check(struct store *s, const struct shelf *shelf, int full, struct check *c,
                store_progress_fn *progress, void *arg, struct err *e)
{
	auto_fd int dir = open_folder(s, "cache", shelf), index = open_index(s, shelf);
	struct err why = { 0 };
	int ret;

	memset(c, 0, sizeof(*c));
	if (dir < 0 || index < 0) {
		snprintf(c->first, sizeof(c->first), "%s",
		         dir < 0 ? "it is missing" : "its index is missing");
		c->n_bad = 1;
		return 0;
	}
	ret = tree_check(dir, shelf->name, index, full, c, progress, arg, &why);
	if (ret < 0 && strcmp(why.code, "rio-local-cache-problem") == 0) {
		snprintf(c->first, sizeof(c->first), "%.700s", why.msg);
		c->n_bad++;
		return 0;
	}
	if (ret < 0 && e)
		*e = why;
	return ret;
}

uint64_t shelf_bytes(struct store *s, const struct shelf *shelf)
{
	auto_fd int fd = open_index(s, shelf);
	struct index_reader *x = fd < 0 ? NULL : index_open(fd, NULL);
	struct index_entry t;
	uint64_t sum = 0;

	while (x && index_next(x, &t, NULL) > 0)
		sum += t.type == NODE_FILE ? t.size : 0;
	index_close(x);
	return sum;
}

// ---- moving

static int quarantine(struct store *s, const struct shelf *shelf, char *to, size_t size)
{
	auto_fd int cache = open_folder(s, "cache", shelf),
		    index = open_folder(s, "index", shelf);
	auto_fd int away =
		openat(s->root_fd, ".wfx/quarantine", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_free char *name = NULL, *index_away = NULL;
	struct timespec now;

	if (away < 0)
		return -1;
	clock_gettime(CLOCK_REALTIME, &now);
	name = xasprintf("%s-%s-%lld.%09ld", shelf->type, shelf->name,
	                 (long long)now.tv_sec, now.tv_nsec);
	index_away = xasprintf("%s.index", name);
	snprintf(to, size, "%s/.wfx/quarantine/%s", s->root, name);
	if (cache >= 0 && store_move(cache, shelf->name, away, name) < 0 &&
	    errno != ENOENT)
		return -1;
	if (index >= 0 && renameat(index, shelf->name, away, index_away) < 0 &&
	    errno != ENOENT)
		return -1;
	return 0;
}

int shelf_quarantine(struct store *s, const struct shelf *shelf, char *to, size_t size,
                     struct err *e)
{
	auto_fd int lock = lock_take(s, "publish", LOCK_EX, NULL, NULL, e);

	if (lock < 0)
		return -1;
	if (quarantine(s, shelf, to, size) < 0)
		return err_sys(e, store_space_code(errno, "rio-local-cache-problem"),
		               "moving the damaged %s:%s out of the cache", shelf->type,
		               shelf->name);
	return 0;
}

int shelf_remove(struct store *s, const struct shelf *shelf, struct err *e)
{
	auto_fd int lock = lock_take(s, "publish", LOCK_EX, NULL, NULL, e);
	auto_fd int cache = open_folder(s, "cache", shelf);
	auto_fd int index = open_folder(s, "index", shelf), temp = -1;
	char name[TEMP_NAME];
	int ret = 0;

	if (lock < 0)
		return -1;
	temp = temp_dir(s->tmp_fd, name);
	if (temp < 0 ||
	    (cache >= 0 && store_move(cache, shelf->name, temp, tree_name) < 0 &&
	     errno != ENOENT))
		ret = -1;
	else if (index >= 0)
		unlinkat(index, shelf->name, 0);
	close(take_fd(lock));
	if (ret == 0)
		ret = fd_remove_tree(s->tmp_fd, name);
	return ret < 0 ? err_sys(e, store_space_code(errno, "rio-local-cache-problem"),
	                         "removing %s:%s from the cache", shelf->type,
	                         shelf->name)
	               : 0;
}

// What is to be done about what stands on the shelf: 1 = use it, 0 = the shelf is empty
// (now), -1 = another sound tree has this name.
static int look_at_shelf(struct store *s, int tempdir, const struct shelf *shelf)
{
	auto_fd int ours = -1, theirs = -1;
	char away[512];
	struct check c;

	if (!shelf_exists(s, shelf))
		return 0;
	ours = openat(tempdir, index_name, O_RDONLY | O_CLOEXEC);
	theirs = open_index(s, shelf);
	if (shelf_check(s, shelf, 0, &c, NULL, NULL, NULL) == 1)
		return index_same(ours, theirs, NULL) == 1 ? 1 : -1;
	quarantine(s, shelf, away, sizeof(away));
	return 0;
}

static int publish(struct store *s, int tempdir, const struct shelf *shelf)
{
	auto_free char *cache_dir = folder("cache", shelf->type, shelf->name);
	auto_free char *index_dir = folder("index", shelf->type, shelf->name);
	// As upstream's: nobody else comes into cache/, below it is open.
	auto_fd int top = store_make_dirs(s->root_fd, "cache", 0700);
	auto_fd int cache = top < 0 ? -1 : store_make_dirs(s->root_fd, cache_dir, 0755);
	auto_fd int index = cache < 0 ? -1 : store_make_dirs(s->root_fd, index_dir, 0700);

	if (index < 0)
		return -1;
	if (renameat(tempdir, index_name, index, shelf->name) < 0 || fsync(index) < 0)
		return -1;
	if (store_move(tempdir, tree_name, cache, shelf->name) < 0 || fsync(cache) < 0)
		return -1;
	return 0;
}

int shelf_publish(struct store *s, int tempdir, const char *type, const char *filtered,
                  const char *seal, struct shelf *shelf, struct err *e)
{
	auto_fd int lock = lock_take(s, "publish", LOCK_EX, NULL, NULL, e);
	int found;

	if (lock < 0)
		return -1;
	snprintf(shelf->type, sizeof(shelf->type), "%s", type);
	snprintf(shelf->name, sizeof(shelf->name), "%s", filtered);
	snprintf(shelf->seal, sizeof(shelf->seal), "%s", seal);
	found = look_at_shelf(s, tempdir, shelf);
	if (found < 0) {
		snprintf(shelf->name, sizeof(shelf->name), "%s.%s", filtered, seal);
		found = look_at_shelf(s, tempdir, shelf);
	}
	if (found > 0)
		return 0;
	if (found == 0 && publish(s, tempdir, shelf) == 0)
		return 0;
	if (found == 0 && errno == EXDEV)
		return err_set(e, "rio-local-cache-problem",
		               "%s/cache lies on another file system than %s/.wfx",
		               s->root, s->root);
	return err_sys(e, store_space_code(errno, "rio-local-cache-problem"),
	               "putting %s:%s into the cache %s/cache", type, filtered, s->root);
}

// ---- all of them

struct each {
	struct shelf shelf;
	shelf_fn *fn;
	void *arg;
};

static int each_shelf(void *arg, int folder, const char *name)
{
	struct each *x = arg;

	(void)folder;
	if (!good_name(name, strlen(name)))
		return 0;
	snprintf(x->shelf.name, sizeof(x->shelf.name), "%s", name);
	return x->fn(x->arg, &x->shelf);
}

int shelf_each(struct store *s, shelf_fn *fn, void *arg)
{
	struct each x = { { .type = "tar" }, fn, arg };

	return store_each_name(s->root_fd, "cache/tar/fileset", each_shelf, &x);
}
