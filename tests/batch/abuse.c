// Abusive programs, one a row: run inside a box by abuse.sh, as root and as an
// ordinary user, through `wfx --batch`. Each probe tries something that the box must not
// allow and says what it got. "contained NAME" or "ESCAPED NAME: what happened", a line
// each; the exit status is 1 when anything escaped.
//
//	abuse all|NAME [--host-pid N] [--host-port N] [--host-shm KEY]
//	abuse host       what those probes look for, outside the box (until stdin ends)
//
// A probe runs in a child of its own, so that one which is killed counts as contained.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static long host_pid, host_port, host_shm;
static char why[256];

// Probes return 0 when contained; escaped() says what was got.
__attribute__((format(printf, 1, 2))) static int escaped(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return 1;
}

// ---- system calls that must fail, whatever errno they give -----------------------------

struct call_row {
	const char *name;
	long nr;
	long a, b, c, d, e;
};

static char junk[4096];
#define J ((long)junk)
#define S(text) ((long)(text))

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd 443
#endif

// clang-format off
#define CALLS \
	{ "mount-tmpfs",       SYS_mount, S("t"), S("/tmp"), S("tmpfs"), 0, 0 }, \
	{ "mount-proc",        SYS_mount, S("p"), S("/tmp"), S("proc"), 0, 0 }, \
	{ "mount-sysfs",       SYS_mount, S("s"), S("/tmp"), S("sysfs"), 0, 0 }, \
	{ "mount-bind",        SYS_mount, S("/"), S("/tmp"), 0, MS_BIND, 0 }, \
	{ "mount-remount-rw",  SYS_mount, 0, S("/proc/sys"), 0, MS_REMOUNT | MS_BIND, 0 }, \
	{ "mount-shared",      SYS_mount, 0, S("/"), 0, MS_SHARED | MS_REC, 0 }, \
	{ "mount-cgroup",      SYS_mount, S("c"), S("/tmp"), S("cgroup"), 0, S("memory") }, \
	{ "umount-proc",       SYS_umount2, S("/proc"), MNT_DETACH, 0, 0, 0 }, \
	{ "umount-mask",       SYS_umount2, S("/proc/kcore"), MNT_DETACH, 0, 0, 0 }, \
	{ "umount-root",       SYS_umount2, S("/"), MNT_DETACH, 0, 0, 0 }, \
	{ "pivot-root",        SYS_pivot_root, S("/"), S("/"), 0, 0, 0 }, \
	{ "fsopen",            SYS_fsopen, S("tmpfs"), 0, 0, 0, 0 }, \
	{ "fspick",            SYS_fspick, AT_FDCWD, S("/"), 0, 0, 0 }, \
	{ "open-tree-clone",   SYS_open_tree, AT_FDCWD, S("/"), 1, 0, 0 }, \
	{ "move-mount",        SYS_move_mount, AT_FDCWD, S("/proc"), AT_FDCWD, S("/tmp"), 0 }, \
	{ "mount-setattr",     SYS_mount_setattr, AT_FDCWD, S("/proc"), 0, J, 32 }, \
	{ "unshare-user",      SYS_unshare, CLONE_NEWUSER, 0, 0, 0, 0 }, \
	{ "unshare-mnt",       SYS_unshare, CLONE_NEWNS, 0, 0, 0, 0 }, \
	{ "unshare-pid",       SYS_unshare, CLONE_NEWPID, 0, 0, 0, 0 }, \
	{ "unshare-net",       SYS_unshare, CLONE_NEWNET, 0, 0, 0, 0 }, \
	{ "unshare-ipc",       SYS_unshare, CLONE_NEWIPC, 0, 0, 0, 0 }, \
	{ "unshare-uts",       SYS_unshare, CLONE_NEWUTS, 0, 0, 0, 0 }, \
	{ "unshare-cgroup",    SYS_unshare, CLONE_NEWCGROUP, 0, 0, 0, 0 }, \
	{ "unshare-time",      SYS_unshare, 0x80, 0, 0, 0, 0 }, \
	{ "sethostname",       SYS_sethostname, S("evil"), 4, 0, 0, 0 }, \
	{ "setdomainname",     SYS_setdomainname, S("evil"), 4, 0, 0, 0 }, \
	{ "reboot",            SYS_reboot, 0xfee1dead, 672274793, 0, 0, 0 }, \
	{ "swapon",            SYS_swapon, S("/tmp/x"), 0, 0, 0, 0 }, \
	{ "swapoff",           SYS_swapoff, S("/tmp/x"), 0, 0, 0, 0 }, \
	{ "init-module",       SYS_init_module, J, 64, S(""), 0, 0 }, \
	{ "finit-module",      SYS_finit_module, 0, S(""), 0, 0, 0 }, \
	{ "delete-module",     SYS_delete_module, S("ext4"), 0, 0, 0, 0 }, \
	{ "kexec-load",        SYS_kexec_load, 0, 0, 0, 0, 0 }, \
	{ "acct",              SYS_acct, S("/tmp/acct"), 0, 0, 0, 0 }, \
	{ "quotactl",          SYS_quotactl, 0x800001, S("/dev/vda"), 0, J, 0 }, \
	{ "quotactl-fd",       SYS_quotactl_fd, 0, 0x800001, 0, J, 0 }, \
	{ "iopl",              SYS_iopl, 3, 0, 0, 0, 0 }, \
	{ "ioperm",            SYS_ioperm, 0x80, 1, 1, 0, 0 }, \
	{ "syslog-read",       SYS_syslog, 3, J, 4096, 0, 0 }, \
	{ "syslog-size",       SYS_syslog, 10, 0, 0, 0, 0 }, \
	{ "bpf-map",           SYS_bpf, 0, J, 72, 0, 0 }, \
	{ "perf-event",        SYS_perf_event_open, J, 0, -1, -1, 0 }, \
	{ "userfaultfd",       SYS_userfaultfd, 1, 0, 0, 0, 0 }, \
	{ "io-uring",          SYS_io_uring_setup, 4, J, 0, 0, 0 }, \
	{ "add-key",           SYS_add_key, S("user"), S("k"), S("v"), 1, -3 }, \
	{ "request-key",       SYS_request_key, S("user"), S("k"), 0, -3, 0 }, \
	{ "keyctl-session",    SYS_keyctl, 0, -3, 0, 0, 0 }, \
	{ "keyctl-join",       SYS_keyctl, 1, 0, 0, 0, 0 }, \
	{ "open-by-handle",    SYS_open_by_handle_at, AT_FDCWD, J, O_RDONLY, 0, 0 }, \
	{ "fanotify",          SYS_fanotify_init, 0, O_RDONLY, 0, 0, 0 }, \
	{ "modify-ldt",        SYS_modify_ldt, 1, J, 16, 0, 0 }, \
	{ "kcmp",              SYS_kcmp, 1, 1, 0, 0, 0 }, \
	{ "memfd-secret",      SYS_memfd_secret, 0, 0, 0, 0, 0 }, \
	{ "move-pages",        SYS_move_pages, 0, 0, 0, 0, 0 }, \
	{ "migrate-pages",     SYS_migrate_pages, 0, 8, J, J, 0 }, \
	{ "clone-userns",      SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0 }, \
	{ "clone-pidns",       SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0 }, \
	{ "setgroups",         SYS_setgroups, 1, J, 0, 0, 0 }, \
	{ "chroot",            SYS_chroot, S("/tmp"), 0, 0, 0, 0 }, \
	{ "vhangup",           SYS_vhangup, 0, 0, 0, 0, 0 }, \
	{ "name-to-handle-fh", SYS_lookup_dcookie, 1, J, 4096, 0, 0 },
