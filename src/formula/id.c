// Identities: the representation of a formula or plot in dag-cbor, hashed (spec §2).
//
// Keys of structs are written in the order their map has in dag-cbor, shorter ones first,
// equally long ones bytewise; keys that come from the document are sorted so.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#include "base/base58.h"
#include "base/cbor.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "formula/document.h"

static void text(struct str *out, const char *s)
{
	cbor_add_text(out, s, strlen(s));
}

static void map(struct str *out, size_t n)
{
	cbor_add_head(out, CBOR_MAP, n);
}

// A member of a map: its key, and what write_sorted() hands to the writer of the value.
struct member {
	const char *key;
	const void *value;
};

static int by_canonical_key(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	size_t nx = strlen(x->key), ny = strlen(y->key);

	return nx != ny ? (nx > ny) - (nx < ny) : memcmp(x->key, y->key, nx);
}

typedef void value_fn(struct str *out, const void *value);

// Write a map of n items, `size` bytes each, whose key is the string at key_offset.
static void sorted_map(struct str *out, const void *items, size_t n, size_t size,
                       size_t key_offset, value_fn *write)
{
	struct member *m = xcalloc(n + 1, sizeof(*m));

	for (size_t i = 0; i < n; i++) {
		const char *item = (const char *)items + i * size;

		m[i] = (struct member){ *(const char *const *)(item + key_offset), item };
	}
	qsort(m, n, sizeof(*m), by_canonical_key);
	map(out, n);
	for (size_t i = 0; i < n; i++) {
		text(out, m[i].key);
		write(out, m[i].value);
	}
	free(m);
}

#define SORTED_MAP(out, items, n, key, write) \
	sorted_map((out), (items), (n), sizeof(*(items)), \
	           offsetof(__typeof__(*(items)), key), (write))

static void write_filter(struct str *out, const void *value)
{
	text(out, ((const struct doc_filter *)value)->value);
}

static void write_input(struct str *out, const struct input *in)
{
	if (!in->map_form) {
		text(out, in->simple);
		return;
	}
	map(out, 2);
	text(out, "basis");
	text(out, in->simple);
	text(out, "filters");
	SORTED_MAP(out, in->filters, in->n_filters, key, write_filter);
}

static void write_port_input(struct str *out, const void *value)
{
	write_input(out, &((const struct port_input *)value)->input);
}

static void write_texts(struct str *out, const struct doc_text *t, size_t n)
{
	cbor_add_head(out, CBOR_LIST, n);
	for (size_t i = 0; i < n; i++)
		text(out, t[i].text);
}

static void write_network(struct str *out, const struct action *a)
{
	if (a->network < 0)
		return;
	text(out, "network");
	cbor_add_bool(out, a->network);
}

static void write_action(struct str *out, const struct action *a)
{
	int has_network = a->network >= 0;

	map(out, 1);
	switch (a->kind) {
	case ACTION_ECHO:
		text(out, "echo");
		map(out, 0);
		break;
	case ACTION_EXEC:
		text(out, "exec");
		map(out, 1 + has_network);
		text(out, "command");
		write_texts(out, a->command, a->n_command);
		write_network(out, a);
		break;
	case ACTION_SCRIPT:
		text(out, "script");
		map(out, 2 + has_network);
		write_network(out, a);
		text(out, "contents");
		write_texts(out, a->contents, a->n_contents);
		text(out, "interpreter");
		text(out, a->interpreter);
		break;
	}
}

static void write_gather(struct str *out, const void *value)
{
	const struct gather *g = value;

	map(out, 1 + (g->has_filters != 0) + (g->packtype != NULL));
	text(out, "from");
	text(out, g->from.text);
	if (g->has_filters) {
		text(out, "filters");
		SORTED_MAP(out, g->filters, g->n_filters, key, write_filter);
	}
	if (g->packtype) {
		text(out, "packtype");
		text(out, g->packtype);
	}
}

static void write_formula(struct str *out, const struct formula *f)
{
	map(out, 3);
	text(out, "action");
	write_action(out, &f->action);
	text(out, "inputs");
	SORTED_MAP(out, f->inputs, f->n_inputs, port.text, write_port_input);
	text(out, "outputs");
	SORTED_MAP(out, f->outputs, f->n_outputs, name, write_gather);
}

static void write_plot(struct str *out, const struct plot *p);

static void write_step(struct str *out, const void *value)
{
	const struct plot_step *s = value;

	map(out, 1);
	if (s->formula) {
		text(out, "protoformula");
		write_formula(out, s->formula);
	} else {
		text(out, "plot");
		write_plot(out, s->plot);
	}
}

static void write_label_input(struct str *out, const void *value)
{
	write_input(out, &((const struct label_input *)value)->input);
}

static void write_plot_output(struct str *out, const void *value)
{
	const struct plot_output *o = value;
	struct str pipe = { 0 };

	str_addf(&pipe, "pipe:%s:%s", o->step, o->from);
	text(out, pipe.p);
	str_finish(&pipe);
}

static void write_plot(struct str *out, const struct plot *p)
{
	map(out, 3);
	text(out, "steps");
	SORTED_MAP(out, p->steps, p->n_steps, name, write_step);
	text(out, "inputs");
	SORTED_MAP(out, p->inputs, p->n_inputs, label, write_label_input);
	text(out, "outputs");
	SORTED_MAP(out, p->outputs, p->n_outputs, label, write_plot_output);
}

// "z" and base58 of: CIDv1, dag-cbor, sha2-384, 48 bytes, the hash.
static void add_cid(const struct str *cbor, struct str *out)
{
	unsigned char cid[4 + SHA384_DIGEST_LENGTH] = { 0x01, 0x71, 0x20, 0x30 };
	char b58[BASE58_MAX(sizeof(cid))];

	SHA384((const unsigned char *)cbor->p, cbor->len, cid + 4);
	base58_encode(b58, cid, sizeof(cid));
	str_addc(out, 'z');
	str_add(out, b58);
}

void formula_cbor(const struct formula *f, struct str *out)
{
	write_formula(out, f);
}

void plot_cbor(const struct plot *p, struct str *out)
{
	write_plot(out, p);
}

void formula_id(const struct formula *f, struct str *out)
{
	struct str cbor = { 0 };

	write_formula(&cbor, f);
	add_cid(&cbor, out);
	str_finish(&cbor);
}

void plot_id(const struct plot *p, struct str *out)
{
	struct str cbor = { 0 };

	write_plot(&cbor, p);
	add_cid(&cbor, out);
	str_finish(&cbor);
}

int document_id(const struct document *d, struct str *out, struct err *e)
{
	switch (d->kind) {
	case DOC_FORMULA:
		formula_id(d->formula, out);
		return 0;
	case DOC_PLOT:
		plot_id(d->plot, out);
		return 0;
	case DOC_MODULE:
		break;
	}
	err_set(e, "warpforge-error-invalid", "%s: a module has no ID; its plot has one",
	        d->name);
	return err_hint(e, "try the plot.wf beside it");
}
