#include "stepsh/lex.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

void parse_fail(struct parser *p, struct range at, const char *fmt, ...)
{
	va_list ap;

	if (p->failed)
		return;
	p->failed = 1;
	p->err.range = at;
	// The place may be in a text of its own (a here-document), which dies with its unit.
	source_put(p->err_src);
	p->err_src = at.src ? source_get(at.src) : NULL;
	va_start(ap, fmt);
	vsnprintf(p->err.msg, sizeof(p->err.msg), fmt, ap);
	va_end(ap);
}

int parse_enter(struct parser *p)
{
	if (++p->depth <= PARSE_DEPTH_MAX)
		return 0;
	parse_fail(p, lex_here(p), "constructs are nested more than %d deep",
	           PARSE_DEPTH_MAX);
	return -1;
}

struct range lex_here(const struct parser *p)
{
	uint32_t off;

	if (p->layer) { // the value of an alias: where the word stands
		struct range at = p->layer->at;

		at.end = at.begin;
		return at;
	}
	off = (uint32_t)(p->cur - p->src->text);
	return (struct range){
		.src = p->src,
		.begin = off,
		.end = off,
		.line = p->line,
		.column = off - p->line_start +
		          (p->line == p->src->line ? p->src->column : 1),
	};
}

void lex_close_range(const struct parser *p, struct range *r)
{
	uint32_t end = p->layer ? p->layer->at.end : lex_here(p).begin;

	r->end = end > r->begin ? end : r->begin;
}

static void pop_layer(struct parser *p)
{
	struct layer *l = p->layer;

	p->cur = l->cur;
	p->end = l->end;
	p->layer = l->below;
	if (l->blank_end)
		p->alias_next = 1;
}

// More text at the end of the source: 1 when there is some.
static int refill(struct parser *p)
{
	size_t off = (size_t)(p->cur - p->src->text);

	if (p->at_eof || p->failed || !p->hooks.refill)
		return 0;
	if (!p->hooks.refill(p->hooks.arg, p->src, p->in_command)) {
		p->at_eof = 1;
		return 0;
	}
	p->cur = p->src->text + off;
	p->end = p->src->text + p->src->len;
	return 1;
}

int lex_raw_slow(struct parser *p)
{
	while (p->cur == p->end) {
		if (p->layer)
			pop_layer(p);
		else if (!refill(p))
			return -1;
	}
	if (!*p->cur) {
		parse_fail(p, lex_here(p), "the script contains a NUL byte");
		return -1;
	}
	return p->failed ? -1 : (unsigned char)*p->cur;
}

int lex_peek_slow(struct parser *p)
{
	int c;

	while ((c = lex_raw(p)) == '\\') {
		if (p->cur + 1 == p->end && !p->layer)
			refill(p);
		if (p->cur + 1 == p->end || p->cur[1] != '\n')
			break;
		lex_take(p);
		lex_take(p);
	}
	return c;
}

void lex_take(struct parser *p)
{
	if (p->cur == p->end)
		return;
	if (*p->cur++ == '\n' && !p->layer) {
		p->line++;
		p->line_start = (uint32_t)(p->cur - p->src->text);
	}
}

int lex_ahead(struct parser *p, size_t n)
{
	while ((size_t)(p->end - p->cur) <= n && !p->layer && refill(p))
		;
	return (size_t)(p->end - p->cur) > n ? (unsigned char)p->cur[n] : -1;
}

static void skip_blanks(struct parser *p)
{
	int c;

	for (;;) {
		c = lex_peek(p);
		if (c == ' ' || c == '\t') {
			p->cur++;
		} else if (c == '#') {
			while ((c = lex_raw(p)) >= 0 && c != '\n')
				p->cur++;
			return;
		} else {
			return;
		}
	}
}

