// set unset export readonly local declare let, and assignments by name.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stepsh/array.h"
#include "stepsh/builtin.h"
#include "stepsh/expand.h"
#include "stepsh/math.h"
#include "stepsh/parse.h"
#include "stepsh/report.h"
#include "stepsh/script.h"
#include "stepsh/sh.h"
#include "stepsh/var.h"

static void set_params(int n, char **v)
{
	size_t bytes = 0;
	char **owned, *at;

	for (int i = 0; i < n; i++)
		bytes += strlen(v[i]) + 1;
	owned = xmalloc(((size_t)n + 1) * sizeof(char *) + bytes);
	at = (char *)(owned + n + 1);
	for (int i = 0; i < n; i++) {
		size_t len = strlen(v[i]) + 1;

		memcpy(at, v[i], len);
		owned[i] = at;
		at += len;
	}
	owned[n] = NULL;
	free(sh.params.owned);
	sh.params = (struct params){ owned, n, owned };
}

static void print_set(void *arg, struct var *v)
{
	if (v->flags & VAR_SET)
		var_describe(arg, v, NULL);
}

int b_set(int argc, char **argv)
{
	int dashes, i;

	if (argc == 1) {
		var_each(print_set, &sh_io->out);
		return 0;
	}
	i = opt_parse(argc, argv, 0, &dashes, &sh_io->out);
	if (i < 0) {
		report_note(WIRE_FAIL_USAGE, 0, NULL, 0, 0);
		return sh_opt(OPT_SH_ERRORS) ? sh_fatal_special(2) : 2;
	}
	if (dashes == 1 || i < argc)
		set_params(argc - i, argv + i);
	return 0;
}

// NAME or NAME[subscript] as text: the length of NAME, 0 when it is none.
static size_t name_length(const char *s)
{
	size_t n = strcspn(s, "[");

	if (!is_name(s, n))
		return 0;
	if (s[n] && (sh_opt(OPT_POSIX) || s[strlen(s) - 1] != ']'))
		return 0;
	return n;
}

int assign_named(const char *name, const char *value, size_t n, int flags)
{
	size_t len = name_length(name);
	struct var *v;
	int64_t index;
	char *sub;

	if (!len) {
		sh_message(sh_io ? sh_io->name : NULL,
		           "%s: this is no name of a variable", name);
		return -1;
	}
	v = var_make(name, len);
	if (!name[len])
		return var_assign(v, value, n, flags);
	if (v->flags & VAR_NAMEREF && v->flags & VAR_SET && !(v = var_deref(v)))
		return -1;
	sub = arena_strndup(&sh.arena, name + len + 1, strlen(name + len) - 2);
	if (array_subscript(v, sub, strlen(sub), &index) < 0)
		return -1;
	return array_set(v, index, sub, value, n, flags & VAR_APPEND);
}

static int unset_element(const char *name, size_t len)
{
	struct var *v = var_find(name, len);
	char *sub = arena_strndup(&sh.arena, name + len + 1, strlen(name + len) - 2);
	int64_t index;

	if (v && v->flags & VAR_NAMEREF)
		v = var_deref(v);
	if (!v)
		return 0;
	if (var_is_readonly(v))
		return -1;
	if (!strcmp(sub, "@") || !strcmp(sub, "*"))
		return var_unset(v->name, v->name_len);
	if (array_subscript(v, sub, strlen(sub), &index) < 0)
		return -1;
	if (v->array)
		array_remove(v->array, index, sub);
	else if (!index)
		return var_unset(v->name, v->name_len);
	return 0;
}

