#include <string.h>

#include "base/mem.h"
#include "stepsh/escape.h"
#include "stepsh/lex.h"

// A word that is being built. Literal bytes collect at the end of p->scratch, above those
// of the words around it, and become a part when something else follows.
struct wordbuf {
	const struct part *first;
	const struct part **tail;
	size_t base;   // start of the pending literal in p->scratch
	int quoted;    // the pending literal is quoted
	int pending;   // there is one, maybe empty
	uint8_t flags; // WORD_QUOTED
};

static void buf_start(struct parser *p, struct wordbuf *b)
{
	*b = (struct wordbuf){ .base = p->scratch.len };
	b->tail = &b->first;
}

static int is_glob_char(char c)
{
	return c == '*' || c == '?' || c == '[' || c == '\\';
}

const struct part *part_new_lit(struct parser *p, const char *s, size_t n, int flags)
{
	struct part *a = ARENA_NEW(p->arena, struct part);

	a->kind = PART_LIT;
	a->flags = (uint8_t)flags;
	a->lit.p = s;
	a->lit.n = n;
	if (!(flags & PART_QUOTED))
		for (size_t i = 0; i < n; i++)
			if (is_glob_char(s[i]) || (s[i] == '(' && i))
				a->flags |= PART_GLOB;
	return a;
}

static void buf_append(struct wordbuf *b, const struct part *a)
{
	*b->tail = a;
	b->tail = (const struct part **)&((struct part *)a)->next;
}

// Make a part of the literal bytes so far.
static void buf_flush(struct parser *p, struct wordbuf *b)
{
	size_t n = p->scratch.len - b->base;

	if (b->pending)
		buf_append(b,
		           part_new_lit(p,
		                        arena_strndup(p->arena,
		                                      str_cstr(&p->scratch) + b->base, n),
		                        n, b->quoted ? PART_QUOTED : 0));
	if (p->scratch.p)
		str_cut(&p->scratch, b->base);
	b->pending = 0;
}

static void buf_literal(struct parser *p, struct wordbuf *b, const char *s, size_t n,
                        int quoted)
{
	if (b->pending && b->quoted != quoted)
		buf_flush(p, b);
	b->pending = 1;
	b->quoted = quoted;
	str_addn(&p->scratch, s, n);
}

static void buf_char(struct parser *p, struct wordbuf *b, int c, int quoted)
{
	char ch = (char)c;

	buf_literal(p, b, &ch, 1, quoted);
}

static struct part *buf_part(struct parser *p, struct wordbuf *b, int kind, int dq)
{
	struct range here = lex_here(p);
	struct part *a;

	buf_flush(p, b);
	a = ARENA_NEW(p->arena, struct part);
	a->kind = (uint8_t)kind;
	a->flags = dq ? PART_QUOTED : 0;
	a->line = here.line;
	a->off = here.begin;
	buf_append(b, a);
	return a;
}

static void lex_dollar(struct parser *p, struct wordbuf *b, int dq, int in_quotes);
static void lex_backquote(struct parser *p, struct wordbuf *b, int dq, int in_quotes);

int is_name(const char *s, size_t n)
{
	if (!n || !is_name_start((unsigned char)*s))
		return 0;
	for (size_t i = 1; i < n; i++)
		if (!is_name_char((unsigned char)s[i]))
			return 0;
	return 1;
}

int lex_word_end(int c)
{
	return c < 0 || c == ' ' || c == '\t' || c == '\n' || c == ';' || c == '&' ||
	       c == '|' || c == '<' || c == '>' || c == '(' || c == ')';
}

static void lex_single_quotes(struct parser *p, struct wordbuf *b)
{
	struct range open = lex_here(p);
	int c;

	b->flags |= WORD_QUOTED;
	lex_take(p);
	buf_literal(p, b, "", 0, 1);
	while ((c = lex_raw(p)) != '\'') {
		if (c < 0) {
			p->err.incomplete = 1;
			parse_fail(p, open, "this single quote is never closed");
			return;
		}
		buf_char(p, b, c, 1);
		lex_take(p);
	}
	lex_take(p);
}

