// Reading files on all cores to see whether their content is what it should be.
#ifndef STORE_HASHPOOL_H
#define STORE_HASHPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "store/codec.h"

struct hashpool;

// A file that is not as it should be: `sys` is the errno of a failed read, or 0. Called
// from any thread, never twice at a time.
typedef void hashpool_bad_fn(void *arg, const char *path, size_t len, int sys);

// threads: 0 = one a CPU.
struct hashpool *hashpool_create(int threads, hashpool_bad_fn *bad, void *arg);
// Takes the descriptor. Waits when enough are queued.
void hashpool_add(struct hashpool *p, int fd, const unsigned char want[SHA384_LEN],
                  const char *path, size_t len);
// Waits for all. NULL is fine.
void hashpool_destroy(struct hashpool *p);

#endif
