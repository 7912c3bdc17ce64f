// The run's end: packing the outputs, the record, the memo, cleaning up.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/mem.h"
#include "base/str.h"
#include "engine/event.h"
#include "engine/eventlog.h"
#include "engine/runstate.h"
#include "formula/document.h"
#include "store/store.h"

void run_note(struct run *r, const char *fmt, ...)
{
	struct str text = { 0 };
	struct event ev;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	event_init(&ev, EVENT_NOTE);
	event_text(&ev, KEY_TEXT, str_cstr(&text));
	eventlog_emit(r->c.log, &ev);
	str_finish(&text);
}

// --- packing -------------------------------------------------------------------------

static void on_news(void *arg, const struct job_news *news, int fd)
{
	static const enum event_kind kinds[] = {
		[JOB_BEGIN] = EVENT_OUTPUT_BEGIN,
		[JOB_PROGRESS] = EVENT_OUTPUT_PROGRESS,
		[JOB_END] = EVENT_OUTPUT_END,
	};
	struct run *r = arg;
	const char *name = r->c.doc->formula->outputs[news->index].name;
	char ware[WAREID_TEXT];
	struct event ev;

	if (fd >= 0)
		close(fd);
	if (news->kind == JOB_NOTICE) {
		run_note(r, "%s", news->text);
		return;
	}
	event_init(&ev, kinds[news->kind]);
	event_num(&ev, KEY_OUTPUT, (int64_t)news->index + 1);
	event_text(&ev, KEY_NAME, name);
	event_text(&ev, KEY_PHASE, news->phase);
	event_num(&ev, KEY_READ, (int64_t)(news->read & INT64_MAX));
	event_num(&ev, KEY_CONTENT, (int64_t)(news->content & INT64_MAX));
	event_num(&ev, KEY_ENTRIES, (int64_t)(news->entries & INT64_MAX));
	if (news->kind == JOB_END) {
		auto_free char *text =
			xasprintf("ware:%s", wareid_text(&news->ware, ware));

		event_text(&ev, KEY_WARE, ware);
		// In order, each once: what the worker says is not taken on trust.
		if (news->index == r->result.record.results.n)
			record_add(&r->result.record, name, text);
	}
	eventlog_emit(r->c.log, &ev);
}

enum run_state run_gather(struct run *r)
{
	const struct formula *f = r->c.doc->formula;
	struct gather_want *wants =
		arena_zalloc(&r->arena, (f->n_outputs + 1) * sizeof(*wants));
	int whole = 0;

	if (run_box_finish(r, &r->result.err) < 0)
		return run_fail(r);
	if (!f->n_outputs)
		return run_gathered(r);
	for (size_t i = 0; i < f->n_outputs; i++) {
		wants[i].from = boxspec_clean(&r->arena, f->outputs[i].from.name);
		whole |= strcmp(wants[i].from, "/") == 0;
	}
	r->job = (struct job){
		.loop = r->c.loop,
		.store = r->c.store,
		.gather = wants,
		.n = f->n_outputs,
		.box = r->box,
		.root_fd = box_open_root(r->box, &r->result.err),
		.root_only_fd = -1,
		.news = on_news,
		.done = run_worker_done,
		.arg = r,
	};
	if (r->job.root_fd < 0)
		return run_fail(r);
	if (whole) {
		r->job.root_only_fd = box_open_root_only(r->box, &r->result.err);
		if (r->job.root_only_fd < 0)
			return run_fail(r);
	}
	if (job_start_gather(&r->job, &r->result.err) < 0)
		return run_fail(r);
	return RUN_PACK;
}

static void write_memo(struct run *r)
{
	struct str json = { 0 };
	struct err e = { 0 };

	// With a failed step (--on-fail=continue) it is not what a later run would make.
	if (r->c.no_memo || r->n_asks || r->failed_step)
		return;
	record_memo(&r->result.record, &json);
	if (store_memo_write(r->c.store, r->result.record.formula_id, json.p, json.len,
	                     &e) < 0)
		run_note(r, "no memo was written: %s", e.msg);
	str_finish(&json);
}