int b_unset(int argc, char **argv)
{
	int i = 1, what = 0, status = 0;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--")) {
			i++;
			break;
		}
		for (const char *s = argv[i] + 1; *s; s++) {
			if (!strchr(sh_opt(OPT_POSIX) ? "fv" : "fvn", *s)) {
				builtin_usage(sh_io, "-%c: unknown option", *s);
				return sh_opt(OPT_SH_ERRORS) ? sh_fatal_special(2) : 2;
			}
			what = *s;
		}
	}
	for (; i < argc; i++) {
		size_t len = name_length(argv[i]);
		struct var *v = len ? var_find(argv[i], len) : NULL;

		if (what == 'f') {
			func_unset(argv[i]);
			continue;
		}
		if (!len) {
			if (!what && func_unset(argv[i]))
				continue;
			status = builtin_error(sh_io, "%s: this is no name of a variable",
			                       argv[i]);
			if (sh_opt(OPT_SH_ERRORS))
				return sh_fatal_special(2);
			continue;
		}
		if (argv[i][len]) {
			status |= unset_element(argv[i], len) < 0;
			continue;
		}
		if (what == 'n' && !(v && v->flags & VAR_NAMEREF))
			continue;
		if (v && v->flags & VAR_NAMEREF && what != 'n') {
			v = var_deref(v);
			if (v && v->flags & VAR_NAMEREF && v->flags & VAR_SET && v->len) {
				auto_free char *element = xstrdup(v->value);

				status |=
					unset_element(element, strcspn(element, "[")) < 0;
				continue;
			}
		}
		if (!what && !sh_opt(OPT_POSIX) && (!v || !(v->flags & VAR_SET)) &&
		    func_unset(argv[i]))
			continue;
		if (v && var_unset(v->name, v->name_len) < 0) {
			status = 1;
			if (sh_opt(OPT_SH_ERRORS))
				return sh_fatal_special(2);
		}
	}
	return status;
}

// ---- declarations -------------------------------------------------------------------

struct declare {
	int set, clear; // VAR_* bits
	int print, functions, names_only, global, local;
	const char *style; // of listing
};

static void print_flagged(void *arg, struct var *v)
{
	struct declare *d = arg;

	if (d->set ? (v->flags & (uint32_t)d->set) != (uint32_t)d->set
	           : !(v->flags & (VAR_SET | VAR_ATTRIBUTES)))
		return;
	var_describe(&sh_io->out, v, d->style);
}

static void print_func(void *arg, struct func *f)
{
	const struct range *r = &f->def->range;
	struct declare *d = arg;

	if (d->names_only) {
		str_addf(&sh_io->out, "declare -f %s\n", f->name);
		return;
	}
	str_addn(&sh_io->out, r->src->text + r->begin, r->end - r->begin);
	str_addc(&sh_io->out, '\n');
}

// Make the variable one of the innermost function.
static void make_local(struct var *v)
{
	struct frame *f = sh.frame;
	int exported;

	while (f && f->kind != FRAME_FUNCTION)
		f = f->up;
	if (!f || v->owner == f)
		return;
	exported = v->flags & VAR_EXPORT;
	var_push(&f->locals, v, sh_opt(OPT_POSIX) || sh.shopts & SHOPT_LOCALVAR_INHERIT);
	var_export(v, exported ? 1 : 0);
	v->owner = f;
}

// declare -a 'name=(a b)': a value in parentheses is parsed when the variable is an array.
static int is_array_text(const struct declare *d, const struct var *v, const char *s)
{
	size_t n = strlen(s);

	return n > 1 && s[0] == '(' && s[n - 1] == ')' && !sh_opt(OPT_POSIX) &&
	       (d->set & (VAR_ARRAY | VAR_ASSOC) || v->array);
}

static int assign_array_text(const char *name, const char *value, int append)
{
	auto_free char *text = xasprintf("%s%s=%s", name, append ? "+" : "", value);
	struct parser *p;
	struct source *src = source_create("declare", text, strlen(text), 1);
	const struct list *list;
	struct unit *unit;
	int r = -1;

	p = script_parser(src);
	if (parser_next(p, &unit, &list) > 0) {
		const struct pipeline *l = list->first ? list->first->first : NULL;
		const struct command *c = l && l->count == 1 ? l->commands : NULL;

		if (c && c->kind == CMD_SIMPLE && !c->simple.words && !c->redirs &&
		    !l->next && !list->first->next && c->simple.assigns &&
		    !c->simple.assigns->next && c->simple.assigns->is_array)
			r = assign_array(c->simple.assigns, 0);
		unit_put(unit);
	}
	parser_destroy(p);
	source_put(src);
	return r;
}

// A variable that is about to be made local may be a temporary one of this very call.
// May a nameref of this name refer to the text? A name or name[subscript], not itself.
static int is_reference(const char *name, const char *to)
{
	size_t n = strcspn(to, "[");

	if (!*to)
		return 1;
	if (!is_name(to, n) || (to[n] && to[strlen(to) - 1] != ']'))
		return 0;
	return strcmp(name, to) != 0;
}

