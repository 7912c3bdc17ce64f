// Bracket expressions: [a-z_], [!x], [[:alpha:]], [[.-.]], [[=a=]].
#include "stepsh/pattern_impl.h"

#include <string.h>
#include <wctype.h>

#include "stepsh/pattern.h"

// clang-format off
static const struct {
	const char *name;
	int (*is)(wint_t c);
} classes[] = {
	{ "alnum", iswalnum }, { "alpha", iswalpha }, { "blank", iswblank },
	{ "cntrl", iswcntrl }, { "digit", iswdigit }, { "graph", iswgraph },
	{ "lower", iswlower }, { "print", iswprint }, { "punct", iswpunct },
	{ "space", iswspace }, { "upper", iswupper }, { "xdigit", iswxdigit },
};
// clang-format on

uint32_t pat_fold(uint32_t c)
{
	if (c < 128)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	return c < 0x110000 ? (uint32_t)towlower(c) : c;
}

static int in_class(const char *name, size_t n, uint32_t c, int nocase)
{
	if (c >= 0x110000)
		return 0;
	if (nocase && n == 5 && (!memcmp(name, "lower", 5) || !memcmp(name, "upper", 5)))
		return iswalpha(c) != 0;
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (strlen(classes[i].name) == n && memcmp(classes[i].name, name, n) == 0)
			return classes[i].is(c) != 0;
	return 0;
}

// "[:", "[." or "[=" at i: the index after its closing pair, 0 when there is none.
static size_t special_end(const struct pat *t, size_t i, size_t end)
{
	char kind;

	if (i + 1 >= end || t->p[i] != '[' || !pat_active(t, i) || !pat_active(t, i + 1))
		return 0;
	kind = t->p[i + 1];
	if (kind != ':' && kind != '.' && kind != '=')
		return 0;
	for (size_t j = i + 2; j + 1 < end; j++)
		if (t->p[j] == kind && t->p[j + 1] == ']' && j > i + 2)
			return j + 2;
		else if (kind == ':' && t->p[j] == ']')
			return 0;
	return 0;
}

static int is_negation(const struct pat *t, size_t i, size_t end)
{
	return i < end && (t->p[i] == '!' || t->p[i] == '^') && pat_active(t, i);
}

size_t bracket_end(const struct pat *t, size_t i, size_t end)
{
	size_t first = i + 1, j;

	if (is_negation(t, first, end))
		first++;
	for (j = first; j < end; j++) {
		size_t k;

		if (!pat_active(t, j))
			continue;
		if (t->p[j] == ']' && j > first)
			return j + 1;
		if (t->p[j] == '/' && (t->flags & PATTERN_PATHNAME))
			return 0;
		if (t->p[j] == '\\')
			j++;
		else if ((k = special_end(t, j, end)) != 0)
			j = k - 1;
	}
	return 0;
}

// One member at i that is no class: its character in *c; the index after it.
static size_t member(const struct pat *t, size_t i, size_t end, uint32_t *c)
{
	size_t k = special_end(t, i, end);

	if (k) {
		// More than one character in [. .] names no character here: match none.
		if (pat_char(t->p, k - 2, i + 2, c) + i + 2 != k - 2)
			*c = UINT32_MAX;
		return k;
	}
	if (t->p[i] == '\\' && pat_active(t, i) && i + 1 < end)
		i++;
	return i + pat_char(t->p, end, i, c);
}

static int in_range(uint32_t c, uint32_t lo, uint32_t hi, int nocase)
{
	if (lo == UINT32_MAX || hi == UINT32_MAX)
		return 0;
	if (c >= lo && c <= hi)
		return 1;
	if (!nocase || c >= 0x110000)
		return 0;
	c = towlower(c);
	if (c >= lo && c <= hi)
		return 1;
	c = towupper(c);
	return c >= lo && c <= hi;
}

int bracket_match(const struct pat *t, size_t i, size_t end, uint32_t c)
{
	int nocase = (t->flags & PATTERN_NOCASE) != 0;
	int negated, found = 0;
	size_t last = end - 1;

	i++;
	negated = is_negation(t, i, last);
	i += negated;
	while (i < last && !found) {
		size_t k = special_end(t, i, last);
		uint32_t lo, hi;

		if (k && t->p[i + 1] == ':') {
			found = in_class(t->p + i + 2, k - i - 4, c, nocase);
			i = k;
			continue;
		}
		i = member(t, i, last, &lo);
		hi = lo;
		if (i + 1 < last && t->p[i] == '-' && pat_active(t, i))
			i = member(t, i + 1, last, &hi);
		found = in_range(c, lo, hi, nocase);
	}
	return found != negated;
}
