#include "stepsh/arith.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

// One expression is parsed and computed in a single walk by precedence. Where C does not
// evaluate (right of a decided && or ||, the other branch of ?:), `skip` is not 0 and
// variables are neither read nor set. After the first error `failed` is set, the text
// counts as used up, and the values that still come back mean nothing.
struct calc {
	const char *begin, *end, *p;
	const struct arith_env *env;
	struct arith_error *err;
	int skip;
	int failed;
};

// Nested parentheses, prefix operators, assignments and values of variables, over all
// calls that are active: a callback may evaluate a subscript.
enum { MAX_DEPTH = 1024 };
static int depth;

// clang-format off
enum op {
	OP_NONE, OP_OR, OP_AND, OP_BIT_OR, OP_XOR, OP_BIT_AND, OP_EQ, OP_NE, OP_LE, OP_GE,
	OP_LT, OP_GT, OP_SHL, OP_SHR, OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD, OP_POW
};

static const unsigned char precedence[] = {
	[OP_OR] = 1, [OP_AND] = 2, [OP_BIT_OR] = 3, [OP_XOR] = 4, [OP_BIT_AND] = 5,
	[OP_EQ] = 6, [OP_NE] = 6, [OP_LE] = 7, [OP_GE] = 7, [OP_LT] = 7, [OP_GT] = 7,
	[OP_SHL] = 8, [OP_SHR] = 8, [OP_ADD] = 9, [OP_SUB] = 9,
	[OP_MUL] = 10, [OP_DIV] = 10, [OP_MOD] = 10, [OP_POW] = 11,
};
// clang-format on

struct token {
	enum op op;
	int len;
	int assigns; // followed by '=': with OP_NONE the plain "="
};

static int64_t expression(struct calc *c);
static int64_t assignment(struct calc *c);

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int is_name(char c)
{
	return is_name_start(c) || is_digit(c);
}

static void fail_at(struct calc *c, const char *at, const char *msg)
{
	size_t n = 0;

	if (c->failed)
		return;
	c->failed = 1;
	c->err->off = (size_t)(at - c->begin);
	c->err->msg = msg;
	while (at < c->end && is_blank(*at))
		at++;
	for (; at + n < c->end && n + 1 < sizeof(c->err->token); n++)
		c->err->token[n] = at[n] >= ' ' && at[n] < 127 ? at[n] : '?';
	c->err->token[n] = '\0';
	c->p = c->end;
}

// A callback failed; it has reported.
static int64_t fail_silently(struct calc *c)
{
	fail_at(c, c->p, NULL);
	return 0;
}

static char peek(struct calc *c)
{
	while (c->p < c->end && is_blank(*c->p))
		c->p++;
	return c->p < c->end ? *c->p : '\0';
}

static char after(const struct calc *c, int n)
{
	return c->p + n < c->end ? c->p[n] : '\0';
}

static int bash(const struct calc *c)
{
	return c->env->flags & ARITH_BASH;
}

// The binary or assignment operator that comes next; len 0 for anything else.
static struct token next_operator(struct calc *c)
{
	struct token t = { OP_NONE, 1, 0 };
	char a = peek(c), b = after(c, 1);

	// clang-format off
	switch (a) {
	case '|':
		t.op = b == '|' ? OP_OR : OP_BIT_OR;
		t.len += b == '|';
		break;
	case '&':
		t.op = b == '&' ? OP_AND : OP_BIT_AND;
		t.len += b == '&';
		break;
	case '<':
		t.op = b == '<' ? OP_SHL : b == '=' ? OP_LE : OP_LT;
		t.len += b == '<' || b == '=';
		break;
	case '>':
		t.op = b == '>' ? OP_SHR : b == '=' ? OP_GE : OP_GT;
		t.len += b == '>' || b == '=';
		break;
	case '*':
		t.op = b == '*' && bash(c) ? OP_POW : OP_MUL;
		t.len += t.op == OP_POW;
		break;
	case '=':
		t.op = b == '=' ? OP_EQ : OP_NONE;
		t.len += b == '=';
		t.assigns = b != '=';
		return t;
	case '!':
		t.op = b == '=' ? OP_NE : OP_NONE;
		t.len = b == '=' ? 2 : 0;
		return t;
	case '^': t.op = OP_XOR; break;
	case '+': t.op = OP_ADD; break;
	case '-': t.op = OP_SUB; break;
	case '/': t.op = OP_DIV; break;
	case '%': t.op = OP_MOD; break;
	default: t.len = 0; return t;
	}
	// clang-format on
	if (t.op > OP_AND && (t.op < OP_EQ || t.op > OP_GT) && t.op != OP_POW &&
	    after(c, t.len) == '=') {
		t.assigns = 1;
		t.len++;
	}
	return t;
}

