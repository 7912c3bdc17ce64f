// A queue of pointers between threads, and blocks of bytes counted by reference.
#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

// First in, first out, without a bound: whatever is queued holds blocks of a bounded
// pool.
struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	void **items; // ring
	size_t n, cap, first;
	bool closed;
};

void queue_init(struct queue *q);
void queue_push(struct queue *q, void *item);
void *queue_pop(struct queue *q);   // waits; NULL: closed and empty
void queue_close(struct queue *q);  // no more pushes
void queue_finish(struct queue *q); // must be empty

// A block holds a piece of BLOCK_BYTES; a little more where data that does not compress
// grows.
enum { BLOCK_BYTES = 1 << 20, BLOCK_ROOM = BLOCK_BYTES + (1 << 16) };

struct block_pool;

// Filled by one thread, then read by any. block_get() gives one reference.
struct block {
	struct block *next;
	struct block_pool *pool;
	atomic_int refs;
	size_t n; // bytes in data
	unsigned char data[BLOCK_ROOM];
};

// At most `max` blocks exist at a time; that bounds the memory of a pipeline.
struct block_pool {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	struct block *free;
	int made, max;
	bool closed;
};

void block_pool_init(struct block_pool *p, int max);
struct block *block_get(struct block_pool *p); // waits; NULL once the pool is closed
struct block *block_ref(struct block *b);
void block_put(struct block *b);              // NULL is fine
void block_pool_close(struct block_pool *p);  // wakes and refuses who waits
void block_pool_finish(struct block_pool *p); // all blocks are back

#endif
