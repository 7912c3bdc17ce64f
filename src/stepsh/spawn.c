#include "stepsh/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "stepsh/control.h"
#include "stepsh/expand.h"
#include "stepsh/job.h"
#include "stepsh/path.h"
#include "stepsh/redir.h"
#include "stepsh/report.h"
#include "stepsh/script.h"
#include "stepsh/sh.h"
#include "stepsh/trap.h"
#include "stepsh/var.h"
#include "stepsh/why.h"

// How far a child came; in memory that it shares with us until it has become the program.
struct outcome {
	volatile int redir_error; // errno
	const struct act *volatile bad;
	volatile int exec_error; // errno
};

static struct outcome *outcome_page(void)
{
	static struct outcome *page;

	if (!page) {
		page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (page == MAP_FAILED)
			abort();
	}
	return page;
}

// What a child does between fork and exec. It shares our memory: it allocates nothing and
// returns nowhere.
static _Noreturn void child(const struct spawn *s, const char *file, int find_error,
                            struct outcome *o, const sigset_t *mask)
{
	const struct act *bad;

	if (redir_apply(s->plan, &bad) < 0) {
		o->redir_error = errno;
		o->bad = bad;
		_exit(126);
	}
	if (!file) {
		o->exec_error = find_error;
		_exit(127);
	}
	trap_child_default();
	if (mask)
		sigprocmask(SIG_SETMASK, mask, NULL);
	execve(file, s->argv, s->env);
	o->exec_error = errno;
	_exit(127);
}

// A file that is no program is a script for this shell (XCU 2.9.1.6).
static int run_script_file(const struct spawn *s, const char *file)
{
	pid_t pid = job_fork(0);
	const struct act *bad;

	if (pid < 0)
		return 126;
	if (pid == 0) {
		if (redir_apply(s->plan, &bad) < 0) {
			redir_complain(bad, errno);
			_exit(1);
		}
		script_become(file, s->argc, s->argv, s->env);
	}
	return job_wait_pid(pid, NULL);
}

static int exec_failed(const struct spawn *s, const char *file, int error)
{
	int status = why_not_started(s->argv[0], file, error, s->path);

	report_failure(s->at, s->argv, s->argc, s->plan, status, 0);
	return status;
}

// The message about a command that was not found goes where its stderr was to go.
static int complain_redirected(const struct spawn *s, const char *file, int error)
{
	struct redir_saved saved = { 0 };
	int status;

	if (s->plan->n && redir_push(s->plan, &saved) < 0)
		return 1;
	status = exec_failed(s, file, error);
	redir_undo(&saved);
	return status;
}

// The child never became the program: 1 and *status, or 0.
static int not_started(const struct spawn *s, const char *file, struct outcome *o,
                       int *status)
{
	if (o->redir_error) {
		redir_complain(o->bad, o->redir_error);
		*status = 1;
		report_failure(s->at, s->argv, s->argc, s->plan, *status, 0);
		return 1;
	}
	if (!o->exec_error)
		return 0;
	if (o->exec_error == ENOEXEC && why_is_script(file)) {
		*status = run_script_file(s, file);
		if (*status)
			report_failure(s->at, s->argv, s->argc, s->plan, *status, 0);
		return 1;
	}
	*status = complain_redirected(s, file, o->exec_error);
	return 1;
}

static int monitor_program(const struct spawn *s, const char *file, int find_error);

// clang-format off
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define spawn_fork fork
#else
#define spawn_fork vfork
#endif
// clang-format on

static pid_t start(const struct spawn *s, const char *file, int find_error,
                   struct outcome *o)
{
	sigset_t all, mask;
	int handlers = trap_handlers();
	pid_t pid;

	// A handler must not run in a child that shares our memory.
	if (handlers) {
		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, &mask);
	}
	pid = spawn_fork();
	if (pid == 0)
		child(s, file, find_error, o, handlers ? &mask : NULL);
	if (handlers)
		sigprocmask(SIG_SETMASK, &mask, NULL);
	return pid;
}

