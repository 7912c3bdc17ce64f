#include "base/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static int64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t wall_ns(struct host *h)
{
	return h->fixed ? h->fixed_wall_ns : clock_ns(CLOCK_REALTIME);
}

static int64_t mono_ns(struct host *h)
{
	return h->fixed ? h->fixed_wall_ns : clock_ns(CLOCK_MONOTONIC);
}

// splitmix64: good enough for the identifiers of a test run.
static uint64_t next(struct host *h)
{
	uint64_t z = h->seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void fill_random(struct host *h, void *p, size_t n)
{
	unsigned char *at = p;

	while (n) {
		ssize_t got = h->fixed ? -1 : getrandom(at, n, 0);

		if (got < 0 && !h->fixed && errno == EINTR)
			continue;
		if (got <= 0) {
			uint64_t v = next(h);

			got = (ssize_t)(n < sizeof(v) ? n : sizeof(v));
			memcpy(at, &v, (size_t)got);
		}
		at += got;
		n -= (size_t)got;
	}
}

static const char *environment(struct host *h, const char *name)
{
	(void)h;
	return getenv(name);
}

void host_real(struct host *h)
{
	const char *t = getenv("WFX_TEST_TIME"), *r = getenv("WFX_TEST_RANDOM");

	*h = (struct host){
		.wall_ns = wall_ns,
		.mono_ns = mono_ns,
		.random = fill_random,
		.env = environment,
	};
	if (t && *t) {
		h->fixed = 1;
		h->fixed_wall_ns = strtoll(t, NULL, 10) * 1000000000;
		h->seed = r ? strtoull(r, NULL, 10) : 0;
	}
}

void host_uuid(struct host *h, char out[37])
{
	unsigned char b[16];

	h->random(h, b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	snprintf(out, 37,
	         "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
	         b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
	         b[12], b[13], b[14], b[15]);
}