// $'...', the opening is consumed.
static void lex_dollar_single(struct parser *p, struct wordbuf *b, struct range open)
{
	size_t from, n;
	struct str out = { 0 };
	int c;

	b->flags |= WORD_QUOTED;
	buf_literal(p, b, "", 0, 1);
	from = p->scratch.len;
	while ((c = lex_raw(p)) != '\'') {
		if (c < 0) {
			p->err.incomplete = 1;
			parse_fail(p, open, "this $' quote is never closed");
			return;
		}
		str_addc(&p->scratch, (char)c);
		lex_take(p);
		if (c == '\\' && (c = lex_raw(p)) >= 0) {
			str_addc(&p->scratch, (char)c);
			lex_take(p);
		}
	}
	lex_take(p);
	n = p->scratch.len - from;
	escape_dollar_single(&out, str_cstr(&p->scratch) + from, n);
	str_cut(&p->scratch, from);
	str_addn(&p->scratch, str_cstr(&out), out.len);
	str_finish(&out);
}

// A backslash between double quotes: it quotes only $ ` " \ and newline.
static void lex_dq_backslash(struct parser *p, struct wordbuf *b, int quote_ok, int brace)
{
	int c;

	p->cur++; // a line continuation was removed already, so another character follows
	c = lex_raw(p);
	if (c < 0 || !(c == '$' || c == '`' || (c == '"' && quote_ok) || c == '\\' ||
	               (c == '}' && brace))) {
		buf_char(p, b, '\\', 1);
		return;
	}
	buf_char(p, b, c, 1);
	lex_take(p);
}

static void lex_double_quotes(struct parser *p, struct wordbuf *b)
{
	struct range open = lex_here(p);
	int c;

	if (parse_enter(p) < 0)
		return;
	b->flags |= WORD_QUOTED;
	lex_take(p);
	// "" alone is an empty field; "$@" alone may be no field.
	if (lex_peek(p) == '"')
		buf_literal(p, b, "", 0, 1);
	while ((c = lex_peek(p)) != '"') {
		if (c < 0) {
			p->err.incomplete = 1;
			parse_fail(p, open, "this double quote is never closed");
			break;
		}
		if (c == '\\')
			lex_dq_backslash(p, b, 1, 0);
		else if (c == '$')
			lex_dollar(p, b, 1, 1);
		else if (c == '`')
			lex_backquote(p, b, 1, 1);
		else {
			buf_char(p, b, c, 1);
			lex_take(p);
		}
	}
	lex_take(p);
	p->depth--;
}

// The text between backquotes with one level of backslashes removed, as a source.
static struct source *backquote_text(struct parser *p, int dq)
{
	struct range open = lex_here(p);
	struct source *src;
	size_t base = p->scratch.len;
	int c;

	lex_take(p);
	while ((c = lex_raw(p)) != '`') {
		if (c < 0) {
			p->err.incomplete = 1;
			parse_fail(p, open, "this backquote is never closed");
			break;
		}
		lex_take(p);
		if (c == '\\') {
			int d = lex_raw(p);

			if (d == '$' || d == '`' || d == '\\' || (d == '"' && dq)) {
				c = d;
				lex_take(p);
			}
		}
		str_addc(&p->scratch, (char)c);
	}
	lex_take(p);
	src = source_create(p->src->name, str_cstr(&p->scratch) + base,
	                    p->scratch.len - base, open.line);
	src->column = open.column + 1;
	if (p->scratch.p)
		str_cut(&p->scratch, base);
	return src;
}

static void lex_backquote(struct parser *p, struct wordbuf *b, int dq, int in_quotes)
{
	struct part *a = buf_part(p, b, PART_COMMAND, dq);
	struct source *src;

	if (parse_enter(p) < 0)
		return;
	src = backquote_text(p, in_quotes);
	unit_keep_source(p->unit, src);
	a->body = parse_text(p, src, dq);
	p->depth--;
}

// $(( ... )): 1 when it was one; 0 with nothing consumed otherwise.
static int lex_dollar_arith(struct parser *p, struct part *a)
{
	struct range open = lex_here(p);

	if (lex_peek(p) != '(' || !lex_is_arith(p, 0))
		return 0;
	lex_take(p);
	a->kind = PART_ARITH;
	a->arith = lex_arith_body(p, open);
	return 1;
}

static void lex_command_sub(struct parser *p, struct wordbuf *b, int dq,
                            struct range open)
{
	struct part *a = buf_part(p, b, PART_COMMAND, dq);

	if (parse_enter(p) < 0)
		return;
	lex_take(p); // (
	if (!lex_dollar_arith(p, a)) {
		a->body = parse_substitution(p, open, "$(");
	}
	p->depth--;
}

