// Units of unpack and pack: vectors, formats, rules.
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <libdeflate.h>
#include <zlib.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "store/confine.h"
#include "store/digest.h"
#include "store/gzmember.h"
#include "store/index.h"
#include "store/pack.h"
#include "store/queue.h"
#include "store/stream.h"
#include "store/tarread.h"
#include "store/tarwrite.h"
#include "store/treehash.h"
#include "store/unpack.h"
#include "tarmake.h"

static char scratch[] = "/tmp/wfx-codec.XXXXXX";
static int dir = -1; // the scratch folder

static const char LOG_ID[] =
	"7bv82GDGN2Saf3fz2CDuFVbFr1y7EvLo5gZTMKTQpQNaqhKSP7SfT8amo6xLgaXvtD";
static const char EMPTY_ID[] =
	"iJoKZAKWRWTCZ6YQDZYnU2eXjKZ93VyJ1eiis2E3UvbfqXKn8APYeWhSxHyXAtQSG";
enum { MTIME = 1262304000 };

static void ok(int rc, const struct err *e)
{
	if (rc < 0 && e)
		print_message("# %s: %s\n", e->code, e->msg);
	assert_int_equal(rc, 0);
}

static void put_file(const char *path, const char *text)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static int memory_of(const void *p, size_t n)
{
	int fd = memfd_create("ware", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, p, n), 0);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

// -- the tree hash --

static void tree_hash_vectors(void **state)
{
	struct tree t = { 0 };
	struct tree_digests d;
	struct digest sha = { 0 };
	struct node *f, *l;

	(void)state;
	tree_add(&t, NULL, NODE_DIR, "", 0);
	t.root->mode = 0755;
	t.root->mtime_s = MTIME;
	tree_sort(&t);
	tree_digest(&t, NULL, &d);
	assert_string_equal(d.prefilter, EMPTY_ID);
	f = tree_add(&t, t.root, NODE_FILE, "log", 3);
	f->mode = 0644;
	f->mtime_s = MTIME;
	digest_begin(&sha, DIGEST_SHA384);
	digest_add(&sha, "hi\n", 3);
	digest_end(&sha, f->content);
	digest_finish(&sha);
	tree_digest(&t, NULL, &d);
	assert_string_equal(d.prefilter, LOG_ID);
	assert_string_equal(d.filtered, LOG_ID);
	assert_string_equal(d.seal, LOG_ID);
	l = tree_add(&t, t.root, NODE_SYMLINK, "link", 4);
	l->link = "/etc/shadow";
	l->link_len = strlen(l->link);
	tree_sort(&t);
	tree_digest(&t, NULL, &d);
	assert_string_equal(d.prefilter, LOG_ID); // upstream's hole
	assert_string_not_equal(d.seal, LOG_ID);  // closed
	tree_finish(&t);
}

static void filters_change_one_hash(void **state)
{
	struct filters f = filters_lossless();
	struct tree t = { 0 };
	struct tree_digests d;

	(void)state;
	tree_add(&t, NULL, NODE_DIR, "", 0);
	t.root->mode = 01755;
	t.root->uid = 5;
	t.root->mtime_s = 99;
	t.root->mtime_ns = 5;
	ok(filters_parse(&f, FILTER_UNPACK, "uid=0,gid=0,mtime=@1262304000,sticky=ignore",
	                 NULL),
	   NULL);
	tree_digest(&t, &f, &d);
	assert_string_equal(d.filtered, EMPTY_ID);
	assert_string_not_equal(d.prefilter, EMPTY_ID);
	assert_string_equal(d.prefilter, d.seal);
	tree_finish(&t);
}

