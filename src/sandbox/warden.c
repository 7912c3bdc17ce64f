#include "sandbox/warden.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "sandbox/guard.h"
#include "sandbox/init.h"
#include "sandbox/mount.h"
#include "sandbox/ns.h"
#include "sandbox/plan.h"
#include "sandbox/report.h"
#include "sandbox/tree.h"

struct warden {
	struct warden_job *job;
	struct tree tree;
	pid_t init; // 0 = there is none
	int init_sock;
	int sigfd;
	struct guard guard;
	char why[1024]; // what went wrong after the start
};

static _Noreturn void fail(const struct warden *w, const struct err *e)
{
	report_error(w->job->ends.report, e);
	_exit(1);
}

// Nothing of wfx may be left in us: descriptors, terminal, arguments, environment, keys,
// signal handlers.
static void cleanse(struct warden *w)
{
	struct box_ends *x = &w->job->ends;
	int keep[] = { x->wfx, x->report, x->status, x->out,
		       x->err, x->ctl,    x->page,   x->shell };
	int null;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	ns_reset_signals(SIGCHLD);
	ns_keep_fds(keep, ARRAY_LEN(keep));
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(null, 0);
	dup2(null, 1);
#ifndef __SANITIZE_ADDRESS__
	dup2(null, 2);
#endif
	if (null > 2)
		close(null);
	ns_scrub("wfx-warden");
	if (chdir("/"))
		_exit(1);
}

static void become_root(struct warden *w)
{
	struct err e;

	if (setresgid(0, 0, 0) || setresuid(0, 0, 0)) {
		err_sys(&e, "wfx-sandbox", "becoming root of the box");
		fail(w, &e);
	}
	if (w->job->ids->kind != IDS_ONE && setgroups(0, NULL)) {
		err_sys(&e, "wfx-sandbox", "leaving the caller's groups");
		fail(w, &e);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL); // a change of ids clears it
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	umask(022);
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
		err_sys(&e, "wfx-sandbox", "taking the mounts of the host as private");
		fail(w, &e);
	}
}

static int start_init(struct warden *w, struct err *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return err_sys(e, "wfx-sandbox", "making a socket pair");
	w->init = ns_clone(CLONE_NEWPID, SIGCHLD, NULL);
	if (w->init < 0)
		return err_sys(e, "wfx-sandbox", "making the pid namespace of the steps");
	if (w->init == 0) {
		close(pair[0]);
		close(w->job->ends.wfx);
		init_main(w->job->plan, &w->job->ends, pair[1]);
	}
	close(pair[1]);
	w->init_sock = pair[0];
	return 0;
}

// init's ends were made for init.
static void close_steps_ends(struct warden *w)
{
	struct box_ends *x = &w->job->ends;
	int *mine[] = { &x->status, &x->out, &x->err, &x->ctl, &x->page, &x->shell };

	for (size_t i = 0; i < ARRAY_LEN(mine); i++)
		if (*mine[i] >= 0)
			close(take_fd(*mine[i]));
}

static void build(struct warden *w)
{
	struct init_enter enter;
	struct err e = { 0 };
	struct stat st;
	char entered;

	if (start_init(w, &e))
		fail(w, &e);
	close_steps_ends(w);
	w->tree.init = w->init_sock;
	if (tree_build(&w->tree, &e))
		fail(w, &e);
	if (fstat(w->tree.root, &st)) {
		err_sys(&e, "wfx-sandbox", "reading the root of the box");
		fail(w, &e);
	}
	enter = (struct init_enter){ st.st_dev, st.st_ino };
	ns_send(w->init_sock, &enter, sizeof(enter), -1);
	close(take_fd(w->job->ends.report));
	// init drops the host's tree from its own copy. Ours goes when init is through: both
	// need the same lock, and nobody waits for us.
	if (ns_recv(w->init_sock, &entered, 1, NULL, -1) != 1 ||
	    umount2("/old", MNT_DETACH))
		_exit(1);
}

// Processes of the generation, as its own procfs shows them: init is invisible there.
static void add_name(int proc, const char *pid, void *arg)
{
	struct warden_answer *a = arg;
	char stat[512], *name, *end;
	size_t len = strlen(a->text);

	// The entry is the first child of init; zombies are nobody.
	if (guard_read(proc, pid, "stat", stat, sizeof(stat)) <= 0 ||
	    strcmp(pid, "2") == 0)
		return;
	name = strchr(stat, '(');
	end = strrchr(stat, ')');
	if (!name || !end || end[1] != ' ' || end[2] == 'Z' || end[2] == 'X')
		return;
	*end = '\0';
	a->number++;
	if (len + strlen(name) + 24 < sizeof(a->text))
		sprintf(a->text + len, "%.16s %s\n", pid, name + 1);
}

