#include "store/upkeep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/host.h"
#include "base/map.h"
#include "base/mem.h"
#include "store/cache.h"
#include "store/inside.h"
#include "store/seal.h"

// ---- amounts

struct counting {
	struct store *s;
	struct store_amount *a;
};

static int count_blob(void *arg, int folder, const char *hash)
{
	struct store_amount *a = arg;
	struct stat st;

	if (store_is_hash(hash) && fstatat(folder, hash, &st, 0) == 0) {
		a->n++;
		a->bytes += (uint64_t)st.st_size;
	}
	return 0;
}

static int count_shelf(void *arg, const struct shelf *shelf)
{
	struct counting *c = arg;

	c->a->n++;
	c->a->bytes += shelf_bytes(c->s, shelf);
	return 0;
}

// Bytes on disk of whatever is there.
static uint64_t disk_usage(int dirfd, const char *name, int depth)
{
	auto_fd int fd = -1;
	struct dirent *d;
	struct stat st;
	uint64_t sum;
	DIR *dir;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	sum = (uint64_t)st.st_blocks * 512;
	if (!S_ISDIR(st.st_mode) || depth > 2000)
		return sum;
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return sum;
	while ((d = readdir(dir)))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			sum += disk_usage(fd, d->d_name, depth + 1);
	closedir(dir);
	fd = -1;
	return sum;
}

static void count_folder(struct store *s, const char *rel, struct store_amount *a)
{
	int fd = openat(s->root_fd, rel, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;

	while (dir && (d = readdir(dir)))
		if (d->d_name[0] != '.') {
			a->n++;
			a->bytes += disk_usage(fd, d->d_name, 0);
		}
	if (dir)
		closedir(dir);
}

void store_status(struct store *s, struct store_status *st)
{
	struct counting shelf = { s, &st->shelves };

	memset(st, 0, sizeof(*st));
	store_each_name(AT_FDCWD, s->warehouse, count_blob, &st->blobs);
	shelf_each(s, count_shelf, &shelf);
	count_folder(s, "memos", &st->memos);
	count_folder(s, ".wfx/quarantine", &st->quarantine);
}

// ---- forgetting

struct forgetting {
	struct store *s;
	const char *hash;
	int n;
	struct err *e;
};

static int forget_shelf(void *arg, const struct shelf *shelf)
{
	struct forgetting *f = arg;
	char away[512];
	size_t n = strlen(f->hash);

	if (strncmp(shelf->name, f->hash, n) != 0 ||
	    (shelf->name[n] && shelf->name[n] != '.'))
		return 0;
	f->n++;
	return shelf_quarantine(f->s, shelf, away, sizeof(away), f->e);
}

static int forget_blob(struct store *s, const struct wareid *id, int *n, struct err *e)
{
	char rel[WARE_PATH];
	auto_free char *path =
		xasprintf("%s/%s", s->warehouse, store_ware_path(id->hash, rel));
	auto_free char *to = xasprintf("%s.forgotten", path);

	if (rename(path, to) == 0)
		++*n;
	else if (errno != ENOENT && errno != ENOTDIR)
		return err_sys(e, "rio-warehouse-unwritable", "moving %s away", path);
	return 0;
}

int store_forget(struct store *s, const struct wareid *id, struct err *e)
{
	struct filters usual = filters_default(FILTER_UNPACK);
	struct forgetting f = { s, id->hash, 0, e };
	char away[512];
	struct shelf shelf;

	if (store_ware_check(id, e) < 0 || shelf_each(s, forget_shelf, &f) != 0)
		return -1;
	if (alias_read(s, id, &usual, &shelf) && shelf_exists(s, &shelf)) {
		f.n++;
		if (shelf_quarantine(s, &shelf, away, sizeof(away), e) < 0)
			return -1;
	}
	if (seal_remove(s, id, e) < 0)
		return -1;
	return forget_blob(s, id, &f.n, e) < 0 ? -1 : f.n > 0;
}

// ---- collecting garbage

struct collecting {
	struct store *s;
	const struct store_gc *gc;
	struct store_amount *freed;
	struct map wanted; // names of shelves that some warehouse can bring back
	int64_t before;    // what was used since is left alone
	struct err *e;
};

static void freed(struct collecting *c, const char *path, uint64_t bytes)
{
	c->freed->n++;
	c->freed->bytes += bytes;
	if (c->gc->report)
		c->gc->report(c->gc->arg, path, bytes);
}

static int remember_alias(void *arg, int folder, const char *name)
{
	struct collecting *c = arg;
	struct wareid id = { .packtype = "tar" };
	struct shelf shelf;

	if (alias_target(folder, name, id.hash, sizeof(id.hash), &shelf) &&
	    store_has_blob(c->s, &id))
		map_put(&c->wanted, shelf.name, strlen(shelf.name), NULL)->value = c;
	return 0;
}

static int can_come_back(struct collecting *c, const struct shelf *shelf)
{
	struct wareid id = { .packtype = "tar" };

	if (map_get(&c->wanted, shelf->name, strlen(shelf->name)))
		return 1;
	snprintf(id.hash, sizeof(id.hash), "%s", shelf->name);
	return store_has_blob(c->s, &id);
}

static int collect_shelf(void *arg, const struct shelf *shelf)
{
	struct collecting *c = arg;
	auto_free char *path = shelf_path(c->s, shelf);
	auto_fd int lock = -1;
	uint64_t bytes;
	int64_t used;

	if (!can_come_back(c, shelf))
		return 0;
	lock = shelf_seize(c->s, shelf, &used);
	if (lock < 0 || used >= c->before)
		return 0;
	bytes = shelf_bytes(c->s, shelf);
	if (c->gc->really && shelf_remove(c->s, shelf, c->e) < 0)
		return -1;
	freed(c, path, bytes);
	return 0;
}

static int remove_aside(struct collecting *c, int dirfd, const char *folder,
                        const char *name)
{
	auto_free char *path = xasprintf("%s/%s", folder, name);
	struct stat st;
	uint64_t bytes;

	// The time of a tree is its ware's; when it was set aside is in its ctime.
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    st.st_ctim.tv_sec >= c->before)
		return 0;
	bytes = disk_usage(dirfd, name, 0);
	if (c->gc->really && fd_remove_tree(dirfd, name) < 0)
		return err_sys(c->e, "warpforge-error-io", "removing %s", path);
	freed(c, path, bytes);
	return 0;
}