static int64_t power(struct calc *c, int64_t base, int64_t exponent)
{
	uint64_t b = (uint64_t)base, r = 1;

	if (exponent < 0 && !c->skip)
		fail_at(c, c->p, "exponent less than 0");
	for (; exponent > 0; exponent >>= 1, b *= b)
		if (exponent & 1)
			r *= b;
	return (int64_t)r;
}

static int64_t divide(struct calc *c, enum op op, int64_t a, int64_t b)
{
	if (b == 0) {
		if (!c->skip)
			fail_at(c, c->p, "division by zero");
		return 0;
	}
	if (b == -1) // INT64_MIN / -1 traps
		return op == OP_DIV ? (int64_t)(0 - (uint64_t)a) : 0;
	return op == OP_DIV ? a / b : a % b;
}

static int64_t compute(struct calc *c, enum op op, int64_t a, int64_t b)
{
	uint64_t ua = (uint64_t)a, ub = (uint64_t)b;

	// clang-format off
	switch (op) {
	case OP_BIT_OR: return a | b;
	case OP_XOR: return a ^ b;
	case OP_BIT_AND: return a & b;
	case OP_EQ: return a == b;
	case OP_NE: return a != b;
	case OP_LE: return a <= b;
	case OP_GE: return a >= b;
	case OP_LT: return a < b;
	case OP_GT: return a > b;
	case OP_SHL: return (int64_t)(ua << (ub & 63));
	case OP_SHR: return a >> (ub & 63);
	case OP_ADD: return (int64_t)(ua + ub);
	case OP_SUB: return (int64_t)(ua - ub);
	case OP_MUL: return (int64_t)(ua * ub);
	case OP_DIV:
	case OP_MOD: return divide(c, op, a, b);
	case OP_POW: return power(c, a, b);
	case OP_OR:
	case OP_AND:
	case OP_NONE: break;
	}
	// clang-format on
	return 0;
}

static int digit_value(char ch, int base)
{
	if (is_digit(ch))
		return ch - '0';
	if (ch >= 'a' && ch <= 'z')
		return ch - 'a' + 10;
	if (ch >= 'A' && ch <= 'Z')
		return ch - 'A' + (base <= 36 ? 10 : 36);
	return ch == '@' ? 62 : ch == '_' ? 63 : 99;
}

static const char *digits(const char *p, const char *end, int base, int64_t *value)
{
	uint64_t v = 0;

	for (; p < end && (is_name(*p) || (*p == '@' && base > 36)); p++) {
		int d = digit_value(*p, base);

		if (d >= base)
			return NULL;
		v = v * (uint64_t)base + (uint64_t)d;
	}
	*value = (int64_t)v;
	return p;
}

// A constant that begins with a digit: the byte after it, NULL when it is malformed.
static const char *constant(const char *p, const char *end, int flags, int64_t *value)
{
	const char *q = p;
	uint64_t v = 0;
	int base = 10;

	if (*p == '0' && p + 1 < end && (p[1] == 'x' || p[1] == 'X'))
		return p + 2 < end && is_name(p[2]) ? digits(p + 2, end, 16, value)
		                                    : NULL;
	while (q < end && is_digit(*q))
		v = v * 10 + (uint64_t)(*q++ - '0');
	if ((flags & ARITH_BASH) && q < end && *q == '#') {
		if (v < 2 || v > 64 || q - p > 3 || q + 1 >= end ||
		    (!is_name(q[1]) && q[1] != '@'))
			return NULL;
		return digits(q + 1, end, (int)v, value);
	}
	if (*p == '0')
		base = 8;
	else if (q == end || !is_name(*q)) {
		*value = (int64_t)v;
		return q;
	}
	return digits(p, end, base, value);
}

int arith_number(const char *text, size_t n, int flags, int64_t *value)
{
	const char *p = text, *end = text + n;
	int minus;

	while (p < end && is_blank(*p))
		p++;
	while (end > p && is_blank(end[-1]))
		end--;
	minus = p < end && *p == '-';
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	if (p == end || !is_digit(*p) || constant(p, end, flags, value) != end)
		return -1;
	if (minus)
		*value = (int64_t)(0 - (uint64_t)*value);
	return 0;
}

