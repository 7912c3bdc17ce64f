#include "stepsh/parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stepsh/lex.h"

struct parser *parser_create(struct source *src, const struct parse_hooks *hooks)
{
	struct parser *p = xcalloc(1, sizeof(*p));

	p->src = source_get(src);
	if (hooks)
		p->hooks = *hooks;
	p->cur = src->text;
	p->end = src->text + src->len;
	p->line = src->line;
	p->here_tail = &p->here;
	p->assign_ok = 1;
	return p;
}

void parser_destroy(struct parser *p)
{
	if (!p)
		return;
	source_put(p->src);
	source_put(p->err_src);
	str_finish(&p->scratch);
	free(p);
}

const struct parse_error *parser_error(const struct parser *p)
{
	return &p->err;
}

size_t parser_offset(const struct parser *p)
{
	return lex_here(p).begin;
}

// Reserved words that end a list.
static int is_closer(struct parser *p)
{
	switch (lex_token(p)->keyword) {
	case KW_THEN:
	case KW_ELSE:
	case KW_ELIF:
	case KW_FI:
	case KW_DO:
	case KW_DONE:
	case KW_ESAC:
	case KW_RBRACE:
		return 1;
	default:
		return 0;
	}
}

static int is_opener(struct parser *p)
{
	switch (lex_token(p)->keyword) {
	case KW_IF:
	case KW_WHILE:
	case KW_UNTIL:
	case KW_FOR:
	case KW_CASE:
	case KW_LBRACE:
	case KW_BANG:
		return 1;
	default:
		return 0;
	}
}

void parse_unexpected(struct parser *p, const char *wanted)
{
	const struct token *t = lex_token(p);
	char name[64];

	if (t->type == TOK_EOF)
		p->err.incomplete = 1;
	parse_fail(p, t->range, "unexpected %s%s%s", token_name(t, name, sizeof(name)),
	           wanted ? ", wanted " : "", wanted ? wanted : "");
}

int parse_expect(struct parser *p, int keyword, const struct range *open,
                 const char *what)
{
	if (token_is(p, keyword)) {
		lex_next(p);
		return 0;
	}
	if (!p->failed) {
		const struct token *t = lex_token(p);
		char name[64];

		p->err.incomplete = t->type == TOK_EOF;
		parse_fail(p, t->range, "unexpected %s, wanted \"%s\" for the \"%s\" at line %u column %u",
		           token_name(t, name, sizeof(name)), keywords[keyword], what,
		           (unsigned)open->line, (unsigned)open->column);
	}
	return -1;
}

void parse_newlines(struct parser *p)
{
	while (lex_token(p)->type == TOK_NEWLINE)
		lex_next(p);
}

// Replace aliases where a command may begin.
static void command_aliases(struct parser *p)
{
	while (!is_closer(p) && !is_opener(p) && lex_alias(p))
		;
}

static void close_at_last(struct parser *p, struct range *r)
{
	r->end = p->last_end > r->begin ? p->last_end : r->begin;
}

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
static int io_redirect(struct parser *p, const struct redir ***tail)
{
	const struct token *t = lex_token(p);
	struct redir *r;
	int op, kind, fd = -1;

	if (t->type != TOK_IO_NUMBER && t->type != TOK_IO_VAR && redir_of_token(t->type) < 0)
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
		parse_unexpected(p, kind == REDIR_HERE ? "the delimiter of a here-document"
		                                       : "the target of a redirection");
		return 0;
	}
	if (kind == REDIR_HERE)
		io_here(p, r, t->word, op == TOK_DLESSDASH);
	else
		r->word = t->word;
	// bash: >&word with one that is no number is &>word
	if (kind == REDIR_DUP_OUT && fd < 0 && !(p->flags & PARSE_POSIX) && t->word->plain &&
	    strspn(t->word->plain, "0123456789-") != t->word->plain_len)
		r->kind = REDIR_BOTH;
	lex_next(p);
	close_at_last(p, &r->range);
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
	for (a = a->next; a && !(a->kind == PART_LIT && !(a->flags & PART_QUOTED)); a = a->next) {
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
	if (as->value->parts || as->subscript || p->flags & PARSE_POSIX || lex_peek(p) != '(')
		return 0;
	lex_take(p);
	as->is_array = 1;
	as->elements = parse_array_elements(p);
	as->range.end = p->last_end;
	return 1;
}

static int is_declaration(const char *name, int posix)
{
	static const char *const names[] = { "declare", "export", "local", "readonly", "typeset" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(names[i], name))
			return !posix || i == 1 || i == 3 || i == 2;
	return 0;
}

