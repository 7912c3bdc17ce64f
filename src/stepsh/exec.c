#include "stepsh/exec.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "stepsh/array.h"
#include "stepsh/builtin.h"
#include "stepsh/expand.h"
#include "stepsh/job.h"
#include "stepsh/math.h"
#include "stepsh/parse.h"
#include "stepsh/prompt.h"
#include "stepsh/pattern.h"
#include "stepsh/redir.h"
#include "stepsh/script.h"
#include "stepsh/report.h"
#include "stepsh/sh.h"
#include "stepsh/simple.h"
#include "stepsh/trap.h"
#include "stepsh/var.h"

void exec_check(int status, int flags, const struct range *at)
{
	if (!status || flags & EXEC_TESTED || sh.tested || sh.flow)
		return;
	if (trap_is_set(TRAP_ERR)) {
		sh.where = *at;
		trap_run(TRAP_ERR);
	}
	if (sh_opt(OPT_ERREXIT) && !sh.flow) {
		sh.status = status;
		sh.flow = FLOW_EXIT;
	}
}

// After a body of a loop: 1 when the loop ends.
static int loop_flow(void)
{
	if (sh.flow == FLOW_BREAK || sh.flow == FLOW_CONTINUE) {
		int more = --sh.flow_count > 0;
		int ends = more || sh.flow == FLOW_BREAK;

		if (!more)
			sh.flow = FLOW_NONE;
		return ends;
	}
	return sh.flow != FLOW_NONE;
}

static int exec_body(const struct list *l, int flags)
{
	return l && l->first ? exec_list(l, flags) : (sh.status = 0);
}

static int exec_if(const struct command *c, int flags)
{
	int r = exec_list(c->branch.cond, EXEC_TESTED);

	if (sh.flow)
		return r;
	if (r == 0)
		return exec_list(c->branch.body, flags);
	for (const struct elif *e = c->branch.elifs; e; e = e->next) {
		r = exec_list(e->cond, EXEC_TESTED);
		if (sh.flow)
			return r;
		if (r == 0)
			return exec_list(e->body, flags);
	}
	return c->branch.otherwise ? exec_list(c->branch.otherwise, flags) : (sh.status = 0);
}

static int exec_while(const struct command *c, int flags)
{
	int status = 0;

	sh.loop_depth++;
	flags &= ~EXEC_LAST;
	for (;;) {
		int r = exec_list(c->branch.cond, EXEC_TESTED);

		if (sh.flow) {
			if (loop_flow()) {
				if (sh.flow)
					status = sh.status;
				break;
			}
			continue;
		}
		if ((r == 0) != (c->kind == CMD_WHILE))
			break;
		status = exec_list(c->branch.body, flags);
		if (sh.flow && loop_flow())
			break;
	}
	sh.loop_depth--;
	return sh.status = status;
}

static int exec_for(const struct command *c, int flags)
{
	struct arena_mark mark = arena_mark(&sh.arena);
	struct argv list = { 0 };
	struct var *v;
	int status = 0;

	if (c->loop.has_in) {
		if (expand_words(c->loop.words, &list) < 0)
			return sh.status;
	} else {
		for (int i = 0; i < sh.params.n; i++)
			argv_add(&list, arena_strdup(&sh.arena, sh.params.v[i]));
	}
	sh.loop_depth++;
	flags &= ~EXEC_LAST;
	v = var_make(c->loop.name, strlen(c->loop.name));
	for (int i = 0; i < list.n; i++) {
		if (v->flags & VAR_NAMEREF && v->flags & VAR_SET) {
			var_set(c->loop.name, list.v[i], VAR_NAMEREF);
		} else if (var_assign(v, list.v[i], strlen(list.v[i]), 0) < 0) {
			status = sh_fatal(1);
			break;
		}
		status = exec_list(c->loop.body, flags);
		if (sh.flow && loop_flow())
			break;
	}
	sh.loop_depth--;
	arena_release(&sh.arena, mark);
	return sh.status = status;
}

static int exec_arith_for(const struct command *c, int flags)
{
	int64_t v = 1;
	int status = 0;

	sh.loop_depth++;
	flags &= ~EXEC_LAST;
	if (expand_arith(c->arith_for.init, &v) < 0)
		goto out;
	for (;;) {
		struct arena_mark mark = arena_mark(&sh.arena);
		int r = 0;

		v = 1;
		if (c->arith_for.cond->parts)
			r = expand_arith(c->arith_for.cond, &v);
		arena_release(&sh.arena, mark);
		if (r < 0 || !v)
			break;
		status = exec_list(c->arith_for.body, flags);
		if (sh.flow && loop_flow())
			break;
		r = expand_arith(c->arith_for.step, &v);
		arena_release(&sh.arena, mark);
		if (r < 0)
			break;
	}
out:
	sh.loop_depth--;
	return sh.status = status;
}

