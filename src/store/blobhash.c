#include "store/blobhash.h"

#include <string.h>

#include "store/digest.h"
#include "store/thread.h"

static void *lane_run(void *arg)
{
	struct blobhash_lane *l = arg;
	struct digest d = { 0 };
	struct block *b;

	digest_begin(&d, l->kind);
	while ((b = queue_pop(&l->queue))) {
		digest_add(&d, b->data, b->n);
		block_put(b);
	}
	digest_end(&d, l->out);
	digest_finish(&d);
	return NULL;
}

void blobhash_start(struct blobhash *h)
{
	memset(h, 0, sizeof(*h));
	h->lanes[0].kind = DIGEST_SHA256;
	h->lanes[0].out = h->info.sha256;
	h->lanes[1].kind = DIGEST_SHA384;
	h->lanes[1].out = h->info.sha384;
	for (int i = 0; i < 2; i++) {
		queue_init(&h->lanes[i].queue);
		thread_start(&h->lanes[i].thread, lane_run, &h->lanes[i]);
	}
}

void blobhash_add(struct blobhash *h, struct block *b)
{
	h->info.size += b->n;
	for (int i = 0; i < 2; i++)
		queue_push(&h->lanes[i].queue, block_ref(b));
}

void blobhash_end(struct blobhash *h, struct blob_info *info)
{
	for (int i = 0; i < 2; i++)
		queue_close(&h->lanes[i].queue);
	for (int i = 0; i < 2; i++) {
		pthread_join(h->lanes[i].thread, NULL);
		queue_finish(&h->lanes[i].queue);
	}
	*info = h->info;
}
