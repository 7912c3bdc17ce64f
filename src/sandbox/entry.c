#include "sandbox/entry.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "sandbox/filter.h"
#include "sandbox/ns.h"
#include "sandbox/plan.h"
#include "sandbox/report.h"
#include "sandbox/warden.h"

// Where things lie when the program starts; the shell is told by its arguments.
enum { FD_CTL = 3, FD_PAGE = 4, FD_OWN = 5 };

static int set_limit(const struct op *o, struct err *e)
{
	struct rlimit now, want = { o->a, o->b };
	int resource = (int)o->index;

	if (getrlimit(resource, &now))
		return err_sys(e, "wfx-sandbox", "reading the limit %s", o->target);
	// The host's hard limit holds for us as well; strict runs must not depend on it.
	if (want.rlim_max > now.rlim_max) {
		if (!(o->flags & OP_OPTIONAL) && want.rlim_max != RLIM_INFINITY)
			return err_set(e, "wfx-sandbox",
			               "the host limits %s to %llu, a strict "
			               "run needs %llu",
			               o->target, (unsigned long long)now.rlim_max,
			               (unsigned long long)want.rlim_max);
		want.rlim_max = now.rlim_max;
	}
	if (want.rlim_cur > want.rlim_max)
		want.rlim_cur = want.rlim_max;
	if (setrlimit(resource, &want))
		return err_sys(e, "wfx-sandbox", "setting the limit %s", o->target);
	return 0;
}

// The bounding set first: it can be cut only while SETPCAP is there. Root gets what is
// left in it at each exec.
static int set_caps(uint64_t keep, struct err *e)
{
	cap_t caps = cap_init();
	int bad = !caps;

	for (int c = 0; !bad && c < 64; c++) {
		cap_value_t v = c;

		if (c > CAP_LAST_CAP && prctl(PR_CAPBSET_READ, c, 0, 0, 0) < 0)
			break; // beyond what this kernel has
		if (keep >> c & 1)
			bad = cap_set_flag(caps, CAP_EFFECTIVE, 1, &v, CAP_SET) ||
			      cap_set_flag(caps, CAP_PERMITTED, 1, &v, CAP_SET);
		else
			bad = cap_drop_bound(v) && errno != EINVAL;
	}
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	bad = bad || cap_set_proc(caps);
	if (bad)
		err_sys(e, "wfx-sandbox", "giving up capabilities");
	cap_free(caps);
	return bad ? -1 : 0;
}

static int load_filter(const struct op *o, struct err *e)
{
	if (filter_load((enum filter_id)o->index) == 0)
		return 0;
	err_sys(e, "wfx-sandbox", "loading the seccomp filter of %s", o->target);
	return err_hint(e, "the kernel needs CONFIG_SECCOMP_FILTER");
}

// With the host's network the host's abstract sockets are in reach; Linux 6.12 can forbid
// them (Landlock ABI 6). Older kernels: nothing, as upstream.
static void set_scope(void)
{
	struct {
		uint64_t fs, net, scoped;
	} attr = { 0, 0,
		   3 /* LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL */ };
	int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (fd >= 0 && syscall(SYS_landlock_restrict_self, fd, 0) == 0)
		close(fd);
}

static int confine(const struct plan *plan, struct err *e)
{
	int bad = 0;

	for (size_t i = 0; !bad && i < plan->ops.n; i++) {
		const struct op *o = &plan->ops.items[i];

		if (o->kind == OP_PERSONALITY)
			bad = personality((unsigned long)o->a) < 0 &&
			      err_sys(e, "wfx-sandbox",
			              "turning off address randomization");
		else if (o->kind == OP_RLIMIT)
			bad = set_limit(o, e);
		else if (o->kind == OP_CAPS)
			bad = set_caps(o->a, e);
		else if (o->kind == OP_NO_NEW_PRIVS)
			bad = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
			      err_sys(e, "wfx-sandbox", "setting no_new_privs");
		else if (o->kind == OP_SCOPE)
			set_scope();
		else if (o->kind == OP_FILTER)
			bad = load_filter(o, e);
	}
	return bad ? -1 : 0;
}

// Descriptors: 0 null, 1 and 2 the pipes, 3 and 4 for the shell, the rest closes at exec.
static void lay_out(struct box_ends *ends)
{
	int *own[] = { &ends->report, &ends->out,  &ends->err,
		       &ends->ctl,    &ends->page, &ends->shell };
	int null;

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (*own[i] >= 0)
			*own[i] = fcntl(*own[i], F_DUPFD_CLOEXEC, 16);
	close_range(0, 15, 0);
	null = open("/dev/null", O_RDONLY);
	if (null > 0)
		dup2(null, 0);
	dup2(ends->out, 1);
	dup2(ends->err, 2);
	if (ends->ctl >= 0)
		dup2(ends->ctl, FD_CTL);
	if (ends->page >= 0)
		dup2(ends->page, FD_PAGE);
	close_range(FD_OWN, ~0u, CLOSE_RANGE_CLOEXEC);
}

