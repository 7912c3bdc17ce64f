#include "sandbox/tables.h"

#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "sandbox/box.h"

// What tells about the host, reaches the kernel, or has no use in a build. The first rows
// are upstream's masked paths, the rest sandbox.md §5.2 point 9. Upstream makes
// /proc/bus, fs and irq read-only; nothing in a build reads them, so they are hidden.
// clang-format off
const struct hide_rule hide_rules[] = {
	{ "/proc/acpi",           RULE_UPSTREAM, NULL },
	{ "/proc/asound",         RULE_UPSTREAM, NULL },
	{ "/proc/kcore",          RULE_UPSTREAM, NULL },
	{ "/proc/keys",           RULE_UPSTREAM, NULL },
	{ "/proc/latency_stats",  RULE_UPSTREAM, NULL },
	{ "/proc/timer_list",     RULE_UPSTREAM, NULL },
	{ "/proc/timer_stats",    RULE_UPSTREAM, NULL },
	{ "/proc/sched_debug",    RULE_UPSTREAM, NULL },
	{ "/proc/scsi",           RULE_UPSTREAM, NULL },
	{ "/proc/bus",            RULE_ALWAYS, NULL },
	{ "/proc/fs",             RULE_ALWAYS, NULL },
	{ "/proc/irq",            RULE_ALWAYS, NULL },
	{ "/proc/sysrq-trigger",  RULE_UPSTREAM, NULL },
	{ "/proc/key-users",      RULE_ALWAYS, NULL },
	{ "/proc/vmallocinfo",    RULE_ALWAYS, NULL },
	{ "/proc/slabinfo",       RULE_ALWAYS, NULL },
	{ "/proc/kallsyms",       RULE_ALWAYS, NULL },
	{ "/proc/kpageflags",     RULE_ALWAYS, NULL },
	{ "/proc/kpagecount",     RULE_ALWAYS, NULL },
	{ "/proc/kpagecgroup",    RULE_ALWAYS, NULL },
	{ "/proc/pagetypeinfo",   RULE_ALWAYS, NULL },
	{ "/proc/buddyinfo",      RULE_ALWAYS, NULL },
	{ "/proc/zoneinfo",       RULE_ALWAYS, NULL },
	{ "/proc/schedstat",      RULE_ALWAYS, NULL },
	{ "/proc/cmdline",        RULE_ALWAYS, NULL },
	{ "/proc/bootconfig",     RULE_ALWAYS, NULL },
	{ "/proc/config.gz",      RULE_ALWAYS, NULL },
	{ "/proc/interrupts",     RULE_ALWAYS, NULL },
	{ "/proc/softirqs",       RULE_ALWAYS, NULL },
	{ "/proc/kmsg",           RULE_ALWAYS, NULL },
	{ "/proc/locks",          RULE_ALWAYS, NULL },
	{ "/proc/iomem",          RULE_ALWAYS, NULL },
	{ "/proc/ioports",        RULE_ALWAYS, NULL },
	{ "/proc/swaps",          RULE_ALWAYS, NULL },
	{ "/proc/partitions",     RULE_ALWAYS, NULL },
	{ "/proc/diskstats",      RULE_ALWAYS, NULL },
	{ "/proc/modules",        RULE_ALWAYS, NULL },
	{ "/proc/mdstat",         RULE_ALWAYS, NULL },
	{ "/proc/mtrr",           RULE_ALWAYS, NULL },
	{ "/proc/version_signature", RULE_ALWAYS, NULL },
	{ "/proc/driver",         RULE_ALWAYS, NULL },
	{ "/proc/tty",            RULE_ALWAYS, NULL },
	{ "/proc/pressure",       RULE_ALWAYS, NULL },
	{ "/proc/dynamic_debug",  RULE_ALWAYS, NULL },
	{ "/proc/sys/kernel/random/boot_id", RULE_STRICT, "00000000-0000-4000-8000-000000000000\n" },
	{ "/proc/loadavg",        RULE_STRICT, "0.00 0.00 0.00 1/1 1\n" },
	{ "/proc/uptime",         RULE_STRICT, "1.00 1.00\n" },
	{ "/sys/firmware",        RULE_LAX, NULL },
	{ "/sys/fs",              RULE_LAX, NULL },
	{ "/sys/kernel/debug",    RULE_LAX, NULL },
	{ "/sys/kernel/tracing",  RULE_LAX, NULL },
	{ "/sys/kernel/security", RULE_LAX, NULL },
	{ "/sys/devices/virtual/powercap", RULE_LAX, NULL },
	{ "/sys/devices/virtual/dmi", RULE_LAX, NULL },
};

