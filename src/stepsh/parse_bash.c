// The parts of the grammar that are bash's: [[ ]], (( )), for ((;;)), NAME=(...).
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stepsh/b_plain.h"
#include "stepsh/lex.h"

int lex_is_arith(struct parser *p, size_t n)
{
	int nest = 0, c, quote = 0;

	for (size_t i = n + 1; (c = lex_ahead(p, i)) >= 0; i++) {
		if (c == '\\' && quote != '\'')
			i++;
		else if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '\'' || c == '"')
			quote = c;
		else if (c == '(')
			nest++;
		else if (c == ')' && nest-- == 0) {
			while (lex_ahead(p, i + 1) == '\\' && lex_ahead(p, i + 2) == '\n')
				i += 2;
			return lex_ahead(p, i + 1) == ')';
		}
	}
	return 0;
}

static void arith_close(struct parser *p, struct range open)
{
	for (int i = 0; i < 2; i++) {
		if (lex_peek(p) != ')') {
			lex_close_range(p, &open);
			parse_fail(p, open, "this arithmetic is not closed by \"))\"");
			return;
		}
		lex_take(p);
	}
}

const struct word *lex_arith_body(struct parser *p, struct range open)
{
	const struct word *w = lex_word(p, MODE_ARITH, 1);

	arith_close(p, open);
	return w;
}

int parse_arith_command(struct parser *p, struct command *c)
{
	if (!lex_is_arith(p, 0))
		return 0;
	lex_next(p);
	lex_take(p);
	c->kind = CMD_ARITH;
	c->arith = lex_arith_body(p, c->range);
	p->last_end = lex_here(p).begin;
	return p->failed ? -1 : 1;
}

int parse_arith_for(struct parser *p, struct command *c)
{
	const struct word *w[3] = { NULL };
	struct range open = c->range;

	if (lex_ahead(p, 0) != '(') {
		parse_unexpected(p, "the name of a variable or \"((\"");
		return -1;
	}
	lex_next(p);
	lex_take(p);
	c->kind = CMD_ARITH_FOR;
	for (int i = 0; i < 3; i++) {
		w[i] = lex_word(p, i < 2 ? MODE_ARITH_SEMI : MODE_ARITH, 1);
		if (i < 2 && lex_peek(p) != ';') {
			parse_fail(p, lex_here(p),
			           "\"for ((\" wants three expressions with \";\" "
			           "between them");
			return -1;
		}
		if (i < 2)
			lex_take(p);
	}
	arith_close(p, open);
	p->last_end = lex_here(p).begin;
	c->arith_for.init = w[0];
	c->arith_for.cond = w[1];
	c->arith_for.step = w[2];
	if (lex_token(p)->type == TOK_SEMI)
		lex_next(p);
	parse_newlines(p);
	c->arith_for.body = parse_do_group(p, &open, "for");
	return c->arith_for.body ? 1 : -1;
}

// ---- NAME=( ... ) -------------------------------------------------------------------

// [subscript]=value as an element: lex it here, because a bare [ begins a pattern.
static int element_subscript(struct parser *p, struct assign *as)
{
	int nest = 0, c;

	if (lex_peek(p) != '[')
		return 0;
	for (size_t i = 0; (c = lex_ahead(p, i)) >= 0; i++) {
		if (c == '\n')
			return 0;
		if (c == '[')
			nest++;
		else if (c == ']' && !--nest) {
			if (lex_ahead(p, i + 1) != '=' &&
			    !(lex_ahead(p, i + 1) == '+' && lex_ahead(p, i + 2) == '='))
				return 0;
			break;
		}
	}
	if (c < 0)
		return 0;
	lex_take(p);
	as->subscript = lex_word(p, MODE_SUBSCRIPT, 1);
	if (lex_peek(p) != ']')
		return 0;
	lex_take(p);
	if (lex_peek(p) == '+') {
		as->append = 1;
		lex_take(p);
	}
	lex_take(p); // =
	return 1;
}

