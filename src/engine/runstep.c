// The run's steps: sending them, and making sense of how they end.
//
// A status of 0 is believed only from a STEP_END and, at the end of all, from the entry
// process' own exit. Everything else is a failure, or an error of wfx.
#include <errno.h>
#include <string.h>

#include "base/loop.h"
#include "base/mem.h"
#include "engine/event.h"
#include "engine/eventlog.h"
#include "engine/runstate.h"
#include "formula/document.h"

enum { TAIL_LINES = 20 };

static void begin_step(struct run *r)
{
	struct event ev;

	event_init(&ev, EVENT_STEP_BEGIN);
	event_num(&ev, KEY_STEP, r->step);
	eventlog_emit(r->c.log, &ev);
	r->result.executed = 1;
	r->step_open = 1;
	r->step_begin_us = r->c.host->mono_ns(r->c.host) / 1000;
	run_step_timer(r);
}

// A STEP_END event with what every end has.
static void begin_end(struct run *r, struct event *ev, int status, int signal)
{
	capture_drain(&r->capture);
	event_init(ev, EVENT_STEP_END);
	event_num(ev, KEY_STEP, r->step);
	event_num(ev, KEY_STATUS, status);
	if (signal)
		event_num(ev, KEY_SIGNAL, signal);
	event_num(ev, KEY_WALL_US,
	          r->c.host->mono_ns(r->c.host) / 1000 - r->step_begin_us);
	event_num(ev, KEY_OUT_BYTES, (int64_t)outlog_bytes(r->outlog, STREAM_OUT));
	event_num(ev, KEY_ERR_BYTES, (int64_t)outlog_bytes(r->outlog, STREAM_ERR));
}

static void add_tail(struct run *r, struct event *ev)
{
	struct str tail = { 0 };

	outlog_tail(r->outlog, TAIL_LINES, &tail);
	if (tail.len)
		event_bytes(ev, KEY_TAIL, tail.p, tail.len);
	str_finish(&tail);
}

static void emit_end(struct run *r, struct event *ev)
{
	r->step_open = 0;
	eventlog_emit(r->c.log, ev);
}

static void note_failed(struct run *r, int status, int signal)
{
	r->failed_step = r->step;
	r->failed_signal = signal;
	r->result.has_failed_step = 1;
	r->result.step_status = status;
	r->result.record.exitcode = status;
}

void run_step_abandon(struct run *r, const char *kind, int status)
{
	struct event ev;

	if (!r->step_open)
		return;
	note_failed(r, status, 0);
	begin_end(r, &ev, status, 0);
	event_text(&ev, KEY_FAILURE, kind);
	add_tail(r, &ev);
	emit_end(r, &ev);
}

static enum run_state fail_step(struct run *r, const char *what)
{
	int status = r->result.step_status;

	if (r->failed_signal)
		err_set(&r->result.err, "wfx-step-failed",
		        "%s: %s failed: ended by signal %d (%s)", r->c.doc->name, what,
		        r->failed_signal, strsignal(r->failed_signal));
	else
		err_set(&r->result.err, "wfx-step-failed", "%s: %s failed: status %d",
		        r->c.doc->name, what, status);
	err_detail(&r->result.err, "step", "%u", r->step);
	err_detail(&r->result.err, "status", "%d", status);
	return run_fail(r);
}

static const char *step_name(struct run *r)
{
	return arena_printf(&r->arena, "step %u", r->step);
}

// --- with the step shell -------------------------------------------------------------

static enum run_state quit(struct run *r)
{
	struct wire_msg m;

	wire_begin(&m, WIRE_QUIT, r->step + 1);
	if (run_send(r, &m, &r->result.err) < 0)
		return run_fail(r);
	return RUN_QUIT;
}

static enum run_state next_step(struct run *r)
{
	const struct action *a = &r->c.doc->formula->action;
	auto_free char *name = NULL, *with_newline = NULL;
	const char *text;
	struct wire_msg m;
	size_t n;

