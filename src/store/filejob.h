// The workers of unpack: they hash the contents of files and write them to disk.
//
// Small files travel in batches that share one block of the stream; a file that spans
// blocks is streamed, piece by piece, to the worker that has it (large ones to two: one
// hashes, one writes). The parser calls filejob_*() from one thread.
#ifndef STORE_FILEJOB_H
#define STORE_FILEJOB_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "store/queue.h"
#include "store/thread.h"

struct node;
struct placer;

enum { FILEJOB_THREADS = 16 };

struct filejobs {
	struct placer *placer; // NULL: only hash
	struct fault *fault;
	const atomic_bool *cancel; // or NULL
	struct queue queue;
	struct filejob *batch; // being filled
	struct bigfile *big;   // being streamed
	pthread_t threads[FILEJOB_THREADS];
	int n;
};

void filejobs_start(struct filejobs *j, int threads, struct placer *p, struct fault *f,
                    const atomic_bool *cancel);
// The whole content of a file, in one block.
void filejobs_small(struct filejobs *j, struct node *n, struct block *b,
                    const unsigned char *p, size_t len);
// Hand over the batch so far. Before waiting for another block, or all might wait.
void filejobs_flush(struct filejobs *j);
// A file in pieces; p NULL is a hole.
void filejobs_begin(struct filejobs *j, struct node *n, uint64_t size);
void filejobs_piece(struct filejobs *j, struct block *b, const unsigned char *p,
                    uint64_t len);
void filejobs_end(struct filejobs *j);
// Finish what was begun, wait for all. Errors are in the fault.
void filejobs_stop(struct filejobs *j);

#endif
