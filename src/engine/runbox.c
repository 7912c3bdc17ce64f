// The run's box: starting it, listening to it, ending it.
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/loop.h"
#include "base/mem.h"
#include "engine/event.h"
#include "engine/eventlog.h"
#include "engine/place.h"
#include "engine/runstate.h"
#include "formula/document.h"

enum { HELLO_MS = 30000, MESSAGES_A_TURN = 64, MESSAGES_AT_END = 4096 };

// --- listening -----------------------------------------------------------------------

static void broken(struct run *r, const char *why)
{
	r->broken = why;
	run_feed(r, IN_SHELL_BROKEN);
}

static void on_message(struct run *r, struct wire_msg *m)
{
	wire_finish(&r->answer);
	r->answer = *m;
	switch ((unsigned)m->type) {
	case WIRE_HELLO:
		if (wire_get_num(m, WIRE_T_VERSION, 0) != WIRE_VERSION)
			broken(r, "it speaks another version");
		else
			run_feed(r, IN_HELLO);
		break;
	case WIRE_STEP_END:
		if (m->id != r->step + (r->state == RUN_QUIT))
			broken(r, "STEP_END of another step");
		else if (stepend_read(&r->end, m, NULL) < 0)
			broken(r, "STEP_END with an impossible status");
		else
			run_feed(r, IN_STEP_END);
		break;
	case WIRE_ERROR:
		run_feed(r, IN_SHELL_ERROR);
		break;
	case WIRE_STEP_BEGIN:
	case WIRE_COMMAND:
		break; // only told on request, and only for people
	default:
		broken(r, "an answer to what was not asked");
		break;
	}
}

void run_pump(struct run *r, int most)
{
	for (int i = 0; i < most && r->ctl_source; i++) {
		struct wire_msg m = { 0 };
		int got = wire_recv(&r->reader, box_ctl_fd(r->box), 1, &m);

		if (got > 0) {
			on_message(r, &m);
		} else if (got < 0 && errno == EAGAIN) {
			return;
		} else if (got < 0) {
			int eof = errno == 0 || errno == ECONNRESET;

			loop_remove(r->ctl_source);
			r->ctl_source = NULL;
			if (!eof) {
				broken(r, "a malformed message");
				return;
			}
			r->ctl_eof = 1;
			run_feed(r, IN_SHELL_EOF);
		}
	}
}

static void on_ctl(void *arg, int fd, short revents)
{
	(void)fd;
	(void)revents;
	run_pump(arg, MESSAGES_A_TURN);
}

static void on_end(void *arg, int fd, short revents)
{
	struct run *r = arg;

	(void)fd;
	(void)revents;
	// What it said before it ended comes first.
	run_pump(r, MESSAGES_AT_END);
	if (!r->end_source || box_end_read(r->box, &r->box_end) == 1)
		return;
	loop_remove(r->end_source);
	r->end_source = NULL;
	r->has_box_end = 1;
	run_feed(r, IN_BOX_END);
}

static void on_step_timer(void *arg)
{
	run_feed(arg, IN_STEP_TIME);
}

void run_step_timer(struct run *r)
{
	loop_remove(r->step_timer);
	r->step_timer = NULL;
	if (r->c.step_timeout_ms)
		r->step_timer = loop_add_timer(r->c.loop, r->c.step_timeout_ms, 0,
		                               on_step_timer, r);
}

static void on_patience(void *arg)
{
	run_feed(arg, IN_PATIENCE);
}

void run_patience(struct run *r, int64_t ms)
{
	loop_remove(r->patience);
	r->patience = ms ? loop_add_timer(r->c.loop, ms, 0, on_patience, r) : NULL;
}

int run_send(struct run *r, struct wire_msg *m, struct err *e)
{
	int ret = wire_send(box_ctl_fd(r->box), m);

	if (ret < 0)
		err_sys(e, "wfx-lost", "talking to the step shell");
	wire_finish(m);
	return ret;
}

// --- starting ------------------------------------------------------------------------

// The bytes cannot be kept. This may be in the middle of something else: stop from the loop.
static void on_capture_stop(void *arg)
{
	struct run *r = arg;
	struct err e = r->capture_err;

	run_abort(r, &e);
}

static void on_capture_failed(void *arg, const struct err *e)
{
	struct run *r = arg;

	r->capture_err = *e;
	r->capture_stop = loop_add_timer(r->c.loop, 0, 0, on_capture_stop, r);
}

