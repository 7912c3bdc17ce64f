// The way of a tar stream into a blob: cut into members, compressed on all cores, written
// in order and hashed (store/gzmember.h).
//
//	packout_start(); then again and again packout_room() and packout_filled(), or
//	packout_add(); packout_end().
#ifndef STORE_PACKOUT_H
#define STORE_PACKOUT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "store/blobhash.h"
#include "store/queue.h"
#include "store/thread.h"

enum { PACKOUT_THREADS = 16 };

struct packout {
	int fd;    // -1: nothing is written, nor compressed
	int level; // 1..12; -1: not compressed
	struct fault *fault;
	struct block *cur; // being filled
	struct block_pool in, out;
	struct queue work, order; // of struct member
	struct blobhash hash;
	pthread_mutex_t lock;
	pthread_cond_t packed;
	pthread_t packers[PACKOUT_THREADS], writer;
	int n;
	_Atomic uint64_t written;
};

void packout_start(struct packout *p, int fd, int level, int threads, struct fault *f);
// Room for at least one byte at the end of the stream.
unsigned char *packout_room(struct packout *p, size_t *n);
void packout_filled(struct packout *p, size_t n);
void packout_add(struct packout *p, const void *data, size_t n);
void packout_zeros(struct packout *p, size_t n);
// Write the rest and wait. Errors are in the fault.
void packout_end(struct packout *p, struct blob_info *info);

#endif
