#include "sandbox/guard.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <fts.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum { EVERY_MS = 100, MOST_MS = 1000, DISK_MS = 1000, SMALL_FILES = 100000 };
static const uint64_t mib = 1 << 20, gib = 1 << 30;

int guard_each_process(int proc, guard_proc_fn *fn, void *arg)
{
	int fd = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *de;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while ((de = readdir(d)))
		if (isdigit((unsigned char)de->d_name[0]) && strcmp(de->d_name, "1") != 0)
			fn(dirfd(d), de->d_name, arg);
	closedir(d);
	return 0;
}

int guard_read(int proc, const char *pid, const char *name, char *buf, size_t n)
{
	char path[64];
	auto_fd int fd = -1;
	ssize_t k;

	snprintf(path, sizeof(path), "%.16s/%s", pid, name);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	k = fd < 0 ? -1 : read(fd, buf, n - 1);
	if (k >= 0)
		buf[k] = '\0';
	return (int)k;
}

static void add_memory(int proc, const char *pid, void *arg)
{
	uint64_t *pages = arg;
	unsigned long long size, rss;
	char statm[128];

	if (guard_read(proc, pid, "statm", statm, sizeof(statm)) > 0 &&
	    sscanf(statm, "%llu %llu", &size, &rss) == 2)
		*pages += rss;
}

// Facts about the whole host, in bytes.
struct meminfo {
	uint64_t total, available, shmem;
};

static void read_meminfo(int proc, struct meminfo *m)
{
	static const struct {
		const char *name;
		size_t at;
	} rows[] = {
		{ "MemTotal:", offsetof(struct meminfo, total) },
		{ "MemAvailable:", offsetof(struct meminfo, available) },
		{ "Shmem:", offsetof(struct meminfo, shmem) },
	};
	char text[4096], *p;

	memset(m, 0, sizeof(*m));
	if (guard_read(proc, ".", "meminfo", text, sizeof(text)) <= 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((p = strstr(text, rows[i].name)))
			*(uint64_t *)((char *)m + rows[i].at) =
				strtoull(p + strlen(rows[i].name), NULL, 10) * 1024;
}

// Memory of files that live nowhere else (memfd) shows in no process that has not mapped
// it. When memory is scarce, what all shared memory has grown by since the start counts.
static int memory_passed(struct guard *g, char *why, size_t n)
{
	uint64_t pages = 0, used;
	struct meminfo m;

	guard_each_process(g->proc, add_memory, &pages);
	used = pages * (uint64_t)sysconf(_SC_PAGESIZE);
	if (used <= g->memory_bytes) {
		read_meminfo(g->proc, &m);
		if (m.available > m.total / 4 || m.shmem <= g->shmem_at)
			return 0;
		used += m.shmem - g->shmem_at;
	}
	if (used <= g->memory_bytes)
		return 0;
	snprintf(why, n,
	         "the processes of the box used %llu MiB of memory, the limit is %llu "
	         "MiB: killed",
	         (unsigned long long)(used / mib),
	         (unsigned long long)(g->memory_bytes / mib));
	return 1;
}

struct disk {
	uint64_t bytes, files;
};

// What is left on the file system.
static struct disk disk_free(const struct guard *g)
{
	struct statvfs v;

	if (fstatvfs(g->store, &v))
		return (struct disk){ 0, 0 };
	return (struct disk){ (uint64_t)v.f_bavail * v.f_frsize, v.f_favail };
}

// What all layers take. fts changes folders as it goes, so depth costs nothing; it comes
// back to where it began.
static struct disk layers(const struct guard *g)
{
	char *roots[] = { (char *)".", NULL };
	auto_fd int home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct disk sum = { 0, 0 };
	FTSENT *f;
	FTS *t;

	if (home < 0 || fchdir(g->store))
		return sum;
	t = fts_open(roots, FTS_PHYSICAL | FTS_XDEV, NULL);
	while (t && (f = fts_read(t))) {
		if (f->fts_info == FTS_DP)
			continue;
		sum.files++;
		if (f->fts_info == FTS_F || f->fts_info == FTS_D)
			sum.bytes += (uint64_t)f->fts_statp->st_blocks * 512;
	}
	if (t)
		fts_close(t);
	if (fchdir(home))
		_exit(1);
	return sum;
}

static uint64_t less(uint64_t now, uint64_t then)
{
	return then > now ? then - now : 0;
}

// Files that are open but have no name show in no layer, and who renames folders all the
// time can cut a measurement short. When the disk is nearly full, what it has lost since the
// start counts, whoever took it.
static int disk_is_scarce(const struct guard *g, uint64_t now)
{
	return now < g->bytes_at / 4 && less(now, g->bytes_at) >= g->disk_bytes;
}

// The layers are measured only when the file system has lost so much since the last time
// that they could have passed a limit: others write there, too.
static int disk_passed(struct guard *g, char *why, size_t n)
{
	struct disk now = disk_free(g), used;

	if (disk_is_scarce(g, now.bytes)) {
		snprintf(why, n,
		         "the disk is nearly full and lost %llu MiB while the box ran, "
		         "the "
		         "limit is %llu MiB: killed",
		         (unsigned long long)(less(now.bytes, g->bytes_at) / mib),
		         (unsigned long long)(g->disk_bytes / mib));
		return 1;
	}
	if (g->bytes_used + less(now.bytes, g->bytes_free) < g->disk_bytes &&
	    g->files_used + less(now.files, g->files_free) < g->disk_files)
		return 0;
	used = layers(g);
	g->bytes_free = now.bytes;
	g->files_free = now.files;
	g->bytes_used = used.bytes;
	g->files_used = used.files;
	if (used.bytes >= g->disk_bytes)
		snprintf(why, n,
		         "the box filled %llu MiB of disk, the limit is %llu MiB: killed",
		         (unsigned long long)(used.bytes / mib),
		         (unsigned long long)(g->disk_bytes / mib));
	else if (used.files >= g->disk_files)
		snprintf(why, n,
		         "the box made %llu files, half of what the disk had room for: "
		         "killed",
		         (unsigned long long)used.files);
	else
		return 0;
	return 1;
}

// Leave 2 GiB, or a quarter, to the rest of the host. A small file system is somebody's
// choice: there the step finds out by itself.
static uint64_t default_bytes(uint64_t free)
{
	uint64_t most = free > 8 * gib ? free - 2 * gib : free / 4 * 3;

	if (free < gib)
		return UINT64_MAX;
	return most < 20 * gib ? most : 20 * gib;
}

void guard_init(struct guard *g)
{
	struct disk now = { 0, 0 };
	struct meminfo m;

	g->every_ms = EVERY_MS;
	read_meminfo(g->proc, &m);
	g->shmem_at = m.shmem;
	if (g->store >= 0)
		now = disk_free(g);
	g->bytes_at = g->bytes_free = now.bytes;
	g->files_free = now.files;
	// File systems without a number of inodes say 0.
	g->disk_files = now.files > SMALL_FILES ? now.files / 2 : UINT64_MAX;
	if (!g->disk_bytes)
		g->disk_bytes = default_bytes(now.bytes);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int guard_check(struct guard *g, char *why, size_t n)
{
	int64_t start = now_ms(), took;
	int passed = g->memory_bytes && memory_passed(g, why, n);

	if (!passed && g->store >= 0 && start >= g->disk_at) {
		passed = disk_passed(g, why, n);
		g->disk_at = now_ms() + DISK_MS;
	}
	took = (now_ms() - start) * 10;
	g->every_ms = took < EVERY_MS ? EVERY_MS : took > MOST_MS ? MOST_MS : (int)took;
	return passed;
}
