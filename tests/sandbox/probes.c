// More abusive programs, besides tests/batch/abuse.c: what is special to this sandbox's
// build, and the dearer ways. Same output: "contained NAME" or "ESCAPED NAME: what".
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <mqueue.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static char why[256];

__attribute__((format(printf, 1, 2))) static int escaped(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return 1;
}

static int has_text(const char *file, const char *text)
{
	static char b[1 << 20];
	int fd = open(file, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, b, sizeof(b) - 1);

	if (fd >= 0)
		close(fd);
	b[n > 0 ? n : 0] = '\0';
	return n > 0 && strstr(b, text) != NULL;
}

// The status pipe, the report pipe, sockets of the warden: none may be here.
static int forged_end(void)
{
	for (int fd = 3; fd < 1024; fd++)
		if (write(fd, "\125\127\106\170\0\0\0\0", 8) >= 0)
			return escaped("descriptor %d can be written", fd);
	return 0;
}

static int parent_of_root(void)
{
	struct stat a, b;

	for (int i = 0; i < 64; i++) {
		if (stat("/..", &a) || stat("/", &b) || a.st_ino != b.st_ino)
			return escaped("/.. is another folder");
		if (chdir(".."))
			return 0;
	}
	return stat(".", &a) || a.st_ino != b.st_ino ? escaped("cwd left the root") : 0;
}

static int scaffold_visible(void)
{
	static const char *const names[] = { "/store", "/s/0", "/m/e",
		                             "/old",   "/r",   "/../store" };
	struct stat st;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (stat(names[i], &st) == 0)
			return escaped("%s is there", names[i]);
	if (has_text("/proc/self/mountinfo", " /store ") ||
	    has_text("/proc/self/mountinfo", "/run-"))
		return escaped("the run folder is in mountinfo");
	return 0;
}

// Other mounts of the layers' file system, by device number and handle.
static int layers_by_handle(void)
{
	union {
		struct file_handle h;
		char room[256];
	} u = { .h.handle_bytes = 128 };
	int id, fd;

	if (name_to_handle_at(AT_FDCWD, "/", &u.h, &id, 0))
		return 0;
	fd = open_by_handle_at(AT_FDCWD, &u.h, O_RDONLY);
	return fd >= 0 ? escaped("open_by_handle_at works") : 0;
}

static int mount_points_move(void)
{
	static const char *const points[] = { "/proc", "/dev", "/dev/shm", "/dev/pts" };

	for (size_t i = 0; i < 4; i++)
		if (rename(points[i], "/tmp/gone") == 0 || rmdir(points[i]) == 0 ||
		    unlink(points[i]) == 0)
			return escaped("%s was moved or removed", points[i]);
	return 0;
}

static int masks_hold(void)
{
	static const char *const masks[] = { "/proc/kcore", "/proc/keys",
		                             "/proc/timer_list", "/proc/sysrq-trigger",
		                             "/proc/kallsyms" };
	char b[16];

	for (size_t i = 0; i < sizeof(masks) / sizeof(*masks); i++) {
		int fd = open(masks[i], O_RDONLY);

		if (fd >= 0 && read(fd, b, sizeof(b)) > 0)
			return escaped("%s gives bytes", masks[i]);
		if (fd >= 0)
			close(fd);
		if (chmod(masks[i], 0666) == 0 || open(masks[i], O_WRONLY) >= 0)
			return escaped("%s can be changed", masks[i]);
	}
	return 0;
}

static int sysctls(void)
{
	static const char *const names[] = {
		"kernel/core_pattern",  "kernel/hostname",
		"kernel/domainname",    "vm/overcommit_memory",
		"net/ipv4/ip_forward",  "net/ipv4/ping_group_range",
		"fs/mqueue/queues_max", "kernel/shmmax",
		"kernel/ns_last_pid",   "user/max_user_namespaces",
		"kernel/modprobe",      "fs/binfmt_misc/register",
	};
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "/proc/sys/%s", names[i]);
		if (open(path, O_WRONLY) >= 0)
			return escaped("%s can be written", path);
	}
	return 0;
}

static int oom_score(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);

	return fd >= 0 && write(fd, "-1000", 5) == 5 ? escaped("oom_score_adj lowered")
	                                             : 0;
}

