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
int parse_is_closer(struct parser *p)
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
		parse_fail(p, t->range,
		           "unexpected %s, wanted \"%s\" for the \"%s\" at line %u "
		           "column %u",
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
void parse_aliases(struct parser *p)
{
	while (!parse_is_closer(p) && !is_opener(p) && lex_alias(p))
		;
}

void parse_close_range(struct parser *p, struct range *r)
{
	r->end = p->last_end > r->begin ? p->last_end : r->begin;
}

// ---- lists and pipelines ------------------------------------------------------------

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
		return parse_is_closer(p);
	}
}

static const struct and_or *parse_and_or(struct parser *p);

// A list that may be empty; newlines separate as well as ; and &.
const struct list *parse_list(struct parser *p)
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
		parse_aliases(p);
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
	parse_close_range(p, &l->range);
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

static void pipeline_prefix(struct parser *p, struct pipeline *l)
{
	for (;;) {
		if (token_is(p, KW_BANG)) {
			l->bang ^= 1;
		} else if (token_is(p, KW_TIME) && !(p->flags & PARSE_POSIX)) {
			l->timed = 1;
			lex_next(p);
			if ((lex_token(p)->type == TOK_WORD &&
			     word_is(lex_token(p)->word, "-p"))) {
				l->timed = 2;
				lex_next(p);
			}
			parse_aliases(p);
			continue;
		} else {
			return;
		}
		lex_next(p);
		parse_aliases(p);
	}
}

// Newlines before a command, also those behind aliases that turn out to be empty.
static void linebreak(struct parser *p)
{
	do {
		parse_newlines(p);
		parse_aliases(p);
	} while (lex_token(p)->type == TOK_NEWLINE);
}

static const struct pipeline *parse_pipeline(struct parser *p)
{
	struct pipeline *l = ARENA_NEW(p->arena, struct pipeline);
	const struct command **tail = &l->commands;

	l->range = lex_token(p)->range;
	pipeline_prefix(p, l);
	if ((l->timed || l->bang) &&
	    (list_ends(p) || lex_token(p)->type == TOK_NEWLINE ||
	     lex_token(p)->type == TOK_SEMI) &&
	    !(p->flags & PARSE_POSIX)) {
		parse_close_range(p, &l->range);
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
		linebreak(p);
	}
	parse_close_range(p, &l->range);
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
		linebreak(p);
	}
	parse_close_range(p, &a->range);
	return a;
}

// ---- substitutions ------------------------------------------------------------------

const struct list *parse_substitution(struct parser *p, struct range open,
                                      const char *what)
{
	struct token saved = p->tok;
	int have = p->have_tok, assign_ok = p->assign_ok, alias_next = p->alias_next;
	uint32_t last = p->last_end;
	struct here_doc *here = p->here, **tail = p->here_tail;
	const struct list *l;

	p->have_tok = 0;
	p->assign_ok = 1;
	p->here = NULL;
	p->here_tail = &p->here;
	l = parse_list(p);
	if (l && lex_token(p)->type != TOK_RPAREN) {
		char name[64];

		p->err.incomplete = p->tok.type == TOK_EOF;
		parse_fail(p, p->tok.type == TOK_EOF ? open : p->tok.range,
		           p->tok.type == TOK_EOF
		                   ? "this %s is never closed by a )%.0s"
		                   : "inside %s: unexpected %s, wanted \")\"",
		           what, token_name(&p->tok, name, sizeof(name)));
		l = NULL;
	}
	p->tok = saved;
	p->have_tok = have;
	p->assign_ok = assign_ok;
	p->alias_next = alias_next;
	p->last_end = last;
	if (here) { // the bodies of those before come first
		*tail = p->here;
		if (!p->here)
			p->here_tail = tail;
		p->here = here;
	}
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

		parse_aliases(p);
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
	parse_close_range(p, &l->range);
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
