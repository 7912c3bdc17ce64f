#include "base/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/vec.h"

enum kind { SOURCE_FD, SOURCE_TIMER, SOURCE_SIGNAL, SOURCE_CHILD };

struct loop_source {
	struct loop *loop;
	enum kind kind;
	int removed;
	int fd; // watched fd; pidfd of a child; signalfd of a signal
	short events;
	pid_t pid;
	int signo;
	int64_t due_ns, period_ns; // timer; due 0 = not set
	union {
		loop_fd_fn *fd;
		loop_timer_fn *timer;
		loop_signal_fn *signal;
		loop_child_fn *child;
	} fn;
	void *arg;
};

struct loop {
	VEC(struct loop_source *) sources;
	VEC(struct pollfd) polls;
	int stopped;
	int removed; // some source waits to be freed
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct loop *loop_create(void)
{
	return xcalloc(1, sizeof(struct loop));
}

static void source_free(struct loop_source *s)
{
	if (s->kind != SOURCE_FD && s->fd >= 0)
		close(s->fd);
	free(s);
}

void loop_destroy(struct loop *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->sources.n; i++)
		source_free(l->sources.items[i]);
	vec_finish(&l->sources);
	vec_finish(&l->polls);
	free(l);
}

static struct loop_source *add(struct loop *l, enum kind kind, int fd, void *arg)
{
	struct loop_source *s = xcalloc(1, sizeof(*s));

	s->loop = l;
	s->kind = kind;
	s->fd = fd;
	s->events = POLLIN;
	s->arg = arg;
	*vec_push(&l->sources) = s;
	return s;
}

struct loop_source *loop_add_fd(struct loop *l, int fd, short events, loop_fd_fn *fn,
                                void *arg)
{
	struct loop_source *s = add(l, SOURCE_FD, fd, arg);

	s->events = events;
	s->fn.fd = fn;
	return s;
}

void loop_set_timer(struct loop_source *s, int64_t delay_ms, int64_t period_ms)
{
	s->due_ns = now_ns() + delay_ms * 1000000;
	s->period_ns = period_ms * 1000000;
}

struct loop_source *loop_add_timer(struct loop *l, int64_t delay_ms, int64_t period_ms,
                                   loop_timer_fn *fn, void *arg)
{
	struct loop_source *s = add(l, SOURCE_TIMER, -1, arg);

	s->fn.timer = fn;
	loop_set_timer(s, delay_ms, period_ms);
	return s;
}

struct loop_source *loop_add_signal(struct loop *l, int signo, loop_signal_fn *fn,
                                    void *arg)
{
	struct loop_source *s;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s = add(l, SOURCE_SIGNAL, signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), arg);
	s->signo = signo;
	s->fn.signal = fn;
	return s;
}

struct loop_source *loop_add_child(struct loop *l, pid_t pid, loop_child_fn *fn,
                                   void *arg)
{
	struct loop_source *s =
		add(l, SOURCE_CHILD, (int)syscall(SYS_pidfd_open, pid, 0), arg);

	s->pid = pid;
	s->fn.child = fn;
	return s;
}

void loop_remove(struct loop_source *s)
{
	if (!s)
		return;
	s->removed = 1;
	s->loop->removed = 1;
}

static void dispatch_signal(struct loop_source *s)
{
	struct signalfd_siginfo info;

	while (!s->removed && read(s->fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		s->fn.signal(s->arg, s->signo);
}

static void dispatch_child(struct loop_source *s)
{
	int status = 0;
	pid_t got = waitpid(s->pid, &status, WNOHANG);

	if (got == 0)
		return;
	loop_remove(s);
	s->fn.child(s->arg, s->pid, got < 0 ? -1 : status);
}

static void dispatch_timer(struct loop_source *s, int64_t now)
{
	if (!s->due_ns || s->due_ns > now)
		return;
	s->due_ns = s->period_ns ? now + s->period_ns : 0;
	s->fn.timer(s->arg);
}

static void sweep(struct loop *l)
{
	size_t kept = 0;

	if (!l->removed)
		return;
	l->removed = 0;
	for (size_t i = 0; i < l->sources.n; i++) {
		struct loop_source *s = l->sources.items[i];

		if (s->removed)
			source_free(s);
		else
			l->sources.items[kept++] = s;
	}
	l->sources.n = kept;
}

static int64_t next_due(const struct loop *l)
{
	int64_t due = 0;

	for (size_t i = 0; i < l->sources.n; i++) {
		const struct loop_source *s = l->sources.items[i];

		if (s->kind == SOURCE_TIMER && s->due_ns && (!due || s->due_ns < due))
			due = s->due_ns;
	}
	return due;
}

int loop_turn(struct loop *l, int timeout_ms)
{
	int64_t due, now;
	size_t n, k = 0;

	sweep(l);
	due = next_due(l);
	if (due) {
		int64_t left = (due - now_ns() + 999999) / 1000000;

		if (left < 0)
			left = 0;
		if (timeout_ms < 0 || left < timeout_ms)
			timeout_ms = left > 1000000 ? 1000000 : (int)left;
	}
	l->polls.n = 0;
	n = l->sources.n;
	for (size_t i = 0; i < n; i++) {
		struct loop_source *s = l->sources.items[i];

		if (s->kind != SOURCE_TIMER)
			*vec_push(&l->polls) =
				(struct pollfd){ .fd = s->fd, .events = s->events };
		// no pidfd: ask every 10 ms
		if (s->kind == SOURCE_CHILD && s->fd < 0 &&
		    (timeout_ms < 0 || timeout_ms > 10))
			timeout_ms = 10;
	}
	if (poll(l->polls.items, l->polls.n, timeout_ms) < 0 && errno != EINTR)
		return -1;
	now = now_ns();
	for (size_t i = 0; i < n; i++) {
		struct loop_source *s = l->sources.items[i];
		short got = s->kind == SOURCE_TIMER ? 0 : l->polls.items[k++].revents;

		if (s->removed)
			continue;
		if (s->kind == SOURCE_TIMER)
			dispatch_timer(s, now);
		else if (s->kind == SOURCE_CHILD && (got || s->fd < 0))
			dispatch_child(s);
		else if (s->kind == SOURCE_SIGNAL && got)
			dispatch_signal(s);
		else if (s->kind == SOURCE_FD && got)
			s->fn.fd(s->arg, s->fd, got);
	}
	sweep(l);
	return 0;
}

void loop_run(struct loop *l)
{
	l->stopped = 0;
	while (!l->stopped && loop_turn(l, -1) == 0)
		;
}

void loop_stop(struct loop *l)
{
	l->stopped = 1;
}

void loop_child_signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}
