// Memos: I/memos/FORMULAID.json holds a bare run record (spec §1.6, §4.8).
#include <errno.h>
#include <string.h>

#include "base/base58.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "formula/json.h"
#include "store/inside.h"
#include "store/store.h"

enum { MEMO_MAX = 16 * 1024 * 1024 };

// Every result must still be somewhere. 1 = it is; 0 = the first that is not is in *lost;
// -1 = this is no list of results.
static int results(struct store *s, const struct json *map, struct str *lost)
{
	if (!map || map->type != JSON_MAP)
		return -1;
	for (const struct json *m = map->first; m; m = m->next) {
		struct wareid id;

		if (m->type != JSON_STRING || strncmp(m->text, "ware:", 5) != 0 ||
		    wareid_parse(&id, m->text + 5, NULL) < 0)
			return -1;
		if (lost->len == 0 && !store_has(s, &id))
			str_addf(lost, "%s (%s)", m->key, m->text + 5);
	}
	return lost->len == 0;
}

// As results(); -1 also for text that is not a memo of this formula.
static int judge(struct store *s, const char *formula_id, const struct str *text,
                 struct str *lost)
{
	struct json_doc d;
	int ret = -1;

	if (json_parse(&d, "memo", str_cstr(text), text->len, NULL, NULL) < 0)
		return -1;
	if (strcmp(json_get_text(d.root, "formulaID", ""), formula_id) == 0 &&
	    json_get_int(d.root, "exitcode", -1) == 0)
		ret = results(s, json_get(d.root, "results"), lost);
	json_finish(&d);
	return ret;
}

static int check_id(const char *formula_id, struct err *e)
{
	size_t n = strlen(formula_id);

	if (n == 0 || n > 200 || !base58_valid(formula_id, n))
		return err_set(e, "warpforge-error-invalid", "not a formula ID: %s",
		               formula_id);
	return 0;
}

int store_memo_read(struct store *s, const char *formula_id, struct str *json,
                    struct err *e)
{
	auto_free char *path = xasprintf("memos/%s.json", formula_id);
	struct str text = { 0 }, lost = { 0 };
	int verdict, ret = 0;

	if (e)
		err_clear(e);
	if (check_id(formula_id, e) < 0)
		return -1;
	if (fd_read_file(s->root_fd, path, &text, MEMO_MAX) < 0) {
		if (errno != ENOENT)
			err_sys(e, "warpforge-error-io", "the memo %s/%s cannot be read",
			        s->root, path);
		goto out;
	}
	verdict = judge(s, formula_id, &text, &lost);
	if (verdict < 0) {
		err_set(e, "warpforge-error-serialization",
		        "the memo %s/%s is torn or not a memo of this formula; it is "
		        "ignored",
		        s->root, path);
	} else if (!verdict) {
		err_set(e, "warpforge-error-missing",
		        "this formula ran before, but its result %s is no longer in any "
		        "warehouse",
		        lost.p);
	} else {
		str_addn(json, str_cstr(&text), text.len);
		ret = 1;
	}
out:
	str_finish(&text);
	str_finish(&lost);
	return ret;
}

int store_memo_write(struct store *s, const char *formula_id, const char *json, size_t n,
                     struct err *e)
{
	auto_free char *name = xasprintf("%s.json", formula_id);

	if (check_id(formula_id, e) < 0)
		return -1;
	return store_put_file(s, "memos", name, json, n, 0644, e);
}