// A variable's value that is no plain number. It is evaluated from a copy: what it does
// may change the variable.
static int64_t value_of_text(struct calc *c, const char *name, const char *text)
{
	auto_free char *copy = xstrdup(text);
	struct calc inner = { copy, copy + strlen(copy), copy, c->env, c->err, 0, 0 };
	int64_t v;

	if (!bash(c)) {
		if (*copy && strspn(copy, " \t\n\r") < strlen(copy))
			fail_at(c, name, "the variable's value is no number");
		return 0;
	}
	if (++depth > MAX_DEPTH) {
		depth--;
		fail_at(c, name, "expression recursion level exceeded");
		return 0;
	}
	v = peek(&inner) ? expression(&inner) : 0;
	if (!inner.failed && peek(&inner))
		fail_at(&inner, inner.p, "syntax error in the variable's value");
	depth--;
	if (inner.failed) {
		c->failed = 1;
		c->err->off = (size_t)(name - c->begin);
		c->p = c->end;
	}
	return v;
}

struct lvalue {
	const char *name, *sub;
	size_t n, sub_n;
};

static int64_t lvalue_get(struct calc *c, const struct lvalue *l)
{
	const char *text = NULL, *p;
	uint64_t v = 0;
	int64_t r;
	int got;

	if (c->skip || c->failed)
		return 0;
	got = c->env->get(c->env->arg, l->name, l->n, l->sub, l->sub_n, &text);
	if (got < 0)
		return fail_silently(c);
	if (got == 0)
		return 0;
	p = text;
	if (*p >= '1' && *p <= '9') {
		while (is_digit(*p))
			v = v * 10 + (uint64_t)(*p++ - '0');
		if (!*p)
			return (int64_t)v;
	} else if (*p == '0' && !p[1]) {
		return 0;
	}
	if (arith_number(text, strlen(text), c->env->flags, &r) == 0)
		return r;
	return value_of_text(c, l->name, text);
}

static int64_t lvalue_set(struct calc *c, const struct lvalue *l, int64_t v)
{
	if (c->skip || c->failed)
		return v;
	if (c->env->set(c->env->arg, l->name, l->n, l->sub, l->sub_n, v) < 0)
		fail_silently(c);
	return v;
}

// The name (and subscript) at the current place. 0 when there is none; then nothing moved.
static int lvalue_read(struct calc *c, struct lvalue *l)
{
	const char *p;
	int level = 1;

	if (!is_name_start(peek(c)))
		return 0;
	l->name = p = c->p;
	while (p < c->end && is_name(*p))
		p++;
	l->n = (size_t)(p - l->name);
	l->sub = NULL;
	l->sub_n = 0;
	if (p < c->end && *p == '[' && bash(c)) {
		l->sub = ++p;
		while (p < c->end && (level += (*p == '[') - (*p == ']')) > 0)
			p++;
		if (p == c->end) {
			fail_at(c, l->sub - 1, "the subscript has no ']'");
			return 0;
		}
		l->sub_n = (size_t)(p++ - l->sub);
	}
	c->p = p;
	return 1;
}

static int at_double(struct calc *c, char sign)
{
	return bash(c) && peek(c) == sign && after(c, 1) == sign;
}

static int64_t increment(int64_t v, char sign)
{
	return (int64_t)(sign == '+' ? (uint64_t)v + 1 : (uint64_t)v - 1);
}

static int64_t variable(struct calc *c)
{
	struct lvalue l;
	int64_t v;

	if (!lvalue_read(c, &l))
		return 0;
	v = lvalue_get(c, &l);
	for (const char *sign = "+-"; *sign; sign++)
		if (at_double(c, *sign)) {
			c->p += 2;
			lvalue_set(c, &l, increment(v, *sign));
			break;
		}
	return v;
}

static int64_t primary(struct calc *c)
{
	char ch = peek(c);
	const char *p, *at = c->p;
	int64_t v = 0;

	if (is_name_start(ch))
		return variable(c);
	if (is_digit(ch)) {
		p = constant(c->p, c->end, c->env->flags, &v);
		if (p)
			c->p = p;
		else
			fail_at(c, at, "bad number");
		return v;
	}
	if (ch != '(') {
		fail_at(c, at,
		        c->p < c->end ? "syntax error: operand expected"
		                      : "an operand is missing at the end");
		return 0;
	}
	c->p++;
	v = expression(c);
	if (peek(c) == ')')
		c->p++;
	else
		fail_at(c, at, "no ')' for this '('");
	return v;
}

