#include "engine/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/str.h"

void record_add(struct record *r, const char *name, const char *ware)
{
	*vec_push(&r->results) = (struct record_result){ xstrdup(name), xstrdup(ware) };
}

void record_clear(struct record *r)
{
	for (size_t i = 0; i < r->results.n; i++) {
		free(r->results.items[i].name);
		free(r->results.items[i].ware);
	}
	r->results.n = 0;
}

void record_finish(struct record *r)
{
	record_clear(r);
	vec_finish(&r->results);
	free(r->formula_id);
	*r = (struct record){ 0 };
}

static void write_record(const struct record *r, struct jsonw *w)
{
	jsonw_open(w, '{');
	jsonw_kstr(w, "guid", r->guid);
	jsonw_kint(w, "time", r->time);
	jsonw_kstr(w, "formulaID", r->formula_id);
	jsonw_kint(w, "exitcode", r->exitcode);
	jsonw_key(w, "results");
	jsonw_open(w, '{');
	for (size_t i = 0; i < r->results.n; i++)
		jsonw_kstr(w, r->results.items[i].name, r->results.items[i].ware);
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

void record_memo(const struct record *r, struct str *out)
{
	struct jsonw w;

	jsonw_init(&w, out, JSON_TABS);
	write_record(r, &w);
}

void record_line(const struct record *r, struct str *out)
{
	struct jsonw w;

	jsonw_init(&w, out, JSON_API);
	jsonw_open(&w, '{');
	jsonw_key(&w, "runrecord");
	write_record(r, &w);
	jsonw_close(&w, '}');
}

// While a memo is read: level 1 is the record, level 2 the results.
struct reading {
	struct record *r;
	int level, seen; // seen: a bit for each field
	char key[256];
};

enum { SEEN_GUID = 1, SEEN_TIME = 2, SEEN_ID = 4, SEEN_EXIT = 8, SEEN_RESULTS = 16 };

static int read_string(void *arg, const unsigned char *s, size_t n)
{
	struct reading *g = arg;
	auto_free char *text = xstrndup((const char *)s, n);

	if (g->level == 2) {
		record_add(g->r, g->key, text);
		return 1;
	}
	if (strcmp(g->key, "guid") == 0) {
		snprintf(g->r->guid, sizeof(g->r->guid), "%s", text);
		g->seen |= SEEN_GUID;
	} else if (strcmp(g->key, "formulaID") == 0 && !g->r->formula_id) {
		g->r->formula_id = take_ptr(text);
		g->seen |= SEEN_ID;
	} else {
		return 0;
	}
	return 1;
}

static int read_number(void *arg, long long v)
{
	struct reading *g = arg;

	if (g->level == 1 && strcmp(g->key, "time") == 0) {
		g->r->time = v;
		g->seen |= SEEN_TIME;
	} else if (g->level == 1 && strcmp(g->key, "exitcode") == 0 && v >= 0 &&
	           v < 256) {
		g->r->exitcode = (int)v;
		g->seen |= SEEN_EXIT;
	} else {
		return 0;
	}
	return 1;
}

static int read_key(void *arg, const unsigned char *s, size_t n)
{
	struct reading *g = arg;

	if (n >= sizeof(g->key) || memchr(s, '\0', n))
		return 0;
	memcpy(g->key, s, n);
	g->key[n] = '\0';
	return 1;
}

static int read_map(void *arg)
{
	struct reading *g = arg;

	if (g->level == 1 && strcmp(g->key, "results") == 0)
		g->seen |= SEEN_RESULTS;
	else if (g->level != 0)
		return 0;
	g->level++;
	return 1;
}

static int read_map_end(void *arg)
{
	struct reading *g = arg;

	g->level--;
	return 1;
}

static int refuse(void *arg)
{
	(void)arg;
	return 0;
}

static int refuse_bool(void *arg, int v)
{
	(void)v;
	return refuse(arg);
}

int record_read(struct record *r, const char *json, size_t n, struct err *e)
{
	static const yajl_callbacks callbacks = {
		.yajl_null = refuse,
		.yajl_boolean = refuse_bool,
		.yajl_integer = read_number,
		.yajl_string = read_string,
		.yajl_map_key = read_key,
		.yajl_start_map = read_map,
		.yajl_end_map = read_map_end,
		.yajl_start_array = refuse,
	};
	struct reading g = { .r = r };
	yajl_handle y = yajl_alloc(&callbacks, NULL, &g);
	const unsigned char *text = (const unsigned char *)json;
	int ok;

	*r = (struct record){ 0 };
	ok = yajl_parse(y, text, n) == yajl_status_ok &&
	     yajl_complete_parse(y) == yajl_status_ok;
	yajl_free(y);
	if (!ok || g.seen != (SEEN_GUID | SEEN_TIME | SEEN_ID | SEEN_EXIT | SEEN_RESULTS))
		return err_set(e, "warpforge-error-serialization", "not a run record");
	return 0;
}
