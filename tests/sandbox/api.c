// What box.h promises to the engine: requests to a live box, its tree from outside, ends.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "sandbox/box.h"

static const char busybox[] = "/bin/busybox";
static int possible;

struct live {
	struct box *b;
	char *dir;
	int lock;
};

static void start(struct live *l, const char *script)
{
	const struct box_mount mounts[] = {
		{ BOX_EMPTY, "/", NULL, 0 },
		{ BOX_BIND_RO, "/bin/sh", busybox, 0 },
		{ BOX_EMPTY, "/out/inner", NULL, 0 },
	};
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };
	const char *const env[] = { "PATH=/bin", NULL };
	struct box_spec spec = { .mounts = mounts,
		                 .n_mounts = ARRAY_LEN(mounts),
		                 .env = env,
		                 .argv = argv,
		                 .shell_fd = -1,
		                 .page_fd = -1 };
	struct err e = { 0 };

	if (!possible)
		skip();
	if (box_run_dir("/tmp/wfx-api-test", &l->dir, &l->lock, &e))
		fail_msg("%s", e.msg);
	spec.run_dir = l->dir;
	l->b = box_start(&spec, &e);
	if (!l->b)
		fail_msg("%s", e.msg);
}

static void end(struct live *l)
{
	struct err e = { 0 };

	box_destroy(l->b);
	if (box_run_dir_remove(l->dir, l->lock, &e))
		fail_msg("%s", e.msg);
	free(l->dir);
	rmdir("/tmp/wfx-api-test");
}

static void wait_end(struct live *l, struct box_end *x)
{
	struct pollfd p = { box_end_fd(l->b), POLLIN, 0 };

	assert_int_equal(poll(&p, 1, 60000), 1);
	assert_int_equal(box_end_read(l->b, x), 0);
}

static void wait_output(struct live *l, const char *want)
{
	struct pollfd p = { box_out_fd(l->b), POLLIN, 0 };
	char b[256];
	ssize_t n;

	assert_int_equal(poll(&p, 1, 60000), 1);
	n = read(box_out_fd(l->b), b, sizeof(b) - 1);
	assert_true(n >= 0);
	b[n] = '\0';
	assert_string_equal(b, want);
}

static void signals(void **state)
{
	struct box_end x;
	struct live l;

	(void)state;
	start(&l, "trap 'echo got; exit 5' TERM; echo up; while :; do :; done");
	assert_int_equal(box_end_read(l.b, &x), 1);
	wait_output(&l, "up\n");
	assert_int_equal(box_signal(l.b, SIGTERM, NULL), 0);
	wait_end(&l, &x);
	wait_output(&l, "got\n");
	assert_true(x.known && x.status == 5 && x.signal == 0);
	assert_int_equal(box_signal(l.b, 9999, NULL), -1);
	end(&l);
}

static void processes(void **state)
{
	struct str names = { 0 };
	struct box_end x;
	struct live l;

	(void)state;
	start(&l, "(while :; do :; done) & (while :; do :; done) & echo up");
	wait_end(&l, &x);
	assert_int_equal(box_processes(l.b, &names), 2);
	assert_non_null(strstr(str_cstr(&names), " sh\n"));
	assert_int_equal(box_stop_steps(l.b, NULL), 0);
	assert_int_equal(box_stop_steps(l.b, NULL), 0);
	assert_int_equal(box_processes(l.b, NULL), 0);
	assert_int_equal(box_signal(l.b, SIGTERM, NULL), -1);
	str_finish(&names);
	end(&l);
}

// In a process of its own, as a worker that packs does it.
static int seen_inside(const struct box *b, int root, const char *path)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		struct stat st;
		int bad = box_enter_users(b, NULL) || fstatat(root, path, &st, 0);

		_exit(bad ? 1 : st.st_uid == 0 ? 0 : 2);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void trees(void **state)
{
	const char *const *own;
	struct box_end x;
	struct live l;
	int root, alone;
	size_t n;

	(void)state;
	start(&l, "echo a >/out/f; echo b >/out/inner/g");
	wait_end(&l, &x);
	assert_int_equal(x.status, 0);
	assert_int_equal(box_stop_steps(l.b, NULL), 0);
	root = box_open_root(l.b, NULL);
	alone = box_open_root_only(l.b, NULL);
	assert_true(root >= 0 && alone >= 0);
	assert_int_equal(seen_inside(l.b, root, "out/f"), 0);
	assert_int_equal(seen_inside(l.b, root, "out/inner/g"), 0);
	assert_int_equal(seen_inside(l.b, alone, "out/f"), 0);
	assert_int_equal(seen_inside(l.b, alone, "out/inner/g"), 1);
	assert_int_equal(seen_inside(l.b, alone, "dev/null"), 1);
	n = box_own_paths(l.b, &own);
	assert_true(n >= 7);
	assert_string_equal(own[0], "/dev");
	close(root);
	close(alone);
	end(&l);
}

// The warden is killed from outside: nothing is known, and it is said.
static void lost(void **state)
{
	struct box_end x;
	struct err e = { 0 };
	struct live l;

	(void)state;
	start(&l, "echo up; while :; do :; done");
	wait_output(&l, "up\n");
	kill(box_pid(l.b), SIGKILL);
	wait_end(&l, &x);
	assert_false(x.known);
	assert_true(x.lost_why[0]);
	assert_int_equal(box_stop_steps(l.b, &e), -1);
	assert_string_equal(e.code, "wfx-lost");
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals),
		cmocka_unit_test(processes),
		cmocka_unit_test(trees),
		cmocka_unit_test(lost),
	};
	struct box_probe rows[32];
	size_t n = box_doctor(rows, ARRAY_LEN(rows));

	possible = access(busybox, X_OK) == 0;
	if (!possible)
		print_message("# skipped: %s is not installed\n", busybox);
	for (size_t i = 1; i < n; i++)
		if (rows[i].needed && !rows[i].ok) {
			print_message("# skipped: %s: %s\n", rows[i].name, rows[i].why);
			possible = 0;
		}
	return cmocka_run_group_tests_name("box", tests, NULL, NULL);
}