static int declare_one(const struct declare *d, char *arg, const struct assign *array)
{
	const char *eq = array ? NULL : strchr(arg, '=');
	size_t len = eq ? (size_t)(eq - arg) : strlen(arg);
	int append = eq && len && eq[-1] == '+' && !sh_opt(OPT_POSIX);
	struct var *v;
	char *name;
	int readonly = d->set & VAR_READONLY;

	name = arena_strndup(&sh.arena, arg, len - (size_t)append);
	len = name_length(name);
	if (!len) {
		builtin_error(sh_io, "%s: this is no name of a variable", name);
		return -1;
	}
	v = var_make(name, len);
	if (d->local)
		make_local(v);
	if (v->flags & VAR_NAMEREF && !(d->set & VAR_NAMEREF) &&
	    !(d->clear & VAR_NAMEREF) && v->flags & VAR_SET && !(v = var_deref(v)))
		return -1;
	if (d->clear & VAR_READONLY && v->flags & VAR_READONLY) {
		var_is_readonly(v);
		return -1;
	}
	if (d->set & VAR_NAMEREF && eq && !is_reference(name, eq + 1)) {
		builtin_error(sh_io, "%s: a name reference cannot refer to this", eq + 1);
		return -1;
	}
	if (d->set & VAR_ASSOC && array_make(v, 1) < 0)
		return -1;
	if (d->set & VAR_ARRAY && !(v->array && array_is_assoc(v->array)) &&
	    array_make(v, 0) < 0)
		return -1;
	if (d->set & VAR_UPPER)
		v->flags &= (uint32_t)~VAR_LOWER;
	if (d->set & VAR_LOWER)
		v->flags &= (uint32_t)~VAR_UPPER;
	v->flags = (v->flags & ~(uint32_t)d->clear) |
	           ((uint32_t)d->set & VAR_ATTRIBUTES &
	            ~(uint32_t)(VAR_READONLY | VAR_EXPORT | VAR_ARRAY | VAR_ASSOC));
	if (array) {
		struct assign as = *array;

		if (strcmp(v->name, as.name) != 0) {
			as.name = v->name;
			as.name_len = v->name_len;
		}
		if (assign_array(&as, 0) < 0)
			return -1;
	} else if (eq) {
		int r;

		if (name[name_length(name)] && name[name_length(name)] == '[')
			r = assign_named(name, eq + 1, strlen(eq + 1),
			                 append ? VAR_APPEND : 0);
		else
			r = is_array_text(d, v, eq + 1)
			            ? assign_array_text(v->name, eq + 1, append)
			            : var_assign(v, eq + 1, strlen(eq + 1),
			                         (append ? VAR_APPEND : 0) |
			                                 (d->set & VAR_NAMEREF));
		if (r < 0)
			return -1;
	}
	var_export(v, d->set & VAR_EXPORT ? 1 : d->clear & VAR_EXPORT ? -1 : 0);
	v->flags |= VAR_DECLARED;
	if (readonly)
		v->flags |= VAR_READONLY;
	return 0;
}

static int declare_function(const struct declare *d, const char *name)
{
	struct func *f = func_find(name);

	if (!f)
		return -1;
	if (d->set & VAR_EXPORT || d->clear & VAR_EXPORT)
		func_export(f, (d->set & VAR_EXPORT) != 0);
	else if (d->names_only)
		str_addf(&sh_io->out, "%s\n", name);
	else if (!(d->set & (VAR_EXPORT | VAR_READONLY)))
		print_func((void *)d, f);
	return 0;
}

// `local`: what this function has declared.
static void print_locals(const struct declare *d)
{
	struct frame *f = sh.frame;

	while (f && f->kind != FRAME_FUNCTION)
		f = f->up;
	for (const struct saved_var *s = f ? f->locals : NULL; s; s = s->next)
		var_describe(&sh_io->out, s->v, d->style);
}

static int declare_flag(struct declare *d, char c, int on)
{
	static const struct {
		char letter;
		int bit;
	} bits[] = { { 'a', VAR_ARRAY }, { 'A', VAR_ASSOC },   { 'i', VAR_INTEGER },
		     { 'l', VAR_LOWER }, { 'n', VAR_NAMEREF }, { 'r', VAR_READONLY },
		     { 'u', VAR_UPPER }, { 'x', VAR_EXPORT } };

	for (size_t i = 0; i < ARRAY_LEN(bits); i++)
		if (bits[i].letter == c) {
			if (on)
				d->set |= bits[i].bit;
			else
				d->clear |= bits[i].bit;
			return 0;
		}
	switch (c) {
	case 'p':
		d->print = 1;
		return 0;
	case 'f':
		d->functions = 1;
		return 0;
	case 'F':
		d->functions = d->names_only = 1;
		return 0;
	case 'g':
		d->global = 1;
		return 0;
	case 't':
	case 'I':
		return 0;
	default:
		return -1;
	}
}