static void children_sort_by_key(void **state)
{
	static const char *const names[] = { "b", "a0", "a", "a-b", "a.b" };
	static const char *const want[] = { "a-b", "a.b", "a", "a0", "b" }; // "a" is "a/"
	struct tree t = { 0 };
	const struct node *n;

	(void)state;
	tree_add(&t, NULL, NODE_DIR, "", 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		tree_add(&t, t.root, i == 2 ? NODE_DIR : NODE_FIFO, names[i],
		         strlen(names[i]));
	tree_sort(&t);
	n = tree_next(&t, t.root);
	for (size_t i = 0; i < ARRAY_LEN(want); i++, n = tree_next(&t, n))
		assert_string_equal(n->name, want[i]);
	assert_null(n);
	assert_null(tree_find(&t, t.root, "c", 1));
	assert_ptr_equal(tree_find(&t, t.root, "a", 1)->parent, t.root);
	tree_finish(&t);
}

// -- decompression --

static void gz_member(struct str *out, const char *p, size_t n, int level,
                      size_t name_len)
{
	uLong room = compressBound(n) + 1024 + name_len;
	char *name = xcalloc(1, name_len + 1);
	gz_header h = { .name = (unsigned char *)name, .os = 255 };
	z_stream z = { 0 };

	memset(name, 'n', name_len);
	assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, 31, 8, 0), Z_OK);
	if (name_len)
		deflateSetHeader(&z, &h);
	str_reserve(out, room);
	z.next_in = (unsigned char *)p;
	z.avail_in = (uInt)n;
	z.next_out = (unsigned char *)out->p + out->len;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->len += z.total_out;
	deflateEnd(&z);
	free(name);
}

static int drain(const struct str *s, struct str *out, struct blob_info *info,
                 struct err *e)
{
	struct stream *x = stream_open_memory(s->p, s->len, 3);
	struct block *b;
	int rc;

	str_clear(out);
	while ((rc = stream_next(x, &b, e)) == 1) {
		str_addn(out, b->data, b->n);
		block_put(b);
	}
	stream_close(x, info);
	return rc;
}

// The end of a member at every place near the end of a block of input.
static void gzip_members_across_blocks(void **state)
{
	struct str s = { 0 }, want = { 0 }, got = { 0 };
	struct blob_info info;
	struct err e = { 0 };
	size_t base;

	(void)state;
	for (int i = 0; i < 1 << 20; i++)
		str_addc(&want, (char)(i * 7 ^ i >> 9));
	gz_member(&s, want.p, 1 << 20, 0, 0);
	base = s.len; // a little over a block
	str_cut(&want, 2 * BLOCK_BYTES - base - 60);
	for (size_t pad = 1; pad < 100; pad++) {
		str_cut(&s, 0);
		gz_member(&s, want.p, want.len, 0, pad);
		gz_member(&s, "", 0, 9, 0);
		gz_member(&s, "tail", 4, 9, 0);
		ok(drain(&s, &got, &info, &e), &e);
		assert_int_equal(got.len, want.len + 4);
		assert_memory_equal(got.p, want.p, want.len);
		assert_memory_equal(got.p + want.len, "tail", 4);
		assert_int_equal(info.size, s.len);
	}
	str_finish(&s);
	str_finish(&want);
	str_finish(&got);
}

static void own_members(void **state)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	struct str s = { 0 }, want = { 0 }, got = { 0 };
	unsigned char *m = xmalloc(GZMEMBER_MAX);
	struct blob_info info;
	struct err e = { 0 };
	size_t first;

	(void)state;
	srand(1);
	for (int i = 0; i < GZMEMBER_CONTENT * 3 + 5; i++)
		str_addc(&want, (char)(i < GZMEMBER_CONTENT ? rand() : i >> 10));
	for (size_t at = 0; at < want.len; at += GZMEMBER_CONTENT) {
		size_t n = want.len - at < GZMEMBER_CONTENT ? want.len - at
		                                            : GZMEMBER_CONTENT;

		n = gzmember_pack(c, (unsigned char *)want.p + at, n, m);
		assert_int_equal(gzmember_length(m), n);
		str_addn(&s, m, n);
	}
	first = gzmember_length((unsigned char *)s.p);
	ok(drain(&s, &got, &info, &e), &e);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.p, want.p, want.len);
	// Followed by a foreign member, then by what is none.
	gz_member(&s, "foreign", 7, 6, 0);
	ok(drain(&s, &got, &info, &e), &e);
	assert_int_equal(got.len, want.len + 7);
	str_add(&s, "x");
	assert_int_equal(drain(&s, &got, &info, &e), -1);
	assert_non_null(strstr(e.msg, "do not belong there"));
	// Damage in each part of the second member.
	for (size_t at = first; at < first + 400; at += 3) {
		s.p[at] ^= 0x10;
		assert_int_equal(drain(&s, &got, &info, &e), -1);
		assert_string_equal(e.code, "rio-ware-corrupt");
		s.p[at] ^= 0x10;
	}
	str_cut(&s, first + 100);
	assert_int_equal(drain(&s, &got, &info, &e), -1);
	assert_non_null(strstr(e.msg, "truncated"));
	libdeflate_free_compressor(c);
	free(m);
	str_finish(&s);
	str_finish(&want);
	str_finish(&got);
}

