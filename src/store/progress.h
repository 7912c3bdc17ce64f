// Telling a caller how far pack and unpack are, at most ten times a second.
#ifndef STORE_PROGRESS_H
#define STORE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "store/codec.h"

struct progress {
	codec_progress_fn *fn; // NULL: nobody listens
	void *arg;
	int64_t told_ns;
};

void progress_init(struct progress *p, codec_progress_fn *fn, void *arg);
// Cheap; calls fn when it is time or `last`.
void progress_tell(struct progress *p, uint64_t in, uint64_t out, uint64_t entries,
                   bool last);

#endif
