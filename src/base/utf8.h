// UTF-8: decoding, and text from strangers made fit to be shown.
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

struct str;

// Decode one character of the n > 0 bytes at p. Returns its length and sets *c; for a
// malformed sequence (overlong, surrogate, above U+10FFFF, truncated) returns 1 and sets
// *c to UTF8_BAD.
enum { UTF8_BAD = 0x110000 };
size_t utf8_decode(const char *p, size_t n, uint32_t *c);

// Encode c (< 0x110000) into out[4]; returns the length.
size_t utf8_encode(uint32_t c, char out[4]);

// Columns that c takes on a terminal: 0, 1 or 2. Control characters count 0.
int utf8_width(uint32_t c);

// What utf8_safe() lets through besides printable characters.
enum {
	UTF8_SAFE_NEWLINE = 1, // '\n'
	UTF8_SAFE_TAB = 2,     // '\t'
	UTF8_SAFE_SGR = 4,     // ESC [ digits and ; and : m (colours)
};

// Append the n bytes at p to *out so that they cannot steer a terminal: printable UTF-8 as
// it is; every other C0 control, DEL, C1, escape sequence, bidirectional or invisible
// control and malformed byte as a visible escape (\x1b, \u202e).
void utf8_safe(struct str *out, const char *p, size_t n, int flags);

#endif
