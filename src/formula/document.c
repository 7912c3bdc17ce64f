#include "formula/document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "formula/schema.h"
#include "formula/simple.h"

enum { MAX_SIZE = 64 << 20 };

struct doc_private {
	struct document d;
	struct json_doc json;
	char *source;
	char *name;
	VEC(struct doc_warning) warnings;
};

static struct doc_private *priv_of(struct reader *r)
{
	return r->user;
}

static void warn(struct reader *r, size_t off, const char *text)
{
	struct doc_warning w = { source_at(&r->json->source, off), text };

	*vec_push(&priv_of(r)->warnings) = w;
}

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

// What filter lists are read into, inside inputs and gather directives.
#define FILTERS(type) \
	static int read_filters_of_##type(struct reader *r, const struct json *v, \
	                                  void *out) \
	{ \
		struct type *t = out; \
\
		t->filters = schema_items(r, v, JSON_MAP, "\"filters\"", read_filter, \
		                          sizeof(*t->filters), &t->n_filters); \
		return t->filters ? 0 : -1; \
	}

FILTERS(input)
FILTERS(gather)

static int read_basis_in_formula(struct reader *r, const struct json *v, void *out)
{
	return simple_read(r, v, 0, out);
}

static int read_basis_in_plot(struct reader *r, const struct json *v, void *out)
{
	return simple_read(r, v, 1, out);
}

