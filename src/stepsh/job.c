#include "stepsh/job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "stepsh/builtin.h"
#include "stepsh/control.h"
#include "stepsh/redir.h"
#include "stepsh/report.h"
#include "stepsh/sh.h"
#include "stepsh/signame.h"
#include "stepsh/trap.h"
#include "stepsh/var.h"

static struct job *jobs; // background and stopped, newest first
static int tty_fd = -1;  // the terminal, under job control
static pid_t shell_pgid;
static int last_signal;

int job_last_signal(void)
{
	return last_signal;
}

int wait_to_status(int w)
{
	last_signal = 0;
	if (WIFEXITED(w))
		return WEXITSTATUS(w);
	if (WIFSTOPPED(w))
		return 128 + WSTOPSIG(w);
	last_signal = WTERMSIG(w);
	return 128 + last_signal;
}

struct job *job_create(int n_procs, const struct range *text)
{
	struct job *j = xcalloc(1, sizeof(*j) + (size_t)n_procs * sizeof(struct process));

	if (text->src && text->end > text->begin && text->end <= text->src->len)
		j->text =
			xstrndup(text->src->text + text->begin, text->end - text->begin);
	return j;
}

void job_free(struct job *j)
{
	free(j->text);
	free(j);
}

void job_add(struct job *j, pid_t pid)
{
	j->procs[j->n++] = (struct process){ .pid = pid };
}

void job_register(struct job *j)
{
	j->number = 1;
	for (struct job *k = jobs; k; k = k->next)
		if (k->number >= j->number)
			j->number = k->number + 1;
	j->next = jobs;
	jobs = j;
	trap_watch_children();
	if (j->background) {
		sh.last_async = j->procs[j->n - 1].pid;
		if (sh_opt(OPT_INTERACTIVE))
			dprintf(2, "[%d] %d\n", j->number, (int)sh.last_async);
	}
}

static void job_remove(struct job *j)
{
	for (struct job **p = &jobs; *p; p = &(*p)->next)
		if (*p == j) {
			*p = j->next;
			job_free(j);
			return;
		}
}

void job_forget_all(void)
{
	while (jobs)
		job_remove(jobs);
}

int job_state_of(const struct job *j)
{
	int state = JOB_DONE;

	for (int i = 0; i < j->n; i++) {
		if (j->procs[i].state == JOB_RUNNING)
			return JOB_RUNNING;
		if (j->procs[i].state == JOB_STOPPED)
			state = JOB_STOPPED;
	}
	return state;
}

int job_status(const struct job *j)
{
	int status = wait_to_status(j->procs[j->n - 1].status);

	if (sh_opt(OPT_PIPEFAIL))
		for (int i = 0; i < j->n; i++)
			if (wait_to_status(j->procs[i].status))
				status = wait_to_status(j->procs[i].status);
	return status;
}

static int note_one(struct job *j, pid_t pid, int w)
{
	for (int i = 0; i < j->n; i++)
		if (j->procs[i].pid == pid && j->procs[i].state != JOB_DONE) {
			j->procs[i].status = w;
			j->procs[i].state = WIFSTOPPED(w)     ? JOB_STOPPED
			                    : WIFCONTINUED(w) ? JOB_RUNNING
			                                      : JOB_DONE;
			return 1;
		}
	return 0;
}

// A child of ours changed: find it among the jobs.
static void note(struct job *current, pid_t pid, int w)
{
	if (current && note_one(current, pid, w))
		return;
	for (struct job *j = jobs; j; j = j->next)
		if (note_one(j, pid, w))
			return;
}

static void tell_signal(int w)
{
	int sig = WIFSIGNALED(w) ? WTERMSIG(w) : 0;

	if (!sig || sig == SIGINT || sig == SIGPIPE)
		return;
	if (sh.subshell && !sh_opt(OPT_INTERACTIVE))
		return;
	dprintf(2, "%s%s\n", signame_text(sig), WCOREDUMP(w) ? " (core dumped)" : "");
}

int job_wait_pid(pid_t pid, struct rusage *ru)
{
	int w;

	for (;;) {
		pid_t r = wait4(pid, &w, 0, ru);

		if (r == pid)
			break;
		if (r < 0 && errno != EINTR) {
			last_signal = 0;
			return 127;
		}
	}
	tell_signal(w);
	if (WIFSIGNALED(w) && WTERMSIG(w) == SIGINT && sh_opt(OPT_INTERACTIVE))
		dprintf(2, "\n");
	return wait_to_status(w);
}

