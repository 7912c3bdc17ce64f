#include "sandbox/report.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

_Static_assert(sizeof(struct report) <= PIPE_BUF, "a report is written whole");

static void put(int fd, const struct report *r)
{
	ssize_t n = write(fd, r, sizeof(*r));

	(void)n; // wfx is gone, then; so will be the box
}

void report_error(int fd, const struct err *e)
{
	struct report r = { .kind = REPORT_ERROR };

	r.err = *e;
	put(fd, &r);
}

void report_text(int fd, enum report_kind kind, int number, const char *text)
{
	struct report r = { .kind = kind, .number = number };

	memset(r.text, 0, sizeof(r.text));
	strncpy(r.text, text, sizeof(r.text) - 1);
	put(fd, &r);
}
