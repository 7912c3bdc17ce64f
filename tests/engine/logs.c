// What the steps print, run records, workers.
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/str.h"
#include "engine/outlog.h"
#include "engine/record.h"
#include "engine/worker.h"

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/wfx-logs-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return fd_remove_tree(AT_FDCWD, folder);
}

static void content(const char *name, struct str *s)
{
	auto_free char *path = xasprintf("%s/%s", folder, name);

	str_clear(s);
	assert_int_equal(fd_read_file(AT_FDCWD, path, s, 1 << 30), 0);
}

static void bytes_go_to_their_step(void **state)
{
	struct outlog *o = outlog_create(folder, 0, 1, NULL);
	struct str s = { 0 };

	(void)state;
	assert_int_equal(outlog_step(o, 1, NULL), 0);
	outlog_write(o, STREAM_OUT, "a\0b", 3, NULL);
	outlog_write(o, STREAM_ERR, "\xff", 1, NULL);
	assert_int_equal(outlog_step(o, 2, NULL), 0);
	outlog_write(o, STREAM_OUT, "two", 3, NULL);
	assert_int_equal(outlog_bytes(o, STREAM_OUT), 3);
	assert_int_equal(outlog_close(o, NULL), 0);
	content("001.out", &s);
	assert_int_equal(s.len, 3);
	assert_memory_equal(s.p, "a\0b", 3);
	content("001.err", &s);
	assert_string_equal(s.p, "\xff");
	content("002.out", &s);
	assert_string_equal(s.p, "two");
	content("002.err", &s);
	assert_int_equal(s.len, 0);
	content("all.log", &s);
	assert_int_equal(s.len, 7);
	str_finish(&s);
}

// Of what is too long the head and the end stay, and nothing else grows.
static void long_output_is_cut_in_the_middle(void **state)
{
	enum { LIMIT = 8192, LINES = 20000 };
	struct outlog *o = outlog_create(folder, LIMIT, 0, NULL);
	struct str s = { 0 };
	char line[32], *mark;
	size_t total = 0, left;

	(void)state;
	outlog_step(o, 1, NULL);
	for (int i = 0; i < LINES; i++) {
		int n = snprintf(line, sizeof(line), "line %d\n", i);

		assert_int_equal(outlog_write(o, STREAM_OUT, line, (size_t)n, NULL), 0);
		total += (size_t)n;
	}
	assert_int_equal(outlog_bytes(o, STREAM_OUT), total);
	assert_int_equal(outlog_close(o, NULL), 0);
	content("001.out", &s);
	assert_true(s.len <= LIMIT + 100);
	assert_true(s.len >= LIMIT * 3 / 4);
	assert_true(strncmp(s.p, "line 0\nline 1\n", 14) == 0);
	assert_string_equal(s.p + s.len - 11, "line 19999\n");
	mark = strstr(s.p, "\n[wfx: ");
	assert_non_null(mark);
	left = strtoul(mark + 7, NULL, 10);
	assert_int_equal(left + s.len - strcspn(mark + 1, "\n") - 2, total);
	str_finish(&s);
}

static void output_up_to_the_limit_is_whole(void **state)
{
	enum { LIMIT = 4096 };
	struct outlog *o = outlog_create(folder, LIMIT, 0, NULL);
	char bytes[LIMIT];
	struct str s = { 0 };

	(void)state;
	for (int i = 0; i < LIMIT; i++)
		bytes[i] = (char)i;
	outlog_step(o, 1, NULL);
	for (int i = 0; i < LIMIT; i += 64)
		outlog_write(o, STREAM_ERR, bytes + i, 64, NULL);
	assert_int_equal(outlog_close(o, NULL), 0);
	content("001.err", &s);
	assert_int_equal(s.len, LIMIT);
	assert_memory_equal(s.p, bytes, LIMIT);
	str_finish(&s);
}

