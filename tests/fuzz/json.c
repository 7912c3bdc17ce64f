// The lax JSON reader against any bytes: what it takes has sane positions, and is strict
// JSON once its warnings are heeded.
#include "fuzz.h"

#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "formula/json.h"

static void check(const struct json *v, const char *text, size_t n)
{
	MUST(v->off < n);
	switch (v->type) {
	case JSON_STRING:
		MUST(text[v->off] == '"' && strlen(v->text) == v->len);
		break;
	case JSON_MAP:
	case JSON_LIST: {
		size_t count = 0, last = v->off;

		MUST(text[v->off] == (v->type == JSON_MAP ? '{' : '['));
		for (const struct json *m = v->first; m; m = m->next, count++) {
			MUST(m->off > last);
			MUST((m->key != NULL) == (v->type == JSON_MAP));
			MUST(!m->key || (m->key_off > last && m->key_off < m->off));
			MUST(!m->key || text[m->key_off] == '"');
			check(m, text, n);
			last = m->off;
		}
		MUST(count == v->n);
		break;
	}
	case JSON_INT:
	case JSON_FLOAT:
		MUST(text[v->off] == '-' || (text[v->off] >= '0' && text[v->off] <= '9'));
		break;
	case JSON_NULL:
	case JSON_BOOL:
		MUST(strchr("ntf", text[v->off]) != NULL);
		break;
	case JSON_TYPE_COUNT:
		MUST(0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_options o = { .max_size = 1 << 20, .max_values = 10000 };
	struct json_options strict = { .strict = 1 };
	const char *text = (const char *)data;
	struct err e = { 0 };
	struct json_doc d, s;

	if (json_parse(&d, "fuzz", text, size, &o, &e) < 0) {
		MUST(e.code && e.msg[0]);
		MUST(json_parse(&s, "fuzz", text, size, &strict, NULL) < 0 ||
		     size > 10000);
		return 0;
	}
	check(d.root, text, size);
	for (size_t i = 0; i < d.n_warnings; i++)
		MUST(d.warnings[i].pos.off <= size);
	if (!d.n_warnings) {
		MUST(json_parse(&s, "fuzz", text, size, &strict, NULL) == 0);
		json_finish(&s);
	}
	json_finish(&d);
	return 0;
}
