#include "sandbox/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "sandbox/entry.h"
#include "sandbox/filter.h"
#include "sandbox/mount.h"
#include "sandbox/ns.h"
#include "sandbox/plan.h"
#include "sandbox/report.h"
#include "sandbox/tree.h"
#include "sandbox/warden.h"

static _Noreturn void fail(const struct box_ends *ends, const struct err *e)
{
	report_error(ends->report, e);
	_exit(1);
}

static int loopback_up(struct err *e)
{
	auto_fd int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r = { .ifr_name = "lo" };

	r.ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK;
	if (s < 0 || ioctl(s, SIOCSIFFLAGS, &r))
		return err_sys(e, "wfx-sandbox",
		               "bringing up the loopback device of the box");
	return 0;
}

static int set_names(const char *host, struct err *e)
{
	static const char domain[] = "(none)";

	if (sethostname(host, strlen(host)) || setdomainname(domain, strlen(domain)))
		return err_sys(e, "wfx-sandbox", "setting the host name of the box to %s",
		               host);
	return 0;
}

static int new_namespaces(const struct op *o, struct err *e)
{
	if (unshare((int)o->a) == 0)
		return 0;
	err_sys(e, "wfx-sandbox", "making the network, ipc, uts and cgroup namespaces");
	if (errno == ENOSPC)
		err_hint(e,
		         "raise the limits in /proc/sys/user (max_net_namespaces ...)");
	return -1;
}

// System V shared memory belongs to nobody once it is detached, so no guard sees it: the
// namespace itself must bound it. Kernels that do not let us have no other means.
static void bound_ipc(int proc)
{
	static const char *const rows[][2] = {
		{ "sys/kernel/shmall", "65536" }, // pages
		{ "sys/kernel/shmmax", "268435456" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_fd int fd = openat(proc, rows[i][0], O_WRONLY | O_CLOEXEC);

		if (fd >= 0 && write(fd, rows[i][1], strlen(rows[i][1])) < 0)
			(void)errno;
	}
}

// File systems show the namespaces of the process that makes them: ours. The descriptor, or
// -1 when it could not be made (or is not wanted); the warden is told in either case.
static int make_mount(const struct plan *plan, enum tree_fs which, int warden)
{
	static const enum op_kind kinds[] = { OP_PROC, OP_SYS, OP_MQUEUE };
	static const char *const types[] = { "proc", "sysfs", "mqueue" };
	static const char *const hidepid[][3] = {
		{ "hidepid", "invisible", NULL },
		{ "hidepid", "2", NULL }, // before Linux 5.8
	};
	struct init_mount m = { .which = (int32_t)which };
	const struct op *o = NULL;
	int fd = -1;

	for (size_t i = 0; i < plan->ops.n && !o; i++)
		if (plan->ops.items[i].kind == kinds[which])
			o = &plan->ops.items[i];
	if (!o)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(hidepid) && fd < 0; i++)
		fd = mnt_fs(types[which], which == TREE_PROC ? hidepid[i] : NULL, o->attr,
		            m.why, sizeof(m.why));
	m.error = fd < 0 ? errno : 0;
	ns_send(warden, &m, sizeof(m), fd);
	return fd;
}

// The pid namespace is there already, the others take a while: /proc goes ahead.
static int make_namespaces(const struct plan *plan, const struct op *o, int warden,
                           struct err *e)
{
	auto_fd int proc = make_mount(plan, TREE_PROC, warden);
	auto_fd int sys = -1, mqueue = -1;

	if (new_namespaces(o, e))
		return -1;
	if (proc >= 0)
		bound_ipc(proc);
	mqueue = make_mount(plan, TREE_MQUEUE, warden);
	sys = make_mount(plan, TREE_SYS, warden);
	return 0;
}

