// Parameter expansion (XCU 2.6.2) with bash's additions.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "stepsh/array.h"
#include "stepsh/expand.h"
#include "stepsh/math.h"
#include "stepsh/parse.h"
#include "stepsh/pattern.h"
#include "stepsh/quote.h"
#include "stepsh/report.h"
#include "stepsh/sh.h"
#include "stepsh/transform.h"
#include "stepsh/var.h"

// What a parameter stands for: one text, or a list ($@, ${a[*]}).
struct value {
	const char *p; // NULL = unset
	size_t n;
	char star; // '@' or '*': a list
	char **list;
	int count;
	struct var *var; // the variable, when it is one
	int64_t index;   // of its element
	const char *key;
	int element; // index or key count
	char buf[24];
};

static void set_text(struct value *v, const char *s)
{
	v->p = s;
	v->n = s ? strlen(s) : 0;
}

static void special_value(struct value *v, char c)
{
	switch (c) {
	case '@':
	case '*':
		v->star = c;
		v->list = sh.params.v;
		v->count = sh.params.n;
		return;
	case '#':
		snprintf(v->buf, sizeof(v->buf), "%d", sh.params.n);
		break;
	case '?':
		snprintf(v->buf, sizeof(v->buf), "%d", sh.status);
		break;
	case '$':
		snprintf(v->buf, sizeof(v->buf), "%d", (int)sh.pid);
		break;
	case '!':
		if (!sh.last_async)
			return;
		snprintf(v->buf, sizeof(v->buf), "%d", (int)sh.last_async);
		break;
	case '-': {
		struct str s = { 0 };

		opt_flags(&s);
		set_text(v, arena_strdup(&sh.arena, str_cstr(&s)));
		str_finish(&s);
		return;
	}
	default:
		set_text(v, sh.arg0);
		return;
	}
	set_text(v, v->buf);
}

static void list_value(struct value *v, const struct array *a, char star)
{
	size_t n = a ? array_count(a) : 0;

	v->star = star;
	v->list = arena_alloc(&sh.arena, (n + 1) * sizeof(char *));
	for (size_t i = 0; i < n; i++)
		v->list[i] = (char *)array_at(a, i, NULL, v->buf);
	v->count = (int)n;
}

static int element_value(struct value *v, const struct word *sub)
{
	size_t n;
	char *s = expand_text(sub, &n, 0);

	if (!s)
		return -1;
	v->element = 1;
	v->key = s;
	if (array_subscript(v->var, s, n, &v->index) < 0) {
		sh_discard(1);
		return -1;
	}
	if (!v->var)
		return 0;
	if (!v->var->array)
		set_text(v, v->index == 0 || v->index == -1 ? var_value(v->var, NULL)
		                                            : NULL);
	else
		set_text(v, array_get(v->var->array, v->index, s));
	return 0;
}

static int name_value(struct value *v, const char *name, size_t n,
                      const struct param *pm);

// What a nameref to name[subscript] stands for.
static int reference_value(struct value *v, const char *to)
{
	size_t n = strlen(to);

	if (n > 3 && (!strcmp(to + n - 3, "[@]") || !strcmp(to + n - 3, "[*]"))) {
		struct param all = { .kind = PARAM_NAME, .all = to[n - 2] };
		char *name = arena_strndup(&sh.arena, to, n - 3);

		return name_value(v, name, n - 3, &all);
	}
	return indirect_value(to, &v->p, &v->n);
}

static int name_value(struct value *v, const char *name, size_t n, const struct param *pm)
{
	v->var = var_find(name, n);
	if (v->var && v->var->flags & VAR_NAMEREF && pm->indirect == 0) {
		v->var = var_deref(v->var);
		if (!v->var) // a circle, which was reported: unset
			return 0;
		if (v->var->flags & VAR_NAMEREF && v->var->flags & VAR_SET && v->var->len)
			return reference_value(v, v->var->value);
		if (v->var->flags & VAR_NAMEREF) // without a target
			return 0;
	}
	if (v->var && v->var->hook)
		var_value(v->var, NULL);
	if (pm->all) {
		if (v->var && v->var->array) {
			list_value(v, v->var->array, pm->all);
		} else {
			const char *s = v->var ? var_value(v->var, NULL) : NULL;

			v->star = pm->all;
			v->list = arena_alloc(&sh.arena, sizeof(char *));
			v->list[0] = (char *)s;
			v->count = s != NULL;
		}
		return 0;
	}
	if (pm->subscript)
		return element_value(v, pm->subscript);
	if (v->var)
		v->p = var_value(v->var, &v->n);
	return 0;
}

