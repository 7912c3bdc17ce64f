// Units of base: one function a module, data beside it.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/base58.h"
#include "base/cbor.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/host.h"
#include "base/jsonw.h"
#include "base/loop.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "base/wire.h"

static void str_grows_and_cuts(void **state)
{
	struct str s = { 0 };
	char *p;

	(void)state;
	assert_string_equal(str_cstr(&s), "");
	str_cut(&s, 0);
	for (int i = 0; i < 1000; i++)
		str_addf(&s, "%d,", i);
	assert_int_equal(s.len, 10 * 2 + 90 * 3 + 900 * 4);
	str_cut(&s, 4);
	assert_string_equal(s.p, "0,1,");
	str_drop(&s, 2);
	assert_string_equal(s.p, "1,");
	p = str_steal(&s);
	assert_string_equal(p, "1,");
	free(p);
	p = str_steal(&s);
	assert_string_equal(p, "");
	free(p);
	str_finish(&s);
}

static void err_reads_outermost_first(void **state)
{
	struct err e = { 0 };
	const char *k, *v;
	size_t pos = 0;

	(void)state;
	errno = ENOENT;
	assert_int_equal(err_sys(&e, "warpforge-error-io", "opening %s", "x"), -1);
	err_wrap(&e, "packing");
	assert_string_equal(e.msg, "packing: opening x: No such file or directory");
	err_detail(&e, "path", "/x");
	assert_int_equal(err_detail_next(&e, &pos, &k, &v), 1);
	assert_string_equal(k, "path");
	assert_string_equal(v, "/x");
	assert_int_equal(err_detail_next(&e, &pos, &k, &v), 0);
	assert_int_equal(err_exit_status(&e), 125);
	err_set(&e, "wfx-usage", "no");
	assert_int_equal(err_exit_status(&e), 2);
	assert_non_null(err_hint_text(&e));
	assert_int_equal(err_set(NULL, "wfx-usage", "no"), -1);
}

static void arena_marks_and_releases(void **state)
{
	struct arena a = { 0 };
	struct arena_mark m;
	char *keep;

	(void)state;
	keep = arena_strdup(&a, "keep");
	m = arena_mark(&a);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 1000; i++)
			memset(arena_alloc(&a, i * 7), 'x', i * 7);
		arena_release(&a, m);
	}
	assert_string_equal(keep, "keep");
	assert_string_equal(arena_printf(&a, "%d-%s", 7, keep), "7-keep");
	assert_int_equal((uintptr_t)arena_alloc(&a, 1) % 16, 0);
	arena_finish(&a);
}

static void map_puts_finds_and_removes(void **state)
{
	struct map m = { 0 };
	char key[32];
	int added;

	(void)state;
	assert_null(map_get(&m, "a", 1));
	for (intptr_t i = 0; i < 2000; i++) {
		snprintf(key, sizeof(key), "key%d", (int)i);
		map_put(&m, key, strlen(key), &added)->value = (void *)(i + 1);
		assert_true(added);
	}
	map_put(&m, "key7", 4, &added);
	assert_false(added);
	for (intptr_t i = 0; i < 2000; i += 2) {
		snprintf(key, sizeof(key), "key%d", (int)i);
		assert_ptr_equal(map_remove(&m, key, strlen(key)), (void *)(i + 1));
	}
	assert_int_equal(m.n, 1000);
	for (intptr_t i = 0; i < 2000; i++) {
		snprintf(key, sizeof(key), "key%d", (int)i);
		assert_ptr_equal(map_get(&m, key, strlen(key)),
		                 i % 2 ? (void *)(i + 1) : NULL);
	}
	map_finish(&m);
}

static void vec_pushes(void **state)
{
	VEC(int) v = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		*vec_push(&v) = i;
	assert_int_equal(v.n, 100);
	assert_int_equal(v.items[99], 99);
	vec_finish(&v);
}

