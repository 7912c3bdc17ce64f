#include "store/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/cache.h"
#include "store/check.h"
#include "store/inside.h"
#include "store/seal.h"
#include "store/unpack.h"

struct verifying {
	struct store *s;
	const struct store_verify *v;
	int n_bad;
	struct err *e;
	atomic_bool cancel;
};

static void found(struct verifying *x, struct finding *f)
{
	struct wareid id = { .packtype = "tar" };

	snprintf(id.hash, sizeof(id.hash), "%s", f->hash);
	f->have = !f->problem || store_has(x->s, &id);
	x->n_bad += f->problem != NULL;
	x->v->report(x->v->report_arg, f);
}

// ---- shelves

// The functions that look at one thing return 1, with *x->e filled, to stop.
static int one_shelf(void *arg, const struct shelf *shelf)
{
	struct verifying *x = arg;
	auto_free char *path = shelf_path(x->s, shelf);
	struct finding f = { .path = path, .hash = shelf->name };
	char away[512];
	struct check c;
	int ok;

	if (store_tell(x->v->progress, x->v->arg, STORE_VERIFY, path, x->e) < 0)
		return 1;
	if (!shelf_indexed(x->s, shelf))
		return 0; // upstream's, or one that is being made: nothing says how it
			  // should be
	ok = shelf_check(x->s, shelf, x->v->full, &c, x->v->progress, x->v->arg, x->e);
	if (ok < 0)
		return 1;
	f.bytes = c.bytes;
	if (!ok) {
		f.problem = c.first;
		f.code = "rio-local-cache-problem";
		if (shelf_quarantine(x->s, shelf, away, sizeof(away), x->e) < 0)
			return 1;
		f.moved = away;
	}
	found(x, &f);
	return 0;
}

struct only {
	struct verifying *x;
	const char *hash;
};

// The shelves of one ware: by its own hash, and by its aliases; a shelf whose alias has
// other filters than the usual is found by the hash it has after them only.
static int shelf_of(void *arg, const struct shelf *shelf)
{
	const struct only *o = arg;
	size_t n = strlen(o->hash);

	if (strncmp(shelf->name, o->hash, n) != 0 ||
	    (shelf->name[n] && shelf->name[n] != '.'))
		return 0;
	return one_shelf(o->x, shelf);
}

static int shelves(struct verifying *x)
{
	struct filters usual = filters_default(FILTER_UNPACK);
	struct shelf shelf;
	struct only o = { x, NULL };

	if (!x->v->id)
		return shelf_each(x->s, one_shelf, x);
	o.hash = x->v->id->hash;
	if (shelf_each(x->s, shelf_of, &o))
		return 1;
	if (alias_read(x->s, x->v->id, &usual, &shelf) && shelf_exists(x->s, &shelf) &&
	    strncmp(shelf.name, o.hash, strlen(o.hash)) != 0)
		return one_shelf(x, &shelf);
	return 0;
}

// ---- blobs

static void scan_progress(void *arg, const struct codec_progress *p)
{
	struct verifying *x = arg;
	struct store_progress sp = {
		.phase = STORE_VERIFY,
		.in_bytes = p->bytes_in,
		.out_bytes = p->bytes_out,
		.entries = p->entries,
	};

	if (x->v->progress && x->v->progress(x->v->arg, &sp))
		atomic_store(&x->cancel, 1);
}

static int scan_blob(struct verifying *x, int fd, const struct wareid *id,
                     const char *path, struct err *e)
{
	struct unpack_opts o;
	struct unpack_result r;

	unpack_opts_init(&o);
	o.filters = filters_lossless();
	o.want = id->hash;
	o.progress = scan_progress;
	o.progress_arg = x;
	o.cancel = &x->cancel;
	if (unpack_tar(fd, &o, -1, &r, e) < 0)
		return -1;
	if (strcmp(r.prefilter, id->hash) != 0)
		return err_set(e, "rio-hash-mismatch", "it has the hash %s", r.prefilter);
	return seal_check(x->s, id, r.seal, path, e) < 0 ? -1 : 0;
}

// Not what the seal first saw is no proof of damage: another packing of the same ware is
// as good. Then the whole is read.
static int check_blob(struct verifying *x, const struct wareid *id, const char *path,
                      uint64_t *size, struct err *e)
{
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct store_seal seal;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "rio-warehouse-unavailable", "it cannot be read");
	if (!S_ISREG(st.st_mode))
		return err_set(e, "rio-ware-corrupt", "it is not a plain file");
	*size = (uint64_t)st.st_size;
	if (!x->v->full && seal_read(x->s, id, &seal, NULL) == 1 &&
	    seal.blob.size == *size)
		return 0;
	return scan_blob(x, fd, id, path, e);
}

static int one_blob(struct verifying *x, const char *warehouse, const char *hash)
{
	struct wareid id = { .packtype = "tar" };
	char rel[WARE_PATH];
	auto_free char *path = xasprintf("%s/%s", warehouse, store_ware_path(hash, rel));
	auto_free char *moved = xasprintf("%s.damaged", path);
	struct finding f = { .is_blob = 1, .path = path, .hash = hash };
	struct err why = { 0 };

	snprintf(id.hash, sizeof(id.hash), "%s", hash);
	if (store_tell(x->v->progress, x->v->arg, STORE_VERIFY, path, x->e) < 0)
		return 1;
	if (check_blob(x, &id, path, &f.bytes, &why) < 0) {
		int is_ours = strcmp(warehouse, x->s->warehouse) == 0;
		int is_damage = strcmp(why.code, "rio-ware-corrupt") == 0 ||
		                strcmp(why.code, "rio-hash-mismatch") == 0;

		if (atomic_load(&x->cancel)) {
			*x->e = why;
			return 1;
		}
		f.problem = why.msg;
		f.code = why.code;
		if (is_ours && is_damage && rename(path, moved) == 0)
			f.moved = moved;
		else if (is_ours && is_damage)
			err_wrap(&why, "it cannot be set aside (%s)", strerror(errno));
	}
	found(x, &f);
	return 0;
}

struct in_warehouse {
	struct verifying *x;
	const char *dir;
};

static int blob_fn(void *arg, int folder, const char *hash)
{
	const struct in_warehouse *w = arg;

	(void)folder;
	return store_is_hash(hash) ? one_blob(w->x, w->dir, hash) : 0;
}

static int blobs(struct verifying *x)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < x->s->n_warehouses; i++) {
		struct in_warehouse w = { x, x->s->warehouses[i] };
		char rel[WARE_PATH];

		if (!x->v->id) {
			ret = store_each_name(AT_FDCWD, w.dir, blob_fn, &w);
		} else {
			auto_free char *path = xasprintf(
				"%s/%s", w.dir, store_ware_path(x->v->id->hash, rel));

			if (access(path, F_OK) == 0)
				ret = one_blob(x, w.dir, x->v->id->hash);
		}
	}
	return ret;
}

int store_verify(struct store *s, const struct store_verify *v, struct err *e)
{
	struct err own = { 0 };
	struct verifying x = { .s = s, .v = v, .e = e ? e : &own };

	if (v->id && store_ware_check(v->id, e) < 0)
		return -1;
	if (blobs(&x) || shelves(&x))
		return -1;
	return x.n_bad;
}