static void skip_space(struct parser *p)
{
	int c;

	while ((c = lex_peek(p)) == ' ' || c == '\t' || c == '\n' || c == '#') {
		if (c == '#')
			while ((c = lex_raw(p)) >= 0 && c != '\n')
				lex_take(p);
		else
			lex_take(p);
	}
}

static struct word *empty_word(struct parser *p)
{
	struct word *w = ARENA_NEW(p->arena, struct word);

	w->range = lex_here(p);
	w->plain = "";
	w->flags = WORD_QUOTED;
	return w;
}

const struct assign *parse_array_elements(struct parser *p)
{
	struct range open = lex_here(p);
	const struct assign *first = NULL, **tail = &first;

	p->in_command = 1;
	for (;;) {
		struct assign *as;
		const struct word *words = NULL;

		skip_space(p);
		if (p->failed)
			return NULL;
		if (lex_peek(p) == ')')
			break;
		as = ARENA_NEW(p->arena, struct assign);
		as->range = lex_here(p);
		if (element_subscript(p, as)) {
			as->value = lex_word_end(lex_peek(p)) ? empty_word(p)
			                                      : lex_word(p, MODE_WORD, 0);
			*tail = as;
			tail = &as->next;
			continue;
		}
		if (lex_word_end(lex_peek(p)) &&
		    !((lex_peek(p) == '<' || lex_peek(p) == '>') &&
		      lex_ahead(p, 1) == '(')) {
			open.end = open.begin;
			p->err.incomplete = lex_peek(p) < 0;
			parse_fail(
				p, lex_peek(p) < 0 ? open : lex_here(p),
				"this cannot stand in the list of an array's elements");
			return NULL;
		}
		{
			struct word *w = lex_word(p, MODE_WORD, 0);

			if (p->flags & PARSE_BRACES)
				brace_expand(p, w, &words);
			else
				words = w;
		}
		for (const struct word *w = words; w; w = w->next) {
			struct assign *el =
				w == words ? as : ARENA_NEW(p->arena, struct assign);

			el->range = w->range;
			el->value = w;
			*tail = el;
			tail = &el->next;
		}
	}
	lex_take(p);
	p->last_end = lex_here(p).begin;
	return first;
}

// ---- [[ ]] --------------------------------------------------------------------------

static const struct test_node *test_or(struct parser *p);

static struct test_node *test_new(struct parser *p, int kind)
{
	struct test_node *n = ARENA_NEW(p->arena, struct test_node);

	n->kind = (uint8_t)kind;
	n->range = lex_token(p)->range;
	return n;
}

// An operator between two words at the current token, or NULL.
static const char *binary_operator(struct parser *p)
{
	const struct token *t = lex_token(p);

	if (t->type == TOK_LESS || t->type == TOK_GREAT)
		return t->text;
	if (t->type != TOK_WORD || !t->word->plain || t->word->flags & WORD_QUOTED)
		return NULL;
	if (!strcmp(t->word->plain, "=~") || !strcmp(t->word->plain, "=="))
		return t->word->plain;
	if (!strcmp(t->word->plain, "-a") || !strcmp(t->word->plain, "-o"))
		return NULL;
	return test_is_binary(t->word->plain) ? t->word->plain : NULL;
}

static const struct word *test_operand(struct parser *p)
{
	const struct token *t = lex_token(p);
	const struct word *w = t->word;

	if (!w) {
		parse_unexpected(p, "an operand inside \"[[\"");
		return NULL;
	}
	lex_next(p);
	return w;
}

