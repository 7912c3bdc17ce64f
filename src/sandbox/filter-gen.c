// Build-time program: writes the seccomp filters of the box as C arrays to stdout.
// Policy and reasons: sandbox.md §5.3.
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asm/ioctls.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#define LOW32 UINT64_C(0xffffffff)

// Known and refused: EPERM. What a build never needs and what has reached kernels.
static const char *const refused[] = {
	// kernel keyrings, tracing machinery, programmable kernel
	"add_key", "request_key", "keyctl", "bpf", "perf_event_open", "userfaultfd",
	"io_uring_setup", "io_uring_enter", "io_uring_register", "lookup_dcookie",
	"fanotify_init", "fanotify_mark", "kcmp", "pidfd_getfd", "process_madvise",
	"memfd_secret", "seccomp_notify",
	// mounts and namespaces
	"mount", "umount", "umount2", "pivot_root", "setns", "fsopen", "fsconfig",
	"fsmount", "fspick", "open_tree", "open_tree_attr", "move_mount", "mount_setattr",
	"quotactl", "quotactl_fd", "open_by_handle_at",
	// the machine
	"reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module",
	"delete_module", "create_module", "query_module", "get_kernel_syms", "swapon",
	"swapoff", "acct", "syslog", "vhangup", "nfsservctl", "sysfs", "ustat", "uselib",
	"_sysctl", "iopl", "ioperm", "modify_ldt", "vm86", "vm86old", "clock_settime",
	"clock_settime64", "settimeofday", "stime", "move_pages", "migrate_pages",
	"remap_file_pages", "s390_pci_mmio_read", "s390_pci_mmio_write",
	// never implemented
	"vserver", "security", "tuxcall", "afs_syscall", "getpmsg", "putpmsg", "bdflush",
	// the flags of clone3 and the family in socketcall lie in memory that a filter
	// cannot see: libraries fall back to clone and socket on ENOSYS
};
static const char *const unseen[] = { "clone3", "socketcall" };

static const uint64_t namespaces[] = {
	CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
	CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET,
};

// Requests that type into or take over terminals, load line disciplines, or lead from one
// namespace to its owner or parent. The kernel looks at 32 bits only, so does the rule.
static const uint64_t ioctls[] = {
	TIOCSTI,
	TIOCLINUX,
	TIOCCONS,
	TIOCSETD,
	0xb701 /* NS_GET_USERNS */,
	0xb702 /* NS_GET_PARENT */,
};

// personality: flags that weaken a program or ask the kernel for odd behaviour. Only the
// query 0xffffffff may have the top bit, and only together with all the others.
static const uint64_t personas[] = {
	0x0020000 /* UNAME26 */,           0x0080000 /* FDPIC */,
	0x0100000 /* MMAP_PAGE_ZERO */,    0x0200000 /* COMPAT_LAYOUT */,
	0x0400000 /* READ_IMPLIES_EXEC */, 0x4000000 /* STICKY_TIMEOUTS */,
};

// Calls that change another process, and where their pid is. The init of a generation (1 in
// its pid namespace, which nobody can leave) has the user of the steps: a CPU limit of
// zero, say, would kill it, and the box with it.
static const struct {
	const char *name;
	unsigned pid;
} on_others[] = {
	{ "prlimit64", 0 },          { "sched_setaffinity", 0 }, { "sched_setparam", 0 },
	{ "sched_setscheduler", 0 }, { "sched_setattr", 0 },     { "setpriority", 1 },
	{ "ioprio_set", 1 },
};

#define N(a) (sizeof(a) / sizeof(*(a)))

static void die(const char *what, int r)
{
	fprintf(stderr, "filter-gen: %s: %s\n", what, strerror(-r));
	exit(1);
}

static int has(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], name) == 0)
			return 1;
	return 0;
}

// -EDOM: the call does not exist on one of the architectures. -EACCES: the rule says what
// the default does anyway.
static void rule(scmp_filter_ctx c, uint32_t action, const char *name, unsigned n,
                 const struct scmp_arg_cmp *args)
{
	int nr = seccomp_syscall_resolve_name(name), r;

	if (nr == __NR_SCMP_ERROR)
		return;
	r = seccomp_rule_add_array(c, action, nr, n, args);
	if (r && r != -EDOM && r != -EACCES)
		die(name, r);
}

static void refuse_masked(scmp_filter_ctx c, int err, const char *name, unsigned arg,
                          uint64_t mask, uint64_t value)
{
	struct scmp_arg_cmp a = SCMP_CMP64(arg, SCMP_CMP_MASKED_EQ, mask, value);

	rule(c, SCMP_ACT_ERRNO(err), name, 1, &a);
}

static scmp_filter_ctx begin(uint32_t action)
{
	scmp_filter_ctx c = seccomp_init(action);
	int r = c ? 0 : -ENOMEM;

	if (!r && seccomp_arch_native() == SCMP_ARCH_X86_64)
		r = seccomp_arch_add(c, SCMP_ARCH_X86);
	// x32 and every other architecture: the calls do not exist.
	if (!r)
		r = seccomp_attr_set(c, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));
	if (!r)
		r = seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r)
		die("libseccomp", r);
	return c;
}

