#include "store/stream.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libdeflate.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/gzmember.h"
#include "store/inflate.h"
#include "store/source.h"
#include "store/thread.h"

enum { RING = 12, MAX_INFLATERS = 8 };

// One block on its way, in the order of the stream.
struct slot {
	bool ready;
	struct block *block; // NULL: the end, or `failed`
	bool failed;
	struct err err;
	unsigned char *member; // GZMEMBER_MAX bytes, made at first use
	size_t member_len;
	uint64_t member_off;
};

// The pump fills slots in order (`head`), the reader empties them in order (`tail`). With
// our own gzip the pump only cuts out members, and inflaters make the slots ready.
struct stream {
	struct source src;
	struct block_pool pool;
	struct queue members; // of struct slot
	pthread_t pump, inflaters[MAX_INFLATERS];
	int n_threads, n_inflaters;
	pthread_mutex_t lock;
	pthread_cond_t ready, room;
	struct slot ring[RING];
	uint64_t head, tail;
	bool stop;
	const atomic_bool *cancel; // or NULL
	struct inflate *inflate;
};

// The next slot to fill; NULL when the stream is being closed.
static struct slot *slot_take(struct stream *s)
{
	struct slot *slot = NULL;

	pthread_mutex_lock(&s->lock);
	while (!s->stop && s->head - s->tail == RING)
		pthread_cond_wait(&s->room, &s->lock);
	if (!s->stop) {
		slot = &s->ring[s->head++ % RING];
		slot->ready = slot->failed = false;
		slot->block = NULL;
	}
	pthread_mutex_unlock(&s->lock);
	return slot;
}

static void slot_ready(struct stream *s, struct slot *slot)
{
	pthread_mutex_lock(&s->lock);
	slot->ready = true;
	pthread_cond_signal(&s->ready);
	pthread_mutex_unlock(&s->lock);
}

static void slot_fail(struct stream *s, struct slot *slot)
{
	block_put(slot->block);
	slot->block = NULL;
	slot->failed = true;
	slot_ready(s, slot);
}

static void *inflater_run(void *arg)
{
	struct stream *s = arg;
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	struct slot *slot;

	while ((slot = queue_pop(&s->members))) {
		if (d && !gzmember_unpack(d, slot->member, slot->member_len,
		                          slot->block->data, &slot->block->n)) {
			slot_ready(s, slot);
			continue;
		}
		err_set(&slot->err, "rio-ware-corrupt",
		        "the gzip data is damaged in the member that begins at byte %llu",
		        (unsigned long long)slot->member_off);
		slot_fail(s, slot);
	}
	libdeflate_free_decompressor(d);
	return NULL;
}

static void start_inflaters(struct stream *s)
{
	if (s->n_inflaters)
		return;
	s->n_inflaters = s->n_threads < MAX_INFLATERS ? s->n_threads : MAX_INFLATERS;
	for (int i = 0; i < s->n_inflaters; i++)
		thread_start(&s->inflaters[i], inflater_run, s);
}

// Cut out the member of n bytes that comes next, for the inflaters.
static int pump_member(struct stream *s, struct slot *slot, size_t n)
{
	int64_t got;

	start_inflaters(s);
	if (!slot->member)
		slot->member = xmalloc(GZMEMBER_MAX);
	slot->member_off = s->src.off;
	slot->member_len = n;
	got = source_read(&s->src, slot->member, n, &slot->err);
	if (got < 0)
		return -1;
	if ((size_t)got < n) {
		err_set(&slot->err, "rio-ware-corrupt",
		        "the gzip data ends in the middle, at byte %llu (truncated)",
		        (unsigned long long)s->src.off);
		return err_hint(&slot->err, "fetch it again");
	}
	queue_push(&s->members, slot);
	return 0;
}

// The next block of a foreign stream: 1, 0 at the end, -1.
static int pump_foreign(struct stream *s, struct slot *slot)
{
	int64_t n;

	if (!s->inflate) {
		unsigned char magic[INFLATE_MAGIC];
		int have = source_peek(&s->src, magic, sizeof(magic), &slot->err);

		if (have < 0)
			return -1;
		s->inflate = inflate_create(inflate_sniff(magic, (size_t)have), &s->src);
	}
	n = inflate_read(s->inflate, slot->block->data, BLOCK_BYTES, &slot->err);
	if (n < 0)
		return -1;
	slot->block->n = (size_t)n;
	return n > 0;
}