// A dollar sign. `dq`: what it expands to is quoted; `in_quotes`: quotes after it are
// characters.
static void lex_dollar(struct parser *p, struct wordbuf *b, int dq, int in_quotes)
{
	struct range open = lex_here(p);
	struct param *pm;
	struct part *a;
	int c;

	p->cur++;
	c = lex_peek(p);
	if (c == '(') {
		lex_command_sub(p, b, dq, open);
		return;
	}
	if (c == '\'' && !in_quotes) {
		p->cur++;
		lex_dollar_single(p, b, open);
		return;
	}
	if (c == '"' && !in_quotes && !(p->flags & PARSE_POSIX)) {
		lex_double_quotes(p, b);
		return;
	}
	if (c == '[' && !(p->flags & PARSE_POSIX)) { // $[...], an old $((...))
		lex_take(p);
		a = buf_part(p, b, PART_ARITH, dq);
		a->arith = lex_word(p, MODE_SUBSCRIPT, 1);
		if (lex_peek(p) != ']')
			parse_fail(p, open, "this $[ is never closed by a ]");
		lex_take(p);
		return;
	}
	if (c != '{' && !is_name_char(c) && !(c > 0 && strchr("@*#?-$!", c))) {
		buf_char(p, b, '$', dq);
		return;
	}
	a = buf_part(p, b, PART_PARAM, dq);
	pm = ARENA_NEW(p->arena, struct param);
	pm->range = open;
	a->param = pm;
	if (c == '{') {
		lex_take(p);
		if (parse_enter(p) < 0)
			return;
		lex_brace_param(p, pm, dq, open);
		p->depth--;
	} else if (c >= '0' && c <= '9') {
		p->cur++;
		pm->kind = c == '0' ? PARAM_SPECIAL : PARAM_POSITIONAL;
		pm->special = '0';
		pm->number = (uint32_t)(c - '0');
		pm->name = arena_printf(p->arena, "%c", c);
	} else {
		lex_param_name(p, pm);
	}
	lex_close_range(p, &pm->range);
}

// ~user at the start of a word or, in a value, after = or : .
static void lex_tilde(struct parser *p, struct wordbuf *b, int in_value)
{
	size_t n = 0;
	struct part *a;
	int c;

	for (;;) {
		c = lex_ahead(p, n);
		if (c == '/' || (c == ':' && in_value) || lex_word_end(c) || c == '}')
			break;
		if (!is_name_char(c) && c != '.' && c != '-' && c != '+' && c != '~') {
			buf_char(p, b, '~', 0);
			lex_take(p);
			return;
		}
		n++;
	}
	a = buf_part(p, b, PART_TILDE, 0);
	if (in_value)
		a->flags |= PART_IN_VALUE;
	a->lit.p = arena_strndup(p->arena, p->cur, n);
	a->lit.n = n;
	p->cur += n;
}

static void lex_process_sub(struct parser *p, struct wordbuf *b)
{
	struct range open = lex_here(p);
	struct part *a = buf_part(p, b, PART_PROCESS, 0);

	if (lex_peek(p) == '>')
		a->flags |= PART_OUTPUT;
	if (parse_enter(p) < 0)
		return;
	lex_take(p);
	lex_take(p);
	a->body = parse_substitution(p, open, "<(");
	p->depth--;
}

// ?( *( +( @( !( : literal text up to the matching parenthesis, with what expands in it.
static void lex_extglob(struct parser *p, struct wordbuf *b);

static int is_extglob(struct parser *p, int c)
{
	return p->flags & PARSE_EXTGLOB && c > 0 && strchr("?*+@!", c) &&
	       lex_ahead(p, 1) == '(';
}

static int word_stops(int mode, int c, int nest)
{
	switch (mode) {
	case MODE_WORD:
		return lex_word_end(c);
	case MODE_REGEX:
		return nest ? c < 0 : c == ' ' || c == '\t' || c == '\n' || c < 0;
	case MODE_BRACE:
		return c == '}';
	case MODE_SLASH:
		return c == '}' || c == '/';
	case MODE_SLASH_FIRST:
		return c == '}' || (c == '/' && nest);
	case MODE_SLICE:
		return c == '}' || (c == ':' && !nest);
	case MODE_SUBSCRIPT:
		return c == ']' && !nest;
	case MODE_ARITH:
		return c == ')' && !nest;
	case MODE_ARITH_SEMI:
		return (c == ')' || c == ';') && !nest;
	default:
		return c < 0;
	}
}

// How the character changes the depth of what must be balanced before the word may stop.
static int nesting(int mode, int c)
{
	switch (mode) {
	case MODE_ARITH:
	case MODE_ARITH_SEMI:
	case MODE_REGEX:
		return c == '(' ? 1 : c == ')' ? -1 : 0;
	case MODE_SLASH_FIRST:
		return 1;
	case MODE_SUBSCRIPT:
		return c == '[' ? 1 : c == ']' ? -1 : 0;
	case MODE_SLICE:
		return c == '(' || c == '?' ? 1 : c == ')' || c == ':' ? -1 : 0;
	default:
		return 0;
	}
}