static void utf8_makes_text_safe(void **state)
{
	static const struct {
		const char *in;
		int flags;
		const char *out;
	} rows[] = {
		{ "plain \xc3\xa9 \xe6\xbc\xa2", 0, "plain \xc3\xa9 \xe6\xbc\xa2" },
		{ "a\nb\tc", 0, "a\\x0ab\\x09c" },
		{ "a\nb\tc", UTF8_SAFE_NEWLINE | UTF8_SAFE_TAB, "a\nb\tc" },
		{ "\033[31mred\033[0m", 0, "\\x1b[31mred\\x1b[0m" },
		{ "\033[31mred\033[0m", UTF8_SAFE_SGR, "\033[31mred\033[0m" },
		{ "\033[2J\033]0;t\a", UTF8_SAFE_SGR, "\\x1b[2J\\x1b]0;t\\x07" },
		{ "\xc2\x9b"
		  "31m",
		  0, "\\u009b31m" },
		{ "\x9b\xff\xc0\x80", 0, "\\x9b\\xff\\xc0\\x80" },
		{ "\xe2\x80\xae", 0, "\\u202e" },
		{ "\xed\xa0\x80", 0, "\\xed\\xa0\\x80" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str s = { 0 };

		utf8_safe(&s, rows[i].in, strlen(rows[i].in), rows[i].flags);
		assert_string_equal(str_cstr(&s), rows[i].out);
		str_finish(&s);
	}
	assert_int_equal(utf8_width(0x6f22), 2);
	assert_int_equal(utf8_width('a'), 1);
	assert_int_equal(utf8_width(0x301), 0);
	for (uint32_t c = 1; c < 0x110000; c += 7) {
		char b[4];
		uint32_t back;

		if (c >= 0xd800 && c < 0xe000)
			continue;
		assert_int_equal(utf8_decode(b, utf8_encode(c, b), &back),
		                 utf8_encode(c, b));
		assert_int_equal(back, c);
	}
}

static void write_json(struct jsonw *w)
{
	jsonw_open(w, '{');
	jsonw_kstr(w, "a", "x\"\n\x01\xff\xe2\x80\xa8");
	jsonw_key(w, "l");
	jsonw_open(w, '[');
	jsonw_int(w, -5);
	jsonw_bool(w, 1);
	jsonw_close(w, ']');
	jsonw_key(w, "e");
	jsonw_open(w, '{');
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

static void jsonw_has_three_styles(void **state)
{
	static const char *const want[] = {
		[JSON_TABS] = "{\n\t\"a\": \"x\\\"\\n\\u0001\\ufffd\\u2028\",\n\t\"l\": "
			      "[\n\t\t-5,\n\t\ttrue\n\t],"
			      "\n\t\"e\": {}\n}\n",
		[JSON_LINE] = "{\"a\":\"x\\\"\\n\\u0001\\ufffd\\u2028\",\"l\":[-5,true],"
			      "\"e\":{}}",
		[JSON_API] = "{ \"a\": \"x\\\"\\n\\u0001\\ufffd\\u2028\", \"l\": [ -5, "
			     "true ], \"e\": {} } \n",
	};

	(void)state;
	for (enum json_style i = JSON_TABS; i <= JSON_API; i++) {
		struct str s = { 0 };
		struct jsonw w;

		jsonw_init(&w, &s, i);
		write_json(&w);
		assert_string_equal(s.p, want[i]);
		str_finish(&s);
	}
}

static void cbor_and_base58(void **state)
{
	static const struct {
		int64_t v;
		const char *hex;
	} rows[] = {
		{ 0, "00" },
		{ 23, "17" },
		{ 24, "1818" },
		{ 255, "18ff" },
		{ 256, "190100" },
		{ 65536, "1a00010000" },
		{ 1262304000, "1a4b3d3b00" },
		{ -1, "20" },
		{ -500, "3901f3" },
		{ 4294967296, "1b0000000100000000" },
	};
	char out[BASE58_MAX(52)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str s = { 0 }, hex = { 0 };

		cbor_add_int(&s, rows[i].v);
		for (size_t k = 0; k < s.len; k++)
			str_addf(&hex, "%02x", (unsigned char)s.p[k]);
		assert_string_equal(hex.p, rows[i].hex);
		str_finish(&s);
		str_finish(&hex);
	}
	base58_encode(out, (const unsigned char *)"\0\0hello", 7);
	assert_string_equal(out, "11Cn8eVZg");
	assert_true(base58_valid(out, strlen(out)));
	assert_false(base58_valid("0", 1));
}

static void host_can_be_fixed(void **state)
{
	struct host h;
	char a[37], b[37];

	(void)state;
	setenv("WFX_TEST_TIME", "1700000000", 1);
	host_real(&h);
	assert_int_equal(h.wall_ns(&h), 1700000000ll * 1000000000);
	host_uuid(&h, a);
	host_real(&h);
	host_uuid(&h, b);
	assert_string_equal(a, b);
	assert_int_equal(a[14], '4');
	unsetenv("WFX_TEST_TIME");
	host_real(&h);
	host_uuid(&h, b);
	assert_string_not_equal(a, b);
}

static void fd_files_appear_whole(void **state)
{
	char dir[] = "base-XXXXXX", path[64];
	struct str s = { 0 };
	struct fd_temp t;
	struct err e = { 0 };
	int dirfd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a/b", dir);
	assert_int_equal(fd_mkdir_p(path, 0755, &e), 0);
	assert_int_equal(fd_mkdir_p(path, 0755, &e), 0);
	snprintf(path, sizeof(path), "%s/f", dir);
	assert_int_equal(fd_write_file(path, "hello", 5, 0644, &e), 0);
	assert_int_equal(fd_read_file(AT_FDCWD, path, &s, 100), 0);
	assert_string_equal(s.p, "hello");
	str_clear(&s);
	assert_int_equal(fd_read_file(AT_FDCWD, path, &s, 4), -1);
	assert_int_equal(errno, EFBIG);
	str_finish(&s);
	dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(fd_temp_open(&t, dirfd, "g", 0600, &e), 0);
	fd_temp_discard(&t);
	assert_int_equal(faccessat(dirfd, "g", F_OK, 0), -1);
	snprintf(path, sizeof(path), "%s/a/b/c", dir);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	snprintf(path, sizeof(path), "%s/a", dir);
	assert_int_equal(chmod(path, 0), 0);
	close(dirfd);
	assert_int_equal(fd_remove_tree(AT_FDCWD, dir), 0);
	assert_int_equal(access(dir, F_OK), -1);
	assert_int_equal(access("/etc/passwd", F_OK), 0);
	assert_int_equal(fd_remove_tree(AT_FDCWD, dir), 0);
}

static void wire_carries_messages(void **state)
{
	struct wire_msg m, got = { 0 };
	struct wire_reader r = { 0 };
	struct wire_field f;
	int sv[2], n;
	char *big = xmalloc(300000);

	(void)state;
	memset(big, 'b', 300000);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv), 0);
	wire_begin(&m, WIRE_RUN, 7);
	wire_add_str(&m, WIRE_T_NAME, "one");
	wire_add(&m, WIRE_T_TEXT, big, 150000);
	wire_add_num(&m, WIRE_T_STATUS, 300);
	assert_int_equal(wire_send(sv[0], &m), 0);
	wire_finish(&m);
	while ((n = wire_recv(&r, sv[1], 0, &got)) == 0)
		;
	assert_int_equal(n, 1);
	assert_int_equal(got.type, WIRE_RUN);
	assert_int_equal(got.id, 7);
	assert_int_equal(wire_get(&got, WIRE_T_TEXT, &f), 1);
	assert_int_equal(f.n, 150000);
	assert_int_equal(wire_get_num(&got, WIRE_T_STATUS, 0), 300);
	assert_int_equal(wire_get_num(&got, WIRE_T_SIGNAL, 9), 9);
	wire_finish(&got);
	// the other direction's type, a bad length, a number of 3 bytes, EOF
	wire_begin(&m, WIRE_HELLO, 0);
	wire_send(sv[0], &m);
	assert_int_equal(wire_recv(&r, sv[1], 0, &got), -1);
	assert_int_equal(errno, EPROTO);
	assert_int_equal(wire_feed(&r, "\x01\0\0\0\0\0\0\0\x01\0\0\0\xff\xff\xff\xff", 16,
	                           0, &got),
	                 -1);
	assert_int_equal(
		wire_feed(&r, "\x01\0\0\0\0\0\0\0\x03\0\0\0\x03\0\0\0abc", 19, 0, &got),
		-1);
	close(sv[0]);
	assert_int_equal(wire_recv(&r, sv[1], 0, &got), -1);
	assert_int_equal(errno, 0);
	close(sv[1]);
	wire_reader_finish(&r);
	free(big);
	for (unsigned i = 1; i < WIRE_TYPE_COUNT; i++)
		assert_string_not_equal(wire_type_name(i), "?");
	for (unsigned i = 1; i < WIRE_TAG_COUNT; i++)
		assert_non_null(wire_tag_name(i));
}