static int raise_limits(void)
{
	struct rlimit l = { 4096, 4096 }, inf = { RLIM_INFINITY, RLIM_INFINITY };

	if (setrlimit(RLIMIT_NOFILE, &l) == 0)
		return escaped("NOFILE raised");
	if (setrlimit(RLIMIT_NPROC, &inf) == 0)
		return escaped("NPROC raised");
	if (setrlimit(RLIMIT_CORE, &inf) == 0)
		return escaped("CORE raised");
	return setrlimit(RLIMIT_MEMLOCK, &inf) == 0 ? escaped("MEMLOCK raised") : 0;
}

static int realtime(void)
{
	struct sched_param p = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO, &p) == 0 ||
	    sched_setscheduler(0, SCHED_RR, &p) == 0)
		return escaped("real-time scheduling");
	return setpriority(PRIO_PROCESS, 0, -5) == 0 ? escaped("negative nice") : 0;
}

static int lock_memory(void)
{
	void *p = mmap(NULL, 1 << 24, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	               -1, 0);

	return p != MAP_FAILED && mlock(p, 1 << 24) == 0 ? escaped("16 MiB locked") : 0;
}

static int raw_sockets(void)
{
	if (socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0 ||
	    socket(AF_INET6, SOCK_RAW, 58) >= 0)
		return escaped("raw socket");
	return socket(AF_INET, SOCK_PACKET, 0) >= 0 ? escaped("packet socket") : 0;
}

static int new_interface(void)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg i;
		char attr[32];
	} m = { .h = { NLMSG_LENGTH(sizeof(struct ifinfomsg)) + 16, RTM_NEWLINK,
		       NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE, 1, 0 } };
	struct {
		struct nlmsghdr h;
		struct nlmsgerr e;
		char rest[512];
	} r;
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	memcpy(m.attr, "\x10\0\x12\0\x0a\0\x01\0dummy\0\0\0",
	       16); // LINKINFO { KIND dummy }
	if (s < 0 || send(s, &m, m.h.nlmsg_len, 0) < 0 || recv(s, &r, sizeof(r), 0) <= 0)
		return 0;
	return r.h.nlmsg_type == NLMSG_ERROR && r.e.error == 0
	               ? escaped("an interface was made")
	               : 0;
}

static int netfilter(void)
{
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
	struct {
		struct nlmsghdr h;
		char rest[4];
	} m = { .h = { 20, 0x10 /* batch begin */, NLM_F_REQUEST | NLM_F_ACK, 1, 0 } };
	struct {
		struct nlmsghdr h;
		struct nlmsgerr e;
		char rest[512];
	} r = { .e.error = -1 };
	struct timeval t = { 1, 0 };

	if (s < 0)
		return 0;
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	if (send(s, &m, 20, 0) < 0 || recv(s, &r, sizeof(r), 0) <= 0)
		return 0;
	return r.h.nlmsg_type == NLMSG_ERROR && r.e.error == 0
	               ? escaped("nfnetlink batch taken")
	               : 0;
}

static int kernel_modules_by_socket(void)
{
	static const int families[] = { AF_RDS,    AF_TIPC, AF_CAN,        AF_BLUETOOTH,
		                        AF_NFC,    AF_KCM,  AF_XDP,        AF_QIPCRTR,
		                        AF_SMC,    AF_MCTP, AF_PPPOX,      AF_LLC,
		                        AF_PHONET, AF_CAIF, AF_IEEE802154, AF_IB };

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (socket(families[i], SOCK_DGRAM, 0) >= 0 ||
		    socket(families[i], SOCK_SEQPACKET, 0) >= 0)
			return escaped("family %d", families[i]);
	return 0;
}

static int tun_device(void)
{
	int fd;

	mkdir("/tmp/net", 0755);
	if (mknod("/tmp/net/tun", S_IFCHR | 0666, (10 << 8) | 200) == 0 &&
	    (fd = open("/tmp/net/tun", O_RDWR)) >= 0)
		return escaped("tun opened");
	return 0;
}

static int block_device(void)
{
	struct stat st;
	char b[512];
	int fd;

	if (stat("/", &st))
		return 0;
	for (int major = 252; major <= 259; major++)
		if (mknod("/tmp/disk", S_IFBLK | 0600, (dev_t)(major << 8)) == 0) {
			fd = open("/tmp/disk", O_RDONLY);
			if (fd >= 0 && read(fd, b, sizeof(b)) > 0)
				return escaped("disk %d:0 was read", major);
			unlink("/tmp/disk");
		}
	return 0;
}

