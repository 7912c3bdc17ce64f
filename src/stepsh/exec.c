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
#include "stepsh/pattern.h"
#include "stepsh/pipe.h"
#include "stepsh/prompt.h"
#include "stepsh/redir.h"
#include "stepsh/report.h"
#include "stepsh/script.h"
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

		if (!more) {
			sh.flow = FLOW_NONE;
			trap_check();
		}
		return ends || sh.flow;
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
	return c->branch.otherwise ? exec_list(c->branch.otherwise, flags)
	                           : (sh.status = 0);
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
			status = sh_discard(1);
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
		status = exec_body(it->body,
		                   it->end == CASE_BREAK ? flags : flags & ~EXEC_LAST);
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
			report_failure(&c->range, NULL, 0, NULL, status,
			               job_last_signal());
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
	return kind == CMD_SIMPLE || kind == CMD_SUBSHELL || kind == CMD_ARITH ||
	       kind == CMD_TEST;
}

static int exec_redirected(const struct command *c, int flags)
{
	struct arena_mark mark = arena_mark(&sh.arena);
	struct redir_saved saved;
	struct plan plan;
	int status, subst = subst_mark();

	sh.where = c->range;
	if (redir_plan(c->redirs, &plan) < 0 || redir_push(&plan, &saved) < 0) {
		if (!sh.flow)
			sh.status = 1;
		report_failure(&c->range, NULL, 0, &plan, sh.status, 0);
		subst_close(subst);
		arena_release(&sh.arena, mark);
		return sh.status;
	}
	redir_name_fds(&plan);
	// ( list ) >file & is one process, that `kill $!` ends. The files of other commands are
	// to be put back, in case the last one becomes a program.
	status = compound_body(c, c->kind == CMD_SUBSHELL ? flags : flags & ~EXEC_LAST);
	redir_undo(&saved);
	subst_close(subst);
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
		if ((c->kind == CMD_ARITH || c->kind == CMD_TEST) &&
		    report_serial() == serial)
			report_failure(&c->range, NULL, 0, NULL, status, 0);
		if (counts(c->kind) || failed_redir)
			exec_check(status, flags, &c->range);
	}
	trap_check();
	return sh.flow ? sh.status : status;
}

// ---- pipelines and lists -------------------------------------------------------------

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
		pipe_remember(&status, 1);
	} else {
		status = pipe_run(l, flags, 0);
		exec_check(status, flags, &l->range);
	}
	if (l->timed)
		time_print(&t0, &a, &b, l->timed == 2 || sh_opt(OPT_POSIX));
	if (l->bang && !sh.flow) {
		status = !status;
		if (status)
			report_failure(&l->range, NULL, 0, NULL, status, 0);
	}
	return sh.flow ? sh.status : (sh.status = status);
}

static int exec_async(const struct and_or *a)
{
	const struct pipeline *l = a->first;
	struct job *j;
	pid_t pid;

	if (!l->next && l->count == 2 && !l->bang && !l->timed)
		return pipe_run(l, 0, 1);
	j = job_create(1, &a->range);
	pid = job_fork(1);

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
	return sh.status = 0;
}

int exec_and_or(const struct and_or *a, int flags)
{
	int status = 0;

	for (const struct pipeline *l = a->first; l; l = l->next) {
		if ((l->join == JOIN_AND && status) || (l->join == JOIN_OR && !status))
			continue;
		status = exec_pipeline(l, l->next ? (flags & ~EXEC_LAST) | EXEC_TESTED
		                                  : flags);
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

// ---- texts --------------------------------------------------------------------------

int exec_parser(struct parser *p, int flags, int *error)
{
	const struct list *list;
	struct unit *unit;
	int r, status = sh.status, any = 0;

	while ((r = parser_next(p, &unit, &list)) > 0) {
		int last = flags & EXEC_LAST && parser_at_end(p);

		any = 1;
		sh.units++;
		if (!sh_opt(OPT_NOEXEC) || sh_opt(OPT_INTERACTIVE))
			status = exec_list(list, last ? flags : flags & ~EXEC_LAST);
		unit_put(unit);
		if (sh.flow == FLOW_ABORT && !sh_opt(OPT_INTERACTIVE)) {
			sh.flow = FLOW_NONE;
			status = sh.status;
		}
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
	return any ? status : sh.status;
}
