#include "stepsh/pipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "stepsh/exec.h"
#include "stepsh/job.h"
#include "stepsh/redir.h"
#include "stepsh/report.h"
#include "stepsh/sh.h"
#include "stepsh/simple.h"
#include "stepsh/spawn.h"
#include "stepsh/trap.h"
#include "stepsh/var.h"

void pipe_remember(const int *st, int n)
{
	if (n > sh.cap_pipestatus) {
		sh.cap_pipestatus = n + 8;
		sh.pipestatus = xreallocarray(sh.pipestatus, (size_t)sh.cap_pipestatus,
		                              sizeof(int));
	}
	memcpy(sh.pipestatus, st, (size_t)n * sizeof(int));
	sh.n_pipestatus = n;
}

static _Noreturn void pipe_member(const struct command *c, int in, int out, int unused)
{
	if (unused >= 0)
		close(unused);
	if (in >= 0 && in != 0) {
		dup2(in, 0);
		close(in);
	}
	if (out >= 0) {
		dup2(out, 1);
		close(out);
		if (c->pipe_stderr)
			dup2(1, 2);
	}
	exec_command(c, EXEC_LAST | (sh.tested ? EXEC_TESTED : 0));
	job_child_exit(sh.status);
}

// shopt -s lastpipe: the last member runs in this shell, with the pipe as its input.
static int pipe_last_here(const struct command *c, int in, int flags)
{
	int saved = fd_dup_internal(0), status;

	dup2(in, 0);
	fd_close_internal(in);
	status = exec_command(c, (flags & ~EXEC_LAST) |
	                                 (c->kind == CMD_SIMPLE ? EXEC_TESTED : 0));
	if (saved >= 0) {
		dup2(saved, 0);
		fd_close_internal(saved);
	} else {
		close(0);
	}
	return status;
}

// `last`: status of a last member that ran in this shell, -1 = none did.
static int pipeline_statuses(const struct job *j, int last, int *st)
{
	int status = 0, n = 0;

	for (int i = 0; i < j->n; i++)
		st[n++] = wait_to_status(j->procs[i].status);
	if (last >= 0)
		st[n++] = last;
	status = st[n - 1];
	if (sh_opt(OPT_PIPEFAIL))
		for (int i = 0; i < n; i++)
			if (st[i])
				status = st[i];
	return status;
}

// A member that is a program was started without a shell of its own, so what is known
// about it is here and not in a record of its process.
struct member {
	struct spawn spawn; // argv NULL: it is a shell
	struct plan plan;
};

// Its pid, or 0 when it needs a shell.
static pid_t start_program(const struct command *c, struct member *m, int in, int out)
{
	pid_t pid = 0;

	sh.where = c->range;
	if (!c->pipe_stderr && simple_as_program(c, &m->spawn, &m->plan))
		pid = spawn_start(&m->spawn, in, out);
	if (!pid)
		m->spawn.argv = NULL;
	return pid;
}

static void report_member(const struct member *m, pid_t pid, int status, int w)
{
	if (!m->spawn.argv) {
		report_take(pid, status);
		return;
	}
	wait_to_status(w);
	sh.subshell++;
	report_failure(m->spawn.at, m->spawn.argv, m->spawn.argc, &m->plan, status,
	               job_last_signal());
	sh.subshell--;
}

int pipe_run(const struct pipeline *l, int flags, int async)
{
	const struct command *c;
	struct arena_mark mark = arena_mark(&sh.arena);
	struct range where = sh.where;
	struct member *members;
	int in = -1, n = 0, status, last_status = -1;
	struct job *j;
	int *st;

	for (c = l->commands; c; c = c->next)
		n++;
	members = arena_zalloc(&sh.arena, (size_t)n * sizeof(*members));
	j = job_create(n, &l->range);
	j->background = (uint8_t)async;
	if (flags & EXEC_TESTED)
		sh.tested++;
	for (c = l->commands; c; c = c->next) {
		int p[2] = { -1, -1 };
		pid_t pid;

		if (c->next && pipe2(p, 02000000) < 0) {
			sh_message(NULL, "cannot make a pipe");
			break;
		}
		if (c->next) { // keep 0..2 free for what the members redirect
			for (int i = 0; i < 2; i++)
				if (p[i] < 3)
					p[i] = fd_internalize(p[i]);
		}
		if (!c->next && !async && sh.shopts & SHOPT_LASTPIPE &&
		    !sh_opt(OPT_MONITOR)) {
			last_status = pipe_last_here(c, in, flags);
			in = -1;
			break;
		}
		pid = async ? 0 : start_program(c, &members[j->n], in, p[1]);
		if (!pid)
			pid = job_fork(async);
		if (pid == 0) {
			job_child_group(j, async);
			if (async)
				trap_async_ignore();
			if (async && in < 0)
				job_no_stdin();
			pipe_member(c, in, p[1], p[0]);
		}
		if (pid > 0) {
			job_parent_group(j, pid, async);
			job_add(j, pid);
		}
		if (in >= 0)
			fd_close_internal(in);
		if (p[1] >= 0)
			fd_close_internal(p[1]);
		in = p[0];
		if (pid < 0)
			break;
	}
	if (in >= 0)
		fd_close_internal(in);
	if (flags & EXEC_TESTED)
		sh.tested--;
	sh.where = where;
	if (!j->n) {
		arena_release(&sh.arena, mark);
		job_free(j);
		return sh.status = 1;
	}
	if (async) {
		job_register(j);
		arena_release(&sh.arena, mark);
		return sh.status = 0;
	}
	job_wait(j);
	st = xmalloc(((size_t)j->n + 1) * sizeof(int));
	status = pipeline_statuses(j, last_status, st);
	pipe_remember(st, j->n + (last_status >= 0));
	if (status && report_on && last_status < 0) {
		uint64_t serial = report_serial();
		int deciding = j->n - 1;

		for (int i = 0; i < j->n; i++)
			if (st[i] == status && sh_opt(OPT_PIPEFAIL))
				deciding = i;
		report_member(&members[deciding], j->procs[deciding].pid, status,
		              j->procs[deciding].status);
		if (report_serial() == serial)
			report_failure(&l->range, NULL, 0, NULL, status, 0);
		report_pipeline(st, j->n);
	}
	for (int i = 0; report_on && i < j->n; i++)
		report_take_drop(j->procs[i].pid);
	free(st);
	arena_release(&sh.arena, mark);
	if (job_state_of(j) == JOB_STOPPED)
		job_register(j);
	else
		job_free(j);
	return sh.status = status;
}
