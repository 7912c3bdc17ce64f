#include "store/queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void queue_init(struct queue *q)
{
	memset(q, 0, sizeof(*q));
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->filled, NULL);
}

static void grow(struct queue *q)
{
	size_t cap = q->cap ? q->cap * 2 : 32;
	void **items = xcalloc(cap, sizeof(*items));

	for (size_t i = 0; i < q->n; i++)
		items[i] = q->items[(q->first + i) % q->cap];
	free(q->items);
	q->items = items;
	q->cap = cap;
	q->first = 0;
}

void queue_push(struct queue *q, void *item)
{
	pthread_mutex_lock(&q->lock);
	if (q->n == q->cap)
		grow(q);
	q->items[(q->first + q->n++) % q->cap] = item;
	pthread_cond_signal(&q->filled);
	pthread_mutex_unlock(&q->lock);
}

void *queue_pop(struct queue *q)
{
	void *item = NULL;

	pthread_mutex_lock(&q->lock);
	while (!q->n && !q->closed)
		pthread_cond_wait(&q->filled, &q->lock);
	if (q->n) {
		item = q->items[q->first];
		q->first = (q->first + 1) % q->cap;
		q->n--;
	}
	pthread_mutex_unlock(&q->lock);
	return item;
}

void queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->filled);
	pthread_mutex_unlock(&q->lock);
}

void queue_finish(struct queue *q)
{
	assert(!q->n);
	free(q->items);
	pthread_cond_destroy(&q->filled);
	pthread_mutex_destroy(&q->lock);
}

void block_pool_init(struct block_pool *p, int max)
{
	memset(p, 0, sizeof(*p));
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->freed, NULL);
	p->max = max;
}

struct block *block_get(struct block_pool *p)
{
	struct block *b = NULL;

	pthread_mutex_lock(&p->lock);
	while (!p->closed && !p->free && p->made == p->max)
		pthread_cond_wait(&p->freed, &p->lock);
	if (p->closed)
		goto out;
	b = p->free;
	if (b) {
		p->free = b->next;
	} else {
		b = xmalloc(sizeof(*b));
		p->made++;
	}
	b->pool = p;
	b->n = 0;
	atomic_init(&b->refs, 1);
out:
	pthread_mutex_unlock(&p->lock);
	return b;
}

struct block *block_ref(struct block *b)
{
	atomic_fetch_add(&b->refs, 1);
	return b;
}

void block_put(struct block *b)
{
	struct block_pool *p;

	if (!b || atomic_fetch_sub(&b->refs, 1) != 1)
		return;
	p = b->pool;
	pthread_mutex_lock(&p->lock);
	b->next = p->free;
	p->free = b;
	pthread_cond_signal(&p->freed);
	pthread_mutex_unlock(&p->lock);
}

void block_pool_close(struct block_pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->closed = true;
	pthread_cond_broadcast(&p->freed);
	pthread_mutex_unlock(&p->lock);
}

void block_pool_finish(struct block_pool *p)
{
	struct block *b;

	while ((b = p->free)) {
		p->free = b->next;
		free(b);
		p->made--;
	}
	assert(!p->made);
	pthread_cond_destroy(&p->freed);
	pthread_mutex_destroy(&p->lock);
}