static int param_value(const struct param *pm, struct value *v)
{
	switch (pm->kind) {
	case PARAM_NAME:
		return name_value(v, pm->name, strlen(pm->name), pm);
	case PARAM_POSITIONAL:
		if (pm->number <= (uint32_t)sh.params.n)
			set_text(v, sh.params.v[pm->number - 1]);
		return 0;
	default:
		special_value(v, pm->special);
		return 0;
	}
}

// The text of a parameter that is given by its name at run time: ${!x}, namerefs, -v.
int indirect_value(const char *text, const char **p, size_t *n)
{
	const char *open = strchr(text, '[');
	size_t len = strlen(text);
	struct value v = { 0 };
	struct param pm = { 0 };

	if (open && text[len - 1] == ']') {
		v.var = var_find(text, (size_t)(open - text));
		v.key = arena_strndup(&sh.arena, open + 1,
		                      len - (size_t)(open - text) - 2);
		if (array_subscript(v.var, v.key, strlen(v.key), &v.index) < 0)
			return -1;
		if (v.var && v.var->array)
			set_text(&v, array_get(v.var->array, v.index, v.key));
		else if (v.var && !v.index)
			v.p = var_value(v.var, &v.n);
	} else if (strspn(text, "0123456789") == len && len) {
		pm.number = (uint32_t)atoi(text);
		if (!pm.number)
			set_text(&v, sh.arg0);
		else if (pm.number <= (uint32_t)sh.params.n)
			set_text(&v, sh.params.v[pm.number - 1]);
	} else if (len == 1 && strchr("@*#?-$!", *text)) {
		special_value(&v, *text);
		if (v.p)
			v.p = arena_strndup(&sh.arena, v.p, v.n);
	} else if (is_name(text, len)) {
		v.var = var_find(text, len);
		if (v.var && v.var->flags & VAR_NAMEREF)
			v.var = var_deref(v.var);
		if (v.var)
			v.p = var_value(v.var, &v.n);
	} else {
		sh_message(NULL, "%s: this is no name of a variable", text);
		sh_discard(1);
		return -1;
	}
	*p = v.p;
	*n = v.n;
	return 0;
}

// ---- output -------------------------------------------------------------------------

static void put_one(struct xbuf *x, const char *s, size_t n, int quoted)
{
	if (n)
		xbuf_put(x, s, n, quoted ? ATTR_QUOTED : ATTR_SPLIT);
	else if (quoted)
		xbuf_put(x, "", 1, ATTR_NULL);
}

static void put_list(struct xbuf *x, const struct value *v, int quoted)
{
	int join = (quoted && v->star == '*') || !x->split;
	const char *sep = v->star == '@' && !x->split ? " " : ifs_first;

	for (int i = 0; i < v->count; i++) {
		if (i && join)
			xbuf_put(x, sep, strlen(sep), quoted ? ATTR_QUOTED : ATTR_SPLIT);
		else if (i)
			xbuf_put(x, "", 1, ATTR_BREAK);
		put_one(x, v->list[i], strlen(v->list[i]), quoted);
	}
	if (!v->count && quoted && v->star == '*')
		xbuf_put(x, "", 1, ATTR_NULL);
}

static void put_value(struct xbuf *x, const struct value *v, int quoted)
{
	if (v->star)
		put_list(x, v, quoted);
	else
		put_one(x, v->p, v->n, quoted);
}

static int is_set(const struct value *v)
{
	return v->star ? v->count > 0 : v->p != NULL;
}

static int is_null(const struct value *v)
{
	if (v->star)
		return !v->count || (v->count == 1 && !*v->list[0]);
	return !v->p || !v->n;
}

// ---- operators ----------------------------------------------------------------------

static size_t count_chars(const char *s, size_t n)
{
	size_t count = 0;
	uint32_t c;

	while (n) {
		size_t k = (unsigned char)*s < 0x80 ? 1 : utf8_decode(s, n, &c);

		s += k;
		n -= k;
		count++;
	}
	return count;
}

static int op_length(struct xbuf *x, const struct param *pm, const struct value *v,
                     int quoted)
{
	char num[24];
	size_t n = v->star ? (size_t)v->count : v->p ? count_chars(v->p, v->n) : 0;

	if (!is_set(v) && sh_opt(OPT_NOUNSET) && !v->star) {
		expand_unset(pm->name, strlen(pm->name));
		return -1;
	}
	put_one(x, num, (size_t)snprintf(num, sizeof(num), "%zu", n), quoted);
	return 0;
}

