// Speaks the control protocol to stepsh: steps, state between them, failure reports, ends.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/wire.h"

struct session {
	int fd, out; // the socket; stdout and stderr of the shell
	pid_t pid;
	uint32_t id;
	struct wire_reader reader;
	struct wire_page *page;
	struct wire_msg end; // the last answer
};

static void receive(struct session *s, struct wire_msg *m)
{
	int r;

	do {
		struct pollfd p = { .fd = s->fd, .events = POLLIN };

		if (poll(&p, 1, 20000) <= 0)
			fail_msg("the shell does not answer");
		r = wire_recv(&s->reader, s->fd, 1, m);
	} while (r == 0);
	if (r < 0)
		*m = (struct wire_msg){ 0 };
}

static void start(struct session *s, const char *option)
{
	FILE *file = tmpfile();
	int sv[2], page = dup(fileno(file)), out[2];
	char control[32], pages[32];
	struct wire_msg hello;

	*s = (struct session){ 0 };
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	assert_int_equal(ftruncate(page, 4096), 0);
	assert_int_equal(pipe(out), 0);
	s->page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, page, 0);
	fcntl(sv[0], F_SETFD, FD_CLOEXEC);
	s->pid = fork();
	if (s->pid == 0) {
		setpgid(0, 0);
		dup2(out[1], 1);
		dup2(out[1], 2);
		for (int i = 3; i < 1024; i++)
			if (i != sv[1] && i != page)
				close(i);
		snprintf(control, sizeof(control), "--control=%d", sv[1]);
		snprintf(pages, sizeof(pages), "--page=%d", page);
		execl(getenv("STEPSH"), "stepsh", control, pages, "--name=/run", option,
		      NULL);
		_exit(127);
	}
	close(sv[1]);
	close(page);
	fclose(file);
	close(out[1]);
	s->fd = sv[0];
	s->out = out[0];
	fcntl(s->out, F_SETFL, O_NONBLOCK);
	receive(s, &hello);
	assert_int_equal(hello.type, WIRE_HELLO);
	assert_int_equal(wire_get_num(&hello, WIRE_T_VERSION, 0), WIRE_VERSION);
	wire_finish(&hello);
}

static void request(struct session *s, int type, const char *name, const char *text)
{
	struct wire_msg m;

	wire_begin(&m, type, ++s->id);
	if (name)
		wire_add_str(&m, WIRE_T_NAME, name);
	if (text)
		wire_add_str(&m, WIRE_T_TEXT, text);
	assert_int_equal(wire_send(s->fd, &m), 0);
	wire_finish(&m);
}

// Run a step; its STEP_END stays in s->end. Returns the status.
static int run(struct session *s, const char *text)
{
	char name[32];

	snprintf(name, sizeof(name), "step-%u", (unsigned)s->id + 1);
	wire_finish(&s->end);
	request(s, WIRE_RUN, name, text);
	receive(s, &s->end);
	if (s->end.type != WIRE_STEP_END || s->end.id != s->id)
		fail_msg("no STEP_END for: %s", text);
	return (int)wire_get_num(&s->end, WIRE_T_STATUS, 999);
}

static const char *field(struct session *s, enum wire_tag tag)
{
	static char text[8][4096];
	static int turn;
	struct wire_field f;
	char *p = text[turn++ % 8];

	if (!wire_get(&s->end, tag, &f))
		return "(none)";
	snprintf(p, sizeof(text[0]), "%.*s", (int)f.n, f.p);
	return p;
}

static uint64_t num(struct session *s, enum wire_tag tag)
{
	return wire_get_num(&s->end, tag, 0);
}

// argv of the failing command, joined by '|'.
static const char *args(struct session *s)
{
	static char text[4096];
	struct wire_field f;
	size_t pos = 0, n = 0;

	text[0] = '\0';
	while (wire_next(s->end.body.p, s->end.body.len, &pos, &f) > 0)
		if (f.tag == WIRE_T_ARG)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%.*s",
			                      n ? "|" : "", (int)f.n, f.p);
	return text;
}

