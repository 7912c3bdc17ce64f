// Patterns against subjects: flags, length of the pattern, pattern, subject. The cuts and
// the search must agree with the match.
#include "fuzz.h"

#include <string.h>

#include "stepsh/pattern.h"

enum { MAX = 200 };

static void check_cuts(const char *p, size_t n, const char *s, size_t sn, int flags)
{
	ssize_t few, many;
	size_t len;

	few = pattern_prefix(p, NULL, n, s, sn, 0, flags);
	many = pattern_prefix(p, NULL, n, s, sn, 1, flags);
	MUST((few < 0) == (many < 0) && few <= many && many <= (ssize_t)sn);
	if (pattern_match(p, NULL, n, s, sn, flags))
		MUST(many == (ssize_t)sn);
	MUST(few < 0 || pattern_match(p, NULL, n, s, (size_t)few, flags));
	few = pattern_suffix(p, NULL, n, s, sn, 0, flags);
	many = pattern_suffix(p, NULL, n, s, sn, 1, flags);
	MUST((few < 0) == (many < 0) && few <= many && many <= (ssize_t)sn);
	MUST(few < 0 || pattern_match(p, NULL, n, s + sn - few, (size_t)few, flags));
	few = pattern_search(p, NULL, n, s, sn, &len, flags);
	MUST(few < 0 || (size_t)few + len <= sn);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char p[MAX], s[MAX];
	unsigned char quoted[MAX];
	struct matcher m;
	size_t n, sn;
	int flags;

	if (size < 2)
		return 0;
	flags = data[0] & 15;
	n = data[1] < size - 2 ? data[1] : size - 2;
	n = n < MAX ? n : MAX;
	sn = size - 2 - n < MAX ? size - 2 - n : MAX;
	memcpy(p, data + 2, n);
	memcpy(s, data + 2 + n, sn);
	memset(quoted, 1, sizeof(quoted));
	MUST(pattern_is_plain(p, quoted, n, flags));
	MUST(pattern_match(p, quoted, n, p, n, flags & ~PATTERN_PERIOD));
	pattern_compile(&m, p, NULL, n, flags);
	MUST(pattern_run(&m, s, sn) == pattern_match(p, NULL, n, s, sn, flags));
	// A prefix may end inside a character only where the bytes are no UTF-8 anyway.
	for (size_t i = 0; i < size; i++)
		if (data[i] >= 0x80)
			return 0;
	check_cuts(p, n, s, sn, flags & (PATTERN_EXTGLOB | PATTERN_NOCASE));
	return 0;
}