static int print_one(const struct declare *d, const char *name)
{
	struct var *v = var_find(name, strlen(name));

	if (v && v->hook)
		var_value(v, NULL);
	if (!v || !(v->flags & (VAR_SET | VAR_ATTRIBUTES | VAR_DECLARED))) {
		builtin_error(sh_io, "%s: not found", name);
		return -1;
	}
	var_describe(&sh_io->out, v, d->style);
	return 0;
}

static int declare(int argc, char **argv, struct declare *d, const char *letters)
{
	const struct assign **arrays = sh_declares;
	int i = 1, status = 0, special = *argv[0] == 'e' || *argv[0] == 'r';

	for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+') && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--")) {
			i++;
			break;
		}
		for (const char *s = argv[i] + 1; *s; s++) {
			if (*s == 'n' && *argv[0] == 'e') { // export -n
				d->set &= ~VAR_EXPORT;
				d->clear |= VAR_EXPORT;
			} else if (!strchr(letters, *s) ||
			           declare_flag(d, *s, argv[i][0] == '-') < 0) {
				builtin_usage(sh_io, "%c%c: unknown option", argv[i][0],
				              *s);
				return special && sh_opt(OPT_SH_ERRORS)
				               ? sh_fatal_special(2)
				               : 2;
			}
		}
	}
	sh_declares = NULL;
	if (i == argc && d->local && *argv[0] == 'l') {
		print_locals(d);
		return 0;
	}
	if (i == argc && !d->print && !d->set && !strcmp(d->style, "declare") && !special)
		d->style = NULL;
	if (i == argc) {
		if (d->functions)
			func_each(print_func, d);
		else if (!d->local || d->set || d->print)
			var_each(print_flagged, d);
		return 0;
	}
	for (; i < argc; i++) {
		if (d->functions)
			status |= declare_function(d, argv[i]) < 0;
		else if (d->print && !d->local && !special)
			status |= print_one(d, argv[i]) < 0;
		else if (declare_one(d, argv[i], arrays ? arrays[i] : NULL) < 0) {
			status = 1;
			if (special && sh_opt(OPT_SH_ERRORS))
				return sh_fatal_special(2);
			if (sh.flow)
				return sh.status;
		}
	}
	return status;
}

int b_export(int argc, char **argv)
{
	struct declare d = { .set = VAR_EXPORT,
		             .style = sh_opt(OPT_POSIX) ? "export" : "declare" };

	return declare(argc, argv, &d, sh_opt(OPT_POSIX) ? "p" : "pnf");
}

int b_readonly(int argc, char **argv)
{
	struct declare d = { .set = VAR_READONLY,
		             .style = sh_opt(OPT_POSIX) ? "readonly" : "declare" };

	return declare(argc, argv, &d, sh_opt(OPT_POSIX) ? "p" : "paAf");
}

int b_local(int argc, char **argv)
{
	struct declare d = { .local = 1, .style = "declare" };

	if (!sh.func_depth)
		return builtin_error(sh_io, "can only be used in a function");
	if (argc == 2 && !strcmp(argv[1], "-")) {
		struct frame *f = sh.frame;

		while (f && f->kind != FRAME_FUNCTION)
			f = f->up;
		if (f && !f->options_saved) {
			f->options_saved = 1;
			f->options = sh.options;
		}
		return 0;
	}
	return declare(argc, argv, &d, "aAilnprtuxI");
}

int b_declare(int argc, char **argv)
{
	struct declare d = { .style = "declare" };

	d.local = sh.func_depth > 0;
	for (int i = 1; i < argc && (argv[i][0] == '-' || argv[i][0] == '+'); i++)
		if (strpbrk(argv[i], "gpfF") && argv[i][0] == '-')
			d.local = 0;
	return declare(argc, argv, &d, "aAFfgiIlnprtux");
}

int b_let(int argc, char **argv)
{
	int64_t v = 0;

	if (argc < 2)
		return builtin_error(sh_io, "an expression is wanted");
	for (int i = 1; i < argc; i++)
		if (math_eval(argv[i], strlen(argv[i]), &v) < 0)
			return 1;
	return v == 0;
}