static int item_matches(const struct case_item *it, const char *s, size_t n)
{
	for (const struct word *w = it->patterns; w; w = w->next) {
		struct pattern pt;

		if (w->plain && !(sh.shopts & SHOPT_NOCASEMATCH)) {
			if (w->plain_len == n && !memcmp(w->plain, s, n))
				return 1;
			continue;
		}
		if (expand_pattern(w, &pt) < 0)
			return -1;
		if (pattern_match(pt.p, pt.quoted, pt.n, s, n, pattern_flags()))
			return 1;
	}
	return 0;
}

static int exec_case(const struct command *c, int flags)
{
	struct arena_mark mark = arena_mark(&sh.arena);
	const struct case_item *it = c->match.items;
	int status = 0, fall = 0;
	size_t n;
	char *s;

	sh.subst_ran = 0;
	s = expand_text(c->match.word, &n, 0);
	if (!s)
		return sh.status;
	for (; it; it = it->next) {
		int r = fall ? 1 : item_matches(it, s, n);

		if (r < 0)
			return sh.status;
		if (!r)
			continue;
		status = exec_body(it->body, it->end == CASE_BREAK ? flags : flags & ~EXEC_LAST);
		if (sh.flow || it->end == CASE_BREAK)
			break;
		fall = it->end == CASE_FALL;
	}
	arena_release(&sh.arena, mark);
	return sh.status = status;
}

static int exec_select(const struct command *c, int flags)
{
	sh.where = c->range;
	(void)flags;
	return select_loop(c);
}

static int exec_subshell(const struct command *c, int flags)
{
	uint64_t serial = report_serial();
	int status;
	pid_t pid;

	if (flags & EXEC_LAST && !trap_any()) {
		sh.subshell++;
		return exec_list(c->body, flags);
	}
	pid = job_fork(0);
	if (pid < 0)
		return sh.status = 1;
	if (pid == 0) {
		exec_list(c->body, (flags & EXEC_TESTED) | EXEC_LAST);
		job_child_exit(sh.status);
	}
	status = job_wait_pid(pid, NULL);
	if (status && report_on) {
		report_take(pid, status);
		if (report_serial() == serial)
			report_failure(&c->range, NULL, 0, NULL, status, job_last_signal());
	}
	return sh.status = status;
}

static void trace_text(const char *open, const char *s, size_t n, const char *close)
{
	struct str line = { 0 };

	while (n && (*s == ' ' || *s == '\t' || *s == '\n'))
		s++, n--;
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\n'))
		n--;
	str_addf(&line, "%s%s", open, *open ? " " : "");
	str_addn(&line, s, n);
	str_addf(&line, "%s%s\n", *close ? " " : "", close);
	prompt_trace(&line);
	str_finish(&line);
}

static int exec_arith_command(const struct command *c)
{
	struct arena_mark mark = arena_mark(&sh.arena);
	const char *s;
	size_t n;
	int64_t v;

	sh.where = c->range;
	s = expand_text(c->arith, &n, 0);
	if (!s)
		return sh.status;
	if (sh_opt(OPT_XTRACE))
		trace_text("((", s, n, "))");
	sh.status = math_eval(s, n, &v) < 0 ? 1 : v == 0;
	arena_release(&sh.arena, mark);
	return sh.status;
}

// A descriptor that scripts may use, apart from those they choose themselves.
static int coproc_fd(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 60);

	close(fd);
	return copy;
}