// Names of the frames, innermost first, joined by '<'.
static const char *frames(struct session *s)
{
	static char text[4096];
	struct wire_field f, in;
	size_t pos = 0, n = 0;

	text[0] = '\0';
	while (wire_next(s->end.body.p, s->end.body.len, &pos, &f) > 0) {
		size_t at = 0;

		if (f.tag != WIRE_T_FRAME)
			continue;
		while (wire_next(f.p, f.n, &at, &in) > 0)
			if (in.tag == WIRE_T_NAME)
				n += (size_t)snprintf(text + n, sizeof(text) - n,
				                      "%s%.*s", n ? "<" : "", (int)in.n,
				                      in.p);
	}
	return text;
}

static const char *output(struct session *s)
{
	static char text[65536];
	ssize_t n = read(s->out, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static int finish(struct session *s)
{
	int w = 0;

	wire_finish(&s->end);
	wire_reader_finish(&s->reader);
	close(s->fd);
	close(s->out);
	munmap(s->page, 4096);
	waitpid(s->pid, &w, 0);
	return w;
}

static void test_state(void **state)
{
	struct session s;

	(void)state;
	start(&s, NULL);
	assert_int_equal(run(&s, "x=5; f() { echo $x; }; cd /; set -- a b; (exit 3)"), 3);
	assert_int_equal(run(&s, "echo $? $LINENO $0 $#\necho $LINENO"), 0);
	assert_string_equal(output(&s), "3 1 /run 2\n2\n");
	assert_int_equal(run(&s, "f; pwd; sleep 0 & wait; alias e='echo al'\n"), 0);
	assert_string_equal(output(&s), "5\n/\n");
	assert_int_equal(run(&s, ""), 0);
	assert_int_equal(run(&s, "f() { return 4; }; f"), 4);
	assert_int_equal(run(&s, "echo $?; return 6"), 6);
	assert_string_equal(output(&s), "4\n");
	request(&s, WIRE_QUIT, NULL, NULL);
	wire_finish(&s.end);
	receive(&s, &s.end);
	assert_int_equal(s.end.type, WIRE_STEP_END);
	assert_int_equal(num(&s, WIRE_T_LEAVES), 1);
	finish(&s);
}

// clang-format off
static const struct {
	const char *text;
	int status, kind;
	const char *args;
	int line, column, end_column;
	const char *frames;
} failures[] = {
	{ "true; false 1 2", 1, WIRE_FAIL_STATUS, "false|1|2", 1, 7, 16, "step-N" },
	{ "g() {\n\tls /nope\n}\nh() { g; }\nh 2>/dev/null", 2, WIRE_FAIL_STATUS, "ls|/nope", 2, 2, 10, "g<h<step-N" },
	{ "nosuchcmd 'a b'", 127, WIRE_FAIL_NOT_FOUND, "nosuchcmd|a b", 1, 1, 16, "step-N" },
	{ "/etc/passwd x", 126, WIRE_FAIL_NOT_EXECUTABLE, "/etc/passwd|x", 1, 1, 14, "step-N" },
	{ "/etc", 126, WIRE_FAIL_IS_DIRECTORY, "/etc", 1, 1, 5, "step-N" },
	{ "cat </no/file", 1, WIRE_FAIL_REDIRECTION, "cat", 1, 1, 14, "step-N" },
	{ "echo x >/no/file", 1, WIRE_FAIL_REDIRECTION, "echo|x", 1, 1, 17, "step-N" },
	{ "true | (cd /; true; sh -c 'exit 7')", 7, WIRE_FAIL_STATUS, "sh|-c|exit 7", 1, 21, 35, "step-N" },
	{ "x=$(true; cd /nope 2>/dev/null)", 1, WIRE_FAIL_STATUS, "cd|/nope", 1, 11, 31, "step-N" },
	{ "sh -c 'kill -9 $$'", 137, WIRE_FAIL_KILLED, "sh|-c|kill -9 $$", 1, 1, 19, "step-N" },
	{ "g() { return 9; }; g", 9, WIRE_FAIL_EXIT, "return|9", 1, 7, 15, "g<step-N" },
	{ "eval 'true\nfalse x'", 1, WIRE_FAIL_STATUS, "false|x", 2, 1, 8, "eval<step-N" },
	{ "! true", 1, WIRE_FAIL_STATUS, "", 1, 1, 7, "step-N" },
	{ "test a = b", 1, WIRE_FAIL_STATUS, "test|a|=|b", 1, 1, 11, "step-N" },
	{ "( (exit 5) )", 5, WIRE_FAIL_EXIT, "exit|5", 1, 4, 10, "step-N" },
	{ "for i in 1 2; do false $i; done", 1, WIRE_FAIL_STATUS, "false|2", 1, 18, 26, "step-N" },
};
// clang-format on

static void test_reports(void **state)
{
	struct session s;

	(void)state;
	start(&s, NULL);
	for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
		char want[256], *n;

		if (run(&s, failures[i].text) != failures[i].status)
			fail_msg("status %d of: %s", (int)num(&s, WIRE_T_STATUS),
			         failures[i].text);
		if (num(&s, WIRE_T_KIND) != (uint64_t)failures[i].kind)
			fail_msg("kind %s of: %s",
			         wire_failure_name((unsigned)num(&s, WIRE_T_KIND)),
			         failures[i].text);
		assert_string_equal(args(&s), failures[i].args);
		if (num(&s, WIRE_T_LINE) != (uint64_t)failures[i].line ||
		    num(&s, WIRE_T_COLUMN) != (uint64_t)failures[i].column ||
		    num(&s, WIRE_T_END_COLUMN) != (uint64_t)failures[i].end_column)
			fail_msg("place %d:%d-%d of: %s", (int)num(&s, WIRE_T_LINE),
			         (int)num(&s, WIRE_T_COLUMN),
			         (int)num(&s, WIRE_T_END_COLUMN), failures[i].text);
		snprintf(want, sizeof(want), "%s", failures[i].frames);
		n = strstr(want, "step-N");
		snprintf(n, sizeof(want) - (size_t)(n - want), "step-%u", (unsigned)s.id);
		assert_string_equal(frames(&s), want);
	}
	finish(&s);
}

static void test_details(void **state)
{
	char dir[] = "/tmp/stepsh-control-XXXXXX", text[512];
	struct session s;

	(void)state;
	assert_non_null(mkdtemp(dir));
	start(&s, NULL);
	snprintf(text, sizeof(text), "cd %s; PATH=/bin:/usr/bin; nosuchcmd >o 2>&1", dir);
	assert_int_equal(run(&s, text), 127);
	assert_string_equal(field(&s, WIRE_T_PATH), "/bin:/usr/bin");
	assert_string_equal(field(&s, WIRE_T_CWD), dir);
	assert_string_equal(field(&s, WIRE_T_REDIR), ">o");
	assert_string_equal(field(&s, WIRE_T_SOURCE), "step-1");
	assert_string_equal(field(&s, WIRE_T_SNIPPET), text);

	assert_int_equal(run(&s, "printf '#!/no/such/interp -x\\n' >s; chmod +x s; ./s"),
	                 127);
	assert_int_equal(num(&s, WIRE_T_KIND), WIRE_FAIL_NO_INTERPRETER);
	assert_string_equal(field(&s, WIRE_T_INTERP), "/no/such/interp");
	assert_int_equal(run(&s, "cat </no/file 2>/dev/null"), 1);
	assert_string_equal(field(&s, WIRE_T_PATH), "/no/file");
	assert_int_equal(num(&s, WIRE_T_ERRNO), ENOENT);
	assert_int_equal(run(&s, "set -o pipefail; (exit 3) | false | true"), 1);
	assert_string_equal(args(&s), "false");
	assert_int_equal(run(&s, "printf 'true\\n\\nfalse in file\\n' >lib; . ./lib"), 1);
	assert_string_equal(field(&s, WIRE_T_SOURCE), "./lib");
	assert_int_equal(num(&s, WIRE_T_LINE), 3);
	assert_string_equal(field(&s, WIRE_T_SNIPPET), "false in file");
	assert_int_equal(run(&s, "sh -c 'kill -TERM $$'"), 143);
	assert_int_equal(num(&s, WIRE_T_SIGNAL), SIGTERM);
	assert_int_equal(run(&s, "rm -rf \"$PWD\"; cd /"), 0);
	finish(&s);
}

// What ends the shell: its status, kind and the messages before the end.
// clang-format off
static const struct {
	const char *text;
	int status, kind;
	const char *args;
} ends[] = {
	{ "exit 0", 0, 0, "" },
	{ "exit 5; echo no", 5, WIRE_FAIL_EXIT, "exit|5" },
	{ "set -e\ntrue\n(exit 4)\necho no", 4, WIRE_FAIL_EXIT, "exit|4" },
	{ "if true; then\n", 2, WIRE_FAIL_SYNTAX, "" },
	{ "echo hi; fi", 2, WIRE_FAIL_SYNTAX, "" },
	{ "set -u; echo b a$nosuch", 2, WIRE_FAIL_NOUNSET, "echo|b" },
	{ "readonly r=1; r=2", 1, WIRE_FAIL_READONLY, "" },
	{ "trap 'exit 9' EXIT; exit 3", 9, WIRE_FAIL_EXIT, "exit|9" },
	{ ": ${x?why}", 2, WIRE_FAIL_NOUNSET, ":" },
	{ "exec /no/such/program", 127, WIRE_FAIL_NOT_FOUND, "/no/such/program" },
	{ "f() { f; }; f", 2, WIRE_FAIL_LIMIT, "f" },
};
// clang-format on

static void test_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct session s;

		start(&s, "--posix");
		if (run(&s, ends[i].text) != ends[i].status)
			fail_msg("status %d of: %s", (int)num(&s, WIRE_T_STATUS),
			         ends[i].text);
		assert_int_equal(num(&s, WIRE_T_LEAVES), 1);
		if (num(&s, WIRE_T_KIND) != (uint64_t)ends[i].kind)
			fail_msg("kind %s of: %s",
			         wire_failure_name((unsigned)num(&s, WIRE_T_KIND)),
			         ends[i].text);
		assert_string_equal(args(&s), ends[i].args);
		assert_int_equal(WEXITSTATUS(finish(&s)), ends[i].status);
	}
}

