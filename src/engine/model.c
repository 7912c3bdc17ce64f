#include "engine/model.h"

#include <string.h>

void model_init(struct model *m)
{
	*m = (struct model){ 0 };
}

static void failure_finish(struct model_failure *f)
{
	vec_finish(&f->argv);
	vec_finish(&f->redirections);
	vec_finish(&f->pipestatus);
	vec_finish(&f->stack);
}

static void formula_finish(struct model_formula *f)
{
	for (size_t i = 0; i < f->steps.n; i++)
		if (f->steps.items[i].failure)
			failure_finish(f->steps.items[i].failure);
	vec_finish(&f->inputs);
	vec_finish(&f->outputs);
	vec_finish(&f->steps);
	vec_finish(&f->asks);
	vec_finish(&f->notes);
	vec_finish(&f->results);
}

void model_finish(struct model *m)
{
	for (size_t i = 0; i < m->formulas.n; i++)
		formula_finish(m->formulas.items[i]);
	vec_finish(&m->formulas);
	arena_finish(&m->arena);
}

struct model_formula *model_formula(const struct model *m)
{
	return m->formulas.n ? m->formulas.items[m->formulas.n - 1] : NULL;
}

const struct model_step *model_running(const struct model *m)
{
	const struct model_formula *f = model_formula(m);

	return f && f->running ? &f->steps.items[f->running - 1] : NULL;
}

// A field's text in the model's own memory, "" when absent.
static const char *text(struct model *m, const struct event *ev, enum event_key key)
{
	const char *s = event_str(ev, key);

	return s ? arena_strdup(&m->arena, s) : "";
}

// The same for a text that repeats in many events: copied only when it changed.
static void update(struct model *m, const char **at, const struct event *ev,
                   enum event_key key)
{
	const char *s = event_str(ev, key);

	if (s && strcmp(*at, s) != 0)
		*at = arena_strdup(&m->arena, s);
}

// The element that a number of the event names, or NULL. Numbers count from 1.
#define NUMBERED(vec, ev, key) \
	({ \
		int64_t i_ = event_get((ev), (key), 0); \
		i_ >= 1 && (uint64_t)i_ <= (vec)->n ? &(vec)->items[i_ - 1] : NULL; \
	})

static void begin(struct model *m, struct model_formula *f, const struct event *ev)
{
	(void)f;
	m->program = text(m, ev, KEY_PROGRAM);
	m->begin_us = ev->time_us;
}

static void formula(struct model *m, struct model_formula *f, const struct event *ev)
{
	f = ARENA_NEW(&m->arena, struct model_formula);
	*vec_push(&m->formulas) = f;
	f->number = event_get(ev, KEY_FORMULA, (int64_t)m->formulas.n);
	f->document = text(m, ev, KEY_DOCUMENT);
	f->id = text(m, ev, KEY_ID);
	f->action = text(m, ev, KEY_ACTION);
	f->interpreter = text(m, ev, KEY_INTERPRETER);
	f->shell = text(m, ev, KEY_SHELL);
	f->begin_us = ev->time_us;
}

static struct model_transfer transfer(struct model *m, const struct event *ev)
{
	return (struct model_transfer){
		.port = text(m, ev, KEY_PORT),
		.what = text(m, ev, KEY_WHAT),
		.name = text(m, ev, KEY_NAME),
		.phase = "",
		.from = "",
		.ware = "",
	};
}

static void input(struct model *m, struct model_formula *f, const struct event *ev)
{
	*vec_push(&f->inputs) = transfer(m, ev);
}

static void output(struct model *m, struct model_formula *f, const struct event *ev)
{
	*vec_push(&f->outputs) = transfer(m, ev);
}

static void step(struct model *m, struct model_formula *f, const struct event *ev)
{
	struct model_step *s = vec_push(&f->steps);

	*s = (struct model_step){
		.number = (int64_t)f->steps.n,
		.text = text(m, ev, KEY_TEXT),
		.source = text(m, ev, KEY_SOURCE),
		.line = event_get(ev, KEY_LINE, 0),
		.column = event_get(ev, KEY_COLUMN, 0),
	};
}

static void ask(struct model *m, struct model_formula *f, const struct event *ev)
{
	*vec_push(&f->asks) = (struct model_ask){
		.what = text(m, ev, KEY_WHAT),
		.consequence = text(m, ev, KEY_CONSEQUENCE),
		.by = text(m, ev, KEY_BY),
		.granted = event_get(ev, KEY_GRANTED, 0) != 0,
	};
}

static void memo(struct model *m, struct model_formula *f, const struct event *ev)
{
	(void)m;
	f->memoized = event_get(ev, KEY_HIT, 0) != 0;
}