static int make_folders(struct run *r, struct err *e)
{
	auto_free char *events = NULL;

	// Another wfx may just have removed the empty folder when it ended.
	if (mkdir(r->c.runs_dir, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "warpforge-error-io", "making %s", r->c.runs_dir);
	if (box_run_dir(r->c.runs_dir, &r->run_dir, &r->run_lock, e) < 0)
		return -1;
	events = xasprintf("%s/events.jsonl", r->run_dir);
	if (eventlog_add_file(r->c.log, events, e) < 0)
		return -1;
	if (r->c.log_dir) {
		r->log_dir = xstrdup(r->c.log_dir);
		if (fd_mkdir_p(r->log_dir, 0777, e) < 0)
			return err_wrap(e, "--log-dir");
	} else {
		r->log_dir = xasprintf("%s/log", r->run_dir);
		if (fd_mkdir_p(r->log_dir, 0700, e) < 0)
			return -1;
	}
	r->outlog = outlog_create(r->log_dir, r->c.log_limit, r->c.log_dir != NULL, e);
	return r->outlog ? 0 : -1;
}

// Shared with the shell, which must not be able to make it shorter under our feet.
static int make_page(struct run *r, struct err *e)
{
	r->page_fd = memfd_create("wfx-page", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (r->page_fd < 0 || ftruncate(r->page_fd, 4096) < 0 ||
	    fcntl(r->page_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		return err_sys(e, "warpforge-error-syscall",
		               "memory shared with the step shell");
	r->page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, r->page_fd, 0);
	if (r->page == MAP_FAILED) {
		r->page = NULL;
		return err_sys(e, "warpforge-error-syscall",
		               "memory shared with the step shell");
	}
	return 0;
}

static int make_spec(struct run *r, int shell_fd, struct err *e)
{
	size_t n = r->c.doc->formula->n_inputs;
	const char **trees = arena_zalloc(&r->arena, (n + 1) * sizeof(*trees));
	struct boxspec_in in = {
		.doc = r->c.doc,
		.mode = r->mode,
		.trees = trees,
		.run_dir = r->run_dir,
		.strict = r->c.strict,
		.shell_fd = shell_fd,
		.page_fd = r->page_fd,
	};

	for (size_t i = 0; i < n; i++)
		trees[i] = r->trees[i].path;
	return boxspec_make(&r->spec, &in, e);
}

static void listen_to_box(struct run *r)
{
	struct loop *l = r->c.loop;
	int ctl = box_ctl_fd(r->box);

	r->capture.loop = l;
	r->capture.outlog = r->outlog;
	r->capture.log = r->c.log;
	r->capture.print = r->c.print;
	r->capture.print_arg = r->c.face;
	r->capture.failed = on_capture_failed;
	r->capture.failed_arg = r;
	capture_start(&r->capture, box_out_fd(r->box), box_err_fd(r->box));
	if (r->mode == BOXSPEC_STEPSH && ctl >= 0) {
		fd_set_nonblock(ctl);
		r->ctl_source = loop_add_fd(l, ctl, POLLIN, on_ctl, r);
	}
	r->end_source = loop_add_fd(l, box_end_fd(r->box), POLLIN, on_end, r);
}

static void tell_box(struct run *r)
{
	struct event ev;

	event_init(&ev, EVENT_BOX);
	eventlog_emit(r->c.log, &ev);
}

enum run_state run_box_start(struct run *r)
{
	struct err *e = &r->result.err;
	auto_fd int shell = -1;

	if (make_folders(r, e) < 0)
		return run_fail(r);
	if (r->mode == BOXSPEC_STEPSH &&
	    ((shell = place_stepsh(r->c.host, e)) < 0 || make_page(r, e) < 0))
		return run_fail(r);
	if (make_spec(r, shell, e) < 0)
		return run_fail(r);
	r->box = box_start(&r->spec.spec, e);
	if (!r->box)
		return run_fail(r);
	tell_box(r);
	listen_to_box(r);
	// What is printed before the first step's RUN belongs to the first step.
	if (capture_step(&r->capture, 1, e) < 0)
		return run_fail(r);
	if (r->mode == BOXSPEC_STEPSH) {
		run_patience(r, HELLO_MS);
		return RUN_HELLO;
	}
	return run_first(r);
}

// --- ending --------------------------------------------------------------------------

void run_box_forget(struct run *r)
{
	struct loop_source **sources[] = { &r->ctl_source, &r->end_source, &r->step_timer,
		                           &r->patience, &r->capture_stop };

	capture_stop(&r->capture);
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		loop_remove(*sources[i]);
		*sources[i] = NULL;
	}
	wire_reader_finish(&r->reader);
}

int run_box_finish(struct run *r, struct err *e)
{
	int ret = 0;
	struct event ev;

	if (!r->box || r->box_finished)
		return 0;
	r->box_finished = 1;
	ret = box_stop_steps(r->box, e);
	run_box_forget(r);
	event_init(&ev, EVENT_LEAVE);
	eventlog_emit(r->c.log, &ev);
	if (r->capture_err.code && ret == 0) {
		if (e)
			*e = r->capture_err;
		ret = -1;
	}
	return ret;
}