enum run_state run_gathered(struct run *r)
{
	if (r->result.record.results.n != r->c.doc->formula->n_outputs) {
		err_set(&r->result.err, "warpforge-error-internal",
		        "%zu of %zu outputs were packed", r->result.record.results.n,
		        r->c.doc->formula->n_outputs);
		return run_fail(r);
	}
	write_memo(r);
	return run_done(r);
}

// --- the end -------------------------------------------------------------------------

static void remove_or_keep(struct run *r)
{
	auto_free char *events = xasprintf("%s/events.jsonl", r->run_dir), *kept = NULL;
	const char *slash = strrchr(r->run_dir, '/');
	struct err e = { 0 };

	if (r->c.keep_run_dir) {
		kept = xasprintf("%.*s/kept-%s", (int)(slash - r->run_dir), r->run_dir,
		                 slash + 1);
		run_note(r, "the run folder is kept: %s", kept);
		eventlog_drop_file(r->c.log, events);
		if (rename(r->run_dir, kept) < 0)
			run_note(r, "it is still called %s", r->run_dir);
		close(r->run_lock);
		return;
	}
	eventlog_drop_file(r->c.log, events);
	if (box_run_dir_remove(r->run_dir, r->run_lock, &e) < 0)
		run_note(r, "the run folder could not be removed: %s", e.msg);
}

// The last thing: remove the run folder, or keep it under a name that no later run sweeps.
static void leave_run_dir(struct run *r)
{
	if (r->run_dir)
		remove_or_keep(r);
	free(r->run_dir);
	free(r->log_dir);
	r->run_dir = r->log_dir = NULL;
}

static void clean_up(struct run *r)
{
	struct err e = { 0 };

	worker_kill(r->job.worker);
	r->job.worker = NULL;
	if (r->stop_err.code && r->job.n)
		store_sweep(r->c.store); // after a worker that was killed
	if (r->job.gather && r->job.root_fd >= 0)
		close(r->job.root_fd);
	if (r->job.gather && r->job.root_only_fd >= 0)
		close(r->job.root_only_fd);
	r->job.gather = NULL;
	run_box_finish(r, NULL);
	run_box_forget(r);
	box_destroy(r->box);
	r->box = NULL;
	boxspec_finish(&r->spec);
	if (outlog_close(r->outlog, &e) < 0 && !r->result.err.code)
		r->result.err = e;
	r->outlog = NULL;
	if (r->page)
		munmap(r->page, 4096);
	r->page = NULL;
	if (r->page_fd >= 0)
		close(r->page_fd);
	r->page_fd = -1;
}

static void tell_error(struct run *r)
{
	const struct err *e = &r->result.err;
	const char *key, *value;
	struct event ev;
	size_t pos = 0;

	event_init(&ev, EVENT_ERROR);
	event_text(&ev, KEY_CODE, e->code);
	event_text(&ev, KEY_MESSAGE, e->msg);
	event_text(&ev, KEY_HINT, err_hint_text(e));
	while (err_detail_next(e, &pos, &key, &value)) {
		event_open(&ev, KEY_DETAIL);
		event_text(&ev, KEY_NAME, key);
		event_text(&ev, KEY_TEXT, value);
		event_close(&ev, KEY_DETAIL);
	}
	eventlog_emit(r->c.log, &ev);
}

static void tell_end(struct run *r, int memoized)
{
	struct event ev;

	event_init(&ev, EVENT_FORMULA_END);
	event_num(&ev, KEY_EXITCODE, r->result.record.exitcode);
	event_text(&ev, KEY_GUID, r->result.record.guid);
	event_num(&ev, KEY_UNIX_TIME, r->result.record.time);
	event_num(&ev, KEY_MEMOIZED, memoized);
	eventlog_emit(r->c.log, &ev);
}

enum run_state run_done(struct run *r)
{
	int memoized = r->state == RUN_NEW;

	clean_up(r);
	if (r->result.err.code)
		return run_fail(r);
	r->result.executed = 1;
	tell_end(r, memoized);
	leave_run_dir(r);
	return RUN_ENDED;
}

enum run_state run_fail(struct run *r)
{
	// Outputs that were packed before something failed are no result.
	clean_up(r);
	record_clear(&r->result.record);
	tell_error(r);
	tell_end(r, 0);
	leave_run_dir(r);
	return RUN_ENDED;
}