// The socket is out of reach for scripts.
static void test_hidden(void **state)
{
	struct session s;

	(void)state;
	start(&s, NULL);
	output(&s);
	assert_int_equal(run(&s,
	                     "for i in 3 4 5 6 7 8 9 198 199 200 201 202 203 255; do\n"
	                     "eval \"exec $i>&-\" 2>/dev/null; eval \"exec "
	                     "$i>/dev/null\" 2>/dev/null\n"
	                     "eval \"echo junk >&$i\" 2>/dev/null; done; eval 'exec "
	                     "200<&0' 2>&-; true"),
	                 0);
	assert_int_equal(run(&s, "ls -l /proc/self/fd"), 0);
	{
		const char *fds = output(&s);

		if (strstr(fds, "socket") || strstr(fds, " 200 "))
			fail_msg("a command sees: %s", fds);
	}
	assert_int_equal(
		run(&s, "exec 0<&- 1>&- 2>&-; echo x; trap '' IO; kill -IO $$; true"), 0);
	assert_int_equal(
		run(&s, "printf '\\021\\0\\0\\0\\1\\0\\0\\0'; echo still; set -x; true"),
		0);
	finish(&s);
}

static void test_page(void **state)
{
	struct session s;

	(void)state;
	start(&s, NULL);
	assert_int_equal(run(&s, "true\n  : one two"), 0);
	assert_int_equal(s.page->seq % 2, 0);
	assert_int_equal(s.page->step, 1);
	assert_int_equal(s.page->line, 2);
	assert_int_equal(s.page->column, 3);
	assert_int_equal(s.page->commands, 2);
	assert_string_equal(s.page->argv0, ":");
	assert_string_equal(s.page->text, ": one two");
	finish(&s);
}

