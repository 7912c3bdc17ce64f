#include "formula/json.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/vec.h"
#include "formula/jsonlax.h"

#define BAD_JSON "warpforge-error-serialization"

enum { DEFAULT_SIZE = 64 << 20, DEFAULT_VALUES = 1000000, DEFAULT_DEPTH = 200 };

// A container that is being filled.
struct level {
	struct json *node;
	struct json *last;
};

struct builder {
	struct json_doc *d;
	struct err *e;
	yajl_handle yajl;
	const struct jsonlax *lax;
	const char *strict; // the text yajl reads
	size_t fed;         // bytes of it given to earlier yajl calls
	size_t n_values, max_values;
	const char *key; // of the member to come
	size_t key_off;
	VEC(struct level) levels;
	VEC(struct json *) members; // scratch of check_keys()
};

static int fail(struct builder *b, size_t off, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(struct builder *b, size_t off, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	source_verror(&b->d->source, source_at(&b->d->source, off), BAD_JSON, b->e, fmt,
	              ap);
	va_end(ap);
	return -1;
}

// Behind the last token that yajl took, in the strict text.
static size_t token_end(const struct builder *b)
{
	return b->fed + yajl_get_bytes_consumed(b->yajl);
}

// The opening quote of the string token that ends before `end`: the first quote going
// back that is not escaped.
static size_t string_start(const struct builder *b, size_t end)
{
	for (size_t at = end - 2;; at--) {
		size_t slashes = at;

		if (b->strict[at] != '"')
			continue;
		while (slashes && b->strict[slashes - 1] == '\\')
			slashes--;
		if ((at - slashes) % 2 == 0)
			return at;
		at = slashes;
	}
}

// A new node for the value whose token begins at `start` of the strict text.
static struct json *add(struct builder *b, enum json_type type, size_t start)
{
	struct json *v = ARENA_NEW(&b->d->arena, struct json);

	v->type = type;
	v->off = jsonlax_origin(b->lax, start);
	if (++b->n_values > b->max_values) {
		fail(b, v->off, "more than %zu values", b->max_values);
		return NULL;
	}
	v->key = b->key;
	v->key_off = b->key_off;
	b->key = NULL;
	if (b->levels.n) {
		struct level *l = &b->levels.items[b->levels.n - 1];

		if (l->last)
			l->last->next = v;
		else
			l->node->first = v;
		l->last = v;
		l->node->n++;
	} else {
		b->d->root = v;
	}
	return v;
}

static int on_null(void *ctx)
{
	struct builder *b = ctx;

	return add(b, JSON_NULL, token_end(b) - 4) != NULL;
}

static int on_boolean(void *ctx, int value)
{
	struct builder *b = ctx;
	struct json *v = add(b, JSON_BOOL, token_end(b) - (value ? 4 : 5));

	if (v)
		v->boolean = value;
	return v != NULL;
}

// An integer of the given digits; -1 when it does not fit.
static int read_int(const char *p, size_t n, int64_t *out)
{
	size_t i = p[0] == '-';
	uint64_t limit = (uint64_t)INT64_MAX + i, v = 0;

	for (; i < n; i++) {
		unsigned d = (unsigned)(p[i] - '0');

		if (v > (limit - d) / 10)
			return -1;
		v = v * 10 + d;
	}
	*out = (int64_t)(p[0] == '-' ? -v : v);
	return 0;
}

static int on_number(void *ctx, const char *p, size_t n)
{
	struct builder *b = ctx;
	int is_float = memchr(p, '.', n) || memchr(p, 'e', n) || memchr(p, 'E', n);
	struct json *v = add(b, is_float ? JSON_FLOAT : JSON_INT, token_end(b) - n);

	if (!v)
		return 0;
	if (is_float) {
		v->text = arena_strndup(&b->d->arena, p, n);
		v->len = n;
	} else if (read_int(p, n, &v->integer) < 0) {
		fail(b, v->off, "the number does not fit 64 bits");
		return 0;
	}
	return 1;
}

// Copy a decoded string, which must have no NUL in it.
static const char *take_string(struct builder *b, const unsigned char *p, size_t n,
                               size_t off)
{
	if (n && memchr(p, '\0', n)) {
		fail(b, off, "a string with \\u0000 in it cannot be used");
		return NULL;
	}
	return arena_strndup(&b->d->arena, (const char *)p, n);
}

static int on_string(void *ctx, const unsigned char *p, size_t n)
{
	struct builder *b = ctx;
	struct json *v = add(b, JSON_STRING, string_start(b, token_end(b)));

	if (!v)
		return 0;
	v->len = n;
	return (v->text = take_string(b, p, n, v->off)) != NULL;
}

static int on_key(void *ctx, const unsigned char *p, size_t n)
{
	struct builder *b = ctx;

	b->key_off = jsonlax_origin(b->lax, string_start(b, token_end(b)));
	return (b->key = take_string(b, p, n, b->key_off)) != NULL;
}

static int start(struct builder *b, enum json_type type)
{
	struct json *v = add(b, type, token_end(b) - 1);

	if (v)
		*vec_push(&b->levels) = (struct level){ .node = v };
	return v != NULL;
}

static int on_start_map(void *ctx)
{
	return start(ctx, JSON_MAP);
}

static int on_start_list(void *ctx)
{
	return start(ctx, JSON_LIST);
}

static int on_end_list(void *ctx)
{
	struct builder *b = ctx;

	b->levels.n--;
	return 1;
}

static int by_key(const void *a, const void *b)
{
	const struct json *x = *(struct json *const *)a, *y = *(struct json *const *)b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x->key_off > y->key_off) - (x->key_off < y->key_off);
}