static scmp_filter_ctx make_arguments(void)
{
	static const char *const sockets[] = { "socket", "socketpair" };
	scmp_filter_ctx c = begin(SCMP_ACT_ALLOW);

	for (size_t i = 0; i < N(ioctls); i++)
		refuse_masked(c, EPERM, "ioctl", 1, LOW32, ioctls[i]);
	for (size_t i = 0; i < N(namespaces); i++) {
		refuse_masked(c, EPERM, "clone", 0, namespaces[i], namespaces[i]);
		refuse_masked(c, EPERM, "unshare", 0, namespaces[i], namespaces[i]);
	}
	refuse_masked(c, EPERM, "unshare", 0, 0x80, 0x80); // CLONE_NEWTIME
	for (size_t i = 0; i < N(personas); i++)
		refuse_masked(c, EPERM, "personality", 0, 0x80000000 | personas[i],
		              personas[i]);
	for (unsigned bit = 0; bit < 31; bit++)
		refuse_masked(c, EPERM, "personality", 0, 0x80000000 | UINT32_C(1) << bit,
		              0x80000000);
	for (size_t i = 0; i < N(on_others); i++)
		refuse_masked(c, EPERM, on_others[i].name, on_others[i].pid, LOW32, 1);
	for (size_t s = 0; s < N(sockets); s++) {
		struct scmp_arg_cmp high = SCMP_CMP64(0, SCMP_CMP_GT, AF_NETLINK, 0);

		rule(c, SCMP_ACT_ERRNO(EAFNOSUPPORT), sockets[s], 1, &high);
		for (uint64_t f = 3; f < AF_NETLINK; f++)
			if (f != AF_INET6)
				refuse_masked(c, EAFNOSUPPORT, sockets[s], 0, LOW32, f);
	}
	return c;
}

// The filter by name is written directly, as a binary search over runs of numbers with the
// same answer: an eighth of what libseccomp makes of it, and it is loaded at every start.

enum { MAX_NR = 1024, MAX_CODE = 2048 };

struct code {
	struct sock_filter insn[MAX_CODE];
	unsigned n;
};

static struct sock_filter *emit(struct code *c, unsigned op, unsigned jt, unsigned jf,
                                uint32_t k)
{
	struct sock_filter *i = &c->insn[c->n++];

	if (c->n > MAX_CODE || jt > 255 || jf > 255)
		die("the filter is too long", -E2BIG);
	*i = (struct sock_filter){ (uint16_t)op, (uint8_t)jt, (uint8_t)jf, k };
	return i;
}

typedef uint32_t policy_fn(const char *name);

static uint32_t policy_of_steps(const char *name)
{
	if (has(refused, N(refused), name))
		return SECCOMP_RET_ERRNO | EPERM;
	return has(unseen, N(unseen), name) ? (uint32_t)(SECCOMP_RET_ERRNO | ENOSYS)
	                                    : SECCOMP_RET_ALLOW;
}

// All that a generation's init does once it serves.
static uint32_t policy_of_init(const char *name)
{
	static const char *const needed[] = {
		"poll", "ppoll", "read", "write",      "recvmsg",      "wait4",
		"kill", "close", "exit", "exit_group", "rt_sigreturn", "restart_syscall",
	};

	return has(needed, N(needed), name) ? SECCOMP_RET_ALLOW
	                                    : (uint32_t)(SECCOMP_RET_ERRNO | EPERM);
}

static uint32_t answer(policy_fn *policy, uint32_t arch, int nr)
{
	char *name = seccomp_syscall_resolve_num_arch(arch, nr);
	uint32_t r = name ? policy(name) : (uint32_t)(SECCOMP_RET_ERRNO | ENOSYS);

	free(name);
	return r;
}

struct runs {
	uint32_t first[MAX_NR + 1], answer[MAX_NR + 1];
	unsigned n;
};

// What is beyond the last number, x32's calls among them, is ENOSYS.
static void find_runs(policy_fn *policy, uint32_t arch, struct runs *r)
{
	r->n = 0;
	for (int nr = 0; nr <= MAX_NR; nr++) {
		uint32_t a = nr == MAX_NR ? (uint32_t)(SECCOMP_RET_ERRNO | ENOSYS)
		                          : answer(policy, arch, nr);

		if (r->n && r->answer[r->n - 1] == a)
			continue;
		r->first[r->n] = (uint32_t)nr;
		r->answer[r->n++] = a;
	}
}

// n runs take 2n - 1 instructions: left half, then right half.
static void search(struct code *c, const struct runs *r, unsigned from, unsigned n)
{
	unsigned left = n / 2;

	if (n == 1) {
		emit(c, BPF_RET | BPF_K, 0, 0, r->answer[from]);
		return;
	}
	emit(c, BPF_JMP | BPF_JGE | BPF_K, 2 * left - 1, 0, r->first[from + left]);
	search(c, r, from, left);
	search(c, r, from + left, n - left);
}

