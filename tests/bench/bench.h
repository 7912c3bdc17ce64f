// Comparing speeds on a machine that others use, too: every round runs each case once, in
// an order that rotates; a case is judged by its median, and by the median of its ratios
// to the first case in the same round. No limits are checked here: a table is printed,
// and people read it.
//
// Programs under tests/bench/NAME.c link this and every layer; scripts under
// tests/bench/NAME.sh are run by `make bench` (one alone: `make bench-NAME`) with these
// variables: BENCH (the program `compare`, see compare.c), WFX, STEPSH, SRCDIR, BUILDDIR
// (programs lie in $BUILDDIR/tests/bench/), WORK (an empty folder of their own) and
// ROUNDS, when the user wants another number than the script's.
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stddef.h>
#include <stdint.h>

struct bench_case {
	const char *name;
	// Untimed, before each round; NULL = nothing to do. Non-zero ends the comparison.
	int (*prepare)(void *arg);
	// Timed. Returns 0, or non-zero when it failed. *peak_kb may be set to the peak
	// memory of what ran.
	int (*run)(void *arg, long *peak_kb);
	void *arg;
};

// Runs the cases and prints the table to stdout. `note` (or NULL) is a line about what is
// compared. -1 when a case failed, after saying so on stderr.
int bench_compare(const char *title, const char *note, const struct bench_case *cases,
                  size_t n, unsigned rounds);

int64_t bench_now_ns(void);

// ROUNDS from the environment, else `otherwise`.
unsigned bench_rounds(unsigned otherwise);

#endif
