#include "engine/event.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <yajl/yajl_parse.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/str.h"
#include "base/utf8.h"

static const char *const kinds[EVENT_COUNT] = {
	[EVENT_UNKNOWN] = "unknown",
	[EVENT_BEGIN] = "begin",
	[EVENT_FORMULA] = "formula",
	[EVENT_INPUT] = "input",
	[EVENT_STEP] = "step",
	[EVENT_OUTPUT] = "output",
	[EVENT_ASK] = "ask",
	[EVENT_MEMO] = "memo",
	[EVENT_INPUT_BEGIN] = "input_begin",
	[EVENT_INPUT_PROGRESS] = "input_progress",
	[EVENT_INPUT_END] = "input_end",
	[EVENT_BOX] = "box",
	[EVENT_STEP_BEGIN] = "step_begin",
	[EVENT_PRINT] = "print",
	[EVENT_STEP_END] = "step_end",
	[EVENT_LEAVE] = "leave",
	[EVENT_OUTPUT_BEGIN] = "output_begin",
	[EVENT_OUTPUT_PROGRESS] = "output_progress",
	[EVENT_OUTPUT_END] = "output_end",
	[EVENT_SIGNAL] = "signal",
	[EVENT_TIMEOUT] = "timeout",
	[EVENT_NOTE] = "note",
	[EVENT_ERROR] = "error",
	[EVENT_FORMULA_END] = "formula_end",
	[EVENT_END] = "end",
};

enum type { NUM, TEXT, NUMS, TEXTS, OBJECTS };

static const struct {
	const char *name;
	enum type type;
} keys[KEY_COUNT] = {
	[KEY_NONE] = { "", NUM },
	[KEY_PROGRAM] = { "program", TEXT },
	[KEY_UID] = { "uid", NUM },
	[KEY_FORMULA] = { "formula", NUM },
	[KEY_DOCUMENT] = { "document", TEXT },
	[KEY_ID] = { "formulaID", TEXT },
	[KEY_ACTION] = { "action", TEXT },
	[KEY_INTERPRETER] = { "interpreter", TEXT },
	[KEY_SHELL] = { "shell", TEXT },
	[KEY_ENTRIES] = { "entries", NUM },
	[KEY_INPUT] = { "input", NUM },
	[KEY_OUTPUT] = { "output", NUM },
	[KEY_STEP] = { "step", NUM },
	[KEY_PORT] = { "port", TEXT },
	[KEY_WHAT] = { "what", TEXT },
	[KEY_NAME] = { "name", TEXT },
	[KEY_TEXT] = { "text", TEXT },
	[KEY_SOURCE] = { "source", TEXT },
	[KEY_LINE] = { "line", NUM },
	[KEY_COLUMN] = { "column", NUM },
	[KEY_END_LINE] = { "end_line", NUM },
	[KEY_END_COLUMN] = { "end_column", NUM },
	[KEY_CONSEQUENCE] = { "consequence", TEXT },
	[KEY_GRANTED] = { "granted", NUM },
	[KEY_BY] = { "by", TEXT },
	[KEY_HIT] = { "hit", NUM },
	[KEY_PHASE] = { "phase", TEXT },
	[KEY_READ] = { "read", NUM },
	[KEY_TOTAL] = { "total", NUM },
	[KEY_CONTENT] = { "content", NUM },
	[KEY_FROM] = { "from", TEXT },
	[KEY_STREAM] = { "stream", TEXT },
	[KEY_OFFSET] = { "offset", NUM },
	[KEY_BYTES] = { "bytes", NUM },
	[KEY_STATUS] = { "status", NUM },
	[KEY_SIGNAL] = { "signal", NUM },
	[KEY_FAILURE] = { "failure", TEXT },
	[KEY_ARGV] = { "argv", TEXTS },
	[KEY_REDIRECTION] = { "redirection", TEXTS },
	[KEY_CWD] = { "cwd", TEXT },
	[KEY_PATH] = { "path", TEXT },
	[KEY_VARIABLE] = { "variable", TEXT },
	[KEY_ERRNO] = { "errno", NUM },
	[KEY_LOADER] = { "loader", TEXT },
	[KEY_SNIPPET] = { "snippet", TEXT },
	[KEY_PIPESTATUS] = { "pipestatus", NUMS },
	[KEY_STACK] = { "stack", OBJECTS },
	[KEY_DEPTH] = { "depth", NUM },
	[KEY_TAIL] = { "tail", TEXT },
	[KEY_LEAVES] = { "leaves", NUM },
	[KEY_OUT_BYTES] = { "out_bytes", NUM },
	[KEY_ERR_BYTES] = { "err_bytes", NUM },
	[KEY_WALL_US] = { "wall_us", NUM },
	[KEY_USER_US] = { "user_us", NUM },
	[KEY_SYS_US] = { "sys_us", NUM },
	[KEY_MAXRSS_KB] = { "maxrss_kb", NUM },
	[KEY_WARE] = { "ware", TEXT },
	[KEY_CODE] = { "code", TEXT },
	[KEY_MESSAGE] = { "message", TEXT },
	[KEY_HINT] = { "hint", TEXT },
	[KEY_DETAIL] = { "details", OBJECTS },
	[KEY_GUID] = { "guid", TEXT },
	[KEY_UNIX_TIME] = { "unix_time", NUM },
	[KEY_EXITCODE] = { "exitcode", NUM },
	[KEY_LIMIT_MS] = { "limit_ms", NUM },
	[KEY_MEMOIZED] = { "memoized", NUM },
};