// Attach, read, signal by pidfd: init has the same user.
static int init_by_pidfd(void)
{
	int fd = (int)syscall(SYS_pidfd_open, 1, 0);
	char b[8];
	struct iovec l = { b, 8 }, r = { (void *)0x400000, 8 };

	if (fd >= 0 && syscall(SYS_pidfd_getfd, fd, 3, 0) >= 0)
		return escaped("a descriptor of init");
	if (ptrace(PTRACE_SEIZE, 1, 0, 0) == 0 || ptrace(PTRACE_ATTACH, 1, 0, 0) == 0)
		return escaped("init is traced");
	if (syscall(SYS_process_vm_readv, 1, &l, 1L, &r, 1L, 0L) > 0)
		return escaped("memory of init");
	return syscall(SYS_prlimit64, 1, RLIMIT_NOFILE, NULL, b) == 0
	               ? escaped("limits of init")
	               : 0;
}

static int kill_all_of_them(void)
{
	// Pid 0, -1 and our own group exist; nothing beyond the namespace may be hit.
	for (int pid = 3; pid < 40000; pid++)
		if (pid != getpid() && pid != getppid() && kill(pid, 0) == 0) {
			char path[64];

			snprintf(path, sizeof(path), "/proc/%d", pid);
			if (access(path, F_OK))
				return escaped("pid %d can be signalled but not seen",
				               pid);
		}
	return 0;
}

static int memory_file_exec(void)
{
	// Running a file from memory is fine; setting ids with it is not.
	int fd = (int)syscall(SYS_memfd_create, "x", 0);

	if (fd < 0 || fchmod(fd, 04755))
		return 0;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1
	               ? 0
	               : escaped("no_new_privs is off");
}

static int more_caps(void)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21, 0, 0) == 0)
		return escaped("ambient SYS_ADMIN");
	if (prctl(PR_SET_MM, PR_SET_MM_ARG_START, 0x1000, 0, 0) == 0)
		return escaped("PR_SET_MM");
	return setxattr("/tmp", "security.capability",
	                "\1\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, 0) == 0
	               ? escaped("file capabilities")
	               : 0;
}

static int trusted_xattrs(void)
{
	if (setxattr("/tmp", "trusted.overlay.opaque", "y", 1, 0) == 0)
		return escaped("trusted xattr");
	return 0;
}

static int new_mount_calls(void)
{
	char b[512] = { 24 };

	// open_tree_attr 467, listmount 458 and statmount 457 with a namespace of others
	if (syscall(467, AT_FDCWD, "/", 1, 0, 0) >= 0)
		return escaped("open_tree_attr");
	return syscall(SYS_fspick, AT_FDCWD, "/proc", 0) >= 0 ||
	                       syscall(442, -1, "", 0, b, 32) == 0
	               ? escaped("mount calls")
	               : 0;
}

static int fill_pts(void)
{
	int n = 0;

	while (n < 3000 && open("/dev/ptmx", O_RDWR | O_NOCTTY) >= 0)
		n++;
	return n >= 1024 ? escaped("%d terminals", n) : 0;
}

static int shm_hog(void)
{
	int fd = open("/dev/shm/hog", O_CREAT | O_WRONLY, 0600);
	static char block[1 << 20];
	long n = 0;

	while (fd >= 0 && write(fd, block, sizeof(block)) > 0 && n < 256)
		n++;
	unlink("/dev/shm/hog");
	return n > 64 ? escaped("%ld MiB in /dev/shm", n) : 0;
}

static int dev_hog(void)
{
	return open("/dev/hog", O_CREAT | O_WRONLY, 0600) >= 0 ||
	                       mkdir("/dev/x", 0700) == 0 || unlink("/dev/null") == 0 ||
	                       rename("/dev/zero", "/dev/null") == 0
	               ? escaped("/dev can be changed")
	               : 0;
}

static int shared_memory_of_host(void)
{
	for (int id = 0; id < 4096; id++)
		if (shmat(id, NULL, SHM_RDONLY) != (void *)-1)
			return escaped("segment %d", id);
	return 0;
}

static int uts_and_groups(void)
{
	gid_t g[64];
	int n = getgroups(64, g);

	if (sethostname("x", 1) == 0)
		return escaped("host name changed");
	for (int i = 0; i < n; i++)
		if (g[i] != 0 && g[i] != 65534)
			return escaped("group %u", g[i]);
	return 0;
}

