// The run of a formula against step shells that lie, flood, fall silent and die. Whatever
// they do: the run ends, and a failure is never told as a success.
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/host.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/wire.h"
#include "engine/eventlog.h"
#include "engine/run.h"
#include "fakebox.h"
#include "formula/document.h"

static const char script[] =
	"{\"formula\":{\"formula.v1\":{\"inputs\":{},\"action\":{\"script\":{"
	"\"interpreter\":"
	"\"/bin/sh\",\"contents\":[\"one\",\"two\",\"three\"]}},\"outputs\":{}}}}";
static const char command[] =
	"{\"formula\":{\"formula.v1\":{\"inputs\":{},\"action\":{\"exec\":{\"command\":"
	"[\"prog\",\"x y\"]}},\"outputs\":{}}}}";

// --- playing the shell ---------------------------------------------------------------

static void answer(int ctl, enum wire_type type, uint32_t id, int status)
{
	struct wire_msg m;

	wire_begin(&m, type, id);
	if (type == WIRE_HELLO)
		wire_add_num(&m, WIRE_T_VERSION, WIRE_VERSION);
	if (status >= 0)
		wire_add_num(&m, WIRE_T_STATUS, (uint64_t)status);
	wire_send(ctl, &m);
	wire_finish(&m);
}

static void step_end(int ctl, uint32_t id, int status)
{
	answer(ctl, WIRE_STEP_END, id, status);
}

static void leaving(int ctl, uint32_t id, int status)
{
	struct wire_msg m;

	wire_begin(&m, WIRE_STEP_END, id);
	wire_add_num(&m, WIRE_T_STATUS, (uint64_t)status);
	wire_add_num(&m, WIRE_T_LEAVES, 1);
	wire_send(ctl, &m);
	wire_finish(&m);
}

// The next message's type; its id.
static enum wire_type listen_to(int ctl, uint32_t *id)
{
	struct wire_reader r = { 0 };
	struct wire_msg m = { 0 };
	enum wire_type type = WIRE_NONE;
	int got;

	while ((got = wire_recv(&r, ctl, 0, &m)) == 0)
		;
	if (got > 0) {
		type = m.type;
		*id = m.id;
	}
	wire_finish(&m);
	wire_reader_finish(&r);
	return type;
}

// HELLO, then each step ends with the status given for it, then leave with `last`.
static int play(int ctl, const int *statuses, int last)
{
	enum wire_type type;
	uint32_t id = 0;

	answer(ctl, WIRE_HELLO, 0, -1);
	while ((type = listen_to(ctl, &id)) == WIRE_RUN)
		step_end(ctl, id, statuses[id - 1]);
	if (type != WIRE_QUIT)
		return 99;
	leaving(ctl, id, last);
	return last;
}

static uint32_t hello_and_first(int ctl)
{
	uint32_t id = 0;

	answer(ctl, WIRE_HELLO, 0, -1);
	return listen_to(ctl, &id) == WIRE_RUN ? id : 0;
}

// --- running -------------------------------------------------------------------------

struct outcome {
	char code[64]; // "" = all well
	char message[1600];
	int executed, exitcode, step_status, has_failed_step;
	int ok_steps, failed_steps, pending_steps;
	char kind[32]; // of the last failing step
	char tail[256];
	struct str printed;
	uint64_t printed_bytes;
};

struct test {
	struct loop *loop;
	struct run *run;
	struct outcome *o;
	int done;
	int cancel_on; // kind of event at which to cancel, once
	int keep_printed;
};

static void on_done(void *arg)
{
	((struct test *)arg)->done = 1;
}

static void on_print(void *arg, unsigned step, enum stream stream, const char *p,
                     size_t n)
{
	struct test *t = arg;

	(void)step;
	(void)stream;
	t->o->printed_bytes += n;
	if (t->keep_printed)
		str_addn(&t->o->printed, p, n);
}

static void on_cancel(void *arg)
{
	struct test *t = arg;

	run_cancel(t->run, SIGINT);
}

