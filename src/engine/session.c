#include "config.h"

#include "engine/session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/host.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/str.h"
#include "engine/place.h"
#include "formula/document.h"
#include "store/store.h"

struct session {
	struct session_config c;
	struct host host;
	struct loop *loop;
	struct eventlog log;
	struct workspaces workspaces;
	struct store *store;
	char *runs_dir;
	unsigned number;        // of documents so far
	struct run *run;        // the last one; NULL when it could not even begin
	struct run_result none; // its result then
	int running;
	int signo;
	int expired;
};

static void on_signal(void *arg, int signo)
{
	struct session *s = arg;
	struct event ev;

	event_init(&ev, EVENT_SIGNAL);
	event_num(&ev, KEY_SIGNAL, signo);
	eventlog_emit(&s->log, &ev);
	if (!s->signo)
		s->signo = signo;
	if (s->running && s->run)
		run_cancel(s->run, s->signo);
}

static void on_timeout(void *arg)
{
	struct session *s = arg;

	s->expired = 1;
	if (s->running && s->run)
		run_expire(s->run, s->c.timeout_ms);
}

static void on_tick(void *arg)
{
	struct session *s = arg;

	if (s->running && s->c.tick)
		s->c.tick(s->c.face);
}

static void on_done(void *arg)
{
	struct session *s = arg;

	s->running = 0;
}

static int open_store(struct session *s, struct err *e)
{
	const char *warehouse = s->host.env(&s->host, "WARPFORGE_WAREHOUSE");
	auto_free char *cwd = getcwd(NULL, 0);
	struct store_config sc = {
		.workspaces = &s->workspaces,
		.warehouse = warehouse && *warehouse ? warehouse : NULL,
	};

	if (!cwd)
		return err_sys(e, "warpforge-error-workspace", "the current folder");
	if (workspaces_find(&s->workspaces, cwd, s->host.env(&s->host, "HOME"), e) < 0)
		return -1;
	s->store = store_open(&sc, e);
	if (!s->store)
		return -1;
	s->runs_dir = place_runs(&s->host, store_root(s->store), e);
	return s->runs_dir ? 0 : -1;
}

static void listen_to_signals(struct session *s)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		struct sigaction old;

		// nohup wants it ignored. SIGINT is heard even where a shell ignores it
		// for its background jobs: who sends it by hand means it.
		if (signals[i] == SIGHUP && sigaction(SIGHUP, NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		loop_add_signal(s->loop, signals[i], on_signal, s);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); // ulimit -f: an error of write, not the end of us
}

static void tell_begin(struct session *s)
{
	struct event ev;

	event_init(&ev, EVENT_BEGIN);
	event_text(&ev, KEY_PROGRAM, PACKAGE_STRING);
	event_num(&ev, KEY_UID, geteuid());
	eventlog_emit(&s->log, &ev);
}

struct session *session_open(const struct session_config *c, struct err *e)
{
	struct session *s = xcalloc(1, sizeof(*s));

	s->c = *c;
	host_real(&s->host);
	s->loop = loop_create();
	eventlog_init(&s->log, &s->host, c->event, c->face);
	if (c->events && eventlog_add_file(&s->log, c->events, e) < 0)
		goto fail;
	listen_to_signals(s);
	tell_begin(s);
	if (open_store(s, e) < 0)
		goto fail;
	if (c->timeout_ms)
		loop_add_timer(s->loop, c->timeout_ms, 0, on_timeout, s);
	if (c->tick_ms)
		loop_add_timer(s->loop, c->tick_ms, c->tick_ms, on_tick, s);
	return s;
fail:
	session_close(s);
	return NULL;
}

// --- one document --------------------------------------------------------------------

// What went wrong before there was a run.
static int refuse(struct session *s)
{
	const struct err *e = &s->none.err;
	struct event ev;

	event_init(&ev, EVENT_ERROR);
	event_text(&ev, KEY_CODE, e->code);
	event_text(&ev, KEY_MESSAGE, e->msg);
	event_text(&ev, KEY_HINT, err_hint_text(e));
	eventlog_emit(&s->log, &ev);
	return err_exit_status(e);
}

// A file; "-" is standard input.
static struct document *read_text(const char *path, struct err *e)
{
	struct document *d = NULL;
	struct str text = { 0 };

	if (strcmp(path, "-") != 0)
		return document_read(path, e);
	if (fd_read_all(0, &text, DOCUMENT_MAX + 1) < 0 && errno != EFBIG)
		err_sys(e, "warpforge-error-invalid-argument", "reading standard input");
	else
		d = document_parse("<stdin>", str_cstr(&text), text.len, e);
	str_finish(&text);
	return d;
}

static struct document *read_document(const char *path, struct err *e)
{
	static const char *const kinds[] = {
		[DOC_PLOT] = "plots",
		[DOC_MODULE] = "modules",
	};
	struct document *d = read_text(path, e);