static void test_trace(void **state)
{
	struct wire_msg m;
	struct session s;

	(void)state;
	start(&s, NULL);
	wire_begin(&m, WIRE_MODE, ++s.id);
	wire_add_num(&m, WIRE_T_MODE, WIRE_MODE_TRACE);
	assert_int_equal(wire_send(s.fd, &m), 0);
	wire_finish(&m);
	request(&s, WIRE_RUN, "traced", "/bin/true a\n/bin/false b; true");
	receive(&s, &s.end);
	assert_int_equal(s.end.type, WIRE_STEP_BEGIN);
	wire_finish(&s.end);
	receive(&s, &s.end);
	assert_int_equal(s.end.type, WIRE_COMMAND);
	assert_string_equal(args(&s), "/bin/true|a");
	assert_true(num(&s, WIRE_T_WALL_NS) > 0);
	wire_finish(&s.end);
	receive(&s, &s.end);
	assert_int_equal(num(&s, WIRE_T_STATUS), 1);
	assert_int_equal(num(&s, WIRE_T_LINE), 2);
	wire_finish(&s.end);
	receive(&s, &s.end);
	assert_int_equal(s.end.type, WIRE_STEP_END);
	finish(&s);
}

static void test_unsupported(void **state)
{
	struct session s;

	(void)state;
	start(&s, NULL);
	request(&s, WIRE_SNAPSHOT, NULL, NULL);
	receive(&s, &s.end);
	assert_int_equal(s.end.type, WIRE_ERROR);
	assert_int_equal(s.end.id, s.id);
	assert_int_equal(run(&s, "true"), 0);
	finish(&s);
}

