// What libstore does with wares, on a command line: for scripts that compare it with
// other programs, and for benches.
//
//	waretool scan FILE [FILTERS]              hash, filtered hash, seal, entries, size
//	waretool unpack FILE DIR NAME [FILTERS]   the same, placed as DIR/NAME, index
//DIR/NAME.index 	waretool pack ROOT PATH OUT [FILTERS]     OUT "-": no blob 	waretool index
//FILE                       the table as text 	waretool drain FILE only decompress
//
// FILE "-" is stdin. Environment: WARE_LEVEL, WARE_THREADS, WARE_MAX_BYTES,
// WARE_MAX_ENTRIES, WARE_STATS=1 (time and peak memory on stderr), WARE_PRUNE, WARE_OMIT
// (one path each), WARE_ONE_FS, WARE_NEED_END, WARE_WANT, WARE_CONFINE. On error: "CODE:
// message" on stderr, exit status 1.
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"
#include "store/confine.h"
#include "store/index.h"
#include "store/pack.h"
#include "store/queue.h"
#include "store/stream.h"
#include "store/unpack.h"

static long long env_number(const char *name)
{
	const char *v = getenv(name);

	return v ? atoll(v) : 0;
}

static int fail(const struct err *e)
{
	struct str s = { 0 };

	utf8_safe(&s, e->msg, strlen(e->msg), 0);
	fprintf(stderr, "%s: %s\n", e->code, str_cstr(&s));
	str_finish(&s);
	return 1;
}

static void stats(const struct timespec *from)
{
	struct timespec now;
	struct rusage u;

	if (!getenv("WARE_STATS"))
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	getrusage(RUSAGE_SELF, &u);
	fprintf(stderr, "%.3f s, %ld KiB\n",
	        (double)(now.tv_sec - from->tv_sec) +
	                (double)(now.tv_nsec - from->tv_nsec) / 1e9,
	        u.ru_maxrss);
}

static int open_input(const char *path)
{
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : 0;

	if (fd < 0)
		perror(path);
	return fd;
}

static void hex(const unsigned char *p, size_t n)
{
	while (n--)
		printf("%02x", *p++);
}

static void print_blob(const struct blob_info *b)
{
	printf("blob %llu ", (unsigned long long)b->size);
	hex(b->sha256, SHA256_LEN);
	putchar(' ');
	hex(b->sha384, SHA384_LEN);
	putchar('\n');
}