static void on_event(void *arg, const struct event *ev, const struct model *m)
{
	struct test *t = arg;

	(void)m;
	if (t->cancel_on && (int)ev->kind == t->cancel_on) {
		t->cancel_on = 0;
		loop_add_timer(t->loop, 0, 0, on_cancel, t);
	}
}

static void take_model(const struct model_formula *f, struct outcome *o)
{
	for (size_t i = 0; i < f->steps.n; i++) {
		const struct model_step *s = &f->steps.items[i];

		o->ok_steps += s->state == STEP_OK;
		o->failed_steps += s->state == STEP_FAILED;
		o->pending_steps += s->state == STEP_PENDING;
		assert_int_not_equal(s->state, STEP_RUNNING);
		if (s->state == STEP_FAILED) {
			snprintf(o->kind, sizeof(o->kind), "%s", s->failure->kind);
			snprintf(o->tail, sizeof(o->tail), "%s", s->failure->tail);
		}
	}
	assert_int_equal(f->state, MODEL_ENDED);
}

struct how {
	const char *text;
	enum run_on_fail on_fail;
	int64_t step_timeout_ms;
	uint64_t log_limit;
	const char *log_dir;
	int cancel_on;
};

static struct outcome run_how(const struct how *how, fakebox_fn *shell)
{
	static struct outcome o;
	char dir[] = "/tmp/wfx-run-XXXXXX";
	const char *text = how->text ? how->text : script;
	struct document *doc = document_parse("test.json", text, strlen(text), NULL);
	struct test t = { .loop = loop_create(), .o = &o, .cancel_on = how->cancel_on };
	struct eventlog log;
	struct host host;
	struct run_config c = {
		.host = &host,
		.loop = t.loop,
		.log = &log,
		.doc = doc,
		.runs_dir = mkdtemp(dir),
		.number = 1,
		.no_memo = 1,
		.on_fail = how->on_fail,
		.step_timeout_ms = how->step_timeout_ms,
		.log_limit = how->log_limit,
		.log_dir = how->log_dir,
		.print = on_print,
		.face = &t,
		.done = on_done,
		.done_arg = &t,
	};
	const struct run_result *r;

	assert_non_null(doc);
	str_finish(&o.printed);
	o = (struct outcome){ 0 };
	t.keep_printed = !how->log_limit;
	host_real(&host);
	eventlog_init(&log, &host, on_event, &t);
	fakebox_entry = shell;
	t.run = run_start(&c);
	while (!t.done)
		assert_int_equal(loop_turn(t.loop, -1), 0);
	r = run_result(t.run);
	snprintf(o.code, sizeof(o.code), "%s", r->err.code ? r->err.code : "");
	snprintf(o.message, sizeof(o.message), "%s", r->err.msg);
	o.executed = r->executed;
	o.exitcode = r->record.exitcode;
	o.step_status = r->step_status;
	o.has_failed_step = r->has_failed_step;
	take_model(model_formula(&log.model), &o);
	run_destroy(t.run);
	eventlog_finish(&log);
	loop_destroy(t.loop);
	document_destroy(doc);
	assert_int_equal(rmdir(dir), 0); // the run folder is gone
	return o;
}

static struct outcome run_shell(fakebox_fn *shell)
{
	return run_how(&(struct how){ 0 }, shell);
}

#define FAILS(o, what, status) \
	do { \
		struct outcome o_ = (o); \
		assert_string_equal(o_.code, (what)); \
		assert_int_equal(o_.exitcode, (status)); \
	} while (0)

// --- good shells ---------------------------------------------------------------------

static int good(int ctl, int out, int err)
{
	(void)!write(out, "hello\n", 6);
	(void)!write(err, "oops\n", 5);
	return play(ctl, (int[]){ 0, 0, 0 }, 0);
}

static void steps_run_one_after_the_other(void **state)
{
	struct outcome o = run_shell(good);

	(void)state;
	FAILS(o, "", 0);
	assert_int_equal(o.executed, 1);
	assert_int_equal(o.ok_steps, 3);
	assert_int_equal(o.printed.len, 11);
}

static int second_fails(int ctl, int out, int err)
{
	(void)err;
	(void)!write(out, "first\nlast line\n", 16);
	return play(ctl, (int[]){ 0, 7, 0 }, 0);
}