static int op_assign(struct xbuf *x, const struct param *pm, struct value *v, int quoted)
{
	struct xbuf t = { 0 };
	size_t n;
	char *s;
	int r;

	if (pm->kind != PARAM_NAME || pm->all) {
		sh_message(NULL, "$%s: cannot be assigned in this way", pm->name);
		sh_discard(2);
		return -1;
	}
	if (expand_word_into(&t, pm->arg, quoted) < 0)
		return -1;
	s = xbuf_text(&t, &n);
	if (!v->var)
		v->var = var_make(pm->name, strlen(pm->name));
	r = v->element ? array_set(v->var, v->index, v->key, s, n, 0)
	               : var_assign(v->var, s, n, 0);
	if (r < 0) {
		sh_discard(2);
		return -1;
	}
	put_one(x, s, n, quoted);
	return 0;
}

static int op_error(const struct param *pm)
{
	char *s = NULL;

	if (pm->arg && pm->arg->range.end > pm->arg->range.begin) {
		s = expand_text(pm->arg, NULL, 0);
		if (!s)
			return -1;
	}
	sh_message(NULL, "%s: %s", pm->name,
	           s           ? s
	           : pm->colon ? "parameter not set or null"
	                       : "parameter not set");
	report_note(WIRE_FAIL_NOUNSET, WIRE_T_VAR, pm->name, strlen(pm->name), 0);
	sh_fatal(sh_opt(OPT_SH_ERRORS) ? 2 : 127);
	return -1;
}

// - = ? + with and without colon: 1 done, 0 the value itself is wanted, -1 failed.
static int op_conditional(struct xbuf *x, const struct param *pm, struct value *v,
                          int quoted)
{
	int good = pm->colon ? !is_null(v) : is_set(v);

	if (pm->op == OP_ALTERNATE) {
		if (good) {
			if (quoted && pm->arg && !pm->arg->parts)
				xbuf_put(x, "", 1, ATTR_NULL);
			return expand_word_into(x, pm->arg, quoted) < 0 ? -1 : 1;
		}
		if (quoted && v->star != '@')
			xbuf_put(x, "", 1, ATTR_NULL);
		return 1;
	}
	if (good)
		return 0;
	if (pm->op == OP_DEFAULT) {
		if (quoted && pm->arg && !pm->arg->parts)
			xbuf_put(x, "", 1, ATTR_NULL);
		return expand_word_into(x, pm->arg, quoted) < 0 ? -1 : 1;
	}
	if (pm->op == OP_ASSIGN)
		return op_assign(x, pm, v, quoted) < 0 ? -1 : 1;
	return op_error(pm);
}

// # ## % %% on one text.
static void trim(const struct param *pm, const struct pattern *pt, const char **s,
                 size_t *n)
{
	int prefix = pm->op == OP_PREFIX || pm->op == OP_PREFIX_LONG;
	int longest = pm->op == OP_PREFIX_LONG || pm->op == OP_SUFFIX_LONG;
	int flags = pattern_flags() & ~PATTERN_NOCASE;
	ssize_t k =
		prefix ? pattern_prefix(pt->p, pt->quoted, pt->n, *s, *n, longest, flags)
		       : pattern_suffix(pt->p, pt->quoted, pt->n, *s, *n, longest, flags);

	if (k <= 0)
		return;
	if (prefix)
		*s += k;
	*n -= (size_t)k;
}

static int op_trim(struct xbuf *x, const struct param *pm, const struct value *v,
                   int quoted)
{
	struct pattern pt;

	if (expand_pattern(pm->arg, &pt) < 0)
		return -1;
	if (!v->star) {
		const char *s = v->p ? v->p : "";
		size_t n = v->n;

		trim(pm, &pt, &s, &n);
		put_one(x, s, n, quoted);
		return 0;
	}
	{
		struct value t = *v;

		t.list = arena_alloc(&sh.arena, ((size_t)v->count + 1) * sizeof(char *));
		for (int i = 0; i < v->count; i++) {
			const char *s = v->list[i];
			size_t n = strlen(s);

			trim(pm, &pt, &s, &n);
			t.list[i] = arena_strndup(&sh.arena, s, n);
		}
		put_list(x, &t, quoted);
	}
	return 0;
}

static int op_names(struct xbuf *x, const struct param *pm, int quoted)
{
	const char **names = var_names(&sh.arena, pm->name, strlen(pm->name));
	struct value v = { .star = pm->letter, .list = (char **)names };

	while (names[v.count])
		v.count++;
	put_list(x, &v, quoted);
	return 0;
}

