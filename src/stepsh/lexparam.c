// ${...}: names, subscripts, operators.
#include <string.h>

#include "base/mem.h"
#include "stepsh/lex.h"

static const struct {
	char text[3];
	uint8_t op, posix;
} param_ops[] = {
	{ "##", OP_PREFIX_LONG, 1 },  { "#", OP_PREFIX, 1 },
	{ "%%", OP_SUFFIX_LONG, 1 },  { "%", OP_SUFFIX, 1 },
	{ "-", OP_DEFAULT, 1 },       { "=", OP_ASSIGN, 1 },
	{ "?", OP_ERROR, 1 },         { "+", OP_ALTERNATE, 1 },
	{ "//", OP_REPLACE_ALL, 0 },  { "/#", OP_REPLACE_HEAD, 0 },
	{ "/%", OP_REPLACE_TAIL, 0 }, { "/", OP_REPLACE, 0 },
	{ "^^", OP_UPPER, 0 },        { "^", OP_UPPER_FIRST, 0 },
	{ ",,", OP_LOWER, 0 },        { ",", OP_LOWER_FIRST, 0 },
	{ "~~", OP_TOGGLE, 0 },       { "~", OP_TOGGLE_FIRST, 0 },
	{ "@", OP_TRANSFORM, 0 },
};

// Not an error before it is expanded: scripts for several shells have such things behind a
// test of the shell. What is left of it is skipped.
static void param_bad(struct parser *p, struct param *pm, int dq)
{
	pm->op = OP_BAD;
	if (!p->failed)
		lex_word(p, MODE_BRACE, dq);
}

// The name or the number or the special character of ${...}.
int lex_param_name(struct parser *p, struct param *pm)
{
	size_t base = p->scratch.len;
	int c = lex_peek(p);

	if (is_name_start(c)) {
		for (; is_name_char(c); c = lex_peek(p)) {
			str_addc(&p->scratch, (char)c);
			p->cur++;
		}
		pm->kind = PARAM_NAME;
	} else if (c >= '0' && c <= '9') {
		for (; c >= '0' && c <= '9'; c = lex_peek(p)) {
			str_addc(&p->scratch, (char)c);
			if (pm->number < 100000000)
				pm->number = pm->number * 10 + (uint32_t)(c - '0');
			p->cur++;
		}
		pm->kind = PARAM_POSITIONAL;
		if (!pm->number) {
			pm->kind = PARAM_SPECIAL;
			pm->special = '0';
		}
	} else if (c > 0 && strchr("@*#?-$!", c)) {
		str_addc(&p->scratch, (char)c);
		p->cur++;
		pm->kind = PARAM_SPECIAL;
		pm->special = (char)c;
	} else {
		return -1;
	}
	pm->name = arena_strndup(p->arena, p->scratch.p + base, p->scratch.len - base);
	str_cut(&p->scratch, base);
	return 0;
}

static void param_subscript(struct parser *p, struct param *pm)
{
	int c;

	if (pm->kind != PARAM_NAME || lex_peek(p) != '[' || p->flags & PARSE_POSIX)
		return;
	lex_take(p);
	c = lex_peek(p);
	if ((c == '@' || c == '*') && lex_ahead(p, 1) == ']') {
		pm->all = (char)c;
		lex_take(p);
		lex_take(p);
		return;
	}
	pm->subscript = lex_word(p, MODE_SUBSCRIPT, 1);
	if (lex_peek(p) != ']')
		parse_fail(p, lex_here(p), "this subscript wants a closing ]");
	lex_take(p);
}

