// The store by hand, for tests, with a hand in what the kernel says.
//
//	storetool WORKSPACE COMMAND [ARG...]
//
//	open                          print what is half done after opening (nothing)
//	fetch WAREID [FILTERS [ADDR...]]   print FROM and PATH
//	hold WAREID                   fetch, print, then wait for EOF on stdin
//	pack PATH [FILTERS]           print the WareID
//	commit FILE                   the file as a blob of the ware it is; print the WareID
//	has WAREID                    exit 0 or 1
//	verify quick|full [WAREID]    print one line a finding
//	memo-write ID FILE, memo-read ID
//
// CONFINE=1: shut in as workers are.
//
// The calls named at the end of this file are wrapped by the linker. FAULT=K:ERRNO lets
// the K-th of them fail, FAULT=K:KILL kills the process there, before the call.
// NOSYNC=1 leaves out fsync and syncfs. FAULT_COUNT=FILE writes the number of calls there.
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/pack.h"
#include "store/store.h"
#include "store/unpack.h"
#include "store/verify.h"

static atomic_int calls;
static int fault_at, fault_errno, no_sync;

static int fault(void)
{
	int n = atomic_fetch_add(&calls, 1) + 1;

	if (n != fault_at)
		return 0;
	if (fault_errno == -1) {
		kill(getpid(), SIGKILL);
		for (;;)
			pause();
	}
	errno = fault_errno;
	return 1;
}

static void fault_setup(void)
{
	const char *f = getenv("FAULT");
	char name[16] = "";

	no_sync = getenv("NOSYNC") != NULL;
	if (!f || sscanf(f, "%d:%15s", &fault_at, name) != 2)
		return;
	fault_errno = strcmp(name, "KILL") == 0     ? -1
	              : strcmp(name, "ENOSPC") == 0 ? ENOSPC
	              : strcmp(name, "EDQUOT") == 0 ? EDQUOT
	                                            : EIO;
}

static void fault_report(void)
{
	const char *path = getenv("FAULT_COUNT");
	FILE *f = path ? fopen(path, "w") : NULL;

	if (!f)
		return;
	fprintf(f, "%d\n", atomic_load(&calls));
	fclose(f);
}

static int progress(void *arg, const struct store_progress *p)
{
	(void)arg;
	if (p->phase == STORE_NOTICE)
		fprintf(stderr, "notice: %s\n", p->what);
	if (p->phase == STORE_UNPACK && p->in_bytes == 0)
		fprintf(stderr, "unpack\n");
	return 0;
}

static int fail(const struct err *e)
{
	const char *k, *v;
	size_t pos = 0;

	fprintf(stderr, "%s: %s\n", e->code, e->msg);
	while (err_detail_next(e, &pos, &k, &v))
		fprintf(stderr, "%s=%s\n", k, v);
	return err_exit_status(e);
}

static int fetch(struct store *s, int argc, char *argv[], int hold)
{
	struct filters f = filters_default(FILTER_UNPACK);
	struct store_fetch x = { .filters = &f, .progress = progress };
	struct store_tree t;
	struct err e = { 0 };
	char c;

	if (argc < 1 || wareid_parse(&x.id, argv[0], &e) < 0)
		return fail(&e);
	if (argc > 1 && *argv[1] && filters_parse(&f, FILTER_UNPACK, argv[1], &e) < 0)
		return fail(&e);
	x.more_addrs = argc > 2 ? (const char *const *)argv + 2 : NULL;
	if (store_fetch(s, &x, &t, &e) < 0)
		return fail(&e);
	printf("%s %s\n", t.from, t.path);
	fflush(stdout);
	while (hold && read(0, &c, 1) > 0)
		;
	store_tree_finish(&t);
	return 0;
}

static int pack(struct store *s, const char *path, const char *filters)
{
	struct pack_opts o;
	struct pack_result r;
	struct store_pack p = { .path = "/", .opts = &o, .progress = progress };
	struct wareid id;
	struct err e = { 0 };
	int ret;

	pack_opts_init(&o);
	o.threads = 1;
	if (filters && filters_parse(&o.filters, FILTER_PACK, filters, &e) < 0)
		return fail(&e);
	p.rootfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ret = store_pack(s, &p, &id, &r, &e);
	close(p.rootfd);
	if (ret < 0)
		return fail(&e);
	printf("%s:%s\n", id.packtype, id.hash);
	return 0;
}

static int commit(struct store *s, const char *file)
{
	struct str bytes = { 0 };
	struct wareid id = { .packtype = "tar" };
	struct unpack_opts o;
	struct unpack_result r;
	struct store_seal seal;
	struct store_blob b;
	struct err e = { 0 };
	int ret = -1;

	unpack_opts_init(&o);
	o.filters = filters_lossless();
	if (fd_read_file(AT_FDCWD, file, &bytes, 1 << 30) < 0)
		return 99;
	if (store_blob_open(s, &b, &e) == 0) {
		ret = 0;
		if (fd_write_all(b.fd, bytes.p, bytes.len) < 0)
			ret = err_sys(&e, "wfx-no-space", "writing");
		if (ret == 0 && lseek(b.fd, 0, SEEK_SET) == 0)
			ret = unpack_tar(b.fd, &o, -1, &r, &e);
		if (ret == 0) {
			snprintf(id.hash, sizeof(id.hash), "%s", r.prefilter);
			seal.blob = r.blob;
			snprintf(seal.tree, sizeof(seal.tree), "%s", r.seal);
			ret = store_blob_commit(s, &b, &id, &seal, &e);
		}
		store_blob_discard(s, &b);
	}
	str_finish(&bytes);
	if (ret < 0)
		return fail(&e);
	printf("tar:%s\n", id.hash);
	return 0;
}

