#include "config.h"

#include "batch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "engine/consent.h"
#include "engine/session.h"
#include "jsonface.h"
#include "results.h"
#include "textface.h"

enum { FAIL_STOP, FAIL_CONTINUE, FAIL_SHELL };
enum { FORMAT_TEXT, FORMAT_JSON };
enum { INTERPRETER_STEPSH, INTERPRETER_FORMULA };

struct flags {
	int batch;
	int on_fail, format, progress, color, interpreter, ci;
	int strict, force, no_memo, pass_status, check_repro;
	unsigned allow;
	int64_t timeout_ms, step_timeout_ms;
	uint64_t log_limit;
	const char *events, *log_dir, *junit, *tap, *capsule;
};

#define FLAG(field) offsetof(struct flags, field)
// clang-format off
static const struct option options[] = {
	{ "batch", OPTION_FLAG, NULL, "run without a screen", FLAG(batch) },
	{ "on-fail", OPTION_CHOICE, "stop|continue|shell",
	  "stop at the first failing step (default), or run on as upstream does", FLAG(on_fail) },
	{ "format", OPTION_CHOICE, "text|json", "stderr for people, or as JSON lines", FLAG(format) },
	{ "events", OPTION_TEXT, "FILE", "write the event log (doc/events.md)", FLAG(events) },
	{ "junit", OPTION_TEXT, "FILE", "write a JUnit report: a step is a test case", FLAG(junit) },
	{ "tap", OPTION_TEXT, "FILE", "write a TAP report", FLAG(tap) },
	{ "log-dir", OPTION_TEXT, "DIR",
	  "keep what each step prints: 001.out, 001.err, ..., all.log", FLAG(log_dir) },
	{ "log-limit", OPTION_SIZE, "SIZE",
	  "keep the begin and the end of longer output (1g a file)", FLAG(log_limit) },
	{ "allow", OPTION_SET, ALLOW_VALUES, "let formulas have what they ask for from the host",
	  FLAG(allow) },
	{ "strict", OPTION_FLAG, NULL, "refuse all that is not hermetic; fixed environment",
	  FLAG(strict) },
	{ "force", OPTION_FLAG, NULL, "run even if there is a memo", FLAG(force) },
	{ "no-memo", OPTION_FLAG, NULL, "neither read nor write memos", FLAG(no_memo) },
	{ "timeout", OPTION_DURATION, "TIME", "time limit for everything (90, 1m30s, 2h)",
	  FLAG(timeout_ms) },
	{ "step-timeout", OPTION_DURATION, "TIME", "time limit for each step", FLAG(step_timeout_ms) },
	{ "interpreter", OPTION_CHOICE, "stepsh|formula",
	  "run scripts step by step, or by the formula's own interpreter", FLAG(interpreter) },
	{ "pass-status", OPTION_FLAG, NULL, "exit with the failing step's own status",
	  FLAG(pass_status) },
	{ "progress", OPTION_CHOICE, PROGRESS_VALUES, "how much is told on stderr", FLAG(progress) },
	{ "color", OPTION_CHOICE, COLOR_VALUES, "colours on stderr", FLAG(color) },
	{ "ci", OPTION_CHOICE, "auto|none|github|gitlab|buildkite", "not in this version", FLAG(ci) },
	{ "capsule", OPTION_TEXT, "FILE", "not in this version", FLAG(capsule) },
	{ "check-repro", OPTION_FLAG, NULL, "not in this version", FLAG(check_repro) },
};
// clang-format on

struct batch {
	struct flags flags;
	struct session *session;
	struct textface text;
};

// --- the face ------------------------------------------------------------------------

static void on_event(void *arg, const struct event *ev, const struct model *m)
{
	struct batch *b = arg;

	if (b->flags.format == FORMAT_JSON)
		jsonface_event(ev);
	else
		textface_event(&b->text, ev, m);
}

static void on_print(void *arg, unsigned step, enum stream stream, const char *p,
                     size_t n)
{
	struct batch *b = arg;

	if (b->flags.format == FORMAT_JSON)
		jsonface_print(step, stream, p, n);
	else
		textface_print(&b->text, step, stream, p, n);
}

static void on_tick(void *arg)
{
	struct batch *b = arg;
	struct wire_page page;
	int known = session_page(b->session, &page);

	if (b->flags.format == FORMAT_TEXT)
		textface_tick(&b->text, session_model(b->session), known ? &page : NULL,
		              session_now_us(b->session));
}

// A person at a terminal may allow what the formula asks for.
static int on_ask(void *arg, const char *list)
{
	struct batch *b = arg;
	struct str text = { 0 };
	char answer[64];
	ssize_t n = 0;

	if (b->flags.format == FORMAT_JSON || !isatty(0) || !isatty(2))
		return -1;
	str_addf(&text,
	         "This formula asks for things of this host:\n%s\nAllow it? [y/N] ",
	         list);
	term_print(&b->text.term, &text);
	str_finish(&text);
	if (session_wait_fd(b->session, 0))
		n = read(0, answer, sizeof(answer));
	return n > 0 && (answer[0] == 'y' || answer[0] == 'Y');
}

