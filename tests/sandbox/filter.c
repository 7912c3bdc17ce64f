// The seccomp programs, replayed: what each call with these arguments would be answered.
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "base/mem.h"
#include "sandbox/filter.h"

#ifdef __x86_64__

// Classic BPF as seccomp runs it: only loads of the data, jumps, and, return.
static uint32_t run(const struct filter_program *f, const struct seccomp_data *d)
{
	uint32_t a = 0, x = 0, mem[16] = { 0 };

	for (unsigned pc = 0; pc < f->len; pc++) {
		const struct sock_filter *i = &f->code[pc];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(i->k % 4 == 0 && i->k < sizeof(*d));
			memcpy(&a, (const char *)d + i->k, 4);
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			pc += a > i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			pc += a & i->k ? i->jt : i->jf;
			break;
		case BPF_ST:
			mem[i->k & 15] = a;
			break;
		case BPF_LD | BPF_MEM:
			a = mem[i->k & 15];
			break;
		case BPF_MISC | BPF_TAX:
			x = a;
			break;
		case BPF_MISC | BPF_TXA:
			a = x;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			fail_msg("instruction 0x%x at %u", i->code, pc);
		}
	}
	fail_msg("ran off the end");
	return 0;
}

enum { OK = 0, X64 = 0, I386 = 1, ARM = 2 };

static const uint32_t arches[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_ARM };

// errno, or 0 for allowed.
static int ask(enum filter_id id, int arch, int nr, uint64_t a0, uint64_t a1, uint64_t a2,
               uint64_t a3)
{
	struct seccomp_data d = { .nr = nr,
		                  .arch = arches[arch],
		                  .args = { a0, a1, a2, a3 } };
	uint32_t r = run(&filter_programs[id], &d);

	if (r == SECCOMP_RET_ALLOW)
		return 0;
	assert_int_equal(r & SECCOMP_RET_ACTION_FULL, SECCOMP_RET_ERRNO);
	return (int)(r & SECCOMP_RET_DATA);
}

static void names(void **state)
{
	// clang-format off
	static const struct { int arch, nr, want; } rows[] = {
		{ X64, SYS_read, OK }, { X64, SYS_write, OK }, { X64, SYS_execve, OK },
		{ X64, SYS_execveat, OK }, { X64, SYS_clone, OK }, { X64, SYS_ptrace, OK },
		{ X64, SYS_openat2, OK }, { X64, SYS_seccomp, OK }, { X64, SYS_chroot, OK },
		{ X64, SYS_mount, EPERM }, { X64, SYS_umount2, EPERM }, { X64, SYS_setns, EPERM },
		{ X64, SYS_bpf, EPERM }, { X64, SYS_io_uring_setup, EPERM },
		{ X64, SYS_userfaultfd, EPERM }, { X64, SYS_keyctl, EPERM },
		{ X64, SYS_kexec_load, EPERM }, { X64, SYS_reboot, EPERM },
		{ X64, SYS_open_by_handle_at, EPERM }, { X64, SYS_pidfd_getfd, EPERM },
		{ X64, SYS_clone3, ENOSYS }, { X64, 999, ENOSYS }, { X64, -1, ENOSYS },
		{ X64, 0x40000000 | SYS_write, ENOSYS }, { X64, 0x40000000 | SYS_mount, ENOSYS },
		{ I386, 4 /* write */, OK }, { I386, 120 /* clone */, OK },
		{ I386, 21 /* mount */, EPERM }, { I386, 22 /* umount */, EPERM },
		{ I386, 52 /* umount2 */, EPERM }, { I386, 346 /* setns */, EPERM },
		{ I386, 102 /* socketcall */, ENOSYS }, { I386, 435 /* clone3 */, ENOSYS },
		{ I386, 5000, ENOSYS }, { ARM, 4, ENOSYS }, { ARM, SYS_read, ENOSYS },
	};
	// clang-format on

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (ask(FILTER_NAMES, rows[i].arch, rows[i].nr, 0, 0, 0, 0) !=
		    rows[i].want)
			fail_msg("row %zu: arch %d call %d: %d instead of %d", i,
			         rows[i].arch, rows[i].nr,
			         ask(FILTER_NAMES, rows[i].arch, rows[i].nr, 0, 0, 0, 0),
			         rows[i].want);
}

