#include "engine/stepend.h"

#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/wire.h"
#include "engine/event.h"

// A report is for people: what is longer than this is cut.
enum { TEXTS_MAX = 64 * 1024, LIST_MAX = 1000, STACK_MAX = 64, SNIPPET_MAX = 4096 };

int stepend_read(struct stepend *s, const struct wire_msg *m, struct err *e)
{
	uint64_t status = wire_get_num(m, WIRE_T_STATUS, UINT64_MAX);
	uint64_t signal = wire_get_num(m, WIRE_T_SIGNAL, 0);

	if (status > 255 || signal > 127)
		return err_set(e, "wfx-protocol",
		               "the step shell reported an impossible status");
	*s = (struct stepend){
		.status = status == 0 && signal ? 128 + (int)signal : (int)status,
		.signal = (int)signal,
		.leaves = wire_get_num(m, WIRE_T_LEAVES, 0) != 0,
	};
	return 0;
}

static int64_t number(uint64_t v)
{
	return v > INT32_MAX ? INT32_MAX : (int64_t)v;
}

// What becomes of each field of the message: a text or a number of the event.
static const struct {
	enum wire_tag tag;
	enum event_key key;
	int is_number;
} fields[] = {
	{ WIRE_T_TEXT, KEY_TEXT, 0 },
	{ WIRE_T_CWD, KEY_CWD, 0 },
	{ WIRE_T_PATH, KEY_PATH, 0 },
	{ WIRE_T_VAR, KEY_VARIABLE, 0 },
	{ WIRE_T_INTERP, KEY_LOADER, 0 },
	{ WIRE_T_SOURCE, KEY_SOURCE, 0 },
	{ WIRE_T_ERRNO, KEY_ERRNO, 1 },
	{ WIRE_T_LINE, KEY_LINE, 1 },
	{ WIRE_T_COLUMN, KEY_COLUMN, 1 },
	{ WIRE_T_END_LINE, KEY_END_LINE, 1 },
	{ WIRE_T_END_COLUMN, KEY_END_COLUMN, 1 },
	{ WIRE_T_DEPTH, KEY_DEPTH, 1 },
};

static void add_fields(const struct wire_msg *m, struct event *ev)
{
	struct wire_field f;

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (!wire_get(m, fields[i].tag, &f))
			continue;
		if (fields[i].is_number)
			event_num(ev, fields[i].key, number(wire_field_num(&f, 0)));
		else
			event_bytes(ev, fields[i].key, f.p,
			            f.n < SNIPPET_MAX ? f.n : SNIPPET_MAX);
	}
	if (wire_get(m, WIRE_T_SNIPPET, &f))
		event_bytes(ev, KEY_SNIPPET, f.p, f.n < SNIPPET_MAX ? f.n : SNIPPET_MAX);
}

static void add_list(const struct wire_msg *m, enum wire_tag tag, enum event_key key,
                     struct event *ev)
{
	size_t pos = 0, n = 0, room = TEXTS_MAX;
	struct wire_field f;

	while (wire_next(str_cstr(&m->body), m->body.len, &pos, &f) > 0) {
		if (f.tag != tag)
			continue;
		if (n++ == LIST_MAX || !room)
			break;
		if (tag == WIRE_T_PIPESTATUS) {
			event_num(ev, key, number(wire_field_num(&f, 0)));
			continue;
		}
		event_bytes(ev, key, f.p, f.n < room ? f.n : room);
		room -= f.n < room ? f.n : room;
	}
}

static void add_frame(const struct wire_field *frame, struct event *ev)
{
	size_t pos = 0, n = 0;
	struct wire_field f;

	event_open(ev, KEY_STACK);
	while (n++ < 16 && wire_next(frame->p, frame->n, &pos, &f) > 0) {
		size_t len = f.n < SNIPPET_MAX ? f.n : SNIPPET_MAX;

		if (f.tag == WIRE_T_NAME)
			event_bytes(ev, KEY_NAME, f.p, len);
		else if (f.tag == WIRE_T_SOURCE)
			event_bytes(ev, KEY_SOURCE, f.p, len);
		else if (f.tag == WIRE_T_LINE)
			event_num(ev, KEY_LINE, number(wire_field_num(&f, 0)));
		else if (f.tag == WIRE_T_COLUMN)
			event_num(ev, KEY_COLUMN, number(wire_field_num(&f, 0)));
		else if (f.tag == WIRE_T_KIND)
			event_bytes(ev, KEY_WHAT, f.p, f.n == 8 ? 0 : len);
	}
	event_close(ev, KEY_STACK);
}

static void add_stack(const struct wire_msg *m, struct event *ev)
{
	size_t pos = 0, n = 0;
	struct wire_field f;

	while (n < STACK_MAX &&
	       wire_next(str_cstr(&m->body), m->body.len, &pos, &f) > 0) {
		if (f.tag != WIRE_T_FRAME)
			continue;
		add_frame(&f, ev);
		n++;
	}
}

void stepend_report(const struct wire_msg *m, const struct stepend *s, struct event *ev)
{
	uint64_t kind = wire_get_num(m, WIRE_T_KIND, WIRE_FAIL_STATUS);

	if (kind == WIRE_FAIL_NONE || kind >= WIRE_FAIL_COUNT)
		kind = s->signal ? WIRE_FAIL_KILLED : WIRE_FAIL_STATUS;
	event_text(ev, KEY_FAILURE, wire_failure_name((unsigned)kind));
	add_fields(m, ev);
	add_list(m, WIRE_T_ARG, KEY_ARGV, ev);
	add_list(m, WIRE_T_REDIR, KEY_REDIRECTION, ev);
	add_list(m, WIRE_T_PIPESTATUS, KEY_PIPESTATUS, ev);
	add_stack(m, ev);
}

void stepend_usage(const struct wire_msg *m, struct event *ev)
{
	static const struct {
		enum wire_tag tag;
		enum event_key key;
	} numbers[] = {
		{ WIRE_T_USER_US, KEY_USER_US },
		{ WIRE_T_SYS_US, KEY_SYS_US },
		{ WIRE_T_MAXRSS_KB, KEY_MAXRSS_KB },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		uint64_t v = wire_get_num(m, numbers[i].tag, UINT64_MAX);

		if (v <= INT64_MAX)
			event_num(ev, numbers[i].key, (int64_t)v);
	}
}
