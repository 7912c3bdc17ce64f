#include "stepsh/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/wire.h"
#include "stepsh/exec.h"
#include "stepsh/parse.h"
#include "stepsh/redir.h"
#include "stepsh/report.h"
#include "stepsh/sh.h"
#include "stepsh/trap.h"

struct wire_page *control_page;

static struct wire_reader reader;
static uint32_t step;    // id of the RUN that is being served, 0 = none
static int mode;         // enum wire_mode
static uint64_t dropped; // COMMAND messages the peer was too slow for
static pid_t server;     // the process that answers

int control_owns_signal(int sig)
{
	return sh.control_fd >= 0 && sig == SIGIO;
}

// The peer is gone: nothing of this session may go on.
static void die(void)
{
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	kill(0, SIGKILL);
	_exit(129);
}

// While a command runs nobody reads the socket, so its end is told by a signal.
static void on_io(int sig)
{
	char c;
	int e = errno;

	(void)sig;
	if (getpid() == server &&
	    recv(sh.control_fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
		die();
	errno = e;
}

static int watch_end(int fd)
{
	struct sigaction sa = { .sa_handler = on_io, .sa_flags = SA_RESTART };
	int flags = fcntl(fd, F_GETFL);

	sigfillset(&sa.sa_mask);
	if (sigaction(SIGIO, &sa, NULL) < 0 || fcntl(fd, F_SETOWN, getpid()) < 0 ||
	    fcntl(fd, F_SETFL, flags | O_ASYNC) < 0)
		return -1;
	return 0;
}

static void map_page(int fd)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) == 0 && st.st_size >= (off_t)sizeof(struct wire_page)) {
		p = mmap(NULL, sizeof(struct wire_page), PROT_READ | PROT_WRITE,
		         MAP_SHARED, fd, 0);
		if (p != MAP_FAILED)
			control_page = p;
	}
	close(fd);
}

int control_start(int fd, int page_fd)
{
	int type = 0;
	socklen_t n = sizeof(type);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) < 0 ||
	    type != SOCK_SEQPACKET) {
		sh_message(NULL, "--control=%d: this is no SOCK_SEQPACKET socket", fd);
		return -1;
	}
	// No command may look into this process by /proc or ptrace.
	prctl(PR_SET_DUMPABLE, 0);
	fd = fd_internalize(fd);
	if (fd < 0) {
		sh_message(NULL, "--control: %s", strerror(errno));
		return -1;
	}
	if (page_fd >= 0)
		map_page(page_fd);
	sh.control_fd = fd;
	server = getpid();
	if (watch_end(fd) < 0) {
		sh_message(NULL, "--control: %s", strerror(errno));
		return -1;
	}
	report_start();
	return 0;
}

// ---- the page -----------------------------------------------------------------------

static uint32_t frames_now(void)
{
	uint32_t n = (uint32_t)sh.subshell;

	for (const struct frame *f = sh.frame; f; f = f->up)
		n += f->kind == FRAME_FUNCTION || f->kind == FRAME_SOURCE;
	return n;
}