static int print_error(const struct batch *b, const struct err *e)
{
	if (b->flags.format != FORMAT_JSON)
		return error_print(e);
	jsonface_error(e);
	return err_exit_status(e);
}

// --- the run -------------------------------------------------------------------------

static int not_yet(const char *what, struct err *e)
{
	return err_set(e, "wfx-usage", "%s: not in this version of wfx", what);
}

static int check_flags(const struct flags *f, int n_files, struct err *e)
{
	if (f->on_fail == FAIL_SHELL)
		return not_yet("--on-fail=shell", e);
	if (f->capsule)
		return not_yet("--capsule", e);
	if (f->check_repro)
		return not_yet("--check-repro", e);
	if (f->ci)
		return not_yet("--ci", e);
	if (!n_files)
		return err_set(e, "wfx-usage", "no FILE given");
	return 0;
}

// A result that cannot be delivered is not a success.
static int print_record(const struct run_result *r, struct err *e)
{
	struct str line = { 0 };
	int ret;

	if (!r->executed)
		return 0;
	record_line(&r->record, &line);
	ret = fd_write_all(1, str_cstr(&line), line.len);
	if (ret < 0)
		err_sys(e, errno == ENOSPC ? "wfx-no-space" : "warpforge-error-io",
		        "writing the result to stdout");
	str_finish(&line);
	return ret;
}

static int run_files(struct batch *b, char *files[], int n)
{
	int status = 0;

	for (int i = 0; i < n && status == 0; i++) {
		const struct run_result *r;
		struct err e = { 0 };

		status = session_run(b->session, files[i]);
		r = session_result(b->session);
		if (status == 1 && b->flags.pass_status && r->step_status)
			status = r->step_status;
		if (print_record(r, &e) < 0) {
			print_error(b, &e);
			status = status ? status : 125;
		}
		if (session_signal(b->session))
			status = 128 + session_signal(b->session);
	}
	return status;
}

static int finish(struct batch *b, int status)
{
	struct err e = { 0 };

	if (session_end(b->session, status, &e) < 0) {
		// Perhaps it was this that ended the run, and has been told.
		if (status == 0)
			status = print_error(b, &e);
	}
	if (b->flags.junit &&
	    results_junit(session_model(b->session), b->flags.junit, &e) < 0)
		status = status ? status : print_error(b, &e);
	if (b->flags.tap && results_tap(session_model(b->session), b->flags.tap, &e) < 0)
		status = status ? status : print_error(b, &e);
	return status;
}

static int batch_main(int argc, char *argv[])
{
	struct batch b = { 0 };
	struct err e = { 0 };
	int n = options_parse(options, ARRAY_LEN(options), &b.flags, argc, argv, &e),
	    status;
	struct session_config c = {
		.on_fail = b.flags.on_fail == FAIL_CONTINUE ? RUN_CONTINUE : RUN_STOP,
		.allow = b.flags.allow,
		.strict = b.flags.strict,
		.force = b.flags.force,
		.no_memo = b.flags.no_memo,
		.formula_interpreter = b.flags.interpreter == INTERPRETER_FORMULA,
		.timeout_ms = b.flags.timeout_ms,
		.step_timeout_ms = b.flags.step_timeout_ms,
		.events = b.flags.events,
		.log_dir = b.flags.log_dir,
		.log_limit = b.flags.log_limit,
		.n_documents = (unsigned)(n > 0 ? n : 0),
		.event = on_event,
		.print = on_print,
		.ask = on_ask,
		.tick = on_tick,
		.tick_ms = TEXTFACE_TICK_MS,
		.face = &b,
	};

	if (n < 0 || check_flags(&b.flags, n, &e) < 0)
		return print_error(&b, &e);
	textface_init(&b.text, (enum textface_mode)b.flags.progress,
	              (enum term_color)b.flags.color);
	b.session = session_open(&c, &e);
	if (!b.session) {
		textface_finish(&b.text);
		return print_error(&b, &e);
	}
	status = finish(&b, run_files(&b, argv, n));
	textface_finish(&b.text);
	session_close(b.session);
	return status;
}

const struct command batch_command = {
	.name = "--batch",
	.operands = "FILE...",
	.help = "run formulas without a screen",
	.more = "stdout: one line a formula, {\"runrecord\": ...}. Everything else goes "
		"to stderr.\n"
		"\n"
		"exit status:\n"
		"  0 all steps ok, outputs packed      1 a step failed\n"
		"  2 command line, configuration       3 the document, or what it asks "
		"for\n"
		"  4 an input cannot be had            5 an output cannot be packed\n"
		"  6 needs a terminal                  7 not reproducible\n"
		"  124 time limit                      125 wfx or the sandbox\n"
		"  128+N ended by signal N\n",
	.options = options,
	.n_options = ARRAY_LEN(options),
	.run = batch_main,
};