// Operators by their characters: each row continues the one that `after` names. Those of
// bash are read as their parts in POSIX mode.
// clang-format off
static const struct {
	uint8_t after;  // token so far, TOK_EOF = none
	char c;
	uint8_t type, bash;
} operators[] = {
	{ TOK_EOF, '&', TOK_AMP, 0 },        { TOK_EOF, '|', TOK_PIPE, 0 },
	{ TOK_EOF, ';', TOK_SEMI, 0 },       { TOK_EOF, '<', TOK_LESS, 0 },
	{ TOK_EOF, '>', TOK_GREAT, 0 },      { TOK_EOF, '(', TOK_LPAREN, 0 },
	{ TOK_EOF, ')', TOK_RPAREN, 0 },
	{ TOK_AMP, '&', TOK_AND_IF, 0 },     { TOK_AMP, '>', TOK_ANDGREAT, 1 },
	{ TOK_ANDGREAT, '>', TOK_ANDDGREAT, 1 },
	{ TOK_PIPE, '|', TOK_OR_IF, 0 },     { TOK_PIPE, '&', TOK_PIPE_AMP, 1 },
	{ TOK_SEMI, ';', TOK_DSEMI, 0 },     { TOK_SEMI, '&', TOK_SEMI_AND, 0 },
	{ TOK_DSEMI, '&', TOK_DSEMI_AND, 1 },
	{ TOK_LESS, '<', TOK_DLESS, 0 },     { TOK_LESS, '&', TOK_LESSAND, 0 },
	{ TOK_LESS, '>', TOK_LESSGREAT, 0 }, { TOK_DLESS, '-', TOK_DLESSDASH, 0 },
	{ TOK_DLESS, '<', TOK_TLESS, 1 },
	{ TOK_GREAT, '>', TOK_DGREAT, 0 },   { TOK_GREAT, '&', TOK_GREATAND, 0 },
	{ TOK_GREAT, '|', TOK_CLOBBER, 0 },
};
// clang-format on

// The operator at the current place; line continuations may stand inside it.
static int read_operator(struct parser *p)
{
	struct token *t = &p->tok;
	int type = TOK_EOF, found;
	size_t n = 0;

	do {
		int c = lex_peek(p);

		found = 0;
		for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
			if (operators[i].after != type || operators[i].c != c ||
			    (operators[i].bash && p->flags & PARSE_POSIX))
				continue;
			type = operators[i].type;
			t->text[n++] = (char)c;
			p->cur++;
			found = 1;
			break;
		}
	} while (found && type != TOK_LPAREN && type != TOK_RPAREN);
	return type;
}

const char *const keywords[] = {
	[KW_NONE] = "",         [KW_IF] = "if",       [KW_THEN] = "then",
	[KW_ELSE] = "else",     [KW_ELIF] = "elif",   [KW_FI] = "fi",
	[KW_DO] = "do",         [KW_DONE] = "done",   [KW_CASE] = "case",
	[KW_ESAC] = "esac",     [KW_WHILE] = "while", [KW_UNTIL] = "until",
	[KW_FOR] = "for",       [KW_LBRACE] = "{",    [KW_RBRACE] = "}",
	[KW_BANG] = "!",        [KW_IN] = "in",       [KW_SELECT] = "select",
	[KW_TEST] = "[[",       [KW_TEST_END] = "]]", [KW_FUNCTION] = "function",
	[KW_COPROC] = "coproc", [KW_TIME] = "time",
};

// The reserved word that an unquoted word is (it counts only where one may stand).
static int keyword_of(const struct word *w)
{
	const struct part *a = w->parts;

	if (!a || a->next || a->kind != PART_LIT || w->flags & WORD_QUOTED ||
	    a->lit.n > 8 || !strchr("itefdcwu{}!s[]", *a->lit.p))
		return KW_NONE;
	for (int i = 1; i < KW_COUNT; i++)
		if (*keywords[i] == *a->lit.p && !strcmp(keywords[i], a->lit.p))
			return i;
	return KW_NONE;
}

static int all_digits(const struct word *w)
{
	for (uint32_t i = 0; i < w->plain_len; i++)
		if (w->plain[i] < '0' || w->plain[i] > '9')
			return 0;
	return w->plain_len > 0;
}

