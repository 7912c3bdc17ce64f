#include "engine/capture.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/loop.h"
#include "engine/eventlog.h"

enum {
	CHUNK = 64 * 1024,
	TURN = 4,                 // chunks of one pipe before others get their turn
	EVENT_BYTES = 256 * 1024, // told at the latest
	EVENT_MS = 100,
	EVENTS_EXACT = 10000, // after so many in a step the order of the two streams
	EVENT_BYTES_COARSE = 16 * 1024 * 1024, // is no longer told, only these amounts
};

static void tell(struct capture *c, enum stream s)
{
	static const char *const names[] = { "out", "err" };
	struct event ev;

	if (!c->pending[s])
		return;
	event_init(&ev, EVENT_PRINT);
	event_num(&ev, KEY_STEP, c->step);
	event_text(&ev, KEY_STREAM, names[s]);
	event_num(&ev, KEY_OFFSET, (int64_t)(outlog_bytes(c->outlog, s) - c->pending[s]));
	event_num(&ev, KEY_BYTES, (int64_t)c->pending[s]);
	c->pending[s] = 0;
	c->events++;
	eventlog_emit(c->log, &ev);
}

static void on_timer(void *arg)
{
	struct capture *c = arg;

	if (c->events < EVENTS_EXACT) {
		tell(c, STREAM_OUT);
		tell(c, STREAM_ERR);
	}
}

static void take(struct capture *c, enum stream s, const char *p, size_t n)
{
	int exact = c->events < EVENTS_EXACT;
	struct err e = { 0 };

	if (exact)
		tell(c, s == STREAM_OUT ? STREAM_ERR : STREAM_OUT);
	if (c->has_failed)
		return;
	if (outlog_write(c->outlog, s, p, n, &e) < 0) {
		c->has_failed = 1;
		c->failed(c->failed_arg, &e);
		return;
	}
	if (c->print)
		c->print(c->print_arg, c->step, s, p, n);
	if (!c->pending[STREAM_OUT] && !c->pending[STREAM_ERR])
		loop_set_timer(c->timer, EVENT_MS, 0);
	c->pending[s] += n;
	if (c->pending[s] >= (exact ? EVENT_BYTES : EVENT_BYTES_COARSE))
		tell(c, s);
}

// Read at most `most` bytes: 1 = got some, 0 = nothing there now or the end.
static int read_some(struct capture *c, enum stream s, size_t most)
{
	char buf[CHUNK];
	ssize_t n;

	do
		n = read(c->fd[s], buf, most < sizeof(buf) ? most : sizeof(buf));
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		take(c, s, buf, (size_t)n);
		return (int)n;
	}
	if (n < 0 && errno == EAGAIN)
		return 0;
	loop_remove(c->source[s]);
	c->source[s] = NULL;
	c->fd[s] = -1;
	return 0;
}

static void on_readable(void *arg, int fd, short revents)
{
	struct capture *c = arg;
	enum stream s = fd == c->fd[STREAM_OUT] ? STREAM_OUT : STREAM_ERR;

	(void)revents;
	for (int i = 0; i < TURN && c->fd[s] >= 0 && read_some(c, s, CHUNK); i++)
		;
}

void capture_start(struct capture *c, int out_fd, int err_fd)
{
	c->fd[STREAM_OUT] = out_fd;
	c->fd[STREAM_ERR] = err_fd;
	for (int s = 0; s < 2; s++)
		c->source[s] = loop_add_fd(c->loop, c->fd[s], POLLIN, on_readable, c);
	c->timer = loop_add_timer(c->loop, EVENT_MS, 0, on_timer, c);
}

void capture_drain(struct capture *c)
{
	if (!c->loop)
		return;
	for (int s = 0; s < 2; s++) {
		int left = 0;

		// What is there at this moment: a writer that goes on does not hold us up.
		if (c->fd[s] < 0 || ioctl(c->fd[s], FIONREAD, &left) < 0)
			continue;
		while (left > 0 && c->fd[s] >= 0) {
			int n = read_some(c, (enum stream)s, (size_t)left);

			if (n <= 0)
				break;
			left -= n;
		}
	}
	tell(c, STREAM_OUT);
	tell(c, STREAM_ERR);
}

int capture_step(struct capture *c, unsigned step, struct err *e)
{
	c->step = step;
	c->events = 0;
	return outlog_step(c->outlog, step, e);
}

void capture_stop(struct capture *c)
{
	if (!c->timer)
		return;
	capture_drain(c);
	for (int s = 0; s < 2; s++) {
		loop_remove(c->source[s]);
		c->source[s] = NULL;
		c->fd[s] = -1;
	}
	loop_remove(c->timer);
	c->timer = NULL;
}