	if (r->step == r->n_steps)
		return quit(r);
	r->step++;
	if (r->step > 1 && capture_step(&r->capture, r->step, &r->result.err) < 0)
		return run_fail(r);
	begin_step(r);
	name = xasprintf("step %u", r->step);
	wire_begin(&m, WIRE_RUN, r->step);
	wire_add_str(&m, WIRE_T_NAME, name);
	// Upstream's entry files end with a newline. Only a backslash before it makes that a
	// difference; without it the text ends where its last line does, also in reports.
	text = a->contents[r->step - 1].text;
	n = strlen(text);
	with_newline = xasprintf("%s\n", text);
	wire_add(&m, WIRE_T_TEXT, with_newline, n && text[n - 1] == '\\' ? n + 1 : n);
	if (run_send(r, &m, &r->result.err) < 0) {
		run_step_abandon(r, "lost", 125);
		return run_fail(r);
	}
	return RUN_STEP;
}

enum run_state run_first(struct run *r)
{
	run_patience(r, 0);
	if (r->mode == BOXSPEC_STEPSH)
		return next_step(r);
	r->step = 1;
	begin_step(r);
	return RUN_COMMAND;
}

static void tell_step_end(struct run *r)
{
	struct event ev;

	begin_end(r, &ev, r->end.status, r->end.signal);
	stepend_usage(&r->answer, &ev);
	if (r->end.leaves)
		event_num(&ev, KEY_LEAVES, 1);
	if (r->end.status) {
		note_failed(r, r->end.status, r->end.signal);
		stepend_report(&r->answer, &r->end, &ev);
		add_tail(r, &ev);
	}
	emit_end(r, &ev);
}

enum run_state run_step_ended(struct run *r)
{
	if (r->state == RUN_QUIT)
		return RUN_LEAVE;
	tell_step_end(r);
	if (r->stop_err.code || r->capture_err.code) {
		r->result.err = r->stop_err.code ? r->stop_err : r->capture_err;
		return run_fail(r);
	}
	if (r->end.leaves)
		return RUN_LEAVE;
	if (r->end.status && r->c.on_fail == RUN_STOP)
		return fail_step(r, step_name(r));
	return next_step(r);
}

// What the entry process' end means as a status; -1 when it is not known.
static int end_status(const struct box_end *b)
{
	if (!b->known || b->exec_errno)
		return -1;
	return b->signal ? 128 + b->signal : b->status;
}

static enum run_state lost(struct run *r)
{
	const char *why = r->box_end.lost_why;

	if (r->box_end.exec_errno)
		err_set(&r->result.err, "wfx-sandbox",
		        "the step shell could not be started: %s",
		        strerror(r->box_end.exec_errno));
	else
		err_set(&r->result.err, "wfx-lost", "the box was lost%s%s",
		        *why ? ": " : "", why);
	run_step_abandon(r, "lost", 125);
	return run_fail(r);
}

// In a sentence; the box may know better than the signal tells (a memory limit).
static const char *died_how(const struct box_end *b)
{
	if (b->lost_why[0])
		return b->lost_why;
	return b->signal ? "the step killed the shell that runs it"
	                 : "the shell that runs the step ended without a report";
}

// The shell's process ended without the answer that is due.
enum run_state run_shell_died(struct run *r)
{
	int status = end_status(&r->box_end);
	struct event ev;

	if (status < 0)
		return lost(r);
	if (r->state == RUN_HELLO || status == 0) {
		err_set(&r->result.err, "wfx-lost",
		        "the step shell ended without a report (status %d)", status);
		run_step_abandon(r, "lost", 125);
		return run_fail(r);
	}
	note_failed(r, status, r->box_end.signal);
	begin_end(r, &ev, status, r->box_end.signal);
	event_num(&ev, KEY_LEAVES, 1);
	event_text(&ev, KEY_FAILURE, r->box_end.signal ? "killed" : "lost");
	event_text(&ev, KEY_TEXT, died_how(&r->box_end));
	add_tail(r, &ev);
	emit_end(r, &ev);
	return fail_step(r, step_name(r));
}

// The shell has left after it said so: its exit status is that of the script.
enum run_state run_left(struct run *r)
{
	int status = end_status(&r->box_end);
	const char *what = "the EXIT trap";

