#include "base/jsonw.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

void jsonw_init(struct jsonw *w, struct str *out, enum json_style style)
{
	memset(w, 0, sizeof(*w));
	w->out = out;
	w->style = style;
}

static void line(struct jsonw *w, int depth)
{
	if (w->style == JSON_TABS) {
		str_addc(w->out, '\n');
		for (int i = 0; i < depth; i++)
			str_addc(w->out, '\t');
	} else if (w->style == JSON_API) {
		str_addc(w->out, ' ');
	}
}

// What stands before any value: a comma and a new line, unless a key was just written.
static void before(struct jsonw *w)
{
	if (w->after_key) {
		w->after_key = 0;
		return;
	}
	if (!w->depth)
		return;
	if (w->n[w->depth]++)
		str_addc(w->out, ',');
	line(w, w->depth);
}

static void after(struct jsonw *w)
{
	if (w->depth)
		return;
	if (w->style == JSON_TABS)
		str_addc(w->out, '\n');
	else if (w->style == JSON_API)
		str_add(w->out, " \n");
}

void jsonw_open(struct jsonw *w, char bracket)
{
	before(w);
	str_addc(w->out, bracket);
	w->depth++;
	assert(w->depth < (int)(sizeof(w->n) / sizeof(*w->n)));
	w->n[w->depth] = 0;
}

void jsonw_close(struct jsonw *w, char bracket)
{
	int any = w->n[w->depth--];

	if (any)
		line(w, w->depth);
	str_addc(w->out, bracket);
	after(w);
}

// Lines for programs may end up on a terminal: no DEL, no C1 control as it is.
static void quoted(struct str *out, const char *s, size_t n, int tame)
{
	str_addc(out, '"');
	while (n) {
		uint32_t c;
		size_t len = utf8_decode(s, n, &c);

		if (c == '"' || c == '\\')
			str_addf(out, "\\%c", (char)c);
		else if (c == '\n')
			str_add(out, "\\n");
		else if (c == '\r')
			str_add(out, "\\r");
		else if (c == '\t')
			str_add(out, "\\t");
		else if (c < 0x20)
			str_addf(out, "\\u%04x", c);
		else if (c == 0x2028 || c == 0x2029)
			str_addf(out, "\\u%04x", c);
		else if (tame && c >= 0x7f && c < 0xa0)
			str_addf(out, "\\u%04x", c);
		else if (c == UTF8_BAD)
			str_add(out, "\\ufffd");
		else
			str_addn(out, s, len);
		s += len;
		n -= len;
	}
	str_addc(out, '"');
}

void jsonw_keyn(struct jsonw *w, const char *key, size_t n)
{
	before(w);
	quoted(w->out, key, n, w->style != JSON_TABS);
	str_add(w->out, w->style == JSON_LINE ? ":" : ": ");
	w->after_key = 1;
}

void jsonw_key(struct jsonw *w, const char *key)
{
	jsonw_keyn(w, key, strlen(key));
}

void jsonw_strn(struct jsonw *w, const char *s, size_t n)
{
	before(w);
	quoted(w->out, s, n, w->style != JSON_TABS);
	after(w);
}

void jsonw_str(struct jsonw *w, const char *s)
{
	if (s)
		jsonw_strn(w, s, strlen(s));
	else
		jsonw_null(w);
}

void jsonw_int(struct jsonw *w, int64_t v)
{
	before(w);
	str_addf(w->out, "%" PRId64, v);
	after(w);
}

void jsonw_bool(struct jsonw *w, int v)
{
	before(w);
	str_add(w->out, v ? "true" : "false");
	after(w);
}

void jsonw_null(struct jsonw *w)
{
	before(w);
	str_add(w->out, "null");
	after(w);
}

void jsonw_kstr(struct jsonw *w, const char *key, const char *s)
{
	jsonw_key(w, key);
	jsonw_str(w, s);
}

void jsonw_kstrn(struct jsonw *w, const char *key, const char *s, size_t n)
{
	jsonw_key(w, key);
	jsonw_strn(w, s, n);
}

void jsonw_kint(struct jsonw *w, const char *key, int64_t v)
{
	jsonw_key(w, key);
	jsonw_int(w, v);
}

void jsonw_kbool(struct jsonw *w, const char *key, int v)
{
	jsonw_key(w, key);
	jsonw_bool(w, v);
}
