// Getting a ware onto its shelf: cache, warehouses, the checks on the way.
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/cache.h"
#include "store/check.h"
#include "store/inside.h"
#include "store/lock.h"
#include "store/pack.h"
#include "store/seal.h"
#include "store/search.h"
#include "store/store.h"
#include "store/treesync.h"
#include "store/unpack.h"

struct fetching {
	struct store *s;
	const struct store_fetch *f;
	struct filters filters; // uid=mine and gid=mine resolved
	struct store_tree *out;
};

// "mine" is a number to whoever looks for the shelf later, as another user perhaps.
static struct filters resolve(const struct filters *f)
{
	struct filters r = *f;

	if (r.uid.mode == FILTER_MINE)
		r.uid = (struct filter){ FILTER_SET, geteuid() };
	if (r.gid.mode == FILTER_MINE)
		r.gid = (struct filter){ FILTER_SET, getegid() };
	return r;
}

static void done(struct fetching *x, const struct shelf *shelf, const char *from,
                 uint64_t bytes, uint64_t entries, int lock_fd)
{
	x->out->path = shelf_path(x->s, shelf);
	snprintf(x->out->from, sizeof(x->out->from), "%s", from);
	x->out->bytes = bytes;
	x->out->entries = entries;
	x->out->lock_fd = lock_fd;
}

// ---- the cache

// A shelf that has lost its index (or that upstream filled): hash all of it.
static int rehash(struct fetching *x, const struct shelf *shelf, struct pack_result *r)
{
	auto_free char *path = shelf_path(x->s, shelf);
	char *slash = strrchr(path, '/');
	auto_fd int dir = -1;
	struct pack_opts o;

	*slash = '\0';
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pack_opts_init(&o);
	o.filters = filters_lossless();
	// On an ordinary user's disk everything is that user's; in the ware it was
	// root's.
	if (geteuid() != 0) {
		o.filters.uid = (struct filter){ FILTER_SET, 0 };
		o.filters.gid = (struct filter){ FILTER_SET, 0 };
	}
	if (dir < 0 || pack_tree(dir, slash + 1, &o, -1, r, NULL) < 0)
		return 0;
	// A name with a dot carries the hash before it.
	return strncmp(r->hash, shelf->name, strlen(r->hash)) == 0;
}

enum hit { HIT_NONE, HIT_DAMAGED, HIT_OK, HIT_ERROR };

static enum hit check_shelf(struct fetching *x, const struct shelf *shelf,
                            struct check *c, struct err *e)
{
	struct pack_result r;
	int ok;

	if (x->s->trust_hits)
		return HIT_OK;
	if (store_tell(x->f->progress, x->f->arg, STORE_VERIFY, "cache", e) < 0)
		return HIT_ERROR;
	ok = shelf_check(x->s, shelf, 0, c, x->f->progress, x->f->arg, e);
	if (ok < 0)
		return HIT_ERROR;
	if (ok == 0 && !shelf_indexed(x->s, shelf) && rehash(x, shelf, &r)) {
		c->bytes = r.total_size;
		c->entries = r.n_entries;
		return HIT_OK;
	}
	return ok ? HIT_OK : HIT_DAMAGED;
}

// Is the ware on its shelf, whole? HIT_DAMAGED fills c->first and *shelf.
static enum hit try_cache(struct fetching *x, struct shelf *shelf, struct check *c,
                          struct err *e)
{
	auto_fd int lock = -1;
	struct store_seal seal;
	enum hit hit;

	memset(c, 0, sizeof(*c));
	if (!alias_read(x->s, &x->f->id, &x->filters, shelf) ||
	    !shelf_exists(x->s, shelf))
		return HIT_NONE;
	if (seal_read(x->s, &x->f->id, &seal, NULL) == 1 &&
	    strcmp(seal.tree, shelf->seal) != 0)
		return HIT_NONE;
	lock = shelf_hold(x->s, shelf, e);
	if (lock < 0)
		return HIT_ERROR;
	if (!shelf_exists(x->s, shelf))
		return HIT_NONE;
	hit = check_shelf(x, shelf, c, e);
	if (hit == HIT_OK)
		done(x, shelf, "cache", c->bytes, c->entries, take_fd(lock));
	return hit;
}

