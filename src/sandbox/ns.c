#include "sandbox/ns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"

pid_t ns_clone(unsigned long flags, int exit_signal, int *pidfd)
{
	struct clone_args a = {
		.flags = flags | (pidfd ? CLONE_PIDFD : 0),
		.pidfd = (uint64_t)(uintptr_t)pidfd,
		.exit_signal = (uint64_t)exit_signal,
	};

	fflush(NULL);
	return (pid_t)syscall(SYS_clone3, &a, sizeof(a));
}

static struct {
	char *start, *end; // arguments and, behind them, the environment
} args;

void ns_scrub_prepare(void)
{
	struct str s = { 0 };
	unsigned long v[5] = { 0 };
	char *p;
	int field = 2, n = 0;

	if (args.start || fd_read_file(AT_FDCWD, "/proc/self/stat", &s, 8192))
		goto out;
	// The name in field 2 may contain anything; what follows its last ")" is plain.
	p = strrchr(str_cstr(&s), ')');
	for (p = p ? strchr(p, ' ') : NULL; p && n < 4; p = strchr(p + 1, ' '))
		if (++field >= 48)
			v[n++] = strtoul(p, NULL, 10);
	// arg_start, arg_end, env_start, env_end
	if (n == 4 && v[0] && v[0] < v[1] && v[1] <= v[3] && v[3] - v[0] < (64UL << 20)) {
		args.start = (char *)v[0];
		args.end = (char *)v[3];
	}
out:
	str_finish(&s);
}

void ns_scrub(const char *title)
{
	if (args.start) {
		size_t room = (size_t)(args.end - args.start);

		memset(args.start, 0, room);
		strncpy(args.start, title, room - 1);
	}
	prctl(PR_SET_NAME, title);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

void ns_keep_fds(int *fds, size_t n)
{
	unsigned from = 3;

	qsort(fds, n, sizeof(*fds), by_number);
	for (size_t i = 0; i < n; i++) {
		if (fds[i] < (int)from)
			continue;
		if (fds[i] > (int)from)
			close_range(from, (unsigned)fds[i] - 1, 0);
		from = (unsigned)fds[i] + 1;
	}
	close_range(from, ~0u, 0);
}

int ns_above_stdio(int fd)
{
	int up;

	if (fd < 0 || fd > 2)
		return fd;
	up = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	close(fd);
	return up;
}

void ns_reset_signals(int block)
{
	sigset_t set;

	for (int s = 1; s <= SIGRTMAX; s++)
		signal(s, SIG_DFL);
	sigemptyset(&set);
	if (block)
		sigaddset(&set, block);
	sigprocmask(SIG_SETMASK, &set, NULL);
}

int ns_send(int sock, const void *p, size_t n, int fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} u = { 0 };
	struct iovec v = { (void *)p, n };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	ssize_t sent;

	if (fd >= 0) {
		struct cmsghdr *c;

		m.msg_control = u.buf;
		m.msg_controllen = sizeof(u.buf);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	do
		sent = sendmsg(sock, &m, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)n ? 0 : -1;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int wait_readable(int fd, int timeout_ms)
{
	int64_t until = now_ms() + timeout_ms;
	struct pollfd p = { fd, POLLIN, 0 };

	for (;;) {
		int left = timeout_ms < 0 ? -1 : (int)(until - now_ms());
		int n = poll(&p, 1, timeout_ms >= 0 && left < 0 ? 0 : left);

		if (n > 0)
			return 0;
		if (n == 0)
			errno = ETIMEDOUT;
		if (n == 0 || errno != EINTR)
			return -1;
	}
}

ssize_t ns_recv(int sock, void *p, size_t n, int *fd, int timeout_ms)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} u = { 0 };
	struct iovec v = { p, n };
	struct msghdr m = { .msg_iov = &v,
		            .msg_iovlen = 1,
		            .msg_control = u.buf,
		            .msg_controllen = sizeof(u.buf) };
	struct cmsghdr *c;
	int got = -1;
	ssize_t k;

	if (wait_readable(sock, timeout_ms))
		return -1;
	do
		k = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (k < 0 && errno == EINTR);
	c = k > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len >= CMSG_LEN(sizeof(int)))
		memcpy(&got, CMSG_DATA(c), sizeof(int));
	if (fd)
		*fd = got;
	else if (got >= 0)
		close(got);
	return k;
}
