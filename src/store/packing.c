// Packing into the root workspace's warehouse.
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "store/inside.h"
#include "store/pack.h"
#include "store/store.h"

struct reporting {
	const struct store_pack *p;
	atomic_bool cancel;
};

static void report(void *arg, const struct codec_progress *c)
{
	struct reporting *r = arg;
	struct store_progress sp = {
		.phase = STORE_PACK,
		.in_bytes = c->bytes_in,
		.out_bytes = c->bytes_out,
		.entries = c->entries,
		.what = r->p->path,
	};

	if (r->p->progress && r->p->progress(r->p->arg, &sp))
		atomic_store(&r->cancel, 1);
}

static int pack_into(struct store *s, const struct store_pack *p, struct store_blob *b,
                     struct wareid *id, struct pack_result *r, struct err *e)
{
	struct reporting rep = { .p = p };
	struct pack_opts o = *p->opts;
	struct store_seal seal;

	o.progress = report;
	o.progress_arg = &rep;
	o.cancel = &rep.cancel;
	if (pack_tree(p->rootfd, p->path, &o, b->fd, r, e) < 0)
		return -1;
	snprintf(id->packtype, sizeof(id->packtype), "tar");
	snprintf(id->hash, sizeof(id->hash), "%s", r->hash);
	if (r->missing)
		return 0;
	if (store_tell(p->progress, p->arg, STORE_COMMIT, p->path, e) < 0)
		return -1;
	seal.blob = r->blob;
	snprintf(seal.tree, sizeof(seal.tree), "%s", r->seal);
	return store_blob_commit(s, b, id, &seal, e);
}

int store_pack(struct store *s, const struct store_pack *p, struct wareid *id,
               struct pack_result *r, struct err *e)
{
	struct store_blob b;
	int ret;

	if (store_blob_open(s, &b, e) < 0)
		return -1;
	ret = pack_into(s, p, &b, id, r, e);
	store_blob_discard(s, &b);
	return ret;
}