struct loop_seen {
	struct loop *l;
	int fds, timers, status;
};

static void on_fd(void *arg, int fd, short revents)
{
	struct loop_seen *s = arg;
	char c;

	(void)revents;
	s->fds += read(fd, &c, 1) == 1;
}

static void on_timer(void *arg)
{
	((struct loop_seen *)arg)->timers++;
}

static void on_child(void *arg, pid_t pid, int status)
{
	struct loop_seen *s = arg;

	(void)pid;
	s->status = status;
	loop_stop(s->l);
}

static void loop_dispatches(void **state)
{
	struct loop_seen seen = { .l = loop_create() };
	int p[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(p), 0);
	loop_add_fd(seen.l, p[0], POLLIN, on_fd, &seen);
	loop_add_timer(seen.l, 0, 0, on_timer, &seen);
	pid = fork();
	if (pid == 0)
		_exit(write(p[1], "x", 1) == 1 ? 42 : 1);
	loop_add_child(seen.l, pid, on_child, &seen);
	loop_run(seen.l);
	assert_int_equal(loop_turn(seen.l, 0), 0);
	assert_int_equal(seen.status, 42 << 8);
	assert_int_equal(seen.fds, 1);
	assert_int_equal(seen.timers, 1);
	loop_destroy(seen.l);
	close(p[0]);
	close(p[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(str_grows_and_cuts),
		cmocka_unit_test(err_reads_outermost_first),
		cmocka_unit_test(arena_marks_and_releases),
		cmocka_unit_test(map_puts_finds_and_removes),
		cmocka_unit_test(vec_pushes),
		cmocka_unit_test(utf8_makes_text_safe),
		cmocka_unit_test(jsonw_has_three_styles),
		cmocka_unit_test(cbor_and_base58),
		cmocka_unit_test(host_can_be_fixed),
		cmocka_unit_test(fd_files_appear_whole),
		cmocka_unit_test(wire_carries_messages),
		cmocka_unit_test(loop_dispatches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