	if (!d) {
		if (e->sys) // it could not be read at all: no fault of its text
			e->code = "warpforge-error-invalid-argument";
		return NULL;
	}
	if (d->kind != DOC_FORMULA)
		err_set(e, "warpforge-error-invalid",
		        "%s: %s run in a later version of wfx", path, kinds[d->kind]);
	else if (document_check(d, e) == 0 && d->formula->action.kind == ACTION_EXEC &&
	         !d->formula->action.n_command)
		document_error(d, d->formula->action.pos,
		               "warpforge-error-formula-invalid", e,
		               "the command is empty");
	if (!e->code)
		return d;
	document_destroy(d);
	return NULL;
}

// Runs until done. A run that cannot be driven to its end has failed.
static void run_to_end(struct session *s, const struct run_config *c)
{
	struct err e = { 0 };

	s->running = 1;
	s->run = run_start(c);
	if (s->running && s->signo)
		run_cancel(s->run, s->signo);
	if (s->running && s->expired)
		run_expire(s->run, s->c.timeout_ms);
	while (s->running && loop_turn(s->loop, -1) == 0)
		if (s->log.failed.code)
			run_abort(s->run, &s->log.failed);
	if (s->running) {
		err_sys(&e, "warpforge-error-syscall", "waiting for events");
		run_abort(s->run, &e);
	}
}

static int status_of(const struct session *s, const struct run_result *r)
{
	if (s->running)
		return 125;
	if (!r->err.code)
		return 0;
	return s->signo ? 128 + s->signo : err_exit_status(&r->err);
}

int session_run(struct session *s, const char *path)
{
	struct run_config rc = {
		.host = &s->host,
		.loop = s->loop,
		.log = &s->log,
		.store = s->store,
		.runs_dir = s->runs_dir,
		.log_limit = s->c.log_limit,
		.number = ++s->number,
		.on_fail = s->c.on_fail,
		.allow = s->c.allow,
		.strict = s->c.strict,
		.force = s->c.force,
		.no_memo = s->c.no_memo,
		.formula_interpreter = s->c.formula_interpreter,
		.keep_run_dir = s->host.env(&s->host, "WARPFORGE_KEEP_RUNDIR") != NULL,
		.step_timeout_ms = s->c.step_timeout_ms,
		.ask = s->c.ask,
		.print = s->c.print,
		.face = s->c.face,
		.done = on_done,
		.done_arg = s,
	};
	auto_free char *log_dir = NULL;
	struct document *doc;
	int status;

	run_destroy(s->run);
	s->run = NULL;
	s->none = (struct run_result){ 0 };
	doc = read_document(path, &s->none.err);
	if (!doc)
		return refuse(s);
	rc.doc = doc;
	if (s->c.log_dir)
		log_dir = s->c.n_documents > 1
		                  ? xasprintf("%s/%u", s->c.log_dir, s->number)
		                  : xstrdup(s->c.log_dir);
	rc.log_dir = log_dir;
	run_to_end(s, &rc);
	status = status_of(s, run_result(s->run));
	document_destroy(doc);
	return status;
}

// --- for the face --------------------------------------------------------------------

const struct run_result *session_result(const struct session *s)
{
	return s->run ? run_result(s->run) : &s->none;
}

const struct model *session_model(const struct session *s)
{
	return &s->log.model;
}

int session_signal(const struct session *s)
{
	return s->signo;
}

int session_page(const struct session *s, struct wire_page *page)
{
	return s->running && s->run ? run_page(s->run, page) : 0;
}

int64_t session_now_us(const struct session *s)
{
	struct host *h = s->log.host;

	return s->log.wall_us + h->mono_ns(h) / 1000 - s->log.mono_us;
}

static void on_ready(void *arg, int fd, short revents)
{
	(void)fd;
	(void)revents;
	*(int *)arg = 1;
}

int session_wait_fd(struct session *s, int fd)
{
	int ready = 0, before = s->signo;
	struct loop_source *source = loop_add_fd(s->loop, fd, POLLIN, on_ready, &ready);

	while (!ready && s->signo == before && !s->expired && loop_turn(s->loop, -1) == 0)
		;
	loop_remove(source);
	return ready;
}

int session_end(struct session *s, int status, struct err *e)
{
	struct event ev;

	event_init(&ev, EVENT_END);
	event_num(&ev, KEY_STATUS, status);
	eventlog_emit(&s->log, &ev);
	if (!s->log.failed.code)
		return 0;
	if (e)
		*e = s->log.failed;
	return -1;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	run_destroy(s->run);
	// Leave nothing in TMPDIR; it stays when another wfx has a run in it.
	if (s->runs_dir)
		rmdir(s->runs_dir);
	store_close(s->store);
	workspaces_finish(&s->workspaces);
	eventlog_finish(&s->log);
	loop_destroy(s->loop);
	free(s->runs_dir);
	free(s);
}