// clang-format off
#define SCHEMA(name, what) \
	static const struct schema name = { what, name##_fields, ARRAY_LEN(name##_fields) }

static const struct schema_field formula_input_fields[] = {
	{ "basis",   read_basis_in_formula, 0, 1 },
	{ "filters", read_filters_of_input, 0, 1 },
};
SCHEMA(formula_input, "an input with filters");

static const struct schema_field plot_input_fields[] = {
	{ "basis",   read_basis_in_plot,    0, 1 },
	{ "filters", read_filters_of_input, 0, 1 },
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
		warn(r, v->off,
		     "outputs are always packed as tar; this packtype has no effect");
	return 0;
}

static int read_gather_filters(struct reader *r, const struct json *v, void *out)
{
	struct gather *g = out;

	g->has_filters = 1;
	if (v->type == JSON_MAP && v->n)
		warn(r, v->key_off,
		     "outputs are always packed with the same filters; these have "
		     "no effect");
	return read_filters_of_gather(r, v, out);
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

static int read_formula(struct reader *r, const struct json *v, void *out)
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

static int read_plot(struct reader *r, const struct json *v, void *out);

// clang-format off
static const struct schema_field step_fields[] = {
	{ "protoformula", read_protoformula, offsetof(struct plot_step, formula), 0 },
	{ "plot",         read_plot,         offsetof(struct plot_step, plot), 0 },
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

static int read_plot(struct reader *r, const struct json *v, void *out)
{
	struct plot *p = *(struct plot **)out = ARENA_NEW(&r->json->arena, struct plot);

	return schema_struct(r, v, &plot, p);
}

static int read_warehouse(struct reader *r, const struct json *v, void *out)
{
	struct doc_warehouse *w = out;
	struct err why = { 0 };

	if (wareid_parse(&w->ware, v->key, &why) < 0) {
		schema_error(r, v->key_off, "%s", why.msg);
		if (strncmp(v->key, "ware:", 5) == 0)
			err_hint(r->e,
			         "the keys of warehouses have no \"ware:\" in front");
		return -1;
	}
	return schema_text(r, v, &w->addr);
}

static int read_warehouses(struct reader *r, const struct json *v, void *out)
{
	struct document *d = out;

	d->warehouses = schema_items(r, v, JSON_MAP, "\"warehouses\"", read_warehouse,
	                             sizeof(*d->warehouses), &d->n_warehouses);
	return d->warehouses ? 0 : -1;
}

static const struct schema_field context_fields[] = {
	{ "warehouses", read_warehouses, 0, 1 },
};
SCHEMA(context, "context.v1");

static int read_context(struct reader *r, const struct json *v, void *out)
{
	return schema_struct(r, v, &context, out);
}

static int read_module_name(struct reader *r, const struct json *v, void *out)
{
	struct document *d = out;

	d->module_pos = at(r, v->off);
	return schema_text(r, v, &d->module_name);
}

static const struct schema_field module_fields[] = {
	{ "name", read_module_name, 0, 1 },
};
SCHEMA(module, "a module");

static int read_module(struct reader *r, const struct json *v, void *out)
{
	return schema_struct(r, v, &module, out);
}

// A later version of a capsule that we know: "formula.v2". Not a mistake, but too new.
static int too_new(struct reader *r, const struct json *v, const char *known)
{
	size_t stem = strlen(known) - 1; // up to the digits
	const struct json *m = v->type == JSON_MAP ? v->first : NULL;

	if (!m || strncmp(m->key, known, stem) != 0 || strcmp(m->key, known) == 0 ||
	    m->key[stem] < '0' || m->key[stem] > '9')
		return 0;
	r->code = "warpforge-error-datatoonew";
	schema_error(r, m->key_off,
	             "\"%.100s\" is a version that this wfx does not know; it "
	             "knows \"%s\"",
	             m->key, known);
	return -1;
}

// A capsule: a map whose only key names type and version.
#define CAPSULE(name, key, read_fn, field, what) \
	static const struct schema_field name##_fields[] = { \
		{ key, read_fn, field, 0 }, \
	}; \
	SCHEMA(name, what); \
	static int read_##name(struct reader *r, const struct json *v, void *out) \
	{ \
		if (too_new(r, v, key) < 0) \
			return -1; \
		return schema_union(r, v, &name, out, NULL); \
	}

CAPSULE(formula_capsule, "formula.v1", read_formula, offsetof(struct document, formula),
        "\"formula\"")
CAPSULE(context_capsule, "context.v1", read_context, 0, "\"context\"")
CAPSULE(plot_capsule, "plot.v1", read_plot, offsetof(struct document, plot),
        "a plot file")
CAPSULE(module_capsule, "module.v1", read_module, 0, "a module file")

static int read_context_of(struct reader *r, const struct json *v, void *out)
{
	((struct document *)out)->has_context = 1;
	return read_context_capsule(r, v, out);
}

static const struct schema_field formula_file_fields[] = {
	{ "formula", read_formula_capsule, 0, 1 },
	{ "context", read_context_of, 0, 0 },
};
SCHEMA(formula_file, "a formula file");

static int read_formula_file(struct reader *r, const struct json *v, void *out)
{
	return schema_struct(r, v, &formula_file, out);
}

// How a document's kind is told: by a key at the top (spec §1.8), or by the file's name
// when no key says it.
static const struct kind {
	const char *key, *stem;
	enum document_kind kind;
	schema_fn *read;
} kinds[] = {
	{ "formula", "formula", DOC_FORMULA, read_formula_file },
	{ "context", "formula", DOC_FORMULA, read_formula_file },
	{ "plot.v1", "plot", DOC_PLOT, read_plot_capsule },
	{ "module.v1", "module", DOC_MODULE, read_module_capsule },
};

static int has_stem(const char *path, const char *stem)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	size_t n = dot ? (size_t)(dot - base) : strlen(base);

	return n == strlen(stem) && strncmp(base, stem, n) == 0;
}

static const struct kind *find_kind(const struct json *root, const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (json_get(root, kinds[i].key))
			return &kinds[i];
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (has_stem(path, kinds[i].stem))
			return &kinds[i];
	return NULL;
}

static int unknown_kind(struct reader *r, const struct json *root)
{
	const char *key = root->first ? root->first->key : NULL, *near;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (key && i != 1 && too_new(r, root, kinds[i].key) < 0)
			return -1;
	if (!key)
		return schema_error(r, root->off,
		                    "an empty map is no formula, plot or module");
	if (strncmp(key, "formula.v", 9) == 0) {
		schema_error(r, root->first->key_off,
		             "a formula file begins with {\"formula\": "
		             "{\"formula.v1\": ...}}, not with \"%.100s\"",
		             key);
		return err_hint(r->e, "put {\"formula\": ... } around it");
	}
	near = schema_nearest(key, kinds, ARRAY_LEN(kinds), sizeof(*kinds));
	schema_error(r, root->first->key_off,
	             "\"%.100s\" does not begin a formula, plot or "
	             "module",
	             key);
	if (near)
		return err_hint(r->e, "did you mean \"%s\"?", near);
	return err_hint(r->e,
	                "legal at the top: formula and context, plot.v1, or module.v1");
}

static int by_place(const void *a, const void *b)
{
	const struct doc_warning *x = a, *y = b;

	return (x->pos.off > y->pos.off) - (x->pos.off < y->pos.off);
}

static void collect_warnings(struct doc_private *p)
{
	for (size_t i = 0; i < p->json.n_warnings; i++) {
		struct doc_warning w = { p->json.warnings[i].pos,
			                 p->json.warnings[i].text };

		*vec_push(&p->warnings) = w;
	}
	if (p->warnings.n)
		qsort(p->warnings.items, p->warnings.n, sizeof(*p->warnings.items),
		      by_place);
	p->d.warnings = p->warnings.items;
	p->d.n_warnings = p->warnings.n;
}

static int read_document(struct doc_private *p, struct err *e)
{
	struct reader r = { &p->json, e, "warpforge-error-serialization", p };
	const struct json *root = p->json.root;
	const struct kind *k;

	if (schema_expect(&r, root, JSON_MAP, "a document") < 0)
		return -1;
	k = find_kind(root, p->name);
	if (!k)
		return unknown_kind(&r, root);
	p->d.kind = k->kind;
	if (k->read(&r, root, &p->d) < 0)
		return -1;
	collect_warnings(p);
	return 0;
}

struct document *document_parse(const char *name, const char *text, size_t n,
                                struct err *e)
{
	struct json_options options = { .max_size = MAX_SIZE };
	struct doc_private *p;

	if (n > MAX_SIZE) {
		err_set(e, "warpforge-error-serialization",
		        "%s: a document of more than %d MiB", name, MAX_SIZE >> 20);
		return NULL;
	}
	p = xcalloc(1, sizeof(*p));
	p->name = xstrdup(name);
	p->source = xmemdup(n ? text : "", n ? n : 1);
	p->d.name = p->name;
	p->d.source = p->source;
	p->d.source_len = n;
	p->d.priv = p;
	if (json_parse(&p->json, p->name, p->source, n, &options, e) < 0 ||
	    read_document(p, e) < 0) {
		document_destroy(&p->d);
		return NULL;
	}
	return &p->d;
}

struct document *document_read(const char *path, struct err *e)
{
	struct document *d = NULL;
	struct str text = { 0 };

	if (fd_read_file(AT_FDCWD, path, &text, MAX_SIZE) == 0)
		d = document_parse(path, str_cstr(&text), text.len, e);
	else if (errno == EFBIG)
		err_set(e, "warpforge-error-serialization",
		        "%s: a document of more than %d MiB", path, MAX_SIZE >> 20);
	else if (errno == ENOENT)
		err_sys(e, "warpforge-error-missing", "cannot read %s", path);
	else
		err_sys(e, "warpforge-error-io", "cannot read %s", path);
	str_finish(&text);
	return d;
}

void document_destroy(struct document *d)
{
	struct doc_private *p = d ? d->priv : NULL;

	if (!p)
		return;
	json_finish(&p->json);
	vec_finish(&p->warnings);
	free(p->source);
	free(p->name);
	free(p);
}

int document_error(const struct document *d, struct doc_pos pos, const char *code,
                   struct err *e, const char *fmt, ...)
{
	struct source s;
	va_list ap;

	source_init(&s, d->name, d->source, d->source_len);
	va_start(ap, fmt);
	source_verror(&s, pos, code, e, fmt, ap);
	va_end(ap);
	return -1;
}