// The last resort when no warehouse has the ware: a shelf of this hash without alias, as
// upstream leaves them. It was unpacked with upstream's filters; all of it is hashed, and
// its links are compared with an earlier seal if there is one.
static enum hit try_foreign(struct fetching *x, struct err *e)
{
	struct filters usual = filters_default(FILTER_UNPACK);
	struct str a = { 0 }, b = { 0 };
	struct shelf shelf = { 0 };
	struct pack_result r;
	auto_fd int lock = -1;
	int same;

	filters_text(&usual, FILTER_UNPACK, &a);
	filters_text(&x->filters, FILTER_UNPACK, &b);
	same = strcmp(str_cstr(&a), str_cstr(&b)) == 0;
	str_finish(&a);
	str_finish(&b);
	snprintf(shelf.type, sizeof(shelf.type), "%s", x->f->id.packtype);
	snprintf(shelf.name, sizeof(shelf.name), "%s", x->f->id.hash);
	if (!same || !shelf_exists(x->s, &shelf))
		return HIT_NONE;
	lock = shelf_hold(x->s, &shelf, e);
	if (lock < 0)
		return HIT_ERROR;
	if (store_tell(x->f->progress, x->f->arg, STORE_VERIFY, "cache", e) < 0)
		return HIT_ERROR;
	if (!rehash(x, &shelf, &r) ||
	    seal_check(x->s, &x->f->id, r.seal, "the cache", NULL) < 0)
		return HIT_NONE;
	done(x, &shelf, "cache", r.total_size, r.n_entries, take_fd(lock));
	return HIT_OK;
}

// ---- one warehouse

struct reporting {
	struct fetching *x;
	const char *addr;
	uint64_t total;
	atomic_bool cancel;
};

static void report(void *arg, const struct codec_progress *p)
{
	struct reporting *r = arg;
	struct store_progress sp = {
		.phase = STORE_UNPACK,
		.in_bytes = p->bytes_in,
		.in_total = r->total,
		.out_bytes = p->bytes_out,
		.entries = p->entries,
		.what = r->addr,
	};

	if (r->x->f->progress && r->x->f->progress(r->x->f->arg, &sp))
		atomic_store(&r->cancel, 1);
}

