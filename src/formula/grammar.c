#include "formula/grammar.h"

#include <stddef.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "formula/simple.h"

static struct doc_pos at(struct reader *r, size_t off)
{
	return source_at(&r->json->source, off);
}

static int read_port_text(struct reader *r, const char *text, size_t off,
                          struct port *port)
{
	if (text[0] != '/' && text[0] != '$') {
		schema_error(
			r, off,
			"\"%.200s\" is no port: a path in the box begins with '/', a "
			"variable with '$'",
			text);
		return err_hint(r->e, "did you mean \"/%.200s\" or \"$%.200s\"?", text,
		                text);
	}
	port->kind = text[0] == '/' ? PORT_PATH : PORT_VAR;
	port->text = text;
	port->name = text + 1;
	port->pos = at(r, off);
	return 0;
}

static int read_port(struct reader *r, const struct json *v, void *out)
{
	if (schema_expect(r, v, JSON_STRING, "a port") < 0)
		return -1;
	return read_port_text(r, v->text, v->off, out);
}

static int read_filter(struct reader *r, const struct json *v, void *out)
{
	struct doc_filter *f = out;

	f->key = v->key;
	return schema_text(r, v, &f->value);
}

// Upstream reads filters of any name, and stumbles over them when the formula runs.
static void warn_of_filters(struct reader *r, const struct json *v)
{
	struct filters set = filters_default(FILTER_UNPACK);
	struct err why = { 0 };

	for (const struct json *m = v->first; m; m = m->next)
		if (filters_set(&set, FILTER_UNPACK, m->key, m->text, &why) < 0)
			r->warn(r, m->key_off,
			        arena_printf(&r->json->arena, "%s; this cannot be run",
			                     why.msg));
}

static int read_input_filters(struct reader *r, const struct json *v, void *out)
{
	struct input *in = out;

	in->filters = schema_items(r, v, JSON_MAP, "\"filters\"", read_filter,
	                           sizeof(*in->filters), &in->n_filters);
	if (!in->filters)
		return -1;
	warn_of_filters(r, v);
	return 0;
}

static int read_basis_in_formula(struct reader *r, const struct json *v, void *out)
{
	return simple_read(r, v, 0, out);
}

static int read_basis_in_plot(struct reader *r, const struct json *v, void *out)
{
	return simple_read(r, v, 1, out);
}

// clang-format off
static const struct schema_field formula_input_fields[] = {
	{ "basis",   read_basis_in_formula, 0, 1 },
	{ "filters", read_input_filters, 0, 1 },
};
SCHEMA(formula_input, "an input with filters");

static const struct schema_field plot_input_fields[] = {
	{ "basis",   read_basis_in_plot,    0, 1 },
	{ "filters", read_input_filters, 0, 1 },
};
SCHEMA(plot_input, "an input with filters");
// clang-format on

static int read_input(struct reader *r, const struct json *v, int in_plot,
                      struct input *in)
{
	int result;

	if (v->type == JSON_MAP) {
		in->map_form = 1;
		result = schema_struct(r, v, in_plot ? &plot_input : &formula_input, in);
	} else if (v->type == JSON_STRING) {
		result = simple_read(r, v, in_plot, in);
	} else {
		result = schema_error(r, v->off,
		                      "an input must be a string or {\"basis\", "
		                      "\"filters\"}, not %s",
		                      json_type_name(v->type));
	}
	in->pos = at(r, v->off);
	return result;
}

static int read_port_input(struct reader *r, const struct json *v, int in_plot, void *out)
{
	struct port_input *p = out;

	if (read_port_text(r, v->key, v->key_off, &p->port) < 0)
		return -1;
	return read_input(r, v, in_plot, &p->input);
}

static int read_formula_port(struct reader *r, const struct json *v, void *out)
{
	return read_port_input(r, v, 0, out);
}

static int read_plot_port(struct reader *r, const struct json *v, void *out)
{
	return read_port_input(r, v, 1, out);
}

static int read_inputs_in_formula(struct reader *r, const struct json *v, void *out)
{
	struct formula *f = out;

	f->inputs = schema_items(r, v, JSON_MAP, "\"inputs\"", read_formula_port,
	                         sizeof(*f->inputs), &f->n_inputs);
	return f->inputs ? 0 : -1;
}

