#include "stepsh/pattern.h"

#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "stepsh/pattern_impl.h"

size_t pat_char(const char *s, size_t n, size_t i, uint32_t *c)
{
	unsigned char byte = (unsigned char)s[i];
	size_t len;

	if (byte < 0x80) {
		*c = byte;
		return 1;
	}
	len = utf8_decode(s + i, n - i, c);
	if (*c == UTF8_BAD)
		*c = UTF8_BAD + byte;
	return len;
}

// Length of the character that ends at pos > 0.
static size_t char_before(const char *s, size_t pos)
{
	uint32_t c;

	for (size_t back = 2; back <= 4 && back <= pos; back++)
		if (((unsigned char)s[pos - back + 1] & 0xc0) != 0x80)
			return 1;
		else if (pat_char(s, pos, pos - back, &c) == back)
			return back;
	return 1;
}

// After "x(": the index after the matching ')', 0 when there is none.
static size_t group_end(const struct pat *t, size_t i, size_t end)
{
	size_t depth = 1, k;

	for (; i < end; i++) {
		if (!pat_active(t, i))
			continue;
		if (t->p[i] == '\\')
			i++;
		else if (t->p[i] == '[' && (k = bracket_end(t, i, end)) != 0)
			i = k - 1;
		else if (t->p[i] == '(')
			depth++;
		else if (t->p[i] == ')' && --depth == 0)
			return i + 1;
	}
	return 0;
}

static void literal(const struct pat *t, size_t i, size_t end, struct elem *e)
{
	uint32_t c;

	e->kind = ELEM_LITERAL;
	e->at = i;
	e->next = i + pat_char(t->p, end, i, &c);
}

void pat_elem(const struct pat *t, size_t i, size_t end, struct elem *e)
{
	char c = t->p[i];
	size_t k;

	e->at = i;
	e->next = i + 1;
	if (!pat_active(t, i)) {
		literal(t, i, end, e);
		return;
	}
	if ((t->flags & PATTERN_EXTGLOB) && i + 1 < end && t->p[i + 1] == '(' &&
	    strchr("?*+@!", c) && c && pat_active(t, i + 1) &&
	    (k = group_end(t, i + 2, end)) != 0) {
		e->kind = ELEM_GROUP;
		e->inner = i + 2;
		e->next = k;
	} else if (c == '*') {
		e->kind = ELEM_STAR;
	} else if (c == '?') {
		e->kind = ELEM_ANY;
	} else if (c == '[' && (k = bracket_end(t, i, end)) != 0) {
		e->kind = ELEM_BRACKET;
		e->next = k;
	} else {
		literal(t, c == '\\' && i + 1 < end ? i + 1 : i, end, e);
	}
}

int pat_leading_period(const struct pat *t, const struct subject *s, size_t pos)
{
	if (!(t->flags & PATTERN_PERIOD) || s->s[pos] != '.')
		return 0;
	return pos == 0 || ((t->flags & PATTERN_PATHNAME) && s->s[pos - 1] == '/');
}

size_t pat_match_one(const struct pat *t, const struct elem *e, const struct subject *s,
                     size_t pos)
{
	uint32_t c, want;
	size_t len;

	if (pos >= s->n)
		return 0;
	if (e->kind == ELEM_LITERAL && (unsigned char)t->p[e->at] < 0x80 &&
	    !(t->flags & PATTERN_NOCASE))
		return s->s[pos] == t->p[e->at];
	len = pat_char(s->s, s->n, pos, &c);
	if (e->kind == ELEM_LITERAL) {
		pat_char(t->p, t->n, e->at, &want);
		if (c == want)
			return len;
		return (t->flags & PATTERN_NOCASE) && pat_fold(c) == pat_fold(want) ? len
		                                                                    : 0;
	}
	if (pat_leading_period(t, s, pos) || (c == '/' && (t->flags & PATTERN_PATHNAME)))
		return 0;
	return e->kind == ELEM_ANY || bracket_match(t, e->at, e->next, c) ? len : 0;
}

