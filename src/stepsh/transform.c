#include "stepsh/transform.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "stepsh/array.h"
#include "stepsh/escape.h"
#include "stepsh/expand.h"
#include "stepsh/pattern.h"
#include "stepsh/prompt.h"
#include "stepsh/quote.h"
#include "stepsh/sh.h"
#include "stepsh/var.h"

static char *keep(struct str *s)
{
	char *p = arena_strndup(&sh.arena, str_cstr(s), s->len);

	str_finish(s);
	return p;
}

static size_t chars_to_bytes(const char *s, size_t n, int64_t chars)
{
	size_t at = 0;
	uint32_t c;

	while (chars-- > 0 && at < n)
		at += utf8_decode(s + at, n - at, &c);
	return at;
}

static int64_t count_chars(const char *s, size_t n)
{
	int64_t count = 0;
	uint32_t c;

	for (size_t at = 0; at < n; count++)
		at += utf8_decode(s + at, n - at, &c);
	return count;
}

static int slice_fail(const struct param *pm)
{
	sh_message(NULL, "${%s:...}: the length is negative", pm->name);
	sh_discard(1);
	return -1;
}

static int slice_text(struct transform *t, int64_t off, int64_t len, int has_len)
{
	char *s = t->list[0];
	size_t n = s ? strlen(s) : 0, from, to;
	int64_t chars = s ? count_chars(s, n) : 0;

	if (off < 0)
		off += chars;
	if (!s || off < 0 || off > chars) {
		t->list[0] = (char *)"";
		return 0;
	}
	if (!has_len)
		len = chars - off;
	else if (len < 0 && (len += chars - off) < 0)
		return slice_fail(t->pm);
	from = chars_to_bytes(s, n, off);
	to = from + chars_to_bytes(s + from, n - from, len);
	t->list[0] = arena_strndup(&sh.arena, s + from, to - from);
	return 0;
}

static int slice_list(struct transform *t, int64_t off, int64_t len, int has_len)
{
	struct argv out = { 0 };
	int64_t n = t->count;

	if (t->positional) { // ${@:0} begins with $0
		if (off < 0)
			off += n + 1;
		else if (off == 0)
			argv_add(&out, (char *)sh.arg0);
		off = off > 0 ? off - 1 : off;
	} else if (t->var && t->var->array && !array_is_assoc(t->var->array)) {
		// Offsets are subscripts.
		const char *key;
		char buf[24];
		int64_t i = 0;

		if (off < 0)
			off += array_next_index(t->var->array);
		for (; i < n; i++) {
			array_at(t->var->array, (size_t)i, &key, buf);
			if (off >= 0 && strtoll(key, NULL, 10) >= off)
				break;
		}
		off = off < 0 ? n : i;
	} else if (off < 0) {
		off += n;
	}
	if (off < 0)
		off = n;
	if (has_len && len < 0)
		return slice_fail(t->pm);
	for (int64_t i = off; i < n && (!has_len || out.n < len); i++)
		argv_add(&out, t->list[i]);
	if (has_len && out.n > len)
		out.n = (int)len;
	argv_end(&out);
	t->list = out.v;
	t->count = out.n;
	return 0;
}

static int slice(struct transform *t)
{
	int64_t off, len = 0;

	if (expand_arith(t->pm->arg, &off) < 0)
		return -1;
	if (t->pm->arg2 && expand_arith(t->pm->arg2, &len) < 0)
		return -1;
	return t->star ? slice_list(t, off, len, t->pm->arg2 != NULL)
	               : slice_text(t, off, len, t->pm->arg2 != NULL);
}

// The replacement text; an unquoted & stands for what matched.
static void add_replacement(struct str *out, const struct pattern *r, const char *s,
                            size_t n)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->p[i] == '&' && !r->quoted[i] && sh.shopts & SHOPT_PATSUB) {
			str_addn(out, s, n);
		} else if (r->p[i] == '\\' && !r->quoted[i] && i + 1 < r->n &&
		           sh.shopts & SHOPT_PATSUB &&
		           (r->p[i + 1] == '&' || r->p[i + 1] == '\\')) {
			str_addc(out, r->p[++i]);
		} else {
			str_addc(out, r->p[i]);
		}
	}
}