static int unpack(struct fetching *x, const char *addr, int blob, int tempdir,
                  struct unpack_result *r, struct err *e)
{
	auto_fd int index =
		openat(tempdir, "index", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct reporting rep = { .x = x, .addr = addr };
	struct unpack_opts o;
	struct stat st;

	if (index < 0 || fstat(blob, &st) < 0)
		return err_sys(e, store_space_code(errno, "rio-local-cache-problem"),
		               "making %s/.wfx/tmp/.../index", x->s->root);
	rep.total = (uint64_t)st.st_size;
	unpack_opts_init(&o);
	o.filters = x->filters;
	o.want = x->f->id.hash;
	o.name = "tree";
	o.index_fd = index;
	o.progress = report;
	o.progress_arg = &rep;
	o.cancel = &rep.cancel;
	if (unpack_tar(blob, &o, tempdir, r, e) < 0) {
		if (e->sys)
			e->code = store_space_code(e->sys, e->code);
		return -1;
	}
	if (strcmp(r->prefilter, o.want) != 0)
		return err_set(e, "rio-hash-mismatch", "it has the hash %s",
		               r->prefilter);
	return 0;
}

static int sync_unpacked(int tempdir)
{
	auto_fd int index = openat(tempdir, "index", O_RDONLY | O_CLOEXEC);

	return index < 0 ? -1 : tree_sync(tempdir, "tree", index);
}

// The tree in tempdir is right: make it durable, put it on its shelf, write down what we
// know of it.
static int settle(struct fetching *x, const char *addr, int tempdir,
                  const struct unpack_result *r, int sealed, struct err *e)
{
	struct store_seal seal = { .blob = r->blob };
	struct shelf shelf;
	auto_fd int lock = -1;

	if (store_tell(x->f->progress, x->f->arg, STORE_COMMIT, addr, e) < 0)
		return -1;
	if (sync_unpacked(tempdir) < 0)
		return err_sys(e, store_space_code(errno, "rio-local-cache-problem"),
		               "syncing %s", x->s->root);
	if (shelf_publish(x->s, tempdir, x->f->id.packtype, r->filtered, r->seal, &shelf,
	                  e) < 0)
		return -1;
	lock = shelf_hold(x->s, &shelf, e);
	if (lock < 0)
		return -1;
	snprintf(seal.tree, sizeof(seal.tree), "%s", r->seal);
	if (!sealed && seal_write(x->s, &x->f->id, &seal, addr, e) < 0)
		return -1;
	if (alias_write(x->s, &x->f->id, &x->filters, &shelf, e) < 0)
		return -1;
	done(x, &shelf, addr, r->total_size, r->n_entries, take_fd(lock));
	return 0;
}

static int fetch_from(struct fetching *x, const char *addr, int blob, struct err *e)
{
	char temp[TEMP_NAME];
	auto_fd int tempdir = temp_dir(x->s->tmp_fd, temp);
	struct unpack_result r;
	int ret, sealed;

	if (tempdir < 0)
		return err_sys(e, store_space_code(errno, "rio-local-cache-problem"),
		               "making a folder in %s/.wfx/tmp", x->s->root);
	ret = unpack(x, addr, blob, tempdir, &r, e);
	if (ret == 0) {
		sealed = seal_check(x->s, &x->f->id, r.seal, addr, e);
		ret = sealed < 0 ? -1 : settle(x, addr, tempdir, &r, sealed, e);
	}
	fd_remove_tree(x->s->tmp_fd, temp);
	return ret;
}

// ---- all of them

static int take(void *arg, const char *addr, int blob, struct err *e)
{
	return fetch_from(arg, addr, blob, e);
}

static int try_places(struct fetching *x, struct err *e)
{
	struct search search = {
		.s = x->s,
		.id = &x->f->id,
		.addr = x->f->addr,
		.more_addrs = x->f->more_addrs,
		.take = take,
		.take_arg = x,
		.progress = x->f->progress,
		.arg = x->f->arg,
	};
	int ret = search_run(&search, e);

	if (ret == 0) {
		enum hit hit = try_foreign(x, e);

		ret = hit == HIT_OK      ? 1
		      : hit == HIT_ERROR ? -1
		                         : search_failed(&search, e);
	}
	search_finish(&search);
	return ret < 0 ? -1 : 0;
}

// Under the lock: what was damaged goes away, and is said when it could be mended.
static int refetch(struct fetching *x, const struct shelf *shelf, const struct check *c,
                   struct err *e)
{
	char away[512];

	if (shelf_quarantine(x->s, shelf, away, sizeof(away), e) < 0)
		return -1;
	store_notice(x->f->progress, x->f->arg,
	             "the cached %s:%s was damaged (%s); moved to %s, fetching it anew",
	             shelf->type, shelf->name, c->first, away);
	if (try_places(x, e) == 0)
		return 0;
	return err_wrap(e, "the cached copy was damaged (%s; it is now in %s)", c->first,
	                away);
}

static int fetch_cold(struct fetching *x, struct err *e)
{
	const struct wareid *id = &x->f->id;
	auto_free char *name = xasprintf("fetch.%s.%s", id->packtype, id->hash);
	auto_fd int lock = lock_take(x->s, name, LOCK_EX, x->f->progress, x->f->arg, e);
	struct shelf shelf;
	struct check c;

	if (lock < 0)
		return -1;
	switch (try_cache(x, &shelf, &c, e)) {
	case HIT_OK:
		return 0;
	case HIT_ERROR:
		return -1;
	case HIT_DAMAGED:
		return refetch(x, &shelf, &c, e);
	case HIT_NONE:
		break;
	}
	return try_places(x, e);
}

int store_fetch(struct store *s, const struct store_fetch *f, struct store_tree *out,
                struct err *e)
{
	struct fetching x = {
		.s = s, .f = f, .filters = resolve(f->filters), .out = out
	};
	struct shelf shelf;
	struct check c;

	*out = (struct store_tree){ .lock_fd = -1 };
	if (store_ware_check(&f->id, e) < 0)
		return -1;
	switch (try_cache(&x, &shelf, &c, e)) {
	case HIT_OK:
		return 0;
	case HIT_ERROR:
		return -1;
	case HIT_NONE:
	case HIT_DAMAGED:
		break;
	}
	return fetch_cold(&x, e);
}

void store_tree_finish(struct store_tree *t)
{
	if (!t)
		return;
	free(t->path);
	if (t->path && t->lock_fd >= 0)
		close(t->lock_fd);
	*t = (struct store_tree){ .lock_fd = -1 };
}