static const struct test_node *test_binary_node(struct parser *p, const struct word *a,
                                                const char *op)
{
	struct test_node *n = test_new(p, TEST_BINARY);
	int flags = p->flags;

	n->a = a;
	n->range = a->range;
	memcpy(n->op, op, strlen(op) + 1);
	lex_next(p);
	if (!strcmp(op, "=~")) {
		while (lex_peek(p) == ' ' || lex_peek(p) == '\t')
			lex_take(p);
		n->b = lex_word(p, MODE_REGEX, 0);
		p->last_end = n->b->range.end;
		if (!n->b->parts)
			parse_unexpected(p, "a regular expression");
	} else {
		p->flags |= PARSE_EXTGLOB;
		n->b = test_operand(p);
		p->flags = flags;
	}
	if (!n->b)
		return NULL;
	n->range.end = n->b->range.end;
	return n;
}

static const struct test_node *test_primary(struct parser *p)
{
	const struct token *t = lex_token(p);
	const struct word *w;
	const char *op;
	struct test_node *n;

	if (t->type == TOK_LPAREN) {
		const struct test_node *in;

		lex_next(p);
		in = test_or(p);
		if (in && lex_token(p)->type != TOK_RPAREN) {
			parse_unexpected(p, "\")\" inside \"[[\"");
			return NULL;
		}
		lex_next(p);
		return in;
	}
	if (t->type == TOK_WORD && word_is(t->word, "!")) {
		n = test_new(p, TEST_NOT);
		lex_next(p);
		parse_newlines(p);
		if (parse_enter(p) < 0)
			return NULL;
		n->left = test_primary(p);
		p->depth--;
		return n->left ? n : NULL;
	}
	if (t->type == TOK_WORD && word_is(t->word, "]]")) {
		parse_unexpected(p, "an expression");
		return NULL;
	}
	w = test_operand(p);
	if (!w)
		return NULL;
	op = binary_operator(p);
	if (op)
		return test_binary_node(p, w, op);
	// -a is -e here; it could not be told from "and" in test.
	n = test_new(p, TEST_WORD);
	n->range = w->range;
	n->a = w;
	t = lex_token(p);
	if (w->plain && !(w->flags & WORD_QUOTED) &&
	    (test_is_unary(w->plain) || !strcmp(w->plain, "-a")) && t->type == TOK_WORD &&
	    !word_is(t->word, "]]")) {
		n->kind = TEST_UNARY;
		strncpy(n->op, w->plain, sizeof(n->op) - 1);
		n->a = test_operand(p);
		if (!n->a)
			return NULL;
		n->range.end = n->a->range.end;
	}
	return n;
}

static const struct test_node *test_join(struct parser *p, int kind,
                                         const struct test_node *left,
                                         const struct test_node *right)
{
	struct test_node *n = test_new(p, kind);

	n->range = left->range;
	n->left = left;
	n->right = right;
	return right ? n : NULL;
}

static const struct test_node *test_and(struct parser *p)
{
	const struct test_node *n = test_primary(p);

	parse_newlines(p);
	while (n && lex_token(p)->type == TOK_AND_IF) {
		lex_next(p);
		parse_newlines(p);
		n = test_join(p, TEST_AND, n, test_primary(p));
		parse_newlines(p);
	}
	return n;
}

static const struct test_node *test_or(struct parser *p)
{
	const struct test_node *n;

	if (parse_enter(p) < 0)
		return NULL;
	parse_newlines(p);
	n = test_and(p);
	while (n && lex_token(p)->type == TOK_OR_IF) {
		lex_next(p);
		parse_newlines(p);
		n = test_join(p, TEST_OR, n, test_and(p));
	}
	p->depth--;
	return n;
}

struct command *parse_double_bracket(struct parser *p, struct command *c)
{
	struct range open = lex_token(p)->range;
	int assign_ok = p->assign_ok;

	c->kind = CMD_TEST;
	c->range = open;
	lex_next(p);
	p->assign_ok = 0;
	c->test = test_or(p);
	if (!c->test || parse_expect(p, KW_TEST_END, &open, "[[") < 0)
		return NULL;
	p->assign_ok = assign_ok;
	c->range.end = p->last_end;
	return c;
}
