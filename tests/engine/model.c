// Events and the model: writing, reading back, folding.
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/host.h"
#include "base/str.h"
#include "engine/event.h"
#include "engine/eventlog.h"
#include "engine/model.h"

// A fixed clock: each look at it is a millisecond later.
static int64_t ticking(struct host *h)
{
	return h->fixed_wall_ns += 1000000;
}

static struct host test_host(void)
{
	struct host h;

	host_real(&h);
	h.fixed_wall_ns = 1700000000000000000;
	h.wall_ns = h.mono_ns = ticking;
	return h;
}

// An event of any kind, with fields of all types.
static void fill(struct event *ev, enum event_kind kind, int number)
{
	event_init(ev, kind);
	event_num(ev, KEY_FORMULA, number);
	event_num(ev, KEY_INPUT, number);
	event_num(ev, KEY_OUTPUT, number);
	event_num(ev, KEY_STEP, number);
	event_text(ev, KEY_DOCUMENT, "a \"quoted\"\n\ttext");
	event_bytes(ev, KEY_TEXT, "bad \xff\x1b[31m \xe2\x80\xae nul \0 end", 24);
	event_text(ev, KEY_STREAM, number % 2 ? "out" : "err");
	event_num(ev, KEY_OFFSET, 100);
	event_num(ev, KEY_BYTES, 50);
	event_num(ev, KEY_STATUS, number);
	if (number % 2)
		event_text(ev, KEY_FAILURE, "not-found");
	event_text(ev, KEY_ARGV, "cc");
	event_text(ev, KEY_ARGV, "");
	event_text(ev, KEY_ARGV, "x y");
	event_num(ev, KEY_PIPESTATUS, 0);
	event_num(ev, KEY_PIPESTATUS, 127);
	for (int i = 0; i < 2; i++) {
		event_open(ev, KEY_STACK);
		event_text(ev, KEY_NAME, i ? "main" : "inner");
		event_num(ev, KEY_LINE, i + 1);
		event_close(ev, KEY_STACK);
	}
	event_text(ev, KEY_PORT, "/");
	event_num(ev, KEY_TOTAL, INT64_MAX);
	event_text(ev, KEY_CODE, "wfx-lost");
	event_text(ev, KEY_MESSAGE, "m");
}

// A log with every kind of event, several times, some of them senseless.
static void emit_all(struct eventlog *log)
{
	for (int round = 0; round < 3; round++)
		for (int kind = 1; kind < EVENT_COUNT; kind++) {
			struct event ev;

			fill(&ev, (enum event_kind)kind, round);
			eventlog_emit(log, &ev);
		}
}

static int fold(void *arg, const struct event *ev, struct err *e)
{
	(void)e;
	model_apply(arg, ev);
	return 0;
}

static void a_log_read_back_is_the_same_model(void **state)
{
	char path[] = "/tmp/wfx-events-XXXXXX";
	int fd = mkstemp(path);
	struct host host = test_host();
	struct str live = { 0 }, replayed = { 0 };
	struct eventlog log;
	struct model m;
	struct err e = { 0 };

	(void)state;
	assert_true(fd >= 0);
	eventlog_init(&log, &host, NULL, NULL);
	assert_int_equal(eventlog_add_file(&log, path, &e), 0);
	emit_all(&log);
	assert_null(log.failed.code);
	model_dump(&log.model, &live);

	model_init(&m);
	assert_int_equal(event_log_read(fd, fold, &m, &e), 0);
	model_dump(&m, &replayed);
	assert_string_equal(live.p, replayed.p);
	assert_true(live.len > 1000);

	model_finish(&m);
	eventlog_finish(&log);
	str_finish(&live);
	str_finish(&replayed);
	close(fd);
	unlink(path);
}