// clang-format on

static int call_probe(const struct call_row *r)
{
	long got = syscall(r->nr, r->a, r->b, r->c, r->d, r->e);

	if (got == 0 && (r->nr == SYS_clone))
		_exit(0); // the child of a clone that worked; the parent tells
	if (r->nr == SYS_keyctl && got >= 0)
		return escaped("%s gave key %ld", r->name, (long)got);
	return got >= 0 ? escaped("%s returned %ld", r->name, (long)got) : 0;
}

// ---- helpers ---------------------------------------------------------------------------

static int can_read(const char *path)
{
	char b[256];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, b, sizeof(b));

	if (fd >= 0)
		close(fd);
	return n > 0;
}

static int can_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return n > 0;
}

static int slurp(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t got = 0;
	ssize_t n;

	if (fd < 0)
		return -1;
	while (got < size - 1 && (n = read(fd, buf + got, size - 1 - got)) > 0)
		got += (size_t)n;
	close(fd);
	buf[got] = '\0';
	return (int)got;
}

// ---- files of the kernel ---------------------------------------------------------------

static int kernel_files_readable(void)
{
	static const char *const files[] = {
		"/proc/kcore",
		"/proc/keys",
		"/proc/timer_list",
		"/proc/sched_debug",
		"/proc/latency_stats",
		"/proc/kmsg",
		"/proc/acpi/wakeup",
		"/proc/scsi/scsi",
		"/proc/vmallocinfo",
		"/proc/slabinfo",
		"/dev/mem",
		"/dev/kmsg",
		"/dev/port",
		"/dev/vda",
		"/dev/sda",
		"/dev/nvme0n1",
		"/dev/kvm",
		"/dev/fuse",
		"/dev/net/tun",
		"/dev/console",
		"/dev/vsock",
		"/sys/firmware/dmi/tables/DMI",
		"/sys/kernel/debug/tracing/trace",
		"/proc/1/environ",
		"/proc/1/maps",
		"/proc/1/mem",
		"/proc/pagetypeinfo",
		"/proc/kpagecount",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (can_read(files[i]))
			return escaped("read %s", files[i]);
	return 0;
}

static int kernel_files_writable(void)
{
	static const char *const files[][2] = {
		{ "/proc/sys/kernel/core_pattern", "|/tmp/x" },
		{ "/proc/sys/kernel/hostname", "evil" },
		{ "/proc/sys/kernel/modprobe", "/tmp/x" },
		{ "/proc/sys/kernel/domainname", "evil" },
		{ "/proc/sys/net/ipv4/ip_forward", "1" },
		{ "/proc/sys/vm/drop_caches", "1" },
		{ "/proc/sys/fs/binfmt_misc/register", ":x:M::x::/tmp/x:" },
		{ "/proc/sysrq-trigger", "h" },
		{ "/proc/irq/default_smp_affinity", "1" },
		{ "/proc/bus/pci/00/00.0", "x" },
		{ "/proc/fs/ext4/x", "x" },
		{ "/proc/mtrr", "x" },
		{ "/proc/scsi/scsi", "x" },
		{ "/proc/acpi/wakeup", "x" },
		{ "/proc/timer_list", "x" },
		{ "/proc/self/uid_map", "0 0 1" },
		{ "/proc/self/gid_map", "0 0 1" },
		{ "/proc/self/setgroups", "allow" },
		{ "/proc/self/oom_score_adj", "-1000" },
		{ "/sys/kernel/uevent_helper", "/tmp/x" },
		{ "/sys/power/state", "mem" },
		{ "/sys/kernel/mm/transparent_hugepage/enabled", "never" },
		{ "/sys/fs/cgroup/memory/release_agent", "/tmp/x" },
		{ "/sys/fs/cgroup/release_agent", "/tmp/x" },
		{ "/sys/fs/cgroup/cgroup.procs", "1" },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (can_write(files[i][0], files[i][1]))
			return escaped("wrote %s", files[i][0]);
	return 0;
}

static int kallsyms(void)
{
	static char b[4096];

	if (slurp("/proc/kallsyms", b, sizeof(b)) <= 0)
		return 0;
	for (char *p = b; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
		if (strtoull(p, NULL, 16))
			return escaped("kernel addresses in /proc/kallsyms");
	return 0;
}

static int sys_read_only(void)
{
	int fd = open("/sys/x", O_CREAT | O_WRONLY, 0600);

	if (fd >= 0 || errno == EEXIST)
		return escaped("/sys is writable");
	return 0;
}

static int host_paths_in_mountinfo(void)
{
	static char b[65536];
	static const char *const words[] = { "warpforge/", "warphome", "/home/",
		                             "/work/",     "/tmp/",    "/var/lib/" };

	if (slurp("/proc/self/mountinfo", b, sizeof(b)) < 0)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(b, words[i]))
			return escaped("mountinfo names %s", words[i]);
	return 0;
}

static int mounts_are_nosuid_nodev(void)
{
	struct statfs f;

	if (statfs("/", &f) == 0 && (f.f_flags & 2) == 0)
		return escaped("/ is mounted without nosuid");
	if (statfs("/", &f) == 0 && (f.f_flags & 4) == 0)
		return escaped("/ is mounted without nodev");
	return 0;
}

// ---- processes -------------------------------------------------------------------------

static int foreign_processes(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d)))
		n += e->d_name[0] >= '0' && e->d_name[0] <= '9';
	// ourselves, the child, the shell, and at most its init
	return n > 5 ? escaped("/proc shows %ld processes", (long)n) : 0;
}