static void a_failing_step_stops_the_run(void **state)
{
	struct outcome o = run_shell(second_fails);

	(void)state;
	FAILS(o, "wfx-step-failed", 7);
	assert_int_equal(o.executed, 1);
	assert_int_equal(o.ok_steps, 1);
	assert_int_equal(o.failed_steps, 1);
	assert_int_equal(o.pending_steps, 1);
	assert_int_equal(o.step_status, 7);
}

static void going_on_the_last_status_decides(void **state)
{
	struct how go_on = { .on_fail = RUN_CONTINUE };
	struct outcome o = run_how(&go_on, second_fails);

	(void)state;
	FAILS(o, "", 0);
	assert_int_equal(o.ok_steps, 2);
	assert_int_equal(o.failed_steps, 1);
	assert_int_equal(o.has_failed_step, 0);
}

static int last_fails(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	return play(ctl, (int[]){ 1, 0, 3 }, 3);
}

static void going_on_a_failing_last_step_is_a_failure(void **state)
{
	struct how go_on = { .on_fail = RUN_CONTINUE };
	struct outcome o = run_how(&go_on, last_fails);

	(void)state;
	FAILS(o, "wfx-step-failed", 3);
	assert_int_equal(o.failed_steps, 2);
}

static int exits_early(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	leaving(ctl, hello_and_first(ctl), 0);
	return 0;
}

static void exit_0_ends_the_script_well(void **state)
{
	struct outcome o = run_shell(exits_early);

	(void)state;
	FAILS(o, "", 0);
	assert_int_equal(o.ok_steps, 1);
	assert_int_equal(o.pending_steps, 2);
}

static int prints_before_it_reports(int ctl, int out, int err)
{
	uint32_t id = hello_and_first(ctl);

	(void)err;
	for (int i = 0; i < 10000; i++)
		(void)!write(out, "xyz\n", 4);
	(void)!write(out, "END\n", 4);
	step_end(ctl, id, 9);
	pause();
	return 0;
}

static void output_is_complete_when_a_step_ends(void **state)
{
	struct outcome o = run_shell(prints_before_it_reports);

	(void)state;
	FAILS(o, "wfx-step-failed", 9);
	assert_int_equal(o.printed.len, 40004);
	assert_string_equal(o.tail + strlen(o.tail) - 4, "END\n");
}

// --- lies, half messages, floods -----------------------------------------------------

static int other_id(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	step_end(ctl, hello_and_first(ctl) + 1, 0);
	pause();
	return 0;
}

static int twice(int ctl, int out, int err)
{
	uint32_t id = hello_and_first(ctl);

	(void)out;
	(void)err;
	step_end(ctl, id, 0);
	step_end(ctl, id, 0);
	pause();
	return 0;
}

static int impossible_status(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	step_end(ctl, hello_and_first(ctl), 256);
	pause();
	return 0;
}

static int no_status(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	step_end(ctl, hello_and_first(ctl), -1);
	pause();
	return 0;
}

static int before_it_is_asked(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	step_end(ctl, 1, 0);
	pause();
	return 0;
}

static int hello_again(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	hello_and_first(ctl);
	answer(ctl, WIRE_HELLO, 0, -1);
	pause();
	return 0;
}

static int speaks_for_us(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	hello_and_first(ctl);
	answer(ctl, WIRE_RUN, 1, -1);
	pause();
	return 0;
}

static int unasked_state(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	answer(ctl, WIRE_STATE, hello_and_first(ctl), -1);
	pause();
	return 0;
}

static int noise(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	hello_and_first(ctl);
	send(ctl, "\xff\xff\xff\xff\xff\xff\xff\xff\xff", 9, 0);
	pause();
	return 0;
}

static int broken_field(int ctl, int out, int err)
{
	// STEP_END 1 with a field that says it is longer than the message
	static const char bytes[] = {
		WIRE_STEP_END, 0, 0, 0, 1, 0, 0, 0, WIRE_T_STATUS, 0, 0, 0,
		(char)200,     0, 0, 0, 0, 0
	};

	(void)out;
	(void)err;
	hello_and_first(ctl);
	send(ctl, bytes, sizeof(bytes), 0);
	pause();
	return 0;
}