const char *event_kind_name(enum event_kind kind)
{
	return kind < EVENT_COUNT ? kinds[kind] : NULL;
}

const char *event_key_name(enum event_key key)
{
	return key < KEY_COUNT ? keys[key].name : NULL;
}

void event_init(struct event *ev, enum event_kind kind)
{
	*ev = (struct event){ .kind = kind };
}

void event_finish(struct event *ev)
{
	vec_finish(&ev->fields);
	arena_finish(&ev->arena);
}

static struct event_field *add(struct event *ev, enum event_key key)
{
	struct event_field *f = vec_push(&ev->fields);

	*f = (struct event_field){ .key = key };
	return f;
}

void event_num(struct event *ev, enum event_key key, int64_t v)
{
	assert(keys[key].type == NUM || keys[key].type == NUMS);
	add(ev, key)->num = v;
}

static void add_text(struct event *ev, enum event_key key, const char *p, size_t n,
                     size_t left)
{
	struct str safe = { 0 };

	assert(keys[key].type == TEXT || keys[key].type == TEXTS);
	utf8_safe(&safe, p, n, UTF8_SAFE_NEWLINE | UTF8_SAFE_TAB);
	if (left)
		str_addf(&safe, " [%zu bytes more]", left);
	add(ev, key)->text = arena_strndup(&ev->arena, str_cstr(&safe), safe.len);
	str_finish(&safe);
}

void event_bytes(struct event *ev, enum event_key key, const char *p, size_t n)
{
	size_t cut = n > EVENT_TEXT_MAX ? EVENT_TEXT_MAX : n;

	add_text(ev, key, p, cut, n - cut);
}

void event_text(struct event *ev, enum event_key key, const char *s)
{
	if (s)
		event_bytes(ev, key, s, strlen(s));
}

void event_open(struct event *ev, enum event_key key)
{
	assert(keys[key].type == OBJECTS);
	add(ev, key)->open = 1;
}

void event_close(struct event *ev, enum event_key key)
{
	add(ev, key)->close = 1;
}

const struct event_field *event_next(const struct event *ev, enum event_key key,
                                     const struct event_field *after)
{
	size_t i = after ? (size_t)(after - ev->fields.items) + 1 : 0;
	int depth = after && after->open;

	for (; i < ev->fields.n; i++) {
		const struct event_field *f = &ev->fields.items[i];

		if (f->close)
			depth--;
		else if (depth == 0 && f->key == key)
			return f;
		depth += f->open;
	}
	return NULL;
}

int64_t event_get(const struct event *ev, enum event_key key, int64_t otherwise)
{
	const struct event_field *f = event_next(ev, key, NULL);

	return f ? f->num : otherwise;
}