static int init_is_closed(void)
{
	static const char *const files[] = { "/proc/1/root", "/proc/1/cwd", "/proc/1/exe",
		                             "/proc/1/ns/mnt", "/proc/1/ns/user" };
	static const char *const dirs[] = { "/proc/1/fd", "/proc/1/map_files",
		                            "/proc/1/root/" };
	char b[256];

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (readlink(files[i], b, sizeof(b)) > 0)
			return escaped("readlink %s", files[i]);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		if (opendir(dirs[i]))
			return escaped("opendir %s", dirs[i]);
	return 0;
}

static int attack_pid(pid_t pid)
{
	char b[8];
	struct iovec l = { b, 8 }, r = { (void *)0x400000, 8 };
	char path[64];
	int fd;

	if (ptrace(PTRACE_ATTACH, pid, 0, 0) == 0 || ptrace(PTRACE_SEIZE, pid, 0, 0) == 0)
		return escaped("ptrace of pid %ld", (long)pid);
	errno = 0;
	if (process_vm_readv(pid, &l, 1, &r, 1, 0) > 0 || errno == EFAULT)
		return escaped("process_vm_readv of pid %ld", (long)pid);
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	if (open(path, O_RDWR) >= 0)
		return escaped("mem of pid %ld opened", (long)pid);
	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	if (opendir(path))
		return escaped("fds of pid %ld listed", (long)pid);
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	for (int i = 0; fd >= 0 && i < 1024; i++)
		if (syscall(SYS_pidfd_getfd, fd, i, 0) >= 0)
			return escaped("pidfd_getfd of pid %ld", (long)pid);
	return 0;
}