static int collect_quarantine(struct collecting *c)
{
	auto_free char *path = xasprintf("%s/.wfx/quarantine", c->s->root);
	DIR *dir = opendir(path);
	struct dirent *d;
	int ret = 0;

	while (dir && ret == 0 && (d = readdir(dir)))
		if (d->d_name[0] != '.')
			ret = remove_aside(c, dirfd(dir), path, d->d_name);
	if (dir)
		closedir(dir);
	return ret;
}

static int collect_blob(void *arg, int folder, const char *name)
{
	struct collecting *c = arg;
	const char *dot = strchr(name, '.');

	if (!dot || (strcmp(dot, ".damaged") != 0 && strcmp(dot, ".forgotten") != 0))
		return 0;
	return remove_aside(c, folder, c->s->warehouse, name);
}

int store_gc(struct store *s, const struct store_gc *gc, struct store_amount *amount,
             struct err *e)
{
	struct collecting c = { .s = s, .gc = gc, .freed = amount, .e = e };
	struct host h;
	int ret;

	host_real(&h);
	c.before = h.wall_ns(&h) / 1000000000 - gc->unused_s;
	memset(amount, 0, sizeof(*amount));
	store_each_name(s->root_fd, ".wfx/alias/tar", remember_alias, &c);
	ret = shelf_each(s, collect_shelf, &c);
	if (ret == 0)
		ret = collect_quarantine(&c);
	if (ret == 0)
		ret = store_each_name(AT_FDCWD, s->warehouse, collect_blob, &c);
	map_finish(&c.wanted);
	return ret;
}
