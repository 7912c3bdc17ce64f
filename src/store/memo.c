// Memos: I/memos/FORMULAID.json holds a bare run record (spec §1.6, §4.8).
#include <errno.h>
#include <string.h>

#include "base/base58.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/inside.h"
#include "store/jsonread.h"
#include "store/store.h"

enum { MEMO_MAX = 16 * 1024 * 1024 };

struct memo {
	struct store *s;
	const char *formula_id;
	int named, done, results; // formulaID agrees, exitcode is 0, results are there
	struct str value;
	struct str lost; // "name (tar:...)" of the first result that is gone
};

static int result(void *arg, const char *name, struct jsonr *r)
{
	struct memo *m = arg;
	struct wareid id;

	if (jsonr_string(r, &m->value) < 0 ||
	    strncmp(str_cstr(&m->value), "ware:", 5) != 0 ||
	    wareid_parse(&id, m->value.p + 5, NULL) < 0)
		return -1;
	if (m->lost.len == 0 && !store_has(m->s, &id))
		str_addf(&m->lost, "%s (%s)", name, m->value.p + 5);
	return 0;
}

static int member(void *arg, const char *key, struct jsonr *r)
{
	struct memo *m = arg;
	int64_t v;

	if (strcmp(key, "formulaID") == 0) {
		if (jsonr_string(r, &m->value) < 0)
			return -1;
		m->named = strcmp(str_cstr(&m->value), m->formula_id) == 0;
		return 0;
	}
	if (strcmp(key, "exitcode") == 0) {
		m->done = jsonr_int(r, &v) == 0 && v == 0;
		return m->done ? 0 : -1;
	}
	if (strcmp(key, "results") == 0) {
		m->results = 1;
		return jsonr_object(r, result, m);
	}
	return jsonr_skip(r);
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
	struct memo m = { .s = s, .formula_id = formula_id };
	struct str text = { 0 };
	struct jsonr r;
	int ret = 0;

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
	r = (struct jsonr){ str_cstr(&text), str_cstr(&text) + text.len };
	if (jsonr_object(&r, member, &m) < 0 || !jsonr_end(&r) || !m.named || !m.done ||
	    !m.results) {
		err_set(e, "warpforge-error-serialization",
		        "the memo %s/%s is torn or not a memo of this formula; it is "
		        "ignored",
		        s->root, path);
	} else if (m.lost.len) {
		err_set(e, "warpforge-error-missing",
		        "this formula ran before, but its result %s is no longer in any "
		        "warehouse",
		        m.lost.p);
	} else {
		str_addn(json, str_cstr(&text), text.len);
		ret = 1;
	}
out:
	str_finish(&text);
	str_finish(&m.value);
	str_finish(&m.lost);
	return ret;
}

int store_memo_write(struct store *s, const char *formula_id, const char *json, size_t n,
                     struct err *e)
{
	auto_free char *name = xasprintf("%s.json", formula_id);

	if (check_id(formula_id, e) < 0)
		return -1;
	return put_file(s, "memos", name, json, n, 0644, e);
}