static int read_inputs_in_protoformula(struct reader *r, const struct json *v, void *out)
{
	struct formula *f = out;

	f->inputs = schema_items(r, v, JSON_MAP, "\"inputs\"", read_plot_port,
	                         sizeof(*f->inputs), &f->n_inputs);
	return f->inputs ? 0 : -1;
}

static int read_doc_text(struct reader *r, const struct json *v, void *out)
{
	struct doc_text *t = out;

	t->pos = at(r, v->off + 1);
	return schema_text(r, v, &t->text);
}

static int read_command(struct reader *r, const struct json *v, void *out)
{
	struct action *a = out;

	a->command = schema_items(r, v, JSON_LIST, "\"command\"", read_doc_text,
	                          sizeof(*a->command), &a->n_command);
	return a->command ? 0 : -1;
}

static int read_contents(struct reader *r, const struct json *v, void *out)
{
	struct action *a = out;

	a->contents = schema_items(r, v, JSON_LIST, "\"contents\"", read_doc_text,
	                           sizeof(*a->contents), &a->n_contents);
	return a->contents ? 0 : -1;
}

// clang-format off
static const struct schema_field exec_fields[] = {
	{ "command", read_command, 0, 1 },
	{ "network", schema_bool,  offsetof(struct action, network), 0 },
};
SCHEMA(exec, "exec");

static const struct schema_field script_fields[] = {
	{ "interpreter", schema_text,   offsetof(struct action, interpreter), 1 },
	{ "contents",    read_contents, 0, 1 },
	{ "network",     schema_bool,   offsetof(struct action, network), 0 },
};
SCHEMA(script, "script");
// clang-format on

static int read_echo(struct reader *r, const struct json *v, void *out)
{
	static const struct schema echo = { "echo", NULL, 0 };

	return schema_struct(r, v, &echo, out);
}

static int read_exec(struct reader *r, const struct json *v, void *out)
{
	return schema_struct(r, v, &exec, out);
}

static int read_script(struct reader *r, const struct json *v, void *out)
{
	return schema_struct(r, v, &script, out);
}

// In the order of enum action_kind.
static const struct schema_field action_fields[] = {
	{ "echo", read_echo, 0, 0 },
	{ "exec", read_exec, 0, 0 },
	{ "script", read_script, 0, 0 },
};
SCHEMA(action, "an action");

static int read_action(struct reader *r, const struct json *v, void *out)
{
	struct action *a = out;
	size_t kind = 0;

	if (v->type == JSON_STRING && strcmp(v->text, "echo") == 0) {
		schema_error(r, v->off,
		             "an action as a plain string is an extension of rustwarp");
		return err_hint(r->e, "write {\"echo\": {}}");
	}
	a->network = -1;
	a->pos = at(r, v->off);
	if (schema_union(r, v, &action, a, &kind) < 0)
		return -1;
	a->kind = (enum action_kind)kind;
	return 0;
}

static int read_packtype(struct reader *r, const struct json *v, void *out)
{
	struct gather *g = out;

	if (schema_text(r, v, &g->packtype) < 0)
		return -1;
	if (strcmp(g->packtype, "tar") != 0)
		r->warn(r, v->off,
		        "outputs are always packed as tar; this packtype has no effect");
	return 0;
}

static int read_gather_filters(struct reader *r, const struct json *v, void *out)
{
	struct gather *g = out;

	g->has_filters = 1;
	if (v->type == JSON_MAP && v->n)
		r->warn(r, v->key_off,
		        "outputs are always packed with the same filters; these have "
		        "no effect");
	g->filters = schema_items(r, v, JSON_MAP, "\"filters\"", read_filter,
	                          sizeof(*g->filters), &g->n_filters);
	return g->filters ? 0 : -1;
}

// clang-format off
static const struct schema_field gather_fields[] = {
	{ "from",     read_port,           offsetof(struct gather, from), 1 },
	{ "packtype", read_packtype,       0, 0 },
	{ "filters",  read_gather_filters, 0, 0 },
};
SCHEMA(gather, "an output");
// clang-format on