static int attack_init(void)
{
	return attack_pid(1);
}

// The parent of the probe's parent is the step shell (or init): it holds the control socket.
static int attack_shell(void)
{
	char b[512], *p;
	long grand;

	snprintf(b, sizeof(b), "/proc/%d/stat", getppid());
	if (slurp(b, b, sizeof(b)) <= 0 || !(p = strrchr(b, ')')))
		return 0;
	grand = strtol(p + 4, NULL, 10);
	return grand > 0 ? attack_pid((pid_t)grand) : 0;
}

static int kill_init(void)
{
	kill(1, SIGKILL);
	kill(1, SIGTERM);
	kill(1, SIGSTOP);
	return 0; // still here to say so: init lives
}

static int kill_host(void)
{
	if (host_pid > 1 && kill((pid_t)host_pid, 0) == 0 &&
	    getpgid((pid_t)host_pid) > 0) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/%ld/stat", host_pid);
		if (access(path, F_OK) != 0)
			return escaped("signal to host pid %ld", (long)host_pid);
	}
	return 0;
}

static int set_ns(void)
{
	static const char *const ns[] = { "user", "mnt", "pid",   "net",
		                          "ipc",  "uts", "cgroup" };
	char path[64];

	for (size_t i = 0; i < sizeof(ns) / sizeof(*ns); i++)
		for (int pid = 1; pid < 30; pid++) {
			int fd;

			snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, ns[i]);
			fd = open(path, O_RDONLY | O_CLOEXEC);
			if (fd >= 0 && setns(fd, 0) == 0)
				return escaped("setns %s", path);
			if (fd >= 0)
				close(fd);
		}
	return 0;
}

static int ns_parents(void)
{
	int fd = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
	int up = fd < 0 ? -1 : ioctl(fd, 0xb702); // NS_GET_PARENT

	if (up >= 0)
		return escaped("NS_GET_PARENT gave the parent user namespace");
	close(fd);
	fd = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	up = fd < 0 ? -1 : ioctl(fd, 0xb702);
	if (up >= 0 && setns(up, 0) == 0)
		return escaped("parent of the pid namespace entered");
	return 0;
}

static int clone3_userns(void)
{
	struct {
		uint64_t flags, pidfd, ctid, ptid, sig, stack, size, tls;
	} a = { .flags = CLONE_NEWUSER, .sig = SIGCHLD };
	long pid = syscall(SYS_clone3, &a, sizeof(a));

	if (pid == 0)
		_exit(0);
	return pid > 0 ? escaped("clone3 with CLONE_NEWUSER") : 0;
}

// Looked for at the start of main(), before we open anything.
static int first_inherited_fd = -1;

