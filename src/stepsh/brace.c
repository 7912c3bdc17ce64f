// Brace expansion, done by the parser on the parts of a word: it is made of syntax alone.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stepsh/lex.h"

// CELLS: what all steps of one expansion may copy, so that no word takes all memory.
enum { BRACE_WORDS_MAX = 1000000, BRACE_DEPTH_MAX = 200, BRACE_CELLS_MAX = 8 << 20 };

// A word as a string of cells: a byte of an unquoted literal, or a whole part.
struct cell {
	const struct part *part; // NULL: the byte c
	char c;
};

struct cells {
	struct cell *at;
	size_t n;
};

struct brace {
	struct parser *p;
	const struct word *origin;
	const struct word **tail;
	size_t made, cells;
	int depth;
};

static struct cells word_cells(struct parser *p, const struct word *w)
{
	struct cells cs = { 0 };
	const struct part *a;

	for (a = w->parts; a; a = a->next)
		cs.n += a->kind == PART_LIT && !(a->flags & PART_QUOTED) ? a->lit.n : 1;
	cs.at = arena_alloc(p->arena, (cs.n + 1) * sizeof(*cs.at));
	cs.n = 0;
	for (a = w->parts; a; a = a->next) {
		if (a->kind == PART_LIT && !(a->flags & PART_QUOTED))
			for (size_t i = 0; i < a->lit.n; i++)
				cs.at[cs.n++] = (struct cell){ NULL, a->lit.p[i] };
		else
			cs.at[cs.n++] = (struct cell){ a, 0 };
	}
	return cs;
}

static void emit(struct brace *b, struct cells cs)
{
	struct parser *p = b->p;
	struct word *w = ARENA_NEW(p->arena, struct word);
	const struct part **tail = &w->parts;

	w->range = b->origin->range;
	w->flags = b->origin->flags;
	for (size_t i = 0; i < cs.n;) {
		struct part *a;

		if (cs.at[i].part) {
			a = arena_memdup(p->arena, cs.at[i].part, sizeof(*a));
			a->next = NULL;
			i++;
		} else {
			size_t k = i;
			char *s;

			while (k < cs.n && !cs.at[k].part)
				k++;
			s = arena_alloc(p->arena, k - i + 1);
			for (size_t j = i; j < k; j++)
				s[j - i] = cs.at[j].c;
			s[k - i] = '\0';
			a = (struct part *)part_new_lit(p, s, k - i, 0);
			i = k;
		}
		*tail = a;
		tail = &a->next;
	}
	if (!cs.n && !(w->flags & WORD_QUOTED))
		return;
	word_finish(p, w);
	*b->tail = w;
	b->tail = &w->next;
	if (++b->made > BRACE_WORDS_MAX)
		parse_fail(p, b->origin->range,
		           "brace expansion makes more than %d words", BRACE_WORDS_MAX);
}

static int is_byte(const struct cells *cs, size_t i, char c)
{
	return i < cs->n && !cs->at[i].part && cs->at[i].c == c;
}

static struct cells join(struct brace *b, struct cells x, const char *mid, size_t mid_n,
                         struct cells m, struct cells y)
{
	struct cells r = { arena_alloc(b->p->arena, (x.n + mid_n + m.n + y.n + 1) *
		                                            sizeof(struct cell)),
		           0 };

	b->cells += x.n + mid_n + m.n + y.n;
	if (b->cells > BRACE_CELLS_MAX)
		parse_fail(b->p, b->origin->range, "brace expansion makes too much text");
	memcpy(r.at, x.at, x.n * sizeof(*x.at));
	r.n = x.n;
	for (size_t i = 0; i < mid_n; i++)
		r.at[r.n++] = (struct cell){ NULL, mid[i] };
	memcpy(r.at + r.n, m.at, m.n * sizeof(*m.at));
	r.n += m.n;
	memcpy(r.at + r.n, y.at, y.n * sizeof(*y.at));
	r.n += y.n;
	return r;
}

static void expand(struct brace *b, struct cells cs, size_t from);

struct sequence {
	long from, to, step;
	int letters, width;
};

// {from..to} or {from..to..step}: the cells between the braces.
static int parse_sequence(const struct cells *cs, size_t lo, size_t hi,
                          struct sequence *q)
{
	char text[80], *end, *dots;
	size_t n = hi - lo;
	const char *to;

