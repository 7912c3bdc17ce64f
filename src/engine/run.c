#include "engine/run.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/mem.h"
#include "engine/event.h"
#include "engine/eventlog.h"
#include "engine/runstate.h"
#include "formula/document.h"

enum { GRACE_MS = 5000 };

static const char *const state_names[RUN_STATE_COUNT] = {
	[RUN_NEW] = "new",         [RUN_FETCH] = "fetching inputs",
	[RUN_HELLO] = "starting",  [RUN_STEP] = "in a step",
	[RUN_QUIT] = "ending",     [RUN_LEAVE] = "leaving",
	[RUN_COMMAND] = "running", [RUN_PACK] = "packing",
	[RUN_WIND] = "stopping",   [RUN_ENDED] = "ended",
};

static const char *const input_names[RUN_INPUT_COUNT] = {
	[IN_START] = "start",
	[IN_WORKER_DONE] = "the worker is done",
	[IN_WORKER_FAILED] = "the worker failed",
	[IN_HELLO] = "HELLO",
	[IN_STEP_END] = "STEP_END",
	[IN_SHELL_ERROR] = "ERROR from the step shell",
	[IN_SHELL_BROKEN] = "broken message",
	[IN_SHELL_EOF] = "end of file from the step shell",
	[IN_BOX_END] = "end of the entry process",
	[IN_STEP_TIME] = "the step's time is over",
	[IN_STOP] = "stop",
	[IN_STOP_AGAIN] = "stop at once",
	[IN_PATIENCE] = "no answer in time",
};

static enum run_state stay(struct run *r)
{
	return r->state;
}

static enum run_state worker_failed(struct run *r)
{
	return run_fail(r);
}

// The shell closed its socket but its process has not ended: it has a moment to.
static enum run_state shell_eof(struct run *r)
{
	run_patience(r, GRACE_MS);
	return r->state;
}

static enum run_state shell_silent(struct run *r)
{
	err_set(&r->result.err, "wfx-lost", "the step shell does not answer");
	run_step_abandon(r, "lost", 125);
	return run_fail(r);
}

static enum run_state shell_broken(struct run *r)
{
	err_set(&r->result.err, "wfx-protocol", "the step shell broke the protocol: %s",
	        r->broken ? r->broken : "it could not do what it was asked to");
	err_hint(&r->result.err,
	         "a step that reaches the shell's control socket can do this");
	run_step_abandon(r, "lost", 125);
	return run_fail(r);
}

// Something ended while we wait for all to end.
static enum run_state wound_down(struct run *r)
{
	capture_drain(&r->capture);
	if (strcmp(r->stop_err.code, "wfx-timeout") == 0)
		run_step_abandon(r, "timeout", 124);
	else if (strcmp(r->stop_err.code, "wfx-cancelled") == 0)
		run_step_abandon(r, "cancelled", 128 + r->stop_signal);
	else
		run_step_abandon(r, "stopped", 125);
	r->result.err = r->stop_err;
	return run_fail(r);
}

static enum run_state step_expired(struct run *r)
{
	struct event ev;

	event_init(&ev, EVENT_TIMEOUT);
	event_text(&ev, KEY_WHAT, "step");
	event_num(&ev, KEY_STEP, r->step);
	event_num(&ev, KEY_LIMIT_MS, r->c.step_timeout_ms);
	eventlog_emit(r->c.log, &ev);
	err_set(&r->stop_err, "wfx-timeout",
	        "step %u took longer than %g s (--step-timeout)", r->step,
	        (double)r->c.step_timeout_ms / 1000);
	r->stop_signal = SIGTERM;
	box_signal(r->box, SIGTERM, NULL);
	run_patience(r, GRACE_MS);
	return RUN_WIND;
}

static enum run_state stop_worker(struct run *r)
{
	worker_stop(r->job.worker);
	run_patience(r, GRACE_MS);
	return RUN_WIND;
}

static enum run_state stop_box(struct run *r)
{
	box_signal(r->box, r->stop_signal, NULL);
	run_patience(r, GRACE_MS);
	return RUN_WIND;
}

static enum run_state stop_now(struct run *r)
{
	if (!r->job.worker)
		return wound_down(r);
	worker_stop(r->job.worker);
	worker_stop(r->job.worker);
	return RUN_WIND;
}

typedef enum run_state action_fn(struct run *r);

