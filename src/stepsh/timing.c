// The reserved word `time`.
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "stepsh/pipe.h"
#include "stepsh/sh.h"
#include "stepsh/var.h"

// One conversion of TIMEFORMAT: %[digits][l]R, U or S.
static const char *time_conversion(struct str *out, const char *p, const double *secs,
                                   int cpu)
{
	int digits = 3, longer = 0, which;
	double v;

	if (*p >= '0' && *p <= '9')
		digits = *p > '6' ? 6 : *p - '0', p++;
	if (*p == 'l')
		longer = 1, p++;
	if (*p == 'P') {
		str_addf(out, "%d.%02d", cpu / 100, cpu % 100);
		return p + 1;
	}
	which = *p == 'R' ? 0 : *p == 'U' ? 1 : *p == 'S' ? 2 : -1;
	if (which < 0) {
		str_addc(out, '%');
		return p + (*p == '%');
	}
	v = secs[which];
	if (longer)
		str_addf(out, "%dm%.*fs", (int)v / 60, digits, v - 60 * ((int)v / 60));
	else
		str_addf(out, "%.*f", digits, v);
	return p + 1;
}

static void print_time_format(const char *p, const double *secs)
{
	int cpu = secs[0] > 0 ? (int)((secs[1] + secs[2]) / secs[0] * 10000) : 0;
	struct str out = { 0 };

	if (!*p)
		return;
	while (*p)
		if (*p == '%')
			p = time_conversion(&out, p + 1, secs, cpu);
		else
			str_addc(&out, *p++);
	str_addc(&out, '\n');
	fd_write_all(2, out.p, out.len);
	str_finish(&out);
}

void time_print(const struct timespec *t0, const struct rusage *a, const struct rusage *b,
                int posix)
{
	struct timespec t;
	struct rusage c, d;
	double real, user, sys;

	clock_gettime(CLOCK_MONOTONIC, &t);
	getrusage(RUSAGE_SELF, &c);
	getrusage(RUSAGE_CHILDREN, &d);
	real = (double)(t.tv_sec - t0->tv_sec) + (double)(t.tv_nsec - t0->tv_nsec) / 1e9;
#define SECS(f) \
	((double)(c.f.tv_sec + d.f.tv_sec - a->f.tv_sec - b->f.tv_sec) + \
	 (double)(c.f.tv_usec + d.f.tv_usec - a->f.tv_usec - b->f.tv_usec) / 1e6)
	user = SECS(ru_utime);
	sys = SECS(ru_stime);
#undef SECS
	if (!posix && var_get("TIMEFORMAT"))
		print_time_format(var_get("TIMEFORMAT"), (double[]){ real, user, sys });
	else if (posix)
		dprintf(2, "real %.2f\nuser %.2f\nsys %.2f\n", real, user, sys);
	else
		dprintf(2, "\nreal\t%dm%.3fs\nuser\t%dm%.3fs\nsys\t%dm%.3fs\n",
		        (int)real / 60, real - 60 * ((int)real / 60), (int)user / 60,
		        user - 60 * ((int)user / 60), (int)sys / 60,
		        sys - 60 * ((int)sys / 60));
}