static void moved(struct model *m, struct model_transfer *t, const struct event *ev)
{
	if (!t)
		return;
	if (!t->begin_us)
		t->begin_us = ev->time_us;
	update(m, &t->phase, ev, KEY_PHASE);
	update(m, &t->from, ev, KEY_FROM);
	t->read = event_get(ev, KEY_READ, t->read);
	t->total = event_get(ev, KEY_TOTAL, t->total);
	t->content = event_get(ev, KEY_CONTENT, t->content);
	t->entries = event_get(ev, KEY_ENTRIES, t->entries);
}

static void input_moved(struct model *m, struct model_formula *f, const struct event *ev)
{
	f->state = MODEL_INPUTS;
	moved(m, NUMBERED(&f->inputs, ev, KEY_INPUT), ev);
}

static void input_end(struct model *m, struct model_formula *f, const struct event *ev)
{
	struct model_transfer *t = NUMBERED(&f->inputs, ev, KEY_INPUT);

	moved(m, t, ev);
	if (t) {
		t->phase = "done";
		t->end_us = ev->time_us;
	}
}

static void box(struct model *m, struct model_formula *f, const struct event *ev)
{
	(void)m;
	(void)ev;
	f->state = MODEL_STEPS;
}

static void step_begin(struct model *m, struct model_formula *f, const struct event *ev)
{
	struct model_step *s = NUMBERED(&f->steps, ev, KEY_STEP);

	(void)m;
	if (!s)
		return;
	f->state = MODEL_STEPS;
	s->state = STEP_RUNNING;
	s->begin_us = ev->time_us;
	f->running = s->number;
}

static void print(struct model *m, struct model_formula *f, const struct event *ev)
{
	struct model_step *s = NUMBERED(&f->steps, ev, KEY_STEP);
	const char *stream = event_str(ev, KEY_STREAM);
	int64_t end = event_get(ev, KEY_OFFSET, 0) + event_get(ev, KEY_BYTES, 0);

	(void)m;
	if (!s || !stream)
		return;
	if (strcmp(stream, "err") == 0)
		s->err_bytes = end;
	else
		s->out_bytes = end;
}

static struct model_frame frame(struct model *m, const struct event *ev,
                                const struct event_field *f)
{
	const struct event_field *end = ev->fields.items + ev->fields.n;
	struct model_frame fr = { .name = "", .source = "", .what = "" };

	for (f++; f < end && !f->close; f++) {
		const char *s = f->text ? arena_strdup(&m->arena, f->text) : "";

		if (f->key == KEY_NAME)
			fr.name = s;
		else if (f->key == KEY_SOURCE)
			fr.source = s;
		else if (f->key == KEY_WHAT)
			fr.what = s;
		else if (f->key == KEY_LINE)
			fr.line = f->num;
		else if (f->key == KEY_COLUMN)
			fr.column = f->num;
	}
	return fr;
}

static struct model_failure *failure(struct model *m, const struct event *ev)
{
	struct model_failure *f = ARENA_NEW(&m->arena, struct model_failure);
	const struct event_field *p = NULL;

	f->kind = text(m, ev, KEY_FAILURE);
	f->text = text(m, ev, KEY_TEXT);
	f->cwd = text(m, ev, KEY_CWD);
	f->path = text(m, ev, KEY_PATH);
	f->variable = text(m, ev, KEY_VARIABLE);
	f->loader = text(m, ev, KEY_LOADER);
	f->snippet = text(m, ev, KEY_SNIPPET);
	f->source = text(m, ev, KEY_SOURCE);
	f->tail = text(m, ev, KEY_TAIL);
	f->error = event_get(ev, KEY_ERRNO, 0);
	f->line = event_get(ev, KEY_LINE, 0);
	f->column = event_get(ev, KEY_COLUMN, 0);
	f->end_line = event_get(ev, KEY_END_LINE, 0);
	f->end_column = event_get(ev, KEY_END_COLUMN, 0);
	f->depth = event_get(ev, KEY_DEPTH, 0);
	while ((p = event_next(ev, KEY_ARGV, p)))
		*vec_push(&f->argv) = arena_strdup(&m->arena, p->text);
	while ((p = event_next(ev, KEY_REDIRECTION, p)))
		*vec_push(&f->redirections) = arena_strdup(&m->arena, p->text);
	while ((p = event_next(ev, KEY_PIPESTATUS, p)))
		*vec_push(&f->pipestatus) = p->num;
	while ((p = event_next(ev, KEY_STACK, p)))
		*vec_push(&f->stack) = frame(m, ev, p);
	return f;
}

