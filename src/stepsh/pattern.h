// Patterns of the shell: ? * [...] and bash's extended ones, on strings of UTF-8.
//
// A pattern is n bytes with an optional map `quoted` of the same length: where it is not
// zero the byte stands for itself. An unquoted backslash makes the next character literal.
// A byte that is not part of valid UTF-8 counts as one character in pattern and subject.
// A bracket expression that does not end is literal text.
// Matching never takes more than time proportional to pattern x subject for the standard
// patterns; extended ones remember what failed and stay polynomial.
// Source: POSIX.1-2024 XCU 2.14, XBD 9.3.5 (bracket expressions in the POSIX locale plus
// characters of UTF-8 by code point).
#ifndef STEPSH_PATTERN_H
#define STEPSH_PATTERN_H

#include <stddef.h>
#include <sys/types.h>

enum {
	PATTERN_PERIOD = 1, // a '.' at the start must be matched by a literal one
	PATTERN_PATHNAME =
		2, // '/' is matched by a literal one only; with PERIOD: also '.' after it
	PATTERN_EXTGLOB = 4, // ?(a|b) *(a|b) +(a|b) @(a|b) !(a|b)
	PATTERN_NOCASE = 8,
};

// Does the pattern match the whole of the sn bytes at s? 1 or 0.
int pattern_match(const char *pat, const unsigned char *quoted, size_t n, const char *s,
                  size_t sn, int flags);

// The same for many subjects: look at the pattern once. `m` borrows the pattern.
struct matcher {
	const char *pat;
	const unsigned char *quoted;
	size_t n;
	int flags;
	int ext;     // has an extended group
	size_t tail; // the last `tail` bytes of the pattern are plain ASCII: a quick no
};
void pattern_compile(struct matcher *m, const char *pat, const unsigned char *quoted,
                     size_t n, int flags);
int pattern_run(const struct matcher *m, const char *s, size_t sn);

// Length of the shortest (longest = 0) or longest prefix of s that matches, -1 for none.
ssize_t pattern_prefix(const char *pat, const unsigned char *quoted, size_t n,
                       const char *s, size_t sn, int longest, int flags);
// The same for suffixes; the length counts from the end.
ssize_t pattern_suffix(const char *pat, const unsigned char *quoted, size_t n,
                       const char *s, size_t sn, int longest, int flags);

// First match anywhere in s (leftmost, and there the longest): its offset, and its length
// in *len; -1 for none. For ${v/pattern/text}.
ssize_t pattern_search(const char *pat, const unsigned char *quoted, size_t n,
                       const char *s, size_t sn, size_t *len, int flags);

// 1 when no special character is active: the pattern matches only itself (with its
// unquoted backslashes removed). A '[' without a matching ']' is not special.
int pattern_is_plain(const char *pat, const unsigned char *quoted, size_t n, int flags);

#endif