static int refuses(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	answer(ctl, WIRE_ERROR, hello_and_first(ctl), -1);
	pause();
	return 0;
}

static int other_version(int ctl, int out, int err)
{
	struct wire_msg m;

	(void)out;
	(void)err;
	wire_begin(&m, WIRE_HELLO, 0);
	wire_add_num(&m, WIRE_T_VERSION, 77);
	wire_send(ctl, &m);
	pause();
	return 0;
}

static void lies_are_broken_protocol(void **state)
{
	static fakebox_fn *const liars[] = {
		other_id,    twice,         impossible_status, no_status,
		hello_again, speaks_for_us, unasked_state,     noise,
		refuses,     broken_field,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(liars); i++) {
		struct outcome o = run_shell(liars[i]);

		FAILS(o, "wfx-protocol", 125);
		assert_string_equal(o.kind, "lost");
	}
}

static void lies_before_the_first_step_too(void **state)
{
	(void)state;
	assert_string_equal(run_shell(before_it_is_asked).code, "wfx-protocol");
	assert_string_equal(run_shell(other_version).code, "wfx-protocol");
}

static int half_a_message(int ctl, int out, int err)
{
	static const char bytes[] = { WIRE_STEP_END, WIRE_MORE, 0, 0, 1, 0, 0, 0 };

	(void)out;
	(void)err;
	hello_and_first(ctl);
	send(ctl, bytes, sizeof(bytes), 0);
	return 0;
}

static int just_exits(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	hello_and_first(ctl);
	return 0;
}

static int exits_at_once(int ctl, int out, int err)
{
	(void)ctl;
	(void)out;
	(void)err;
	return 0;
}

static void silence_and_status_0_is_no_success(void **state)
{
	(void)state;
	FAILS(run_shell(just_exits), "wfx-lost", 125);
	FAILS(run_shell(half_a_message), "wfx-lost", 125);
	assert_string_equal(run_shell(exits_at_once).code, "wfx-lost");
}

static int leaves_a_zero(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	play(ctl, (int[]){ 0, 0, 0 }, 0);
	return 5; // its report said 0
}

static int says_four_exits_zero(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	leaving(ctl, hello_and_first(ctl), 4);
	return 0;
}

static int dies_after_good_steps(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	play(ctl, (int[]){ 0, 0, 0 }, 0);
	raise(SIGSEGV);
	return 0;
}

static int exits_at_quit(int ctl, int out, int err)
{
	uint32_t id = hello_and_first(ctl);

	(void)out;
	(void)err;
	for (; id <= 3; listen_to(ctl, &id))
		step_end(ctl, id, 0);
	return 0; // QUIT has no answer
}

static void of_two_witnesses_the_worse_is_believed(void **state)
{
	(void)state;
	FAILS(run_shell(leaves_a_zero), "wfx-step-failed", 5);
	FAILS(run_shell(says_four_exits_zero), "wfx-step-failed", 4);
	FAILS(run_shell(dies_after_good_steps), "wfx-step-failed", 128 + SIGSEGV);
	assert_string_equal(run_shell(exits_at_quit).code, "wfx-lost");
}

static int kills_itself(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	hello_and_first(ctl);
	raise(SIGKILL);
	return 0;
}

static void a_step_that_kills_its_shell_has_failed(void **state)
{
	struct outcome o = run_shell(kills_itself);

	(void)state;
	FAILS(o, "wfx-step-failed", 137);
	assert_string_equal(o.kind, "killed");
	assert_int_equal(o.pending_steps, 2);
}

static int hangs_up_and_stays(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	hello_and_first(ctl);
	close(ctl);
	for (int forever = 1; forever;)
		pause();
	return 0;
}

static void a_shell_that_hangs_up_is_not_waited_for(void **state)
{
	(void)state;
	FAILS(run_shell(hangs_up_and_stays), "wfx-lost", 125);
}

static int good_but_lost(int ctl, int out, int err)
{
	return good(ctl, out, err);
}