// The mount namespace of the steps: a copy of the warden's, which holds the scaffold
// only, left at once for the tree. Being on the wrong root would be silent, so look.
static int enter_tree(int warden, struct err *e)
{
	struct init_enter want;
	auto_fd int fd = -1;
	struct stat st, above;

	if (ns_recv(warden, &want, sizeof(want), NULL, -1) != sizeof(want))
		_exit(1); // the warden has failed and said why
	if (unshare(CLONE_NEWNS))
		return err_sys(e, "wfx-sandbox",
		               "making the mount namespace of the steps");
	fd = open("/r", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || mnt_pivot_and_drop(fd) || stat("/", &st) || stat("/..", &above))
		return err_sys(e, "wfx-sandbox", "entering the tree of the box");
	if (st.st_dev != want.dev || st.st_ino != want.ino || above.st_dev != want.dev ||
	    above.st_ino != want.ino)
		return err_set(e, "wfx-sandbox",
		               "the root of the box is not the tree made for "
		               "it: nothing was run");
	ns_send(warden, "", 1, -1);
	return 0;
}

static void set_up(const struct plan *plan, struct box_ends *ends, int warden)
{
	struct err e = { 0 };
	int bad = 0;

	for (size_t i = 0; !bad && i < plan->ops.n; i++) {
		const struct op *o = &plan->ops.items[i];

		if (o->kind == OP_UNSHARE) {
			bad = make_namespaces(plan, o, warden, &e);
		} else if (o->kind == OP_LOOPBACK) {
			bad = loopback_up(&e);
		} else if (o->kind == OP_HOSTNAME) {
			bad = set_names(o->source, &e);
		} else if (o->kind == OP_ROOT) {
			bad = enter_tree(warden, &e);
		}
	}
	if (bad)
		fail(ends, &e);
}

// From here on init can end processes and nothing else.
static void drop_caps(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { { 1u << CAP_KILL, 1u << CAP_KILL, 0 } };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	syscall(SYS_capset, &h, d);
}

// Loaded late: the entry runs already, nobody waits for us.
static void lock_in(void)
{
	if (filter_load(FILTER_INIT))
		_exit(1);
}

static void report_end(int fd, int status, const struct rusage *u)
{
	struct end_record r = {
		.magic = END_MAGIC,
		.status = status,
		.user_us = (int64_t)u->ru_utime.tv_sec * 1000000 + u->ru_utime.tv_usec,
		.sys_us = (int64_t)u->ru_stime.tv_sec * 1000000 + u->ru_stime.tv_usec,
		.maxrss_kb = u->ru_maxrss,
	};
	ssize_t n = write(fd, &r, sizeof(r));

	(void)n; // no reader: wfx is gone
}

static void reap(pid_t entry, int status_fd)
{
	struct rusage u;
	int status;
	pid_t p;

	while ((p = wait4(-1, &status, WNOHANG, &u)) > 0)
		if (p == entry)
			report_end(status_fd, status, &u);
}

static _Noreturn void serve(pid_t entry, int status_fd, int warden)
{
	struct signalfd_siginfo si;
	int32_t signo;
	sigset_t set;
	struct pollfd p[2] = { { warden, POLLIN, 0 }, { -1, POLLIN, 0 } };

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	p[1].fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	lock_in();
	reap(entry, status_fd);
	for (;;) {
		if (poll(p, 2, -1) < 0)
			continue;
		if (p[1].revents) {
			while (read(p[1].fd, &si, sizeof(si)) == sizeof(si))
				;
			reap(entry, status_fd);
		}
		if (p[0].revents) {
			// The bare call: sanitizers do in _exit() what the filter forbids.
			if (ns_recv(warden, &signo, sizeof(signo), NULL, 0) !=
			    sizeof(signo))
				syscall(SYS_exit_group, 1);
			kill(-1, signo);
		}
	}
}

// There is nothing else for us to do until the entry has executed, and sharing memory until
// then saves copying it. Only values change that are not used here afterwards. (ASan keeps
// books about memory that do not survive this.)
#ifdef __SANITIZE_ADDRESS__
#define FORK fork
#else
#define FORK vfork
#endif

void init_main(const struct plan *plan, struct box_ends *ends, int warden)
{
	pid_t entry;

	prctl(PR_SET_NAME, "wfx-init");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	set_up(plan, ends, warden);
	entry = FORK();
	if (entry == 0) {
		close(warden);
		close(ends->status);
		entry_main(plan, ends);
	}
	if (entry < 0) {
		struct err e;

		err_sys(&e, "wfx-sandbox", "forking the first process of the steps");
		fail(ends, &e);
	}
	ns_keep_fds((int[]){ ends->status, warden }, 2);
	drop_caps();
	serve(entry, ends->status, warden);
}