void control_begin_command(const struct range *at, char **argv, int argc)
{
	struct wire_page *p = control_page;
	uint32_t seq = p->seq | 1;
	size_t used = 0;

	__atomic_store_n(&p->seq, seq, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	p->step = step;
	p->line = at->line;
	p->column = at->column;
	p->depth = frames_now();
	p->pid = 0;
	p->commands = sh.commands;
	snprintf(p->argv0, sizeof(p->argv0), "%s", argc ? argv[0] : "");
	for (int i = 0; i < argc && used + 1 < sizeof(p->text); i++) {
		size_t n = strlen(argv[i]), room = sizeof(p->text) - used - 1;

		if (i)
			p->text[used++] = ' ';
		room = sizeof(p->text) - used - 1;
		if (n > room)
			n = room;
		memcpy(p->text + used, argv[i], n);
		used += n;
	}
	p->text[used < sizeof(p->text) ? used : sizeof(p->text) - 1] = '\0';
	__atomic_store_n(&p->seq, seq + 1, __ATOMIC_RELEASE);
}

void control_child(pid_t pid)
{
	if (!control_page)
		return;
	__atomic_store_n(&control_page->pid, (uint32_t)pid, __ATOMIC_RELAXED);
}

// ---- messages -----------------------------------------------------------------------

static void send_message(struct wire_msg *m)
{
	if (wire_send(sh.control_fd, m) < 0 && errno == EPIPE)
		die();
	wire_finish(m);
}

static void send_error(uint32_t id, const char *text)
{
	struct wire_msg m;

	wire_begin(&m, WIRE_ERROR, id);
	wire_add_str(&m, WIRE_T_TEXT, text);
	send_message(&m);
}

int control_traces(void)
{
	return mode == WIRE_MODE_TRACE && sh.control_fd >= 0;
}

static uint64_t microseconds(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec;
}

void control_command(const struct range *at, char **argv, int argc, pid_t pid, int status,
                     int signal, const struct timespec *t0, const struct rusage *ru)
{
	struct pollfd room = { .fd = sh.control_fd, .events = POLLOUT };
	struct wire_msg m;
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	wire_begin(&m, WIRE_COMMAND, step);
	for (int i = 0; i < argc && m.body.len < 32 * 1024; i++) {
		size_t n = strlen(argv[i]);

		wire_add(&m, WIRE_T_ARG, argv[i], n < 8192 ? n : 8192);
	}
	wire_add_str(&m, WIRE_T_SOURCE, at->src ? at->src->name : "");
	wire_add_num(&m, WIRE_T_LINE, at->line);
	wire_add_num(&m, WIRE_T_COLUMN, at->column);
	wire_add_num(&m, WIRE_T_DEPTH, (uint64_t)sh.subshell);
	wire_add_num(&m, WIRE_T_PID, (uint64_t)pid);
	wire_add_num(&m, WIRE_T_STATUS, (uint64_t)status);
	if (signal)
		wire_add_num(&m, WIRE_T_SIGNAL, (uint64_t)signal);
	wire_add_num(&m, WIRE_T_WALL_NS,
	             (uint64_t)(t.tv_sec - t0->tv_sec) * 1000000000 +
	                     (uint64_t)t.tv_nsec - (uint64_t)t0->tv_nsec);
	wire_add_num(&m, WIRE_T_USER_US, microseconds(ru->ru_utime));
	wire_add_num(&m, WIRE_T_SYS_US, microseconds(ru->ru_stime));
	wire_add_num(&m, WIRE_T_MAXRSS_KB, (uint64_t)ru->ru_maxrss);
	if (dropped)
		wire_add_num(&m, WIRE_T_COUNTER, dropped);
	// The build never waits for a slow reader.
	if (poll(&room, 1, 0) > 0 && room.revents & POLLOUT)
		send_message(&m);
	else
		dropped++;
	wire_finish(&m);
}

static void step_end(uint32_t id, int leaves)
{
	struct wire_msg m;

	wire_begin(&m, WIRE_STEP_END, id);
	wire_add_num(&m, WIRE_T_STATUS, (uint64_t)(sh.status & 255));
	if (leaves)
		wire_add_num(&m, WIRE_T_LEAVES, 1);
	if (sh.status)
		report_fill(&m, sh.status);
	send_message(&m);
}

// The shell ends: EXIT trap first, since it may change the status.
static _Noreturn void leave(uint32_t id)
{
	sh.flow = FLOW_NONE;
	trap_run(TRAP_EXIT);
	signal(SIGIO, SIG_IGN); // the peer may close as soon as it has the answer
	step_end(id, 1);
	_exit(sh.status & 255);
}

static void run(const struct wire_msg *m)
{
	struct wire_field text, name;
	struct source *src;
	struct frame frame;

	if (!wire_get(m, WIRE_T_TEXT, &text)) {
		send_error(m->id, "RUN without a text");
		return;
	}
	if (!wire_get(m, WIRE_T_NAME, &name))
		name = (struct wire_field){ WIRE_T_NAME, "step", 4 };
	step = m->id;
	if (mode == WIRE_MODE_TRACE) {
		struct wire_msg b;

		wire_begin(&b, WIRE_STEP_BEGIN, m->id);
		send_message(&b);
	}
	report_forget();
	src = source_create(intern(name.p, name.n), text.p, text.n, 1);
	frame_push(&frame, FRAME_STEP, src->name);
	if (!text.n)
		sh.status = 0;
	exec_source(src, 0);
	if (sh.flow == FLOW_RETURN)
		sh.flow = FLOW_NONE;
	// A step is a file that upstream's script reads by `.`: a simple command, which set -e
	// looks at although all the commands in the file were tested.
	exec_check(sh.status, 0, &sh.where);
	frame_pop(&frame);
	source_put(src);
	trap_check();
	if (sh.flow == FLOW_EXIT || sh.flow == FLOW_ABORT)
		leave(m->id);
	sh.flow = FLOW_NONE;
	step_end(m->id, 0);
	step = 0;
}

static void serve_one(const struct wire_msg *m)
{
	switch ((int)m->type) {
	case WIRE_RUN:
		run(m);
		return;
	case WIRE_MODE:
		mode = (int)wire_get_num(m, WIRE_T_MODE, WIRE_MODE_RUN);
		if (mode != WIRE_MODE_RUN && mode != WIRE_MODE_TRACE) {
			mode = WIRE_MODE_RUN;
			send_error(m->id, "this mode is not supported by this version");
		}
		return;
	case WIRE_QUIT:
		leave(m->id);
	default:
		send_error(m->id, "not supported by this version");
	}
}

void control_serve(void)
{
	struct wire_msg m;
	struct pollfd p = { .fd = sh.control_fd, .events = POLLIN };

	wire_begin(&m, WIRE_HELLO, 0);
	wire_add_num(&m, WIRE_T_VERSION, WIRE_VERSION);
	wire_add_num(&m, WIRE_T_PID, (uint64_t)getpid());
	send_message(&m);
	for (;;) {
		int r;

		if (poll(&p, 1, -1) < 0 && errno == EINTR) {
			trap_check();
			if (sh.flow == FLOW_EXIT)
				leave(0);
			continue;
		}
		r = wire_recv(&reader, sh.control_fd, 0, &m);
		if (r < 0)
			die();
		if (r == 0)
			continue;
		serve_one(&m);
		wire_finish(&m);
	}
}