static int op_keys(struct xbuf *x, const struct param *pm, int quoted)
{
	struct var *var = var_find(pm->name, strlen(pm->name));
	struct value v = { .star = pm->all };
	const char *key;

	if (var && var->flags & VAR_NAMEREF)
		var = var_deref(var);
	if (var && var->hook)
		var_value(var, NULL);
	if (var && var->array) {
		size_t n = array_count(var->array);

		v.list = arena_alloc(&sh.arena, (n + 1) * sizeof(char *));
		for (size_t i = 0; i < n; i++) {
			array_at(var->array, i, &key, v.buf);
			v.list[i] = arena_strdup(&sh.arena, key);
		}
		v.count = (int)n;
	} else if (var && var->flags & VAR_SET) {
		v.list = arena_alloc(&sh.arena, sizeof(char *));
		v.list[0] = arena_strdup(&sh.arena, "0");
		v.count = 1;
	}
	put_list(x, &v, quoted);
	return 0;
}

// ${!name}: the value of the parameter that $name names.
static int op_indirect(const struct param *pm, struct value *v)
{
	const char *name;

	if (v->star) {
		sh_message(NULL, "${!%s}: cannot be used with a list", pm->name);
		sh_discard(1);
		return -1;
	}
	if (v->var && v->var->flags & VAR_NAMEREF) { // ${!ref}: the name it refers to
		v->var = NULL;
		return 0;
	}
	if (!v->p || !v->n) {
		sh_message(NULL, "${!%s}: the variable is not set", pm->name);
		sh_discard(1);
		return -1;
	}
	name = arena_strndup(&sh.arena, v->p, v->n);
	*v = (struct value){ 0 };
	{
		size_t n = strlen(name);

		if (n > 3 &&
		    (!strcmp(name + n - 3, "[@]") || !strcmp(name + n - 3, "[*]"))) {
			struct param all = { .kind = PARAM_NAME, .all = name[n - 2] };

			return name_value(v, name, n - 3, &all);
		}
		if (!strcmp(name, "@") || !strcmp(name, "*")) {
			special_value(v, *name);
			return 0;
		}
		if (is_name(name, n))
			v->var = var_make(name, n);
	}
	return indirect_value(name, &v->p, &v->n);
}

int expand_param(struct xbuf *x, const struct param *pm, int quoted)
{
	struct value v = { 0 };

	if (pm->op == OP_BAD) {
		sh_complain(&pm->range, "bad substitution: this is no parameter "
		                        "expansion that stepsh knows");
		sh_discard(sh_opt(OPT_SH_ERRORS) ? 2 : 1);
		return -1;
	}
	if (pm->op == OP_NAMES)
		return op_names(x, pm, quoted);
	if (pm->op == OP_KEYS)
		return op_keys(x, pm, quoted);
	if (param_value(pm, &v) < 0)
		return -1;
	if (pm->indirect && op_indirect(pm, &v) < 0)
		return -1;
	if (pm->op == OP_LENGTH)
		return op_length(x, pm, &v, quoted);
	if (pm->op >= OP_DEFAULT && pm->op <= OP_ALTERNATE) {
		int r = op_conditional(x, pm, &v, quoted);

		if (r)
			return r < 0 ? -1 : 0;
	} else if (!v.p && !v.star && sh_opt(OPT_NOUNSET)) {
		expand_unset(pm->name, strlen(pm->name));
		return -1;
	}
	if (pm->op <= OP_ALTERNATE) {
		put_value(x, &v, quoted);
		return 0;
	}
	if (pm->op <= OP_SUFFIX_LONG)
		return op_trim(x, pm, &v, quoted);
	{
		struct transform t = { .pm = pm, .var = v.var };
		struct value r = v;

		if (!v.star) {
			char *one = v.p ? arena_strndup(&sh.arena, v.p, v.n) : NULL;

			t.list = &one;
			t.count = 1;
			if (transform_apply(&t) < 0)
				return -1;
			one = t.count ? t.list[0] : NULL;
			put_one(x, one, one ? strlen(one) : 0, quoted);
			return 0;
		}
		t.list = v.list;
		t.count = v.count;
		t.star = v.star;
		t.positional = pm->kind == PARAM_SPECIAL && !pm->indirect;
		if (transform_apply(&t) < 0)
			return -1;
		r.list = t.list;
		r.count = t.count;
		put_list(x, &r, quoted);
		return 0;
	}
}
