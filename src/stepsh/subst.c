// Command substitution, XCU 2.6.3, and process substitution.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "stepsh/builtin.h"
#include "stepsh/exec.h"
#include "stepsh/expand.h"
#include "stepsh/job.h"
#include "stepsh/redir.h"
#include "stepsh/report.h"
#include "stepsh/sh.h"
#include "stepsh/simple.h"
#include "stepsh/spawn.h"
#include "stepsh/trap.h"

// The only command of the list, when it is a simple one that runs to its end here.
static const struct command *only_command(const struct list *l)
{
	const struct and_or *a = l->first;
	const struct pipeline *p = a ? a->first : NULL;

	if (!a || a->next || a->async || p->next || p->bang || p->timed ||
	    p->count != 1 || p->commands->kind != CMD_SIMPLE)
		return NULL;
	return p->commands;
}

// A builtin that leaves no trace in the shell: no process is needed to contain it.
static int is_contained(const struct command *c)
{
	const struct builtin *b;
	const struct word *w = c->simple.words;

	if (c->redirs || c->simple.assigns || !w || !w->plain ||
	    trap_is_set(TRAP_DEBUG) || sh_opt(OPT_NOUNSET) || sh_opt(OPT_XTRACE))
		return 0;
	b = builtin_find(w->plain);
	if (!b || !(b->flags & BUILTIN_PURE) || func_find(w->plain))
		return 0;
	for (const struct word *i = w; i; i = i->next)
		if (!parts_are_pure(i->parts) || (i->plain && !strcmp(i->plain, "-v")))
			return 0;
	return 1;
}

static void put_output(struct xbuf *x, const char *s, size_t n, int quoted)
{
	const char *nul;

	while (n && s[n - 1] == '\n')
		n--;
	if (!n && quoted)
		xbuf_put(x, "", 1, ATTR_NULL);
	while ((nul = memchr(s, '\0', n))) { // bytes that no word can hold
		xbuf_put(x, s, (size_t)(nul - s), quoted ? ATTR_QUOTED : ATTR_SPLIT);
		n -= (size_t)(nul - s) + 1;
		s = nul + 1;
	}
	xbuf_put(x, s, n, quoted ? ATTR_QUOTED : ATTR_SPLIT);
}

static int read_file(const struct redir *r, struct str *out)
{
	char *path = expand_text(r->word, NULL, 0);
	int fd;

	if (!path)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fd_read_all(fd, out, (size_t)1 << 40) < 0) {
		sh_message(NULL, "cannot open %s: %s", path, strerror(errno));
		report_note(WIRE_FAIL_REDIRECTION, WIRE_T_PATH, path, strlen(path),
		            errno);
		report_failure(&r->range, NULL, 0, NULL, 1, 0);
		sh.subst_status = 1;
	}
	if (fd >= 0)
		close(fd);
	return 0;
}

// A single program needs no shell around it: 1 when it was run in that way.
static int run_spawned(const struct command *c, struct str *out)
{
	struct arena_mark mark = arena_mark(&sh.arena);
	struct spawn s;
	struct plan plan;
	int p[2] = { -1, -1 }, r = 0;
	pid_t pid;

	sh.where = c->range;
	if (!simple_as_program(c, &s, &plan) || pipe2(p, O_CLOEXEC) < 0)
		goto out;
	if (p[0] < 3 || p[1] < 3)
		goto out;
	pid = spawn_start(&s, -1, p[1]);
	if (!pid)
		goto out;
	r = 1;
	close(p[1]);
	p[1] = -1;
	if (fd_read_all(p[0], out, (size_t)1 << 40) < 0)
		sh_message(NULL, "reading the output of a command: %s", strerror(errno));
	sh.subst_status = job_wait_pid(pid, NULL);
	if (sh.subst_status) {
		sh.subshell++;
		report_failure(&c->range, s.argv, s.argc, &plan, sh.subst_status,
		               job_last_signal());
		sh.subshell--;
	}
out:
	for (int i = 0; i < 2; i++)
		if (p[i] >= 0)
			close(p[i]);
	arena_release(&sh.arena, mark);
	return r;
}

