// Inside of pattern.c, pattern_bracket.c and pattern_ext.c: a pattern taken apart into
// elements, each of which matches one character, or is a star, or a group.
#ifndef STEPSH_PATTERN_IMPL_H
#define STEPSH_PATTERN_IMPL_H

#include <stddef.h>
#include <stdint.h>

struct pat {
	const char *p;
	const unsigned char *q; // NULL: nothing is quoted
	size_t n;
	int flags;
};

struct subject {
	const char *s;
	size_t n;
};

enum elem_kind { ELEM_LITERAL, ELEM_ANY, ELEM_STAR, ELEM_BRACKET, ELEM_GROUP };

struct elem {
	enum elem_kind kind;
	size_t at;    // where the element (after a backslash: the character) begins
	size_t next;  // where the next one begins
	size_t inner; // ELEM_GROUP: first byte after "x("; its kind is p[at]
};

static inline int pat_active(const struct pat *t, size_t i)
{
	return !t->q || !t->q[i];
}

// The character at i of n > i bytes; broken bytes get numbers of their own.
size_t pat_char(const char *s, size_t n, size_t i, uint32_t *c);

// Take the element at i < end apart. Groups only with PATTERN_EXTGLOB.
void pat_elem(const struct pat *t, size_t i, size_t end, struct elem *e);

// Does an element for one character match at pos? Length in bytes, 0 when not.
size_t pat_match_one(const struct pat *t, const struct elem *e, const struct subject *s,
                     size_t pos);

// May wildcards not match the '.' at pos? (PATTERN_PERIOD)
int pat_leading_period(const struct pat *t, const struct subject *s, size_t pos);

// The bracket expression at i ('[' stands there): index after its ']', 0 when it is none.
size_t bracket_end(const struct pat *t, size_t i, size_t end);
// Does the bracket expression from i to its end match c?
int bracket_match(const struct pat *t, size_t i, size_t end, uint32_t c);

uint32_t pat_fold(uint32_t c);

// Is there an active extended group in the pattern?
int ext_has_group(const struct pat *t);
// Ends of matches of the pattern that begin at `start`: ends[0..s->n] are set to 1 or 0.
void ext_match(const struct pat *t, const struct subject *s, size_t start,
               unsigned char *ends);

#endif