// When the workbench goes away in the middle of a command, nothing stays.
static void test_peer_lost(void **state)
{
	struct session s;
	char c;
	int w;

	(void)state;
	start(&s, NULL);
	request(&s, WIRE_RUN, "long", "sleep 1000 & echo up; sleep 1000");
	fcntl(s.out, F_SETFL, 0);
	assert_int_equal(read(s.out, &c, 1), 1);
	shutdown(s.fd, SHUT_RDWR);
	close(s.fd);
	s.fd = -1;
	assert_int_equal(waitpid(s.pid, &w, 0), s.pid);
	// Both sleeps held the pipe open: its end says that they are gone.
	while (read(s.out, &c, 1) > 0)
		;
	close(s.out);
	wire_reader_finish(&s.reader);
}

static void test_large(void **state)
{
	struct str text = { 0 };
	struct session s;

	(void)state;
	start(&s, NULL);
	str_add(&text, "x='");
	for (int i = 0; i < 100000; i++)
		str_addf(&text, "%d ", i);
	str_add(&text, "'; set -- $x; echo $#; /bin/echo $x >/dev/null");
	assert_int_equal(run(&s, text.p), 0);
	assert_string_equal(output(&s), "100000\n");
	assert_int_equal(run(&s, "set -- $x $x $x $x; /bin/echo \"$@\""), 126);
	assert_int_equal(num(&s, WIRE_T_KIND), WIRE_FAIL_LIMIT);
	assert_int_equal(num(&s, WIRE_T_ERRNO), E2BIG);
	str_finish(&text);
	finish(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_state),     cmocka_unit_test(test_reports),
		cmocka_unit_test(test_details),   cmocka_unit_test(test_ends),
		cmocka_unit_test(test_hidden),    cmocka_unit_test(test_page),
		cmocka_unit_test(test_trace),     cmocka_unit_test(test_unsupported),
		cmocka_unit_test(test_peer_lost), cmocka_unit_test(test_large),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