// coproc NAME command: in the background, with NAME[0] to read from it and NAME[1] to
// write to it.
static int exec_coproc(const struct command *c)
{
	const char *name = c->function.name;
	struct var *v = var_make(name, strlen(name));
	struct job *j;
	int to[2] = { -1, -1 }, from[2] = { -1, -1 };
	char num[16];
	pid_t pid;

	sh.where = c->range;
	if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0) {
		sh_message("coproc", "cannot make a pipe");
		return sh.status = 1;
	}
	to[1] = coproc_fd(to[1]);
	from[0] = coproc_fd(from[0]);
	j = job_create(1, &c->range);
	j->background = 1;
	pid = job_fork(1);
	if (pid == 0) {
		job_child_group(j, 1);
		trap_async_ignore();
		dup2(to[0], 0);
		dup2(from[1], 1);
		close(to[1]);
		close(from[0]);
		exec_command(c->function.body, EXEC_LAST);
		job_child_exit(sh.status);
	}
	close(to[0]);
	close(from[1]);
	if (pid < 0) {
		job_free(j);
		return sh.status = 1;
	}
	job_parent_group(j, pid, 1);
	job_add(j, pid);
	job_register(j);
	sh.last_async = pid;
	for (int i = 0; i < 2; i++) {
		snprintf(num, sizeof(num), "%d", i ? to[1] : from[0]);
		if (array_set(v, i, NULL, num, strlen(num), 0) < 0)
			return sh.status = 1;
	}
	var_set_num(arena_printf(&sh.arena, "%s_PID", name), pid);
	return sh.status = 0;
}

static int compound_body(const struct command *c, int flags)
{
	switch (c->kind) {
	case CMD_GROUP:
		return exec_list(c->body, flags);
	case CMD_SUBSHELL:
		return exec_subshell(c, flags);
	case CMD_IF:
		return exec_if(c, flags);
	case CMD_WHILE:
	case CMD_UNTIL:
		return exec_while(c, flags);
	case CMD_FOR:
		return exec_for(c, flags);
	case CMD_SELECT:
		return exec_select(c, flags);
	case CMD_CASE:
		return exec_case(c, flags);
	case CMD_FUNCTION:
		func_define(c);
		return sh.status = 0;
	case CMD_ARITH:
		return exec_arith_command(c);
	case CMD_ARITH_FOR:
		return exec_arith_for(c, flags);
	case CMD_COPROC:
		return exec_coproc(c);
	case CMD_TEST:
		sh.where = c->range;
		if (sh_opt(OPT_XTRACE) && c->range.src)
			trace_text("", c->range.src->text + c->range.begin,
			           c->range.end - c->range.begin, "");
		return sh.status = exec_test(c->test);
	default:
		return sh.status = 2;
	}
}

// Does errexit look at the status of such a command itself? That of the others comes from
// a command inside, which was looked at already.
static int counts(int kind)
{
	return kind == CMD_SIMPLE || kind == CMD_SUBSHELL || kind == CMD_ARITH || kind == CMD_TEST;
}

static int exec_redirected(const struct command *c, int flags)
{
	struct arena_mark mark = arena_mark(&sh.arena);
	struct redir_saved saved;
	struct plan plan;
	int status;

	sh.where = c->range;
	if (redir_plan(c->redirs, &plan) < 0 || redir_push(&plan, &saved) < 0) {
		if (!sh.flow)
			sh.status = 1;
		report_failure(&c->range, NULL, 0, &plan, sh.status, 0);
		arena_release(&sh.arena, mark);
		return sh.status;
	}
	redir_name_fds(&plan);
	// ( list ) >file & is one process, that `kill $!` ends. The files of other commands are
	// to be put back, in case the last one becomes a program.
	status = compound_body(c, c->kind == CMD_SUBSHELL ? flags : flags & ~EXEC_LAST);
	redir_undo(&saved);
	arena_release(&sh.arena, mark);
	return status;
}

int exec_command(const struct command *c, int flags)
{
	uint64_t serial = report_serial();
	int failed_redir = 0, status;

	if (c->kind == CMD_SIMPLE) {
		status = simple_exec(c, flags);
	} else if (c->redirs) {
		status = exec_redirected(c, flags);
		failed_redir = status && report_serial() != serial;
	} else {
		status = compound_body(c, flags);
	}
	if (status && !sh.flow) {
		if ((c->kind == CMD_ARITH || c->kind == CMD_TEST) && report_serial() == serial)
			report_failure(&c->range, NULL, 0, NULL, status, 0);
		if (counts(c->kind) || failed_redir)
			exec_check(status, flags, &c->range);
	}
	trap_check();
	return sh.flow ? sh.status : status;
}

// ---- pipelines ----------------------------------------------------------------------