// The one loop: match elements from `pos` on; at a mismatch let the last star take one
// character more. Earlier stars need no second try: what they took is the least possible.
// Ends when the pattern is used up: at the first such place, or (whole) at the end only.
static ssize_t match_from(const struct pat *t, const struct subject *s, size_t pos,
                          int whole)
{
	size_t i = 0, star_pos = 0, star_i = SIZE_MAX;
	struct elem e;
	uint32_t c;

	for (;;) {
		size_t len = 0;

		if (i == t->n) {
			if (!whole || pos == s->n)
				return (ssize_t)pos;
		} else {
			pat_elem(t, i, t->n, &e);
			if (e.kind == ELEM_STAR) {
				if (pos < s->n && pat_leading_period(t, s, pos))
					return -1;
				star_i = i = e.next;
				star_pos = pos;
				if (i == t->n && whole && !(t->flags & PATTERN_PATHNAME))
					return (ssize_t)s->n;
				continue;
			}
			len = pat_match_one(t, &e, s, pos);
		}
		if (len) {
			i = e.next;
			pos += len;
			continue;
		}
		if (star_i == SIZE_MAX || star_pos >= s->n ||
		    ((t->flags & PATTERN_PATHNAME) && s->s[star_pos] == '/'))
			return -1;
		star_pos += pat_char(s->s, s->n, star_pos, &c);
		pos = star_pos;
		i = star_i;
	}
}

int pattern_match(const char *pat, const unsigned char *quoted, size_t n, const char *s,
                  size_t sn, int flags)
{
	struct pat t = { pat, quoted, n, flags };
	struct subject sub = { s, sn };

	if (ext_has_group(&t)) {
		auto_free unsigned char *ends = xmalloc(sn + 1);

		ext_match(&t, &sub, 0, ends);
		return ends[sn];
	}
	return match_from(&t, &sub, 0, 1) >= 0;
}

void pattern_compile(struct matcher *m, const char *pat, const unsigned char *quoted,
                     size_t n, int flags)
{
	struct pat t = { pat, quoted, n, flags };

	*m = (struct matcher){ pat, quoted, n, flags, ext_has_group(&t), 0 };
	if (m->ext || flags & PATTERN_NOCASE)
		return;
	while (m->tail < n) {
		unsigned char c = (unsigned char)pat[n - 1 - m->tail];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '.' || c == '_'))
			break;
		m->tail++;
	}
	// A letter may belong to what stands before it: an escape, or a bracket without end.
	if (m->tail && m->tail < n && pat[n - 1 - m->tail] != '*' &&
	    pat[n - 1 - m->tail] != '?')
		m->tail = 0;
}

int pattern_run(const struct matcher *m, const char *s, size_t sn)
{
	if (m->tail &&
	    (sn < m->tail || memcmp(s + sn - m->tail, m->pat + m->n - m->tail, m->tail)))
		return 0;
	return pattern_match(m->pat, m->quoted, m->n, s, sn, m->flags);
}

// The part after the last star: where it begins; SIZE_MAX when there is no star. *chars is
// the number of characters that part matches.
static size_t last_part(const struct pat *t, size_t *chars)
{
	size_t part = SIZE_MAX;
	struct elem e;

	*chars = 0;
	for (size_t i = 0; i < t->n; i = e.next) {
		pat_elem(t, i, t->n, &e);
		++*chars;
		if (e.kind == ELEM_STAR) {
			part = e.next;
			*chars = 0;
		}
	}
	return part;
}

static struct pat part_of(const struct pat *t, size_t from, size_t to)
{
	struct pat r = { t->p + from, t->q ? t->q + from : NULL, to - from, t->flags };

	return r;
}

// Longest match that begins at pos, no groups: the least for all up to the last star, then
// the last part as late as it fits.
static ssize_t longest_from(const struct pat *t, const struct subject *s, size_t pos)
{
	size_t chars, part = last_part(t, &chars), at = s->n;
	struct pat head, tail;
	ssize_t min, end;

	if (part == SIZE_MAX)
		return match_from(t, s, pos, 0);
	head = part_of(t, 0, part - 1);
	tail = part_of(t, part, t->n);
	min = match_from(&head, s, pos, 0);
	if (min < 0)
		return -1;
	for (;;) {
		end = match_from(&tail, s, at, 0);
		if (end >= 0)
			return end;
		if (at <= (size_t)min)
			return -1;
		at -= char_before(s->s, at);
	}
}

