// Errors of meaning (spec §1.3, §4.9): what parses and cannot run.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "formula/document.h"

#define BAD_FORMULA "warpforge-error-formula-invalid"
#define BAD_PLOT "warpforge-error-plot-invalid"
#define BAD_MODULE "warpforge-error-module-invalid"

// A path as the kernel would find it, without links: one slash between names, no "." and
// "..", none at the end.
void port_path(const struct port *port, struct str *out)
{
	size_t start = out->len;

	for (const char *p = port->text; *p;) {
		size_t n = strcspn(p, "/");

		if (n == 2 && p[0] == '.' && p[1] == '.') {
			while (out->len > start && out->p[out->len - 1] != '/')
				str_cut(out, out->len - 1);
			if (out->len > start)
				str_cut(out, out->len - 1);
		} else if (n && !(n == 1 && p[0] == '.')) {
			str_addc(out, '/');
			str_addn(out, p, n);
		}
		p += n + (p[n] == '/');
	}
	if (out->len == start)
		str_addc(out, '/');
}

static int check_variable(const struct document *d, const struct port_input *p,
                          enum input_kind kind, struct err *e)
{
	if (kind != INPUT_LITERAL)
		return document_error(d, p->input.pos, BAD_FORMULA, e,
		                      "the variable %.100s needs a literal: input",
		                      p->port.text);
	if (!p->port.name[0] || strchr(p->port.name, '='))
		return document_error(d, p->port.pos, BAD_FORMULA, e,
		                      "\"%.100s\" is no name of a variable",
		                      p->port.text);
	return 0;
}

// What an input is in the end, as far as the plot tells: pipes to inputs of the plot are
// followed, wares come out of steps.
static enum input_kind final_kind(const struct plot *p, const struct input *in)
{
	if (in->kind != INPUT_PIPE || !p)
		return in->kind;
	if (in->step[0])
		return INPUT_WARE;
	for (size_t i = 0; i < p->n_inputs; i++)
		if (strcmp(p->inputs[i].label, in->label) == 0)
			return p->inputs[i].input.kind;
	return INPUT_PIPE;
}

static int check_port(const struct document *d, const struct plot *plot,
                      const struct port_input *p, struct err *e)
{
	enum input_kind kind = final_kind(plot, &p->input);

	// The input of a subplot that is piped from outside may be anything.
	if (kind == INPUT_PIPE)
		return 0;
	if (p->port.kind == PORT_VAR)
		return check_variable(d, p, kind, e);
	if (kind == INPUT_LITERAL) {
		document_error(d, p->input.pos, BAD_FORMULA, e,
		               "a literal cannot be mounted at the path %.100s",
		               p->port.text);
		return err_hint(e, "a literal gives a variable its value: \"$NAME\": "
		                   "\"literal:...\"");
	}
	return 0;
}

struct place {
	struct str path;
	const struct port *port;
};

static int by_path(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->path.p, y->path.p);

	return order ? order : (x->port->pos.off > y->port->pos.off) * 2 - 1;
}

// Two ports at one place, "/x" and "//x": one would hide the other.
static int check_places(const struct document *d, const struct formula *f, struct err *e)
{
	struct place *places = xcalloc(f->n_inputs + 1, sizeof(*places));
	size_t n = 0;
	int result = 0;

	for (size_t i = 0; i < f->n_inputs; i++) {
		if (f->inputs[i].port.kind != PORT_PATH)
			continue;
		places[n].port = &f->inputs[i].port;
		port_path(places[n].port, &places[n].path);
		n++;
	}
	qsort(places, n, sizeof(*places), by_path);
	for (size_t i = 1; i < n && result == 0; i++)
		if (strcmp(places[i - 1].path.p, places[i].path.p) == 0)
			result = document_error(
				d, places[i].port->pos, BAD_FORMULA, e,
				"\"%.100s\" is the same place as \"%.100s\" of "
				"line %u",
				places[i].port->text, places[i - 1].port->text,
				places[i - 1].port->pos.line);
	for (size_t i = 0; i < n; i++)
		str_finish(&places[i].path);
	free(places);
	return result;
}