static char *replace_one(const struct param *pm, const struct pattern *pt,
                         const struct pattern *r, char *s)
{
	size_t n = strlen(s), len = 0;
	struct str out = { 0 };
	int flags = pattern_flags();
	ssize_t k;

	if (pm->op == OP_REPLACE_HEAD || pm->op == OP_REPLACE_TAIL) {
		int head = pm->op == OP_REPLACE_HEAD;

		k = head ? pattern_prefix(pt->p, pt->quoted, pt->n, s, n, 1, flags)
		         : pattern_suffix(pt->p, pt->quoted, pt->n, s, n, 1, flags);
		if (k < 0)
			return s;
		if (!head)
			str_addn(&out, s, n - (size_t)k);
		add_replacement(&out, r, head ? s : s + n - k, (size_t)k);
		if (head)
			str_addn(&out, s + k, n - (size_t)k);
		return keep(&out);
	}
	if (!pt->n)
		return s;
	do {
		k = pattern_search(pt->p, pt->quoted, pt->n, s, n, &len, flags);
		if (k < 0 || (!n && out.len))
			break;
		str_addn(&out, s, (size_t)k);
		add_replacement(&out, r, s + k, len);
		s += (size_t)k + len;
		n -= (size_t)k + len;
		if (!len && n) {
			str_addc(&out, *s++);
			n--;
		}
	} while (pm->op == OP_REPLACE_ALL && n);
	str_addn(&out, s, n);
	return keep(&out);
}

static int replace(struct transform *t)
{
	struct pattern pt, r = { 0 };

	if (expand_pattern(t->pm->arg, &pt) < 0)
		return -1;
	if (t->pm->arg2 && expand_pattern(t->pm->arg2, &r) < 0)
		return -1;
	for (int i = 0; i < t->count; i++)
		if (t->list[i])
			t->list[i] = replace_one(t->pm, &pt, &r, t->list[i]);
	return 0;
}

static char *change_case(const struct param *pm, const struct pattern *pt, char *s)
{
	int first = pm->op == OP_UPPER_FIRST || pm->op == OP_LOWER_FIRST ||
	            pm->op == OP_TOGGLE_FIRST;
	int up = pm->op == OP_UPPER || pm->op == OP_UPPER_FIRST;
	int toggle = pm->op == OP_TOGGLE || pm->op == OP_TOGGLE_FIRST;

	s = arena_strdup(&sh.arena, s);
	for (char *p = s; *p; p++) {
		int is_lower = *p >= 'a' && *p <= 'z', is_upper = *p >= 'A' && *p <= 'Z';

		if (!pt->n ||
		    pattern_match(pt->p, pt->quoted, pt->n, p, 1, pattern_flags())) {
			if (is_lower && (up || toggle))
				*p = (char)(*p - 32);
			else if (is_upper && (!up || toggle))
				*p = (char)(*p + 32);
		}
		if (first)
			break;
	}
	return s;
}

static int cases(struct transform *t)
{
	struct pattern pt = { 0 };

	if (t->pm->arg && expand_pattern(t->pm->arg, &pt) < 0)
		return -1;
	for (int i = 0; i < t->count; i++)
		if (t->list[i])
			t->list[i] = change_case(t->pm, &pt, t->list[i]);
	return 0;
}

static char *attributes(const struct var *v)
{
	static const struct {
		int flag;
		char letter;
	} letters[] = { { VAR_ARRAY, 'a' }, { VAR_ASSOC, 'A' },   { VAR_INTEGER, 'i' },
		        { VAR_LOWER, 'l' }, { VAR_NAMEREF, 'n' }, { VAR_READONLY, 'r' },
		        { VAR_UPPER, 'u' }, { VAR_EXPORT, 'x' } };
	struct str s = { 0 };

	for (size_t i = 0; v && i < sizeof(letters) / sizeof(*letters); i++)
		if (v->flags & (uint32_t)letters[i].flag)
			str_addc(&s, letters[i].letter);
	return keep(&s);
}

