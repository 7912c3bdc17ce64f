// Copying a ware from one warehouse to another.
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "store/inside.h"
#include "store/seal.h"
#include "store/search.h"
#include "store/store.h"
#include "store/unpack.h"

struct copying {
	struct store *s;
	const struct store_copy *c;
	struct store_blob *b;
	struct store_seal *seal;
	const char *addr;
	atomic_bool cancel;
};

static int copy_bytes(struct copying *x, int blob, struct err *e)
{
	enum { CHUNK = 256 * 1024 };
	auto_free char *buf = xmalloc(CHUNK);
	struct store_progress p = { .phase = STORE_FETCH, .what = x->addr };
	struct stat st;
	ssize_t n;

	if (fstat(blob, &st) == 0)
		p.in_total = (uint64_t)st.st_size;
	// An earlier place may have left its bytes.
	if (ftruncate(x->b->fd, 0) < 0 || lseek(x->b->fd, 0, SEEK_SET) < 0)
		return err_sys(e, "rio-warehouse-unwritable", "storing the ware");
	while ((n = read(blob, buf, CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "rio-warehouse-unavailable",
			               "reading the ware");
		if (fd_write_all(x->b->fd, buf, (size_t)n) < 0)
			return err_sys(
				e, store_space_code(errno, "rio-warehouse-unwritable"),
				"storing the ware");
		p.in_bytes += (uint64_t)n;
		if (x->c->progress && x->c->progress(x->c->arg, &p))
			return err_set(e, "wfx-cancelled", "cancelled");
	}
	return lseek(x->b->fd, 0, SEEK_SET) < 0
	               ? err_sys(e, "rio-warehouse-unwritable", "storing the ware")
	               : 0;
}

static void report(void *arg, const struct codec_progress *p)
{
	struct copying *x = arg;
	struct store_progress sp = {
		.phase = STORE_VERIFY,
		.in_bytes = p->bytes_in,
		.out_bytes = p->bytes_out,
		.entries = p->entries,
		.what = x->addr,
	};

	if (x->c->progress && x->c->progress(x->c->arg, &sp))
		atomic_store(&x->cancel, 1);
}

// What is checked is the copy.
static int take(void *arg, const char *addr, int blob, struct err *e)
{
	struct copying *x = arg;
	struct unpack_opts o;
	struct unpack_result r;

	x->addr = addr;
	if (copy_bytes(x, blob, e) < 0)
		return -1;
	unpack_opts_init(&o);
	o.filters = filters_lossless();
	o.want = x->c->id.hash;
	o.progress = report;
	o.progress_arg = x;
	o.cancel = &x->cancel;
	if (unpack_tar(x->b->fd, &o, -1, &r, e) < 0 ||
	    seal_check(x->s, &x->c->id, r.seal, addr, e) < 0)
		return -1;
	x->seal->blob = r.blob;
	snprintf(x->seal->tree, sizeof(x->seal->tree), "%s", r.seal);
	return 0;
}

int store_copy(struct store *s, const struct store_copy *c, struct store_blob *b,
               struct store_seal *seal, struct err *e)
{
	struct copying x = { .s = s, .c = c, .b = b, .seal = seal };
	struct search search = {
		.s = s,
		.id = &c->id,
		.more_addrs = c->addrs,
		.take = take,
		.take_arg = &x,
		.progress = c->progress,
		.arg = c->arg,
	};
	int ret = store_ware_check(&c->id, e);

	if (ret == 0) {
		ret = search_run(&search, e);
		if (ret == 0)
			ret = search_failed(&search, e);
	}
	search_finish(&search);
	return ret < 0 ? -1 : 0;
}
