// The packed bytes on their way in: read in blocks, hashed on the side, seen piece by
// piece.
#ifndef STORE_SOURCE_H
#define STORE_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/blobhash.h"
#include "store/queue.h"

struct err;

struct source {
	int fd; // -1: from memory
	const unsigned char *mem;
	size_t mem_len;
	struct block_pool pool;
	struct blobhash hash;
	struct block *cur, *ahead; // ahead is filled only by source_peek()
	size_t pos;                // in cur
	_Atomic uint64_t off;      // of the next byte to be taken; any thread may look
	atomic_bool stop;          // set by another thread: reading ends in an error soon
	int eof;                   // nothing is left beyond cur and ahead
};

void source_open(struct source *s, int fd);
void source_open_memory(struct source *s, const void *p, size_t n);
// Digests of what was read: of everything, once the end was seen.
void source_close(struct source *s, struct blob_info *info);

// What lies ready: 1 and at least one byte at *p, 0 at the end, -1 on error.
int source_view(struct source *s, const unsigned char **p, size_t *n, struct err *e);
void source_take(struct source *s, size_t n); // at most what source_view() showed

// Copy the next n (<= 64) bytes without taking them: how many there are, or -1.
int source_peek(struct source *s, unsigned char *out, size_t n, struct err *e);
// Take n bytes: how many there were, or -1.
int64_t source_read(struct source *s, unsigned char *out, size_t n, struct err *e);

#endif
