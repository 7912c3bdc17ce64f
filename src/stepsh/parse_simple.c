// Redirections, simple commands, definitions of functions (XCU 2.10).
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stepsh/lex.h"

// ---- redirections -------------------------------------------------------------------

static int redir_of_token(int type)
{
	switch (type) {
	case TOK_LESS:
		return REDIR_IN;
	case TOK_GREAT:
		return REDIR_OUT;
	case TOK_CLOBBER:
		return REDIR_CLOBBER;
	case TOK_DGREAT:
		return REDIR_APPEND;
	case TOK_LESSGREAT:
		return REDIR_INOUT;
	case TOK_LESSAND:
		return REDIR_DUP_IN;
	case TOK_GREATAND:
		return REDIR_DUP_OUT;
	case TOK_DLESS:
	case TOK_DLESSDASH:
		return REDIR_HERE;
	case TOK_TLESS:
		return REDIR_HERE_STRING;
	case TOK_ANDGREAT:
		return REDIR_BOTH;
	case TOK_ANDDGREAT:
		return REDIR_BOTH_APPEND;
	default:
		return -1;
	}
}

static void io_here(struct parser *p, struct redir *r, const struct word *w, int strip)
{
	struct here_doc *h = ARENA_NEW(p->arena, struct here_doc);
	size_t base = p->scratch.len;
	const struct part *a;

	h->redir = r;
	h->strip = strip;
	h->quoted = w->flags & WORD_QUOTED;
	for (a = w->parts; a && a->kind == PART_LIT; a = a->next)
		str_addn(&p->scratch, a->lit.p, a->lit.n);
	if (a) { // what would expand counts as it is written
		str_cut(&p->scratch, base);
		str_addn(&p->scratch, w->range.src->text + w->range.begin,
		         w->range.end - w->range.begin);
	}
	h->delim_len = p->scratch.len - base;
	h->delim = arena_strndup(p->arena, str_cstr(&p->scratch) + base, h->delim_len);
	if (p->scratch.p)
		str_cut(&p->scratch, base);
	*p->here_tail = h;
	p->here_tail = &h->next;
}

// One redirection, if there is one: 1, else 0.
int parse_io_redirect(struct parser *p, const struct redir ***tail)
{
	const struct token *t = lex_token(p);
	struct redir *r;
	int op, kind, fd = -1;

	if (t->type != TOK_IO_NUMBER && t->type != TOK_IO_VAR &&
	    redir_of_token(t->type) < 0)
		return 0;
	r = ARENA_NEW(p->arena, struct redir);
	r->range = t->range;
	if (t->type == TOK_IO_NUMBER) {
		fd = t->word->plain_len > 9 ? 999999999 : atoi(t->word->plain);
		lex_next(p);
	} else if (t->type == TOK_IO_VAR) {
		const struct part *a = t->word->parts;

		r->var = arena_strndup(p->arena, a->lit.p + 1, a->lit.n - 2);
		lex_next(p);
	}
	op = lex_token(p)->type;
	kind = redir_of_token(op);
	if (kind < 0) {
		parse_unexpected(p, "a redirection operator");
		return 0;
	}
	lex_next(p);
	r->kind = (uint8_t)kind;
	r->fd = fd >= 0 ? fd
	        : kind == REDIR_IN || kind == REDIR_INOUT || kind == REDIR_DUP_IN ||
	                        kind == REDIR_HERE || kind == REDIR_HERE_STRING
	                ? 0
	                : 1;
	t = lex_token(p);
	if (t->type != TOK_WORD && t->type != TOK_IO_NUMBER && t->type != TOK_IO_VAR) {
		parse_unexpected(p, kind == REDIR_HERE
		                            ? "the delimiter of a here-document"
		                            : "the target of a redirection");
		return 0;
	}
	if (kind == REDIR_HERE)
		io_here(p, r, t->word, op == TOK_DLESSDASH);
	else
		r->word = t->word;
	// bash: >&word with one that is no number is &>word
	if (kind == REDIR_DUP_OUT && fd < 0 && !(p->flags & PARSE_POSIX) &&
	    t->word->plain && strspn(t->word->plain, "0123456789-") != t->word->plain_len)
		r->kind = REDIR_BOTH;
	lex_next(p);
	parse_close_range(p, &r->range);
	**tail = r;
	*tail = &r->next;
	return 1;
}