static int own_namespaces_stay(void)
{
	static const char *const names[] = { "user", "mnt", "pid",   "net",
		                             "ipc",  "uts", "cgroup" };
	char path[64];

	for (size_t i = 0; i < 7; i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		if (syscall(SYS_setns, fd, 0) == 0)
			return escaped("setns %s", names[i]);
		if (ioctl(fd, 0xb702) >= 0 || ioctl(fd, 0xb701) >= 0)
			return escaped("%s leads to others", names[i]);
		close(fd);
	}
	return 0;
}

static int host_in_proc(void)
{
	if (has_text("/proc/self/cgroup", "/docker") || has_text("/proc/1/cgroup", "/"))
		return escaped("cgroup paths of the host");
	if (has_text("/proc/cmdline", "root=") || has_text("/proc/partitions", "vda"))
		return escaped("disks of the host");
	return has_text("/proc/locks", ":") ? escaped("locks of the host") : 0;
}

static int stdio_is_ours(void)
{
	char to[256];

	for (int fd = 0; fd < 3; fd++) {
		char path[32];
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, to, sizeof(to) - 1);
		to[n > 0 ? n : 0] = '\0';
		if (strncmp(to, "pipe:", 5) != 0 && strcmp(to, "/dev/null") != 0)
			return escaped("fd %d is %s", fd, to);
		if (isatty(fd))
			return escaped("fd %d is a terminal", fd);
	}
	return open("/dev/tty", O_RDWR) >= 0 ? escaped("a controlling terminal") : 0;
}

static int by_32_bit_calls(void)
{
#ifdef __x86_64__
	long r;

	// int 0x80: unshare(CLONE_NEWUSER) 310, socketcall 102, clone3 435, setns 346
	static const struct {
		long nr, a;
	} calls[] = {
		{ 310, CLONE_NEWUSER },
		{ 346, 3 },
		{ 435, 0 },
		{ 21, 0 },
		{ 357, 0 },
		{ 88, 0 },
	};
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		__asm__ volatile("int $0x80"
		                 : "=a"(r)
		                 : "a"(calls[i].nr), "b"(calls[i].a), "c"(0), "d"(0)
		                 : "memory", "r8", "r9", "r10", "r11");
		if (r != -EPERM && r != -ENOSYS)
			return escaped("call %ld: %ld", calls[i].nr, r);
	}
#endif
	return 0;
}

static const struct {
	const char *name;
	int (*fn)(void);
} probes[] = {
	{ "forged-end", forged_end },
	{ "parent-of-root", parent_of_root },
	{ "scaffold-visible", scaffold_visible },
	{ "layers-by-handle", layers_by_handle },
	{ "mount-points-move", mount_points_move },
	{ "masks-hold", masks_hold },
	{ "sysctls", sysctls },
	{ "oom-score", oom_score },
	{ "raise-limits", raise_limits },
	{ "realtime", realtime },
	{ "lock-memory", lock_memory },
	{ "raw-sockets", raw_sockets },
	{ "new-interface", new_interface },
	{ "netfilter", netfilter },
	{ "socket-modules", kernel_modules_by_socket },
	{ "tun-device", tun_device },
	{ "block-device", block_device },
	{ "init-by-pidfd", init_by_pidfd },
	{ "kill-all", kill_all_of_them },
	{ "memory-file", memory_file_exec },
	{ "more-caps", more_caps },
	{ "xattrs", trusted_xattrs },
	{ "new-mount-calls", new_mount_calls },
	{ "fill-pts", fill_pts },
	{ "shm-hog", shm_hog },
	{ "dev-hog", dev_hog },
	{ "host-shm", shared_memory_of_host },
	{ "uts-groups", uts_and_groups },
	{ "namespaces", own_namespaces_stay },
	{ "host-in-proc", host_in_proc },
	{ "stdio", stdio_is_ours },
	{ "32-bit-calls", by_32_bit_calls },
};

int main(void)
{
	int bad = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++) {
		pid_t child = fork();
		int status = 0;

		if (child == 0) {
			alarm(20);
			if (probes[i].fn())
				printf("ESCAPED %s: %s\n", probes[i].name, why);
			_exit(why[0] != 0);
		}
		waitpid(child, &status, 0);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
			bad = 1;
		else
			printf("contained %s\n", probes[i].name);
	}
	return bad;
}
