#include "base/nearest.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST_NAME = 40 };

// Edits (insert, remove, replace, swap neighbours) that make a into b, upper and lower
// case alike; both at most LONGEST_NAME long.
static int distance(const char *a, const char *b)
{
	int rows[3][LONGEST_NAME + 1];
	int *before = rows[0], *last = rows[1], *now = rows[2];
	int na = (int)strlen(a), nb = (int)strlen(b);

	for (int j = 0; j <= nb; j++)
		last[j] = before[j] = j;
	for (int i = 1; i <= na; i++) {
		int *spare = before;

		now[0] = i;
		for (int j = 1; j <= nb; j++) {
			int same = tolower((unsigned char)a[i - 1]) ==
			           tolower((unsigned char)b[j - 1]);
			int best = last[j - 1] + !same;

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[nb];
}

const char *nearest(const char *name, const void *names, size_t n, size_t stride)
{
	const char *best = NULL;
	int best_distance = 0;

	if (strlen(name) > LONGEST_NAME)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		const char *candidate =
			*(const char *const *)((const char *)names + i * stride);
		int d, limit = (int)(strlen(candidate) + 2) / 3;

		if (strlen(candidate) > LONGEST_NAME)
			continue;
		d = distance(name, candidate);
		if (d <= limit && (!best || d < best_distance)) {
			best = candidate;
			best_distance = d;
		}
	}
	return best;
}