static int check_formula(const struct document *d, const struct plot *plot,
                         const struct formula *f, struct err *e)
{
	for (size_t i = 0; i < f->n_inputs; i++)
		if (check_port(d, plot, &f->inputs[i], e) < 0)
			return -1;
	if (check_places(d, f, e) < 0)
		return -1;
	if (f->action.kind == ACTION_ECHO) {
		document_error(d, f->action.pos, BAD_FORMULA, e,
		               "the action echo does nothing and "
		               "cannot be run");
		return err_hint(e, "use exec or script");
	}
	for (size_t i = 0; i < f->n_outputs; i++)
		if (f->outputs[i].from.kind != PORT_PATH)
			return document_error(
				d, f->outputs[i].from.pos, BAD_FORMULA, e,
				"an output comes from a path, not from the variable "
				"%.100s",
				f->outputs[i].from.text);
	return 0;
}

static int check_plot(const struct document *d, const struct plot *p, int outermost,
                      struct err *e)
{
	size_t *order = xcalloc(p->n_steps + 1, sizeof(*order));
	int result = -1;

	for (size_t i = 0; i < p->n_inputs; i++) {
		const struct input *in = &p->inputs[i].input;

		if (outermost && in->kind == INPUT_PIPE) {
			document_error(
				d, in->pos, BAD_PLOT, e,
				"the plot is not inside of another, "
				"so there is nothing that \"%.200s\" could lead to",
				in->simple);
			goto out;
		}
	}
	if (plot_order(d, p, order, e) < 0)
		goto out;
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct plot_step *s = &p->steps[order[i]];

		if (s->formula ? check_formula(d, p, s->formula, e) < 0
		               : check_plot(d, s->plot, 0, e) < 0)
			goto out;
	}
	result = 0;
out:
	free(order);
	return result;
}

static int is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// [a-z0-9]([-a-z0-9]*[a-z0-9])? of at most 63 characters; `dots` may be inside as well.
static int good_label(const char *p, size_t n, int dots)
{
	if (!n || n > 63 || !is_name_char(p[0]) || !is_name_char(p[n - 1]))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!is_name_char(p[i]) && p[i] != '-' && !(dots && p[i] == '.'))
			return 0;
	return 1;
}

// The first segment is a DNS name, the others are labels that may have dots (spec §1.5).
static const char *module_problem(const char *name)
{
	size_t first = strcspn(name, "/");

	if (first > 253)
		return "its first segment is longer than 253 characters";
	for (size_t at = 0; at <= first;) {
		size_t n = strcspn(name + at, "./");

		if (!good_label(name + at, n, 0))
			return "its first segment must be a domain name of lower-case "
			       "letters, "
			       "digits, '-' and '.'";
		at += n + 1;
	}
	for (const char *p = name + first; *p;) {
		size_t n = strcspn(++p, "/");

		if (!good_label(p, n, 1))
			return "its segments must be 1 to 63 lower-case letters, digits, "
			       "'-' and "
			       "'.', with a letter or digit at both ends";
		p += n;
	}
	return NULL;
}

// Upstream takes text as bytes, and so do the IDs. But JSON has no way to write such bytes:
// whoever rewrites the document changes its ID.
static int check_utf8(const struct document *d, struct err *e)
{
	for (size_t at = 0; at < d->source_len;) {
		uint32_t c;
		size_t n = utf8_decode(d->source + at, d->source_len - at, &c);
		struct source s;

		if (c == UTF8_BAD) {
			source_init(&s, d->name, d->source, d->source_len);
			source_error(&s, source_at(&s, at),
			             "warpforge-error-serialization", e,
			             "a byte that is not UTF-8");
			return err_hint(e, "a script can make any byte: printf '\\377'");
		}
		at += n;
	}
	return 0;
}

int document_check(const struct document *d, struct err *e)
{
	const char *problem;

	if (check_utf8(d, e) < 0)
		return -1;
	switch (d->kind) {
	case DOC_FORMULA:
		return check_formula(d, NULL, d->formula, e);
	case DOC_PLOT:
		return check_plot(d, d->plot, 1, e);
	case DOC_MODULE:
		problem = module_problem(d->module_name);
		if (problem)
			return document_error(d, d->module_pos, BAD_MODULE, e,
			                      "invalid module name \"%.200s\": %s",
			                      d->module_name, problem);
		return 0;
	}
	return 0;
}