// ++name or --name; 0 when it is two signs in front of something else.
static int pre_increment(struct calc *c, char sign, int64_t *v)
{
	const char *back = c->p;
	struct lvalue l;

	if (!at_double(c, sign))
		return 0;
	c->p += 2;
	if (!lvalue_read(c, &l)) {
		if (!c->failed)
			c->p = back;
		return c->failed;
	}
	*v = lvalue_set(c, &l, increment(lvalue_get(c, &l), sign));
	return 1;
}

static int64_t unary(struct calc *c)
{
	char ch = peek(c);
	int64_t v = 0;

	if (ch != '-' && ch != '+' && ch != '!' && ch != '~')
		return primary(c);
	if (pre_increment(c, ch, &v))
		return v;
	if (++depth > MAX_DEPTH)
		fail_at(c, c->p, "expression nested too deeply");
	else
		c->p++;
	if (!c->failed)
		v = unary(c);
	depth--;
	// clang-format off
	switch (ch) {
	case '-': return (int64_t)(0 - (uint64_t)v);
	case '!': return !v;
	case '~': return ~v;
	default: return v;
	}
	// clang-format on
}

static int64_t binary(struct calc *c, int min)
{
	int64_t a = unary(c), b;

	for (;;) {
		struct token t = next_operator(c);
		int level = precedence[t.op], skips;

		if (t.op == OP_NONE || t.assigns || level < min || c->failed)
			return a;
		c->p += t.len;
		skips = (t.op == OP_OR && a) || (t.op == OP_AND && !a);
		c->skip += skips;
		if (++depth > MAX_DEPTH)
			fail_at(c, c->p, "expression nested too deeply");
		b = c->failed ? 0 : binary(c, level + (t.op != OP_POW));
		depth--;
		c->skip -= skips;
		if (t.op == OP_OR)
			a = a || b;
		else if (t.op == OP_AND)
			a = a && b;
		else
			a = compute(c, t.op, a, b);
	}
}

static int64_t conditional(struct calc *c)
{
	int64_t v = binary(c, 1), yes, no;
	const char *at;

	if (peek(c) != '?' || c->failed)
		return v;
	at = c->p++;
	c->skip += !v;
	yes = expression(c);
	c->skip -= !v;
	if (peek(c) != ':') {
		fail_at(c, at, "no ':' for this '?'");
		return 0;
	}
	c->p++;
	if (++depth > MAX_DEPTH)
		fail_at(c, at, "expression nested too deeply");
	c->skip += v != 0;
	no = c->failed ? 0 : conditional(c);
	c->skip -= v != 0;
	depth--;
	return v ? yes : no;
}

static int64_t assign(struct calc *c, const struct lvalue *l, struct token t)
{
	int64_t v, old = t.op == OP_NONE ? 0 : lvalue_get(c, l);

	c->p += t.len;
	v = assignment(c);
	if (t.op != OP_NONE && !c->failed)
		v = compute(c, t.op, old, v);
	return lvalue_set(c, l, v);
}

static int64_t assignment(struct calc *c)
{
	struct lvalue l;
	const char *back;
	struct token t;
	int64_t v = 0;

	if (++depth > MAX_DEPTH)
		fail_at(c, c->p, "expression nested too deeply");
	back = c->p;
	if (!c->failed && lvalue_read(c, &l)) {
		t = next_operator(c);
		if (t.assigns) {
			v = assign(c, &l, t);
			depth--;
			return v;
		}
		c->p = back;
	}
	if (!c->failed)
		v = conditional(c);
	depth--;
	return v;
}

static int64_t expression(struct calc *c)
{
	int64_t v = assignment(c);

	while (bash(c) && peek(c) == ',' && !c->failed) {
		c->p++;
		v = assignment(c);
	}
	return v;
}

int arith_eval(const char *text, size_t n, const struct arith_env *env, int64_t *value,
               struct arith_error *err)
{
	struct calc c = { text, text + n, text, env, err, 0, 0 };

	*value = peek(&c) ? expression(&c) : 0;
	if (!c.failed && c.p < c.end)
		peek(&c);
	if (!c.failed && c.p < c.end)
		fail_at(&c, c.p,
		        next_operator(&c).assigns ? "only a variable can be assigned to"
		                                  : "syntax error: operator expected");
	return c.failed ? -1 : 0;
}