static void an_event_reads_back_as_it_was(void **state)
{
	struct str once = { 0 }, twice = { 0 };
	struct event ev, back;

	(void)state;
	fill(&ev, EVENT_STEP_END, 1);
	ev.seq = 1;
	ev.time_us = 1700000000000001;
	event_write(&ev, &once);
	assert_true(strncmp(once.p, "{\"v\":1,\"seq\":1,", 15) == 0);
	assert_non_null(strstr(once.p, "\"argv\":[\"cc\",\"\",\"x y\"]"));
	assert_non_null(strstr(once.p, "\"stack\":[{\"name\":\"inner\",\"line\":1},"));
	assert_non_null(strstr(once.p, "bad \\\\xff\\\\x1b[31m \\\\u202e nul \\\\x00"));
	assert_int_equal(event_read(&back, once.p, once.len, NULL), 0);
	assert_int_equal(back.kind, EVENT_STEP_END);
	assert_int_equal(event_get(&back, KEY_STEP, 0), 1);
	assert_string_equal(event_str(&back, KEY_TEXT), event_str(&ev, KEY_TEXT));
	event_write(&back, &twice);
	assert_string_equal(once.p, twice.p);
	event_finish(&ev);
	event_finish(&back);
	str_finish(&once);
	str_finish(&twice);
}

static void long_texts_are_cut_once(void **state)
{
	struct str once = { 0 }, twice = { 0 };
	size_t n = EVENT_TEXT_MAX + 1000;
	struct event ev, back;
	char *big = malloc(n);

	(void)state;
	memset(big, 1, n);
	event_init(&ev, EVENT_NOTE);
	event_bytes(&ev, KEY_TEXT, big, n);
	event_write(&ev, &once);
	assert_non_null(strstr(once.p, "[1000 bytes more]"));
	assert_int_equal(event_read(&back, once.p, once.len, NULL), 0);
	event_write(&back, &twice);
	assert_string_equal(once.p, twice.p);
	event_finish(&ev);
	event_finish(&back);
	str_finish(&once);
	str_finish(&twice);
	free(big);
}

static void what_is_not_known_is_skipped(void **state)
{
	static const char later[] =
		"{\"v\":1,\"seq\":7,\"time\":5,\"kind\":\"note\",\"new\":{\"a\":[1,{"
		"\"text\":\"x\"}]},"
		"\"newer\":[[\"text\"]],\"step\":\"a "
		"text\",\"text\":[\"list\"],\"argv\":\"no list\","
		"\"float\":1.5,\"none\":null,\"flag\":true,\"hint\":\"kept\"}";
	struct event ev;

	(void)state;
	assert_int_equal(event_read(&ev, later, strlen(later), NULL), 0);
	assert_int_equal(ev.kind, EVENT_NOTE);
	assert_int_equal(ev.seq, 7);
	assert_int_equal(ev.fields.n, 1);
	assert_string_equal(event_str(&ev, KEY_HINT), "kept");
	event_finish(&ev);

	assert_int_equal(event_read(&ev, "{\"kind\":\"invented\"}", 19, NULL), 0);
	assert_int_equal(ev.kind, EVENT_UNKNOWN);
	event_finish(&ev);
}

static void bad_lines_are_errors(void **state)
{
	static const char *const lines[] = {
		"",
		"x",
		"[]",
		"{",
		"{\"kind\":\"note\"",
		"{\"kind\":}",
		"{}{}",
		"\"text\"",
		"3",
		"{\"seq\":99999999999999999999}",
	};
	char deep[4096];
	struct event ev;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		int r = event_read(&ev, lines[i], strlen(lines[i]), NULL);

		event_finish(&ev);
		if (strcmp(lines[i], "[]") == 0 || lines[i][0] == '"' ||
		    lines[i][0] == '3')
			continue; // JSON, but nothing of ours: an unknown event
		assert_int_equal(r, -1);
	}
	memset(deep, '[', sizeof(deep));
	memcpy(deep, "{\"text\":", 8);
	assert_int_equal(event_read(&ev, deep, sizeof(deep), NULL), -1);
	event_finish(&ev);
}