// With pts/ptmx behind /dev/ptmx and the console of no terminal these are runc's eight.
const struct node_rule node_rules[] = {
	{ "null",    1, 3, RULE_ALWAYS },
	{ "zero",    1, 5, RULE_ALWAYS },
	{ "full",    1, 7, RULE_ALWAYS },
	{ "random",  1, 8, RULE_ALWAYS },
	{ "urandom", 1, 9, RULE_ALWAYS },
	{ "tty",     5, 0, RULE_LAX },
};

const struct link_rule link_rules[] = {
	{ "ptmx",   "pts/ptmx" },
	{ "fd",     "/proc/self/fd" },
	{ "stdin",  "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
	{ "core",   "/proc/kcore" },
};
// clang-format on

const size_t n_hide_rules = ARRAY_LEN(hide_rules);
const size_t n_node_rules = ARRAY_LEN(node_rules);
const size_t n_link_rules = ARRAY_LEN(link_rules);

#define CAP(name) (UINT64_C(1) << CAP_##name)
const uint64_t caps_formula = CAP(AUDIT_WRITE) | CAP(KILL) | CAP(NET_BIND_SERVICE);
const uint64_t caps_build = CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(FOWNER) | CAP(FSETID) |
                            CAP(SETUID) | CAP(SETGID) | CAP(SETPCAP) | CAP(KILL) |
                            CAP(SYS_CHROOT) | CAP(NET_BIND_SERVICE) | CAP(SETFCAP) |
                            CAP(AUDIT_WRITE);

int rule_applies(enum rule_when when, int strict)
{
	return when == RULE_UPSTREAM || when == RULE_ALWAYS ||
	       (when == RULE_STRICT) == !!strict;
}

size_t limits_make(const struct box_limits *l, struct limit *out)
{
	const uint64_t inf = UINT64_MAX;
	uint64_t procs = l->processes ? l->processes : 4096;
	uint64_t files = l->open_files ? l->open_files : 1024;
	uint64_t fsize = l->file_size ? l->file_size : inf;
	const struct limit rows[] = {
		{ RLIMIT_NOFILE, "NOFILE", files, files },
		{ RLIMIT_NPROC, "NPROC", procs, procs },
		{ RLIMIT_CORE, "CORE", 0, 0 },
		{ RLIMIT_FSIZE, "FSIZE", fsize, fsize },
		{ RLIMIT_STACK, "STACK", 8 << 20, inf },
		{ RLIMIT_MEMLOCK, "MEMLOCK", 64 << 10, 64 << 10 },
		{ RLIMIT_MSGQUEUE, "MSGQUEUE", 819200, 819200 },
		{ RLIMIT_SIGPENDING, "SIGPENDING", 4096, 4096 },
		{ RLIMIT_RTPRIO, "RTPRIO", 0, 0 },
		{ RLIMIT_NICE, "NICE", 0, 0 },
	};

	_Static_assert(ARRAY_LEN(rows) <= LIMITS_MAX, "room for the rows");
	memcpy(out, rows, sizeof(rows));
	return ARRAY_LEN(rows);
}

uint64_t limits_memory_default(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	unsigned long long kb = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %llu kB", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return (uint64_t)kb * 1024 / 5 * 4;
}
