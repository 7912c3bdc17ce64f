// Documents in upstream's canonical layout (spec §1.1 "Writer"): fields in the order of
// the schema, entries of maps in the order of the file.
#include "base/jsonw.h"
#include "base/str.h"
#include "formula/document.h"

static void write_filters(struct jsonw *w, const struct doc_filter *f, size_t n)
{
	jsonw_key(w, "filters");
	jsonw_open(w, '{');
	for (size_t i = 0; i < n; i++)
		jsonw_kstr(w, f[i].key, f[i].value);
	jsonw_close(w, '}');
}

static void write_input(struct jsonw *w, const char *key, const struct input *in)
{
	jsonw_key(w, key);
	if (!in->map_form) {
		jsonw_str(w, in->simple);
		return;
	}
	jsonw_open(w, '{');
	jsonw_kstr(w, "basis", in->simple);
	write_filters(w, in->filters, in->n_filters);
	jsonw_close(w, '}');
}

static void write_texts(struct jsonw *w, const char *key, const struct doc_text *t,
                        size_t n)
{
	jsonw_key(w, key);
	jsonw_open(w, '[');
	for (size_t i = 0; i < n; i++)
		jsonw_str(w, t[i].text);
	jsonw_close(w, ']');
}

static void write_action(struct jsonw *w, const struct action *a)
{
	static const char *const names[] = {
		[ACTION_ECHO] = "echo", [ACTION_EXEC] = "exec", [ACTION_SCRIPT] = "script"
	};

	jsonw_key(w, "action");
	jsonw_open(w, '{');
	jsonw_key(w, names[a->kind]);
	jsonw_open(w, '{');
	if (a->kind == ACTION_EXEC)
		write_texts(w, "command", a->command, a->n_command);
	if (a->kind == ACTION_SCRIPT) {
		jsonw_kstr(w, "interpreter", a->interpreter);
		write_texts(w, "contents", a->contents, a->n_contents);
	}
	if (a->kind != ACTION_ECHO && a->network >= 0)
		jsonw_kbool(w, "network", a->network);
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

static void write_gather(struct jsonw *w, const struct gather *g)
{
	jsonw_key(w, g->name);
	jsonw_open(w, '{');
	jsonw_kstr(w, "from", g->from.text);
	if (g->packtype)
		jsonw_kstr(w, "packtype", g->packtype);
	if (g->has_filters)
		write_filters(w, g->filters, g->n_filters);
	jsonw_close(w, '}');
}

static void write_formula(struct jsonw *w, const struct formula *f)
{
	jsonw_open(w, '{');
	jsonw_key(w, "inputs");
	jsonw_open(w, '{');
	for (size_t i = 0; i < f->n_inputs; i++)
		write_input(w, f->inputs[i].port.text, &f->inputs[i].input);
	jsonw_close(w, '}');
	write_action(w, &f->action);
	jsonw_key(w, "outputs");
	jsonw_open(w, '{');
	for (size_t i = 0; i < f->n_outputs; i++)
		write_gather(w, &f->outputs[i]);
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

static void write_plot(struct jsonw *w, const struct plot *p);

static void write_step(struct jsonw *w, const struct plot_step *s)
{
	jsonw_key(w, s->name);
	jsonw_open(w, '{');
	if (s->formula) {
		jsonw_key(w, "protoformula");
		write_formula(w, s->formula);
	} else {
		jsonw_key(w, "plot");
		write_plot(w, s->plot);
	}
	jsonw_close(w, '}');
}

static void write_plot_outputs(struct jsonw *w, const struct plot *p)
{
	jsonw_key(w, "outputs");
	jsonw_open(w, '{');
	for (size_t i = 0; i < p->n_outputs; i++) {
		const struct plot_output *o = &p->outputs[i];
		struct str pipe = { 0 };

		str_addf(&pipe, "pipe:%s:%s", o->step, o->from);
		jsonw_kstrn(w, o->label, pipe.p, pipe.len);
		str_finish(&pipe);
	}
	jsonw_close(w, '}');
}

static void write_plot(struct jsonw *w, const struct plot *p)
{
	jsonw_open(w, '{');
	jsonw_key(w, "inputs");
	jsonw_open(w, '{');
	for (size_t i = 0; i < p->n_inputs; i++)
		write_input(w, p->inputs[i].label, &p->inputs[i].input);
	jsonw_close(w, '}');
	jsonw_key(w, "steps");
	jsonw_open(w, '{');
	for (size_t i = 0; i < p->n_steps; i++)
		write_step(w, &p->steps[i]);
	jsonw_close(w, '}');
	write_plot_outputs(w, p);
	jsonw_close(w, '}');
}

static void write_context(struct jsonw *w, const struct document *d)
{
	jsonw_key(w, "context");
	jsonw_open(w, '{');
	jsonw_key(w, "context.v1");
	jsonw_open(w, '{');
	jsonw_key(w, "warehouses");
	jsonw_open(w, '{');
	for (size_t i = 0; i < d->n_warehouses; i++) {
		char id[WAREID_TEXT];

		jsonw_kstr(w, wareid_text(&d->warehouses[i].ware, id),
		           d->warehouses[i].addr);
	}
	jsonw_close(w, '}');
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

static void write_formula_file(struct jsonw *w, const struct document *d)
{
	jsonw_key(w, "formula");
	jsonw_open(w, '{');
	jsonw_key(w, "formula.v1");
	write_formula(w, d->formula);
	jsonw_close(w, '}');
	if (d->has_context)
		write_context(w, d);
}

void document_format(const struct document *d, struct str *out)
{
	struct jsonw w;

	jsonw_init(&w, out, JSON_TABS);
	jsonw_open(&w, '{');
	switch (d->kind) {
	case DOC_FORMULA:
		write_formula_file(&w, d);
		break;
	case DOC_PLOT:
		jsonw_key(&w, "plot.v1");
		write_plot(&w, d->plot);
		break;
	case DOC_MODULE:
		jsonw_key(&w, "module.v1");
		jsonw_open(&w, '{');
		jsonw_kstr(&w, "name", d->module_name);
		jsonw_close(&w, '}');
		break;
	}
	jsonw_close(&w, '}');
}