const char *event_str(const struct event *ev, enum event_key key)
{
	const struct event_field *f = event_next(ev, key, NULL);

	return f ? f->text : NULL;
}

static void write_value(struct jsonw *w, const struct event_field *f)
{
	if (f->text)
		jsonw_str(w, f->text);
	else
		jsonw_int(w, f->num);
}

void event_write(const struct event *ev, struct str *line)
{
	const struct event_field *f = ev->fields.items;
	enum event_key list = KEY_NONE; // whose '[' is open
	struct jsonw w;

	jsonw_init(&w, line, JSON_LINE);
	jsonw_open(&w, '{');
	if (ev->seq == 1)
		jsonw_kint(&w, "v", EVENT_VERSION);
	jsonw_kint(&w, "seq", (int64_t)ev->seq);
	jsonw_kint(&w, "time", ev->time_us);
	jsonw_kstr(&w, "kind", kinds[ev->kind]);
	for (size_t i = 0, depth = 0; i < ev->fields.n; i++, f++) {
		enum type type = keys[f->key].type;

		if (f->close) {
			depth--;
			jsonw_close(&w, '}');
			continue;
		}
		if (!depth && list && list != f->key) {
			jsonw_close(&w, ']');
			list = KEY_NONE;
		}
		if (depth || !list)
			jsonw_key(&w, keys[f->key].name);
		if (!depth && !list && type >= NUMS) {
			jsonw_open(&w, '[');
			list = f->key;
		}
		if (f->open) {
			jsonw_open(&w, '{');
			depth++;
		} else {
			write_value(&w, f);
		}
	}
	if (list)
		jsonw_close(&w, ']');
	jsonw_close(&w, '}');
	str_addc(line, '\n');
}

// What yajl calls while it reads one line. Levels: 1 the event, 2 a list, 3 an object in
// a list. A value that does not fit its key, or deeper, is skipped whole.
struct reading {
	struct event *ev;
	enum event_key key;    // of the next value; KEY_NONE: to be skipped
	enum event_key object; // whose object is open
	int level, skip;       // skip: level at which something unwanted was opened
	int head;              // the next value is one of the fixed four
	int64_t version;
};

enum { HEAD_V = 1, HEAD_SEQ, HEAD_TIME, HEAD_KIND };

static int read_number(void *arg, long long v)
{
	struct reading *r = arg;
	enum type type = keys[r->key].type;

	if (r->skip || r->level < 1)
		return 1;
	if (r->head == HEAD_V)
		r->version = v;
	else if (r->head == HEAD_SEQ)
		r->ev->seq = (uint64_t)v;
	else if (r->head == HEAD_TIME)
		r->ev->time_us = v;
	else if (r->key && (r->level == 2 ? type == NUMS : type == NUM))
		event_num(r->ev, r->key, v);
	return 1;
}

static int read_string(void *arg, const unsigned char *s, size_t n)
{
	struct reading *r = arg;
	enum type type = keys[r->key].type;

	if (r->skip || r->level < 1)
		return 1;
	if (r->head == HEAD_KIND) {
		for (int k = 1; k < EVENT_COUNT; k++)
			if (strlen(kinds[k]) == n && memcmp(kinds[k], s, n) == 0)
				r->ev->kind = (enum event_kind)k;
	} else if (r->key && (r->level == 2 ? type == TEXTS : type == TEXT)) {
		add_text(r->ev, r->key, (const char *)s, n, 0);
	}
	return 1;
}

static int read_key(void *arg, const unsigned char *s, size_t n)
{
	static const char *const heads[] = { "", "v", "seq", "time", "kind" };
	struct reading *r = arg;

	if (r->skip)
		return 1;
	r->key = KEY_NONE;
	r->head = 0;
	for (int h = 1; r->level == 1 && h <= HEAD_KIND; h++)
		if (strlen(heads[h]) == n && memcmp(heads[h], s, n) == 0)
			r->head = h;
	for (int k = 1; !r->head && k < KEY_COUNT; k++)
		if (strlen(keys[k].name) == n && memcmp(keys[k].name, s, n) == 0)
			r->key = (enum event_key)k;
	return 1;
}