// Length of the name in NAME or NAME[subscript] of n bytes; n when it is neither.
static size_t element_name(const char *s, size_t n)
{
	const char *open = memchr(s, '[', n);

	return open && open > s && s[n - 1] == ']' ? (size_t)(open - s) : n;
}

static int is_brace_name(const struct word *w)
{
	const struct part *a = w->parts;

	return a && !a->next && a->kind == PART_LIT && !(a->flags & ~PART_GLOB) &&
	       a->lit.n > 2 && a->lit.p[0] == '{' && a->lit.p[a->lit.n - 1] == '}' &&
	       is_name(a->lit.p + 1, element_name(a->lit.p + 1, a->lit.n - 2));
}

static const struct token *read_token(struct parser *p);

const struct token *lex_token(struct parser *p)
{
	if (p->have_tok)
		return &p->tok;
	// A word after an alias whose value ends in a blank is looked up too, whatever it is.
	do
		read_token(p);
	while (p->alias_next && p->tok.type == TOK_WORD && lex_alias(p));
	p->alias_next = 0;
	return &p->tok;
}

static const struct token *read_token(struct parser *p)
{
	struct token *t = &p->tok;
	int c;

	p->have_tok = 1;
	*t = (struct token){ 0 };
	skip_blanks(p);
	c = lex_peek(p);
	t->range = lex_here(p);
	t->layer = p->layer;
	if (c < 0) {
		t->type = TOK_EOF;
		return t;
	}
	p->in_command = 1;
	if (c == '\n') {
		lex_take(p);
		t->type = TOK_NEWLINE;
		lex_close_range(p, &t->range);
		if (p->here)
			lex_read_here_docs(p);
		return t;
	}
	if (lex_word_end(c) && !((c == '<' || c == '>') && lex_ahead(p, 1) == '(' &&
	                         !(p->flags & PARSE_POSIX))) {
		t->type = read_operator(p);
		lex_close_range(p, &t->range);
		return t;
	}
	t->type = TOK_WORD;
	t->word = lex_word(p, MODE_WORD, 0);
	t->range = t->word->range;
	c = p->failed ? -1 : lex_peek(p);
	if ((c == '<' || c == '>') && !(t->word->flags & WORD_QUOTED)) {
		if (t->word->plain && all_digits(t->word))
			t->type = TOK_IO_NUMBER;
		else if (!(p->flags & PARSE_POSIX) && is_brace_name(t->word))
			t->type = TOK_IO_VAR;
	}
	if (p->failed)
		t->type = TOK_EOF;
	else if (t->type == TOK_WORD)
		t->keyword = keyword_of(t->word);
	return t;
}

void lex_next(struct parser *p)
{
	lex_token(p);
	p->last_end = p->tok.range.end;
	p->have_tok = 0;
}

int lex_alias(struct parser *p)
{
	const struct token *t = p->have_tok ? &p->tok : lex_token(p);
	const char *value;
	struct layer *l;
	size_t n;

	if (t->type != TOK_WORD || !t->word->plain || t->word->flags & WORD_QUOTED ||
	    !(p->flags & PARSE_ALIASES) || !p->hooks.alias || p->failed)
		return 0;
	value = p->hooks.alias(p->hooks.arg, t->word->plain, t->word->plain_len);
	if (!value)
		return 0;
	for (const struct layer *in = t->layer; in; in = in->outer)
		if (!strcmp(in->alias, t->word->plain))
			return 0;
	if (parse_enter(p) < 0)
		return 0;
	p->depth--;
	n = strlen(value);
	l = ARENA_NEW(p->arena, struct layer);
	*l = (struct layer){ p->layer, t->layer,       p->cur,
		             p->end,   t->word->plain, p->layer ? p->layer->at : t->range,
		             0 };
	l->blank_end = n && (value[n - 1] == ' ' || value[n - 1] == '\t');
	p->layer = l;
	p->cur = arena_strndup(p->arena, value, n);
	p->end = p->cur + n;
	p->have_tok = 0;
	return 1;
}

