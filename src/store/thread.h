// Threads of a pipeline: starting them, how many, and the first error among them.
#ifndef STORE_THREAD_H
#define STORE_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"

// All signals blocked: they stay with the caller's threads. A process that cannot have a
// thread ends, as one that cannot have memory does.
void thread_start(pthread_t *t, void *(*run)(void *), void *arg);

// CPUs this process may use, at least 1; `asked` when that is not 0.
int thread_count(int asked);

// The first error of any thread. Who sees `set` winds down.
struct fault {
	pthread_mutex_t lock;
	atomic_bool set;
	struct err err;
};
void fault_init(struct fault *f);
void fault_report(struct fault *f, const struct err *e);
void fault_finish(struct fault *f);

#endif