// ---- simple commands ----------------------------------------------------------------

static const struct part *part_from(struct parser *p, const struct part *a, size_t skip)
{
	struct part *b;

	if (skip == a->lit.n)
		return a->next;
	b = (struct part *)part_new_lit(p, a->lit.p + skip, a->lit.n - skip, 0);
	b->next = a->next;
	return b;
}

// NAME[subscript]=value, as lex_general() has cut it into parts.
static const struct part *assign_subscript(struct parser *p, struct assign *as,
                                           const struct part *a)
{
	struct word *sub = ARENA_NEW(p->arena, struct word);
	const struct part **tail = &sub->parts;

	as->name_len = (uint32_t)a->lit.n - 1;
	sub->range = as->range;
	for (a = a->next; a && !(a->kind == PART_LIT && !(a->flags & PART_QUOTED));
	     a = a->next) {
		struct part *b = arena_memdup(p->arena, a, sizeof(*a));

		b->next = NULL;
		*tail = b;
		tail = &b->next;
	}
	sub->flags = WORD_QUOTED;
	word_finish(p, sub);
	as->subscript = sub;
	if (!a)
		return NULL;
	as->append = a->lit.n > 1 && a->lit.p[1] == '+';
	return part_from(p, a, as->append ? 3 : 2);
}

// Is the word an assignment? Then fill *as.
static int parse_assignment(struct parser *p, const struct word *w, struct assign *as)
{
	const struct part *a = w->parts;
	struct word *value;
	const char *eq;
	size_t n;

	if (!a || a->kind != PART_LIT || a->flags & PART_QUOTED)
		return 0;
	as->range = w->range;
	as->name = a->lit.p;
	value = ARENA_NEW(p->arena, struct word);
	*value = (struct word){ .range = w->range, .flags = w->flags };
	if (w->flags & WORD_ASSIGN) {
		value->parts = assign_subscript(p, as, a);
	} else {
		eq = memchr(a->lit.p, '=', a->lit.n);
		if (!eq)
			return 0;
		n = (size_t)(eq - a->lit.p);
		as->append = n && eq[-1] == '+' && !(p->flags & PARSE_POSIX);
		as->name_len = (uint32_t)(n - as->append);
		if (!is_name(a->lit.p, as->name_len))
			return 0;
		value->parts = part_from(p, a, n + 1);
	}
	as->name = arena_strndup(p->arena, as->name, as->name_len);
	word_finish(p, value);
	if (!value->parts)
		value->plain = "";
	as->value = value;
	return 1;
}

// After NAME= : an array in parentheses?
static int parse_array_value(struct parser *p, struct assign *as)
{
	if (as->value->parts || as->subscript || p->flags & PARSE_POSIX ||
	    lex_peek(p) != '(')
		return 0;
	lex_take(p);
	as->is_array = 1;
	as->elements = parse_array_elements(p);
	as->range.end = p->last_end;
	return 1;
}

static int is_declaration(const char *name, int posix)
{
	static const char *const names[] = { "declare", "export", "local", "readonly",
		                             "typeset" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(names[i], name))
			return !posix || i == 1 || i == 3 || i == 2;
	return 0;
}

struct simple_state {
	const struct assign **assigns;
	const struct word **words;
	const struct redir **redirs;
	int declares; // the command is a declaration utility
	int n_words;
};

