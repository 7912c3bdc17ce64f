// SHA-256 and SHA-384 of a stream of blocks, each in a thread of its own, so that they
// cost the stream no time.
#ifndef STORE_BLOBHASH_H
#define STORE_BLOBHASH_H

#include <pthread.h>

#include "store/codec.h"
#include "store/queue.h"

struct blobhash {
	struct blobhash_lane {
		pthread_t thread;
		struct queue queue;
		int kind; // enum digest_kind
		unsigned char *out;
	} lanes[2];
	struct blob_info info;
};

void blobhash_start(struct blobhash *h);
void blobhash_add(struct blobhash *h, struct block *b); // takes references of its own
// Wait for the digests and release everything.
void blobhash_end(struct blobhash *h, struct blob_info *info);

#endif