	if (n >= sizeof(text) || n < 4)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (cs->at[lo + i].part)
			return 0;
		text[i] = cs->at[lo + i].c;
	}
	text[n] = '\0';
	dots = strstr(text + 1, "..");
	if (!dots)
		return 0;
	*dots = '\0';
	to = dots + 2;
	*q = (struct sequence){ 0 };
	dots = strstr(to, "..");
	if (dots) {
		*dots = '\0';
		q->step = strtol(dots + 2, &end, 10);
		if (*end || end == dots + 2)
			return 0;
	}
	if (strlen(text) == 1 && strlen(to) == 1 && is_name(text, 1) && is_name(to, 1) &&
	    *text != '_' && *to != '_') {
		q->letters = 1;
		q->from = *text;
		q->to = *to;
	} else {
		size_t a = strlen(text), z = strlen(to);
		const char *ta = text + (*text == '-' || *text == '+');
		const char *tz = to + (*to == '-' || *to == '+');

		q->from = strtol(text, &end, 10);
		if (*end || end == text || a > 18)
			return 0;
		q->to = strtol(to, &end, 10);
		if (*end || end == to || z > 18)
			return 0;
		if ((*ta == '0' && ta[1]) || (*tz == '0' && tz[1]))
			q->width = (int)(a > z ? a : z);
	}
	q->step = q->step < 0 ? -q->step : q->step ? q->step : 1;
	return 1;
}

static void expand_sequence(struct brace *b, struct cells pre, struct cells post,
                            const struct sequence *q)
{
	long v = q->from;

	if ((q->from < q->to ? q->to - q->from : q->from - q->to) / q->step >
	    BRACE_WORDS_MAX) {
		parse_fail(b->p, b->origin->range,
		           "brace expansion makes more than %d words", BRACE_WORDS_MAX);
		return;
	}
	for (;;) {
		char text[32];
		int n = q->letters ? snprintf(text, sizeof(text), "%c", (char)v)
		                   : snprintf(text, sizeof(text), "%0*ld", q->width, v);

		expand(b,
		       join(b, pre, text, (size_t)n, (struct cells){ pre.at, 0 }, post),
		       pre.n + (size_t)n);
		if (b->p->failed ||
		    (q->from <= q->to ? v > q->to - q->step : v < q->to + q->step))
			return;
		v += q->from <= q->to ? q->step : -q->step;
	}
}

// The brace at `open`: its end and whether commas separate. 0 when it is not closed.
static int find_close(const struct cells *cs, size_t open, size_t *close, int *commas)
{
	int nest = 0;

	*commas = 0;
	for (size_t i = open; i < cs->n; i++) {
		if (is_byte(cs, i, '{'))
			nest++;
		else if (is_byte(cs, i, '}') && !--nest) {
			*close = i;
			return 1;
		} else if (nest == 1 && is_byte(cs, i, ','))
			*commas = 1;
	}
	return 0;
}

static void expand_list(struct brace *b, struct cells cs, size_t open, size_t close)
{
	struct cells pre = { cs.at, open },
		     post = { cs.at + close + 1, cs.n - close - 1 };
	size_t start = open + 1;
	int nest = 0;

	for (size_t i = open + 1; i <= close; i++) {
		if (i == close || (!nest && is_byte(&cs, i, ','))) {
			struct cells mid = { cs.at + start, i - start };

			expand(b, join(b, pre, "", 0, mid, post), open);
			start = i + 1;
			if (b->p->failed)
				return;
		} else if (is_byte(&cs, i, '{')) {
			nest++;
		} else if (is_byte(&cs, i, '}')) {
			nest--;
		}
	}
}

static void expand(struct brace *b, struct cells cs, size_t from)
{
	struct sequence q;
	size_t close;
	int commas;

	if (b->p->failed)
		return;
	if (++b->depth > BRACE_DEPTH_MAX) {
		parse_fail(b->p, b->origin->range, "braces are nested more than %d deep",
		           BRACE_DEPTH_MAX);
		return;
	}
	for (size_t i = from; i < cs.n; i++) {
		if (!is_byte(&cs, i, '{') || !find_close(&cs, i, &close, &commas))
			continue;
		if (commas) {
			expand_list(b, cs, i, close);
			b->depth--;
			return;
		}
		if (parse_sequence(&cs, i + 1, close, &q)) {
			expand_sequence(
				b, (struct cells){ cs.at, i },
				(struct cells){ cs.at + close + 1, cs.n - close - 1 },
				&q);
			b->depth--;
			return;
		}
	}
	emit(b, cs);
	b->depth--;
}

const struct word **brace_expand(struct parser *p, struct word *w,
                                 const struct word **tail)
{
	struct brace b = { p, w, tail, 0, 0, 0 };
	const struct part *a;

	for (a = w->parts; a; a = a->next)
		if (a->kind == PART_LIT && !(a->flags & PART_QUOTED) &&
		    memchr(a->lit.p, '{', a->lit.n))
			break;
	if (!a) {
		*tail = w;
		return &w->next;
	}
	expand(&b, word_cells(p, w), 0);
	return b.tail;
}