// The home of uid 0 in the box's own passwd, as runc finds it. The file is the box's: a
// FIFO or a giant must not hold us up.
static void find_home(char *home, size_t n)
{
	auto_fd int fd = open("/etc/passwd", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	FILE *f = NULL;
	char line[1024];

	snprintf(home, n, "/");
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > (1 << 20))
		return;
	f = fdopen(take_fd(fd), "re");
	while (f && fgets(line, sizeof(line), f)) {
		char *field[7] = { line };
		int i = 0;

		line[strcspn(line, "\n")] = '\0';
		for (char *c; i < 6 && (c = strchr(field[i], ':')); *c = '\0')
			field[++i] = c + 1;
		if (i >= 5 && strcmp(field[2], "0") == 0 && field[5][0]) {
			snprintf(home, n, "%s", field[5]);
			break;
		}
	}
	if (f)
		fclose(f);
}

static const char *env_value(char **env, const char *name)
{
	size_t n = strlen(name);

	for (; *env; env++)
		if (strncmp(*env, name, n) == 0 && (*env)[n] == '=')
			return *env + n + 1;
	return NULL;
}

static char **environment(const struct plan *plan)
{
	char home[1024], **env;
	size_t n = 0;

	while (plan->env[n])
		n++;
	env = xcalloc(n + 2, sizeof(*env));
	memcpy(env, plan->env, n * sizeof(*env));
	if (!env_value(env, "HOME")) {
		find_home(home, sizeof(home));
		env[n] = xasprintf("HOME=%s", home);
	}
	return env;
}

// Like execvp() without a shell for what is no program, and with an answer: *path is what
// was tried last, "" when nothing was found.
static int exec_argv(char **argv, char **env, char *path, size_t n)
{
	const char *dirs = env_value(env, "PATH"), *end;
	int denied = 0;
	struct stat st;

	if (strchr(argv[0], '/')) {
		snprintf(path, n, "%s", argv[0]);
		execve(argv[0], argv, env);
		return errno;
	}
	for (; dirs && *argv[0]; dirs = *end ? end + 1 : NULL) {
		char try[4200];
		int len;

		end = dirs + strcspn(dirs, ":");
		len = (int)(end - dirs);
		if (len > 3000)
			continue;
		snprintf(try, sizeof(try), "%.*s/%.1000s", len ? len : 1,
		         len ? dirs : ".", argv[0]);
		if (stat(try, &st) || S_ISDIR(st.st_mode))
			continue;
		snprintf(path, n, "%.4199s", try);
		execve(try, argv, env);
		if (errno != EACCES)
			return errno; // it is there: this is why it does not run
		denied = 1;
	}
	return denied ? EACCES : ENOENT;
}

static _Noreturn void run_shell(const struct plan *plan, const struct box_ends *ends,
                                char **env)
{
	char name[512], ctl[32], page[32];
	char *argv[] = { (char *)"stepsh", ctl, name, NULL, NULL, NULL };
	int n = 3;

	snprintf(ctl, sizeof(ctl), "--control=%d", FD_CTL);
	snprintf(name, sizeof(name), "--name=%s", plan->shell_name);
	snprintf(page, sizeof(page), "--page=%d", FD_PAGE);
	if (ends->page >= 0)
		argv[n++] = page;
	if (plan->shell_is_sh)
		argv[n++] = (char *)"--sh";
	report_text(ends->report, REPORT_EXEC, 0, "");
	syscall(SYS_execveat, ends->shell, "", argv, env, AT_EMPTY_PATH);
	report_text(ends->report, REPORT_EXEC_FAILED, errno, "stepsh");
	_exit(127);
}

void entry_main(const struct plan *plan, struct box_ends *ends)
{
	char **env = environment(plan), path[4200] = "";
	struct err e = { 0 };
	sigset_t none;
	int failed;

	setsid();
	lay_out(ends);
	umask(022);
	prctl(PR_SET_TIMERSLACK, 50000, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
	if (confine(plan, &e)) {
		report_error(ends->report, &e);
		_exit(126);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL); // the warden has reset the handlers
	if (!plan->argv)
		run_shell(plan, ends, env);
	report_text(ends->report, REPORT_EXEC, 0, "");
	failed = exec_argv(plan->argv, env, path, sizeof(path));
	report_text(ends->report, REPORT_EXEC_FAILED, failed, path);
	_exit(failed == ENOENT ? 127 : 126);
}