// The operator and its words, up to the closing brace.
static void param_operator(struct parser *p, struct param *pm, int dq)
{
	int c = lex_peek(p), posix = p->flags & PARSE_POSIX;

	if (c == ':') {
		int d;

		lex_take(p);
		d = lex_peek(p);
		if (d > 0 && strchr("-=?+", d)) {
			pm->colon = 1;
		} else if (!posix) {
			pm->op = OP_SLICE;
			pm->arg = lex_word(p, MODE_SLICE, 1);
			if (lex_peek(p) == ':') {
				lex_take(p);
				pm->arg2 = lex_word(p, MODE_BRACE, 1);
			}
			return;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(param_ops); i++) {
		const char *t = param_ops[i].text;
		size_t n = strlen(t);

		if (lex_peek(p) != t[0] || (n == 2 && lex_ahead(p, 1) != t[1]) ||
		    (posix && !param_ops[i].posix))
			continue;
		while (n--)
			lex_take(p);
		pm->op = param_ops[i].op;
		break;
	}
	if (pm->colon && (pm->op < OP_DEFAULT || pm->op > OP_ALTERNATE))
		pm->op = OP_NONE;
	switch (pm->op) {
	case OP_NONE:
		param_bad(p, pm, dq);
		return;
	case OP_DEFAULT:
	case OP_ASSIGN:
	case OP_ERROR:
	case OP_ALTERNATE:
		pm->arg = lex_word(p, MODE_BRACE, dq);
		return;
	case OP_REPLACE:
	case OP_REPLACE_ALL:
	case OP_REPLACE_HEAD:
	case OP_REPLACE_TAIL:
		// A slash that comes first belongs to the pattern.
		pm->arg = lex_word(p,
		                   pm->op == OP_REPLACE_ALL && lex_peek(p) == '/'
		                           ? MODE_SLASH_FIRST
		                           : MODE_SLASH,
		                   0);
		if (lex_peek(p) == '/') {
			lex_take(p);
			pm->arg2 = lex_word(p, MODE_BRACE, 0);
		}
		return;
	case OP_TRANSFORM:
		c = lex_peek(p);
		if (c < 0 || !strchr("QEPAaKkuUL", c)) {
			param_bad(p, pm, dq);
			return;
		}
		pm->letter = (char)c;
		lex_take(p);
		return;
	default:
		// Quotes in a pattern count even between double quotes.
		pm->arg = lex_word(p, MODE_BRACE, 0);
	}
}

// ${!...}, the ! is consumed.
static void param_bang(struct parser *p, struct param *pm, int dq)
{
	int c;

	if (lex_param_name(p, pm) < 0) {
		param_bad(p, pm, dq);
		return;
	}
	c = lex_peek(p);
	if ((c == '*' || c == '@') && lex_ahead(p, 1) == '}') {
		pm->op = OP_NAMES;
		pm->letter = (char)c;
		lex_take(p);
		return;
	}
	param_subscript(p, pm);
	if (pm->all && lex_peek(p) == '}') {
		pm->op = OP_KEYS;
		return;
	}
	pm->indirect = 1;
	if (lex_peek(p) != '}')
		param_operator(p, pm, dq);
}

// What follows "${", up to and with the closing brace.
void lex_brace_param(struct parser *p, struct param *pm, int dq, struct range open)
{
	int c = lex_peek(p), d = lex_ahead(p, 1);

	if (c == '#' && d != '}' &&
	    !((d == '-' || d == '?' || d == '#' || d == '%' || d == '=' || d == '+' ||
	       d == ':' || d == '/') &&
	      lex_ahead(p, 2) != '}')) {
		lex_take(p);
		pm->op = OP_LENGTH;
		if (lex_param_name(p, pm) < 0)
			param_bad(p, pm, dq);
		param_subscript(p, pm);
	} else if (c == '!' && !(p->flags & PARSE_POSIX) &&
	           (is_name_char(d) || d == '#')) {
		lex_take(p);
		param_bang(p, pm, dq);
	} else {
		if (lex_param_name(p, pm) < 0)
			param_bad(p, pm, dq);
		param_subscript(p, pm);
		if (!p->failed && lex_peek(p) != '}')
			param_operator(p, pm, dq);
	}
	if (p->failed)
		return;
	c = lex_peek(p);
	if (c < 0) {
		p->err.incomplete = 1;
		parse_fail(p, open, "this ${ is never closed by a }");
	} else if (c != '}') {
		param_bad(p, pm, dq);
	}
	lex_take(p);
	lex_close_range(p, &pm->range);
}