static int read_gather(struct reader *r, const struct json *v, void *out)
{
	struct gather *g = out;

	g->name = v->key;
	g->pos = at(r, v->key_off);
	return schema_struct(r, v, &gather, g);
}

static int read_outputs(struct reader *r, const struct json *v, void *out)
{
	struct formula *f = out;

	f->outputs = schema_items(r, v, JSON_MAP, "\"outputs\"", read_gather,
	                          sizeof(*f->outputs), &f->n_outputs);
	return f->outputs ? 0 : -1;
}

// clang-format off
static const struct schema_field formula_fields[] = {
	{ "inputs",  read_inputs_in_formula, 0, 1 },
	{ "action",  read_action,            offsetof(struct formula, action), 1 },
	{ "outputs", read_outputs,           0, 1 },
};
SCHEMA(formula, "a formula");

static const struct schema_field protoformula_fields[] = {
	{ "inputs",  read_inputs_in_protoformula, 0, 1 },
	{ "action",  read_action,                 offsetof(struct formula, action), 1 },
	{ "outputs", read_outputs,                0, 1 },
};
SCHEMA(protoformula, "a protoformula");
// clang-format on

int grammar_formula(struct reader *r, const struct json *v, void *out)
{
	struct formula *f = *(struct formula **)out =
		ARENA_NEW(&r->json->arena, struct formula);

	f->pos = at(r, v->off);
	return schema_struct(r, v, &formula, f);
}

static int read_protoformula(struct reader *r, const struct json *v, void *out)
{
	struct formula *f = *(struct formula **)out =
		ARENA_NEW(&r->json->arena, struct formula);

	f->pos = at(r, v->off);
	return schema_struct(r, v, &protoformula, f);
}

static int read_label_input(struct reader *r, const struct json *v, void *out)
{
	struct label_input *l = out;

	l->label = v->key;
	return read_input(r, v, 1, &l->input);
}

static int read_plot_inputs(struct reader *r, const struct json *v, void *out)
{
	struct plot *p = out;

	p->inputs = schema_items(r, v, JSON_MAP, "\"inputs\"", read_label_input,
	                         sizeof(*p->inputs), &p->n_inputs);
	return p->inputs ? 0 : -1;
}

// clang-format off
static const struct schema_field step_fields[] = {
	{ "protoformula", read_protoformula, offsetof(struct plot_step, formula), 0 },
	{ "plot",         grammar_plot,       offsetof(struct plot_step, plot), 0 },
};
SCHEMA(step, "a plot step");
// clang-format on

static int read_step(struct reader *r, const struct json *v, void *out)
{
	struct plot_step *s = out;

	s->name = v->key;
	s->pos = at(r, v->key_off);
	return schema_union(r, v, &step, s, NULL);
}

static int read_steps(struct reader *r, const struct json *v, void *out)
{
	struct plot *p = out;

	p->steps = schema_items(r, v, JSON_MAP, "\"steps\"", read_step, sizeof(*p->steps),
	                        &p->n_steps);
	return p->steps ? 0 : -1;
}

static int read_plot_output(struct reader *r, const struct json *v, void *out)
{
	struct plot_output *o = out;

	o->label = v->key;
	o->pos = at(r, v->off);
	return simple_read_pipe(r, v, &o->step, &o->from);
}

static int read_plot_outputs(struct reader *r, const struct json *v, void *out)
{
	struct plot *p = out;

	p->outputs = schema_items(r, v, JSON_MAP, "\"outputs\"", read_plot_output,
	                          sizeof(*p->outputs), &p->n_outputs);
	return p->outputs ? 0 : -1;
}

// clang-format off
static const struct schema_field plot_fields[] = {
	{ "inputs",  read_plot_inputs,  0, 1 },
	{ "steps",   read_steps,        0, 1 },
	{ "outputs", read_plot_outputs, 0, 1 },
};
SCHEMA(plot, "a plot");
// clang-format on

int grammar_plot(struct reader *r, const struct json *v, void *out)
{
	struct plot *p = *(struct plot **)out = ARENA_NEW(&r->json->arena, struct plot);

	return schema_struct(r, v, &plot, p);
}