static void remember_statuses(const int *st, int n)
{
	if (n > sh.cap_pipestatus) {
		sh.cap_pipestatus = n + 8;
		sh.pipestatus = xreallocarray(sh.pipestatus, (size_t)sh.cap_pipestatus, sizeof(int));
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
	status = exec_command(c, (flags & ~EXEC_LAST) | (c->kind == CMD_SIMPLE ? EXEC_TESTED : 0));
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

static int exec_pipe(const struct pipeline *l, int flags, int async)
{
	const struct command *c;
	int in = -1, n = 0, status, last_status = -1;
	struct job *j;
	int *st;

	for (c = l->commands; c; c = c->next)
		n++;
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
		if (!c->next && !async && sh.shopts & SHOPT_LASTPIPE && !sh_opt(OPT_MONITOR)) {
			last_status = pipe_last_here(c, in, flags);
			in = -1;
			break;
		}
		pid = job_fork(async);
		if (pid == 0) {
			job_child_group(j, async);
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
	if (!j->n) {
		job_free(j);
		return sh.status = 1;
	}
	job_wait(j);
	st = xmalloc(((size_t)j->n + 1) * sizeof(int));
	status = pipeline_statuses(j, last_status, st);
	remember_statuses(st, j->n + (last_status >= 0));
	if (status && report_on && last_status < 0) {
		uint64_t serial = report_serial();
		int deciding = j->n - 1;

		for (int i = 0; i < j->n; i++)
			if (st[i] == status && sh_opt(OPT_PIPEFAIL))
				deciding = i;
		report_take(j->procs[deciding].pid, status);
		if (report_serial() == serial)
			report_failure(&l->range, NULL, 0, NULL, status, 0);
		report_pipeline(st, j->n);
	}
	for (int i = 0; report_on && i < j->n; i++)
		report_take_drop(j->procs[i].pid);
	free(st);
	if (job_state_of(j) == JOB_STOPPED)
		job_register(j);
	else
		job_free(j);
	return sh.status = status;
}

// One conversion of TIMEFORMAT: %[digits][l]R, U or S.
static const char *time_conversion(struct str *out, const char *p, const double *secs, int cpu)
{
	int digits = 3, longer = 0, which;
	double v;

	if (*p >= '0' && *p <= '9')
		digits = *p > '6' ? 6 : *p - '0', p++;
	if (*p == 'l')
		longer = 1, p++;
	if (*p == 'P') {
		str_addf(out, "%d.%02d", cpu / 100, cpu % 100);
		return p + 1;
	}
	which = *p == 'R' ? 0 : *p == 'U' ? 1 : *p == 'S' ? 2 : -1;
	if (which < 0) {
		str_addc(out, '%');
		return p + (*p == '%');
	}
	v = secs[which];
	if (longer)
		str_addf(out, "%dm%.*fs", (int)v / 60, digits, v - 60 * ((int)v / 60));
	else
		str_addf(out, "%.*f", digits, v);
	return p + 1;
}

static void print_time_format(const char *p, const double *secs)
{
	int cpu = secs[0] > 0 ? (int)((secs[1] + secs[2]) / secs[0] * 10000) : 0;
	struct str out = { 0 };

	if (!*p)
		return;
	while (*p)
		if (*p == '%')
			p = time_conversion(&out, p + 1, secs, cpu);
		else
			str_addc(&out, *p++);
	str_addc(&out, '\n');
	fd_write_all(2, out.p, out.len);
	str_finish(&out);
}

static void print_time(const struct timespec *t0, const struct rusage *a, const struct rusage *b,
                       int posix)
{
	struct timespec t;
	struct rusage c, d;
	double real, user, sys;

	clock_gettime(CLOCK_MONOTONIC, &t);
	getrusage(RUSAGE_SELF, &c);
	getrusage(RUSAGE_CHILDREN, &d);
	real = (double)(t.tv_sec - t0->tv_sec) + (double)(t.tv_nsec - t0->tv_nsec) / 1e9;
#define SECS(f) ((double)(c.f.tv_sec + d.f.tv_sec - a->f.tv_sec - b->f.tv_sec) + \
		 (double)(c.f.tv_usec + d.f.tv_usec - a->f.tv_usec - b->f.tv_usec) / 1e6)
	user = SECS(ru_utime);
	sys = SECS(ru_stime);
#undef SECS
	if (!posix && var_get("TIMEFORMAT"))
		print_time_format(var_get("TIMEFORMAT"), (double[]){ real, user, sys });
	else if (posix)
		dprintf(2, "real %.2f\nuser %.2f\nsys %.2f\n", real, user, sys);
	else
		dprintf(2, "\nreal\t%dm%.3fs\nuser\t%dm%.3fs\nsys\t%dm%.3fs\n", (int)real / 60,
		        real - 60 * ((int)real / 60), (int)user / 60, user - 60 * ((int)user / 60),
		        (int)sys / 60, sys - 60 * ((int)sys / 60));
}

static int exec_pipeline(const struct pipeline *l, int flags)
{
	struct rusage a, b;
	struct timespec t0;
	int status;

	if (l->timed) {
		clock_gettime(CLOCK_MONOTONIC, &t0);
		getrusage(RUSAGE_SELF, &a);
		getrusage(RUSAGE_CHILDREN, &b);
		flags &= ~EXEC_LAST;
	}
	if (l->bang)
		flags = (flags & ~EXEC_LAST) | EXEC_TESTED;
	if (l->count == 0) {
		status = sh.status = 0;
	} else if (l->count == 1) {
		if (flags & EXEC_TESTED) {
			sh.tested++;
			status = exec_command(l->commands, flags);
			sh.tested--;
		} else {
			status = exec_command(l->commands, flags);
		}
		remember_statuses(&status, 1);
	} else {
		status = exec_pipe(l, flags, 0);
		exec_check(status, flags, &l->range);
	}
	if (l->timed)
		print_time(&t0, &a, &b, l->timed == 2 || sh_opt(OPT_POSIX));
	if (l->bang && !sh.flow) {
		status = !status;
		if (status)
			report_failure(&l->range, NULL, 0, NULL, status, 0);
	}
	return sh.flow ? sh.status : (sh.status = status);
}

// ---- lists --------------------------------------------------------------------------

static int exec_async(const struct and_or *a)
{
	struct job *j = job_create(1, &a->range);
	pid_t pid = job_fork(1);

	j->background = 1;
	if (pid < 0) {
		job_free(j);
		return sh.status = 1;
	}
	if (pid == 0) {
		job_child_group(j, 1);
		trap_async_ignore();
		job_no_stdin();
		exec_and_or(a, EXEC_LAST);
		job_child_exit(sh.status);
	}
	job_parent_group(j, pid, 1);
	job_add(j, pid);
	job_register(j);
	sh.last_async = pid;
	if (sh_opt(OPT_INTERACTIVE))
		dprintf(2, "[%d] %d\n", j->number, (int)pid);
	return sh.status = 0;
}

int exec_and_or(const struct and_or *a, int flags)
{
	int status = 0;

	for (const struct pipeline *l = a->first; l; l = l->next) {
		if ((l->join == JOIN_AND && status) || (l->join == JOIN_OR && !status))
			continue;
		status = exec_pipeline(l, l->next ? (flags & ~EXEC_LAST) | EXEC_TESTED : flags);
		if (sh.flow)
			return sh.status;
	}
	return sh.status = status;
}

int exec_list(const struct list *l, int flags)
{
	int status = 0;

	if (flags & EXEC_TESTED)
		sh.tested++;
	for (const struct and_or *a = l->first; a; a = a->next) {
		if (a->async)
			status = exec_async(a);
		else
			status = exec_and_or(a, a->next ? flags & ~EXEC_LAST : flags);
		trap_check();
		if (sh.flow) {
			status = sh.status;
			break;
		}
	}
	if (flags & EXEC_TESTED)
		sh.tested--;
	return sh.status = status;
}

// ---- functions ----------------------------------------------------------------------

enum { FUNC_BUCKETS = 256 };
static struct func *functions[FUNC_BUCKETS];

static struct func **func_place(const char *name)
{
	uint32_t h = 5381;
	struct func **p;

	for (const char *s = name; *s; s++)
		h = h * 33 + (unsigned char)*s;
	for (p = &functions[h % FUNC_BUCKETS]; *p; p = &(*p)->next)
		if (!strcmp((*p)->name, name))
			break;
	return p;
}

struct func *func_find(const char *name)
{
	return *func_place(name);
}

void func_put(struct func *f)
{
	if (--f->refs)
		return;
	unit_put(f->unit);
	free(f);
}

int func_unset(const char *name)
{
	struct func **p = func_place(name), *f = *p;

	if (!f)
		return 0;
	*p = f->next;
	func_put(f);
	return 1;
}

void func_define(const struct command *def)
{
	struct func **p, *f;

	func_unset(def->function.name);
	p = func_place(def->function.name);
	f = xcalloc(1, sizeof(*f));
	*f = (struct func){ NULL, def->function.name, 1, unit_get(def->function.unit), def, 0 };
	*p = f;
}

static int func_by_name(const void *a, const void *b)
{
	return strcmp((*(struct func *const *)a)->name, (*(struct func *const *)b)->name);
}

void func_each(void (*fn)(void *arg, struct func *f), void *arg)
{
	struct func **all = NULL;
	size_t n = 0;

	for (int i = 0; i < FUNC_BUCKETS; i++)
		for (struct func *f = functions[i]; f; f = f->next) {
			all = xreallocarray(all, n + 1, sizeof(*all));
			all[n++] = f;
		}
	if (n)
		qsort(all, n, sizeof(*all), func_by_name);
	for (size_t i = 0; i < n; i++)
		fn(arg, all[i]);
	free(all);
}

void frame_push(struct frame *f, int kind, const char *name)
{
	*f = (struct frame){ .up = sh.frame, .kind = (uint8_t)kind, .name = name, .call = sh.where };
	if (f->call.src)
		source_get(f->call.src);
	sh.frame = f;
}

void frame_pop(struct frame *f)
{
	var_pop(&f->locals);
	if (f->options_saved)
		sh.options = f->options;
	sh.where = f->call;
	if (f->call.src)
		source_put(f->call.src);
	sh.frame = f->up;
}

int exec_function(struct func *f, int argc, char **argv)
{
	struct params outer = sh.params;
	int loops = sh.loop_depth;
	struct frame frame;

	if (shell_stack_low()) {
		sh_message(f->name, "functions call each other too deep (%d calls)", sh.func_depth);
		report_note(WIRE_FAIL_LIMIT, 0, NULL, 0, 0);
		return sh_fatal(2);
	}
	f->refs++;
	sh.func_depth++;
	sh.loop_depth = 0;
	frame_push(&frame, FRAME_FUNCTION, f->name);
	sh.params = (struct params){ argv + 1, argc - 1, NULL };
	exec_command(f->def->function.body, 0);
	if (sh.flow == FLOW_RETURN)
		sh.flow = FLOW_NONE;
	trap_run(TRAP_RETURN);
	free(sh.params.owned);
	sh.params = outer;
	frame_pop(&frame);
	sh.loop_depth = loops;
	sh.func_depth--;
	func_put(f);
	return sh.status;
}

// ---- texts --------------------------------------------------------------------------

int exec_parser(struct parser *p, int flags, int *error)
{
	const struct list *list;
	struct unit *unit;
	int r, status = sh.status, any = 0;

	while ((r = parser_next(p, &unit, &list)) > 0) {
		int last = flags & EXEC_LAST && parser_at_end(p);

		any = 1;
		if (!sh_opt(OPT_NOEXEC) || sh_opt(OPT_INTERACTIVE))
			status = exec_list(list, last ? flags : flags & ~EXEC_LAST);
		unit_put(unit);
		if (sh.flow)
			return sh.status;
	}
	*error = r < 0;
	if (r < 0) {
		const struct parse_error *e = parser_error(p);

		sh_complain(&e->range, "syntax error: %s", e->msg);
		report_note(WIRE_FAIL_SYNTAX, 0, NULL, 0, 0);
		report_failure(&e->range, NULL, 0, NULL, 2, 0);
		return sh.status = 2;
	}
	return any ? status : (sh.status = 0); // a text without commands succeeds
}

void func_export(struct func *f, int how)
{
	f->exported = how;
	var_environ_changed();
}

// The definition that is all of the list, or NULL.
static const struct command *only_definition(const struct list *l)
{
	const struct and_or *a = l->first;
	const struct pipeline *p = a ? a->first : NULL;

	if (!p || a->next || a->async || p->next || p->count != 1 || p->bang || p->timed)
		return NULL;
	return p->commands->kind == CMD_FUNCTION && !p->commands->redirs ? p->commands : NULL;
}

void func_import(const char *name, size_t n, const char *body)
{
	auto_free char *text = xasprintf("%.*s %s\n", (int)n, name, body);
	struct source *src = source_create("environment", text, strlen(text), 1);
	struct parser *p = script_parser(src);
	const struct command *def = NULL;
	const struct list *list;
	struct unit *unit = NULL;

	if (parser_next(p, &unit, &list) > 0) {
		def = only_definition(list);
		if (def && strlen(def->function.name) == n && !memcmp(def->function.name, name, n) &&
		    parser_at_end(p)) {
			struct func *f;

			func_define(def);
			f = func_find(def->function.name);
			if (f)
				f->exported = 1;
		}
		unit_put(unit);
	}
	parser_destroy(p);
	source_put(src);
}

void func_forget(void)
{
	for (int i = 0; i < FUNC_BUCKETS; i++)
		while (functions[i])
			func_unset(functions[i]->name);
}
