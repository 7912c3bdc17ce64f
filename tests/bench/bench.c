#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct result {
	double *ms;    // one per round
	double *ratio; // to the first case in the same round
	long peak_kb;
};

int64_t bench_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

unsigned bench_rounds(unsigned otherwise)
{
	const char *text = getenv("ROUNDS");
	unsigned n = text ? (unsigned)strtoul(text, NULL, 10) : 0;

	return n ? n : otherwise;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

// Sorts v.
static double median(double *v, unsigned n)
{
	qsort(v, n, sizeof(*v), ascending);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static int measure(const struct bench_case *c, struct result *r, unsigned round)
{
	long peak_kb = 0;
	int64_t start;
	int failed;

	if (c->prepare && c->prepare(c->arg) != 0) {
		fprintf(stderr, "%s: could not be prepared\n", c->name);
		return -1;
	}
	start = bench_now_ns();
	failed = c->run(c->arg, &peak_kb);
	r->ms[round] = (double)(bench_now_ns() - start) / 1e6;
	if (peak_kb > r->peak_kb)
		r->peak_kb = peak_kb;
	if (failed)
		fprintf(stderr, "%s: failed (%d)\n", c->name, failed);
	return failed ? -1 : 0;
}

static void print_row(const char *name, struct result *r, unsigned rounds)
{
	double ratio = median(r->ratio, rounds), mid = median(r->ms, rounds);

	printf("  %-34s %10.2f %10.2f %8.2f", name, mid, r->ms[0], ratio);
	if (r->peak_kb)
		printf(" %8.1f", (double)r->peak_kb / 1024);
	printf("\n");
}

int bench_compare(const char *title, const char *note, const struct bench_case *cases,
                  size_t n, unsigned rounds)
{
	struct result *r = calloc(n, sizeof(*r));
	int failed = 0;

	if (!r || !n || !rounds)
		abort();
	for (size_t i = 0; i < n; i++) {
		r[i].ms = calloc(rounds, sizeof(double));
		r[i].ratio = calloc(rounds, sizeof(double));
		if (!r[i].ms || !r[i].ratio)
			abort();
	}
	for (unsigned round = 0; round < rounds && !failed; round++) {
		for (size_t i = 0; i < n && !failed; i++) {
			size_t which = (round + i) % n;

			failed = measure(&cases[which], &r[which], round);
		}
		for (size_t i = 0; i < n && !failed; i++)
			r[i].ratio[round] = r[i].ms[round] / r[0].ms[round];
	}
	if (!failed) {
		printf("%s (%u rounds)\n", title, rounds);
		if (note)
			printf("  %s\n", note);
		printf("  %-34s %10s %10s %8s %8s\n", "", "median ms", "best ms", "ratio",
		       "peak MiB");
		for (size_t i = 0; i < n; i++)
			print_row(cases[i].name, &r[i], rounds);
		printf("\n");
		fflush(stdout);
	}
	for (size_t i = 0; i < n; i++) {
		free(r[i].ms);
		free(r[i].ratio);
	}
	free(r);
	return failed;
}