static int find_inherited_fd(void)
{
	for (int fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return fd;
	return -1;
}

static int inherited_fds(void)
{
	return first_inherited_fd >= 0
	               ? escaped("inherited fd %ld", (long)first_inherited_fd)
	               : 0;
}

static int host_environment(void)
{
	static const char *const allowed[] = { "PATH=",
		                               "TERM=",
		                               "HOME=",
		                               "PWD=",
		                               "OLDPWD=",
		                               "SHLVL=",
		                               "_=",
		                               "TZ=",
		                               "LC_ALL=",
		                               "USER=",
		                               "LOGNAME=",
		                               "SHELL=",
		                               "SOURCE_DATE_EPOCH=",
		                               "ABUSE_" };

	for (char **v = environ; *v; v++) {
		size_t i = 0, n = sizeof(allowed) / sizeof(*allowed);

		while (i < n && strncmp(*v, allowed[i], strlen(allowed[i])) != 0)
			i++;
		if (i == n)
			return escaped("environment has %s", *v);
	}
	return 0;
}

// ---- privilege -------------------------------------------------------------------------

static int capabilities(void)
{
	static char b[8192];
	char *p;

	if (slurp("/proc/self/status", b, sizeof(b)) <= 0)
		return 0;
	p = strstr(b, "CapBnd:");
	if (p && strtoull(p + 7, NULL, 16) & ~0xa80425fbull)
		return escaped("CapBnd has more than a builder needs");
	p = strstr(b, "NoNewPrivs:");
	if (!p || atoi(p + 11) != 1)
		return escaped("no_new_privs is off");
	p = strstr(b, "Seccomp:");
	if (!p || atoi(p + 8) != 2)
		return escaped("seccomp is off");
	p = strstr(b, "CapAmb:");
	if (p && strtoull(p + 7, NULL, 16))
		return escaped("CapAmb is not empty");
	return 0;
}

static int raise_caps(void)
{
	struct {
		uint32_t version;
		int pid;
	} h = { 0x20080522, 0 };
	uint32_t d[6] = { ~0u, ~0u, ~0u, ~0u, ~0u, ~0u };

	if (syscall(SYS_capset, &h, d) == 0)
		return escaped("capset gave all capabilities");
	if (prctl(47, 2, 21, 0, 0) == 0) // PR_CAP_AMBIENT_RAISE CAP_SYS_ADMIN
		return escaped("ambient CAP_SYS_ADMIN raised");
	if (prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0)
		return escaped("no_new_privs cleared");
	return 0;
}

static int setuid_file(void)
{
	struct stat st;
	int fd = open("/tmp/suid", O_CREAT | O_WRONLY | O_CLOEXEC, 0755);

	if (fd < 0)
		return 0;
	fchmod(fd, 04755);
	close(fd);
	return stat("/tmp/suid", &st) == 0 && st.st_uid != 0 && st.st_mode & 04000
	               ? escaped("setuid file of another user")
	               : 0;
}

static int devices(void)
{
	if (mknod("/tmp/mem", S_IFCHR | 0600, 1 << 8 | 1) == 0 &&
	    open("/tmp/mem", O_RDWR) >= 0)
		return escaped("own node of /dev/mem opened");
	if (mknod("/tmp/blk", S_IFBLK | 0600, 254 << 8) == 0 &&
	    open("/tmp/blk", O_RDONLY) >= 0)
		return escaped("own node of a disk opened");
	return 0;
}

static int dev_listing(void)
{
	static const char *const allowed[] = { ".",       "..",     "null",    "zero",
		                               "full",    "random", "urandom", "tty",
		                               "console", "ptmx",   "pts",     "shm",
		                               "mqueue",  "fd",     "stdin",   "stdout",
		                               "stderr",  "core" };
	DIR *d = opendir("/dev");
	struct dirent *e;

	while (d && (e = readdir(d))) {
		size_t i = 0, n = sizeof(allowed) / sizeof(*allowed);

		while (i < n && strcmp(e->d_name, allowed[i]) != 0)
			i++;
		if (i == n)
			return escaped("/dev has %s", e->d_name);
	}
	return 0;
}

static int replace_device(void)
{
	if (unlink("/dev/null") == 0)
		return escaped("/dev/null removed");
	if (rename("/dev/null", "/dev/x") == 0)
		return escaped("/dev/null renamed");
	return 0;
}

static int tty_injection(void)
{
	static const unsigned long requests[] = { 0x5412, 0x100005412ul, 0x541c, 0x541d,
		                                  0xffffffff00005412ul };
	int m = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), s;
	char name[32], c = 2;
	int n, zero = 0;

	for (int fd = 0; fd < 3; fd++)
		if (isatty(fd))
			return escaped("fd %ld is a terminal", (long)fd);
	if (m < 0)
		return 0;
	ioctl(m, TIOCSPTLCK, &zero);
	if (ioctl(m, TIOCGPTN, &n) < 0)
		return 0;
	snprintf(name, sizeof(name), "/dev/pts/%d", n);
	setsid();
	s = open(name, O_RDWR | O_CLOEXEC);
	for (size_t i = 0; s >= 0 && i < sizeof(requests) / sizeof(*requests); i++)
		if (syscall(SYS_ioctl, s, requests[i], &c) == 0)
			return escaped("ioctl %lx worked", (long)requests[i]);
	return 0;
}