// One character or construct of a word.
static void lex_piece(struct parser *p, struct wordbuf *b, int mode, int dq, int c)
{
	// Quotes inside "${x-...}", $((...)), subscripts and here-documents.
	int quotes_literal = mode == MODE_HERE;
	int single_literal = dq && mode != MODE_SUBSCRIPT;

	if (c == '\'' && !single_literal) {
		lex_single_quotes(p, b);
	} else if (c == '"' && !quotes_literal) {
		lex_double_quotes(p, b);
	} else if (c == '$') {
		lex_dollar(p, b, dq, mode == MODE_HERE || (dq && mode != MODE_SUBSCRIPT));
	} else if (c == '`') {
		lex_backquote(p, b, dq, dq && mode != MODE_HERE);
	} else if (c == '\\' && dq) {
		lex_dq_backslash(p, b, !quotes_literal, mode == MODE_BRACE);
	} else if (c == '\\') {
		p->cur++;
		c = lex_raw(p);
		b->flags |= WORD_QUOTED;
		if (c < 0) {
			buf_char(p, b, '\\', 1);
		} else {
			buf_char(p, b, c, 1);
			lex_take(p);
		}
	} else {
		buf_char(p, b, c, dq);
		lex_take(p);
	}
}

static void lex_extglob(struct parser *p, struct wordbuf *b)
{
	struct range open = lex_here(p);
	int c, nest = 0;

	buf_char(p, b, lex_peek(p), 0);
	lex_take(p);
	do {
		c = lex_peek(p);
		if (c < 0) {
			p->err.incomplete = 1;
			parse_fail(p, open,
			           "this extended pattern is never closed by a )");
			return;
		}
		nest += c == '(' ? 1 : c == ')' ? -1 : 0;
		lex_piece(p, b, MODE_WORD, 0, c);
	} while (nest && !p->failed);
}

// NAME[ at the start of a word: does the matching ] have = or += after it?
static int subscript_assignment(struct parser *p)
{
	int nest = 0, c;

	for (size_t i = 0; (c = lex_ahead(p, i)) >= 0 && c != '\n'; i++) {
		if (c == '\\' && lex_ahead(p, i + 1) >= 0)
			i++;
		else if (c == '\'' || c == '"') {
			int q = c;

			for (i++; (c = lex_ahead(p, i)) >= 0 && c != q; i++)
				if (c == '\\' && q == '"')
					i++;
		} else if (c == '[')
			nest++;
		else if (c == ']' && !--nest)
			return lex_ahead(p, i + 1) == '=' ||
			       (lex_ahead(p, i + 1) == '+' && lex_ahead(p, i + 2) == '=');
	}
	return 0;
}

// Bytes of the pending literal, when it is all there is of the word.
static int only_literal(struct parser *p, const struct wordbuf *b, const char **s,
                        size_t *n)
{
	if (b->first || (b->pending && b->quoted))
		return 0;
	*s = str_cstr(&p->scratch) + b->base;
	*n = p->scratch.len - b->base;
	return 1;
}

struct value_state {
	int in_value; // after NAME=
	int tilde_ok; // a ~ here begins a tilde-prefix
};

static void lex_plain_piece(struct parser *p, struct wordbuf *b, int mode, int dq, int c,
                            struct value_state *v)
{
	const char *s;
	size_t n;

	if (c == '~' && v->tilde_ok && !dq) {
		lex_tilde(p, b, v->in_value);
		v->tilde_ok = 0;
		return;
	}
	v->tilde_ok = v->in_value && c == ':';
	if (mode == MODE_WORD && c == '=' && !v->in_value && only_literal(p, b, &s, &n) &&
	    n) {
		if (s[n - 1] == '+' && !(p->flags & PARSE_POSIX))
			n--;
		if (is_name(s, n))
			v->in_value = v->tilde_ok = 1;
	}
	if (mode == MODE_WORD && is_extglob(p, c))
		lex_extglob(p, b);
	else
		lex_piece(p, b, mode, dq, c);
}

