// The run until its inputs are there: what it will do, the memo, consent, fetching.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "engine/event.h"
#include "engine/eventlog.h"
#include "engine/runstate.h"
#include "formula/document.h"
#include "store/store.h"

static void tell_inputs(struct run *r)
{
	const struct formula *f = r->c.doc->formula;

	for (size_t i = 0; i < f->n_inputs; i++) {
		struct event ev;

		event_init(&ev, EVENT_INPUT);
		event_num(&ev, KEY_INPUT, (int64_t)i + 1);
		event_text(&ev, KEY_PORT, f->inputs[i].port.text);
		event_text(&ev, KEY_WHAT, f->inputs[i].input.simple);
		eventlog_emit(r->c.log, &ev);
	}
}

static void tell_step(struct run *r, const char *text, struct doc_pos pos)
{
	struct event ev;

	event_init(&ev, EVENT_STEP);
	event_num(&ev, KEY_STEP, ++r->n_steps);
	event_text(&ev, KEY_TEXT, text);
	event_text(&ev, KEY_SOURCE, r->c.doc->name);
	event_num(&ev, KEY_LINE, pos.line);
	event_num(&ev, KEY_COLUMN, pos.column);
	eventlog_emit(r->c.log, &ev);
}

// A command as one would type it, roughly: for reading, not for running.
static void tell_command(struct run *r)
{
	const struct action *a = &r->c.doc->formula->action;
	struct str text = { 0 };

	for (size_t i = 0; i < a->n_command; i++)
		str_addf(&text, "%s%s", i ? " " : "", a->command[i].text);
	tell_step(r, str_cstr(&text), a->n_command ? a->command[0].pos : a->pos);
	str_finish(&text);
}

static void tell_steps(struct run *r)
{
	const struct action *a = &r->c.doc->formula->action;
	auto_free char *text = NULL;

	switch (r->mode) {
	case BOXSPEC_STEPSH:
		for (size_t i = 0; i < a->n_contents; i++)
			tell_step(r, a->contents[i].text, a->contents[i].pos);
		break;
	case BOXSPEC_INTERPRETER:
		text = xasprintf("%s %s", a->interpreter, BOXSPEC_SCRIPT);
		tell_step(r, text, a->pos);
		run_note(r,
		         "%s runs all %zu entries in one process: which of them an "
		         "output or a "
		         "failure belongs to is not known",
		         a->interpreter, a->n_contents);
		break;
	case BOXSPEC_EXEC:
		tell_command(r);
		break;
	}
}

static void tell_outputs(struct run *r)
{
	const struct formula *f = r->c.doc->formula;

	for (size_t i = 0; i < f->n_outputs; i++) {
		struct event ev;

		event_init(&ev, EVENT_OUTPUT);
		event_num(&ev, KEY_OUTPUT, (int64_t)i + 1);
		event_text(&ev, KEY_NAME, f->outputs[i].name);
		event_text(&ev, KEY_PORT, f->outputs[i].from.text);
		eventlog_emit(r->c.log, &ev);
	}
}

static void tell_formula(struct run *r)
{
	static const char *const shells[] = {
		[BOXSPEC_STEPSH] = "stepsh",
		[BOXSPEC_INTERPRETER] = "interpreter",
		[BOXSPEC_EXEC] = "none",
	};
	const struct action *a = &r->c.doc->formula->action;
	struct event ev;

	event_init(&ev, EVENT_FORMULA);
	event_num(&ev, KEY_FORMULA, r->c.number);
	event_text(&ev, KEY_DOCUMENT, r->c.doc->name);
	event_text(&ev, KEY_ID, r->result.record.formula_id);
	event_text(&ev, KEY_ACTION, a->kind == ACTION_SCRIPT ? "script" : "exec");
	if (a->kind == ACTION_SCRIPT)
		event_text(&ev, KEY_INTERPRETER, a->interpreter);
	event_text(&ev, KEY_SHELL, shells[r->mode]);
	eventlog_emit(r->c.log, &ev);
	for (size_t i = 0; i < r->c.doc->n_warnings; i++) {
		const struct doc_warning *w = &r->c.doc->warnings[i];

		run_note(r, "%s:%u:%u: %s", r->c.doc->name, w->pos.line, w->pos.column,
		         w->text);
	}
	tell_inputs(r);
	tell_steps(r);
	tell_outputs(r);
}

