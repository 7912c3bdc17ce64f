// Extended patterns, by sets: from the set of positions where an element may begin, the set
// of positions where it may end. Nothing is tried twice, so nothing blows up.
#include "stepsh/pattern_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stepsh/pattern.h"

enum { MAX_DEPTH = 64 };

struct walk {
	const struct pat *t;
	const struct subject *s;
	int depth;
};

static void sequence(struct walk *w, size_t i, size_t end, const unsigned char *from,
                     unsigned char *to);

int ext_has_group(const struct pat *t)
{
	struct elem e;

	if (!(t->flags & PATTERN_EXTGLOB))
		return 0;
	for (size_t i = 0; i < t->n; i = e.next) {
		pat_elem(t, i, t->n, &e);
		if (e.kind == ELEM_GROUP)
			return 1;
	}
	return 0;
}

// *to = union of what the alternatives of the group make of *from.
static void alternatives(struct walk *w, const struct elem *g, const unsigned char *from,
                         unsigned char *to)
{
	size_t last = g->next - 1, begin = g->inner, size = w->s->n + 1;
	auto_free unsigned char *one = xmalloc(size);
	struct elem e;

	memset(to, 0, size);
	for (size_t i = begin; i <= last; i = e.next) {
		if (i == last || (w->t->p[i] == '|' && pat_active(w->t, i))) {
			sequence(w, begin, i, from, one);
			for (size_t k = 0; k < size; k++)
				to[k] |= one[k];
			begin = e.next = i + 1;
		} else {
			pat_elem(w->t, i, last, &e);
		}
	}
}

static int any(const unsigned char *set, size_t size)
{
	return memchr(set, 1, size) != NULL;
}

// One or more times: go on from what is new until nothing is.
static void repeat(struct walk *w, const struct elem *g, const unsigned char *from,
                   unsigned char *to)
{
	size_t size = w->s->n + 1;
	auto_free unsigned char *fresh = xmemdup(from, size);
	auto_free unsigned char *got = xmalloc(size);

	memset(to, 0, size);
	while (any(fresh, size)) {
		alternatives(w, g, fresh, got);
		for (size_t k = 0; k < size; k++) {
			fresh[k] = got[k] && !to[k];
			to[k] |= got[k];
		}
	}
}

// !(...): from each beginning, every end that no alternative reaches.
static void negate(struct walk *w, const struct elem *g, const unsigned char *from,
                   unsigned char *to)
{
	size_t size = w->s->n + 1;
	auto_free unsigned char *one = xcalloc(size, 1);
	auto_free unsigned char *got = xmalloc(size);
	uint32_t c;

	memset(to, 0, size);
	for (size_t b = 0; b < size; b++) {
		if (!from[b])
			continue;
		one[b] = 1;
		alternatives(w, g, one, got);
		one[b] = 0;
		for (size_t k = b;; k += pat_char(w->s->s, w->s->n, k, &c)) {
			to[k] |= !got[k];
			if (k >= w->s->n || pat_leading_period(w->t, w->s, k) ||
			    ((w->t->flags & PATTERN_PATHNAME) && w->s->s[k] == '/'))
				break;
		}
	}
}

static void group(struct walk *w, const struct elem *g, const unsigned char *from,
                  unsigned char *to)
{
	char kind = w->t->p[g->at];
	size_t size = w->s->n + 1;

	if (kind == '!')
		negate(w, g, from, to);
	else if (kind == '*' || kind == '+')
		repeat(w, g, from, to);
	else
		alternatives(w, g, from, to);
	if (kind == '*' || kind == '?')
		for (size_t k = 0; k < size; k++)
			to[k] |= from[k];
}

static void star(struct walk *w, const unsigned char *from, unsigned char *to)
{
	const struct subject *s = w->s;
	uint32_t c;

	memset(to, 0, s->n + 1);
	for (size_t b = 0; b <= s->n; b++)
		for (size_t k = b; from[b] && !to[k]; k += pat_char(s->s, s->n, k, &c)) {
			if (k < s->n && pat_leading_period(w->t, s, k))
				break;
			to[k] = 1;
			if (k == s->n ||
			    ((w->t->flags & PATTERN_PATHNAME) && s->s[k] == '/'))
				break;
		}
}

static void single(struct walk *w, const struct elem *e, const unsigned char *from,
                   unsigned char *to)
{
	memset(to, 0, w->s->n + 1);
	for (size_t b = 0; b < w->s->n; b++) {
		size_t len = from[b] ? pat_match_one(w->t, e, w->s, b) : 0;

		if (len)
			to[b + len] = 1;
	}
}

static void sequence(struct walk *w, size_t i, size_t end, const unsigned char *from,
                     unsigned char *to)
{
	size_t size = w->s->n + 1;
	auto_free unsigned char *cur = xmemdup(from, size);
	struct elem e;

	if (++w->depth > MAX_DEPTH)
		memset(cur, 0, size);
	for (; i < end && any(cur, size); i = e.next) {
		pat_elem(w->t, i, end, &e);
		if (e.kind == ELEM_GROUP)
			group(w, &e, cur, to);
		else if (e.kind == ELEM_STAR)
			star(w, cur, to);
		else
			single(w, &e, cur, to);
		memcpy(cur, to, size);
	}
	memcpy(to, cur, size);
	w->depth--;
}

void ext_match(const struct pat *t, const struct subject *s, size_t start,
               unsigned char *ends)
{
	struct walk w = { t, s, 0 };
	auto_free unsigned char *from = xcalloc(s->n + 1, 1);

	from[start] = 1;
	sequence(&w, 0, t->n, from, ends);
}
