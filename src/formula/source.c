#include "config.h"

#include "formula/source.h"

#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"

// How much of a line is shown on either side of the place.
enum { SHOWN_BEFORE = 60, SHOWN_AFTER = 40 };

void source_init(struct source *s, const char *name, const char *text, size_t len)
{
	*s = (struct source){ .name = name, .text = text, .len = len, .line = 1 };
}

static void go_forward(struct source *s, size_t off)
{
	const char *nl;

	while ((nl = memchr(s->text + s->cursor, '\n', off - s->cursor))) {
		s->cursor = s->line_start = (size_t)(nl - s->text) + 1;
		s->line++;
	}
	s->cursor = off;
}

static void go_back(struct source *s, size_t off)
{
	const char *nl;

	for (size_t at = off; at < s->cursor; at++)
		s->line -= s->text[at] == '\n';
	s->cursor = off;
	nl = off ? memrchr(s->text, '\n', off) : NULL;
	s->line_start = nl ? (size_t)(nl - s->text) + 1 : 0;
}

struct doc_pos source_at(struct source *s, size_t off)
{
	if (off > s->len)
		off = s->len;
	if (off >= s->cursor)
		go_forward(s, off);
	else
		go_back(s, off);
	return (struct doc_pos){ s->line, (unsigned)(off - s->line_start) + 1, off };
}

static int continues_char(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

// The part of the line around pos that is shown: [*from, *to).
static void window(const struct source *s, struct doc_pos pos, size_t *from, size_t *to)
{
	size_t start = pos.off - (pos.column - 1), end;
	const char *nl = memchr(s->text + pos.off, '\n', s->len - pos.off);

	end = nl ? (size_t)(nl - s->text) : s->len;
	if (end > pos.off && s->text[end - 1] == '\r')
		end--;
	while (start < pos.off && (s->text[start] == ' ' || s->text[start] == '\t'))
		start++;
	if (pos.off - start > SHOWN_BEFORE)
		start = pos.off - SHOWN_BEFORE;
	if (end - pos.off > SHOWN_AFTER)
		end = pos.off + SHOWN_AFTER;
	while (start < pos.off && continues_char(s->text[start]))
		start++;
	while (end > pos.off && end < s->len && continues_char(s->text[end]))
		end--;
	*from = start;
	*to = end;
}

// Add the bytes to out, one column for a tab; returns the columns they take.
static int add_shown(struct str *out, const char *p, size_t n)
{
	size_t from = out->len;
	int columns = 0;

	utf8_safe(out, p, n, UTF8_SAFE_TAB);
	while (from < out->len) {
		uint32_t c;
		size_t len = utf8_decode(out->p + from, out->len - from, &c);

		if (c == '\t')
			out->p[from] = ' ';
		columns += c == '\t' ? 1 : utf8_width(c);
		from += len;
	}
	return columns;
}

static void add_snippet(const struct source *s, struct doc_pos pos, struct str *out)
{
	struct str gutter = { 0 };
	size_t from, to;
	int before;

	window(s, pos, &from, &to);
	str_addf(&gutter, "\n%5u | ", pos.line);
	str_addn(out, gutter.p, gutter.len);
	before = add_shown(out, s->text + from, pos.off - from);
	add_shown(out, s->text + pos.off, to - pos.off);
	str_addf(out, "\n%*s| %*s^", (int)gutter.len - 3, "", before, "");
	str_finish(&gutter);
}

int source_verror(const struct source *s, struct doc_pos pos, const char *code,
                  struct err *e, const char *fmt, va_list ap)
{
	struct str raw = { 0 }, out = { 0 };

	if (!e)
		return -1;
	str_addf(&raw, "%s:%u:%u: ", s->name, pos.line, pos.column);
	str_vaddf(&raw, fmt, ap);
	if (raw.len > 1000)
		str_cut(&raw, 1000);
	utf8_safe(&out, raw.p, raw.len, 0);
	if (pos.off <= s->len)
		add_snippet(s, pos, &out);
	err_set(e, code, "%s", str_cstr(&out));
	err_detail(e, "file", "%s", s->name);
	err_detail(e, "line", "%u", pos.line);
	err_detail(e, "column", "%u", pos.column);
	str_finish(&raw);
	str_finish(&out);
	return -1;
}

int source_error(const struct source *s, struct doc_pos pos, const char *code,
                 struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	source_verror(s, pos, code, e, fmt, ap);
	va_end(ap);
	return -1;
}