static int open_any(struct reading *r, int wanted)
{
	r->level++;
	if (!r->skip && !wanted)
		r->skip = r->level;
	return r->level < 100;
}

static int close_any(struct reading *r)
{
	if (r->skip == r->level)
		r->skip = 0;
	r->level--;
	return 1;
}

static int read_map(void *arg)
{
	struct reading *r = arg;

	if (r->level == 0)
		return open_any(r, 1);
	if (r->skip || r->level != 2 || keys[r->key].type != OBJECTS)
		return open_any(r, 0);
	r->object = r->key;
	event_open(r->ev, r->object);
	return open_any(r, 1);
}

static int read_map_end(void *arg)
{
	struct reading *r = arg;

	if (!r->skip && r->level == 3) {
		event_close(r->ev, r->object);
		r->key = r->object;
	}
	return close_any(r);
}

static int read_list(void *arg)
{
	struct reading *r = arg;

	return open_any(r, r->level == 1 && r->key && keys[r->key].type >= NUMS);
}

static int read_list_end(void *arg)
{
	return close_any(arg);
}

static int read_bool(void *arg, int v)
{
	return read_number(arg, v);
}

static const yajl_callbacks callbacks = {
	.yajl_boolean = read_bool,
	.yajl_integer = read_number,
	.yajl_string = read_string,
	.yajl_map_key = read_key,
	.yajl_start_map = read_map,
	.yajl_end_map = read_map_end,
	.yajl_start_array = read_list,
	.yajl_end_array = read_list_end,
};

int event_read(struct event *ev, const char *line, size_t n, struct err *e)
{
	struct reading r = { .ev = ev };
	yajl_handle y = yajl_alloc(&callbacks, NULL, &r);
	const unsigned char *text = (const unsigned char *)line;
	int ok;

	event_init(ev, EVENT_UNKNOWN);
	ok = yajl_parse(y, text, n) == yajl_status_ok &&
	     yajl_complete_parse(y) == yajl_status_ok;
	yajl_free(y);
	if (!ok || r.level)
		return err_set(e, "warpforge-error-serialization",
		               "not a line of an event log");
	if (r.version > EVENT_VERSION)
		return err_set(e, "warpforge-error-datatoonew",
		               "event log of version %lld: this wfx reads version %d",
		               (long long)r.version, EVENT_VERSION);
	return 0;
}

static int read_line(const char *p, size_t n, event_log_fn *fn, void *arg, struct err *e)
{
	struct event ev;
	int r = event_read(&ev, p, n, e);

	if (r == 0)
		r = fn(arg, &ev, e);
	event_finish(&ev);
	return r;
}

int event_log_read(int fd, event_log_fn *fn, void *arg, struct err *e)
{
	enum { LINE_MAX_BYTES = 64 * 1024 * 1024, CHUNK = 64 * 1024 };
	struct str buf = { 0 };
	size_t number = 0;
	int ret = -1;

	for (;;) {
		size_t used = 0;
		ssize_t got;
		char *nl;

		str_reserve(&buf, CHUNK);
		got = read(fd, buf.p + buf.len, CHUNK);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			err_sys(e, "warpforge-error-io", "reading an event log");
			goto out;
		}
		if (got == 0)
			break;
		nl = memchr(buf.p + buf.len, '\n', (size_t)got);
		buf.len += (size_t)got;
		for (; nl; nl = memchr(buf.p + used, '\n', buf.len - used)) {
			size_t n = (size_t)(nl - buf.p) - used;

			number++;
			if (read_line(buf.p + used, n, fn, arg, e) < 0) {
				err_wrap(e, "line %zu of the event log", number);
				goto out;
			}
			used += n + 1;
		}
		str_drop(&buf, used);
		if (buf.len > LINE_MAX_BYTES) {
			err_set(e, "warpforge-error-serialization",
			        "line %zu of the event log is longer than 64 MiB",
			        number + 1);
			goto out;
		}
	}
	ret = 0;
out:
	str_finish(&buf);
	return ret;
}
