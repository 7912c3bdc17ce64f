#include "formula/document.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/str.h"
#include "base/vec.h"
#include "formula/grammar.h"
#include "formula/schema.h"

struct doc_private {
	struct document d;
	struct json_doc json;
	char *source;
	char *name;
	VEC(struct doc_warning) warnings;
};

static void warn(struct reader *r, size_t off, const char *text)
{
	struct doc_warning w = { source_at(&r->json->source, off), text };
	struct doc_private *p = r->user;

	*vec_push(&p->warnings) = w;
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

	d->module_pos = source_at(&r->json->source, v->off);
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

CAPSULE(formula_capsule, "formula.v1", grammar_formula,
        offsetof(struct document, formula), "\"formula\"")
CAPSULE(context_capsule, "context.v1", read_context, 0, "\"context\"")
CAPSULE(plot_capsule, "plot.v1", grammar_plot, offsetof(struct document, plot),
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
	near = nearest(key, kinds, ARRAY_LEN(kinds), sizeof(*kinds));
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
	struct reader r = { &p->json, e, "warpforge-error-serialization", warn, p };
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
	struct json_options options = { .max_size = DOCUMENT_MAX };
	struct doc_private *p;

	if (n > DOCUMENT_MAX) {
		err_set(e, "warpforge-error-serialization",
		        "%s: a document of more than %d MiB", name, DOCUMENT_MAX >> 20);
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

enum { WRITER_MS = 10000 };

// A FIFO's writer may come a moment later; one that never comes must not hold us up.
static int read_whole(const char *path, struct str *text)
{
	auto_fd int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (fd < 0 || fcntl(fd, F_SETFL, 0) < 0)
		return -1;
	if (poll(&p, 1, WRITER_MS) == 0) {
		errno = ETIMEDOUT;
		return -1;
	}
	return fd_read_all(fd, text, DOCUMENT_MAX);
}

struct document *document_read(const char *path, struct err *e)
{
	struct document *d = NULL;
	struct str text = { 0 };

	if (read_whole(path, &text) == 0)
		d = document_parse(path, str_cstr(&text), text.len, e);
	else if (errno == EFBIG)
		err_set(e, "warpforge-error-serialization",
		        "%s: a document of more than %d MiB", path, DOCUMENT_MAX >> 20);
	else
		err_sys(e, "warpforge-error-invalid-argument", "cannot read %s", path);
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
