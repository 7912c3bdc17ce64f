#include "sandbox/box.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "sandbox/ids.h"
#include "sandbox/image.h"
#include "sandbox/netfiles.h"
#include "sandbox/ns.h"
#include "sandbox/origin.h"
#include "sandbox/plan.h"
#include "sandbox/report.h"
#include "sandbox/tables.h"
#include "sandbox/userns.h"
#include "sandbox/warden.h"

enum {
	START_MS = 20000, // a host that swaps is slow, but not this slow
	ASK_MS = 5000,
	STOP_MS = 60000, // thousands of busy processes take a while to die
};

struct box {
	struct plan plan;
	struct ids ids;
	char *run_dir;
	pid_t warden; // 0 = reaped
	int pidfd, userns, sock;
	int out, err, ctl, status;
	uint32_t seq;
	VEC(char *) own;    // paths made in the box
	struct report exec; // how exec failed, if it did
	int ended;
	struct box_end end;
};

// Start

struct pipes {
	int out[2], err[2], ctl[2], status[2], report[2], sock[2];
};

static int make_pipe(int fds[2], int nonblock)
{
	if (pipe2(fds, O_CLOEXEC))
		return -1;
	fds[0] = ns_above_stdio(fds[0]);
	fds[1] = ns_above_stdio(fds[1]);
	return nonblock ? fd_set_nonblock(fds[0]) : 0;
}

static int make_pair(int fds[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -1;
	fds[0] = ns_above_stdio(fds[0]);
	fds[1] = ns_above_stdio(fds[1]);
	return 0;
}

static int make_pipes(struct pipes *p, int shell, struct err *e)
{
	memset(p, -1, sizeof(*p));
	if (make_pipe(p->out, 1) || make_pipe(p->err, 1) || make_pipe(p->status, 1) ||
	    make_pipe(p->report, 0) || make_pair(p->sock) || (shell && make_pair(p->ctl)))
		return err_sys(e, "wfx-sandbox", "making the pipes of the box");
	return 0;
}

static void close_end(struct pipes *p, int end)
{
	int *all[] = { p->out, p->err, p->ctl, p->status, p->report, p->sock };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i][end] >= 0)
			close(take_fd(all[i][end]));
}

static int clone_error(struct err *e)
{
	err_sys(e, "wfx-sandbox", "making a user namespace");
	userns_explain(e);
	return -1;
}

static int clone_warden(struct box *b, struct pipes *p, int shell, int page,
                        struct err *e)
{
	struct warden_job job = { .plan = &b->plan, .ids = &b->ids };
	pid_t pid;

	job.trees_from_wfx = b->ids.kind == IDS_SHIFT;
	job.ends = (struct box_ends){ p->sock[1], p->report[1], p->status[1], p->out[1],
		                      p->err[1],  p->ctl[1],    page,         shell };
	ns_scrub_prepare();
	pid = ns_clone(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID, 0, &b->pidfd);
	if (pid == 0)
		warden_main(&job);
	if (pid < 0)
		return clone_error(e);
	b->warden = pid;
	return 0;
}

static int open_userns(struct box *b, struct err *e)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/user", b->warden);
	b->userns = open(path, O_RDONLY | O_CLOEXEC);
	return b->userns < 0 ? err_sys(e, "wfx-sandbox", "opening the user namespace")
	                     : 0;
}

// When the host runs out of memory, what runs in a box goes first. Before the warden hides
// itself; its children inherit the score. Somebody who has a higher one keeps it.
static void offer_to_oom(pid_t pid)
{
	char path[64];
	auto_fd int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, "500", 3) < 0)
		(void)errno;
}

