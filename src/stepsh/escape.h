// Backslash escapes: of printf's format, of its %b, of echo, of $'...'.
#ifndef STEPSH_ESCAPE_H
#define STEPSH_ESCAPE_H

#include <stddef.h>

struct str;

enum escape_kind {
	ESCAPE_FORMAT, // \a \b \f \n \r \t \v \\ \" \' \? \ooo \e \xHH \uHHHH \UHHHHHHHH
	ESCAPE_B,      // the same with \0ooo and \c, without \" \' \?
	ESCAPE_ECHO_E, // of bash's echo -e: \0ooo and \c, no \ooo, \" or \'
	ESCAPE_XSI,    // of echo in the standard: \a \b \c \f \n \r \t \v \\ \0ooo
	ESCAPE_DOLLAR, // of $'...': as FORMAT and \cX
};

enum { ESCAPE_STOP = -1 };

// s points after a backslash, with n >= 0 bytes there. Append what the escape means and
// return how many bytes of s it took: 0 when it is none (then nothing was appended and the
// backslash is literal), ESCAPE_STOP for \c where that ends the output.
int escape_one(const char *s, size_t n, enum escape_kind kind, struct str *out);

// Append all n bytes with their escapes replaced. Returns ESCAPE_STOP after \c, else 0.
int escape_all(const char *s, size_t n, enum escape_kind kind, struct str *out);

// The text between $' and its quote: as escape_all(), but a NUL that an escape makes ends
// the text (bash does so, the standard leaves it open).
void escape_dollar_single(struct str *out, const char *s, size_t n);

#endif
