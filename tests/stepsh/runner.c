// Runs small shell scripts under a shell and compares what they print.
//
//	runner --shell PATH [--as NAME] [--peer NAME] [--jobs N] [--each] [--update]
//	       [--only TEXT] FILE.t...
//
// A file holds cases, each with a script, what it prints and its exit status (0 when not
// said):
//	=== name of the case
//	echo hello
//	exit 3
//	--- out
//	hello
//	--- status 3
//	--- err *pattern*           stderr as a whole must match; "--- err" alone: be empty
//	--- not dash bash: why      these peers are known to differ: not compared with them
// Lines before the first case are comment. Newlines at the end of a script or of output do
// not count: the text of either ends in one.
//
// Each script runs as `NAME ../script` in an empty folder of its own, with stdin from
// /dev/null, nothing in the environment but PATH HOME TZ LC_ALL SH (the shell itself), in a
// session of its own, and is killed after 10 s. TAP: one line for each file, or for each
// case with --each; what failed is shown as "# " lines.
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

enum { TIMEOUT_S = 10, MAX_OUTPUT = 8 << 20, MAX_JOBS = 64 };

struct kase {
	const char *file;
	char *name, *err, *skip;
	struct str script, out;
	int has_err, status;

	struct str got_out, got_err; // after the run
	int got_status;              // -1: killed after the time-out
	int done;
};

struct slot {
	pid_t pid;
	size_t kase;
	struct timespec end;
	char dir[96];
	int killed;
};

static struct {
	const char *shell, *as, *peer, *only;
	int jobs, each, update;
	char top[64];
	VEC(struct kase) cases;
	struct slot slots[MAX_JOBS];
} run = { .as = NULL, .jobs = 4 };

static void __attribute__((format(printf, 1, 2))) die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("Bail out! ");
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
	exit(99);
}

// ---- files

// Text ends in one newline, whatever came: blank lines before the next case mean nothing.
static void drop_blank_end(struct str *s)
{
	while (s->len && s->p[s->len - 1] == '\n')
		str_cut(s, s->len - 1);
	if (s->len)
		str_addc(s, '\n');
}

static int named(const char *list, const char *name)
{
	const char *at = name ? strstr(list, name) : NULL;

	return at && strcspn(list, ":") > (size_t)(at - list);
}

// A "--- " line: what follows it is the part that is filled next (NULL: nothing).
static struct str *directive(struct kase *k, const char *line)
{
	if (strcmp(line, "out") == 0)
		return &k->out;
	if (strncmp(line, "status ", 7) == 0)
		k->status = atoi(line + 7);
	else if (strncmp(line, "err", 3) == 0)
		k->has_err = 1, k->err = xstrdup(line[3] ? line + 4 : "");
	else if (strncmp(line, "not ", 4) == 0)
		k->skip = xstrdup(line + 4);
	else
		die("%s: %s: unknown part '--- %s'", k->file, k->name, line);
	return NULL;
}

static void finish_case(struct kase *k)
{
	drop_blank_end(&k->script);
	drop_blank_end(&k->out);
}

static void read_cases(const char *file)
{
	struct str text = { 0 }, *part = NULL;
	struct kase *k = NULL;
	char *line, *end;

	if (fd_read_file(AT_FDCWD, file, &text, SIZE_MAX / 2) < 0)
		die("%s: %s", file, strerror(errno));
	for (line = text.p; line && *line; line = end) {
		end = strchr(line, '\n');
		if (!end)
			die("%s: no newline at the end", file);
		*end++ = '\0';
		if (strncmp(line, "=== ", 4) == 0) {
			if (k)
				finish_case(k);
			k = vec_push(&run.cases);
			*k = (struct kase){ .file = file, .name = xstrdup(line + 4) };
			part = &k->script;
		} else if (k && strncmp(line, "--- ", 4) == 0) {
			part = directive(k, line + 4);
		} else if (part) {
			str_add(part, line);
			str_addc(part, '\n');
		}
	}
	if (k)
		finish_case(k);
	str_finish(&text);
}

// Write the file again with what the shell did.
static void update_file(const char *file)
{
	struct str text = { 0 }, new = { 0 };
	char *first;

	if (fd_read_file(AT_FDCWD, file, &text, SIZE_MAX / 2) < 0)
		die("%s: %s", file, strerror(errno));
	first = strncmp(str_cstr(&text), "=== ", 4) == 0
	                ? text.p
	                : strstr(str_cstr(&text), "\n=== ");
	str_addn(&new, text.p,
	         first ? (size_t)(first - text.p) + (first != text.p) : text.len);
	for (size_t i = 0; i < run.cases.n; i++) {
		struct kase *k = &run.cases.items[i];
		int fresh = k->done;

		if (k->file != file)
			continue;
		str_addf(&new, "=== %s\n%s", k->name, str_cstr(&k->script));
		if (fresh ? k->got_out.len : k->out.len)
			str_addf(&new, "--- out\n%s",
			         str_cstr(fresh ? &k->got_out : &k->out));
		if (fresh ? k->got_status : k->status)
			str_addf(&new, "--- status %d\n",
			         fresh ? k->got_status : k->status);
		if (k->has_err)
			str_addf(&new, "--- err%s%s\n", *k->err ? " " : "", k->err);
		if (k->skip)
			str_addf(&new, "--- not %s\n", k->skip);
		str_addc(&new, '\n');
	}
	str_cut(&new, new.len - 1);
	if (fd_write_file(file, new.p, new.len, 0644, NULL) < 0)
		die("%s: cannot be written", file);
	str_finish(&text);
	str_finish(&new);
}

