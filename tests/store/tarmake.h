// Making tar archives byte by byte, right ones and wrong ones, for tests.
#ifndef TESTS_STORE_TARMAKE_H
#define TESTS_STORE_TARMAKE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

struct tm_entry {
	const char *name, *link;
	char type;     // 0: '0'
	unsigned mode; // 0: 0644
	long long uid, gid, mtime;
	uint64_t size; // of data; or of what is claimed when data is NULL
	const char *data;
	unsigned major, minor;
	const char *magic; // 8 bytes; NULL: ustar
	int bad_checksum, signed_checksum;
	const char *prefix;
};

static inline void tm_field(char *b, size_t n, long long v)
{
	if (v < 0 || (n < 22 && v >> 3 * (n - 1))) { // base 256
		for (size_t i = n; i--; v >>= 8)
			b[i] = (char)(v & 0xff);
		b[0] |= (char)0x80;
		return;
	}
	for (b[--n] = '\0'; n--; v >>= 3)
		b[n] = (char)('0' + (v & 7));
}

static inline void tm_header(struct str *out, const struct tm_entry *t)
{
	char b[513] = { 0 };
	unsigned sum = 0;

	strncpy(b, t->name, 100);
	tm_field(b + 100, 8, t->mode ? t->mode : 0644);
	tm_field(b + 108, 8, t->uid);
	tm_field(b + 116, 8, t->gid);
	tm_field(b + 124, 12, (long long)t->size);
	tm_field(b + 136, 12, t->mtime);
	b[156] = t->type ? t->type : '0';
	strncpy(b + 157, t->link ? t->link : "", 100);
	memcpy(b + 257,
	       t->magic ? t->magic
	                : "ustar\0"
	                  "00",
	       8);
	tm_field(b + 329, 8, t->major);
	tm_field(b + 337, 8, t->minor);
	strncpy(b + 345, t->prefix ? t->prefix : "", 155);
	memset(b + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += t->signed_checksum ? (unsigned)(signed char)b[i]
		                          : (unsigned char)b[i];
	snprintf(b + 148, 8, "%06o", (sum & 0777777) + (t->bad_checksum ? 1 : 0));
	str_addn(out, b, 512);
}

static inline void tm_pad(struct str *out)
{
	while (out->len % 512)
		str_addc(out, '\0');
}

// Header and data.
static inline void tm_add(struct str *out, const struct tm_entry *t)
{
	tm_header(out, t);
	if (t->data) {
		str_addn(out, t->data, t->size);
		tm_pad(out);
	}
}

static inline void tm_file(struct str *out, const char *name, const char *text)
{
	tm_add(out,
	       &(struct tm_entry){ .name = name, .data = text, .size = strlen(text) });
}

// A header of type x, L, K or g with this text.
static inline void tm_extra(struct str *out, char type, const char *text, size_t n)
{
	tm_add(out,
	       &(struct tm_entry){ .name = "x", .type = type, .data = text, .size = n });
}

// "LENGTH key=value\n"
static inline void tm_record(struct str *s, const char *key, const char *value,
                             size_t len)
{
	size_t rest = strlen(key) + len + 3, n = rest + 1;
	char head[32];

	while (rest + (size_t)snprintf(head, sizeof(head), "%zu", n) != n)
		n++;
	str_addf(s, "%zu %s=", n, key);
	str_addn(s, value, len);
	str_addc(s, '\n');
}

static inline void tm_pax(struct str *out, const char *key, const char *value)
{
	struct str s = { 0 };

	tm_record(&s, key, value, strlen(value));
	tm_extra(out, 'x', s.p, s.len);
	str_finish(&s);
}

static inline void tm_end(struct str *out)
{
	char zero[1024] = { 0 };

	str_addn(out, zero, sizeof(zero));
}

#endif