// --- the memo ------------------------------------------------------------------------

static void tell_memoized(struct run *r)
{
	for (size_t i = 0; i < r->result.record.results.n; i++) {
		const struct record_result *rr = &r->result.record.results.items[i];
		const char *ware =
			strncmp(rr->ware, "ware:", 5) == 0 ? rr->ware + 5 : rr->ware;
		struct event ev;

		event_init(&ev, EVENT_OUTPUT_END);
		event_text(&ev, KEY_NAME, rr->name);
		event_text(&ev, KEY_WARE, ware);
		eventlog_emit(r->c.log, &ev);
	}
}

// 1 = the record of an earlier run is now the result.
static int memo(struct run *r)
{
	struct record found = { 0 };
	struct err e = { 0 };
	struct str json = { 0 };
	struct event ev;
	int hit = 0;

	// What a mount or the network held is not part of the formula's ID.
	if (r->c.force || r->c.no_memo || r->n_asks)
		return 0;
	if (store_memo_read(r->c.store, r->result.record.formula_id, &json, &e) == 1 &&
	    record_read(&found, str_cstr(&json), json.len, &e) == 0)
		hit = strcmp(found.formula_id, r->result.record.formula_id) == 0 &&
		      found.exitcode == 0;
	if (hit) {
		record_finish(&r->result.record);
		r->result.record = found;
	} else {
		record_finish(&found);
		if (e.code)
			run_note(r, "the memo is not used: %s", e.msg);
	}
	str_finish(&json);
	event_init(&ev, EVENT_MEMO);
	event_num(&ev, KEY_HIT, hit);
	eventlog_emit(r->c.log, &ev);
	if (hit)
		tell_memoized(r);
	return hit;
}

// --- consent -------------------------------------------------------------------------

static void tell_asks(struct run *r, unsigned granted, const char *by)
{
	for (size_t i = 0; i < r->n_asks; i++) {
		struct event ev;

		event_init(&ev, EVENT_ASK);
		event_text(&ev, KEY_WHAT, r->asks[i].what);
		event_text(&ev, KEY_CONSEQUENCE, r->asks[i].consequence);
		event_num(&ev, KEY_GRANTED, (granted >> r->asks[i].kind) & 1);
		event_text(&ev, KEY_BY, by);
		eventlog_emit(r->c.log, &ev);
	}
}

static int consent(struct run *r)
{
	unsigned wanted = consent_bits(r->asks, r->n_asks);
	struct str list = { 0 }, flag = { 0 };
	int answer = -1;

	if (!wanted)
		return 0;
	if (!r->c.strict && !(wanted & ~r->c.allow)) {
		tell_asks(r, r->c.allow, "--allow");
		return 0;
	}
	consent_list(r->asks, r->n_asks, r->c.strict ? 0 : r->c.allow, &list);
	str_cut(&list, list.len - 1);
	if (!r->c.strict && r->c.ask)
		answer = r->c.ask(r->c.face, list.p);
	if (answer > 0) {
		tell_asks(r, ~0U, "the user");
		str_finish(&list);
		return 0;
	}
	tell_asks(r, r->c.strict ? 0 : r->c.allow, r->c.strict ? "--strict" : "nobody");
	consent_flag(wanted, &flag);
	err_set(&r->result.err, r->c.strict ? "wfx-strict" : "wfx-consent",
	        "%s: %s, and %s:\n%s", r->c.doc->name, "it asks for what is not hermetic",
	        r->c.strict   ? "--strict allows none of it"
	        : answer == 0 ? "you refused"
	                      : "nobody allowed it",
	        list.p);
	if (!r->c.strict)
		err_hint(&r->result.err, "if you trust it with that: --allow=%s", flag.p);
	str_finish(&list);
	str_finish(&flag);
	return -1;
}

// --- fetching ------------------------------------------------------------------------

static const char *context_address(const struct document *d, const struct wareid *id)
{
	for (size_t i = 0; i < d->n_warehouses; i++)
		if (wareid_equal(&d->warehouses[i].ware, id))
			return d->warehouses[i].addr;
	return NULL;
}