// Refuse a key that is there twice: the first repetition in the text.
static int check_keys(struct builder *b, const struct json *map)
{
	const struct json *again = NULL, *before = NULL;
	struct doc_pos first;

	b->members.n = 0;
	for (struct json *v = map->first; v; v = v->next)
		*vec_push(&b->members) = v;
	if (b->members.n > 1)
		qsort(b->members.items, b->members.n, sizeof(*b->members.items), by_key);
	for (size_t i = 1; i < b->members.n; i++) {
		const struct json *x = b->members.items[i - 1], *y = b->members.items[i];

		if (strcmp(x->key, y->key) == 0 &&
		    (!again || y->key_off < again->key_off)) {
			before = x;
			again = y;
		}
	}
	if (!again)
		return 0;
	first = source_at(&b->d->source, before->key_off);
	return fail(b, again->key_off,
	            "the key \"%.100s\" is there already, at line %u column %u",
	            again->key, first.line, first.column);
}

static int on_end_map(void *ctx)
{
	struct builder *b = ctx;

	return check_keys(b, b->levels.items[--b->levels.n].node) == 0;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_start_map,
	.yajl_map_key = on_key,
	.yajl_end_map = on_end_map,
	.yajl_start_array = on_start_list,
	.yajl_end_array = on_end_list,
};

// The scan knows what it expected where; it stopped where the grammar is broken.
static int scan_error(struct builder *b)
{
	const struct jsonlax *x = b->lax;
	const struct source *s = &b->d->source;
	struct doc_pos opened;

	if (x->stop < s->len || x->open == SIZE_MAX)
		return fail(b, x->stop, "%s%s",
		            x->stop < s->len ? "" : "the text ends here: ", x->expected);
	opened = source_at(&b->d->source, x->open);
	return fail(b, x->stop,
	            "the text ends here: %s ('%c' of line %u column %u is open)",
	            x->expected, s->text[x->open], opened.line, opened.column);
}

// What yajl says about a bad token, and how far behind it yajl has read by then. WORD:
// its beginning is where the letters before begin.
enum { WORD = 2 };
// clang-format off
static const struct {
	const char *yajl, *text;
	int back;
} lexical_errors[] = {
	{ "invalid char in json text", "unexpected character", 1 },
	{ "probable comment", "JSON has no comments", 1 },
	{ "invalid string in json text", "unknown word; legal are true, false and null", WORD },
	{ "inside a string, '\\' occurs before", "no such escape; legal are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX", 0 },
	{ "invalid (non-hex) character", "\\u needs four hex digits", 0 },
	{ "invalid character inside string", "a control character inside a string; write it as \\n, \\t or \\uXXXX", 0 },
	{ "malformed number", "a digit is missing in this number", 0 },
};
// clang-format on

// yajl found an error that the scan does not know: mostly in a token.
static int yajl_error(struct builder *b, char *why)
{
	size_t off = jsonlax_origin(b->lax, token_end(b));
	int back = 0;
	const char *text = why;

	why[strcspn(why, "\n")] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(lexical_errors); i++) {
		if (!strstr(why, lexical_errors[i].yajl))
			continue;
		text = lexical_errors[i].text;
		back = lexical_errors[i].back;
	}
	if (back)
		off -= off > 0;
	while (back == WORD && off && isalpha((unsigned char)b->d->source.text[off - 1]))
		off--;
	return fail(b, off, "%s", text);
}

static int run_yajl(struct builder *b, size_t n)
{
	yajl_status status = yajl_parse(b->yajl, (const unsigned char *)b->strict, n);
	int lexical;
	char *text;

	if (status == yajl_status_ok) {
		b->fed = n;
		status = yajl_complete_parse(b->yajl);
	}
	if (status == yajl_status_ok)
		return b->lax->expected ? scan_error(b) : 0;
	if (status == yajl_status_client_canceled)
		return -1;
	text = (char *)yajl_get_error(b->yajl, 0, NULL, 0);
	lexical = strncmp(text, "lexical", 7) == 0;
	if (b->lax->expected && (!lexical || b->fed))
		scan_error(b);
	else
		yajl_error(b, text);
	yajl_free_error(b->yajl, (unsigned char *)text);
	return -1;
}