static ssize_t ext_extreme(const struct pat *t, const struct subject *s, size_t pos,
                           int longest)
{
	auto_free unsigned char *ends = xmalloc(s->n + 1);
	ssize_t found = -1;

	ext_match(t, s, pos, ends);
	for (size_t k = pos; k <= s->n && (longest || found < 0); k++)
		if (ends[k])
			found = (ssize_t)k;
	return found;
}

static ssize_t match_at(const struct pat *t, const struct subject *s, size_t pos,
                        int longest, int ext)
{
	if (ext)
		return ext_extreme(t, s, pos, longest);
	return longest ? longest_from(t, s, pos) : match_from(t, s, pos, 0);
}

ssize_t pattern_prefix(const char *pat, const unsigned char *quoted, size_t n,
                       const char *s, size_t sn, int longest, int flags)
{
	struct pat t = { pat, quoted, n, flags };
	struct subject sub = { s, sn };

	return match_at(&t, &sub, 0, longest, ext_has_group(&t));
}

static int matches_to_end(const struct pat *t, const struct subject *s, size_t pos,
                          int ext)
{
	if (!ext)
		return match_from(t, s, pos, 1) >= 0;
	return pattern_match(t->p, t->q, t->n, s->s + pos, s->n - pos, t->flags);
}

// Where the last `chars` characters begin; SIZE_MAX when there are fewer.
static size_t step_back(const struct subject *s, size_t chars)
{
	size_t pos = s->n;

	for (; chars; chars--) {
		if (!pos)
			return SIZE_MAX;
		pos -= char_before(s->s, pos);
	}
	return pos;
}

ssize_t pattern_suffix(const char *pat, const unsigned char *quoted, size_t n,
                       const char *s, size_t sn, int longest, int flags)
{
	struct pat t = { pat, quoted, n, flags }, tail;
	struct subject sub = { s, sn };
	int ext = ext_has_group(&t);
	size_t pos = sn, part, chars;
	uint32_t c;

	if (!ext) {
		part = last_part(&t, &chars);
		pos = step_back(&sub, chars);
		if (pos == SIZE_MAX)
			return -1;
		tail = part == SIZE_MAX ? t : part_of(&t, part, n);
		if (match_from(&tail, &sub, pos, 1) < 0)
			return -1;
		if (part == SIZE_MAX)
			return (ssize_t)(sn - pos);
	}
	if (longest) {
		for (pos = 0; pos < sn; pos += pat_char(s, sn, pos, &c))
			if (matches_to_end(&t, &sub, pos, ext))
				return (ssize_t)(sn - pos);
		return matches_to_end(&t, &sub, sn, ext) ? 0 : -1;
	}
	for (;; pos -= char_before(s, pos)) {
		if (matches_to_end(&t, &sub, pos, ext))
			return (ssize_t)(sn - pos);
		if (!pos)
			return -1;
	}
}

ssize_t pattern_search(const char *pat, const unsigned char *quoted, size_t n,
                       const char *s, size_t sn, size_t *len, int flags)
{
	struct pat t = { pat, quoted, n, flags };
	struct subject sub = { s, sn };
	int ext = ext_has_group(&t);
	ssize_t end;
	uint32_t c;

	for (size_t pos = 0;; pos += pat_char(s, sn, pos, &c)) {
		end = match_at(&t, &sub, pos, 1, ext);
		if (end >= 0) {
			*len = (size_t)end - pos;
			return (ssize_t)pos;
		}
		if (pos >= sn)
			return -1;
	}
}

int pattern_is_plain(const char *pat, const unsigned char *quoted, size_t n, int flags)
{
	struct pat t = { pat, quoted, n, flags };
	struct elem e;

	for (size_t i = 0; i < n; i = e.next) {
		pat_elem(&t, i, n, &e);
		if (e.kind != ELEM_LITERAL)
			return 0;
	}
	return 1;
}
