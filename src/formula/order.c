// The order of a plot's steps (spec §4.9): steps are visited by name; what a step needs
// is visited before it, in the order of (step, label).
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "formula/document.h"

#define BAD_PLOT "warpforge-error-plot-invalid"

// A pipe into a step.
struct need {
	const char *step, *label;
	size_t index; // of the step
	const struct input *input;
};

// A step on the path of the visit, with what of it is still to be visited.
struct visit {
	size_t step;
	struct need *needs;
	size_t n, next;
};

struct ordering {
	const struct document *d;
	const struct plot *p;
	const struct plot_step **by_name;
	char *state; // of each step: 0, ON_PATH or DONE
	VEC(struct visit) path;
	size_t *order, n;
	struct err *e;
};

enum { ON_PATH = 1, DONE };

static int by_name(const void *a, const void *b)
{
	const struct plot_step *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int name_is(const void *key, const void *item)
{
	return strcmp(key, (*(const struct plot_step *const *)item)->name);
}

static const struct plot_step *find_step(const struct ordering *o, const char *name)
{
	const struct plot_step **s =
		bsearch(name, o->by_name, o->p->n_steps, sizeof(*o->by_name), name_is);

	return s ? *s : NULL;
}

static int has_output(const struct plot_step *s, const char *label)
{
	for (size_t i = 0; s->formula && i < s->formula->n_outputs; i++)
		if (strcmp(s->formula->outputs[i].name, label) == 0)
			return 1;
	for (size_t i = 0; s->plot && i < s->plot->n_outputs; i++)
		if (strcmp(s->plot->outputs[i].label, label) == 0)
			return 1;
	return 0;
}

static int has_input(const struct plot *p, const char *label)
{
	for (size_t i = 0; i < p->n_inputs; i++)
		if (strcmp(p->inputs[i].label, label) == 0)
			return 1;
	return 0;
}

// Find what STEP:LABEL names; 0 or an error. *step is the step.
static int resolve(const struct ordering *o, struct doc_pos pos, const char *step,
                   const char *label, size_t *index)
{
	const struct plot_step *s = find_step(o, step);

	if (!s)
		return document_error(
			o->d, pos, BAD_PLOT, o->e,
			"\"pipe:%.100s:%.100s\": there is no step \"%.100s\"", step,
			label, step);
	if (!has_output(s, label))
		return document_error(
			o->d, pos, BAD_PLOT, o->e,
			"\"pipe:%.100s:%.100s\": step \"%.100s\" has no output "
			"\"%.100s\"",
			step, label, step, label);
	*index = (size_t)(s - o->p->steps);
	return 0;
}

static int by_step_and_label(const void *a, const void *b)
{
	const struct need *x = a, *y = b;
	int order = strcmp(x->step, y->step);

	return order ? order : strcmp(x->label, y->label);
}

static int add_need(const struct ordering *o, const struct input *in, struct visit *v)
{
	struct need *n = &v->needs[v->n];

	if (in->kind != INPUT_PIPE)
		return 0;
	if (!in->step[0]) {
		if (has_input(o->p, in->label))
			return 0;
		return document_error(o->d, in->pos, BAD_PLOT, o->e,
		                      "\"%.200s\": the plot has no input \"%.100s\"",
		                      in->simple, in->label);
	}
	*n = (struct need){ in->step, in->label, 0, in };
	if (resolve(o, in->pos, n->step, n->label, &n->index) < 0)
		return -1;
	v->n++;
	return 0;
}

// Begin to visit a step: collect and check what it needs. An input of a subplot that is a
// pipe leads to the plot around it.
static int enter(struct ordering *o, size_t step)
{
	const struct plot_step *s = &o->p->steps[step];
	size_t most = s->formula ? s->formula->n_inputs : s->plot->n_inputs;
	struct visit v = { .step = step, .needs = xcalloc(most + 1, sizeof(*v.needs)) };
	int result = 0;

	for (size_t i = 0; i < most && result == 0; i++)
		result = add_need(o,
		                  s->formula ? &s->formula->inputs[i].input
		                             : &s->plot->inputs[i].input,
		                  &v);
	qsort(v.needs, v.n, sizeof(*v.needs), by_step_and_label);
	o->state[step] = ON_PATH;
	*vec_push(&o->path) = v;
	return result;
}

// "a" needs "b" needs "a".
static int loop(const struct ordering *o, const struct need *n)
{
	struct str text = { 0 };
	size_t from = 0;

	while (o->path.items[from].step != n->index)
		from++;
	for (size_t i = from; i < o->path.n && text.len < 400; i++)
		str_addf(&text, "\"%.60s\" needs ",
		         o->p->steps[o->path.items[i].step].name);
	document_error(o->d, n->input->pos, BAD_PLOT, o->e,
	               "the steps go round in a loop: %s"
	               "\"%.60s\"",
	               str_cstr(&text), n->step);
	str_finish(&text);
	return -1;
}

// Visit a step and all it needs, without recursion: chains may be long.
static int visit(struct ordering *o, size_t step)
{
	if (enter(o, step) < 0)
		return -1;
	while (o->path.n) {
		struct visit *v = &o->path.items[o->path.n - 1];

		if (v->next < v->n) {
			const struct need *n = &v->needs[v->next++];

			if (o->state[n->index] == ON_PATH)
				return loop(o, n);
			if (o->state[n->index] != DONE && enter(o, n->index) < 0)
				return -1;
			continue;
		}
		o->state[v->step] = DONE;
		o->order[o->n++] = v->step;
		free(v->needs);
		o->path.n--;
	}
	return 0;
}

static int check_outputs(const struct ordering *o)
{
	for (size_t i = 0; i < o->p->n_outputs; i++) {
		const struct plot_output *out = &o->p->outputs[i];
		size_t index;

		if (!out->step[0])
			return document_error(
				o->d, out->pos, BAD_PLOT, o->e,
				"an output of a plot must come from a step, not from "
				"the input \"%.100s\"",
				out->from);
		if (resolve(o, out->pos, out->step, out->from, &index) < 0)
			return -1;
	}
	return 0;
}

int plot_order(const struct document *d, const struct plot *p, size_t *order,
               struct err *e)
{
	struct ordering o = { .d = d, .p = p, .order = order, .e = e };
	int result = 0;

	o.by_name = xcalloc(p->n_steps + 1, sizeof(*o.by_name));
	o.state = xcalloc(p->n_steps + 1, 1);
	for (size_t i = 0; i < p->n_steps; i++)
		o.by_name[i] = &p->steps[i];
	qsort(o.by_name, p->n_steps, sizeof(*o.by_name), by_name);
	for (size_t i = 0; i < p->n_steps && result == 0; i++) {
		size_t step = (size_t)(o.by_name[i] - p->steps);

		if (o.state[step] != DONE)
			result = visit(&o, step);
	}
	if (result == 0)
		result = check_outputs(&o);
	for (size_t i = 0; i < o.path.n; i++)
		free(o.path.items[i].needs);
	vec_finish(&o.path);
	free(o.by_name);
	free(o.state);
	return result;
}