static int unpack(int in, int dirfd, const char *name, const char *filters, struct err *e)
{
	struct unpack_opts o;
	struct unpack_result r;
	char index[300];

	unpack_opts_init(&o);
	o.filters = filters_lossless();
	if (filters && filters_parse(&o.filters, FILTER_UNPACK, filters, e) < 0)
		return -1;
	o.name = name;
	o.threads = (int)env_number("WARE_THREADS");
	o.limits.max_bytes = (uint64_t)env_number("WARE_MAX_BYTES");
	o.limits.max_entries = (uint64_t)env_number("WARE_MAX_ENTRIES");
	o.need_end = getenv("WARE_NEED_END") != NULL;
	o.want = getenv("WARE_WANT");
	if (dirfd >= 0) {
		snprintf(index, sizeof(index), "%s.index", name);
		o.index_fd = openat(dirfd, index,
		                    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	}
	if (getenv("WARE_CONFINE") && worker_confine(&dirfd, dirfd >= 0, 0, e) < 0)
		return -1;
	if (unpack_tar(in, &o, dirfd, &r, e) < 0)
		return -1;
	printf("tar:%s\nfiltered tar:%s\nseal %s\n", r.prefilter, r.filtered, r.seal);
	printf("entries %llu size %llu lost %llu xattrs %llu globals %llu trailing "
	       "%llu%s\n",
	       (unsigned long long)r.n_entries, (unsigned long long)r.total_size,
	       (unsigned long long)r.n_owner_lost, (unsigned long long)r.n_xattrs,
	       (unsigned long long)r.n_globals, (unsigned long long)r.trailing,
	       r.no_end ? " no-end" : "");
	print_blob(&r.blob);
	return 0;
}

static int pack(const char *root, const char *path, const char *out, const char *filters,
                struct err *e)
{
	const char *prune[] = { getenv("WARE_PRUNE"), NULL },
		   *omit[] = { getenv("WARE_OMIT"), NULL };
	int rootfd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1;
	struct pack_opts o;
	struct pack_result r;

	if (rootfd < 0)
		return err_sys(e, "wfx-usage", "%s", root);
	if (strcmp(out, "-"))
		fd = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	pack_opts_init(&o);
	if (filters && filters_parse(&o.filters, FILTER_PACK, filters, e) < 0)
		return -1;
	o.prune = prune;
	o.omit = omit;
	o.one_file_system = getenv("WARE_ONE_FS") != NULL;
	o.level = (int)env_number("WARE_LEVEL");
	o.threads = (int)env_number("WARE_THREADS");
	o.max_bytes = (uint64_t)env_number("WARE_MAX_BYTES");
	if (pack_tree(rootfd, path, &o, fd, &r, e) < 0)
		return -1;
	printf("tar:%s\nseal %s\nentries %llu size %llu%s\n", r.hash, r.seal,
	       (unsigned long long)r.n_entries, (unsigned long long)r.total_size,
	       r.missing ? " missing" : "");
	print_blob(&r.blob);
	return 0;
}

static int print_index(int fd, struct err *e)
{
	struct index_reader *x = index_open(fd, e);
	struct index_entry t;
	int rc;

	if (!x)
		return -1;
	while ((rc = index_next(x, &t, e)) == 1) {
		printf("%c %04o %u %u %lld.%09u %llu %u ", (char)t.type, t.mode, t.uid,
		       t.gid, (long long)t.mtime_s, t.mtime_ns,
		       (unsigned long long)t.size, t.flags);
		hex(t.sha384, t.type == NODE_FILE ? SHA384_LEN : 0);
		printf(" %s%s%s\n", t.path, *t.link ? " -> " : "", t.link);
	}
	index_close(x);
	return rc;
}

static int drain(int fd, struct err *e)
{
	struct stream *s = stream_open(fd, (int)env_number("WARE_THREADS"), NULL);
	struct blob_info info;
	unsigned long long n = 0;
	struct block *b;
	int rc;

	while ((rc = stream_next(s, &b, e)) == 1) {
		n += b->n;
		block_put(b);
	}
	stream_close(s, &info);
	if (rc == 0)
		printf("%llu\n", n);
	return rc;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "", *file = argc > 2 ? argv[2] : "-";
	struct timespec from;
	struct err e = { 0 };
	int rc = 2, dir;

	clock_gettime(CLOCK_MONOTONIC, &from);
	if (!strcmp(verb, "scan")) {
		rc = unpack(open_input(file), -1, NULL, argc > 3 ? argv[3] : NULL, &e);
	} else if (!strcmp(verb, "unpack") && argc > 4) {
		dir = open(argv[3], O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			perror(argv[3]);
		else
			rc = unpack(open_input(file), dir, argv[4],
			            argc > 5 ? argv[5] : NULL, &e);
	} else if (!strcmp(verb, "pack") && argc > 4) {
		rc = pack(file, argv[3], argv[4], argc > 5 ? argv[5] : NULL, &e);
	} else if (!strcmp(verb, "index")) {
		rc = print_index(open_input(file), &e);
	} else if (!strcmp(verb, "drain")) {
		rc = drain(open_input(file), &e);
	} else {
		fprintf(stderr, "usage: waretool scan|unpack|pack|index|drain ...\n");
	}
	stats(&from);
	return rc < 0 ? fail(&e) : rc;
}
