#include "config.h"

#include "store/thread.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STACK = 512 * 1024 };

void thread_start(pthread_t *t, void *(*run)(void *), void *arg)
{
	pthread_attr_t attr;
	sigset_t all, was;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	rc = pthread_create(t, &attr, run, arg);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	pthread_attr_destroy(&attr);
	if (rc) {
		fprintf(stderr, "wfx: cannot start a thread: %s\n", strerror(rc));
		abort();
	}
}

int thread_count(int asked)
{
	cpu_set_t set;
	int n;

	if (asked > 0)
		return asked;
	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 4;
	n = CPU_COUNT(&set);
	return n < 1 ? 1 : n > 16 ? 16 : n;
}

void fault_init(struct fault *f)
{
	memset(f, 0, sizeof(*f));
	pthread_mutex_init(&f->lock, NULL);
}

void fault_report(struct fault *f, const struct err *e)
{
	pthread_mutex_lock(&f->lock);
	if (!f->set) {
		f->err = *e;
		f->set = true;
	}
	pthread_mutex_unlock(&f->lock);
}

void fault_finish(struct fault *f)
{
	pthread_mutex_destroy(&f->lock);
}
