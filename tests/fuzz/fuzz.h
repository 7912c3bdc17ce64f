// What every fuzz target defines: take any bytes, never crash, hang or leak. Returns 0.
// Called many times in one process, so it must leave no state behind.
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// A promise that must hold for every input.
#define MUST(x) \
	do { \
		if (!(x)) \
			__builtin_trap(); \
	} while (0)

#endif