// -- headers --

struct one_piece {
	const struct str *s;
	int given;
};

static int give_once(void *arg, const unsigned char **p, size_t *n, struct err *e)
{
	struct one_piece *o = arg;

	(void)e;
	*p = (unsigned char *)o->s->p;
	*n = o->s->len;
	return !o->given++;
}

// What the writer makes the reader understands, whatever the numbers and lengths.
static void headers_round_trip(void **state)
{
	static const int64_t times[] = {
		0, MTIME, -1, -99999999999, 077777777777, 0100000000000, INT64_MAX / 4
	};
	static const uint32_t ids[] = { 0, 2097151, 2097152, UINT32_MAX };
	static const size_t lengths[] = { 1, 50, 95, 98, 99, 100, 101, 155, 200, 255 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(times) * ARRAY_LEN(ids) * ARRAY_LEN(lengths);
	     i++) {
		struct tree t = { 0 };
		struct str s = { 0 };
		struct one_piece in = { &s, 0 };
		struct tar_reader r;
		struct err e = { 0 };
		char name[256] = { 0 }, path[600];
		struct node *n;

		memset(name, i & 1 ? 'n' : '\xc3', lengths[i % ARRAY_LEN(lengths)]);
		tree_add(&t, NULL, NODE_DIR, "", 0);
		n = tree_add(&t, t.root, i & 2 ? NODE_SYMLINK : NODE_FILE, name,
		             strlen(name));
		n->mtime_s = times[i % ARRAY_LEN(times)];
		n->uid = n->gid = ids[i % ARRAY_LEN(ids)];
		n->mode = 0640;
		if (i & 2) {
			n->link = name;
			n->link_len = strlen(name);
		} else {
			n->size = i & 4 ? 3 : (uint64_t)1 << 34;
		}
		snprintf(path, sizeof(path), "./%s", name);
		if (i % 3 == 0)
			snprintf(path, sizeof(path), "./%.200s/%s", name, name);
		tarwrite_header(&s, n, path);
		tar_reader_init(&r, give_once, &in);
		assert_int_equal(tar_next(&r, &e), 1);
		assert_string_equal(r.entry.name, path);
		assert_true(r.entry.mtime_s == n->mtime_s && r.entry.uid == n->uid &&
		            r.entry.gid == n->gid);
		assert_int_equal(r.entry.mode, 0640);
		if (i & 2)
			assert_string_equal(r.entry.link, name);
		else
			assert_int_equal(r.entry.size, n->size);
		tar_reader_finish(&r);
		tree_finish(&t);
		str_finish(&s);
	}
}

// -- pack --

static int pack(const char *path, const struct pack_opts *opts, const char *out,
                struct pack_result *r, struct err *e)
{
	struct pack_opts o;
	int fd = -1, rc;