static void arguments(void **state)
{
	const uint64_t high = UINT64_C(0x100000000);
	// clang-format off
	const struct { int arch, nr; uint64_t a0, a1; int want; } rows[] = {
		{ X64, SYS_ioctl, 0, TIOCSTI, EPERM },
		{ X64, SYS_ioctl, 0, high | TIOCSTI, EPERM },
		{ X64, SYS_ioctl, 0, ~UINT64_C(0xffffffff) | TIOCSTI, EPERM },
		{ X64, SYS_ioctl, 0, high | TIOCLINUX, EPERM },
		{ X64, SYS_ioctl, 0, TIOCCONS, EPERM },
		{ X64, SYS_ioctl, 0, TIOCGWINSZ, OK },
		{ X64, SYS_ioctl, 0, 0xb702, EPERM },
		{ I386, 54, 0, TIOCSTI, EPERM },
		{ X64, SYS_clone, SIGCHLD, 0, OK },
		{ X64, SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, OK },
		{ X64, SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, EPERM },
		{ X64, SYS_clone, high | CLONE_NEWNS, 0, EPERM },
		{ X64, SYS_clone, CLONE_NEWNET | CLONE_VM, 0, EPERM },
		{ I386, 120, CLONE_NEWUSER, 0, EPERM },
		{ X64, SYS_unshare, CLONE_FILES, 0, OK },
		{ X64, SYS_unshare, CLONE_NEWUSER | CLONE_FILES, 0, EPERM },
		{ X64, SYS_unshare, 0x80, 0, EPERM },
		{ I386, 310, CLONE_NEWNS, 0, EPERM },
		{ X64, SYS_socket, AF_UNIX, SOCK_STREAM, OK },
		{ X64, SYS_socket, AF_INET, SOCK_STREAM, OK },
		{ X64, SYS_socket, AF_INET6, SOCK_STREAM, OK },
		{ X64, SYS_socket, AF_NETLINK, SOCK_RAW, OK },
		{ X64, SYS_socket, AF_PACKET, SOCK_RAW, EAFNOSUPPORT },
		{ X64, SYS_socket, AF_VSOCK, SOCK_STREAM, EAFNOSUPPORT },
		{ X64, SYS_socket, AF_ALG, SOCK_SEQPACKET, EAFNOSUPPORT },
		{ X64, SYS_socket, high | AF_VSOCK, SOCK_STREAM, EAFNOSUPPORT },
		{ X64, SYS_socket, high | AF_AX25, SOCK_STREAM, EAFNOSUPPORT },
		{ X64, SYS_socket, AF_AX25, SOCK_STREAM, EAFNOSUPPORT },
		{ X64, SYS_socket, AF_KEY, SOCK_RAW, EAFNOSUPPORT },
		{ X64, SYS_socketpair, AF_UNIX, SOCK_STREAM, OK },
		{ X64, SYS_socketpair, AF_TIPC, SOCK_STREAM, EAFNOSUPPORT },
		{ I386, 359, AF_VSOCK, SOCK_STREAM, EAFNOSUPPORT },
		{ I386, 359, AF_UNIX, SOCK_STREAM, OK },
		{ X64, SYS_personality, 0xffffffff, 0, OK },
		{ X64, SYS_personality, 0, 0, OK },
		{ X64, SYS_personality, 0x0040000, 0, OK },
		{ X64, SYS_personality, 0x0400000, 0, EPERM },
		{ X64, SYS_personality, 0x0140000, 0, EPERM },
		{ X64, SYS_personality, 0x80400000, 0, EPERM },
		{ X64, SYS_personality, 0x80000000, 0, EPERM },
		{ X64, SYS_personality, 0xfffffffe, 0, EPERM },
		{ X64, SYS_read, TIOCSTI, TIOCSTI, OK },
		{ X64, SYS_prlimit64, 0, 7, OK },
		{ X64, SYS_prlimit64, 2, 7, OK },
		{ X64, SYS_prlimit64, 1, 7, EPERM },
		{ X64, SYS_prlimit64, high | 1, 7, EPERM },
		{ X64, SYS_setpriority, 0, 1, EPERM },
		{ X64, SYS_sched_setaffinity, 1, 8, EPERM },
	};
	// clang-format on

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (ask(FILTER_ARGUMENTS, rows[i].arch, rows[i].nr, rows[i].a0,
		        rows[i].a1, 0, 0) != rows[i].want)
			fail_msg("row %zu", i);
}