struct simple_state {
	const struct assign **assigns;
	const struct word **words;
	const struct redir **redirs;
	int declares;   // the command is a declaration utility
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
		p->alias_next = 0;
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
	if (w->plain && !(w->flags & WORD_QUOTED) &&
	    (!s->n_words || s->declares == 2)) {
		s->declares = is_declaration(w->plain, posix);
		if (!s->declares && (!strcmp(w->plain, "command") || !strcmp(w->plain, "builtin")))
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

static const struct command *function_definition(struct parser *p, struct command *c,
                                                 const struct word *name);

// A simple command, or the definition of a function. NULL on error.
static const struct command *simple_command(struct parser *p, struct command *c)
{
	struct simple_state s = { &c->simple.assigns, &c->simple.words, &c->redirs, 0, 0 };
	const struct token *t;

	for (;;) {
		t = lex_token(p);
		if (p->failed)
			return NULL;
		if (io_redirect(p, &s.redirs))
			continue;
		t = lex_token(p);
		if (t->type == TOK_LPAREN && s.n_words == 1 && !c->simple.assigns && !c->redirs)
			return function_definition(p, c, c->simple.words);
		if (t->type != TOK_WORD)
			break;
		if ((!s.n_words || p->alias_next) && (s.n_words || c->simple.assigns || c->redirs) &&
		    lex_alias(p))
			continue;
		simple_word(p, c, &s);
	}
	p->assign_ok = 1;
	if (!s.n_words && !c->simple.assigns && !c->redirs) {
		parse_unexpected(p, "a command");
		return NULL;
	}
	close_at_last(p, &c->range);
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

static const struct command *function_definition(struct parser *p, struct command *c,
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
		parse_fail(p, body->range, "the body of a function must be a compound command, as { ...; }");
		return NULL;
	}
	c->kind = CMD_FUNCTION;
	c->redirs = NULL;
	c->function.name = intern(name->plain, name->plain_len);
	c->function.body = body;
	c->function.unit = p->unit;
	close_at_last(p, &c->range);
	return c;
}

// ---- compound commands --------------------------------------------------------------

static int list_ends(struct parser *p)
{
	switch (lex_token(p)->type) {
	case TOK_EOF:
	case TOK_RPAREN:
	case TOK_DSEMI:
	case TOK_SEMI_AND:
	case TOK_DSEMI_AND:
		return 1;
	default:
		return is_closer(p);
	}
}

static const struct and_or *parse_and_or(struct parser *p);

// A list that may be empty; newlines separate as well as ; and &.
static const struct list *parse_list(struct parser *p)
{
	struct list *l = ARENA_NEW(p->arena, struct list);
	const struct and_or **tail = &l->first;

	if (parse_enter(p) < 0)
		return NULL;
	parse_newlines(p);
	l->range = lex_token(p)->range;
	for (;;) {
		struct and_or *a;
		int type;

		parse_newlines(p);
		command_aliases(p);
		if (lex_token(p)->type == TOK_NEWLINE)
			continue;
		if (list_ends(p))
			break;
		a = (struct and_or *)parse_and_or(p);
		if (!a)
			return NULL;
		*tail = a;
		tail = &a->next;
		type = lex_token(p)->type;
		a->async = type == TOK_AMP;
		if (type != TOK_AMP && type != TOK_SEMI && type != TOK_NEWLINE)
			break;
		lex_next(p);
	}
	p->depth--;
	close_at_last(p, &l->range);
	return p->failed ? NULL : l;
}

const struct list *parse_compound_list(struct parser *p)
{
	const struct list *l = parse_list(p);

	if (l && !l->first) {
		parse_unexpected(p, "a command");
		return NULL;
	}
	return l;
}

static struct command *group(struct parser *p, struct command *c)
{
	struct range open = c->range;

	lex_next(p);
	c->kind = CMD_GROUP;
	c->body = parse_compound_list(p);
	return parse_expect(p, KW_RBRACE, &open, "{") < 0 ? NULL : c;
}

static struct command *subshell(struct parser *p, struct command *c)
{
	if (!(p->flags & PARSE_POSIX) && lex_ahead(p, 0) == '(') {
		int r = parse_arith_command(p, c);

		if (r)
			return r < 0 ? NULL : c;
	}
	lex_next(p);
	c->kind = CMD_SUBSHELL;
	c->body = parse_compound_list(p);
	if (!c->body)
		return NULL;
	if (lex_token(p)->type != TOK_RPAREN) {
		parse_unexpected(p, "\")\"");
		return NULL;
	}
	lex_next(p);
	return c;
}

const struct list *parse_do_group(struct parser *p, const struct range *open, const char *what)
{
	const struct list *l;

	if (!(p->flags & PARSE_POSIX) && token_is(p, KW_LBRACE)) { // bash: for x in y; { ...; }
		lex_next(p);
		l = parse_compound_list(p);
		return parse_expect(p, KW_RBRACE, open, "{") < 0 ? NULL : l;
	}
	if (parse_expect(p, KW_DO, open, what) < 0)
		return NULL;
	l = parse_compound_list(p);
	return parse_expect(p, KW_DONE, open, what) < 0 ? NULL : l;
}

static struct command *if_clause(struct parser *p, struct command *c)
{
	struct range open = c->range;
	const struct elif **tail = &c->branch.elifs;

	lex_next(p);
	c->kind = CMD_IF;
	c->branch.cond = parse_compound_list(p);
	if (parse_expect(p, KW_THEN, &open, "if") < 0)
		return NULL;
	c->branch.body = parse_compound_list(p);
	while (token_is(p, KW_ELIF)) {
		struct elif *e = ARENA_NEW(p->arena, struct elif);

		lex_next(p);
		e->cond = parse_compound_list(p);
		if (parse_expect(p, KW_THEN, &open, "if") < 0)
			return NULL;
		e->body = parse_compound_list(p);
		*tail = e;
		tail = &e->next;
	}
	if (token_is(p, KW_ELSE)) {
		lex_next(p);
		c->branch.otherwise = parse_compound_list(p);
	}
	return parse_expect(p, KW_FI, &open, "if") < 0 ? NULL : c;
}

static struct command *while_clause(struct parser *p, struct command *c)
{
	struct range open = c->range;

	c->kind = token_is(p, KW_WHILE) ? CMD_WHILE : CMD_UNTIL;
	lex_next(p);
	c->branch.cond = parse_compound_list(p);
	c->branch.body = parse_do_group(p, &open, c->kind == CMD_WHILE ? "while" : "until");
	return c->branch.body ? c : NULL;
}

// in words ;  or nothing
static void for_words(struct parser *p, struct command *c)
{
	const struct word **tail = &c->loop.words;

	if (!token_is(p, KW_IN))
		return;
	lex_next(p);
	c->loop.has_in = 1;
	p->assign_ok = 0;
	while (lex_token(p)->type == TOK_WORD) {
		struct word *w = lex_token(p)->word;

		if (p->alias_next && lex_alias(p))
			continue;
		lex_next(p);
		if (p->flags & PARSE_BRACES) {
			tail = brace_expand(p, w, tail);
			continue;
		}
		*tail = w;
		tail = &w->next;
	}
	p->assign_ok = 1;
	if (lex_token(p)->type != TOK_SEMI && lex_token(p)->type != TOK_NEWLINE) {
		parse_unexpected(p, "\";\" or a new line after the words of \"for\"");
		return;
	}
	lex_next(p);
}

static struct command *for_clause(struct parser *p, struct command *c)
{
	struct range open = c->range;
	const char *what = token_is(p, KW_FOR) ? "for" : "select";
	const struct token *t;

	c->kind = *what == 'f' ? CMD_FOR : CMD_SELECT;
	lex_next(p);
	t = lex_token(p);
	if (t->type == TOK_LPAREN && *what == 'f' && !(p->flags & PARSE_POSIX)) {
		int r = parse_arith_for(p, c);

		return r < 0 ? NULL : c;
	}
	if (t->type != TOK_WORD || !t->word->plain || t->word->flags & WORD_QUOTED ||
	    !is_name(t->word->plain, t->word->plain_len)) {
		parse_unexpected(p, "the name of a variable");
		return NULL;
	}
	c->loop.name = t->word->plain;
	lex_next(p);
	if (lex_token(p)->type == TOK_SEMI) {
		lex_next(p);
		parse_newlines(p);
	} else {
		parse_newlines(p);
		for_words(p, c);
		parse_newlines(p);
	}
	c->loop.body = parse_do_group(p, &open, what);
	return c->loop.body ? c : NULL;
}

static struct case_item *case_item(struct parser *p, const struct range *open)
{
	struct case_item *it = ARENA_NEW(p->arena, struct case_item);
	const struct word **tail = &it->patterns;
	const struct token *t;

	if (lex_token(p)->type == TOK_LPAREN)
		lex_next(p);
	for (;;) {
		t = lex_token(p);
		if (t->type != TOK_WORD) {
			parse_unexpected(p, "a pattern");
			return NULL;
		}
		*tail = t->word;
		tail = &t->word->next;
		lex_next(p);
		if (lex_token(p)->type != TOK_PIPE)
			break;
		lex_next(p);
	}
	if (lex_token(p)->type != TOK_RPAREN) {
		parse_unexpected(p, "\")\" after a pattern");
		return NULL;
	}
	lex_next(p);
	p->assign_ok = 1;
	it->body = parse_list(p);
	t = lex_token(p);
	it->end = t->type == TOK_SEMI_AND    ? CASE_FALL
	          : t->type == TOK_DSEMI_AND ? CASE_NEXT
	                                     : CASE_BREAK;
	if (t->type == TOK_DSEMI || it->end != CASE_BREAK) {
		lex_next(p);
		parse_newlines(p);
	} else if (!token_is(p, KW_ESAC)) {
		parse_expect(p, KW_ESAC, open, "case");
		return NULL;
	}
	return it->body ? it : NULL;
}

static struct command *case_clause(struct parser *p, struct command *c)
{
	struct range open = c->range;
	const struct case_item **tail = &c->match.items;

	c->kind = CMD_CASE;
	lex_next(p);
	if (lex_token(p)->type != TOK_WORD) {
		parse_unexpected(p, "a word after \"case\"");
		return NULL;
	}
	c->match.word = lex_token(p)->word;
	lex_next(p);
	parse_newlines(p);
	if (parse_expect(p, KW_IN, &open, "case") < 0)
		return NULL;
	parse_newlines(p);
	while (!token_is(p, KW_ESAC)) {
		struct case_item *it = case_item(p, &open);

		if (!it)
			return NULL;
		*tail = it;
		tail = &it->next;
	}
	lex_next(p);
	return c;
}

static struct command *function_keyword(struct parser *p, struct command *c)
{
	const struct token *t;
	struct word *name;

	lex_next(p);
	t = lex_token(p);
	if (t->type != TOK_WORD) {
		parse_unexpected(p, "the name of a function");
		return NULL;
	}
	name = t->word;
	lex_next(p);
	p->keyword_function = 1;
	return (struct command *)function_definition(p, c, name);
}

// Do the characters after the current word begin a compound command?
static int compound_follows(struct parser *p)
{
	static const char *const words[] = { "{", "while", "until", "for", "if", "case", "select", "[[" };
	size_t i = 0, n;

	while (lex_ahead(p, i) == ' ' || lex_ahead(p, i) == '\t')
		i++;
	if (lex_ahead(p, i) == '(')
		return 1;
	for (size_t w = 0; w < ARRAY_LEN(words); w++) {
		for (n = 0; words[w][n] && lex_ahead(p, i + n) == words[w][n]; n++)
			;
		if (!words[w][n] && lex_word_end(lex_ahead(p, i + n)))
			return 1;
	}
	return 0;
}

static struct command *coproc(struct parser *p, struct command *c)
{
	const struct token *t;

	c->kind = CMD_COPROC;
	c->function.name = "COPROC";
	lex_next(p);
	t = lex_token(p);
	if (t->type == TOK_WORD && !t->keyword && t->word->plain && !(t->word->flags & WORD_QUOTED) &&
	    is_name(t->word->plain, t->word->plain_len) && compound_follows(p)) {
		c->function.name = intern(t->word->plain, t->word->plain_len);
		lex_next(p);
		p->assign_ok = 1;
	}
	c->function.body = parse_command(p);
	if (!c->function.body)
		return NULL;
	close_at_last(p, &c->range);
	return c;
}

// clang-format off
static const struct {
	int keyword;
	struct command *(*parse)(struct parser *p, struct command *c);
	int bash;
} clauses[] = {
	{ KW_IF, if_clause, 0 }, { KW_WHILE, while_clause, 0 }, { KW_UNTIL, while_clause, 0 },
	{ KW_FOR, for_clause, 0 }, { KW_CASE, case_clause, 0 }, { KW_LBRACE, group, 0 },
	{ KW_SELECT, for_clause, 1 }, { KW_TEST, parse_double_bracket, 1 },
	{ KW_FUNCTION, function_keyword, 1 }, { KW_COPROC, coproc, 1 },
};
// clang-format on

static const struct command *compound(struct parser *p, struct command *c)
{
	const struct redir **tail;

	if (!c)
		return NULL;
	tail = &c->redirs;
	while (c->kind != CMD_FUNCTION && c->kind != CMD_COPROC && io_redirect(p, &tail))
		;
	close_at_last(p, &c->range);
	return p->failed ? NULL : c;
}

const struct command *parse_command(struct parser *p)
{
	struct command *c = ARENA_NEW(p->arena, struct command);
	const struct command *r;
	const struct token *t;

	if (parse_enter(p) < 0)
		return NULL;
	command_aliases(p);
	t = lex_token(p);
	c->range = t->range;
	if (t->type == TOK_LPAREN) {
		r = compound(p, subshell(p, c));
		p->depth--;
		return r;
	}
	for (size_t i = 0; t->keyword && i < ARRAY_LEN(clauses); i++) {
		if (t->keyword != clauses[i].keyword || (clauses[i].bash && p->flags & PARSE_POSIX))
			continue;
		r = compound(p, clauses[i].parse(p, c));
		p->depth--;
		return r;
	}
	if (is_closer(p)) {
		parse_unexpected(p, "a command");
		return NULL;
	}
	r = simple_command(p, c);
	p->depth--;
	return r;
}

// ---- lists --------------------------------------------------------------------------

static void pipeline_prefix(struct parser *p, struct pipeline *l)
{
	for (;;) {
		if (token_is(p, KW_BANG)) {
			l->bang ^= 1;
		} else if (token_is(p, KW_TIME) && !(p->flags & PARSE_POSIX)) {
			l->timed = 1;
			lex_next(p);
			if ((lex_token(p)->type == TOK_WORD && word_is(lex_token(p)->word, "-p"))) {
				l->timed = 2;
				lex_next(p);
			}
			command_aliases(p);
			continue;
		} else {
			return;
		}
		lex_next(p);
		command_aliases(p);
	}
}

static const struct pipeline *parse_pipeline(struct parser *p)
{
	struct pipeline *l = ARENA_NEW(p->arena, struct pipeline);
	const struct command **tail = &l->commands;

	l->range = lex_token(p)->range;
	pipeline_prefix(p, l);
	if ((l->timed || l->bang) && (list_ends(p) || lex_token(p)->type == TOK_NEWLINE ||
	                              lex_token(p)->type == TOK_SEMI) && !(p->flags & PARSE_POSIX)) {
		close_at_last(p, &l->range);
		return l;
	}
	for (;;) {
		struct command *c = (struct command *)parse_command(p);
		int type;

		if (!c)
			return NULL;
		*tail = c;
		tail = &c->next;
		if (l->count < 2)
			l->count++;
		type = lex_token(p)->type;
		if (type != TOK_PIPE && type != TOK_PIPE_AMP)
			break;
		c->pipe_stderr = type == TOK_PIPE_AMP;
		lex_next(p);
		parse_newlines(p);
	}
	close_at_last(p, &l->range);
	return l;
}

static const struct and_or *parse_and_or(struct parser *p)
{
	struct and_or *a = ARENA_NEW(p->arena, struct and_or);
	const struct pipeline **tail = &a->first;
	uint8_t join = 0;

	a->range = lex_token(p)->range;
	for (;;) {
		struct pipeline *l = (struct pipeline *)parse_pipeline(p);
		int type;

		if (!l)
			return NULL;
		l->join = join;
		*tail = l;
		tail = &l->next;
		type = lex_token(p)->type;
		if (type != TOK_AND_IF && type != TOK_OR_IF)
			break;
		join = type == TOK_AND_IF ? JOIN_AND : JOIN_OR;
		lex_next(p);
		parse_newlines(p);
	}
	close_at_last(p, &a->range);
	return a;
}

// ---- substitutions ------------------------------------------------------------------

const struct list *parse_substitution(struct parser *p, struct range open, const char *what)
{
	struct token saved = p->tok;
	int have = p->have_tok, assign_ok = p->assign_ok, alias_next = p->alias_next;
	uint32_t last = p->last_end;
	const struct list *l;

	p->have_tok = 0;
	p->assign_ok = 1;
	l = parse_list(p);
	if (l && lex_token(p)->type != TOK_RPAREN) {
		char name[64];

		p->err.incomplete = p->tok.type == TOK_EOF;
		parse_fail(p, p->tok.type == TOK_EOF ? open : p->tok.range,
		           p->tok.type == TOK_EOF ? "this %s is never closed by a )%.0s"
		                                  : "inside %s: unexpected %s, wanted \")\"",
		           what, token_name(&p->tok, name, sizeof(name)));
		l = NULL;
	}
	p->tok = saved;
	p->have_tok = have;
	p->assign_ok = assign_ok;
	p->alias_next = alias_next;
	p->last_end = last;
	return l;
}

const struct list *parse_text(struct parser *p, struct source *src, int dq)
{
	struct parser saved = *p;
	const struct list *l;

	(void)dq;
	p->src = src;
	p->cur = src->text;
	p->end = src->text + src->len;
	p->layer = NULL;
	p->line = src->line;
	p->line_start = 0;
	p->hooks.refill = NULL;
	p->have_tok = 0;
	p->assign_ok = 1;
	p->alias_next = 0;
	p->here = NULL;
	p->here_tail = &p->here;
	l = parse_list(p);
	if (l && lex_token(p)->type != TOK_EOF) {
		parse_unexpected(p, "the end of the command substitution");
		l = NULL;
	}
	if (p->here)
		lex_read_here_docs(p);
	saved.scratch = p->scratch;
	saved.failed = p->failed;
	saved.err = p->err;
	saved.err_src = p->err_src;
	if (!saved.here)
		saved.here_tail = &p->here;
	*p = saved;
	return l;
}

static int unit_start(struct parser *p)
{
	p->flags = p->hooks.flags ? p->hooks.flags(p->hooks.arg) : 0;
	p->unit = unit_create(p->src);
	p->arena = &p->unit->arena;
	p->depth = 0;
	p->in_command = 0;
	return 0;
}

// complete_command: lists up to a newline or the end of the text.
static const struct list *complete_command(struct parser *p)
{
	struct list *l = ARENA_NEW(p->arena, struct list);
	const struct and_or **tail = &l->first;
	int type, separated = 1;

	parse_newlines(p);
	l->range = lex_token(p)->range;
	for (;;) {
		struct and_or *a;

		command_aliases(p);
		type = lex_token(p)->type;
		if (type == TOK_NEWLINE || type == TOK_EOF)
			goto line_end;
		a = separated ? (struct and_or *)parse_and_or(p) : NULL;
		if (!a) {
			parse_unexpected(p, NULL);
			return NULL;
		}
		*tail = a;
		tail = &a->next;
		type = lex_token(p)->type;
		a->async = type == TOK_AMP;
		separated = type == TOK_AMP || type == TOK_SEMI;
		if (separated) {
			lex_next(p);
			continue;
		}
line_end:
		if (type == TOK_EOF)
			break;
		if (type == TOK_NEWLINE) {
			lex_next(p);
			// The rest of an alias's value lives in this unit.
			while (p->layer && p->cur == p->end)
				lex_peek(p);
			if (!p->layer)
				break;
			separated = 1;
		}
	}
	if (p->here)
		lex_read_here_docs(p);
	close_at_last(p, &l->range);
	return p->failed ? NULL : l;
}

int parser_next(struct parser *p, struct unit **unit, const struct list **list)
{
	unit_start(p);
	for (;;) {
		*list = complete_command(p);
		if (!*list)
			break;
		if ((*list)->first) {
			*unit = p->unit;
			p->unit = NULL;
			return 1;
		}
		if (lex_token(p)->type == TOK_EOF)
			break;
	}
	unit_put(p->unit);
	p->unit = NULL;
	p->have_tok = 0;
	return p->failed ? -1 : 0;
}

int parse_quoted_text(struct parser *p, struct unit **unit, const struct word **word)
{
	unit_start(p);
	*word = lex_word(p, MODE_HERE, 1);
	*unit = p->unit;
	p->unit = NULL;
	return p->failed ? -1 : 0;
}

int parser_at_end(struct parser *p)
{
	const char *s = p->cur;

	if (p->layer || p->have_tok || p->hooks.refill)
		return 0;
	while (s < p->end && (*s == ' ' || *s == '\t' || *s == '\n'))
		s++;
	return s == p->end;
}

int parser_at_eof(const struct parser *p)
{
	return p->at_eof && p->cur == p->end;
}

void parser_restart(struct parser *p)
{
	while (p->layer) {
		p->cur = p->layer->cur;
		p->end = p->layer->end;
		p->layer = p->layer->below;
	}
	p->cur = p->end = p->src->text + p->src->len;
	p->have_tok = p->failed = 0;
	p->here = NULL;
	p->here_tail = &p->here;
	p->line_start = (uint32_t)p->src->len;
	str_clear(&p->scratch);
	memset(&p->err, 0, sizeof(p->err));
}
