#include "config.h"

#include "engine/outlog.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"

// One file with a limit. While it is longer than half of that, its end goes into two
// nameless segments in turn, each a quarter; close_capped() appends them.
//
//	|------- head -------|... left out ...|-- older segment --|-- newer segment --|
struct capped {
	int fd;         // -1: not open
	int segment[2]; // -1: not needed yet
	uint64_t length[2];
	int now;        // segment that is being filled
	uint64_t total; // bytes written to us
};

enum { TAIL_MAX = 8 * 1024 };

struct outlog {
	int dirfd;
	char *dir;
	uint64_t limit;
	struct capped file[2]; // of the current step, by enum stream
	struct capped all;
	int with_all;
	struct str tail; // end of what the current step printed, at most 2 TAIL_MAX
};

static int fail(const struct outlog *o, struct err *e)
{
	return err_sys(e,
	               errno == ENOSPC || errno == EDQUOT ? "wfx-no-space"
	                                                  : "warpforge-error-io",
	               "keeping the output of the steps in %s", o->dir);
}

static int open_capped(struct outlog *o, struct capped *c, const char *name,
                       struct err *e)
{
	struct stat st;

	*c = (struct capped){ .fd = -1, .segment = { -1, -1 } };
	c->fd = openat(o->dirfd, name,
	               O_RDWR | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW,
	               0666);
	if (c->fd < 0 || fstat(c->fd, &st) < 0)
		return fail(o, e);
	// A FIFO that is there already would hold us up.
	if (!S_ISREG(st.st_mode))
		return err_set(e, "warpforge-error-io", "%s/%s is not a file", o->dir,
		               name);
	return 0;
}

