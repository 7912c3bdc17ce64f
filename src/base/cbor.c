#include "base/cbor.h"

#include "base/str.h"

size_t cbor_head(unsigned char out[9], enum cbor_major major, uint64_t value)
{
	unsigned char m = (unsigned char)(major << 5);
	size_t bytes;

	if (value < 24) {
		out[0] = (unsigned char)(m | value);
		return 1;
	}
	bytes = value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x100000000u ? 4 : 8;
	out[0] = (unsigned char)(m | (bytes == 1   ? 24
	                              : bytes == 2 ? 25
	                              : bytes == 4 ? 26
	                                           : 27));
	for (size_t i = 0; i < bytes; i++)
		out[1 + i] = (unsigned char)(value >> 8 * (bytes - 1 - i));
	return 1 + bytes;
}

void cbor_add_head(struct str *s, enum cbor_major major, uint64_t value)
{
	unsigned char head[9];

	str_addn(s, head, cbor_head(head, major, value));
}

void cbor_add_int(struct str *s, int64_t v)
{
	if (v >= 0)
		cbor_add_head(s, CBOR_UINT, (uint64_t)v);
	else
		cbor_add_head(s, CBOR_NEGATIVE, (uint64_t)(-1 - v));
}

void cbor_add_text(struct str *s, const char *p, size_t n)
{
	cbor_add_head(s, CBOR_TEXT, n);
	str_addn(s, p, n);
}

void cbor_add_bytes(struct str *s, const void *p, size_t n)
{
	cbor_add_head(s, CBOR_BYTES, n);
	str_addn(s, p, n);
}

void cbor_add_bool(struct str *s, int v)
{
	str_addc(s, (char)(v ? 0xf5 : 0xf4));
}