int job_wait(struct job *j)
{
	int w, fg = !j->background && sh_opt(OPT_MONITOR) && tty_fd >= 0;

	while (job_state_of(j) == JOB_RUNNING) {
		pid_t pid = -1;

		// Wait for our own members only: others are taken when somebody asks.
		for (int i = 0; i < j->n && pid < 0; i++)
			if (j->procs[i].state == JOB_RUNNING)
				pid = j->procs[i].pid;
		pid = waitpid(pid, &w, sh_opt(OPT_MONITOR) ? WUNTRACED : 0);
		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			break;
		note(j, pid, w);
	}
	if (fg)
		tcsetpgrp(tty_fd, shell_pgid);
	tell_signal(j->procs[j->n - 1].status);
	return job_status(j);
}

// Ended jobs that nobody waited for are remembered, but not without end.
static void forget_old(void)
{
	struct job **p = &jobs;
	int n = 0;

	while (*p) {
		struct job *j = *p;

		if (job_state_of(j) == JOB_DONE && ++n > 512) {
			*p = j->next;
			job_free(j);
		} else {
			p = &j->next;
		}
	}
}

void job_reap(void)
{
	int w;

	// Each by its pid: the members of a pipeline that is being waited for are not ours.
	for (struct job *j = jobs; j; j = j->next)
		for (int i = 0; i < j->n; i++)
			if (j->procs[i].state != JOB_DONE &&
			    waitpid(j->procs[i].pid, &w,
			            WNOHANG | WUNTRACED | WCONTINUED) > 0)
				note_one(j, j->procs[i].pid, w);
	forget_old();
}

// ---- forking ------------------------------------------------------------------------

pid_t job_fork(int background)
{
	pid_t pid;

	(void)background;
	pid = fork();
	if (pid < 0) {
		sh_message(NULL, "cannot fork: %s", strerror(errno));
		report_note(WIRE_FAIL_LIMIT, WIRE_T_NONE, NULL, 0, errno);
	}
	if (pid)
		return pid;
	sh.subshell++;
	sh.self = getpid();
	sh.in_trap = 0;
	trap_subshell();
	job_forget_all();
	report_forget();
	sh.options &= ~(OPT_MONITOR | OPT_INTERACTIVE);
	return 0;
}

void job_no_stdin(void)
{
	int fd;

	if (tty_fd >= 0 || shell_pgid)
		return;
	fd = open("/dev/null", O_RDONLY);
	if (fd > 0) {
		dup2(fd, 0);
		close(fd);
	} else if (fd < 0) {
		close(0);
	}
}

void job_child_exit(int status)
{
	if (sh.flow == FLOW_EXIT)
		status = sh.status;
	sh.status = status;
	sh.flow = FLOW_NONE;
	trap_run(TRAP_EXIT);
	status = sh.status;
	report_leave(status);
	_exit(status & 255);
}

void job_child_group(struct job *j, int background)
{
	// The option was cleared by job_fork(); a job's group was chosen by the parent.
	if (tty_fd < 0 && !shell_pgid)
		return;
	setpgid(0, j->pgid);
	if (!background && tty_fd >= 0) {
		signal(SIGTTOU, SIG_IGN);
		tcsetpgrp(tty_fd, j->pgid ? j->pgid : getpid());
	}
	signal(SIGTSTP, SIG_DFL);
	signal(SIGTTIN, SIG_DFL);
	signal(SIGTTOU, SIG_DFL);
}

void job_parent_group(struct job *j, pid_t pid, int background)
{
	if (!sh_opt(OPT_MONITOR))
		return;
	if (!j->pgid)
		j->pgid = pid;
	setpgid(pid, j->pgid);
	if (!background && tty_fd >= 0)
		tcsetpgrp(tty_fd, j->pgid);
}

void job_control(int on)
{
	if (!on) {
		if (tty_fd >= 0)
			fd_close_internal(tty_fd);
		tty_fd = -1;
		shell_pgid = 0;
		return;
	}
	shell_pgid = getpgrp();
	if (!sh_opt(OPT_INTERACTIVE) || !isatty(2))
		return;
	tty_fd = fd_dup_internal(2);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	if (setpgid(0, 0) == 0)
		shell_pgid = getpid();
	tcsetpgrp(tty_fd, shell_pgid);
}

// ---- naming jobs --------------------------------------------------------------------

// The job that "%1", "%+", "%name", or a pid means; NULL.
static struct job *job_find(const char *s)
{
	struct job *j;