static void a_lost_box_is_no_success(void **state)
{
	struct outcome o;

	(void)state;
	fakebox_lost = 1;
	o = run_shell(good_but_lost);
	fakebox_lost = 0;
	assert_string_equal(o.code, "wfx-lost");
	assert_non_null(strstr(o.message, "the test says so"));
}

static int floods_messages(int ctl, int out, int err)
{
	uint32_t id = hello_and_first(ctl);

	(void)out;
	(void)err;
	for (int i = 0; i < 100000; i++)
		answer(ctl, WIRE_COMMAND, id, -1);
	step_end(ctl, id, 1);
	pause();
	return 0;
}

static int gigantic_report(int ctl, int out, int err)
{
	uint32_t id = hello_and_first(ctl);
	char *big = calloc(1, 1 << 20);
	struct wire_msg m;

	(void)out;
	(void)err;
	wire_begin(&m, WIRE_STEP_END, id);
	wire_add_num(&m, WIRE_T_STATUS, 1);
	for (int i = 0; i < 40; i++) {
		wire_add(&m, WIRE_T_ARG, big, 1 << 20);
		wire_add(&m, WIRE_T_FRAME, "\x1\0\0\0\xff\xff\xff\xff", 8);
		wire_add(&m, WIRE_T_FRAME, big, 1000);
	}
	for (int i = 0; i < 100000; i++)
		wire_add_num(&m, WIRE_T_PIPESTATUS, 1);
	wire_add_num(&m, WIRE_T_LINE, UINT64_MAX);
	wire_add_num(&m, WIRE_T_KIND, 12345);
	wire_send(ctl, &m);
	pause();
	return 0;
}

static void floods_end(void **state)
{
	(void)state;
	FAILS(run_shell(floods_messages), "wfx-step-failed", 1);
	FAILS(run_shell(gigantic_report), "wfx-step-failed", 1);
}

static int floods_output(int ctl, int out, int err)
{
	static char big[1 << 20];
	uint32_t id = hello_and_first(ctl);

	memset(big, 'x', sizeof(big));
	for (int i = 0; i < 200; i++)
		(void)!write(i % 2 ? out : err, big, sizeof(big));
	step_end(ctl, id, 1);
	pause();
	return 0;
}

static void flooding_output_needs_no_memory(void **state)
{
	struct how small = { .log_limit = 1 << 20 };
	struct rusage before, after;
	struct outcome o;

	(void)state;
	getrusage(RUSAGE_SELF, &before);
	o = run_how(&small, floods_output);
	getrusage(RUSAGE_SELF, &after);
	FAILS(o, "wfx-step-failed", 1);
	assert_int_equal(o.printed_bytes, 200 << 20);
	assert_true(after.ru_maxrss - before.ru_maxrss < 32 * 1024);
}

// A writer that never stops must not keep the end of the step from being seen.
static int endless_writer(int ctl, int out, int err)
{
	uint32_t id = hello_and_first(ctl);

	(void)err;
	if (fork() == 0) {
		signal(SIGPIPE, SIG_DFL);
		while (write(out, "yes\n", 4) > 0)
			;
		_exit(0);
	}
	step_end(ctl, id, 6);
	pause();
	return 0;
}

static void an_endless_writer_does_not_hold_the_step(void **state)
{
	struct how small = { .log_limit = 1 << 20 };

	(void)state;
	FAILS(run_how(&small, endless_writer), "wfx-step-failed", 6);
}

// --- being told to stop --------------------------------------------------------------

static int never_ends(int ctl, int out, int err)
{
	(void)out;
	(void)err;
	hello_and_first(ctl);
	for (int forever = 1; forever;)
		pause();
	return 0;
}

// Signals are taken when the shell is ready for them, also those that came before.
static void hold_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigprocmask(SIG_BLOCK, set, NULL);
}

static int ends_when_told(int ctl, int out, int err)
{
	sigset_t set;
	uint32_t id;
	int signo;

	(void)err;
	hold_signals(&set);
	id = hello_and_first(ctl);
	(void)!write(out, "ready\n", 6);
	sigwait(&set, &signo);
	(void)!write(out, "cleaned\n", 8);
	step_end(ctl, id, 0);
	sigwait(&set, &signo);
	return 0;
}