static int run_forked(const struct list *body, struct str *out)
{
	int p[2], status;
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) < 0) {
		sh_message(NULL, "cannot make a pipe: %s", strerror(errno));
		sh_fatal(2);
		return -1;
	}
	pid = job_fork(0);
	if (pid < 0) {
		close(p[0]);
		close(p[1]);
		sh_fatal(2);
		return -1;
	}
	if (pid == 0) {
		if (!sh_opt(OPT_POSIX) && !(sh.shopts & SHOPT_INHERIT_ERREXIT))
			sh.options &= ~OPT_ERREXIT;
		if (p[1] != 1) {
			dup2(p[1], 1);
			close(p[1]);
		} else {
			fcntl(1, F_SETFD, 0);
		}
		if (p[0] != 1)
			close(p[0]);
		exec_list(body, EXEC_LAST | (sh.tested ? EXEC_TESTED : 0));
		job_child_exit(sh.status);
	}
	close(p[1]);
	if (fd_read_all(p[0], out, (size_t)1 << 40) < 0)
		sh_message(NULL, "reading the output of a command: %s", strerror(errno));
	close(p[0]);
	status = job_wait_pid(pid, NULL);
	if (status && report_on)
		report_take(pid, status);
	sh.subst_status = status;
	return 0;
}

int expand_command(struct xbuf *x, const struct part *a)
{
	const struct command *c = a->body ? only_command(a->body) : NULL;
	int quoted = a->flags & PART_QUOTED, status = sh.status, r = 0;
	struct range where = sh.where;
	static struct str spare;
	static int depth;
	struct str out = spare;

	if (shell_stack_low()) {
		sh_message(NULL, "command substitutions are nested too deep (%d levels)",
		           depth);
		report_note(WIRE_FAIL_LIMIT, 0, NULL, 0, 0);
		sh_fatal(2);
		return -1;
	}
	depth++;
	spare = (struct str){ 0 };
	str_clear(&out);
	sh.subst_ran = 1;
	sh.subst_status = 0;
	if (!a->body || !a->body->first)
		;
	else if (c && !c->simple.words && !c->simple.assigns && c->redirs &&
	         !c->redirs->next && c->redirs->kind == REDIR_IN && c->redirs->fd == 0)
		r = read_file(c->redirs, &out);
	else if (c && is_contained(c))
		sh.subst_status = simple_exec_capture(c, EXEC_TESTED, &out);
	else if (!c || !run_spawned(c, &out))
		r = run_forked(a->body, &out);
	depth--;
	sh.subst_ran = 1;
	sh.where = where;
	sh.status = sh.flow ? sh.status : status;
	if (r == 0)
		put_output(x, str_cstr(&out), out.len, quoted);
	sh.status = sh.flow ? sh.status : sh.subst_status;
	if (spare.p || out.cap > 1 << 20)
		str_finish(&out);
	else
		spare = out;
	return r || sh.flow ? -1 : 0;
}

int expand_process(struct xbuf *x, const struct part *a)
{
	int p[2], out = a->flags & PART_OUTPUT, fd;
	char path[32];
	pid_t pid;

	if (pipe2(p, 0) < 0) {
		sh_message(NULL, "cannot make a pipe: %s", strerror(errno));
		sh_fatal(1);
		return -1;
	}
	pid = job_fork(1);
	if (pid == 0) {
		dup2(p[out ? 0 : 1], out ? 0 : 1);
		close(p[0]);
		close(p[1]);
		subst_close(0); // or the others never see the end of their input
		exec_list(a->body, EXEC_LAST);
		job_child_exit(sh.status);
	}
	close(p[out ? 0 : 1]);
	if (pid < 0) {
		close(p[out ? 1 : 0]);
		sh_fatal(1);
		return -1;
	}
	// High, so that it is not in the way; closed after the command.
	fd = fcntl(p[out ? 1 : 0], F_DUPFD, 63);
	if (fd >= 0)
		close(p[out ? 1 : 0]);
	else
		fd = p[out ? 1 : 0];
	sh.last_async = pid;
	subst_remember_fd(fd);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	xbuf_put(x, path, strlen(path), ATTR_QUOTED);
	return 0;
}

// Descriptors of process substitutions, closed when the command that uses them is over.
static int open_fds[256];
static int n_open;

void subst_remember_fd(int fd)
{
	if (n_open < 256)
		open_fds[n_open++] = fd;
}

int subst_mark(void)
{
	return n_open;
}

void subst_close(int mark)
{
	while (n_open > mark)
		close(open_fds[--n_open]);
}