// ---- running

static void put_env(const char *home)
{
	const char *asan = getenv("ASAN_OPTIONS"), *ubsan = getenv("UBSAN_OPTIONS");
	auto_free char *keep_asan = asan ? xstrdup(asan) : NULL;
	auto_free char *keep_ubsan = ubsan ? xstrdup(ubsan) : NULL;
	auto_free char *sh = xasprintf("%s/bin/%s", run.top, run.as);

	clearenv();
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", 1);
	setenv("HOME", home, 1);
	setenv("TZ", "UTC", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("SH", sh, 1);
	if (keep_asan)
		setenv("ASAN_OPTIONS", keep_asan, 1);
	if (keep_ubsan)
		setenv("UBSAN_OPTIONS", keep_ubsan, 1);
}

static void open_as(int fd, const char *path, int flags)
{
	int got = open(path, flags, 0644);

	if (got < 0 || dup2(got, fd) < 0)
		_exit(125);
	if (got != fd)
		close(got);
}

static void child(const struct slot *s)
{
	sigset_t none;
	auto_free char *sh = xasprintf("%s/bin/%s", run.top, run.as);
	auto_free char *home = xasprintf("%s/d", s->dir);

	setsid();
	for (int sig = 1; sig < 32; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(022);
	open_as(0, "/dev/null", O_RDONLY);
	if (chdir(s->dir) < 0)
		_exit(125);
	open_as(1, "out", O_CREAT | O_WRONLY | O_APPEND);
	open_as(2, "err", O_CREAT | O_WRONLY | O_APPEND);
	if (chdir("d") < 0)
		_exit(125);
	for (int fd = 3; fd < 20; fd++)
		close(fd);
	put_env(home);
	execl(sh, run.as, "../script", (char *)NULL);
	_exit(125);
}

static void start(struct slot *s, size_t i)
{
	struct kase *k = &run.cases.items[i];
	auto_free char *path = NULL;

	snprintf(s->dir, sizeof(s->dir), "%s/%zu", run.top, i);
	path = xasprintf("%s/d", s->dir);
	if (mkdir(s->dir, 0755) < 0 || mkdir(path, 0755) < 0)
		die("%s: %s", path, strerror(errno));
	free(path);
	path = xasprintf("%s/script", s->dir);
	if (fd_write_file(path, str_cstr(&k->script), k->script.len, 0644, NULL) < 0)
		die("%s: cannot be written", path);
	s->kase = i;
	s->killed = 0;
	clock_gettime(CLOCK_MONOTONIC, &s->end);
	s->end.tv_sec += TIMEOUT_S;
	fflush(stdout);
	s->pid = fork();
	if (s->pid < 0)
		die("fork: %s", strerror(errno));
	if (s->pid == 0)
		child(s);
}

static void collect(struct slot *s, int status)
{
	struct kase *k = &run.cases.items[s->kase];
	auto_free char *out = xasprintf("%s/out", s->dir),
		       *err = xasprintf("%s/err", s->dir);
	auto_fd int top = open(run.top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	kill(-s->pid, SIGKILL);
	fd_read_file(AT_FDCWD, out, &k->got_out, MAX_OUTPUT);
	fd_read_file(AT_FDCWD, err, &k->got_err, MAX_OUTPUT);
	drop_blank_end(&k->got_out);
	k->got_status = s->killed             ? -1
	                : WIFSIGNALED(status) ? 128 + WTERMSIG(status)
	                                      : WEXITSTATUS(status);
	k->done = 1;
	fd_remove_tree(top, s->dir + strlen(run.top) + 1);
	s->pid = 0;
}

static void kill_late(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	for (int i = 0; i < run.jobs; i++) {
		struct slot *s = &run.slots[i];

		if (s->pid && !s->killed && now.tv_sec >= s->end.tv_sec) {
			s->killed = 1;
			kill(-s->pid, SIGKILL);
			kill(s->pid, SIGKILL);
		}
	}
}

static int skipped(const struct kase *k)
{
	return (k->skip && named(k->skip, run.peer)) ||
	       (run.only && !strstr(k->name, run.only));
}

static void run_all(void)
{
	struct timespec tick = { 1, 0 };
	sigset_t chld;
	size_t next = 0;
	int busy, status;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	do {
		busy = 0;
		for (int i = 0; i < run.jobs; i++) {
			struct slot *s = &run.slots[i];

			if (s->pid && waitpid(s->pid, &status, WNOHANG) == s->pid)
				collect(s, status);
			while (!s->pid && next < run.cases.n) {
				if (!skipped(&run.cases.items[next]))
					start(s, next);
				next++;
			}
			busy |= s->pid != 0;
		}
		if (busy)
			sigtimedwait(&chld, NULL, &tick);
		kill_late();
	} while (busy || next < run.cases.n);
}

// ---- results

static int passed(const struct kase *k)
{
	if (!k->done)
		return 1;
	return k->got_status == k->status &&
	       strcmp(str_cstr(&k->got_out), str_cstr(&k->out)) == 0 &&
	       k->got_out.len == k->out.len &&
	       (!k->has_err || fnmatch(k->err, str_cstr(&k->got_err), 0) == 0);
}

static void show(const char *title, const struct str *text)
{
	const char *p = str_cstr(text);

	printf("# %s:\n", title);
	for (int lines = 0; *p && lines < 20; lines++) {
		size_t n = strcspn(p, "\n");

		printf("#   %.*s\n", (int)(n < 300 ? n : 300), p);
		p += n + (p[n] == '\n');
	}
}

static void explain(const struct kase *k)
{
	printf("# --- %s: %s\n", k->file, k->name);
	show("script", &k->script);
	if (k->got_status < 0)
		printf("# killed after %d s\n", TIMEOUT_S);
	else if (k->got_status != k->status)
		printf("# status %d, not %d\n", k->got_status, k->status);
	if (strcmp(str_cstr(&k->got_out), str_cstr(&k->out)) != 0) {
		show("wanted", &k->out);
		show("got", &k->got_out);
	}
	if (k->has_err)
		printf("# stderr should match: %s\n", k->err);
	if (k->got_err.len)
		show("stderr", &k->got_err);
}

static int report_file(const char *file, int *number)
{
	size_t all = 0, bad = 0, left_out = 0;

	for (size_t i = 0; i < run.cases.n; i++) {
		struct kase *k = &run.cases.items[i];
		int ok = passed(k);

		if (k->file != file)
			continue;
		all++;
		bad += !ok;
		left_out += !k->done;
		if (run.each)
			printf("%sok %d - %s: %s%s\n", ok ? "" : "not ", ++*number, file,
			       k->name, k->done ? "" : " # SKIP");
		if (!ok)
			explain(k);
	}
	if (!run.each)
		printf("%sok %d - %s: %zu of %zu%s\n", bad ? "not " : "", ++*number, file,
		       all - bad - left_out, all, left_out ? ", rest left out" : "");
	return bad != 0;
}

static void options(int argc, char **argv, int *first)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		const char *o = argv[i], *v = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(o, "--each") == 0) {
			run.each = 1;
			continue;
		}
		if (strcmp(o, "--update") == 0) {
			run.update = 1;
			continue;
		}
		if (strcmp(o, "--shell") == 0)
			run.shell = v;
		else if (strcmp(o, "--as") == 0)
			run.as = v;
		else if (strcmp(o, "--peer") == 0)
			run.peer = v;
		else if (strcmp(o, "--only") == 0)
			run.only = v;
		else if (strcmp(o, "--jobs") == 0)
			run.jobs = atoi(v);
		else
			die("unknown option %s", o);
		i++;
	}
	if (!run.shell || i >= argc || run.jobs < 1 || run.jobs > MAX_JOBS)
		die("usage: runner --shell PATH [options] FILE.t...");
	if (!run.as)
		run.as =
			strrchr(run.shell, '/') ? strrchr(run.shell, '/') + 1 : run.shell;
	*first = i;
}

int main(int argc, char **argv)
{
	const char *tmp = getenv("TMPDIR");
	char *shell, *path;
	int first, number = 0, failed = 0;

	options(argc, argv, &first);
	for (int i = first; i < argc; i++)
		read_cases(argv[i]);
	snprintf(run.top, sizeof(run.top), "%s/stepsh-t.XXXXXX",
	         tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	shell = realpath(run.shell, NULL);
	if (!shell || !mkdtemp(run.top))
		die("%s: %s", run.shell, strerror(errno));
	path = xasprintf("%s/bin", run.top);
	mkdir(path, 0755);
	free(path);
	path = xasprintf("%s/bin/%s", run.top, run.as);
	if (symlink(shell, path) < 0)
		die("%s: %s", path, strerror(errno));
	run_all();
	printf("1..%zu\n", run.each ? run.cases.n : (size_t)(argc - first));
	for (int i = first; i < argc; i++) {
		failed |= report_file(argv[i], &number);
		if (run.update)
			update_file(argv[i]);
	}
	fd_remove_tree(AT_FDCWD, run.top);
	free(shell);
	free(path);
	return failed;
}