static void add_warnings(struct json_doc *d, const struct jsonlax *x)
{
	static const char *const texts[] = {
		[JSONLAX_MISSING_COMMA] = "a comma is missing here; strict JSON needs it",
		[JSONLAX_TRAILING_COMMA] =
			"this comma is one too many; strict JSON does not allow it",
		[JSONLAX_LONE_SURROGATE] = "half of a surrogate pair is read as U+FFFD",
	};
	size_t more = x->fixes_total - x->n_fixes;

	d->n_warnings = x->n_fixes + (more > 0);
	d->warnings = arena_alloc(&d->arena, d->n_warnings * sizeof(*d->warnings));
	for (size_t i = 0; i < x->n_fixes; i++)
		d->warnings[i] =
			(struct json_warning){ source_at(&d->source, x->fixes[i].off),
			                       texts[x->fixes[i].kind] };
	if (more)
		d->warnings[x->n_fixes] = (struct json_warning){
			d->warnings[x->n_fixes - 1].pos,
			arena_printf(&d->arena, "and %zu more places like these", more)
		};
}

static int check_text(struct builder *b, const struct json_options *o, const char *text,
                      size_t n)
{
	size_t max = o->max_size ? o->max_size : (size_t)DEFAULT_SIZE;
	const char *nul;

	if (n > max)
		return err_set(b->e, BAD_JSON,
		               "%s: %zu bytes are too many, the limit is %zu",
		               b->d->source.name, n, max);
	nul = n ? memchr(text, '\0', n) : NULL;
	if (nul)
		return fail(b, (size_t)(nul - text), "a NUL byte; is this a text file?");
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		return fail(b, 0, "the text begins with a byte order mark; remove it");
	return 0;
}

static int parse(struct builder *b, const struct json_options *o, const char *text,
                 size_t n)
{
	struct jsonlax lax;
	int result = -1;

	if (check_text(b, o, text, n) < 0)
		return -1;
	jsonlax_scan(&lax, text, n, o->max_depth ? o->max_depth : DEFAULT_DEPTH);
	b->lax = &lax;
	b->strict = lax.text ? lax.text : text;
	if (lax.too_deep) {
		fail(b, lax.stop, "brackets are nested more than %u deep",
		     o->max_depth ? o->max_depth : (unsigned)DEFAULT_DEPTH);
	} else if (o->strict && lax.n_fixes &&
	           lax.fixes[0].kind != JSONLAX_LONE_SURROGATE) {
		fail(b, lax.fixes[0].off, "a comma is missing or too many");
	} else {
		b->yajl = yajl_alloc(&callbacks, NULL, b);
		if (!b->yajl)
			abort();
		yajl_config(b->yajl, yajl_dont_validate_strings, 1);
		result = run_yajl(b, lax.len);
		yajl_free(b->yajl);
	}
	if (result == 0)
		add_warnings(b->d, &lax);
	jsonlax_finish(&lax);
	return result;
}

int json_parse(struct json_doc *d, const char *name, const char *text, size_t n,
               const struct json_options *o, struct err *e)
{
	static const struct json_options defaults;
	struct builder b = { .d = d, .e = e };
	int result;

	*d = (struct json_doc){ 0 };
	b.max_values = o && o->max_values ? o->max_values : DEFAULT_VALUES;
	source_init(&d->source, name, text, n);
	result = parse(&b, o ? o : &defaults, text, n);
	vec_finish(&b.levels);
	vec_finish(&b.members);
	if (result < 0)
		json_finish(d);
	return result;
}

void json_finish(struct json_doc *d)
{
	arena_finish(&d->arena);
	*d = (struct json_doc){ 0 };
}

const struct json *json_get(const struct json *m, const char *key)
{
	if (!m || m->type != JSON_MAP)
		return NULL;
	for (const struct json *v = m->first; v; v = v->next)
		if (strcmp(v->key, key) == 0)
			return v;
	return NULL;
}

const char *json_get_text(const struct json *m, const char *key, const char *otherwise)
{
	const struct json *v = json_get(m, key);

	return v && v->type == JSON_STRING ? v->text : otherwise;
}

int64_t json_get_int(const struct json *m, const char *key, int64_t otherwise)
{
	const struct json *v = json_get(m, key);

	return v && v->type == JSON_INT ? v->integer : otherwise;
}

const char *json_type_name(enum json_type type)
{
	static const char *const names[JSON_TYPE_COUNT] = {
		"null",     "a boolean", "a number", "a fraction",
		"a string", "a list",    "a map",
	};

	return names[type];
}