static void simple_word(struct parser *p, struct command *c, struct simple_state *s)
{
	struct word *w = lex_token(p)->word;
	struct assign as = { 0 };
	int posix = p->flags & PARSE_POSIX;

	(void)c;
	if ((!s->n_words || s->declares) && parse_assignment(p, w, &as)) {
		struct assign *kept;

		p->last_end = p->tok.range.end;
		p->have_tok = 0;
		parse_array_value(p, &as);
		kept = arena_memdup(p->arena, &as, sizeof(as));
		if (!s->n_words) {
			*s->assigns = kept;
			s->assigns = &kept->next;
			return;
		}
		w->flags |= WORD_VALUE;
		if (as.is_array)
			w->array = kept;
		*s->words = w;
		s->words = &w->next;
		s->n_words++;
		return;
	}
	lex_next(p);
	if (w->plain && !(w->flags & WORD_QUOTED) && (!s->n_words || s->declares == 2)) {
		s->declares = is_declaration(w->plain, posix);
		if (!s->declares &&
		    (!strcmp(w->plain, "command") || !strcmp(w->plain, "builtin")))
			s->declares = 2; // maybe, the next word tells
	} else if (s->declares == 2 && !(w->plain && w->plain[0] == '-')) {
		s->declares = 0;
	}
	s->n_words++;
	p->assign_ok = s->declares == 1;
	if (p->flags & PARSE_BRACES) {
		s->words = brace_expand(p, w, s->words);
		return;
	}
	*s->words = w;
	s->words = &w->next;
}

// A simple command, or the definition of a function. NULL on error.
const struct command *parse_simple_command(struct parser *p, struct command *c)
{
	struct simple_state s = { &c->simple.assigns, &c->simple.words, &c->redirs, 0,
		                  0 };
	const struct token *t;

	for (;;) {
		t = lex_token(p);
		if (p->failed)
			return NULL;
		if (parse_io_redirect(p, &s.redirs))
			continue;
		t = lex_token(p);
		// Braces may have made no word, or several, of the one that was written.
		if (t->type == TOK_LPAREN && s.n_words == 1 && c->simple.words &&
		    !c->simple.assigns && !c->redirs)
			return parse_function(p, c, c->simple.words);
		if (t->type != TOK_WORD)
			break;
		if (!s.n_words && (c->simple.assigns || c->redirs) && lex_alias(p))
			continue;
		simple_word(p, c, &s);
	}
	p->assign_ok = 1;
	if (!s.n_words && !c->simple.assigns && !c->redirs) {
		parse_unexpected(p, "a command");
		return NULL;
	}
	parse_close_range(p, &c->range);
	return c;
}

// name ( ) body, from the (.
// After a "(" that was read: does a ")" follow?
static int lex_closes_at_once(struct parser *p)
{
	size_t i = 0;

	while (lex_ahead(p, i) == ' ' || lex_ahead(p, i) == '\t')
		i++;
	return lex_ahead(p, i) == ')';
}

const struct command *parse_function(struct parser *p, struct command *c,
                                     const struct word *name)
{
	const struct command *body;
	int keyword = p->keyword_function;

	if (!name->plain || name->flags & WORD_QUOTED ||
	    (p->flags & PARSE_POSIX && !is_name(name->plain, name->plain_len))) {
		parse_fail(p, name->range, "this is no name that a function can have");
		return NULL;
	}
	p->keyword_function = 0;
	// `function f ( list )`: the parenthesis is the body, when no other follows at once.
	if (lex_token(p)->type == TOK_LPAREN && !(keyword && !lex_closes_at_once(p))) {
		lex_next(p);
		if (lex_token(p)->type != TOK_RPAREN) {
			parse_unexpected(p, "\")\" after the name of a function");
			return NULL;
		}
		lex_next(p);
	}
	p->assign_ok = 1;
	parse_newlines(p);
	body = parse_command(p);
	if (!body)
		return NULL;
	if (body->kind == CMD_SIMPLE || body->kind == CMD_FUNCTION) {
		parse_fail(
			p, body->range,
			"the body of a function must be a compound command, as { ...; }");
		return NULL;
	}
	c->kind = CMD_FUNCTION;
	c->redirs = NULL;
	c->function.name = intern(name->plain, name->plain_len);
	c->function.body = body;
	c->function.unit = p->unit;
	parse_close_range(p, &c->range);
	return c;
}
