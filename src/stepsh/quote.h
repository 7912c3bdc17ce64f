// Words quoted so that a shell reads them back as the same bytes.
#ifndef STEPSH_QUOTE_H
#define STEPSH_QUOTE_H

#include <stddef.h>

struct str;

enum {
	QUOTE_ALWAYS = 1, // quotes also where none are needed (export -p, set, alias)
	QUOTE_ANSI = 2, // $'...' when there are control bytes or broken UTF-8; without it
			// '...' holds every byte as it is, which any POSIX shell reads
};

// Append the word in single quotes: 'a b', 'it'\''s'; bare when nothing needs quoting.
// An empty word is ''.
void quote_word(struct str *out, const char *s, size_t n, int flags);

// Append in the style of bash's printf %q: a\ b, $'a\nb', '' when empty.
void quote_backslash(struct str *out, const char *s, size_t n);

#endif
