#include "formula/jsonlax.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

// What the last token was, as far as commas depend on it.
enum state {
	TOP,
	DONE,
	MAP_START,
	MAP_COLON,
	MAP_VALUE,
	MAP_AFTER,
	MAP_COMMA,
	LIST_START,
	LIST_AFTER,
	LIST_COMMA,
	STATE_COUNT,
};

enum token {
	END,
	STRING,
	SCALAR,
	OPEN,
	CLOSE_MAP,
	CLOSE_LIST,
	COLON,
	COMMA,
	TOKEN_COUNT,
};

enum edit { STOP, PASS, INSERT, DROP };

struct rule {
	unsigned char edit, next; // next is not used for brackets
};

// clang-format off
#define VALUES(edit, next) [STRING] = { edit, next }, [SCALAR] = { edit, next }, [OPEN] = { edit, next }
static const struct rule rules[STATE_COUNT][TOKEN_COUNT] = {
	[TOP]        = { VALUES(PASS, DONE) },
	[DONE]       = { [END] = { PASS, DONE } },
	[MAP_START]  = { [STRING] = { PASS, MAP_COLON }, [CLOSE_MAP] = { PASS, 0 } },
	[MAP_COLON]  = { [COLON] = { PASS, MAP_VALUE } },
	[MAP_VALUE]  = { VALUES(PASS, MAP_AFTER) },
	[MAP_AFTER]  = { [STRING] = { INSERT, MAP_COLON }, [COMMA] = { PASS, MAP_COMMA }, [CLOSE_MAP] = { PASS, 0 } },
	[MAP_COMMA]  = { [STRING] = { PASS, MAP_COLON }, [CLOSE_MAP] = { DROP, 0 } },
	[LIST_START] = { VALUES(PASS, LIST_AFTER), [CLOSE_LIST] = { PASS, 0 } },
	[LIST_AFTER] = { VALUES(INSERT, LIST_AFTER), [COMMA] = { PASS, LIST_COMMA }, [CLOSE_LIST] = { PASS, 0 } },
	[LIST_COMMA] = { VALUES(PASS, LIST_AFTER), [CLOSE_LIST] = { DROP, 0 } },
};

static const char *const expectations[STATE_COUNT] = {
	[TOP]        = "expected a value",
	[DONE]       = "nothing may follow the document",
	[MAP_START]  = "expected a key in double quotes or '}'",
	[MAP_COLON]  = "expected ':' after the key",
	[MAP_VALUE]  = "expected a value after ':'",
	[MAP_AFTER]  = "expected ',' or '}' after the value",
	[MAP_COMMA]  = "expected a key in double quotes after ','",
	[LIST_START] = "expected a value or ']'",
	[LIST_AFTER] = "expected ',' or ']' after the value",
	[LIST_COMMA] = "expected a value after ','",
};
// clang-format on

struct scan {
	struct jsonlax *x;
	const char *text;
	size_t n, at;
	size_t last_end; // behind the last token
	enum state state;
	VEC(size_t) open; // offsets of the open brackets
	VEC(size_t) inserted;
	struct str out; // the strict text up to `copied`
	size_t copied;
};

static void note_fix(struct jsonlax *x, enum jsonlax_kind kind, size_t off)
{
	if (x->n_fixes < JSONLAX_FIXES)
		x->fixes[x->n_fixes++] = (struct jsonlax_fix){ kind, off };
	x->fixes_total++;
}

// Copy the text up to off, and then put `bytes` in place of the next n ones.
static void replace(struct scan *s, size_t off, size_t n, const char *bytes)
{
	str_addn(&s->out, s->text + s->copied, off - s->copied);
	str_add(&s->out, bytes);
	s->copied = off + n;
}

static int is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// The comma takes the place of white space where there is some: then nothing moves.
static void insert_comma(struct scan *s)
{
	note_fix(s->x, JSONLAX_MISSING_COMMA, s->last_end);
	if (is_space(s->text[s->last_end])) {
		replace(s, s->last_end, 1, ",");
		return;
	}
	replace(s, s->last_end, 0, ",");
	*vec_push(&s->inserted) = s->out.len - 1;
}

static void drop_comma(struct scan *s)
{
	note_fix(s->x, JSONLAX_TRAILING_COMMA, s->last_end - 1);
	replace(s, s->last_end - 1, 1, " ");
}

