// Everything a run takes from outside besides files: time, randomness, host name,
// environment. It enters through one struct, so that a test can fix it and a run can be
// replayed. host_real() is the real one; WFX_TEST_TIME (unix seconds), WFX_TEST_RANDOM
// (a seed) fix it from outside for golden files.
#ifndef BASE_HOST_H
#define BASE_HOST_H

#include <stddef.h>
#include <stdint.h>

struct host {
	int64_t (*wall_ns)(struct host *h); // since 1970
	int64_t (*mono_ns)(struct host *h); // since some start; never goes back
	void (*random)(struct host *h, void *p, size_t n);
	const char *(*env)(struct host *h, const char *name); // NULL when unset
	int64_t fixed_wall_ns;                                // used when `fixed`
	uint64_t seed;
	int fixed;
};

void host_real(struct host *h);

// A random UUID version 4 as text (36 characters and NUL).
void host_uuid(struct host *h, char out[37]);

#endif
