#include "engine/warecmd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/str.h"
#include "engine/worker.h"
#include "store/confine.h"
#include "store/pack.h"
#include "store/store.h"
#include "store/unpack.h"
#include "store/upkeep.h"
#include "store/verify.h"
#include "store/warehouse.h"

// What the worker tells: a letter, then the text or the struct.
enum { TELL_RESULT = 'r', TELL_NOTICE = 'n', TELL_PROGRESS = 'p', TELL_MAX = 2048 };

struct told {
	char phase[16], what[512];
	uint64_t bytes, total, entries;
};

// ---- in the worker

struct work {
	const struct ware_request *r;
	struct store *store;
	struct worker_link *link;
	int64_t last_ms; // of the last progress sent
	atomic_bool cancel;
	// where things go; opened before the worker shuts itself in
	int target_dir; // directory of a file:// target, or of the path to unpack to
	char *target_name;
};

static void say(struct work *w, char kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct work *w, char kind, const char *fmt, ...)
{
	char buf[TELL_MAX];
	va_list ap;

	buf[0] = kind;
	va_start(ap, fmt);
	vsnprintf(buf + 1, sizeof(buf) - 1, fmt, ap);
	va_end(ap);
	worker_send(w->link, buf, strlen(buf), -1);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int progress(void *arg, const struct store_progress *p)
{
	struct work *w = arg;
	struct told t = { .bytes = p->in_bytes,
		          .total = p->in_total,
		          .entries = p->entries };
	char buf[1 + sizeof(t)];

	if (p->phase == STORE_NOTICE) {
		say(w, TELL_NOTICE, "%s", p->what);
		return worker_cancelled();
	}
	if (now_ms() - w->last_ms < 100)
		return worker_cancelled();
	w->last_ms = now_ms();
	snprintf(t.phase, sizeof(t.phase), "%s", store_phase_name(p->phase));
	snprintf(t.what, sizeof(t.what), "%s", p->what ? p->what : "");
	buf[0] = TELL_PROGRESS;
	memcpy(buf + 1, &t, sizeof(t));
	worker_send(w->link, buf, sizeof(buf), -1);
	return worker_cancelled();
}

static void codec_told(void *arg, const struct codec_progress *p)
{
	struct work *w = arg;

	if (progress(w, &(struct store_progress){ .phase = STORE_VERIFY,
	                                          .in_bytes = p->bytes_in,
	                                          .entries = p->entries }))
		atomic_store(&w->cancel, 1);
}

static void print_id(struct work *w, const char *hash, const char *seal)
{
	if (seal)
		say(w, TELL_RESULT, "tar:%s seal:%s", hash, seal);
	else
		say(w, TELL_RESULT, "tar:%s", hash);
}

// Split a path for pack_tree(): directories are the root of what is packed, anything else
// is packed from its folder.
static int open_tree(const char *path, char **name, struct err *e)
{
	auto_free char *copy = xstrdup(path);
	struct stat st;
	char *slash;
	int fd;

	if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		*name = xstrdup("/");
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	} else {
		slash = strrchr(copy, '/');
		*name = xstrdup(slash ? slash + 1 : copy);
		if (slash)
			slash[slash == copy] = '\0';
		fd = open(slash ? copy : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd < 0)
		err_sys(e, "warpforge-error-missing", "opening %s", path);
	return fd;
}

static int filters_on(struct filters *f, enum filter_use use, const char *text,
                      struct err *e)
{
	return text ? filters_parse(f, use, text, e) : 0;
}

// Write a blob to the one file of a file:// target.
static int pack_to_file(struct work *w, struct store_pack *p, struct pack_result *r,
                        struct err *e)
{
	struct pack_opts o = *p->opts;
	struct fd_temp t;
	int ret;

	if (fd_temp_open(&t, w->target_dir, w->target_name, 0644, e) < 0)
		return -1;
	ret = pack_tree(p->rootfd, p->path, &o, t.fd, r, e);
	if (ret == 0 && !r->missing)
		ret = fd_temp_publish(&t, e);
	fd_temp_discard(&t);
	return ret;
}

static int do_pack(struct work *w, struct err *e)
{
	const struct ware_request *r = w->r;
	auto_free char *name = NULL;
	auto_fd int rootfd = open_tree(r->operands[0], &name, e);
	struct pack_opts o;
	struct pack_result res;
	struct store_pack p = { rootfd, name, &o, progress, w };
	struct wareid id;
	int ret;

	if (rootfd < 0)
		return -1;
	pack_opts_init(&o);
	if (filters_on(&o.filters, FILTER_PACK, r->filters, e) < 0)
		return -1;
	o.progress = codec_told;
	o.progress_arg = w;
	o.cancel = &w->cancel;
	if (w->target_name)
		ret = pack_to_file(w, &p, &res, e);
	else
		ret = store_pack(w->store, &p, &id, &res, e);
	if (ret < 0)
		return err_wrap(e, "packing %s", r->operands[0]);
	if (res.missing)
		say(w, TELL_NOTICE, "there is nothing at %s: the empty ware",
		    r->operands[0]);
	print_id(w, res.hash, NULL);
	return 0;
}

static int scan_fd(struct work *w, int fd, const struct filters *f,
                   struct unpack_result *r, struct err *e)
{
	struct unpack_opts o;

	unpack_opts_init(&o);
	o.filters = *f;
	o.progress = codec_told;
	o.progress_arg = w;
	o.cancel = &w->cancel;
	return unpack_tar(fd, &o, -1, r, e);
}

static int open_packed(const char *name, struct err *e)
{
	struct str path = { 0 };
	enum warehouse_kind kind;
	int fd = -1;

	if (strcmp(name, "-") == 0)
		return fcntl(0, F_DUPFD_CLOEXEC, 3);
	if (!strstr(name, "://"))
		str_add(&path, name);
	else if (warehouse_parse(name, &kind, &path, e) < 0)
		goto out;
	else if (kind != WAREHOUSE_FILE) {
		err_set(e, "wfx-usage", "%s: give one packed ware: a path or file://PATH",
		        name);
		goto out;
	}
	fd = open(path.p, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		err_sys(e,
		        errno == ENOENT ? "rio-ware-not-found"
		                        : "rio-warehouse-unavailable",
		        "opening %s", path.p);
out:
	str_finish(&path);
	return fd;
}

static int do_scan(struct work *w, struct err *e)
{
	struct filters f = filters_scan();
	auto_fd int fd = open_packed(w->r->operands[0], e);
	struct unpack_result r;

	if (fd < 0 || filters_on(&f, FILTER_UNPACK, w->r->filters, e) < 0)
		return -1;
	if (scan_fd(w, fd, &f, &r, e) < 0)
		return err_wrap(e, "scanning %s", w->r->operands[0]);
	print_id(w, w->r->filters ? r.filtered : r.prefilter, w->r->full ? r.seal : NULL);
	return 0;
}

static int copy_all(struct work *w, int from, int to, struct err *e)
{
	enum { CHUNK = 256 * 1024 };
	auto_free char *buf = xmalloc(CHUNK);
	struct store_progress p = { .phase = STORE_FETCH };
	ssize_t n;

	while ((n = read(from, buf, CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "warpforge-error-io", "reading the archive");
		if (fd_write_all(to, buf, (size_t)n) < 0)
			return err_sys(e,
			               errno == ENOSPC ? "wfx-no-space"
			                               : "rio-warehouse-unwritable",
			               "storing the archive");
		p.in_bytes += (uint64_t)n;
		if (progress(w, &p))
			return err_set(e, "wfx-cancelled", "cancelled");
	}
	return 0;
}

// A tar made by somebody else is a ware as it is: copy it, see what ID it has, keep it.
static int do_import(struct work *w, struct err *e)
{
	struct filters f = filters_lossless();
	auto_fd int fd = open_packed(w->r->operands[0], e);
	struct wareid id = { .packtype = "tar" };
	struct unpack_result r;
	struct store_seal seal;
	struct store_blob b;
	int ret;

	if (fd < 0 || store_blob_open(w->store, &b, e) < 0)
		return -1;
	ret = copy_all(w, fd, b.fd, e);
	if (ret == 0 && lseek(b.fd, 0, SEEK_SET) == 0)
		ret = scan_fd(w, b.fd, &f, &r, e);
	if (ret == 0) {
		snprintf(id.hash, sizeof(id.hash), "%s", r.prefilter);
		seal.blob = r.blob;
		snprintf(seal.tree, sizeof(seal.tree), "%s", r.seal);
		ret = store_blob_commit(w->store, &b, &id, &seal, e);
	}
	store_blob_discard(w->store, &b);
	if (ret < 0)
		return err_wrap(e, "importing %s", w->r->operands[0]);
	print_id(w, id.hash, NULL);
	return 0;
}

// The workspace's own warehouse is searched, too, when the target took its place.
static const char **mirror_sources(struct work *w, const char *own)
{
	const char *const *more = w->r->sources;
	const char **list;
	size_t n = 0;

	while (more && more[n])
		n++;
	list = xcalloc(n + 2, sizeof(*list));
	list[0] = own;
	for (size_t i = 0; i < n; i++)
		list[i + 1] = more[i];
	return list;
}

static int mirror_one(struct work *w, const struct wareid *id, struct err *e)
{
	auto_free char *dir = xasprintf("%s/warehouse", store_root(w->store));
	auto_free char *own = warehouse_addr(dir);
	auto_free const char **sources = mirror_sources(w, own);
	struct store_copy c = {
		.id = *id, .addrs = sources, .progress = progress, .arg = w
	};
	char text[WAREID_TEXT];
	struct store_seal seal;
	struct store_blob b;
	int ret;

	if (store_blob_open(w->store, &b, e) < 0)
		return -1;
	ret = store_copy(w->store, &c, &b, &seal, e);
	if (ret == 0)
		ret = store_blob_commit(w->store, &b, id, &seal, e);
	store_blob_discard(w->store, &b);
	if (ret == 0)
		say(w, TELL_RESULT, "%s", wareid_text(id, text));
	return ret;
}

static int each_id(struct work *w,
                   int (*fn)(struct work *, const struct wareid *, struct err *),
                   struct err *e);

static int do_mirror(struct work *w, struct err *e)
{
	return each_id(w, mirror_one, e);
}

static int do_unpack(struct work *w, struct err *e)
{
	struct filters f = filters_default(FILTER_UNPACK);
	struct store_place p = {
		.filters = &f,
		.addrs = w->r->sources,
		.path = w->r->operands[1],
		.force = w->r->force,
		.progress = progress,
		.arg = w,
	};
	struct unpack_result r;

	f.uid.mode = f.gid.mode = FILTER_MINE;
	if (wareid_parse(&p.id, w->r->operands[0], e) < 0 ||
	    filters_on(&f, FILTER_UNPACK, w->r->filters, e) < 0 ||
	    store_place(w->store, &p, &r, e) < 0)
		return -1;
	if (r.n_owner_lost)
		say(w, TELL_NOTICE,
		    "%llu entries belong to others in the ware; here they are yours",
		    (unsigned long long)r.n_owner_lost);
	print_id(w, r.filtered, NULL);
	return 0;
}

static int do_id(struct work *w, struct err *e)
{
	const char *what = w->r->operands[0];
	struct filters f = filters_scan();
	struct pack_opts o;
	struct pack_result p;
	struct unpack_result u;
	struct stat st;
	auto_free char *name = NULL;
	auto_fd int fd = -1;

	if (stat(what, &st) == 0 && S_ISDIR(st.st_mode)) {
		fd = open_tree(what, &name, e);
		pack_opts_init(&o);
		if (fd < 0 || filters_on(&o.filters, FILTER_PACK, w->r->filters, e) < 0 ||
		    pack_tree(fd, name, &o, -1, &p, e) < 0)
			return -1;
		print_id(w, p.hash, w->r->full ? p.seal : NULL);
		return 0;
	}
	fd = open_packed(what, e);
	if (fd < 0 || scan_fd(w, fd, &f, &u, e) < 0)
		return err_wrap(e, "%s", what);
	print_id(w, u.prefilter, w->r->full ? u.seal : NULL);
	return 0;
}

// ---- verify, forget, status

struct verifying {
	struct work *w;
	int n_good;
};

static void finding(void *arg, const struct finding *f)
{
	struct verifying *v = arg;

	if (!f->problem) {
		v->n_good++;
		return;
	}
	say(v->w, TELL_NOTICE, "%s: %s%s%s%s", f->path, f->problem,
	    f->moved ? "; moved to " : "", f->moved ? f->moved : "",
	    !f->moved ? ""
	    : f->have ? "; it can be had again"
	              : "; no other copy is known");
}

static int verify_one(struct work *w, const struct wareid *id, struct err *e)
{
	struct verifying v = { .w = w };
	struct store_verify sv = {
		.id = id,
		.full = w->r->full,
		.report = finding,
		.report_arg = &v,
		.progress = progress,
		.arg = w,
	};
	char text[WAREID_TEXT];
	int bad = store_verify(w->store, &sv, e);

	if (bad < 0)
		return -1;
	if (id && !bad && !v.n_good)
		return err_set(
			e, "rio-ware-not-found",
			"%s is neither in a warehouse of this workspace nor in its cache",
			wareid_text(id, text));
	if (bad) {
		err_set(e, id ? "rio-ware-corrupt" : "rio-local-cache-problem",
		        "%d of %d are damaged%s%s", bad, bad + v.n_good, id ? ": " : "",
		        id ? wareid_text(id, text) : "");
		return err_hint(e,
		                "cached wares come back by themselves; packed ones with "
		                "`wfx ware "
		                "mirror WAREID --source=ADDR`, or by packing them again");
	}
	if (id)
		say(w, TELL_RESULT, "%s", wareid_text(id, text));
	else
		say(w, TELL_NOTICE, "%d are sound", v.n_good);
	return 0;
}

// All are looked at; the first error is the result.
static int each_id(struct work *w,
                   int (*fn)(struct work *, const struct wareid *, struct err *),
                   struct err *e)
{
	struct err first = { 0 };

	for (const char *const *p = w->r->operands; *p; p++) {
		struct err why = { 0 };
		struct wareid id;

		if (wareid_parse(&id, *p, &why) == 0 && fn(w, &id, &why) == 0)
			continue;
		if (first.code)
			say(w, TELL_NOTICE, "%s", why.msg);
		else
			first = why;
	}
	if (first.code)
		*e = first;
	return first.code ? -1 : 0;
}

static int do_verify(struct work *w, struct err *e)
{
	return w->r->all ? verify_one(w, NULL, e) : each_id(w, verify_one, e);
}

static int forget_one(struct work *w, const struct wareid *id, struct err *e)
{
	char text[WAREID_TEXT];
	int n = store_forget(w->store, id, e);

	if (n < 0)
		return -1;
	if (n == 0)
		say(w, TELL_NOTICE, "nothing of %s was here", wareid_text(id, text));
	else
		say(w, TELL_RESULT, "%s", wareid_text(id, text));
	return 0;
}

static int do_forget(struct work *w, struct err *e)
{
	return each_id(w, forget_one, e);
}

static int do_status(struct work *w, struct err *e)
{
	struct store_status st;

	(void)e;
	store_status(w->store, &st);
	say(w, TELL_RESULT, "workspace   %s", store_root(w->store));
	say(w, TELL_RESULT, "warehouse   %s", store_warehouse(w->store));
	say(w, TELL_RESULT, "packed      %llu wares, %llu bytes",
	    (unsigned long long)st.blobs.n, (unsigned long long)st.blobs.bytes);
	say(w, TELL_RESULT, "unpacked    %llu wares, %llu bytes",
	    (unsigned long long)st.shelves.n, (unsigned long long)st.shelves.bytes);
	say(w, TELL_RESULT, "memos       %llu", (unsigned long long)st.memos.n);
	say(w, TELL_RESULT, "set aside   %llu, %llu bytes",
	    (unsigned long long)st.quarantine.n, (unsigned long long)st.quarantine.bytes);
	return 0;
}

static void collected(void *arg, const char *path, uint64_t bytes)
{
	say(arg, TELL_RESULT, "%llu %s", (unsigned long long)bytes, path);
}

static int do_gc(struct work *w, struct err *e)
{
	struct store_gc gc = {
		.unused_s = w->r->unused_ms / 1000,
		.really = w->r->force,
		.report = collected,
		.arg = w,
	};
	struct store_amount freed;

	if (store_gc(w->store, &gc, &freed, e) < 0)
		return -1;
	say(w, TELL_NOTICE, "%llu bytes in %llu things %s",
	    (unsigned long long)freed.bytes, (unsigned long long)freed.n,
	    gc.really ? "removed" : "would go: --delete removes them");
	return 0;
}

static int confine(struct work *w, struct err *e)
{
	size_t n = w->target_dir >= 0;

	if (w->store)
		return store_confine(w->store, &w->target_dir, n, e);
	return worker_confine(&w->target_dir, n, 0, e) < 0 ? -1 : 0;
}

static int work(struct worker_link *link, void *arg, struct err *e)
{
	static int (*const verbs[])(struct work *, struct err *) = {
		[WARE_PACK] = do_pack,     [WARE_IMPORT] = do_import,
		[WARE_UNPACK] = do_unpack, [WARE_SCAN] = do_scan,
		[WARE_ID] = do_id,         [WARE_VERIFY] = do_verify,
		[WARE_FORGET] = do_forget, [WARE_STATUS] = do_status,
		[WARE_MIRROR] = do_mirror, [WARE_GC] = do_gc,
	};
	struct work *w = arg;

	w->link = link;
	if (confine(w, e) < 0)
		return -1;
	return verbs[w->r->verb](w, e);
}

// ---- in the caller

struct waiting {
	const struct ware_face *face;
	struct loop *loop;
	struct worker *worker;
	struct err *e;
	int failed, signo;
};

static void told(void *arg, const void *p, size_t n, int fd)
{
	struct waiting *x = arg;
	char text[TELL_MAX];
	struct told t;

	if (fd >= 0)
		close(fd);
	if (n == 0)
		return;
	if (*(const char *)p == TELL_PROGRESS && n == 1 + sizeof(t)) {
		memcpy(&t, (const char *)p + 1, sizeof(t));
		t.phase[sizeof(t.phase) - 1] = t.what[sizeof(t.what) - 1] = '\0';
		x->face->progress(x->face->arg,
		                  &(struct ware_progress){ t.phase, t.what, t.bytes,
		                                           t.total, t.entries });
		return;
	}
	n = n - 1 < sizeof(text) - 1 ? n - 1 : sizeof(text) - 1;
	memcpy(text, (const char *)p + 1, n);
	text[n] = '\0';
	if (*(const char *)p == TELL_RESULT)
		x->face->result(x->face->arg, text);
	else if (*(const char *)p == TELL_NOTICE)
		x->face->notice(x->face->arg, text);
}

static void ended(void *arg, const struct err *e)
{
	struct waiting *x = arg;

	x->worker = NULL;
	if (e) {
		x->failed = 1;
		if (x->e)
			*x->e = *e;
	}
	loop_stop(x->loop);
}

static void on_signal(void *arg, int signo)
{
	struct waiting *x = arg;

	x->signo = signo;
	if (x->worker)
		worker_stop(x->worker);
}

static int wait_for(struct work *w, const struct ware_face *face, struct err *e)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct waiting x = { .face = face, .loop = loop_create(), .e = e };

	x.worker = worker_start(x.loop, "wfx-ware", work, w, told, ended, &x, e);
	if (!x.worker) {
		loop_destroy(x.loop);
		return -1;
	}
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		loop_add_signal(x.loop, signals[i], on_signal, &x);
	loop_run(x.loop);
	loop_destroy(x.loop);
	if (w->store)
		store_sweep(w->store);
	if (x.signo)
		return x.signo;
	return x.failed ? -1 : 0;
}

// The folder that the worker may write into besides the store.
static int open_parent(struct work *w, const char *path, struct err *e)
{
	auto_free char *copy = xstrdup(path);
	size_t n = strlen(copy);
	char *slash;

	while (n > 1 && copy[n - 1] == '/')
		copy[--n] = '\0';
	slash = strrchr(copy, '/');
	w->target_name = xstrdup(slash ? slash + 1 : copy);
	if (slash)
		slash[slash == copy] = '\0';
	w->target_dir = open(slash ? copy : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return w->target_dir < 0
	               ? err_sys(e,
	                         w->r->verb == WARE_UNPACK ? "rio-inoperable-path"
	                                                   : "rio-warehouse-unwritable",
	                         "opening the folder of %s", path)
	               : 0;
}

// Where the result goes. *warehouse gets the directory of a ca+file target.
static int open_target(struct work *w, char **warehouse, struct err *e)
{
	enum warehouse_kind kind;
	struct str path = { 0 };
	int ret = -1;

	if (w->r->verb == WARE_UNPACK) {
		w->target_dir =
			open(w->r->operands[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (w->target_dir >= 0)
			return 0;
		return open_parent(w, w->r->operands[1], e);
	}
	if (!w->r->target)
		return 0;
	if (warehouse_parse(w->r->target, &kind, &path, e) < 0)
		goto out;
	if (kind == WAREHOUSE_FILE && w->r->verb != WARE_PACK) {
		err_set(e, "wfx-usage", "%s: give a warehouse, ca+file://DIR",
		        w->r->target);
	} else if (kind == WAREHOUSE_FILE) {
		ret = open_parent(w, path.p, e);
	} else if (kind == WAREHOUSE_CA_FILE) {
		*warehouse = str_steal(&path);
		ret = 0;
	} else {
		err_set(e, "rio-warehouse-unwritable",
		        "%s: not supported yet: wares are stored only in files in this "
		        "version",
		        w->r->target);
	}
out:
	str_finish(&path);
	return ret;
}

static struct store *open_store(const char *warehouse, struct err *e)
{
	struct store_config c = { .warehouse = warehouse };
	struct workspaces stack;
	struct store *s;

	if (!warehouse)
		c.warehouse = getenv("WARPFORGE_WAREHOUSE");
	if (workspaces_find(&stack, ".", getenv("HOME"), e) < 0)
		return NULL;
	c.workspaces = &stack;
	s = store_open(&c, e);
	workspaces_finish(&stack);
	return s;
}

int ware_run(const struct ware_request *r, const struct ware_face *face, struct err *e)
{
	struct work w = { .r = r, .target_dir = -1 };
	auto_free char *warehouse = NULL;
	int ret = -1, alone;

	if (open_target(&w, &warehouse, e) < 0)
		goto out;
	// What only looks, or writes one file elsewhere, leaves workspaces alone.
	alone = r->verb == WARE_SCAN || r->verb == WARE_ID ||
	        (r->verb == WARE_PACK && w.target_name);
	if (!alone && !(w.store = open_store(warehouse, e)))
		goto out;
	ret = wait_for(&w, face, e);
	store_close(w.store);
out:
	free(w.target_name);
	if (w.target_dir >= 0)
		close(w.target_dir);
	return ret;
}