// The value of \uXXXX at off, or -1.
static int unicode_escape(const struct scan *s, size_t off)
{
	int v = 0;

	if (s->n - off < 6 || s->text[off] != '\\' || s->text[off + 1] != 'u')
		return -1;
	for (size_t i = off + 2; i < off + 6; i++) {
		char c = s->text[i];
		int d = c >= '0' && c <= '9'   ? c - '0'
		        : c >= 'a' && c <= 'f' ? c - 'a' + 10
		        : c >= 'A' && c <= 'F' ? c - 'A' + 10
		                               : -1;

		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

// Step over an escape. Half a surrogate pair means U+FFFD (yajl would write '?' or an
// encoded surrogate).
static void skip_escape(struct scan *s)
{
	int v = unicode_escape(s, s->at), low;

	if (v < 0xd800 || v > 0xdfff) {
		s->at += s->n - s->at < 2 ? 1 : 2;
		return;
	}
	low = s->n - s->at > 6 ? unicode_escape(s, s->at + 6) : -1;
	if (v < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) {
		s->at += 12;
		return;
	}
	note_fix(s->x, JSONLAX_LONE_SURROGATE, s->at);
	replace(s, s->at, 6, "\\ufffd");
	s->at += 6;
}

// The kind of the next token, from its first byte; white space before it is skipped.
static enum token peek(struct scan *s)
{
	while (s->at < s->n && is_space(s->text[s->at]))
		s->at++;
	if (s->at == s->n)
		return END;
	switch (s->text[s->at]) {
	case '"':
		return STRING;
	case '{':
	case '[':
		return OPEN;
	case '}':
		return CLOSE_MAP;
	case ']':
		return CLOSE_LIST;
	case ':':
		return COLON;
	case ',':
		return COMMA;
	default:
		return SCALAR;
	}
}

static int skip_string(struct scan *s)
{
	for (s->at++; s->at < s->n;) {
		char c = s->text[s->at];

		if (c == '\\') {
			skip_escape(s);
			continue;
		}
		s->at++;
		if (c == '"')
			return 0;
	}
	return -1;
}

static void skip_scalar(struct scan *s)
{
	while (s->at < s->n && !is_space(s->text[s->at]) &&
	       !memchr("{}[]:,\"", s->text[s->at], 8))
		s->at++;
}

static enum state state_after_close(struct scan *s)
{
	if (!--s->open.n)
		return DONE;
	return s->text[s->open.items[s->open.n - 1]] == '{' ? MAP_AFTER : LIST_AFTER;
}

static int stop(struct scan *s, const char *expected, size_t at)
{
	s->x->expected = expected;
	s->x->stop = at;
	s->x->open = s->open.n ? s->open.items[s->open.n - 1] : SIZE_MAX;
	return 0;
}

// One token; 0 when the scan is over.
static int step(struct scan *s, unsigned max_depth)
{
	enum token t = peek(s);
	struct rule r = rules[s->state][t];
	size_t start = s->at;

	if (r.edit == STOP)
		return stop(s, expectations[s->state], start);
	if (t == END)
		return 0;
	if (r.edit == INSERT)
		insert_comma(s);
	else if (r.edit == DROP)
		drop_comma(s);
	if (t == STRING && skip_string(s) < 0)
		return stop(s, "the string is not closed", start);
	if (t == SCALAR && (unsigned char)s->text[start] < 0x20)
		return stop(s, "a control character that is no white space", start);
	if (t == SCALAR)
		skip_scalar(s);
	else if (t != STRING)
		s->at++;
	s->last_end = s->at;
	if (t == CLOSE_MAP || t == CLOSE_LIST) {
		s->state = state_after_close(s);
	} else if (t == OPEN) {
		if (s->open.n >= max_depth) {
			s->x->too_deep = 1;
			return stop(s, "nested too deeply", start);
		}
		*vec_push(&s->open) = start;
		s->state = s->text[start] == '{' ? MAP_START : LIST_START;
	} else {
		s->state = r.next;
	}
	return 1;
}

void jsonlax_scan(struct jsonlax *x, const char *text, size_t n, unsigned max_depth)
{
	struct scan s = { .x = x, .text = text, .n = n };

	*x = (struct jsonlax){ 0 };
	while (step(&s, max_depth))
		;
	vec_finish(&s.open);
	x->len = n;
	if (s.out.len) {
		str_addn(&s.out, text + s.copied, n - s.copied);
		x->len = s.out.len;
		x->text = str_steal(&s.out);
	}
	x->inserted = s.inserted.items;
	x->n_inserted = s.inserted.n;
}

void jsonlax_finish(struct jsonlax *x)
{
	free(x->text);
	free(x->inserted);
	*x = (struct jsonlax){ 0 };
}

size_t jsonlax_origin(const struct jsonlax *x, size_t off)
{
	size_t low = 0, high = x->n_inserted;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (x->inserted[mid] < off)
			low = mid + 1;
		else
			high = mid;
	}
	return off - low;
}