	pack_opts_init(&o);
	if (opts)
		o = *opts;
	if (out)
		fd = openat(dir, out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	err_clear(e);
	rc = pack_tree(dir, path, &o, fd, r, e);
	if (fd >= 0)
		close(fd);
	return rc;
}

static void pack_refused(const char *path, const struct pack_opts *o, const char *code,
                         const char *text)
{
	struct pack_result r;
	struct err e = { 0 };

	assert_int_equal(pack(path, o, "refused", &r, &e), -1);
	if (strcmp(e.code, code) || !strstr(e.msg, text))
		print_message("# %s: %s\n", e.code, e.msg);
	assert_string_equal(e.code, code);
	assert_non_null(strstr(e.msg, text));
}

static void pack_vector(void **state)
{
	struct pack_result r;
	struct err e = { 0 };

	(void)state;
	mkdirat(dir, "log", 0755);
	put_file("log/log", "hi\n");
	ok(pack("/log", NULL, "log.tgz", &r, &e), &e);
	assert_string_equal(r.hash, LOG_ID);
	assert_string_equal(r.seal, LOG_ID);
	assert_int_equal(r.n_entries, 2);
	ok(pack("log/", NULL, NULL, &r, &e), &e);
	assert_string_equal(r.hash, LOG_ID);
	assert_int_equal(r.blob.size, 0);
}

static void pack_roots(void **state)
{
	struct pack_result r;
	struct err e = { 0 };
	struct stat st;

	(void)state;
	ok(pack("/nothing", NULL, "none", &r, &e), &e);
	assert_true(r.missing);
	assert_string_equal(r.hash, "-");
	ok(pack("/nothing/below", NULL, "none", &r, &e), &e);
	assert_true(r.missing);
	symlinkat("nowhere", dir, "dangling");
	ok(pack("/dangling", NULL, "none", &r, &e), &e);
	assert_true(r.missing);
	assert_int_equal(fstatat(dir, "none", &st, 0), 0);
	assert_int_equal(st.st_size, 0);
	symlinkat("/log", dir, "link"); // absolute: within the root
	pack_refused("/link", NULL, "rio-pack-invalid", "is a symlink");
	ok(pack("/link/log", NULL, NULL, &r, &e), &e); // on the way it is followed
	assert_int_equal(r.root_type, NODE_FILE);
	pack_refused("/log/log/x", NULL, "warpforge-error-ware-pack", "Not a directory");
	symlinkat("../../../../../../log", dir, "up");
	ok(pack("/up/log", NULL, NULL, &r, &e), &e); // cannot lead out
}

static void pack_rules(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct pack_result r;
	struct pack_opts o;
	struct err e = { 0 };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	mkdirat(dir, "rules", 0755);
	put_file("rules/f", "x");
	mkfifoat(dir, "rules/p", 0600);
	ok(pack("rules", NULL, NULL, &r, &e), &e);
	assert_int_equal(r.n_entries, 3);
	fchmodat(dir, "rules/f", 04755, 0);
	pack_refused("rules", NULL, "wfx-output-rejected", "f has a set-uid bit");
	pack_opts_init(&o);
	o.filters.setid.mode = FILTER_IGNORE;
	ok(pack("rules", &o, NULL, &r, &e), &e);
	fchmodat(dir, "rules/f", 0644, 0);
	o.max_entries = 2;
	pack_refused("rules", &o, "rio-pack-invalid", "more than 2 entries");
	snprintf(a.sun_path, sizeof(a.sun_path), "%s/rules/sock", scratch);
	assert_int_equal(bind(s, (struct sockaddr *)&a, sizeof(a)), 0);
	pack_refused("rules", NULL, "rio-pack-invalid", "sock");
	pack_refused("rules", NULL, "rio-pack-invalid", "is a socket");
	unlinkat(dir, "rules/sock", 0);
	close(s);
	if (mknodat(dir, "rules/null", S_IFCHR | 0666, 0x103) == 0) {
		pack_refused("rules", NULL, "wfx-output-rejected",
		             "null is a device node");
		unlinkat(dir, "rules/null", 0);
	}
}

static void pack_leaves_out(void **state)
{
	static const char *const prune[] = { "/log/proc", "/none", NULL };
	static const char *const omit[] = { "/log/.warpforge.container", NULL };
	struct pack_opts o;
	struct pack_result r;
	struct err e = { 0 };

	(void)state;
	mkdirat(dir, "log/proc", 0755);
	put_file("log/proc/x", "x");
	mkdirat(dir, "log/.warpforge.container", 0755);
	put_file("log/.warpforge.container/x", "x");
	pack_opts_init(&o);
	o.prune = prune;
	o.omit = omit;
	ok(pack("/log", &o, NULL, &r, &e), &e);
	assert_int_equal(r.n_entries, 3);
	unlinkat(dir, "log/proc/x", 0);
	fd_remove_tree(dir, "log/.warpforge.container");
	ok(pack("/log", NULL, NULL, &r, &e), &e);
	assert_int_equal(r.n_entries, 3);
	fd_remove_tree(dir, "log/proc");
	ok(pack("/log", NULL, NULL, &r, &e), &e);
	assert_string_equal(r.hash, LOG_ID);
}

// In a child with a mount namespace of its own: 0 = as expected, 77 = not possible here.
static int mounts_in_child(void)
{
	struct pack_opts o;
	struct pack_result r;
	struct err e = { 0 };
	char path[100];

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return 77;
	snprintf(path, sizeof(path), "%s/mnt/d", scratch);
	if (mount("t", path, "tmpfs", 0, NULL))
		return 77;
	dir = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC); // in the new namespace
	put_file("mnt/d/x", "x");
	pack_opts_init(&o);
	if (pack("mnt", &o, NULL, &r, &e) < 0 || r.n_entries != 4)
		return 1;
	o.one_file_system = true;
	if (pack("mnt", &o, NULL, &r, &e) < 0 || r.n_entries != 3)
		return 2;
	return 0;
}