static int personalities(void)
{
	if (personality(0x0020000) >= 0 && personality(0xffffffff) == 0x0020000)
		return escaped("UNAME26 set");
	if (personality(READ_IMPLIES_EXEC) >= 0 &&
	    personality(0xffffffff) & READ_IMPLIES_EXEC)
		return escaped("READ_IMPLIES_EXEC set");
	// The top bit is that of the query as well.
	if (personality(0x80000000 | READ_IMPLIES_EXEC) >= 0 &&
	    personality(0xffffffff) & READ_IMPLIES_EXEC)
		return escaped("READ_IMPLIES_EXEC set below the top bit");
	return 0;
}

#if defined(__x86_64__)
static int foreign_syscalls(void)
{
	long got;

	// x32: getpid must not be reached with the bit set
	got = syscall(39 | 0x40000000);
	if (got > 0)
		return escaped("x32 works (getpid %ld)", (long)got);
	// i386 unshare(CLONE_NEWUSER) by int 0x80
	__asm__ volatile("int $0x80"
	                 : "=a"(got)
	                 : "a"(310L), "b"((long)CLONE_NEWUSER)
	                 : "memory");
	if ((int)got == 0)
		return escaped("unshare by int 0x80");
	__asm__ volatile("int $0x80"
	                 : "=a"(got)
	                 : "a"(288L), "b"(0L), "c"(-3L), "d"(0L)
	                 : "memory");
	if ((int)got >= 0)
		return escaped("keyctl by int 0x80");
	return 0;
}
#else
static int foreign_syscalls(void)
{
	return 0;
}
#endif

static int clocks(void)
{
	struct timeval tv;
	struct timespec ts;

	gettimeofday(&tv, NULL);
	clock_gettime(CLOCK_REALTIME, &ts);
	if (settimeofday(&tv, NULL) == 0)
		return escaped("settimeofday worked");
	if (syscall(SYS_clock_settime, CLOCK_REALTIME, &ts) == 0)
		return escaped("clock_settime worked");
	return 0;
}

static int priorities(void)
{
	struct sched_param p = { .sched_priority = 10 };

	if (setpriority(PRIO_PROCESS, 0, -20) == 0)
		return escaped("nice -20");
	if (syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &p) == 0)
		return escaped("real-time scheduling");
	return 0;
}

static int limits_hold(void)
{
	static const int which[] = { RLIMIT_NOFILE, RLIMIT_CORE, RLIMIT_NPROC,
		                     RLIMIT_MEMLOCK };
	struct rlimit l;

	for (size_t i = 0; i < sizeof(which) / sizeof(*which); i++) {
		if (getrlimit(which[i], &l) < 0 || l.rlim_max == RLIM_INFINITY) {
			if (which[i] != RLIMIT_MEMLOCK)
				return escaped("rlimit %ld has no limit", (long)which[i]);
			continue;
		}
		l.rlim_max = l.rlim_cur = l.rlim_max + 1;
		if (setrlimit(which[i], &l) == 0)
			return escaped("rlimit %ld raised", (long)which[i]);
	}
	return 0;
}

// ---- network and IPC -------------------------------------------------------------------

static int socket_families(void)
{
	for (int f = 1; f < 46; f++) {
		if (f == AF_UNIX || f == AF_INET || f == AF_INET6 || f == AF_NETLINK)
			continue;
		for (int t = 1; t <= 5; t++)
			if (socket(f, t, 0) >= 0)
				return escaped("socket of family %ld", (long)f);
	}
	if (socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0 || socket(AF_INET, 10, 3) >= 0)
		return escaped("raw socket");
	return 0;
}

static int interfaces(void)
{
	static char b[8192];
	char *line;
	int n = 0;

	if (slurp("/proc/net/dev", b, sizeof(b)) <= 0)
		return 0;
	for (line = strtok(b, "\n"); line; line = strtok(NULL, "\n"))
		if (strchr(line, ':') && !strstr(line, "lo:") && !strstr(line, "tunl0") &&
		    !strstr(line, "sit0") && !strstr(line, "gre") && !strstr(line, "ip6"))
			n++;
	return n ? escaped("/proc/net/dev: %ld interfaces besides lo", (long)n) : 0;
}