	if (*s != '%') {
		pid_t pid = (pid_t)atol(s);

		for (j = jobs; j; j = j->next)
			for (int i = 0; i < j->n; i++)
				if (j->procs[i].pid == pid)
					return j;
		return NULL;
	}
	s++;
	if (!*s || !strcmp(s, "%") || !strcmp(s, "+"))
		return jobs;
	if (!strcmp(s, "-"))
		return jobs && jobs->next ? jobs->next : jobs;
	for (j = jobs; j; j = j->next) {
		if (*s >= '0' && *s <= '9' ? j->number == atoi(s)
		    : *s == '?'            ? j->text && strstr(j->text, s + 1)
		                           : j->text && !strncmp(j->text, s, strlen(s)))
			return j;
	}
	return NULL;
}

pid_t job_kill_target(void *arg, const char *spec)
{
	struct job *j = job_find(spec);

	(void)arg;
	if (!j) {
		builtin_error(sh_io, "%s: no such job", spec);
		return 0;
	}
	return j->pgid ? -j->pgid : j->procs[0].pid;
}

static void describe(struct str *out, const struct job *j, int style)
{
	int state = job_state_of(j), w = j->procs[j->n - 1].status;
	char mark = j == jobs ? '+' : jobs && j == jobs->next ? '-' : ' ';
	char text[64];

	if (style == 'p') {
		str_addf(out, "%d\n", (int)j->procs[0].pid);
		return;
	}
	if (state == JOB_RUNNING)
		snprintf(text, sizeof(text), "Running");
	else if (state == JOB_STOPPED)
		snprintf(text, sizeof(text), "Stopped");
	else if (WIFSIGNALED(w))
		snprintf(text, sizeof(text), "%s", signame_text(WTERMSIG(w)));
	else if (WEXITSTATUS(w))
		snprintf(text, sizeof(text), "Done(%d)", WEXITSTATUS(w));
	else
		snprintf(text, sizeof(text), "Done");
	str_addf(out, "[%d]%c  ", j->number, mark);
	if (style == 'l')
		str_addf(out, "%d ", (int)j->procs[0].pid);
	str_addf(out, "%-23s %s%s\n", text, j->text ? j->text : "",
	         state == JOB_RUNNING ? " &" : "");
}

int b_jobs(int argc, char **argv)
{
	int i = 1, style = 0, status = 0;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--")) {
			i++;
			break;
		}
		for (const char *s = argv[i] + 1; *s; s++) {
			if (!strchr("lpnrs", *s))
				return builtin_usage(sh_io, "-%c: unknown option", *s);
			style = *s;
		}
	}
	job_reap();
	for (; i < argc || (i == argc && argv[i] == NULL && argc >= 1); i++) {
		struct job *j, *last = NULL;

		if (argv[i]) {
			j = job_find(argv[i]);
			if (!j)
				status = builtin_error(sh_io, "%s: no such job", argv[i]);
			else
				describe(&sh_io->out, j, style);
			continue;
		}
		if (i > 1 && argv[i - 1][0] != '-')
			break;
		// Oldest first; ended ones are told once.
		for (;;) {
			struct job *best = NULL;

			for (j = jobs; j; j = j->next)
				if ((!last || j->number > last->number) &&
				    (!best || j->number < best->number))
					best = j;
			if (!best)
				break;
			if (!(style == 'r' && job_state_of(best) != JOB_RUNNING) &&
			    !(style == 's' && job_state_of(best) != JOB_STOPPED))
				describe(&sh_io->out, best, style);
			last = best;
		}
		for (struct job **p = &jobs; *p;) {
			j = *p;
			if (job_state_of(j) == JOB_DONE && j->waited) {
				*p = j->next;
				job_free(j);
			} else {
				p = &j->next;
			}
		}
		break;
	}
	return status;
}

static void on_child(int sig)
{
	(void)sig;
}

// Wait for a change of any child: 1, 0 when there is none left, -1 when a trapped signal
// has come. Signals are blocked between looking and waiting, so none is missed.
static int wait_change(void)
{
	struct sigaction sa = { .sa_handler = on_child }, old;
	sigset_t all, mask;
	int w, r = 0;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &mask);
	sigaction(SIGCHLD, &sa, &old);
	for (;;) {
		pid_t pid = waitpid(-1, &w, WNOHANG);

		if (pid > 0) {
			note(NULL, pid, w);
			r = 1;
			break;
		}
		if (pid < 0)
			break;
		if (trap_got_signal()) {
			r = -1;
			break;
		}
		sigsuspend(&mask);
	}
	sigaction(SIGCHLD, &old, NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return r;
}

// Wait until the job ends, or a trapped signal comes: -1.
static int wait_job(struct job *j)
{
	while (job_state_of(j) == JOB_RUNNING) {
		int r = wait_change();

		if (r < 0)
			return -1;
		if (r == 0)
			break;
	}
	return job_status(j);
}

static int interrupted(void)
{
	return 128 + trap_got_signal();
}

