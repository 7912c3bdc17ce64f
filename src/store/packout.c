#include "store/packout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include "base/fd.h"
#include "base/mem.h"
#include "store/gzmember.h"

// A block of the stream and what it became. Made in the order of the stream, with room
// for the result already in hand, so that the one written next can always be finished.
struct member {
	struct block *in, *out;
	bool ready;
};

static void *packer_run(void *arg)
{
	struct packout *p = arg;
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(p->level);
	struct member *m;

	while ((m = queue_pop(&p->work))) {
		if (!c) {
			struct err e = { 0 };

			err_set(&e, "warpforge-error-ware-pack",
			        "libdeflate has no level %d", p->level);
			fault_report(p->fault, &e);
		} else {
			m->out->n = gzmember_pack(c, m->in->data, m->in->n, m->out->data);
		}
		block_put(m->in);
		pthread_mutex_lock(&p->lock);
		m->ready = true;
		pthread_cond_signal(&p->packed);
		pthread_mutex_unlock(&p->lock);
	}
	libdeflate_free_compressor(c);
	return NULL;
}

static void write_out(struct packout *p, struct block *b)
{
	struct err e = { 0 };

	if (p->fault->set)
		return;
	if (fd_write_all(p->fd, b->data, b->n) < 0) {
		err_sys(&e,
		        errno == ENOSPC || errno == EDQUOT || errno == EFBIG
		                ? "wfx-no-space"
		                : "warpforge-error-io",
		        "writing the packed ware");
		fault_report(p->fault, &e);
		return;
	}
	p->written += b->n;
	blobhash_add(&p->hash, b);
}

static void *writer_run(void *arg)
{
	struct packout *p = arg;
	struct member *m;

	while ((m = queue_pop(&p->order))) {
		pthread_mutex_lock(&p->lock);
		while (!m->ready)
			pthread_cond_wait(&p->packed, &p->lock);
		pthread_mutex_unlock(&p->lock);
		write_out(p, m->out);
		block_put(m->out);
		free(m);
	}
	return NULL;
}

void packout_start(struct packout *p, int fd, int level, int threads, struct fault *f)
{
	memset(p, 0, sizeof(*p));
	p->fd = fd;
	p->level = level;
	p->fault = f;
	p->n = fd < 0 || level < 0         ? 0
	       : threads > PACKOUT_THREADS ? PACKOUT_THREADS
	                                   : threads;
	block_pool_init(&p->in, p->n + 4);
	block_pool_init(&p->out, p->n + 4);
	if (fd < 0)
		return;
	queue_init(&p->work);
	queue_init(&p->order);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->packed, NULL);
	blobhash_start(&p->hash);
	for (int i = 0; i < p->n; i++)
		thread_start(&p->packers[i], packer_run, p);
	thread_start(&p->writer, writer_run, p);
}

// The current block is full, or the last.
static void send(struct packout *p)
{
	struct block *b = p->cur;
	struct member *m;

	p->cur = NULL;
	if (p->fd < 0 || p->fault->set || !b->n) {
		block_put(b);
		return;
	}
	m = xcalloc(1, sizeof(*m));
	if (p->n) {
		m->in = b;
		m->out = block_get(&p->out);
	} else {
		m->out = b;
		m->ready = true;
	}
	queue_push(&p->order, m);
	if (p->n)
		queue_push(&p->work, m);
}

unsigned char *packout_room(struct packout *p, size_t *n)
{
	if (!p->cur)
		p->cur = block_get(&p->in);
	*n = BLOCK_BYTES - p->cur->n;
	return p->cur->data + p->cur->n;
}

void packout_filled(struct packout *p, size_t n)
{
	p->cur->n += n;
	if (p->cur->n == BLOCK_BYTES)
		send(p);
}

void packout_add(struct packout *p, const void *data, size_t n)
{
	const unsigned char *from = data;

	while (n) {
		size_t room;
		unsigned char *to = packout_room(p, &room);

		if (room > n)
			room = n;
		memcpy(to, from, room);
		packout_filled(p, room);
		from += room;
		n -= room;
	}
}

void packout_zeros(struct packout *p, size_t n)
{
	while (n) {
		size_t room;
		unsigned char *to = packout_room(p, &room);

		if (room > n)
			room = n;
		memset(to, 0, room);
		packout_filled(p, room);
		n -= room;
	}
}

void packout_end(struct packout *p, struct blob_info *info)
{
	if (p->cur)
		send(p);
	if (p->fd >= 0) {
		queue_close(&p->work);
		for (int i = 0; i < p->n; i++)
			pthread_join(p->packers[i], NULL);
		queue_close(&p->order);
		pthread_join(p->writer, NULL);
		blobhash_end(&p->hash, info);
		queue_finish(&p->work);
		queue_finish(&p->order);
		pthread_mutex_destroy(&p->lock);
		pthread_cond_destroy(&p->packed);
	}
	block_pool_finish(&p->in);
	block_pool_finish(&p->out);
}
