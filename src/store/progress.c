#include "store/progress.h"

#include <time.h>

enum { PERIOD_NS = 100 * 1000 * 1000 };

void progress_init(struct progress *p, codec_progress_fn *fn, void *arg)
{
	*p = (struct progress){ .fn = fn, .arg = arg };
}

void progress_tell(struct progress *p, uint64_t in, uint64_t out, uint64_t entries,
                   bool last)
{
	struct timespec t;
	int64_t now;

	if (!p->fn)
		return;
	clock_gettime(CLOCK_MONOTONIC, &t);
	now = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
	if (!last && now - p->told_ns < PERIOD_NS)
		return;
	p->told_ns = now;
	p->fn(p->arg, &(struct codec_progress){ in, out, entries });
}
