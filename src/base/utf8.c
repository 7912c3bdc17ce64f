#include "base/utf8.h"

#include "base/str.h"

size_t utf8_decode(const char *p, size_t n, uint32_t *c)
{
	const unsigned char *u = (const unsigned char *)p;
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len;
	uint32_t v;

	if (u[0] < 0x80) {
		*c = u[0];
		return 1;
	}
	len = u[0] >= 0xf0 && u[0] < 0xf8 ? 4 : u[0] >= 0xe0 && u[0] < 0xf0 ? 3 : 2;
	if (u[0] < 0xc2 || u[0] > 0xf4 || len > n)
		goto bad;
	v = u[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			goto bad;
		v = v << 6 | (u[i] & 0x3f);
	}
	if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
		goto bad;
	*c = v;
	return len;
bad:
	*c = UTF8_BAD;
	return 1;
}

size_t utf8_encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

struct range {
	uint32_t first, last;
};

static int in(const struct range *r, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].first && c <= r[i].last)
			return 1;
	return 0;
}

// Characters that are invisible or change direction: shown as escapes.
static const struct range hidden[] = {
	{ 0x80, 0x9f },     { 0xad, 0xad },       { 0x61c, 0x61c },   { 0x180e, 0x180e },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e },   { 0x2060, 0x206f }, { 0xfeff, 0xfeff },
	{ 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
};

// Combining marks, roughly the blocks that matter (Unicode 15, Mn and Me).
static const struct range zero[] = {
	{ 0x300, 0x36f },   { 0x483, 0x489 },   { 0x591, 0x5bd },   { 0x610, 0x61a },
	{ 0x64b, 0x65f },   { 0x6d6, 0x6dc },   { 0x900, 0x902 },   { 0x93c, 0x93c },
	{ 0xe31, 0xe31 },   { 0xe34, 0xe3a },   { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
	{ 0x200b, 0x200f }, { 0x20d0, 0x20f0 }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
};

// East Asian wide and fullwidth, and emoji shown wide.
static const struct range wide[] = {
	{ 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2329, 0x232a },
	{ 0x23e9, 0x23ec },   { 0x2e80, 0x303e },   { 0x3041, 0x33ff },
	{ 0x3400, 0x4dbf },   { 0x4e00, 0x9fff },   { 0xa000, 0xa4cf },
	{ 0xa960, 0xa97f },   { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },
	{ 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff },
	{ 0x20000, 0x3fffd },
};

#define IN(table, c) in(table, sizeof(table) / sizeof(*(table)), c)

int utf8_width(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c > 0x10ffff)
		return 0;
	if (c < 0x300)
		return 1;
	if (IN(zero, c))
		return 0;
	return IN(wide, c) ? 2 : 1;
}

static size_t sgr_length(const char *p, size_t n)
{
	size_t i = 2;

	if (n < 3 || p[0] != 033 || p[1] != '[')
		return 0;
	while (i < n && i < 64 &&
	       ((p[i] >= '0' && p[i] <= '9') || p[i] == ';' || p[i] == ':'))
		i++;
	return i < n && p[i] == 'm' ? i + 1 : 0;
}

void utf8_safe(struct str *out, const char *p, size_t n, int flags)
{
	while (n) {
		uint32_t c;
		size_t len = utf8_decode(p, n, &c), sgr;

		if ((c == '\n' && flags & UTF8_SAFE_NEWLINE) ||
		    (c == '\t' && flags & UTF8_SAFE_TAB))
			str_addc(out, *p);
		else if (c == 033 && flags & UTF8_SAFE_SGR && (sgr = sgr_length(p, n)))
			str_addn(out, p, len = sgr);
		else if (c < 0x20 || c == 0x7f || c == UTF8_BAD)
			str_addf(out, "\\x%02x", (unsigned char)*p);
		else if (IN(hidden, c))
			str_addf(out, c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
		else
			str_addn(out, p, len);
		p += len;
		n -= len;
	}
}