	if (status < 0)
		return lost(r);
	if (r->state == RUN_QUIT) { // ended, but the answer to QUIT never came
		err_set(&r->result.err, "wfx-lost",
		        "the step shell ended without a report (status %d)", status);
		return run_fail(r);
	}
	// Two witnesses; the worse one is believed.
	status = status ? status : r->end.status;
	if (status) {
		if (r->failed_step == r->step && r->result.step_status == status)
			what = step_name(r);
		else
			note_failed(r, status, r->box_end.signal);
		return fail_step(r, what);
	}
	r->result.has_failed_step = 0;
	r->result.step_status = r->result.record.exitcode = 0;
	return run_gather(r);
}

// --- without it ----------------------------------------------------------------------

// What exec's errno means in the terms of the shell's reports.
static const struct {
	int error;
	enum wire_failure kind;
	int status;
} exec_failures[] = {
	{ ENOENT, WIRE_FAIL_NOT_FOUND, 127 },
	{ ENOTDIR, WIRE_FAIL_NOT_FOUND, 127 },
	{ EACCES, WIRE_FAIL_PERMISSION, 126 },
	{ EPERM, WIRE_FAIL_PERMISSION, 126 },
	{ EISDIR, WIRE_FAIL_IS_DIRECTORY, 126 },
	{ ENOEXEC, WIRE_FAIL_NOT_EXECUTABLE, 126 },
	{ E2BIG, WIRE_FAIL_LIMIT, 126 },
	{ ENOMEM, WIRE_FAIL_LIMIT, 126 },
	{ ELIBBAD, WIRE_FAIL_NO_INTERPRETER, 126 },
};

static const char *env_path(const struct run *r)
{
	for (const char *const *v = r->spec.spec.env; v && *v; v++)
		if (strncmp(*v, "PATH=", 5) == 0)
			return *v + 5;
	return "";
}

static int add_exec_failure(struct run *r, struct event *ev)
{
	const struct box_end *b = &r->box_end;
	enum wire_failure kind = WIRE_FAIL_NOT_EXECUTABLE;
	const char *program = r->spec.spec.argv[0];
	int status = 126;

	for (size_t i = 0; i < ARRAY_LEN(exec_failures); i++)
		if (exec_failures[i].error == b->exec_errno) {
			kind = exec_failures[i].kind;
			status = exec_failures[i].status;
		}
	// The file is there, but what it names as its interpreter is not.
	if (b->exec_errno == ENOENT && b->exec_path[0] && strchr(program, '/') == NULL)
		kind = WIRE_FAIL_NO_INTERPRETER;
	event_num(ev, KEY_STATUS, status);
	event_text(ev, KEY_FAILURE, wire_failure_name(kind));
	event_text(ev, KEY_PATH, b->exec_path[0] ? b->exec_path : env_path(r));
	event_num(ev, KEY_ERRNO, b->exec_errno);
	return status;
}

enum run_state run_command_ended(struct run *r)
{
	const struct box_end *b = &r->box_end;
	int status = b->signal ? 128 + b->signal : b->status;
	struct event ev;

	if (!b->known)
		return lost(r);
	begin_end(r, &ev, status, b->signal);
	event_num(&ev, KEY_USER_US, b->user_us);
	event_num(&ev, KEY_SYS_US, b->sys_us);
	event_num(&ev, KEY_MAXRSS_KB, b->maxrss_kb);
	if (b->exec_errno)
		status = add_exec_failure(r, &ev);
	else if (status)
		event_text(&ev, KEY_FAILURE,
		           wire_failure_name(b->signal ? WIRE_FAIL_KILLED
		                                       : WIRE_FAIL_STATUS));
	if (status) {
		note_failed(r, status, b->signal);
		if (b->lost_why[0])
			event_text(&ev, KEY_TEXT, b->lost_why);
		event_text(&ev, KEY_CWD, "/");
		for (const char *const *v = r->spec.spec.argv; *v; v++)
			event_text(&ev, KEY_ARGV, *v);
		add_tail(r, &ev);
	}
	emit_end(r, &ev);
	if (r->capture_err.code) {
		r->result.err = r->capture_err;
		return run_fail(r);
	}
	if (status)
		return fail_step(r,
		                 r->mode == BOXSPEC_EXEC ? "the command" : "the script");
	return run_gather(r);
}