static void time_is_limited(void **state)
{
	struct how soon = { .step_timeout_ms = 50 };
	struct outcome o = run_how(&soon, never_ends);

	(void)state;
	FAILS(o, "wfx-timeout", 124);
	assert_string_equal(o.kind, "timeout");
	// A step that then says 0 has not made it either.
	FAILS(run_how(&soon, ends_when_told), "wfx-timeout", 124);
}

static void a_cancelled_step_may_clean_up(void **state)
{
	struct how cancel = { .cancel_on = EVENT_PRINT };
	struct outcome o;

	(void)state;
	cancel.cancel_on = EVENT_STEP_BEGIN;
	o = run_how(&cancel, never_ends);
	FAILS(o, "wfx-cancelled", 130);
	assert_string_equal(o.kind, "cancelled");
}

static void what_a_cancelled_step_prints_is_kept(void **state)
{
	struct how cancel = { .cancel_on = EVENT_PRINT };
	struct outcome o = run_how(&cancel, ends_when_told);

	(void)state;
	FAILS(o, "wfx-cancelled", 130);
	assert_int_equal(o.printed.len, 14);
}

// --- without a shell -----------------------------------------------------------------

static int exits_three(int ctl, int out, int err)
{
	(void)ctl;
	(void)err;
	(void)!write(out, "x\n", 2);
	return 3;
}

static void a_command_is_one_step(void **state)
{
	struct how exec = { .text = command };
	struct outcome o = run_how(&exec, exits_three);

	(void)state;
	FAILS(o, "wfx-step-failed", 3);
	assert_int_equal(o.failed_steps, 1);
	assert_string_equal(o.tail, "x\n");
	FAILS(run_how(&exec, exits_at_once), "", 0);
	fakebox_exec_errno = ENOENT;
	o = run_how(&exec, exits_at_once);
	fakebox_exec_errno = 0;
	FAILS(o, "wfx-step-failed", 127);
	assert_string_equal(o.kind, "not-found");
	fakebox_lost = 1;
	o = run_how(&exec, exits_at_once);
	fakebox_lost = 0;
	FAILS(o, "wfx-lost", 125);
}

// --- disks ---------------------------------------------------------------------------

static void output_that_cannot_be_kept_is_an_error(void **state)
{
	struct how full = { .log_dir = "/dev/full/logs" };
	struct outcome o = run_how(&full, good);

	(void)state;
	assert_int_not_equal(strlen(o.code), 0);
	assert_int_equal(o.executed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_run_one_after_the_other),
		cmocka_unit_test(a_failing_step_stops_the_run),
		cmocka_unit_test(going_on_the_last_status_decides),
		cmocka_unit_test(going_on_a_failing_last_step_is_a_failure),
		cmocka_unit_test(exit_0_ends_the_script_well),
		cmocka_unit_test(output_is_complete_when_a_step_ends),
		cmocka_unit_test(lies_are_broken_protocol),
		cmocka_unit_test(lies_before_the_first_step_too),
		cmocka_unit_test(silence_and_status_0_is_no_success),
		cmocka_unit_test(of_two_witnesses_the_worse_is_believed),
		cmocka_unit_test(a_step_that_kills_its_shell_has_failed),
		cmocka_unit_test(a_shell_that_hangs_up_is_not_waited_for),
		cmocka_unit_test(a_lost_box_is_no_success),
		cmocka_unit_test(floods_end),
		cmocka_unit_test(flooding_output_needs_no_memory),
		cmocka_unit_test(an_endless_writer_does_not_hold_the_step),
		cmocka_unit_test(time_is_limited),
		cmocka_unit_test(a_cancelled_step_may_clean_up),
		cmocka_unit_test(what_a_cancelled_step_prints_is_kept),
		cmocka_unit_test(a_command_is_one_step),
		cmocka_unit_test(output_that_cannot_be_kept_is_an_error),
	};

	setenv("WFX_STEPSH", "/proc/self/exe",
	       1); // any file: the fake box does not run it
	return cmocka_run_group_tests(tests, NULL, NULL);
}