static void the_tail_is_the_last_lines(void **state)
{
	struct outlog *o = outlog_create(folder, 0, 0, NULL);
	struct str s = { 0 };
	char line[64];
	char *giant = malloc(100000);

	(void)state;
	outlog_step(o, 1, NULL);
	for (int i = 0; i < 3000; i++) {
		int n = snprintf(line, sizeof(line), "line %d\n", i);

		outlog_write(o, i % 2 ? STREAM_ERR : STREAM_OUT, line, (size_t)n, NULL);
	}
	outlog_tail(o, 2, &s);
	assert_string_equal(s.p, "line 2998\nline 2999\n");
	outlog_write(o, STREAM_OUT, "no newline", 10, NULL);
	str_clear(&s);
	outlog_tail(o, 2, &s);
	assert_string_equal(s.p, "line 2999\nno newline");
	memset(giant, 'x', 100000);
	outlog_write(o, STREAM_OUT, giant, 100000, NULL);
	str_clear(&s);
	outlog_tail(o, 20, &s);
	assert_true(s.len <= 8192);
	outlog_step(o, 2, NULL);
	str_clear(&s);
	outlog_tail(o, 20, &s);
	assert_int_equal(s.len, 0);
	outlog_write(o, STREAM_OUT,
	             "\033[1;31mred\033[0m\r\n10%\r20%\rdone\n\033[x \033[", 35, NULL);
	outlog_tail(o, 20, &s);
	assert_string_equal(s.p, "red\ndone\n\033[x \033[");
	outlog_close(o, NULL);
	str_finish(&s);
	free(giant);
}

static void a_record_reads_back(void **state)
{
	struct record r = { .guid = "12345678-1234-4234-8234-123456789012", .time = 17 },
		      back;
	struct str text = { 0 }, line = { 0 };
	struct err e = { 0 };

	(void)state;
	r.formula_id = xstrdup("zM5K3abc");
	record_add(&r, "b", "ware:tar:x");
	record_add(&r, "a", "ware:tar:-");
	record_memo(&r, &text);
	assert_int_equal(record_read(&back, text.p, text.len, &e), 0);
	record_line(&back, &line);
	assert_string_equal(
		line.p, "{ \"runrecord\": { \"guid\": "
			"\"12345678-1234-4234-8234-123456789012\", \"time\": 17, "
			"\"formulaID\": \"zM5K3abc\", \"exitcode\": 0, \"results\": { "
			"\"b\": \"ware:tar:x\", \"a\": \"ware:tar:-\" } } } \n");
	record_finish(&r);
	record_finish(&back);
	str_finish(&text);
	str_finish(&line);
}

static void a_broken_record_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"{}",
		"{\"guid\":\"g\",\"time\":1,\"formulaID\":\"f\",\"exitcode\":0}",
		"{\"guid\":\"g\",\"time\":1,\"formulaID\":\"f\",\"exitcode\":0,"
		"\"results\":[]}",
		"{\"guid\":\"g\",\"time\":1,\"formulaID\":\"f\",\"exitcode\":0,"
		"\"results\":{\"a\":1}}",
		"{\"guid\":\"g\",\"time\":1,\"formulaID\":\"f\",\"exitcode\":0,"
		"\"results\":{\"a\":{}}}",
		"{\"guid\":\"g\",\"time\":1,\"formulaID\":\"f\",\"exitcode\":900,"
		"\"results\":{}}",
		"{\"guid\":\"g\",\"time\":1,\"formulaID\":\"f\",\"exitcode\":null,"
		"\"results\":{}}",
		"{\"guid\":\"g\",\"time\":1,\"formulaID\":\"f\",\"exitcode\":0,"
		"\"results\":{}",
		"{\"guid\":\"g\",\"time\":1,\"formulaID\":\"f\",\"exitcode\":0,"
		"\"results\":{},\"x\":1}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct record r;
		struct err e = { 0 };

		assert_int_equal(record_read(&r, bad[i], strlen(bad[i]), &e), -1);
		assert_string_equal(e.code, "warpforge-error-serialization");
		record_finish(&r);
	}
}