static void add_names_of(struct code *c, policy_fn *policy, uint32_t arch)
{
	static struct runs r;

	find_runs(policy, arch, &r);
	emit(c, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, arch));
	emit(c, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, arch);
	emit(c, BPF_JMP | BPF_JA, 0, 0, 2 * r.n);
	emit(c, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
	search(c, &r, 0, r.n);
}

static unsigned short print_names(const char *name, policy_fn *policy)
{
	static struct code c;

	c.n = 0;
	add_names_of(&c, policy, seccomp_arch_native());
	if (seccomp_arch_native() == SCMP_ARCH_X86_64)
		add_names_of(&c, policy, SCMP_ARCH_X86);
	emit(&c, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS);
	printf("static const struct sock_filter %s[] = {\n", name);
	for (unsigned i = 0; i < c.n; i++)
		printf("\t{ 0x%02x, %u, %u, 0x%08x },\n", c.insn[i].code, c.insn[i].jt,
		       c.insn[i].jf, c.insn[i].k);
	printf("};\n\n");
	return (unsigned short)c.n;
}

// A set-id file in a writable host folder would be one on the host, where the mount's
// nosuid does not hold.
static scmp_filter_ctx make_no_setid(void)
{
	static const struct {
		const char *name;
		unsigned mode; // which argument
	} modes[] = {
		{ "chmod", 1 }, { "fchmod", 1 },  { "fchmodat", 2 }, { "fchmodat2", 2 },
		{ "mknod", 1 }, { "mknodat", 2 }, { "creat", 1 },
	};
	static const struct {
		const char *name;
		unsigned flags, mode; // the mode counts only when a file may be made
	} opens[] = { { "open", 1, 2 }, { "openat", 2, 3 } };
	static const uint64_t makes[] = { O_CREAT, 020000000 /* O_TMPFILE's own bit */ };
	static const uint64_t bits[] = { S_ISUID, S_ISGID };
	scmp_filter_ctx c = begin(SCMP_ACT_ALLOW);

	for (size_t i = 0; i < N(modes); i++) {
		refuse_masked(c, EPERM, modes[i].name, modes[i].mode, S_ISUID, S_ISUID);
		refuse_masked(c, EPERM, modes[i].name, modes[i].mode, S_ISGID, S_ISGID);
	}
	for (size_t i = 0; i < N(opens) * N(makes) * N(bits); i++) {
		uint64_t make = makes[i / 2 % 2], bit = bits[i % 2];
		struct scmp_arg_cmp a[] = {
			SCMP_CMP64(opens[i / 4].flags, SCMP_CMP_MASKED_EQ, make, make),
			SCMP_CMP64(opens[i / 4].mode, SCMP_CMP_MASKED_EQ, bit, bit),
		};

		rule(c, SCMP_ACT_ERRNO(EPERM), opens[i / 4].name, 2, a);
	}
	// Its mode lies in memory.
	rule(c, SCMP_ACT_ERRNO(ENOSYS), "openat2", 0, NULL);
	return c;
}

static unsigned short print(const char *name, scmp_filter_ctx c)
{
	FILE *f = tmpfile();
	struct sock_filter i;
	unsigned n = 0;
	int r = f ? seccomp_export_bpf(c, fileno(f)) : -errno;

	seccomp_release(c);
	if (r)
		die("seccomp_export_bpf", r);
	rewind(f);
	printf("static const struct sock_filter %s[] = {\n", name);
	while (fread(&i, sizeof(i), 1, f) == 1) {
		printf("\t{ 0x%02x, %u, %u, 0x%08x },\n", i.code, i.jt, i.jf, i.k);
		n++;
	}
	printf("};\n\n");
	fclose(f);
	if (!n || n > BPF_MAXINSNS)
		die(name, -E2BIG);
	return (unsigned short)n;
}

int main(void)
{
	static const char *const rows[] = { "ARGUMENTS", "NAMES", "NO_SETID", "INIT" };
	static const char *const arrays[] = { "arguments", "names", "no_setid", "init" };
	unsigned short n[N(rows)];

	printf("// Written by filter-gen with libseccomp %u.%u.%u.\n"
	       "#include <linux/filter.h>\n\n#include \"sandbox/filter.h\"\n\n",
	       seccomp_version()->major, seccomp_version()->minor,
	       seccomp_version()->micro);
	n[0] = print(arrays[0], make_arguments());
	n[1] = print_names(arrays[1], policy_of_steps);
	n[2] = print(arrays[2], make_no_setid());
	n[3] = print_names(arrays[3], policy_of_init);
	printf("const struct filter_program filter_programs[FILTER_COUNT] = {\n");
	for (size_t i = 0; i < N(rows); i++)
		printf("\t[FILTER_%s] = { %s, %u },\n", rows[i], arrays[i], n[i]);
	printf("};\n");
	return 0;
}
