#include "store/jsonread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

enum { DEPTH_MAX = 64 };

static void space(struct jsonr *r)
{
	while (r->p < r->end &&
	       (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
		r->p++;
}

static int take(struct jsonr *r, char c)
{
	space(r);
	if (r->p == r->end || *r->p != c)
		return 0;
	r->p++;
	return 1;
}

static int hex4(struct jsonr *r, uint32_t *c)
{
	*c = 0;
	if (r->end - r->p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef";
		char lower = (char)(*r->p | ('a' - 'A'));
		const char *d =
			*r->p ? strchr(digits, *r->p >= 'A' ? lower : *r->p) : NULL;

		if (!d)
			return -1;
		*c = *c * 16 + (uint32_t)(d - digits);
		r->p++;
	}
	return 0;
}

static int escape(struct jsonr *r, struct str *s)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;
	uint32_t c;
	char out[4];

	if (r->p == r->end || !*r->p)
		return -1;
	at = strchr(from, *r->p);
	if (at) {
		r->p++;
		str_addc(s, to[at - from]);
		return 0;
	}
	if (*r->p++ != 'u' || hex4(r, &c) < 0 || c == 0)
		return -1;
	if (c >= 0xd800 && c < 0xe000)
		c = 0xfffd;
	str_addn(s, out, utf8_encode(c, out));
	return 0;
}

int jsonr_string(struct jsonr *r, struct str *s)
{
	str_clear(s);
	if (!take(r, '"'))
		return -1;
	while (r->p < r->end && *r->p != '"') {
		if ((unsigned char)*r->p < 0x20)
			return -1;
		if (*r->p != '\\') {
			str_addc(s, *r->p++);
			continue;
		}
		r->p++;
		if (escape(r, s) < 0)
			return -1;
	}
	return take(r, '"') ? 0 : -1;
}

int jsonr_int(struct jsonr *r, int64_t *v)
{
	char buf[24], *end;
	size_t n = 0;

	space(r);
	while (r->p < r->end && n < sizeof(buf) - 1 &&
	       (*r->p == '-' || (*r->p >= '0' && *r->p <= '9')))
		buf[n++] = *r->p++;
	buf[n] = '\0';
	errno = 0;
	*v = strtoll(buf, &end, 10);
	return n == 0 || *end || errno ? -1 : 0;
}

int jsonr_object(struct jsonr *r, jsonr_member_fn *fn, void *arg)
{
	struct str key = { 0 };
	int ret = -1;

	if (!take(r, '{'))
		return -1;
	if (take(r, '}'))
		return 0;
	do {
		if (jsonr_string(r, &key) < 0 || !take(r, ':'))
			goto out;
		if (fn(arg, str_cstr(&key), r) < 0)
			goto out;
	} while (take(r, ','));
	ret = take(r, '}') ? 0 : -1;
out:
	str_finish(&key);
	return ret;
}

static int skip(struct jsonr *r, int depth);

static int skip_member(void *arg, const char *key, struct jsonr *r)
{
	(void)key;
	return skip(r, *(int *)arg + 1);
}

static int skip_list(struct jsonr *r, int depth)
{
	r->p++;
	if (take(r, ']'))
		return 0;
	do {
		if (skip(r, depth + 1) < 0)
			return -1;
	} while (take(r, ','));
	return take(r, ']') ? 0 : -1;
}

static int skip(struct jsonr *r, int depth)
{
	static const char *const words[] = { "true", "false", "null" };
	struct str s = { 0 };
	int64_t v;
	int ret;

	space(r);
	if (r->p == r->end || depth > DEPTH_MAX)
		return -1;
	switch (*r->p) {
	case '{':
		return jsonr_object(r, skip_member, &depth);
	case '[':
		return skip_list(r, depth);
	case '"':
		ret = jsonr_string(r, &s);
		str_finish(&s);
		return ret;
	default:
		break;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t n = strlen(words[i]);

		if ((size_t)(r->end - r->p) >= n && memcmp(r->p, words[i], n) == 0) {
			r->p += n;
			return 0;
		}
	}
	return jsonr_int(r, &v);
}

int jsonr_skip(struct jsonr *r)
{
	return skip(r, 0);
}

int jsonr_end(struct jsonr *r)
{
	space(r);
	return r->p == r->end;
}
