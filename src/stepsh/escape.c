#include "stepsh/escape.h"

#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

// Up to `max` hexadecimal digits after the letter; a number above 0xff only as a character.
static int hex_escape(const char *s, size_t n, size_t max, struct str *out)
{
	uint32_t v = 0;
	size_t i = 1;
	char utf8[4];

	for (; i < n && i <= max && hex(s[i]) >= 0; i++)
		v = v << 4 | (uint32_t)hex(s[i]);
	if (i == 1)
		return 0;
	if (max == 2 || v < 0x80)
		str_addc(out, (char)v);
	else
		str_addn(out, utf8, utf8_encode(v < 0x110000 ? v : 0xfffd, utf8));
	return (int)i;
}

static int octal_escape(const char *s, size_t n, size_t from, struct str *out)
{
	unsigned v = 0;
	size_t i = from;

	for (; i < n && i < from + 3 && s[i] >= '0' && s[i] <= '7'; i++)
		v = v * 8 + (unsigned)(s[i] - '0');
	str_addc(out, (char)v);
	return (int)i;
}

static int control_escape(const char *s, size_t n, struct str *out)
{
	size_t i = 1;

	if (n < 2)
		return 0;
	if (s[1] == '\\' && n > 2 && s[2] == '\\')
		i = 2;
	str_addc(out, s[i] == '?' ? 127 : (char)(s[i] & 0x1f));
	return (int)i + 1;
}

int escape_one(const char *s, size_t n, enum escape_kind kind, struct str *out)
{
	static const char from[] = "abfnrtv\\", to[] = "\a\b\f\n\r\t\v\\";
	const char *at;
	int echo = kind == ESCAPE_XSI || kind == ESCAPE_ECHO_E;

	if (n == 0 || !*s)
		return 0;
	at = strchr(from, *s);
	if (at) {
		str_addc(out, to[at - from]);
		return 1;
	}
	if (*s == 'c' && kind != ESCAPE_FORMAT)
		return kind == ESCAPE_DOLLAR ? control_escape(s, n, out) : ESCAPE_STOP;
	if (*s == '0' && (echo || kind == ESCAPE_B))
		return octal_escape(s, n, 1, out);
	if (*s >= '0' && *s <= '7')
		return echo ? 0 : octal_escape(s, n, 0, out);
	if (kind == ESCAPE_XSI)
		return 0;
	// clang-format off
	switch (*s) {
	case 'e':
	case 'E': str_addc(out, '\033'); return 1;
	case 'x': return hex_escape(s, n, 2, out);
	case 'u': return hex_escape(s, n, 4, out);
	case 'U': return hex_escape(s, n, 8, out);
	case '"':
	case '\'':
	case '?':
		if (echo || kind == ESCAPE_B)
			return 0;
		str_addc(out, *s);
		return 1;
	default: return 0;
	}
	// clang-format on
}

int escape_all(const char *s, size_t n, enum escape_kind kind, struct str *out)
{
	const char *end = s + n, *back;
	int used;

	while (s < end) {
		back = memchr(s, '\\', (size_t)(end - s));
		if (!back)
			back = end;
		str_addn(out, s, (size_t)(back - s));
		if (back == end)
			break;
		used = escape_one(back + 1, (size_t)(end - back - 1), kind, out);
		if (used == ESCAPE_STOP)
			return ESCAPE_STOP;
		if (!used)
			str_addc(out, '\\');
		s = back + 1 + used;
	}
	return 0;
}

void escape_dollar_single(struct str *out, const char *s, size_t n)
{
	size_t begin = out->len;
	const char *nul;

	escape_all(s, n, ESCAPE_DOLLAR, out);
	nul = out->len > begin ? memchr(out->p + begin, '\0', out->len - begin) : NULL;
	if (nul)
		str_cut(out, (size_t)(nul - out->p));
}