static int make_wants(struct run *r)
{
	const struct formula *f = r->c.doc->formula;
	struct fetch_want *wants =
		arena_zalloc(&r->arena, (f->n_inputs + 1) * sizeof(*wants));
	size_t n = 0;

	for (size_t i = 0; i < f->n_inputs; i++) {
		const struct input *in = &f->inputs[i].input;
		struct fetch_want *w = &wants[n];

		if (in->kind != INPUT_WARE)
			continue;
		w->id = in->ware;
		w->filters = filters_default(FILTER_UNPACK);
		for (size_t k = 0; k < in->n_filters; k++)
			if (filters_set(&w->filters, FILTER_UNPACK, in->filters[k].key,
			                in->filters[k].value, &r->result.err) < 0)
				return err_wrap(&r->result.err, "%s:%u:%u: input %s",
				                r->c.doc->name, in->pos.line,
				                in->pos.column, f->inputs[i].port.text);
		w->addr = context_address(r->c.doc, &in->ware);
		r->fetch_input[n++] = i;
	}
	r->job.fetch = wants;
	r->job.n = n;
	return 0;
}

static void on_news(void *arg, const struct job_news *news, int fd)
{
	static const enum event_kind kinds[] = {
		[JOB_BEGIN] = EVENT_INPUT_BEGIN,
		[JOB_PROGRESS] = EVENT_INPUT_PROGRESS,
		[JOB_END] = EVENT_INPUT_END,
	};
	struct run *r = arg;
	size_t input = r->fetch_input[news->index];
	struct event ev;

	if (news->kind == JOB_NOTICE) {
		run_note(r, "%s", news->text);
		return;
	}
	if (news->kind == JOB_END && !r->trees[input].path) {
		r->trees[input].path = xstrdup(news->path);
		r->trees[input].lock_fd = fd;
	} else if (fd >= 0) {
		close(fd);
	}
	event_init(&ev, kinds[news->kind]);
	event_num(&ev, KEY_INPUT, (int64_t)input + 1);
	if (news->phase[0])
		event_text(&ev, KEY_PHASE, news->phase);
	if (news->text[0])
		event_text(&ev, KEY_FROM, news->text);
	event_num(&ev, KEY_READ, (int64_t)(news->read & INT64_MAX));
	event_num(&ev, KEY_TOTAL, (int64_t)(news->total & INT64_MAX));
	event_num(&ev, KEY_CONTENT, (int64_t)(news->content & INT64_MAX));
	event_num(&ev, KEY_ENTRIES, (int64_t)(news->entries & INT64_MAX));
	eventlog_emit(r->c.log, &ev);
}

enum run_state run_begin(struct run *r)
{
	const struct formula *f = r->c.doc->formula;
	struct str id = { 0 };

	formula_id(f, &id);
	r->result.record.formula_id = str_steal(&id);
	host_uuid(r->c.host, r->result.record.guid);
	r->result.record.time = r->c.host->wall_ns(r->c.host) / 1000000000;
	r->mode = boxspec_mode_of(r->c.doc, r->c.formula_interpreter);
	r->n_asks = consent_asks(f, &r->asks);
	r->n_inputs = f->n_inputs;
	r->trees = arena_zalloc(&r->arena, (f->n_inputs + 1) * sizeof(*r->trees));
	r->fetch_input =
		arena_zalloc(&r->arena, (f->n_inputs + 1) * sizeof(*r->fetch_input));
	for (size_t i = 0; i < f->n_inputs; i++)
		r->trees[i].lock_fd = -1;
	tell_formula(r);
	if (memo(r))
		return run_done(r);
	if (consent(r) < 0 || make_wants(r) < 0)
		return run_fail(r);
	if (!r->job.n)
		return run_fetched(r);
	r->job.loop = r->c.loop;
	r->job.store = r->c.store;
	r->job.news = on_news;
	r->job.done = run_worker_done;
	r->job.arg = r;
	if (job_start_fetch(&r->job, &r->result.err) < 0)
		return run_fail(r);
	return RUN_FETCH;
}

enum run_state run_fetched(struct run *r)
{
	const struct formula *f = r->c.doc->formula;

	for (size_t i = 0; i < f->n_inputs; i++)
		if (f->inputs[i].input.kind == INPUT_WARE && !r->trees[i].path) {
			err_set(&r->result.err, "warpforge-error-internal",
			        "input %s was not fetched", f->inputs[i].port.text);
			return run_fail(r);
		}
	return run_box_start(r);
}