// Folders for the layers, while the warden is busy; it makes what is missing.
static void make_layers(const struct box *b)
{
	auto_fd int dir = open(b->run_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char name[32];

	for (int i = 0; dir >= 0 && i < b->plan.n_layers; i++)
		for (int k = 0; k < 2; k++) {
			snprintf(name, sizeof(name), "%c%d", "lw"[k], i);
			if (mkdirat(dir, name, 0700))
				return;
		}
}

// Real root makes the mounts whose ids are mapped, the warden may not. In the order of
// the plan; "not there" is a message without a descriptor.
static int send_trees(struct box *b, struct err *e)
{
	for (size_t i = 0; i < b->plan.ops.n; i++) {
		const struct op *o = &b->plan.ops.items[i];
		auto_fd int fd = -1;
		int row = (int)i;

		if (o->kind != OP_STORE && o->kind != OP_TREE)
			continue;
		fd = origin_open(o, b->userns, e);
		if (fd == -1)
			return -1;
		// A failing warden has told why; we read that next.
		if (ns_send(b->sock, &row, sizeof(row), fd < 0 ? -1 : fd))
			return 0;
		if (fd < 0)
			fd = -1;
	}
	return 0;
}

static int take_report(struct box *b, const struct report *r, int *exec, struct err *e)
{
	switch (r->kind) {
	case REPORT_ERROR:
		if (!e)
			return -1;
		*e = r->err;
		if (e->sys == EPERM || e->sys == EACCES)
			userns_explain(e);
		return -1;
	case REPORT_MADE:
		vec_reserve(&b->own, 2);
		b->own.items[b->own.n++] = xstrndup(r->text, sizeof(r->text));
		b->own.items[b->own.n] = NULL;
		return 0;
	case REPORT_EXEC:
		*exec = 1;
		return 0;
	case REPORT_EXEC_FAILED:
		b->exec = *r;
		return 0;
	default:
		return err_set(e, "wfx-sandbox", "a starting box sent nonsense");
	}
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// Read the reports until all who could write are through: executed, or gone.
static int wait_started(struct box *b, int report, struct err *e)
{
	int64_t until = now_ms() + START_MS;
	int exec = 0, bad = 0;
	struct report r;

	for (;;) {
		struct pollfd p = { report, POLLIN, 0 };
		int64_t left = until - now_ms();
		int n = poll(&p, 1, left > 0 ? (int)left : 0);
		ssize_t k;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(e, "wfx-sandbox",
			               "the box did not start within %d s",
			               START_MS / 1000);
		k = read(report, &r, sizeof(r));
		if (k == 0)
			break;
		if (k != sizeof(r) && errno == EINTR)
			continue;
		if (k != sizeof(r))
			return err_sys(e, "wfx-sandbox", "reading from the starting box");
		if (!bad)
			bad = take_report(b, &r, &exec, e);
	}
	if (!bad && !exec)
		return err_set(e, "wfx-sandbox", "the box died while it was made");
	return bad;
}

static int start(struct box *b, struct pipes *p, int shell, int page, struct err *e)
{
	if (clone_warden(b, p, shell, page, e))
		return -1;
	close_end(p, 1);
	b->sock = take_fd(p->sock[0]);
	b->out = take_fd(p->out[0]);
	b->err = take_fd(p->err[0]);
	b->ctl = take_fd(p->ctl[0]);
	b->status = take_fd(p->status[0]);
	if (open_userns(b, e) || ids_write(&b->ids, b->warden, e)) {
		userns_explain(e);
		return -1;
	}
	offer_to_oom(b->warden);
	if (ns_send(b->sock, "", 1, -1))
		return err_sys(e, "wfx-sandbox", "the box died at once");
	make_layers(b);
	if (b->ids.kind == IDS_SHIFT && send_trees(b, e))
		return -1;
	return wait_started(b, p->report[0], e);
}

static struct box *start_with(const struct box_spec *spec, enum box_ids want,
                              struct err *e)
{
	static unsigned salt;
	struct box *b = xcalloc(1, sizeof(*b));
	struct netfiles net = { 0 };
	struct pipes p;
	auto_fd int shell = -1;
	int bad;

	b->pidfd = b->userns = b->sock = b->out = b->err = b->ctl = b->status = -1;
	memset(&p, -1, sizeof(p));
	if (spec->network)
		netfiles_find(&net);
	if (plan_init(&b->plan, spec, net.mounts.items, net.mounts.n, e)) {
		netfiles_finish(&net);
		free(b);
		return NULL;
	}
	netfiles_finish(&net);
	if (!b->plan.memory_bytes)
		b->plan.memory_bytes = limits_memory_default();
	b->run_dir = xstrdup(spec->run_dir);
	bad = ids_choose(want, (unsigned)getpid() + salt++, &b->ids, e) ||
	      (!spec->argv && (shell = image_seal(spec->shell_fd, e)) < 0) ||
	      make_pipes(&p, !spec->argv, e) ||
	      start(b, &p, shell, spec->argv ? -1 : spec->page_fd, e);
	close_end(&p, 0);
	close_end(&p, 1);
	if (!bad)
		return b;
	box_destroy(b);
	return NULL;
}

struct box *box_start(const struct box_spec *spec, struct err *e)
{
	struct err first = { 0 };
	struct box *b = start_with(spec, spec->ids, &first);
	struct ids ids;

	if (b || spec->ids != BOX_IDS_AUTO || geteuid() == 0 || ids_range(&ids, NULL))
		goto out;
	// The range promised by /etc/subuid may not work here; one id always does.
	b = start_with(spec, BOX_IDS_ONE, NULL);
out:
	if (!b && e)
		*e = first;
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
	return b->status;
}

pid_t box_pid(const struct box *b)
{
	return b->warden;
}

size_t box_own_paths(const struct box *b, const char *const **paths)
{
	*paths = (const char *const *)b->own.items;
	return b->own.n;
}

// Requests

static int ask(struct box *b, enum warden_op op, int arg, int timeout_ms,
               struct warden_answer *a, int *fd, const char *doing, struct err *e)
{
	struct warden_request q = { ++b->seq, op, arg };
	ssize_t n;

	if (fd)
		*fd = -1;
	if (b->sock < 0 || ns_send(b->sock, &q, sizeof(q), -1))
		return err_set(e, "wfx-lost", "%s: the box is gone", doing);
	do {
		if (fd && *fd >= 0)
			close(take_fd(*fd));
		n = ns_recv(b->sock, a, sizeof(*a), fd, timeout_ms);
	} while (n == sizeof(*a) && a->seq != q.seq); // too late for an earlier request
	if (n != sizeof(*a) && n < 0 && errno == ETIMEDOUT)
		return err_set(e, "wfx-lost",
		               "%s: the box does not answer (frozen, or waiting "
		               "for a disk that does not)",
		               doing);
	if (n != sizeof(*a))
		return err_set(e, "wfx-lost", "%s: the box is gone", doing);
	errno = a->error;
	return a->error ? err_sys(e, "wfx-sandbox", "%s", doing) : 0;
}

int box_signal(struct box *b, int signo, struct err *e)
{
	struct warden_answer a;

	return ask(b, WARDEN_SIGNAL, signo, ASK_MS, &a, NULL, "sending a signal", e);
}

int box_stop_steps(struct box *b, struct err *e)
{
	struct warden_answer a;

	return ask(b, WARDEN_STOP, 0, STOP_MS, &a, NULL,
	           "ending the processes of the box", e);
}

int box_open_root(struct box *b, struct err *e)
{
	struct warden_answer a;
	int fd;

	if (ask(b, WARDEN_ROOT, 0, ASK_MS, &a, &fd, "opening the root of the box", e))
		return -1;
	return fd;
}

int box_open_root_only(struct box *b, struct err *e)
{
	struct warden_answer a;
	int fd;

	if (ask(b, WARDEN_ROOT_ONLY, 0, ASK_MS, &a, &fd, "opening the root of the box",
	        e))
		return -1;
	return fd;
}

int box_processes(struct box *b, struct str *names)
{
	struct warden_answer a;

	if (ask(b, WARDEN_PROCESSES, 0, ASK_MS, &a, NULL, "listing processes", NULL))
		return -1;
	a.text[sizeof(a.text) - 1] = '\0';
	if (names)
		str_add(names, a.text);
	return a.number;
}

int box_enter_users(const struct box *b, struct err *e)
{
	return userns_enter(b->userns, e);
}

// Ends

static void ask_why(struct box *b, const char *otherwise)
{
	struct warden_answer a = { 0 };

	if (ask(b, WARDEN_WHY, 0, 1000, &a, NULL, "", NULL))
		snprintf(b->end.lost_why, sizeof(b->end.lost_why), "the box died");
	else
		snprintf(b->end.lost_why, sizeof(b->end.lost_why), "%.*s",
		         (int)sizeof(b->end.lost_why) - 1, *a.text ? a.text : otherwise);
}

static void fill_end(struct box *b, const struct end_record *r)
{
	struct box_end *x = &b->end;

	x->known = 1;
	x->signal = WIFSIGNALED(r->status) ? WTERMSIG(r->status) : 0;
	x->status = WIFEXITED(r->status) ? WEXITSTATUS(r->status) : 0;
	x->user_us = r->user_us;
	x->sys_us = r->sys_us;
	x->maxrss_kb = r->maxrss_kb;
	if (b->exec.kind == REPORT_EXEC_FAILED) {
		x->exec_errno = b->exec.number;
		snprintf(x->exec_path, sizeof(x->exec_path), "%.*s",
		         (int)sizeof(x->exec_path) - 1, b->exec.text);
	}
	if (x->signal == SIGKILL)
		ask_why(b, ""); // our own guard, perhaps
}

int box_end_read(struct box *b, struct box_end *end)
{
	struct end_record r;
	ssize_t n;

	if (!b->ended) {
		do
			n = read(b->status, &r, sizeof(r));
		while (n < 0 && errno == EINTR);
		if (n < 0 && errno == EAGAIN)
			return 1;
		b->ended = 1;
		if (n == sizeof(r) && r.magic == END_MAGIC)
			fill_end(b, &r);
		else
			ask_why(b, "its end was never reported");
	}
	*end = b->end;
	return 0;
}

static void remove_layers(const struct box *b)
{
	if (b->run_dir)
		userns_remove_layers(b->run_dir,
		                     b->ids.kind == IDS_RANGE ? b->userns : -1);
}

// The kernel takes its time to undo namespaces; we clear the folders away meanwhile, and
// look again when nobody can have added anything.
static void kill_warden(struct box *b)
{
	int status;

	if (!b->warden)
		return;
	kill(b->warden, SIGKILL);
	remove_layers(b);
	while (waitpid(b->warden, &status, __WALL) < 0 && errno == EINTR)
		;
	b->warden = 0;
}

static void close_all(struct box *b)
{
	int *fds[] = { &b->pidfd, &b->sock, &b->out, &b->err, &b->ctl, &b->status };

	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		if (*fds[i] >= 0)
			close(take_fd(*fds[i]));
}

void box_destroy(struct box *b)
{
	if (!b)
		return;
	kill_warden(b);
	remove_layers(b);
	close_all(b);
	if (b->userns >= 0)
		close(b->userns);
	for (size_t i = 0; i < b->own.n; i++)
		free(b->own.items[i]);
	vec_finish(&b->own);
	free(b->run_dir);
	plan_finish(&b->plan);
	free(b);
}

int box_plan(const struct box_spec *spec, struct str *out, struct err *e)
{
	struct netfiles net = { 0 };
	struct plan plan;
	struct ids ids;
	int bad;

	if (ids_choose(spec->ids, 0, &ids, e))
		return -1;
	if (spec->network)
		netfiles_find(&net);
	bad = plan_init(&plan, spec, net.mounts.items, net.mounts.n, e);
	netfiles_finish(&net);
	if (bad)
		return -1;
	str_add(out, "wfx    namespaces   user mount pid\nwfx    ids          ");
	ids_print(&ids, out);
	str_addc(out, '\n');
	plan_print(&plan, out);
	plan_finish(&plan);
	return 0;
}
