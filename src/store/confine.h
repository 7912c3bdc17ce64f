// Lock a worker process in before it parses what strangers made.
#ifndef STORE_CONFINE_H
#define STORE_CONFINE_H

#include <stddef.h>

struct err;

enum {
	CONFINE_NETWORK = 1, // leave the network open (workers that fetch)
};

// For the calling process (one thread so far) and for good: no new privileges, no core
// dumps, and, where the kernel has Landlock, no changes to the file system except below
// the n directories, no TCP, no signals to others. Descriptors that are open already keep
// working; reading is not limited. Returns the Landlock version in force (0 = none), -1
// on error.
int worker_confine(const int *dirfds, size_t n, unsigned flags, struct err *e);

#endif