static char *letter_one(struct transform *t, char *v)
{
	struct str s = { 0 };
	struct param up = { 0 };
	struct pattern none = { 0 };

	switch (t->pm->letter) {
	case 'Q':
		if (!v)
			return NULL;
		quote_word(&s, v, strlen(v), QUOTE_ALWAYS | QUOTE_ANSI);
		return keep(&s);
	case 'E':
		if (!v)
			return NULL;
		escape_dollar_single(&s, v, strlen(v));
		return keep(&s);
	case 'U':
		up.op = OP_UPPER;
		return v ? change_case(&up, &none, v) : NULL;
	case 'u':
		up.op = OP_UPPER_FIRST;
		return v ? change_case(&up, &none, v) : NULL;
	case 'L':
		up.op = OP_LOWER;
		return v ? change_case(&up, &none, v) : NULL;
	case 'P':
		return v ? prompt_expand(v) : NULL;
	case 'a':
		return attributes(t->var);
	case 'A':
		if (!v || !t->var)
			return NULL;
		var_describe(&s, t->var,
		             t->var->flags & (VAR_ATTRIBUTES) ? "declare" : NULL);
		if (!t->var->array && t->var->flags & VAR_ATTRIBUTES) {
			str_cut(&s, 0); // scalars in single quotes, unlike declare -p
			str_addf(&s, "declare -%s %s=", attributes(t->var), t->var->name);
			quote_word(&s, v, strlen(v), QUOTE_ALWAYS | QUOTE_ANSI);
			return keep(&s);
		}
		str_cut(&s, s.len - 1);
		return keep(&s);
	default: // K, k
		if (!v)
			return NULL;
		quote_word(&s, v, strlen(v), QUOTE_ALWAYS | QUOTE_ANSI);
		return keep(&s);
	}
}

// ${a[@]@A}: one word for all. ${a[@]@K}: keys and values in one word; @k: in many.
static int whole_array(struct transform *t)
{
	const struct array *a = t->var->array;
	struct argv out = { 0 };
	struct str s = { 0 };
	const char *key, *v;
	char buf[24];

	if (t->pm->letter == 'A') {
		var_describe(&s, t->var, "declare");
		str_cut(&s, s.len - 1);
	}
	for (size_t i = 0; t->pm->letter != 'A' && (v = array_at(a, i, &key, buf)); i++) {
		if (t->pm->letter == 'k') {
			argv_add(&out, arena_strdup(&sh.arena, key));
			argv_add(&out, arena_strdup(&sh.arena, v));
			continue;
		}
		if (i)
			str_addc(&s, ' ');
		if (array_is_assoc(a))
			quote_word(&s, key, strlen(key), QUOTE_ANSI);
		else
			str_add(&s, key);
		str_addc(&s, ' ');
		quote_declare(&s, v, strlen(v));
	}
	if (t->pm->letter != 'k')
		argv_add(&out, keep(&s));
	argv_end(&out);
	t->list = out.v;
	t->count = out.n;
	return 0;
}

int transform_apply(struct transform *t)
{
	char **copy;

	if (t->pm->op == OP_SLICE)
		return slice(t);
	copy = arena_alloc(&sh.arena, ((size_t)t->count + 1) * sizeof(char *));
	memcpy(copy, t->list, (size_t)t->count * sizeof(char *));
	t->list = copy;
	if (t->pm->op >= OP_REPLACE && t->pm->op <= OP_REPLACE_TAIL)
		return replace(t);
	if (t->pm->op >= OP_UPPER_FIRST && t->pm->op <= OP_TOGGLE)
		return cases(t);
	if (t->star && t->var && t->var->array && strchr("AKk", t->pm->letter))
		return whole_array(t);
	for (int i = 0; i < t->count; i++)
		t->list[i] = letter_one(t, t->list[i]);
	return 0;
}