// cmocka's skip() is "not ok" in its TAP output, which counts as a failure.
static void not_here(const char *why)
{
	printf("# not tried: %s\n", why);
}

static void pack_one_file_system(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	mkdirat(dir, "mnt", 0755);
	mkdirat(dir, "mnt/d", 0755);
	put_file("mnt/f", "x");
	pid = fork();
	if (!pid)
		_exit(mounts_in_child());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WEXITSTATUS(status) == 77)
		return not_here("no mounts in a child here");
	assert_int_equal(status, 0);
}

static void pack_sparse_and_big(void **state)
{
	struct pack_result a, b, c;
	struct pack_opts o;
	struct err e = { 0 };
	int fd, full;
	char *zeros = xcalloc(1, 3 << 20);

	(void)state;
	mkdirat(dir, "sparse", 0755);
	fd = openat(dir, "sparse/f", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	assert_int_equal(pwrite(fd, "middle", 6, 5000000), 6);
	assert_int_equal(ftruncate(fd, 9 << 20), 0);
	close(fd);
	mkdirat(dir, "full", 0755);
	full = openat(dir, "full/f", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	for (int i = 0; i < 3; i++)
		assert_int_equal(fd_write_all(full, zeros, 3 << 20), 0);
	assert_int_equal(pwrite(full, "middle", 6, 5000000), 6);
	close(full);
	free(zeros);
	pack_opts_init(&o);
	ok(pack("sparse", NULL, "a", &a, &e), &e);
	ok(pack("full", NULL, "b", &b, &e), &e);
	assert_string_equal(a.hash, b.hash);
	assert_memory_equal(a.blob.sha384, b.blob.sha384, SHA384_LEN); // the same bytes
	o.threads = 1;
	ok(pack("full", &o, "b", &c, &e), &e);
	assert_memory_equal(a.blob.sha256, c.blob.sha256, SHA256_LEN);
	o.max_bytes = 1 << 20;
	pack_refused("sparse", &o, "rio-pack-invalid", "more than 1048576 bytes");
	fd_remove_tree(dir, "full");
	mkdirat(dir, "holes", 0755);
	fd = openat(dir, "holes/f", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (ftruncate(fd, 100LL << 30) == 0)
		pack_refused("holes", NULL, "rio-pack-invalid", "bytes of holes");
	close(fd);
}

static void grow_it(void *arg, const struct codec_progress *p)
{
	int fd = openat(dir, "grows/f", O_WRONLY | O_APPEND | O_CLOEXEC);

	(void)p;
	assert_int_equal(write(fd, "more", 4), 4);
	close(fd);
	++*(int *)arg;
}

static void pack_sees_changes(void **state)
{
	struct pack_opts o;
	int calls = 0;

	(void)state;
	mkdirat(dir, "grows", 0755);
	put_file("grows/f", "some");
	pack_opts_init(&o);
	o.progress = grow_it;
	o.progress_arg = &calls;
	pack_refused("grows", &o, "rio-pack-invalid", "f changed while it was packed");
	assert_int_equal(calls, 1);
}

static void pack_deep(void **state)
{
	struct unpack_opts u;
	struct unpack_result back;
	struct pack_result r;
	struct err e = { 0 };
	int at = dup(dir), in;

	(void)state;
	for (int i = 0; i < 600; i++) {
		int next;

		assert_int_equal(mkdirat(at, i ? "d" : "deep", 0755), 0);
		next = openat(at, i ? "d" : "deep", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		assert_int_equal(symlinkat("x", next, "z"), 0);
		close(at);
		at = next;
	}
	close(at);
	ok(pack("deep", NULL, "deep.tgz", &r, &e), &e);
	assert_int_equal(r.n_entries, 1200);
	unpack_opts_init(&u);
	u.name = "deep2";
	u.want = r.hash;
	in = openat(dir, "deep.tgz", O_RDONLY | O_CLOEXEC);
	ok(unpack_tar(in, &u, dir, &back, &e), &e);
	assert_string_equal(back.seal, r.seal);
	assert_memory_equal(back.blob.sha384, r.blob.sha384, SHA384_LEN);
	close(in);
	ok(pack("deep2", NULL, "deep.tgz", &r, &e), &e);
	assert_string_equal(back.seal, r.seal);
	fd_remove_tree(dir, "deep");
	fd_remove_tree(dir, "deep2");
}

static void pack_disk_full(void **state)
{
	struct pack_opts o;
	struct pack_result r;
	struct err e = { 0 };
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	if (fd < 0)
		return not_here("no /dev/full");
	pack_opts_init(&o);
	for (int level = -1; level < 2; level++) {
		o.level = level;
		assert_int_equal(pack_tree(dir, "sparse", &o, fd, &r, &e), -1);
		assert_string_equal(e.code, "wfx-no-space");
	}
	close(fd);
}

// -- unpack --

static int sample(void)
{
	struct str s = { 0 };
	int fd;

	tm_add(&s, &(struct tm_entry){
			   .name = "./", .type = '5', .mode = 0750, .mtime = 1000 });
	tm_add(&s, &(struct tm_entry){ .name = "./d/f",
	                               .mode = 0601,
	                               .mtime = 2000,
	                               .uid = 77,
	                               .gid = 78,
	                               .data = "text",
	                               .size = 4 });
	tm_add(&s, &(struct tm_entry){ .name = "./l",
	                               .type = '2',
	                               .link = "d/f",
	                               .mode = 0777,
	                               .mtime = 3000 });
	tm_add(&s, &(struct tm_entry){
			   .name = "./p", .type = '6', .mode = 0622, .mtime = 4000 });
	tm_end(&s);
	fd = memory_of(s.p, s.len);
	str_finish(&s);
	return fd;
}

static void check_place(const char *name, mode_t mode, time_t mtime)
{
	struct stat st;

	assert_int_equal(fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode, mode);
	assert_int_equal(st.st_mtim.tv_sec, mtime);
}

static void check_index(void)
{
	static const char *const want[] = { "", "d", "d/f", "l", "p" };
	int fd = openat(dir, "index", O_RDWR | O_CLOEXEC);
	struct index_reader *x;
	struct index_entry t;
	struct err e = { 0 };
	struct stat st;

	x = index_open(fd, &e);
	assert_non_null(x);
	assert_int_equal(index_count(x), 5);
	for (int i = 0; i < 5; i++) {
		char path[40];

		assert_int_equal(index_next(x, &t, &e), 1);
		assert_string_equal(t.path, want[i]);
		snprintf(path, sizeof(path), "u/%s", t.path);
		assert_int_equal(fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW), 0);
		assert_int_equal(st.st_ino, t.ino);
		assert_true(st.st_ctim.tv_sec == t.ctime_s &&
		            st.st_ctim.tv_nsec == t.ctime_ns);
		assert_int_equal(st.st_mtim.tv_sec, t.mtime_s);
		if (i != 3)
			assert_int_equal(st.st_mode & 07777, t.mode);
		assert_int_equal(t.flags & INDEX_CONJURED, i == 1 ? INDEX_CONJURED : 0);
		if (i == 2)
			assert_int_equal(t.size, 4);
		if (i == 3)
			assert_string_equal(t.link, "d/f");
	}
	assert_int_equal(index_next(x, &t, &e), 0);
	index_close(x);
	for (off_t at = 0; at < 600; at += 7) { // any damage is seen
		char c, flip;

		assert_int_equal(pread(fd, &c, 1, at), 1);
		flip = (char)(c ^ 1);
		assert_int_equal(pwrite(fd, &flip, 1, at), 1);
		assert_null(index_open(fd, &e));
		assert_string_equal(e.code, "rio-local-cache-problem");
		assert_int_equal(pwrite(fd, &c, 1, at), 1);
	}
	assert_int_equal(ftruncate(fd, 100), 0);
	assert_null(index_open(fd, &e));
	close(fd);
}

static void unpack_places(void **state)
{
	struct unpack_opts o;
	struct unpack_result r;
	struct err e = { 0 };
	int in = sample();

	(void)state;
	unpack_opts_init(&o);
	o.name = "u";
	o.index_fd = openat(dir, "index", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	ok(unpack_tar(in, &o, dir, &r, &e), &e);
	assert_int_equal(r.n_entries, 5);
	assert_int_equal(r.n_conjured, 1);
	check_place("u", S_IFDIR | 0750, 1000);
	check_place("u/d", S_IFDIR | 0755, MTIME);
	check_place("u/d/f", S_IFREG | 0601, 2000);
	check_place("u/l", S_IFLNK | 0777, 3000);
	check_place("u/p", S_IFIFO | 0622, 4000);
	close(o.index_fd);
	check_index();
	o.index_fd = -1;
	lseek(in, 0, SEEK_SET); // never over what exists
	assert_int_equal(unpack_tar(in, &o, dir, &r, &e), -1);
	assert_non_null(strstr(e.msg, "File exists"));
	fd_remove_tree(dir, "u");
	symlinkat("/tmp", dir, "u"); // nor through a link
	lseek(in, 0, SEEK_SET);
	assert_int_equal(unpack_tar(in, &o, dir, &r, &e), -1);
	unlinkat(dir, "u", 0);
	mkdirat(dir, "u", 0700); // into an empty folder
	o.name = NULL;
	lseek(in, 0, SEEK_SET);
	{
		int into = openat(dir, "u", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		ok(unpack_tar(in, &o, into, &r, &e), &e);
		close(into);
	}
	check_place("u", S_IFDIR | 0750, 1000);
	fd_remove_tree(dir, "u");
	close(in);
}

// Owners: root sets them, others count those they cannot set.
static int owners_in_child(void)
{
	struct unpack_opts o;
	struct unpack_result r;
	struct err e = { 0 };
	struct stat st;
	int in = sample();

	unpack_opts_init(&o);
	o.filters = filters_scan();
	o.name = "owned";
	if (geteuid() == 0) {
		if (unpack_tar(in, &o, dir, &r, &e) < 0 || r.n_owner_lost)
			return 1;
		if (fstatat(dir, "owned/d/f", &st, 0) < 0 || st.st_uid != 77 ||
		    st.st_gid != 78)
			return 2;
		fd_remove_tree(dir, "owned");
		mkdirat(dir, "theirs", 0777);
		fchmodat(dir, "theirs", 0777, 0);
		dir = openat(dir, "theirs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (setgroups(0, NULL) || setresgid(4242, 4242, 4242) ||
		    setresuid(4242, 4242, 4242))
			return 3;
		lseek(in, 0, SEEK_SET);
	}
	if (unpack_tar(in, &o, dir, &r, &e) < 0) {
		fprintf(stderr, "# %s\n", e.msg);
		return 4;
	}
	if (r.n_owner_lost != 1) // d/f; the rest is root's, which means our own
		return 5;
	fd_remove_tree(dir, "owned");
	return 0;
}

static void unpack_owners(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (!pid)
		_exit(owners_in_child());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void count_calls(void *arg, const struct codec_progress *p)
{
	++*(int *)arg;
	assert_true(p->entries <= 5);
}

static void unpack_tells(void **state)
{
	struct unpack_opts o;
	struct unpack_result r;
	struct err e = { 0 };
	int in = sample(), calls = 0;

	(void)state;
	unpack_opts_init(&o);
	o.progress = count_calls;
	o.progress_arg = &calls;
	ok(unpack_tar(in, &o, -1, &r, &e), &e);
	assert_int_equal(calls, 2); // the first block, the end
	close(in);
}

static void *set_flag(void *arg)
{
	atomic_store((atomic_bool *)arg, true);
	return NULL;
}

// A pipe that stays open and silent, and a user who has enough.
static void unpack_cancels_while_waiting(void **state)
{
	atomic_bool cancel = false;
	struct unpack_result r;
	struct unpack_opts o;
	struct err e = { 0 };
	pthread_t t;
	int p[2];

	(void)state;
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(write(p[1], "\x1f\x8b", 2), 2);
	unpack_opts_init(&o);
	o.cancel = &cancel;
	pthread_create(&t, NULL, set_flag, &cancel);
	assert_int_equal(unpack_tar(p[0], &o, -1, &r, &e), -1);
	assert_string_equal(e.code, "wfx-cancelled");
	pthread_join(t, NULL);
	close(p[0]);
	close(p[1]);
}

// -- confinement --

static int confined(void)
{
	int in = openat(dir, "inside", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc, fd;
	int open_before =
		openat(dir, "open-before", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	struct err e = { 0 };

	rc = worker_confine(&in, 1, 0, &e);
	if (rc < 0)
		return 1;
	if (write(open_before, "x", 1) != 1)
		return 2;
	if (openat(in, "x", O_WRONLY | O_CREAT | O_CLOEXEC, 0644) < 0)
		return 3;
	if (rc == 0)
		return 77;
	fd = openat(dir, "outside", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd >= 0 || errno != EACCES)
		return 4;
	if (unlinkat(dir, "open-before", 0) == 0)
		return 5;
	if (openat(dir, "log/log", O_RDONLY | O_CLOEXEC) < 0)
		return 6;
	{ // and unpacking still works in there
		struct unpack_opts o;
		struct unpack_result r;

		unpack_opts_init(&o);
		o.name = "ware";
		if (unpack_tar(sample(), &o, in, &r, &e) < 0)
			return 7;
	}
	return 0;
}

static void confinement(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	mkdirat(dir, "inside", 0755);
	pid = fork();
	if (!pid)
		_exit(confined());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		return not_here("no Landlock here");
	assert_int_equal(status, 0);
}

static int set_up(void **state)
{
	(void)state;
	umask(022);
	if (!mkdtemp(scratch) || chmod(scratch, 0755))
		return -1;
	dir = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(dir);
	return fd_remove_tree(AT_FDCWD, scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tree_hash_vectors),
		cmocka_unit_test(filters_change_one_hash),
		cmocka_unit_test(children_sort_by_key),
		cmocka_unit_test(gzip_members_across_blocks),
		cmocka_unit_test(own_members),
		cmocka_unit_test(headers_round_trip),
		cmocka_unit_test(pack_vector),
		cmocka_unit_test(pack_roots),
		cmocka_unit_test(pack_rules),
		cmocka_unit_test(pack_leaves_out),
		cmocka_unit_test(pack_one_file_system),
		cmocka_unit_test(pack_sparse_and_big),
		cmocka_unit_test(pack_sees_changes),
		cmocka_unit_test(pack_deep),
		cmocka_unit_test(pack_disk_full),
		cmocka_unit_test(unpack_places),
		cmocka_unit_test(unpack_owners),
		cmocka_unit_test(unpack_tells),
		cmocka_unit_test(unpack_cancels_while_waiting),
		cmocka_unit_test(confinement),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
