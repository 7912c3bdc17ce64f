// The tar stream inside a packed file, as a sequence of blocks made ahead by threads: one
// that decompresses, or several where the file is of our own gzip (store/gzmember.h).
#ifndef STORE_STREAM_H
#define STORE_STREAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/codec.h"

struct block;
struct err;
struct stream;

// Reads fd from where it stands; threads 0 = one a CPU. When *cancel (or NULL) becomes true,
// stream_next() fails soon.
struct stream *stream_open(int fd, int threads, const atomic_bool *cancel);
struct stream *stream_open_memory(const void *p, size_t n, int threads);

// 1 = *b is the next block, not empty, the caller's to block_put(); 0 = end; -1 = error.
// Blocks are of any length. At most STREAM_BLOCKS exist: who keeps them all waits for
// ever.
enum { STREAM_BLOCKS = 16 };
int stream_next(struct stream *s, struct block **b, struct err *e);

uint64_t stream_bytes_in(const struct stream *s);

// Stop and release. All blocks are back. The digests are those of the whole packed file
// if stream_next() has returned 0.
void stream_close(struct stream *s, struct blob_info *info);

#endif
