// Compound commands (XCU 2.10).
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stepsh/lex.h"

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

const struct list *parse_do_group(struct parser *p, const struct range *open,
                                  const char *what)
{
	const struct list *l;

	if (!(p->flags & PARSE_POSIX) &&
	    token_is(p, KW_LBRACE)) { // bash: for x in y; { ...; }
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
	c->branch.body =
		parse_do_group(p, &open, c->kind == CMD_WHILE ? "while" : "until");
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
	return (struct command *)parse_function(p, c, name);
}

// Do the characters after the current word begin a compound command?
static int compound_follows(struct parser *p)
{
	static const char *const words[] = { "{",  "while", "until",  "for",
		                             "if", "case",  "select", "[[" };
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
	if (t->type == TOK_WORD && !t->keyword && t->word->plain &&
	    !(t->word->flags & WORD_QUOTED) &&
	    is_name(t->word->plain, t->word->plain_len) && compound_follows(p)) {
		c->function.name = intern(t->word->plain, t->word->plain_len);
		lex_next(p);
		p->assign_ok = 1;
	}
	c->function.body = parse_command(p);
	if (!c->function.body)
		return NULL;
	parse_close_range(p, &c->range);
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
	while (c->kind != CMD_FUNCTION && c->kind != CMD_COPROC &&
	       parse_io_redirect(p, &tail))
		;
	parse_close_range(p, &c->range);
	return p->failed ? NULL : c;
}

const struct command *parse_command(struct parser *p)
{
	struct command *c = ARENA_NEW(p->arena, struct command);
	const struct command *r;
	const struct token *t;

	if (parse_enter(p) < 0)
		return NULL;
	parse_aliases(p);
	t = lex_token(p);
	c->range = t->range;
	if (t->type == TOK_LPAREN) {
		r = compound(p, subshell(p, c));
		p->depth--;
		return r;
	}
	for (size_t i = 0; t->keyword && i < ARRAY_LEN(clauses); i++) {
		if (t->keyword != clauses[i].keyword ||
		    (clauses[i].bash && p->flags & PARSE_POSIX))
			continue;
		r = compound(p, clauses[i].parse(p, c));
		p->depth--;
		return r;
	}
	if (parse_is_closer(p)) {
		parse_unexpected(p, "a command");
		return NULL;
	}
	r = parse_simple_command(p, c);
	p->depth--;
	return r;
}
