#include "config.h"

#include "engine/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
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

// One packet: a type byte, then the payload. The last packet of a worker is TYPE_OK or
// TYPE_ERROR (struct failure).
enum { TYPE_MESSAGE = 'm', TYPE_OK = 'o', TYPE_ERROR = 'e' };

struct failure {
	char code[64];
	int sys;
	char msg[sizeof((struct err *)0)->msg];
	char hint[sizeof((struct err *)0)->hint];
	char details[sizeof((struct err *)0)->details];
	size_t details_len;
};

struct worker_link {
	int fd;
};

struct worker {
	struct loop *loop;
	char *name;
	int fd;
	pid_t pid;
	struct loop_source *fd_source, *child_source;
	worker_message_fn *message;
	worker_done_fn *done;
	void *arg;
	int said;       // the last packet has come
	struct err err; // what it said; code NULL = success
	int reaped, wait_status;
	int stops;
};

static volatile sig_atomic_t cancelled;

int worker_cancelled(void)
{
	return cancelled;
}

static void on_sigterm(int signo)
{
	(void)signo;
	cancelled = 1;
}

static int send_packet(int sock, char type, const void *p, size_t n, int fd)
{
	struct iovec iov[2] = { { &type, 1 }, { (void *)p, n } };
	struct msghdr h = { .msg_iov = iov, .msg_iovlen = n ? 2 : 1 };
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { .buf = { 0 } };

	if (fd >= 0) {
		struct cmsghdr *c;

		h.msg_control = control.buf;
		h.msg_controllen = sizeof(control.buf);
		c = CMSG_FIRSTHDR(&h);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	while (sendmsg(sock, &h, MSG_NOSIGNAL) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return 0;
}

int worker_send(struct worker_link *link, const void *p, size_t n, int fd)
{
	if (send_packet(link->fd, TYPE_MESSAGE, p, n, fd) == 0)
		return 0;
	cancelled = 1;
	return -1;
}

static void send_failure(int sock, const struct err *e)
{
	struct failure f = { .sys = e->sys, .details_len = e->details_len };

	snprintf(f.code, sizeof(f.code), "%s",
	         e->code ? e->code : "warpforge-error-internal");
	memcpy(f.msg, e->msg, sizeof(f.msg));
	memcpy(f.hint, e->hint, sizeof(f.hint));
	memcpy(f.details, e->details, sizeof(f.details));
	send_packet(sock, TYPE_ERROR, &f, sizeof(f), -1);
}

static void child(int sock, const char *name, pid_t parent, worker_fn *fn, void *fn_arg)
{
	struct worker_link link = { sock };
	struct sigaction sa = { .sa_handler = on_sigterm };
	struct err e = { 0 };

	loop_child_signals();
	sigaction(SIGTERM, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	// A terminal's ^C goes to the whole group: the parent decides what it means for us.
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, name);
	if (getppid() != parent)
		_exit(1);
	if (fn(&link, fn_arg, &e) == 0)
		send_packet(sock, TYPE_OK, NULL, 0, -1);
	else
		send_failure(sock, &e);
	_exit(0);
}

static void take_failure(struct worker *w, const char *p, size_t n)
{
	const struct err_code *row;
	struct failure f;

	if (n != sizeof(f)) {
		err_set(&w->err, "warpforge-error-internal", "%s: a broken message",
		        w->name);
		return;
	}
	memcpy(&f, p, sizeof(f));
	f.code[sizeof(f.code) - 1] = f.msg[sizeof(f.msg) - 1] = '\0';
	f.hint[sizeof(f.hint) - 1] = f.details[sizeof(f.details) - 1] = '\0';
	row = err_code_find(f.code);
	err_set(&w->err, row ? row->code : "warpforge-error-internal", "%s", f.msg);
	w->err.sys = f.sys;
	memcpy(w->err.hint, f.hint, sizeof(f.hint));
	if (f.details_len < sizeof(f.details)) {
		memcpy(w->err.details, f.details, sizeof(f.details));
		w->err.details_len = f.details_len;
	}
}

static void finish(struct worker *w)
{
	const struct err *e = NULL;

	if (!w->reaped || w->fd_source)
		return;
	if (!w->said) {
		if (WIFSIGNALED(w->wait_status))
			err_set(&w->err, "warpforge-error-internal", "%s was killed: %s",
			        w->name, strsignal(WTERMSIG(w->wait_status)));
		else
			err_set(&w->err, "warpforge-error-internal",
			        "%s ended without a word", w->name);
		if (w->stops)
			w->err.code = "wfx-cancelled";
	}
	if (w->err.code)
		e = &w->err;
	w->done(w->arg, e);
	free(w->name);
	free(w);
}

// Receive one packet; -1 at the end of all.
static int receive(struct worker *w)
{
	char buf[WORKER_MESSAGE_MAX + 1];
	struct iovec iov = { buf, sizeof(buf) };
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct msghdr h = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	ssize_t n = recvmsg(w->fd, &h, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c;
	int fd = -1;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (n == 0)
		return -1;
	c = CMSG_FIRSTHDR(&h);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(int));
	if (buf[0] == TYPE_MESSAGE && !w->said) {
		w->message(w->arg, buf + 1, (size_t)n - 1, fd);
		return 1;
	}
	if (fd >= 0)
		close(fd);
	if (buf[0] == TYPE_ERROR && !w->said)
		take_failure(w, buf + 1, (size_t)n - 1);
	w->said = 1;
	return 1;
}

static void on_readable(void *arg, int fd, short revents)
{
	struct worker *w = arg;
	int r;

	(void)fd;
	(void)revents;
	while ((r = receive(w)) > 0)
		;
	if (r == 0)
		return;
	loop_remove(w->fd_source);
	w->fd_source = NULL;
	close(w->fd);
	w->fd = -1;
	finish(w);
}

static void on_reaped(void *arg, pid_t pid, int wait_status)
{
	struct worker *w = arg;

	(void)pid;
	w->child_source = NULL;
	w->reaped = 1;
	w->wait_status = wait_status;
	finish(w);
}

struct worker *worker_start(struct loop *loop, const char *name, worker_fn *fn,
                            void *fn_arg, worker_message_fn *message,
                            worker_done_fn *done, void *arg, struct err *e)
{
	pid_t self = getpid(), pid;
	struct worker *w;
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0) {
		err_sys(e, "warpforge-error-syscall", "a socket for %s", name);
		return NULL;
	}
	pid = fork();
	if (pid < 0) {
		err_sys(e, "warpforge-error-syscall", "starting %s", name);
		close(sv[0]);
		close(sv[1]);
		return NULL;
	}
	if (pid == 0) {
		close(sv[0]);
		child(sv[1], name, self, fn, fn_arg);
	}
	close(sv[1]);
	fd_set_nonblock(sv[0]);
	w = xcalloc(1, sizeof(*w));
	*w = (struct worker){
		.loop = loop,
		.name = xstrdup(name),
		.fd = sv[0],
		.pid = pid,
		.message = message,
		.done = done,
		.arg = arg,
	};
	w->fd_source = loop_add_fd(loop, w->fd, POLLIN, on_readable, w);
	w->child_source = loop_add_child(loop, pid, on_reaped, w);
	return w;
}

void worker_stop(struct worker *w)
{
	if (w->child_source)
		kill(w->pid, w->stops++ ? SIGKILL : SIGTERM);
}

void worker_kill(struct worker *w)
{
	if (!w)
		return;
	loop_remove(w->fd_source);
	loop_remove(w->child_source);
	if (!w->reaped) {
		kill(w->pid, SIGKILL);
		while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (w->fd >= 0)
		close(w->fd);
	free(w->name);
	free(w);
}