// --- workers -------------------------------------------------------------------------

struct seen {
	struct loop *loop;
	int messages, fds;
	size_t bytes;
	int done, failed;
	struct err err;
};

static void on_message(void *arg, const void *p, size_t n, int fd)
{
	struct seen *s = arg;

	(void)p;
	s->messages++;
	s->bytes += n;
	if (fd >= 0) {
		s->fds++;
		close(fd);
	}
}

static void on_done(void *arg, const struct err *e)
{
	struct seen *s = arg;

	s->done++;
	s->failed = e != NULL;
	if (e)
		s->err = *e;
	loop_stop(s->loop);
}

static int talk(struct worker_link *link, void *arg, struct err *e)
{
	char big[WORKER_MESSAGE_MAX] = { 0 };

	(void)arg;
	(void)e;
	for (int i = 0; i < 1000; i++)
		worker_send(link, big, sizeof(big), i == 500 ? 0 : -1);
	return 0;
}

static int refuse(struct worker_link *link, void *arg, struct err *e)
{
	(void)link;
	(void)arg;
	errno = EACCES;
	err_sys(e, "rio-ware-not-found", "looking");
	err_hint(e, "look elsewhere");
	err_detail(e, "where", "here");
	return -1;
}

static int die(struct worker_link *link, void *arg, struct err *e)
{
	(void)link;
	(void)arg;
	(void)e;
	raise(SIGKILL);
	return 0;
}

static int leave(struct worker_link *link, void *arg, struct err *e)
{
	(void)link;
	(void)arg;
	(void)e;
	_exit(0);
}

static int wait_for_stop(struct worker_link *link, void *arg, struct err *e)
{
	(void)arg;
	worker_send(link, "up", 2, -1);
	while (!worker_cancelled())
		poll(NULL, 0, 1);
	return err_set(e, "wfx-cancelled", "cancelled");
}

static struct seen work(worker_fn *fn, int stop)
{
	struct seen s = { .loop = loop_create() };
	struct worker *w =
		worker_start(s.loop, "test", fn, NULL, on_message, on_done, &s, NULL);

	assert_non_null(w);
	while (stop && !s.messages)
		loop_turn(s.loop, -1);
	if (stop)
		worker_stop(w);
	loop_run(s.loop);
	assert_int_equal(s.done, 1);
	loop_destroy(s.loop);
	return s;
}

static void workers_report(void **state)
{
	struct seen s = work(talk, 0);

	(void)state;
	assert_int_equal(s.failed, 0);
	assert_int_equal(s.messages, 1000);
	assert_int_equal(s.bytes, 1000 * WORKER_MESSAGE_MAX);
	assert_int_equal(s.fds, 1);

	s = work(refuse, 0);
	assert_int_equal(s.failed, 1);
	assert_string_equal(s.err.code, "rio-ware-not-found");
	assert_string_equal(s.err.msg, "looking: Permission denied");
	assert_string_equal(s.err.hint, "look elsewhere");
	assert_string_equal(s.err.details, "where");
}

static void a_worker_that_is_lost_has_failed(void **state)
{
	struct seen s = work(die, 0);

	(void)state;
	assert_int_equal(s.failed, 1);
	assert_string_equal(s.err.code, "warpforge-error-internal");
	s = work(leave, 0);
	assert_int_equal(s.failed, 1);
	s = work(wait_for_stop, 1);
	assert_int_equal(s.failed, 1);
	assert_string_equal(s.err.code, "wfx-cancelled");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bytes_go_to_their_step, make_folder,
		                                remove_folder),
		cmocka_unit_test_setup_teardown(long_output_is_cut_in_the_middle,
		                                make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(output_up_to_the_limit_is_whole,
		                                make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(the_tail_is_the_last_lines, make_folder,
		                                remove_folder),
		cmocka_unit_test(a_record_reads_back),
		cmocka_unit_test(a_broken_record_is_refused),
		cmocka_unit_test(workers_report),
		cmocka_unit_test(a_worker_that_is_lost_has_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