// A file without a name in the folder, for a segment.
static int open_nameless(struct outlog *o)
{
	char name[32];
	int fd = openat(o->dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	snprintf(name, sizeof(name), ".segment-%d", (int)getpid());
	fd = openat(o->dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		unlinkat(o->dirfd, name, 0);
	return fd;
}

static int write_segment(struct outlog *o, struct capped *c, const char *p, size_t n)
{
	uint64_t most = o->limit / 4;

	while (n) {
		size_t part;

		if (c->length[c->now] == most) {
			c->now = !c->now;
			c->length[c->now] = 0;
		}
		if (c->segment[c->now] < 0 && (c->segment[c->now] = open_nameless(o)) < 0)
			return -1;
		if (c->length[c->now] == 0 &&
		    (ftruncate(c->segment[c->now], 0) < 0 ||
		     lseek(c->segment[c->now], 0, SEEK_SET) < 0))
			return -1;
		part = n < most - c->length[c->now] ? n
		                                    : (size_t)(most - c->length[c->now]);
		if (fd_write_all(c->segment[c->now], p, part) < 0)
			return -1;
		c->length[c->now] += part;
		p += part;
		n -= part;
	}
	return 0;
}

static int write_capped(struct outlog *o, struct capped *c, const char *p, size_t n,
                        struct err *e)
{
	uint64_t head = o->limit / 2;
	size_t first = c->total >= head      ? 0
	               : n < head - c->total ? n
	                                     : (size_t)(head - c->total);

	if (c->fd < 0)
		return 0;
	if (fd_write_all(c->fd, p, first) < 0 ||
	    write_segment(o, c, p + first, n - first) < 0)
		return fail(o, e);
	c->total += n;
	return 0;
}

static int append_segment(struct capped *c, int which)
{
	char buf[64 * 1024];
	ssize_t n;

	if (c->segment[which] < 0 || c->length[which] == 0)
		return 0;
	if (lseek(c->segment[which], 0, SEEK_SET) < 0)
		return -1;
	while ((n = read(c->segment[which], buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || fd_write_all(c->fd, buf, (size_t)n) < 0)
			return -1;
	}
	return 0;
}

static int close_capped(struct outlog *o, struct capped *c, struct err *e)
{
	uint64_t kept = o->limit / 2 + c->length[0] + c->length[1];
	int ret = 0;

	if (c->fd < 0)
		return 0;
	if (c->total > kept) {
		char line[96];
		int n = snprintf(line, sizeof(line),
		                 "\n[wfx: %" PRIu64 " bytes left out here]\n",
		                 c->total - kept);

		ret = fd_write_all(c->fd, line, (size_t)n);
	}
	if (ret < 0 || append_segment(c, !c->now) < 0 || append_segment(c, c->now) < 0)
		ret = fail(o, e);
	for (int i = 0; i < 2; i++)
		if (c->segment[i] >= 0)
			close(c->segment[i]);
	close(c->fd);
	*c = (struct capped){ .fd = -1, .segment = { -1, -1 } };
	return ret;
}

struct outlog *outlog_create(const char *dir, uint64_t limit, int with_all, struct err *e)
{
	struct outlog *o = xcalloc(1, sizeof(*o));

	o->dir = xstrdup(dir);
	o->limit = limit ? limit : OUTLOG_LIMIT;
	o->limit = o->limit < 4096 ? 4096 : o->limit;
	o->file[0].fd = o->file[1].fd = o->all.fd = -1;
	o->dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (o->dirfd < 0)
		fail(o, e);
	else if (!with_all || open_capped(o, &o->all, "all.log", e) == 0)
		return o;
	outlog_close(o, NULL);
	return NULL;
}

int outlog_step(struct outlog *o, unsigned step, struct err *e)
{
	static const char *const ends[] = { "out", "err" };

	for (int i = 0; i < 2; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%03u.%s", step, ends[i]);
		if (close_capped(o, &o->file[i], e) < 0 ||
		    open_capped(o, &o->file[i], name, e) < 0)
			return -1;
	}
	str_clear(&o->tail);
	return 0;
}

int outlog_write(struct outlog *o, enum stream stream, const char *p, size_t n,
                 struct err *e)
{
	size_t last = n < TAIL_MAX ? n : TAIL_MAX;

	if (o->tail.len + last > 2 * (size_t)TAIL_MAX)
		str_drop(&o->tail, o->tail.len - TAIL_MAX);
	str_addn(&o->tail, p + n - last, last);
	if (write_capped(o, &o->file[stream], p, n, e) < 0)
		return -1;
	return write_capped(o, &o->all, p, n, e);
}

uint64_t outlog_bytes(const struct outlog *o, enum stream stream)
{
	return o->file[stream].total;
}

// Length of the colour sequence (ESC [ ... m) at p, or 0.
static size_t color_length(const char *p, size_t n)
{
	size_t i = 2;

	if (n < 3 || p[0] != 033 || p[1] != '[')
		return 0;
	while (i < n && i < 64 && strchr("0123456789;:", p[i]) && p[i])
		i++;
	return i < n && p[i] == 'm' ? i + 1 : 0;
}

// As it would look in the end on a plain terminal: without colours, and of a line that was
// written over (\r) the last state.
static void add_plain(struct str *out, const char *p, size_t n)
{
	size_t line = out->len;

	while (n) {
		size_t skip = color_length(p, n);

		if (!skip && *p == '\r') {
			skip = 1;
			if (n > 1 && p[1] != '\n' && p[1] != '\r')
				str_cut(out, line);
		} else if (!skip) {
			str_addc(out, *p);
			if (*p == '\n')
				line = out->len;
			skip = 1;
		}
		p += skip;
		n -= skip;
	}
}

void outlog_tail(const struct outlog *o, unsigned lines, struct str *out)
{
	size_t end = o->tail.len, at = end;
	const char *p = o->tail.p;

	if (end && p[end - 1] == '\n')
		at--;
	while (at > 0 && end - at < TAIL_MAX && (p[at - 1] != '\n' || --lines > 0))
		at--;
	add_plain(out, p + at, end - at);
}

int outlog_close(struct outlog *o, struct err *e)
{
	int ret = 0;

	if (!o)
		return 0;
	for (int i = 0; i < 2; i++)
		if (close_capped(o, &o->file[i], ret < 0 ? NULL : e) < 0)
			ret = -1;
	if (close_capped(o, &o->all, ret < 0 ? NULL : e) < 0)
		ret = -1;
	if (o->dirfd >= 0)
		close(o->dirfd);
	str_finish(&o->tail);
	free(o->dir);
	free(o);
	return ret;
}