int spawn_program(const struct spawn *s)
{
	const char *file = path_find(s->argv[0], s->path, 1);
	int find_error = file ? 0 : errno, status, traced = control_traces();
	struct outcome *o = outcome_page();
	struct timespec t0;
	struct rusage ru;
	pid_t pid;

	if (s->in_place && !report_on)
		return spawn_exec(s);
	if (sh_opt(OPT_MONITOR))
		return sh.status = monitor_program(s, file, find_error);
	if (file && file != s->argv[0])
		file = arena_strdup(&sh.arena, file);
	o->redir_error = o->exec_error = 0;
	if (traced)
		clock_gettime(CLOCK_MONOTONIC, &t0);
	pid = start(s, file, find_error, o);
	if (pid < 0) {
		int e = errno;

		sh_message(s->argv[0], "cannot start a process: %s", strerror(e));
		report_note(WIRE_FAIL_LIMIT, WIRE_T_NONE, NULL, 0, e);
		report_failure(s->at, s->argv, s->argc, s->plan, 126, 0);
		return sh.status = 126;
	}
	control_child(pid);
	status = job_wait_pid(pid, &ru);
	control_child(0);
	if (o->redir_error || o->exec_error) {
		// A remembered place that is gone is looked for once more.
		if (o->exec_error == ENOENT && !s->path && !strchr(s->argv[0], '/') &&
		    file) {
			path_forget_one(s->argv[0]);
			if (path_find(s->argv[0], NULL, 1) &&
			    strcmp(path_find(s->argv[0], NULL, 1), file) != 0)
				return spawn_program(s);
		}
		not_started(s, file, o, &status);
		return sh.status = status;
	}
	if (traced)
		control_command(s->at, s->argv, s->argc, pid, status, job_last_signal(),
		                &t0, &ru);
	if (status)
		report_failure(s->at, s->argv, s->argc, s->plan, status,
		               job_last_signal());
	return sh.status = status;
}

pid_t spawn_start(const struct spawn *s, int in, int out)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	// The outcome is known at once only when the child borrows our memory.
	(void)s;
	(void)in;
	(void)out;
	return 0;
#else
	const char *file = path_find(s->argv[0], s->path, 1);
	struct outcome *o = outcome_page();
	sigset_t all, mask;
	pid_t pid;

	if (!file)
		return 0;
	o->redir_error = o->exec_error = 0;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &mask);
	pid = vfork();
	if (pid == 0) {
		if ((in >= 0 && dup2(in, 0) < 0) || (out >= 0 && dup2(out, 1) < 0)) {
			o->exec_error = errno;
			_exit(127);
		}
		child(s, file, 0, o, &mask);
	}
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (pid < 0)
		return 0;
	if (o->redir_error || o->exec_error) {
		job_wait_pid(pid, NULL);
		return 0;
	}
	return pid;
#endif
}

// Under job control each command has a process group and may be stopped.
static int monitor_program(const struct spawn *s, const char *file, int find_error)
{
	struct job *j = job_create(1, s->text);
	struct outcome *o = outcome_page();
	int status;
	pid_t pid;

	if (file)
		file = arena_strdup(&sh.arena, file);
	o->redir_error = o->exec_error = 0;
	pid = job_fork(0);
	if (pid == 0) {
		job_child_group(j, 0);
		child(s, file, find_error, o, NULL);
	}
	if (pid < 0) {
		job_free(j);
		return 126;
	}
	job_parent_group(j, pid, 0);
	job_add(j, pid);
	status = job_wait(j);
	if (job_state_of(j) == JOB_STOPPED) {
		job_register(j);
		return status;
	}
	job_free(j);
	if (!not_started(s, file, o, &status) && status)
		report_failure(s->at, s->argv, s->argc, s->plan, status,
		               job_last_signal());
	return status;
}

int spawn_exec(const struct spawn *s)
{
	const char *file = path_find(s->argv[0], s->path, 0);
	const struct act *bad;
	int e = errno, status;

	if (redir_apply(s->plan, &bad) < 0) {
		redir_complain(bad, errno);
		status = 1;
		report_failure(s->at, s->argv, s->argc, s->plan, status, 0);
		return sh.status = status;
	}
	if (file) {
		trap_child_default();
		report_before_exec(s->at, s->argv, s->argc, s->plan);
		if (s->arg0)
			s->argv[0] = (char *)s->arg0;
		execve(file, s->argv, s->env);
		e = errno;
		trap_child_failed();
		if (e == ENOEXEC && why_is_script(file))
			script_become(file, s->argc, s->argv, s->env);
	}
	return sh.status = exec_failed(s, file, e);
}