static void finding(void *arg, const struct finding *f)
{
	(void)arg;
	printf("%s %s %s%s%s%s\n", f->problem ? "BAD" : "ok",
	       f->is_blob ? "blob" : "shelf", f->path, f->problem ? ": " : "",
	       f->problem ? f->problem : "", f->have ? "" : " (lost)");
}

static int verify(struct store *s, int full, const char *ware)
{
	struct store_verify v = { .full = full, .report = finding };
	struct err e = { 0 };
	struct wareid id;
	int n;

	if (ware && wareid_parse(&id, ware, &e) < 0)
		return fail(&e);
	v.id = ware ? &id : NULL;
	n = store_verify(s, &v, &e);
	return n < 0 ? fail(&e) : n > 0;
}

static int memo(struct store *s, int argc, char *argv[])
{
	struct str text = { 0 };
	struct err e = { 0 };
	int ret;

	if (argc > 1) {
		if (fd_read_file(AT_FDCWD, argv[1], &text, 1 << 30) < 0)
			return 99;
		ret = store_memo_write(s, argv[0], str_cstr(&text), text.len, &e);
	} else {
		ret = store_memo_read(s, argv[0], &text, &e);
		if (ret > 0)
			fputs(str_cstr(&text), stdout);
		else if (e.code)
			fprintf(stderr, "%s: %s\n", e.code, e.msg);
		ret = ret > 0 ? 0 : ret == 0 ? 1 : -1;
	}
	str_finish(&text);
	return ret < 0 ? fail(&e) : ret;
}

static int run(struct store *s, int argc, char *argv[])
{
	const char *c = argv[0];

	if (strcmp(c, "open") == 0)
		return 0;
	if (strcmp(c, "fetch") == 0 || strcmp(c, "hold") == 0)
		return fetch(s, argc - 1, argv + 1, *c == 'h');
	if (strcmp(c, "pack") == 0 && argc > 1)
		return pack(s, argv[1], argc > 2 ? argv[2] : NULL);
	if (strcmp(c, "commit") == 0 && argc > 1)
		return commit(s, argv[1]);
	if (strcmp(c, "verify") == 0 && argc > 1)
		return verify(s, *argv[1] == 'f', argc > 2 ? argv[2] : NULL);
	if (strncmp(c, "memo-", 5) == 0 && argc > 1)
		return memo(s, argc - 1, argv + 1);
	if (strcmp(c, "has") == 0 && argc > 1) {
		struct wareid id;

		return wareid_parse(&id, argv[1], NULL) < 0 || !store_has(s, &id);
	}
	return 99;
}

int main(int argc, char *argv[])
{
	struct store_config c = { .warehouse = getenv("WARPFORGE_WAREHOUSE") };
	struct workspaces w;
	struct err e = { 0 };
	struct store *s;
	int ret;

	if (argc < 3)
		return 99;
	signal(SIGXFSZ, SIG_IGN);
	fault_setup();
	if (workspaces_find(&w, argv[1], NULL, &e) < 0)
		return fail(&e);
	c.workspaces = &w;
	s = store_open(&c, &e);
	if (s && getenv("CONFINE") && store_confine(s, NULL, 0, &e) < 0)
		return fail(&e);
	ret = s ? run(s, argc - 2, argv + 2) : fail(&e);
	store_close(s);
	workspaces_finish(&w);
	fault_report();
	return ret;
}

// ---- the wrapped calls

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	return fault() ? -1 : no_sync ? 0 : __real_fsync(fd);
}

int __real_syncfs(int fd);
int __wrap_syncfs(int fd);
int __wrap_syncfs(int fd)
{
	return fault() ? -1 : no_sync ? 0 : __real_syncfs(fd);
}

ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n)
{
	return fd > 2 && fault() ? -1 : __real_write(fd, p, n);
}

int __real_renameat(int a, const char *from, int b, const char *to);
int __wrap_renameat(int a, const char *from, int b, const char *to);
int __wrap_renameat(int a, const char *from, int b, const char *to)
{
	return fault() ? -1 : __real_renameat(a, from, b, to);
}

int __real_renameat2(int a, const char *from, int b, const char *to, unsigned flags);
int __wrap_renameat2(int a, const char *from, int b, const char *to, unsigned flags);
int __wrap_renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
	return fault() ? -1 : __real_renameat2(a, from, b, to, flags);
}

int __real_mkdirat(int fd, const char *name, mode_t mode);
int __wrap_mkdirat(int fd, const char *name, mode_t mode);
int __wrap_mkdirat(int fd, const char *name, mode_t mode)
{
	return fault() ? -1 : __real_mkdirat(fd, name, mode);
}

int __real_openat(int fd, const char *name, int flags, ...);
int __wrap_openat(int fd, const char *name, int flags, ...);
int __wrap_openat(int fd, const char *name, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	if (!(flags & O_CREAT))
		return __real_openat(fd, name, flags);
	va_start(ap, flags);
	mode = (mode_t)va_arg(ap, int);
	va_end(ap);
	return fault() ? -1 : __real_openat(fd, name, flags, mode);
}