static void a_newer_log_is_refused(void **state)
{
	static const char line[] = "{\"v\":2,\"seq\":1,\"time\":1,\"kind\":\"begin\"}";
	struct err e = { 0 };
	struct event ev;

	(void)state;
	assert_int_equal(event_read(&ev, line, strlen(line), &e), -1);
	assert_string_equal(e.code, "warpforge-error-datatoonew");
	event_finish(&ev);
}

static void a_log_that_was_cut_reads_to_there(void **state)
{
	static const char text[] =
		"{\"v\":1,\"seq\":1,\"time\":1,\"kind\":\"begin\",\"program\":\"p\"}\n"
		"{\"seq\":2,\"time\":2,\"kind\":\"formula\"}\n{\"seq\":3,\"ti";
	int fd = memfd_create("log", MFD_CLOEXEC);
	struct model m;
	struct err e = { 0 };

	(void)state;
	model_init(&m);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(event_log_read(fd, fold, &m, &e), 0);
	assert_int_equal(m.seq, 2);
	assert_int_equal(m.formulas.n, 1);
	model_finish(&m);
	close(fd);
}

// Events in an order that makes no sense, numbers that point nowhere.
static void the_model_takes_anything(void **state)
{
	struct model m;
	unsigned seed = 1;

	(void)state;
	model_init(&m);
	for (int i = 0; i < 20000; i++) {
		struct event ev;
		int kind, number;

		seed = seed * 1103515245 + 12345;
		kind = (int)(seed >> 16) % EVENT_COUNT;
		number = (int)(seed >> 8 & 15) - 4;
		fill(&ev, (enum event_kind)kind, number);
		if (kind != EVENT_FORMULA || i % 50 == 0)
			model_apply(&m, &ev);
		event_finish(&ev);
	}
	assert_true(m.formulas.n > 0);
	model_finish(&m);
}

static void the_schema_names_every_kind_and_key(void **state)
{
	const char *src = getenv("SRCDIR");
	struct str doc = { 0 };
	char path[4096], word[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/doc/events.md", src ? src : ".");
	assert_int_equal(fd_read_file(AT_FDCWD, path, &doc, 1 << 20), 0);
	for (int k = 1; k < EVENT_COUNT; k++) {
		snprintf(word, sizeof(word), "`%s`", event_kind_name((enum event_kind)k));
		if (!strstr(doc.p, word))
			fail_msg("doc/events.md does not name the kind %s", word);
	}
	for (int k = 1; k < KEY_COUNT; k++) {
		snprintf(word, sizeof(word), "`%s`", event_key_name((enum event_key)k));
		if (!strstr(doc.p, word))
			fail_msg("doc/events.md does not name the key %s", word);
	}
	str_finish(&doc);
}

static void a_full_disk_is_told_once(void **state)
{
	struct host host = test_host();
	struct eventlog log;
	struct event ev;
	struct err e = { 0 };

	(void)state;
	if (access("/dev/full", W_OK) < 0) {
		puts("# not tried: no /dev/full"); // skip() is "not ok" in TAP
		return;
	}
	eventlog_init(&log, &host, NULL, NULL);
	assert_int_equal(eventlog_add_file(&log, "/dev/full", &e), 0);
	event_init(&ev, EVENT_BEGIN);
	eventlog_emit(&log, &ev);
	assert_string_equal(log.failed.code, "wfx-no-space");
	assert_int_equal(log.files.n, 0);
	event_init(&ev, EVENT_END);
	eventlog_emit(&log, &ev);
	assert_int_equal(log.model.ended, 1);
	eventlog_finish(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_reads_back_as_it_was),
		cmocka_unit_test(a_log_read_back_is_the_same_model),
		cmocka_unit_test(long_texts_are_cut_once),
		cmocka_unit_test(what_is_not_known_is_skipped),
		cmocka_unit_test(bad_lines_are_errors),
		cmocka_unit_test(a_newer_log_is_refused),
		cmocka_unit_test(a_log_that_was_cut_reads_to_there),
		cmocka_unit_test(the_model_takes_anything),
		cmocka_unit_test(the_schema_names_every_kind_and_key),
		cmocka_unit_test(a_full_disk_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