static void check_limits(struct warden *w)
{
	int32_t signo = SIGKILL;

	if (!w->why[0] && guard_check(&w->guard, w->why, sizeof(w->why)))
		ns_send(w->init_sock, &signo, sizeof(signo), -1);
}

// Requests

static int signal_steps(struct warden *w, int signo)
{
	int32_t s = signo;

	if (w->init <= 0)
		return ESRCH;
	if (signo < 1 || signo > SIGRTMAX)
		return EINVAL;
	return ns_send(w->init_sock, &s, sizeof(s), -1) ? errno : 0;
}

// The kernel ends a pid namespace only when every process in it is reaped, and some may
// have become our own children: wait for any until init itself comes.
static int stop_steps(struct warden *w)
{
	pid_t p;

	if (w->init <= 0)
		return 0;
	kill(w->init, SIGKILL);
	while ((p = waitpid(-1, NULL, 0)) != w->init)
		if (p < 0 && errno != EINTR)
			break;
	w->init = 0;
	return 0;
}

static int root_fd(struct warden *w, int alone)
{
	return alone ? mnt_clone(w->tree.root, "", 0)
	             : openat(w->tree.root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void answer(struct warden *w, const struct warden_request *q)
{
	struct warden_answer a = { .seq = q->seq };
	auto_fd int fd = -1;

	switch (q->op) {
	case WARDEN_SIGNAL:
		a.error = signal_steps(w, q->arg);
		break;
	case WARDEN_STOP:
		a.error = stop_steps(w);
		break;
	case WARDEN_ROOT:
	case WARDEN_ROOT_ONLY:
		fd = root_fd(w, q->op == WARDEN_ROOT_ONLY);
		a.error = fd < 0 ? errno : 0;
		break;
	case WARDEN_PROCESSES:
		if (w->init > 0 && guard_each_process(w->guard.proc, add_name, &a))
			a.error = errno;
		break;
	case WARDEN_WHY:
		memcpy(a.text, w->why, sizeof(w->why));
		break;
	default:
		a.error = ENOSYS;
	}
	ns_send(w->job->ends.wfx, &a, sizeof(a), fd);
}

static void reap(struct warden *w)
{
	int status;
	pid_t p;

	while ((p = waitpid(-1, &status, WNOHANG)) > 0) {
		if (p != w->init)
			continue;
		w->init = 0;
		if (!w->why[0] && WIFSIGNALED(status))
			snprintf(w->why, sizeof(w->why),
			         "init of the box was killed by %s",
			         strsignal(WTERMSIG(status)));
	}
}

static _Noreturn void serve(struct warden *w)
{
	struct warden_request q;
	struct signalfd_siginfo si;
	struct pollfd p[2] = { { w->job->ends.wfx, POLLIN, 0 }, { w->sigfd, POLLIN, 0 } };

	for (;;) {
		int n = poll(p, 2, w->init > 0 ? w->guard.every_ms : -1);

		if (n > 0 && p[1].revents) {
			while (read(w->sigfd, &si, sizeof(si)) == sizeof(si))
				;
			reap(w);
		}
		if (n > 0 && p[0].revents) {
			if (ns_recv(p[0].fd, &q, sizeof(q), NULL, 0) != sizeof(q))
				_exit(0); // wfx is gone: so is the box
			answer(w, &q);
		}
		if (n == 0 && w->init > 0)
			check_limits(w);
	}
}

void warden_main(struct warden_job *job)
{
	struct warden w = { .job = job };
	sigset_t set;
	char go;

	cleanse(&w);
	if (ns_recv(job->ends.wfx, &go, 1, NULL, -1) != 1)
		_exit(1);
	become_root(&w);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	w.sigfd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	w.tree = (struct tree){
		.plan = job->plan,
		.report = job->ends.report,
		.wfx = job->trees_from_wfx ? job->ends.wfx : -1,
	};
	build(&w);
	w.guard = (struct guard){
		.proc = w.tree.fs[TREE_PROC],
		.store = w.tree.store,
		.memory_bytes = job->plan->memory_bytes,
		.disk_bytes = job->plan->disk_bytes,
	};
	guard_init(&w.guard);
	serve(&w);
}