// What happens in which state. A pair that is not here is an error with both names in it.
// clang-format off
static action_fn *const table[RUN_STATE_COUNT][RUN_INPUT_COUNT] = {
	[RUN_NEW] = {
		[IN_START] = run_begin,
	},
	[RUN_FETCH] = {
		[IN_WORKER_DONE] = run_fetched,     [IN_WORKER_FAILED] = worker_failed,
		[IN_STOP] = stop_worker,
	},
	[RUN_HELLO] = {
		[IN_HELLO] = run_first,             [IN_SHELL_EOF] = shell_eof,
		[IN_SHELL_BROKEN] = shell_broken,   [IN_BOX_END] = run_shell_died,
		[IN_SHELL_ERROR] = shell_broken,    [IN_PATIENCE] = shell_silent,
		[IN_STOP] = stop_box,
	},
	[RUN_STEP] = {
		[IN_STEP_END] = run_step_ended,     [IN_SHELL_EOF] = shell_eof,
		[IN_SHELL_BROKEN] = shell_broken,   [IN_BOX_END] = run_shell_died,
		[IN_SHELL_ERROR] = shell_broken,    [IN_PATIENCE] = shell_silent,
		[IN_STEP_TIME] = step_expired,      [IN_STOP] = stop_box,
	},
	[RUN_QUIT] = {
		[IN_STEP_END] = run_step_ended,     [IN_SHELL_EOF] = shell_eof,
		[IN_SHELL_BROKEN] = shell_broken,   [IN_BOX_END] = run_left,
		[IN_SHELL_ERROR] = shell_broken,    [IN_PATIENCE] = shell_silent,
		[IN_STEP_TIME] = step_expired,      [IN_STOP] = stop_box,
	},
	[RUN_LEAVE] = {
		[IN_SHELL_EOF] = shell_eof,         [IN_BOX_END] = run_left,
		[IN_SHELL_BROKEN] = shell_broken,   [IN_PATIENCE] = shell_silent,
		[IN_SHELL_ERROR] = shell_broken,    [IN_STEP_END] = shell_broken,
		[IN_STEP_TIME] = step_expired,      [IN_STOP] = stop_box,
	},
	[RUN_COMMAND] = {
		[IN_BOX_END] = run_command_ended,   [IN_STEP_TIME] = step_expired,
		[IN_STOP] = stop_box,
	},
	[RUN_PACK] = {
		[IN_WORKER_DONE] = run_gathered,    [IN_WORKER_FAILED] = worker_failed,
		[IN_STOP] = stop_worker,
	},
	[RUN_WIND] = {
		[IN_WORKER_DONE] = wound_down,      [IN_WORKER_FAILED] = wound_down,
		[IN_STEP_END] = wound_down,         [IN_BOX_END] = wound_down,
		[IN_HELLO] = stay,                  [IN_SHELL_EOF] = stay,
		[IN_SHELL_BROKEN] = wound_down,     [IN_SHELL_ERROR] = wound_down,
		[IN_STEP_TIME] = stay,              [IN_PATIENCE] = stop_now,
		[IN_STOP] = stay,                   [IN_STOP_AGAIN] = stop_now,
	},
};
// clang-format on

void run_feed(struct run *r, enum run_input in)
{
	action_fn *action = table[r->state][in];

	if (r->state == RUN_ENDED)
		return;
	if (action) {
		r->state = action(r);
	} else {
		err_set(&r->result.err, "wfx-protocol", "%s while %s", input_names[in],
		        state_names[r->state]);
		run_step_abandon(r, "lost", 125);
		r->state = run_fail(r);
	}
	if (r->state == RUN_ENDED)
		r->c.done(r->c.done_arg);
}

void run_worker_done(void *arg, const struct err *e)
{
	struct run *r = arg;

	if (e)
		r->result.err = *e;
	run_feed(r, e ? IN_WORKER_FAILED : IN_WORKER_DONE);
}

struct run *run_start(const struct run_config *c)
{
	struct run *r = xcalloc(1, sizeof(*r));

	r->c = *c;
	r->run_lock = r->page_fd = -1;
	run_feed(r, IN_START);
	return r;
}

void run_cancel(struct run *r, int signo)
{
	if (r->stops++ || r->state == RUN_WIND) {
		run_feed(r, IN_STOP_AGAIN);
		return;
	}
	r->stop_signal = signo;
	err_set(&r->stop_err, "wfx-cancelled", "ended by signal %d (%s)", signo,
	        strsignal(signo));
	run_feed(r, IN_STOP);
}

void run_expire(struct run *r, int64_t limit_ms)
{
	struct event ev;

	if (r->state == RUN_ENDED || r->stops++)
		return;
	event_init(&ev, EVENT_TIMEOUT);
	event_text(&ev, KEY_WHAT, "run");
	event_num(&ev, KEY_LIMIT_MS, limit_ms);
	eventlog_emit(r->c.log, &ev);
	r->stop_signal = SIGTERM;
	err_set(&r->stop_err, "wfx-timeout", "it took longer than %g s (--timeout)",
	        (double)limit_ms / 1000);
	run_feed(r, IN_STOP);
}

void run_abort(struct run *r, const struct err *e)
{
	if (r->state == RUN_ENDED || r->stop_err.code)
		return;
	r->stop_err = *e;
	r->stop_signal = SIGTERM;
	r->stops = 2;
	run_feed(r, IN_STOP);
	run_feed(r, IN_STOP_AGAIN);
}

const struct run_result *run_result(const struct run *r)
{
	return &r->result;
}

int run_page(const struct run *r, struct wire_page *page)
{
	for (int i = 0; r->page && i < 10; i++) {
		uint32_t before = __atomic_load_n(&r->page->seq, __ATOMIC_ACQUIRE), after;

		memcpy(page, r->page, sizeof(*page));
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		after = __atomic_load_n(&r->page->seq, __ATOMIC_RELAXED);
		if (before % 2 || before != after)
			continue;
		page->argv0[sizeof(page->argv0) - 1] =
			page->text[sizeof(page->text) - 1] = '\0';
		return page->step != 0;
	}
	return 0;
}

void run_destroy(struct run *r)
{
	if (!r)
		return;
	worker_kill(r->job.worker);
	run_box_forget(r);
	for (size_t i = 0; r->trees && i < r->n_inputs; i++) {
		free(r->trees[i].path);
		if (r->trees[i].lock_fd >= 0)
			close(r->trees[i].lock_fd);
	}
	consent_free(r->asks, r->n_asks);
	record_finish(&r->result.record);
	wire_finish(&r->answer);
	arena_finish(&r->arena);
	free(r);
}
