#include "jsonface.h"

#include "base/err.h"
#include "base/fd.h"
#include "base/jsonw.h"
#include "base/str.h"
#include "base/utf8.h"

static void put(struct str *line)
{
	// Nothing can be said about a stderr that does not take it.
	(void)!fd_write_all(2, str_cstr(line), line->len);
	str_finish(line);
}

static void begin(struct jsonw *w, struct str *line, const char *kind)
{
	jsonw_init(w, line, JSON_LINE);
	jsonw_open(w, '{');
	jsonw_kstr(w, "kind", kind);
}

static void end(struct jsonw *w, struct str *line)
{
	jsonw_close(w, '}');
	str_addc(line, '\n');
	put(line);
}

static void write_error_event(const struct event *ev)
{
	struct str line = { 0 };
	const struct event_field *f = NULL, *last = ev->fields.items + ev->fields.n;
	struct jsonw w;

	jsonw_init(&w, &line, JSON_LINE);
	jsonw_open(&w, '{');
	jsonw_kstr(&w, "code", event_str(ev, KEY_CODE));
	jsonw_kstr(&w, "message", event_str(ev, KEY_MESSAGE));
	jsonw_key(&w, "details");
	jsonw_open(&w, '{');
	while ((f = event_next(ev, KEY_DETAIL, f))) {
		const char *name = NULL, *text = NULL;

		for (const struct event_field *k = f + 1; k < last && !k->close; k++) {
			name = k->key == KEY_NAME ? k->text : name;
			text = k->key == KEY_TEXT ? k->text : text;
		}
		if (name && text)
			jsonw_kstr(&w, name, text);
	}
	jsonw_close(&w, '}');
	jsonw_key(&w, "cause");
	jsonw_null(&w);
	if (event_str(ev, KEY_HINT))
		jsonw_kstr(&w, "hint", event_str(ev, KEY_HINT));
	jsonw_kstr(&w, "kind", "error");
	jsonw_kint(&w, "seq", (int64_t)ev->seq);
	jsonw_kint(&w, "time", ev->time_us);
	end(&w, &line);
}

void jsonface_event(const struct event *ev)
{
	struct str line = { 0 };

	if (ev->kind == EVENT_PRINT)
		return;
	if (ev->kind == EVENT_ERROR) {
		write_error_event(ev);
		return;
	}
	event_write(ev, &line);
	put(&line);
}

void jsonface_print(unsigned step, enum stream stream, const char *bytes, size_t n)
{
	struct str line = { 0 }, safe = { 0 };
	struct jsonw w;

	utf8_safe(&safe, bytes, n, UTF8_SAFE_NEWLINE | UTF8_SAFE_TAB);
	begin(&w, &line, "text");
	jsonw_kint(&w, "step", step);
	jsonw_kstr(&w, "stream", stream == STREAM_ERR ? "err" : "out");
	jsonw_kstrn(&w, "text", str_cstr(&safe), safe.len);
	end(&w, &line);
	str_finish(&safe);
}

void jsonface_error(const struct err *e)
{
	const char *key, *value, *hint = err_hint_text(e);
	struct str line = { 0 };
	struct jsonw w;
	size_t pos = 0;

	jsonw_init(&w, &line, JSON_LINE);
	jsonw_open(&w, '{');
	jsonw_kstr(&w, "code", e->code);
	jsonw_kstr(&w, "message", e->msg);
	jsonw_key(&w, "details");
	jsonw_open(&w, '{');
	while (err_detail_next(e, &pos, &key, &value))
		jsonw_kstr(&w, key, value);
	jsonw_close(&w, '}');
	jsonw_key(&w, "cause");
	jsonw_null(&w);
	if (hint)
		jsonw_kstr(&w, "hint", hint);
	jsonw_kstr(&w, "kind", "error");
	end(&w, &line);
}