// One line of a here-document into *s, without its newline. 0 at the end of the text.
static int here_line(struct parser *p, struct str *s)
{
	int c = lex_raw(p);

	str_clear(s);
	if (c < 0)
		return 0;
	for (; c >= 0 && c != '\n'; c = lex_raw(p)) {
		str_addc(s, (char)c);
		p->cur++;
	}
	if (c == '\n')
		lex_take(p);
	return 1;
}

// The body as text, up to the line that is the delimiter. Lines that a backslash continues
// count as one when the delimiter is looked for.
static void here_body(struct parser *p, struct here_doc *h, struct str *body)
{
	struct str line = { 0 }, whole = { 0 };
	size_t from = 0; // of the line in *body, with its continuations

	// A missing delimiter is left open by POSIX; like dash and bash, take what there is.
	while (here_line(p, &line)) {
		const char *s = str_cstr(&line);
		size_t n = line.len, slashes = 0;

		while (h->strip && !whole.len && n && *s == '\t') {
			s++;
			n--;
		}
		if (!whole.len)
			from = body->len;
		str_addn(body, s, n);
		str_addc(body, '\n');
		while (slashes < n && s[n - 1 - slashes] == '\\')
			slashes++;
		str_addn(&whole, s, n);
		if (!h->quoted && slashes % 2) {
			str_cut(&whole, whole.len - 1);
			continue;
		}
		if (whole.len == h->delim_len &&
		    !memcmp(str_cstr(&whole), h->delim, whole.len)) {
			str_cut(body, from);
			break;
		}
		str_clear(&whole);
	}
	str_finish(&line);
	str_finish(&whole);
}

void lex_read_here_docs(struct parser *p)
{
	struct here_doc *h = p->here;
	int have = p->have_tok;
	struct token saved = p->tok;

	p->here = NULL;
	p->here_tail = &p->here;
	for (; h && !p->failed; h = h->next) {
		struct range at = lex_here(p);
		struct str body = { 0 };
		struct word *w = NULL;

		here_body(p, h, &body);
		if (h->quoted) {
			w = ARENA_NEW(p->arena, struct word);
			w->range = at;
			w->plain = arena_strndup(p->arena, str_cstr(&body), body.len);
			w->plain_len = (uint32_t)body.len;
			w->parts = part_new_lit(p, w->plain, body.len, PART_QUOTED);
			w->flags = WORD_QUOTED;
		} else {
			struct source *src = source_create(p->src->name, str_cstr(&body),
			                                   body.len, at.line);
			const char *cur = p->cur, *end = p->end;
			struct source *outer = p->src;
			struct layer *layer = p->layer;
			uint32_t line = p->line, start = p->line_start;
			struct parse_hooks hooks = p->hooks;

			// The body is a text of its own; its source lives as long as the unit.
			p->src = src;
			p->cur = src->text;
			p->end = src->text + src->len;
			p->layer = NULL;
			p->line = src->line;
			p->line_start = 0;
			p->hooks.refill = NULL;
			w = lex_word(p, MODE_HERE, 1);
			p->hooks = hooks;
			p->src = outer;
			p->cur = cur;
			p->end = end;
			p->layer = layer;
			p->line = line;
			p->line_start = start;
			unit_keep_source(p->unit, src);
		}
		str_finish(&body);
		h->redir->word = w;
	}
	p->tok = saved;
	p->have_tok = have;
}

const char *token_name(const struct token *t, char *buf, size_t n)
{
	struct str s = { 0 };

	if (t->type == TOK_EOF)
		snprintf(buf, n, "end of the script");
	else if (t->type == TOK_NEWLINE)
		snprintf(buf, n, "end of the line");
	else if (t->word) {
		size_t len = t->range.end - t->range.begin;

		utf8_safe(&s, t->range.src->text + t->range.begin, len < 40 ? len : 40,
		          0);
		snprintf(buf, n, "\"%s%s\"", str_cstr(&s), len > 40 ? "..." : "");
	} else {
		snprintf(buf, n, "\"%s\"", t->text);
	}
	str_finish(&s);
	return buf;
}
