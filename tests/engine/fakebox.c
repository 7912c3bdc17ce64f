#include "config.h"

#include "fakebox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/loop.h"
#include "base/mem.h"
#include "sandbox/box.h"

fakebox_fn *fakebox_entry;
int fakebox_lost, fakebox_exec_errno;

struct box {
	pid_t pid;
	int out, err, ctl, end;
	int reaped, status;
};

struct box *box_start(const struct box_spec *spec, struct err *e)
{
	int out[2], err[2], end[2], ctl[2];
	struct box *b = xcalloc(1, sizeof(*b));

	(void)spec;
	(void)e;
	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0 ||
	    pipe2(end, O_CLOEXEC) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ctl) < 0)
		abort();
	b->pid = fork();
	if (b->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		loop_child_signals();
		close(ctl[0]);
		close(out[0]);
		close(err[0]);
		_exit(fakebox_entry(ctl[1], out[1], err[1]));
	}
	setpgid(b->pid, b->pid);
	close(ctl[1]);
	close(out[1]);
	close(err[1]);
	close(end[1]);
	b->ctl = ctl[0];
	b->out = out[0];
	b->err = err[0];
	b->end = end[0]; // at the end of file when the child is gone
	fd_set_nonblock(b->out);
	fd_set_nonblock(b->err);
	return b;
}

int box_out_fd(const struct box *b)
{
	return b->out;
}

int box_err_fd(const struct box *b)
{
	return b->err;
}

int box_ctl_fd(const struct box *b)
{
	return b->ctl;
}

int box_end_fd(const struct box *b)
{
	return b->end;
}

pid_t box_pid(const struct box *b)
{
	return b->pid;
}

static void reap(struct box *b)
{
	if (b->reaped)
		return;
	while (waitpid(b->pid, &b->status, 0) < 0 && errno == EINTR)
		;
	b->reaped = 1;
}

int box_end_read(struct box *b, struct box_end *end)
{
	reap(b);
	*end = (struct box_end){
		.known = !fakebox_lost,
		.status = WIFEXITED(b->status) ? WEXITSTATUS(b->status) : 0,
		.signal = WIFSIGNALED(b->status) ? WTERMSIG(b->status) : 0,
		.exec_errno = fakebox_exec_errno,
		.lost_why = "the test says so",
	};
	return 0;
}

int box_signal(struct box *b, int signo, struct err *e)
{
	(void)e;
	if (!b->reaped)
		kill(-b->pid, signo);
	return 0;
}

int box_stop_steps(struct box *b, struct err *e)
{
	(void)e;
	if (!b->reaped)
		kill(-b->pid, SIGKILL);
	reap(b);
	return 0;
}

int box_open_root(struct box *b, struct err *e)
{
	(void)b;
	return err_set(e, "wfx-sandbox", "a fake box has no files");
}

int box_open_root_only(struct box *b, struct err *e)
{
	return box_open_root(b, e);
}

int box_enter_users(const struct box *b, struct err *e)
{
	(void)b;
	(void)e;
	return 0;
}

size_t box_own_paths(const struct box *b, const char *const **paths)
{
	static const char *const none[] = { NULL };

	(void)b;
	*paths = none;
	return 0;
}

int box_processes(struct box *b, struct str *names)
{
	(void)b;
	(void)names;
	return 0;
}

int box_plan(const struct box_spec *spec, struct str *out, struct err *e)
{
	(void)spec;
	(void)out;
	(void)e;
	return 0;
}

void box_destroy(struct box *b)
{
	if (!b)
		return;
	box_stop_steps(b, NULL);
	close(b->ctl);
	close(b->out);
	close(b->err);
	close(b->end);
	free(b);
}
