#include "stepsh/quote.h"

#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

static int is_safe(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("_-+./:@%,=", c));
}

// A word that means itself anywhere but in front: '=' could assign, '~' and '#' are unsafe.
static int is_bare(const char *s, size_t n)
{
	const char *eq = memchr(s, '=', n);

	for (size_t i = 0; i < n; i++)
		if (!is_safe(s[i]))
			return 0;
	if (!eq)
		return n > 0;
	return eq > s && (s[0] == '-' || memchr(s, '/', (size_t)(eq - s)) ||
	                  memchr(s, '.', (size_t)(eq - s)));
}

// Control bytes or bytes that are no UTF-8: they are not fit to be shown as they are.
static int needs_ansi(const char *s, size_t n)
{
	uint32_t c;

	for (size_t i = 0; i < n; i += utf8_decode(s + i, n - i, &c)) {
		unsigned char b = (unsigned char)s[i];

		if (b < ' ' || b == 127)
			return 1;
		if (b >= 128 &&
		    (utf8_decode(s + i, n - i, &c), c == UTF8_BAD || c < 0xa0))
			return 1;
	}
	return 0;
}

static void ansi_byte(struct str *out, unsigned char b)
{
	static const char from[] = "\a\b\033\f\n\r\t\v\\'", to[] = "abEfnrtv\\'";
	const char *at = b ? strchr(from, b) : NULL;

	if (at)
		str_addf(out, "\\%c", to[at - from]);
	else
		str_addf(out, "\\%03o", b);
}

static void ansi(struct str *out, const char *s, size_t n)
{
	size_t len;
	uint32_t c;

	str_add(out, "$'");
	for (size_t i = 0; i < n; i += len) {
		unsigned char b = (unsigned char)s[i];

		len = utf8_decode(s + i, n - i, &c);
		if (b < ' ' || b == 127 || b == '\\' || b == '\'' || c == UTF8_BAD)
			ansi_byte(out, b);
		else if (c >= 0x80 && c < 0xa0)
			str_addf(out, "\\%03o\\%03o", b, (unsigned char)s[i + 1]);
		else
			str_addn(out, s + i, len);
	}
	str_addc(out, '\'');
}

void quote_word(struct str *out, const char *s, size_t n, int flags)
{
	if (!(flags & QUOTE_ALWAYS) && is_bare(s, n)) {
		str_addn(out, s, n);
		return;
	}
	if ((flags & QUOTE_ANSI) && needs_ansi(s, n)) {
		ansi(out, s, n);
		return;
	}
	str_addc(out, '\'');
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\'')
			str_add(out, "'\\''");
		else
			str_addc(out, s[i]);
	str_addc(out, '\'');
}

void quote_backslash(struct str *out, const char *s, size_t n)
{
	if (n == 0) {
		str_add(out, "''");
	} else if (needs_ansi(s, n)) {
		ansi(out, s, n);
	} else {
		for (size_t i = 0; i < n; i++) {
			if ((s[i] && strchr(" \"'\\|&;()<>!{}*[]?^$`,", s[i])) ||
			    (i == 0 && (s[i] == '#' || s[i] == '~')))
				str_addc(out, '\\');
			str_addc(out, s[i]);
		}
	}
}