static int wait_status_of(const struct job *j, const char *spec)
{
	pid_t pid = *spec == '%' ? 0 : (pid_t)atol(spec);

	for (int i = 0; pid && i < j->n; i++)
		if (j->procs[i].pid == pid)
			return wait_to_status(j->procs[i].status);
	return job_status(j);
}

// wait -n [-p name]: the next one that ends.
static int wait_next(const char *name)
{
	job_reap();
	for (;;) {
		int any = 0, r;

		for (struct job *j = jobs; j; j = j->next) {
			if (job_state_of(j) == JOB_DONE) {
				int status = job_status(j);

				if (name)
					var_set_num(name, j->procs[j->n - 1].pid);
				job_remove(j);
				return status;
			}
			any = 1;
		}
		if (!any)
			return 127;
		r = wait_change();
		if (r <= 0)
			return r ? interrupted() : 127;
	}
}

int b_wait(int argc, char **argv)
{
	int i = 1, status = 0;

	if (argc > 1 && !strcmp(argv[1], "-n") && !sh_opt(OPT_POSIX))
		return wait_next(argc > 3 && !strcmp(argv[2], "-p") ? argv[3] : NULL);
	if (argc > 1 && !strcmp(argv[1], "--"))
		i++;
	else if (argc > 1 && argv[1][0] == '-' && argv[1][1])
		return builtin_usage(sh_io, "%s: unknown option", argv[1]);
	if (i == argc) {
		while (jobs) {
			struct job *j = jobs;

			while (j && (j->waited || job_state_of(j) == JOB_STOPPED))
				j = j->next;
			if (!j)
				break;
			if (wait_job(j) < 0)
				return interrupted();
			job_remove(j);
		}
		return 0;
	}
	for (; i < argc; i++) {
		struct job *j;

		if (argv[i][0] != '%' &&
		    strspn(argv[i], "0123456789") != strlen(argv[i])) {
			status = builtin_usage(sh_io, "%s: no process or job", argv[i]);
			continue;
		}
		j = job_find(argv[i]);
		if (!j) {
			status = 127;
			continue;
		}
		if (wait_job(j) < 0)
			return interrupted();
		status = wait_status_of(j, argv[i]);
		if (report_on && status)
			report_take(j->procs[j->n - 1].pid, status);
		job_remove(j);
	}
	return status;
}

static int resume(const char *spec, int background)
{
	struct job *j = spec ? job_find(spec) : jobs;

	if (!sh_opt(OPT_MONITOR))
		return builtin_error(sh_io, "there is no job control (set -m)");
	if (!j)
		return builtin_error(sh_io, "%s: no such job", spec ? spec : "current");
	str_addf(&sh_io->out, "%s\n", j->text ? j->text : "");
	builtin_io_flush(sh_io);
	for (int i = 0; i < j->n; i++)
		if (j->procs[i].state == JOB_STOPPED)
			j->procs[i].state = JOB_RUNNING;
	j->background = (uint8_t)background;
	if (!background && tty_fd >= 0)
		tcsetpgrp(tty_fd, j->pgid);
	kill(j->pgid ? -j->pgid : j->procs[0].pid, SIGCONT);
	if (background) {
		sh.last_async = j->procs[j->n - 1].pid;
		return 0;
	}
	{
		int status = job_wait(j);

		if (job_state_of(j) == JOB_DONE)
			job_remove(j);
		return status;
	}
}

int b_fg(int argc, char **argv)
{
	return resume(argc > 1 ? argv[1] : NULL, 0);
}

int b_bg(int argc, char **argv)
{
	int status = 0, i = 1;

	do
		status = resume(i < argc ? argv[i] : NULL, 1);
	while (++i < argc);
	return status;
}

int b_disown(int argc, char **argv)
{
	if (argc == 1 && jobs) {
		job_remove(jobs);
		return 0;
	}
	for (int i = 1; i < argc; i++) {
		struct job *j = job_find(argv[i]);

		if (!strcmp(argv[i], "-a"))
			job_forget_all();
		else if (j)
			job_remove(j);
		else if (argv[i][0] != '-')
			return builtin_error(sh_io, "%s: no such job", argv[i]);
	}
	return 0;
}

void job_notify(void)
{
	struct str out = { 0 };

	job_reap();
	for (struct job **p = &jobs; *p;) {
		struct job *j = *p;

		if (job_state_of(j) == JOB_DONE) {
			describe(&out, j, 0);
			*p = j->next;
			job_free(j);
		} else {
			p = &j->next;
		}
	}
	if (out.len && write(2, out.p, out.len) < 0)
		str_clear(&out);
	str_finish(&out);
}