static void lex_general(struct parser *p, struct wordbuf *b, int mode, int dq)
{
	struct value_state v = { 0, !dq && (mode == MODE_WORD || mode == MODE_BRACE) };
	struct range start = lex_here(p);
	int nest = 0, c;

	for (;;) {
		c = lex_peek(p);
		if (p->failed)
			return;
		if (mode == MODE_WORD && (c == '<' || c == '>') &&
		    lex_ahead(p, 1) == '(' && !(p->flags & PARSE_POSIX)) {
			lex_process_sub(p, b);
			continue;
		}
		if (word_stops(mode, c, nest))
			return;
		if (c < 0) {
			p->err.incomplete = 1;
			parse_fail(p, start, "the script ends inside this expansion");
			return;
		}
		nest += nesting(mode, c);
		if (nest < 0)
			nest = 0;
		lex_plain_piece(p, b, mode, dq, c, &v);
		if (mode == MODE_WORD && p->assign_ok && b->pending && !b->quoted &&
		    !b->first && lex_peek(p) == '[' && !(p->flags & PARSE_POSIX) &&
		    is_name(p->scratch.p + b->base, p->scratch.len - b->base) &&
		    subscript_assignment(p)) {
			// Taken apart by parse_assignment(), from the source text.
			struct wordbuf inner;

			buf_char(p, b, '[', 0);
			lex_take(p);
			buf_flush(p, b);
			buf_start(p, &inner);
			lex_general(p, &inner, MODE_SUBSCRIPT, 1);
			buf_flush(p, &inner);
			if (inner.first) {
				buf_append(b, inner.first);
				b->tail = inner.tail;
			}
			b->base = p->scratch.len;
			buf_char(p, b, ']', 0);
			lex_take(p);
			if (lex_peek(p) == '+') {
				buf_char(p, b, '+', 0);
				lex_take(p);
			}
			buf_char(p, b, '=', 0);
			lex_take(p);
			v.in_value = v.tilde_ok = 1;
			b->flags |= WORD_ASSIGN;
		}
	}
}

// Characters that end the fast scan of an ordinary word.
static int is_ordinary(unsigned char c)
{
	static const char table[256] = {
		['a' ... 'z'] = 1, ['A' ... 'Z'] = 1, ['0' ... '9'] = 1,
		['_'] = 1,         ['-'] = 1,         ['.'] = 1,
		['/'] = 1,         [','] = 1,         ['+'] = 1,
		[':'] = 1,         ['%'] = 1,         [128 ... 255] = 1,
	};

	return table[c];
}

struct word *lex_word(struct parser *p, int mode, int dq)
{
	struct word *w = ARENA_NEW(p->arena, struct word);
	struct wordbuf b;

	w->range = lex_here(p);
	if (mode == MODE_WORD) {
		const char *s = p->cur;

		while (s < p->end && is_ordinary((unsigned char)*s))
			s++;
		if (s < p->end && s > p->cur && *s != '\\' && *s &&
		    lex_word_end((unsigned char)*s) && !(s[-1] == '+' && *s == '(') &&
		    !((*s == '<' || *s == '>') && s + 1 < p->end && s[1] == '(')) {
			w->plain_len = (uint32_t)(s - p->cur);
			w->plain = arena_strndup(p->arena, p->cur, w->plain_len);
			w->parts = part_new_lit(p, w->plain, w->plain_len, 0);
			p->cur = s;
			lex_close_range(p, &w->range);
			return w;
		}
	}
	buf_start(p, &b);
	lex_general(p, &b, mode, dq);
	buf_flush(p, &b);
	w->parts = b.first;
	w->flags = b.flags;
	lex_close_range(p, &w->range);
	word_finish(p, w);
	return w;
}

void word_finish(struct parser *p, struct word *w)
{
	const struct part *a;
	size_t n = 0;
	char *s;

	for (a = w->parts; a; a = a->next) {
		// A lone [ is no pattern, but the name of a command.
		if (a->kind != PART_LIT ||
		    (a->flags & PART_GLOB &&
		     !(a == w->parts && !a->next && !strcmp(a->lit.p, "["))))
			return;
		n += a->lit.n;
	}
	if (!n && !(w->flags & WORD_QUOTED))
		return;
	a = w->parts;
	w->plain_len = (uint32_t)n;
	if (a && !a->next) {
		w->plain = a->lit.p;
		return;
	}
	s = arena_alloc(p->arena, n + 1);
	w->plain = s;
	for (; a; a = a->next) {
		memcpy(s, a->lit.p, a->lit.n);
		s += a->lit.n;
	}
	*s = '\0';
}

int word_is(const struct word *w, const char *s)
{
	const struct part *a = w->parts;

	return a && !a->next && a->kind == PART_LIT && !(w->flags & WORD_QUOTED) &&
	       !strcmp(a->lit.p, s);
}