// Fill one slot: 1 = go on, 0 = that was the last.
static int pump_once(struct stream *s, struct slot *slot, bool *ours)
{
	unsigned char h[GZMEMBER_HEADER];
	size_t length = 0;
	int rc = 1;

	if (!s->inflate) {
		rc = source_peek(&s->src, h, sizeof(h), &slot->err);
		if (rc == GZMEMBER_HEADER)
			length = gzmember_length(h);
		if (!rc && *ours) // the end, behind a member of ours
			goto end;
		if (rc < 0)
			goto fail;
		if (*ours && !length && inflate_sniff(h, (size_t)rc) != INFLATE_GZIP) {
			err_set(&slot->err, "rio-ware-corrupt",
			        "bytes that do not belong there follow the gzip data at "
			        "byte %llu",
			        (unsigned long long)s->src.off);
			goto fail;
		}
	}
	slot->block = block_get(&s->pool);
	if (!slot->block)
		goto end;
	if (length) {
		*ours = true;
		if (pump_member(s, slot, length) < 0)
			goto fail;
		return 1;
	}
	rc = pump_foreign(s, slot);
	if (rc < 0)
		goto fail;
	if (!rc)
		goto end;
	slot_ready(s, slot);
	return 1;
fail:
	slot_fail(s, slot);
	return 0;
end:
	block_put(slot->block);
	slot->block = NULL;
	slot_ready(s, slot);
	return 0;
}

static void *pump_run(void *arg)
{
	struct stream *s = arg;
	bool ours = false;
	struct slot *slot;

	while ((slot = slot_take(s)) && pump_once(s, slot, &ours))
		;
	queue_close(&s->members);
	return NULL;
}

static struct stream *start(struct stream *s, int threads)
{
	s->n_threads = thread_count(threads);
	block_pool_init(&s->pool, STREAM_BLOCKS);
	queue_init(&s->members);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->ready, NULL);
	pthread_cond_init(&s->room, NULL);
	thread_start(&s->pump, pump_run, s);
	return s;
}

struct stream *stream_open(int fd, int threads, const atomic_bool *cancel)
{
	struct stream *s = xcalloc(1, sizeof(*s));

	s->cancel = cancel;
	source_open(&s->src, fd);
	return start(s, threads);
}

struct stream *stream_open_memory(const void *p, size_t n, int threads)
{
	struct stream *s = xcalloc(1, sizeof(*s));

	source_open_memory(&s->src, p, n);
	return start(s, threads);
}

// Wait for a slot, or a moment: nobody signals when the caller wants to stop.
static void wait_ready(struct stream *s)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += 100000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	pthread_cond_timedwait(&s->ready, &s->lock, &t);
}

int stream_next(struct stream *s, struct block **b, struct err *e)
{
	struct slot *slot;
	int rc = 1;

	*b = NULL;
	do {
		pthread_mutex_lock(&s->lock);
		slot = &s->ring[s->tail % RING];
		while (s->head == s->tail || !slot->ready) {
			if (s->cancel && *s->cancel) {
				pthread_mutex_unlock(&s->lock);
				return err_set(e, "wfx-cancelled",
				               "reading the ware was cancelled");
			}
			wait_ready(s);
		}
		if (slot->failed) {
			if (e)
				*e = slot->err;
			rc = -1;
		} else if (!slot->block) {
			rc = 0;
		} else {
			*b = slot->block;
			slot->block = NULL;
			s->tail++;
			pthread_cond_signal(&s->room);
		}
		pthread_mutex_unlock(&s->lock);
		if (rc == 1 && !(*b)->n) { // a member without content
			block_put(*b);
			*b = NULL;
		}
	} while (rc == 1 && !*b);
	return rc;
}

uint64_t stream_bytes_in(const struct stream *s)
{
	return s->src.off;
}

void stream_close(struct stream *s, struct blob_info *info)
{
	pthread_mutex_lock(&s->lock);
	s->src.stop = true;
	s->stop = true;
	pthread_cond_signal(&s->room);
	pthread_mutex_unlock(&s->lock);
	block_pool_close(&s->pool);
	pthread_join(s->pump, NULL);
	for (int i = 0; i < s->n_inflaters; i++)
		pthread_join(s->inflaters[i], NULL);
	for (int i = 0; i < RING; i++) {
		block_put(s->ring[i].block);
		free(s->ring[i].member);
	}
	inflate_destroy(s->inflate);
	source_close(&s->src, info);
	queue_finish(&s->members);
	block_pool_finish(&s->pool);
	pthread_cond_destroy(&s->ready);
	pthread_cond_destroy(&s->room);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