static int host_loopback(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		                 .sin_port = htons((uint16_t)host_port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (host_port && fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return escaped("host's loopback port %ld", (long)host_port);
	return 0;
}

static int host_abstract_sockets(void)
{
	static char b[65536];
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(a.sun_path, "\0wfx-abuse", 10);
	if (connect(fd, (struct sockaddr *)&a,
	            (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 10)) == 0)
		return escaped("host's abstract socket reached");
	if (slurp("/proc/net/unix", b, sizeof(b)) > 0 && strstr(b, "wfx-abuse"))
		return escaped("host's abstract socket seen");
	return 0;
}

static int host_shm_segment(void)
{
	if (host_shm && shmget((key_t)host_shm, 0, 0) >= 0)
		return escaped("host's shared memory seen");
	return 0;
}

// ---- files -----------------------------------------------------------------------------

static int overwrite_own_exe(void)
{
	int fd = open("/proc/self/exe", O_WRONLY | O_CLOEXEC);

	// our own binary lies in the overlay: writing is refused while it runs, and would
	// change only the box's copy; what must not work is the shell's image
	if (fd >= 0)
		close(fd);
	return 0;
}

static int overwrite_shell_exe(void)
{
	char path[64], b[512], *p;
	int fd;

	snprintf(b, sizeof(b), "/proc/%d/stat", getppid());
	if (slurp(b, b, sizeof(b)) <= 0 || !(p = strrchr(b, ')')))
		return 0;
	snprintf(path, sizeof(path), "/proc/%ld/exe", strtol(p + 4, NULL, 10));
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd >= 0 ? escaped("%s opened for writing", path) : 0;
}

static int escape_by_dotdot(void)
{
	struct stat root, up;
	char b[4096] = "";

	for (int i = 0; i < 200; i++)
		strcat(b, "../");
	if (chdir("/tmp") == 0 && stat("/", &root) == 0 && stat(b, &up) == 0 &&
	    (root.st_ino != up.st_ino || root.st_dev != up.st_dev))
		return escaped("../.. leads elsewhere");
	return access("/.warpforge.container/workspace", F_OK) == 0
	               ? escaped("the workspace is there")
	               : 0;
}

static int overlay_xattrs(void)
{
	static const char *const names[] = { "trusted.overlay.redirect",
		                             "trusted.overlay.opaque",
		                             "security.capability" };

	mkdir("/tmp/xattr", 0755);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (setxattr("/tmp/xattr", names[i], "/../../etc", 10, 0) == 0)
			return escaped("xattr %s set", names[i]);
	return 0;
}

static int host_files(void)
{
	static const char *const files[] = {
		"/work",      "/etc/wfx-abuse-sentinel", "/proc/1/root/work",
		"/root/.ssh", "/var/run/docker.sock",    "/run/systemd/private"
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (access(files[i], F_OK) == 0)
			return escaped("%s is there", files[i]);
	return 0;
}

static int handles(void)
{
	struct {
		unsigned bytes;
		int type;
		unsigned char f[128];
	} h = { .bytes = 128 };
	int id;

	if (syscall(SYS_name_to_handle_at, AT_FDCWD, "/", &h, &id, 0) < 0)
		return 0;
	return syscall(SYS_open_by_handle_at, AT_FDCWD, &h, O_RDONLY) >= 0
	               ? escaped("a file handle opened")
	               : 0;
}

static int core_dump(void)
{
	struct stat st;
	pid_t pid;
	int status;

	if (chdir("/tmp") < 0)
		return 0;
	pid = fork();
	if (pid == 0) {
		raise(SIGSEGV);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WCOREDUMP(status) || stat("/tmp/core", &st) == 0 ? escaped("core written")
	                                                        : 0;
}

static int session_keyring(void)
{
	return can_read("/proc/keys") ? escaped("/proc/keys shows keys") : 0;
}

static int cgroup_tree(void)
{
	static char b[4096];

	if (access("/sys/fs/cgroup/memory/tasks", W_OK) == 0)
		return escaped("cgroup tree writable");
	if (slurp("/proc/self/cgroup", b, sizeof(b)) > 0 && strstr(b, "/../"))
		return 0;
	if (strstr(b, "session") || strstr(b, "user.slice"))
		return escaped("/proc/self/cgroup names host's cgroups");
	return 0;
}

struct probe {
	const char *name;
	int (*fn)(void);
};

static const struct probe probes[] = {
	{ "kernel-files-read", kernel_files_readable },
	{ "kernel-files-write", kernel_files_writable },
	{ "kallsyms", kallsyms },
	{ "sys-read-only", sys_read_only },
	{ "mountinfo-host-paths", host_paths_in_mountinfo },
	{ "nosuid-nodev", mounts_are_nosuid_nodev },
	{ "foreign-processes", foreign_processes },
	{ "init-closed", init_is_closed },
	{ "attack-init", attack_init },
	{ "attack-shell", attack_shell },
	{ "kill-init", kill_init },
	{ "kill-host", kill_host },
	{ "setns", set_ns },
	{ "ns-parents", ns_parents },
	{ "clone3-userns", clone3_userns },
	{ "inherited-fds", inherited_fds },
	{ "host-environment", host_environment },
	{ "capabilities", capabilities },
	{ "raise-caps", raise_caps },
	{ "setuid-file", setuid_file },
	{ "devices", devices },
	{ "dev-listing", dev_listing },
	{ "replace-device", replace_device },
	{ "tty-injection", tty_injection },
	{ "personality", personalities },
	{ "foreign-syscalls", foreign_syscalls },
	{ "clocks", clocks },
	{ "priorities", priorities },
	{ "limits", limits_hold },
	{ "socket-families", socket_families },
	{ "interfaces", interfaces },
	{ "host-loopback", host_loopback },
	{ "host-abstract-sockets", host_abstract_sockets },
	{ "host-shm", host_shm_segment },
	{ "own-exe", overwrite_own_exe },
	{ "shell-exe", overwrite_shell_exe },
	{ "dotdot", escape_by_dotdot },
	{ "overlay-xattrs", overlay_xattrs },
	{ "host-files", host_files },
	{ "file-handles", handles },
	{ "core-dump", core_dump },
	{ "session-keyring", session_keyring },
	{ "cgroup-tree", cgroup_tree },
};

// Run one probe in a child; 1 when it escaped.
static int run(const char *name, int (*fn)(void), const struct call_row *row)
{
	int status = 0, p[2];
	char text[256] = "";
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) < 0)
		return 1;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		int bad;

		alarm(10);
		bad = fn ? fn() : call_probe(row);
		if (bad && write(p[1], why, strlen(why)) < 0)
			_exit(2);
		_exit(bad);
	}
	close(p[1]);
	waitpid(pid, &status, 0);
	if (read(p[0], text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(p[0]);
	if (WIFEXITED(status) && WEXITSTATUS(status)) {
		printf("ESCAPED %s: %s\n", name, text);
		return 1;
	}
	printf("contained %s\n", name);
	return 0;
}

// The host's side of the probes: an abstract socket, a port on the loopback and a shared
// memory segment, until stdin ends. Prints the arguments that tell the probes of them.
static int be_host(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int un = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	key_t key = (key_t)(0x7766 << 16 | (getpid() & 0xffff));
	int shm = shmget(key, 4096, IPC_CREAT | 0666);
	char c;

	memcpy(a.sun_path, "\0wfx-abuse", 10);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(un, (struct sockaddr *)&a,
	         (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 10)) < 0 ||
	    listen(un, 5) < 0 || bind(tcp, (struct sockaddr *)&in, sizeof(in)) < 0 ||
	    listen(tcp, 5) < 0 || getsockname(tcp, (struct sockaddr *)&in, &len) < 0)
		return 1;
	printf("--host-pid %d --host-port %d --host-shm %d\n", getpid(),
	       ntohs(in.sin_port), (int)key);
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
	shmctl(shm, IPC_RMID, NULL);
	return 0;
}

int main(int argc, char *argv[])
{
	const struct call_row calls[] = { CALLS };
	int bad = 0, any = 0;

	first_inherited_fd = find_inherited_fd();
	if (argc == 2 && strcmp(argv[1], "host") == 0)
		return be_host();

	for (int i = 2; i + 1 < argc; i += 2) {
		long v = strtol(argv[i + 1], NULL, 10);

		if (strcmp(argv[i], "--host-pid") == 0)
			host_pid = v;
		else if (strcmp(argv[i], "--host-port") == 0)
			host_port = v;
		else if (strcmp(argv[i], "--host-shm") == 0)
			host_shm = v;
	}
	mkdir("/tmp", 01777);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (argc < 2 || strcmp(argv[1], "all") == 0 ||
		    strcmp(argv[1], calls[i].name) == 0) {
			any = 1;
			bad |= run(calls[i].name, NULL, &calls[i]);
		}
	for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++)
		if (argc < 2 || strcmp(argv[1], "all") == 0 ||
		    strcmp(argv[1], probes[i].name) == 0) {
			any = 1;
			bad |= run(probes[i].name, probes[i].fn, NULL);
		}
	if (!any)
		fprintf(stderr, "abuse: no such probe\n");
	return any ? bad : 2;
}