static void no_setid(void **state)
{
	enum { CREATE = 0100, TMPFILE = 020200000 };
	// clang-format off
	static const struct { int arch, nr; uint64_t a[4]; int want; } rows[] = {
		{ X64, SYS_chmod, { 0, 0755 }, OK },
		{ X64, SYS_chmod, { 0, 04755 }, EPERM },
		{ X64, SYS_fchmod, { 0, 02755 }, EPERM },
		{ X64, SYS_fchmodat, { 0, 0, 04755 }, EPERM },
		{ X64, SYS_openat, { 0, 0, 0, 04755 }, OK },
		{ X64, SYS_openat, { 0, 0, CREATE, 04755 }, EPERM },
		{ X64, SYS_openat, { 0, 0, CREATE, 0644 }, OK },
		{ X64, SYS_openat, { 0, 0, TMPFILE, 02644 }, EPERM },
		{ X64, SYS_open, { 0, CREATE, 06755 }, EPERM },
		{ X64, SYS_creat, { 0, 04755 }, EPERM },
		{ X64, SYS_mknodat, { 0, 0, 0104755 }, EPERM },
		{ X64, SYS_openat2, { 0 }, ENOSYS },
		{ I386, 15, { 0, 04755 }, EPERM },
	};
	// clang-format on

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (ask(FILTER_NO_SETID, rows[i].arch, rows[i].nr, rows[i].a[0],
		        rows[i].a[1], rows[i].a[2], rows[i].a[3]) != rows[i].want)
			fail_msg("row %zu", i);
}

static void init_only(void **state)
{
	static const int yes[] = { SYS_poll, SYS_read,    SYS_write,     SYS_wait4,
		                   SYS_kill, SYS_recvmsg, SYS_exit_group };
	static const int no[] = { SYS_open,   SYS_openat, SYS_execve,   SYS_clone,
		                  SYS_ptrace, SYS_mmap,   SYS_mprotect, SYS_socket,
		                  SYS_mount,  SYS_setns };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		assert_int_equal(ask(FILTER_INIT, X64, yes[i], 0, 0, 0, 0), 0);
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		assert_int_equal(ask(FILTER_INIT, X64, no[i], 0, 0, 0, 0), EPERM);
}

// Whatever the number, there is an answer, and it is one of three.
static void every_number(void **state)
{
	(void)state;
	for (int arch = X64; arch <= ARM; arch++)
		for (int nr = -16; nr < 2048; nr++) {
			int r = ask(FILTER_NAMES, arch, nr, 0, 0, 0, 0);

			assert_true(r == 0 || r == EPERM || r == ENOSYS);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),        cmocka_unit_test(arguments),
		cmocka_unit_test(no_setid),     cmocka_unit_test(init_only),
		cmocka_unit_test(every_number),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}

#else

int main(void)
{
	puts("1..0 # SKIP the rows are numbers of x86_64");
	return 0;
}

#endif