static void step_end(struct model *m, struct model_formula *f, const struct event *ev)
{
	struct model_step *s = NUMBERED(&f->steps, ev, KEY_STEP);

	if (!s)
		return;
	s->end_us = ev->time_us;
	s->status = event_get(ev, KEY_STATUS, 0);
	s->signal = event_get(ev, KEY_SIGNAL, 0);
	s->out_bytes = event_get(ev, KEY_OUT_BYTES, s->out_bytes);
	s->err_bytes = event_get(ev, KEY_ERR_BYTES, s->err_bytes);
	s->user_us = event_get(ev, KEY_USER_US, 0);
	s->sys_us = event_get(ev, KEY_SYS_US, 0);
	s->maxrss_kb = event_get(ev, KEY_MAXRSS_KB, 0);
	s->state = event_str(ev, KEY_FAILURE) ? STEP_FAILED : STEP_OK;
	if (s->state == STEP_FAILED && !s->failure)
		s->failure = failure(m, ev);
	f->running = 0;
}

static void output_moved(struct model *m, struct model_formula *f, const struct event *ev)
{
	f->state = MODEL_OUTPUTS;
	moved(m, NUMBERED(&f->outputs, ev, KEY_OUTPUT), ev);
}

static void output_end(struct model *m, struct model_formula *f, const struct event *ev)
{
	struct model_transfer *t = NUMBERED(&f->outputs, ev, KEY_OUTPUT);
	struct model_result r = { .name = text(m, ev, KEY_NAME),
		                  .ware = text(m, ev, KEY_WARE) };

	*vec_push(&f->results) = r;
	moved(m, t, ev);
	if (t) {
		t->phase = "done";
		t->ware = r.ware;
		t->end_us = ev->time_us;
	}
}

static void signalled(struct model *m, struct model_formula *f, const struct event *ev)
{
	(void)f;
	m->signal = event_get(ev, KEY_SIGNAL, 0);
}

static void timeout(struct model *m, struct model_formula *f, const struct event *ev)
{
	(void)f;
	m->timeout = text(m, ev, KEY_WHAT);
}

static void note(struct model *m, struct model_formula *f, const struct event *ev)
{
	*vec_push(&f->notes) = text(m, ev, KEY_TEXT);
}

static void error(struct model *m, struct model_formula *f, const struct event *ev)
{
	struct model_error *e = f && f->state != MODEL_ENDED ? &f->error : &m->error;

	e->code = text(m, ev, KEY_CODE);
	e->message = text(m, ev, KEY_MESSAGE);
	e->hint = text(m, ev, KEY_HINT);
}

static void formula_end(struct model *m, struct model_formula *f, const struct event *ev)
{
	f->state = MODEL_ENDED;
	f->end_us = ev->time_us;
	f->exitcode = event_get(ev, KEY_EXITCODE, 0);
	f->guid = text(m, ev, KEY_GUID);
	f->running = 0;
}

static void end(struct model *m, struct model_formula *f, const struct event *ev)
{
	(void)f;
	m->ended = 1;
	m->status = event_get(ev, KEY_STATUS, 0);
}

typedef void fold_fn(struct model *m, struct model_formula *f, const struct event *ev);

// A kind without a row is skipped; one with `in_formula` also when there is no formula.
static const struct {
	fold_fn *fold;
	int in_formula;
} folds[EVENT_COUNT] = {
	[EVENT_BEGIN] = { begin, 0 },
	[EVENT_FORMULA] = { formula, 0 },
	[EVENT_INPUT] = { input, 1 },
	[EVENT_STEP] = { step, 1 },
	[EVENT_OUTPUT] = { output, 1 },
	[EVENT_ASK] = { ask, 1 },
	[EVENT_MEMO] = { memo, 1 },
	[EVENT_INPUT_BEGIN] = { input_moved, 1 },
	[EVENT_INPUT_PROGRESS] = { input_moved, 1 },
	[EVENT_INPUT_END] = { input_end, 1 },
	[EVENT_BOX] = { box, 1 },
	[EVENT_STEP_BEGIN] = { step_begin, 1 },
	[EVENT_PRINT] = { print, 1 },
	[EVENT_STEP_END] = { step_end, 1 },
	[EVENT_OUTPUT_BEGIN] = { output_moved, 1 },
	[EVENT_OUTPUT_PROGRESS] = { output_moved, 1 },
	[EVENT_OUTPUT_END] = { output_end, 1 },
	[EVENT_SIGNAL] = { signalled, 0 },
	[EVENT_TIMEOUT] = { timeout, 0 },
	[EVENT_NOTE] = { note, 1 },
	[EVENT_ERROR] = { error, 0 },
	[EVENT_FORMULA_END] = { formula_end, 1 },
	[EVENT_END] = { end, 0 },
};

void model_apply(struct model *m, const struct event *ev)
{
	struct model_formula *f = model_formula(m);

	m->seq = ev->seq;
	m->now_us = ev->time_us;
	if (ev->kind < EVENT_COUNT && folds[ev->kind].fold &&
	    (f || !folds[ev->kind].in_formula))
		folds[ev->kind].fold(m, f, ev);
}
