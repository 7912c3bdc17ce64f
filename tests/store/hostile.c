// Archives made to harm: each must end in the right error, and touch nothing outside.
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "store/unpack.h"
#include "tarmake.h"

static char scratch[] = "/tmp/wfx-hostile.XXXXXX";
static int scratch_fd = -1;

static int input_of(const struct str *s)
{
	int fd = memfd_create("ware", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, str_cstr(s), s->len), 0);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static int try(const struct str *s, const struct unpack_opts *o, int dirfd,
               struct unpack_result *r, struct err *e)
{
	int fd = input_of(s), rc;

	err_clear(e);
	rc = unpack_tar(fd, o, dirfd, r, e);
	close(fd);
	return rc;
}

// Scan and unpack must both fail with this code and a message with this text.
static void refused(struct str *s, const char *code, const char *text)
{
	struct unpack_result r;
	struct unpack_opts o;
	struct err e;

	unpack_opts_init(&o);
	o.name = "root";
	for (int place = 0; place < 2; place++) {
		assert_int_equal(try(s, &o, place ? scratch_fd : -1, &r, &e), -1);
		if (strcmp(e.code, code) || !strstr(e.msg, text))
			print_message("# %s: %s\n", e.code, e.msg);
		assert_string_equal(e.code, code);
		assert_non_null(strstr(e.msg, text));
		fd_remove_tree(scratch_fd, "root");
	}
	str_finish(s);
}

static void accepted(struct str *s, struct unpack_result *r)
{
	struct unpack_opts o;
	struct err e;

	unpack_opts_init(&o);
	o.name = "root";
	for (int place = 0; place < 2; place++) {
		if (try(s, &o, place ? scratch_fd : -1, r, &e) < 0)
			print_message("# %s: %s\n", e.code, e.msg);
		assert_null(e.code);
		fd_remove_tree(scratch_fd, "root");
	}
	str_finish(s);
}

#define CORRUPT "rio-ware-corrupt"

static void names(void **state)
{
	static const struct {
		const char *name, *text;
	} bad[] = {
		{ "../x", "out of the tree" },
		{ "a/../../x", "out of the tree" },
		{ "..", "out of the tree" },
		{ "/etc/passwd", "absolute" },
		{ "//x", "absolute" },
		{ "..foo", "begin with .." },
		{ "a/../..foo", "begin with .." },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct str s = { 0 };

		tm_file(&s, bad[i].name, "x");
		tm_end(&s);
		refused(&s, CORRUPT, bad[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad);
	     i++) { // the same by pax and by a long name
		struct str s = { 0 }, l = { 0 };

		tm_pax(&s, "path", bad[i].name);
		tm_file(&s, "good", "x");
		tm_end(&s);
		refused(&s, CORRUPT, bad[i].text);
		tm_extra(&l, 'L', bad[i].name, strlen(bad[i].name) + 1);
		tm_file(&l, "good", "x");
		tm_end(&l);
		refused(&l, CORRUPT, bad[i].text);
	}
}

static void good_names(void **state)
{
	struct str s = { 0 }, long_name = { 0 };
	struct unpack_result r;

	(void)state;
	tm_file(&s, "a/./b//../c", "x"); // a, a/c and the root
	tm_file(&s, "a/..foo", "x");
	accepted(&s, &r);
	assert_int_equal(r.n_entries, 4);
	assert_int_equal(r.n_conjured, 2);
	assert_true(r.no_end);
	s = (struct str){ 0 };
	tm_extra(&s, 'L', "", 1); // says nothing, as Go has it
	tm_extra(&s, 'K', "", 0);
	tm_file(&s, "good", "x");
	tm_end(&s);
	accepted(&s, &r);
	assert_int_equal(r.n_entries, 2);
	for (int i = 0; i < 4000; i++)
		str_addc(&long_name, i % 200 ? 'n' : '/');
	long_name.p[0] = 'x';
	s = (struct str){ 0 };
	tm_extra(&s, 'L', long_name.p, long_name.len);
	tm_file(&s, "short", "x");
	tm_end(&s);
	accepted(&s, &r);
	str_reserve(&long_name, 200);
	str_addn(&long_name, long_name.p, 200);
	s = (struct str){ 0 };
	tm_extra(&s, 'L', long_name.p, long_name.len);
	tm_file(&s, "short", "x");
	tm_end(&s);
	refused(&s, CORRUPT, "too long");
	str_finish(&long_name);
}

static void symlinks(void **state)
{
	struct str s = { 0 };
	struct stat st;

	(void)state;
	tm_add(&s, &(struct tm_entry){ .name = "l", .type = '2', .link = "/tmp" });
	tm_file(&s, "l/wfx-hostile-escaped", "x");
	tm_end(&s);
	refused(&s, CORRUPT, "below the symlink l");
	assert_int_equal(lstat("/tmp/wfx-hostile-escaped", &st), -1);

	s = (struct str){ 0 };
	tm_add(&s, &(struct tm_entry){ .name = "d/l", .type = '2', .link = ".." });
	tm_file(&s, "d/l/deeper/x", "x");
	tm_end(&s);
	refused(&s, CORRUPT, "below the symlink d/l");

	s = (struct str){ 0 };
	tm_add(&s, &(struct tm_entry){ .name = "l", .type = '2', .link = "/etc/passwd" });
	tm_file(&s, "l", "x");
	tm_end(&s);
	refused(&s, CORRUPT, "occurs twice");

	s = (struct str){ 0 };
	tm_add(&s, &(struct tm_entry){ .name = ".", .type = '2', .link = "/tmp" });
	tm_file(&s, "x", "x");
	tm_end(&s);
	refused(&s, CORRUPT, "");
}

static void twice(void **state)
{
	static const char types[] = "0256"; // file, symlink, directory, FIFO
	struct unpack_result r;

	(void)state;
	for (int a = 0; a < 4; a++)
		for (int b = 0; b < 4; b++) {
			struct str s = { 0 };

			tm_add(&s, &(struct tm_entry){
					   .name = "n", .type = types[a], .link = "x" });
			tm_add(&s, &(struct tm_entry){ .name = "./n/",
			                               .type = types[b],
			                               .link = "x" });
			tm_end(&s);
			if (types[a] == '5' && types[b] == '5')
				accepted(&s, &r);
			else
				refused(&s, CORRUPT, "occurs twice");
		}
}

static void below_files(void **state)
{
	struct str s = { 0 };

	(void)state;
	tm_file(&s, "f", "x");
	tm_file(&s, "f/x", "x");
	tm_end(&s);
	refused(&s, CORRUPT, "below f, which is not a directory");
	s = (struct str){ 0 };
	tm_file(&s, ".", "x");
	tm_file(&s, "x", "x");
	tm_end(&s);
	refused(&s, CORRUPT, "below the root, which is not a directory");
	s = (struct str){ 0 };
	tm_file(&s, "x", "x");
	tm_file(&s, ".", "x");
	tm_end(&s);
	refused(&s, CORRUPT, "occurs twice");
}

static void types(void **state)
{
	struct str s = { 0 };

	(void)state;
	tm_file(&s, "f", "x");
	tm_add(&s, &(struct tm_entry){ .name = "h", .type = '1', .link = "f" });
	tm_end(&s);
	refused(&s, "rio-inoperable-path", "h is a hardlink to f");
	s = (struct str){ 0 };
	tm_add(&s, &(struct tm_entry){ .name = "h", .type = '1', .link = "/etc/shadow" });
	tm_end(&s);
	refused(&s, "rio-inoperable-path", "hardlink to /etc/shadow");
	for (const char *t = "7SDMNVAzZ "; *t; t++) {
		s = (struct str){ 0 };
		tm_add(&s, &(struct tm_entry){ .name = "n", .type = *t });
		tm_end(&s);
		refused(&s, CORRUPT, "not a known file type");
	}
	for (const char *t = "34"; *t; t++) {
		s = (struct str){ 0 };
		tm_add(&s, &(struct tm_entry){
				   .name = "n", .type = *t, .major = 1, .minor = 3 });
		tm_end(&s);
		refused(&s, "rio-filter-rejection", "n is a device node");
	}
	for (unsigned bit = 02000; bit <= 04000; bit += 02000) {
		s = (struct str){ 0 };
		tm_add(&s, &(struct tm_entry){ .name = "n", .mode = bit | 0755 });
		tm_end(&s);
		refused(&s, "rio-filter-rejection", "n has a set-");
	}
}

static void headers(void **state)
{
	struct str s = { 0 };

	(void)state;
	tm_add(&s, &(struct tm_entry){ .name = "n", .bad_checksum = 1 });
	tm_end(&s);
	refused(&s, CORRUPT, "checksum");
	s = (struct str){ 0 };
	tm_file(&s, "a", "x");
	str_add(&s, "this is no header");
	tm_pad(&s);
	tm_end(&s);
	refused(&s, CORRUPT, "checksum");
	s = (struct str){ 0 };
	tm_add(&s, &(struct tm_entry){ .name = "n", .size = 1u << 30 });
	tm_end(&s);
	refused(&s, CORRUPT, "truncated");
	s = (struct str){ 0 };
	tm_add(&s, &(struct tm_entry){ .name = "n", .size = (uint64_t)-5 });
	tm_end(&s);
	refused(&s, CORRUPT, "negative size");
	s = (struct str){ 0 };
	tm_file(&s, "a", "x");
	for (int i = 0; i < 512; i++) // half an end mark
		str_addc(&s, '\0');
	tm_file(&s, "b", "x");
	refused(&s, CORRUPT, "half an end mark");
	s = (struct str){ 0 };
	refused(&s, CORRUPT, "empty");
	tm_end(&s);
	refused(&s, CORRUPT, "empty");
}

static void signed_checksum(void **state)
{
	struct unpack_result r;
	struct str s = { 0 };

	(void)state;
	tm_add(&s,
	       &(struct tm_entry){ .name = "\xc3\xa9t\xc3\xa9", .signed_checksum = 1 });
	tm_end(&s);
	accepted(&s, &r);
}

static void too_big(void **state)
{
	struct unpack_result r;
	struct unpack_opts o;
	struct str s = { 0 };
	struct err e;

	(void)state;
	tm_add(&s, &(struct tm_entry){ .name = "n", .size = (uint64_t)1 << 62 });
	tm_end(&s);
	unpack_opts_init(&o);
	o.name = "root";
	assert_int_equal(try(&s, &o, scratch_fd, &r, &e), -1);
	assert_string_equal(e.code, "wfx-no-space");
	assert_int_equal(try(&s, &o, -1, &r, &e), -1);
	assert_string_equal(e.code, CORRUPT);
	fd_remove_tree(scratch_fd, "root");
	str_finish(&s);
	for (int i = 0; i < 50; i++) {
		char name[16];

		snprintf(name, sizeof(name), "n%d", i);
		tm_file(&s, name, "0123456789");
	}
	tm_end(&s);
	o.limits.max_entries = 51;
	o.limits.max_bytes = 500;
	assert_int_equal(try(&s, &o, -1, &r, &e), 0);
	o.limits.max_entries = 50;
	assert_int_equal(try(&s, &o, -1, &r, &e), -1);
	assert_non_null(strstr(e.msg, "more than 50 entries"));
	o.limits = (struct unpack_limits){ .max_bytes = 499 };
	assert_int_equal(try(&s, &o, -1, &r, &e), -1);
	assert_non_null(strstr(e.msg, "more than 499 bytes"));
	str_finish(&s);
}

static void pax(void **state)
{
	static const char *const bad[] = {
		"12 path=xyz",  "99 path=xyz\n", "0 path=xyz\n",
		"-5 path=x\n",  "path=x\n",      "9 path=x",
		"8 =hello\n",   "7 nopath\n",    " 9 path=x\n",
		"5 a=\n",       "11 uid=abc\n",  "14 mtime=1.x\n",
		"11 size=-1\n", "12 mtime=--\n", "9999999999999999999999 a=b\n",
	};
	struct str s = { 0 };
	char *big;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		tm_extra(&s, 'x', bad[i], strlen(bad[i]));
		tm_file(&s, "f", "x");
		tm_end(&s);
		if (strcmp(bad[i], "5 a=\n") == 0) {
			struct unpack_result r;

			accepted(&s, &r);
		} else {
			refused(&s, CORRUPT, "extended header");
		}
	}
	tm_extra(&s, 'x', "11 path=a\0b\n", 12);
	tm_file(&s, "f", "x");
	refused(&s, CORRUPT, "extended header");
	big = xcalloc(1, 3 << 20);
	memset(big, 'a', 3 << 20);
	for (const char *t = "xgLK"; *t; t++) {
		tm_extra(&s, *t, big, 3 << 20);
		tm_file(&s, "f", "x");
		refused(&s, CORRUPT, "at most 1048576 are read");
	}
	free(big);
	tm_header(&s, &(struct tm_entry){
			      .name = "x", .type = 'x', .size = (uint64_t)1 << 60 });
	refused(&s, CORRUPT, "at most 1048576 are read");
}

static void sparse(void **state)
{
	static const struct {
		const char *key, *value;
	} bad[] = {
		{ "GNU.sparse.map", "0,5,3,5" },
		{ "GNU.sparse.map", "0,5,9" },
		{ "GNU.sparse.map", "1,2,x,4" },
		{ "GNU.sparse.map", "0,9223372036854775807" },
		{ "GNU.sparse.map", "0,-1" },
		{ "GNU.sparse.map", "0,4" },
		{ "GNU.sparse.numbytes", "5" },
		{ "GNU.sparse.offset", "0" },
		{ "GNU.sparse.realsize", "-9" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct str s = { 0 }, x = { 0 };

		tm_record(&x, "GNU.sparse.size", "10", 2);
		tm_record(&x, bad[i].key, bad[i].value, strlen(bad[i].value));
		tm_extra(&s, 'x', x.p, x.len);
		tm_file(&s, "f", "01234");
		tm_end(&s);
		refused(&s, CORRUPT, i == 8 ? "bad value" : "");
		str_finish(&x);
	}
	for (int i = 0; i < 4; i++) { // format 1.0: the map lies in the data
		static const char *const maps[] = { "1\n0\n", "99999999999\n",
			                            "1\n0\n600\n", "x" };
		struct str s = { 0 }, x = { 0 };

		tm_record(&x, "GNU.sparse.major", "1", 1);
		tm_record(&x, "GNU.sparse.minor", "0", 1);
		tm_record(&x, "GNU.sparse.realsize", "1000", 4);
		tm_extra(&s, 'x', x.p, x.len);
		tm_file(&s, "f", maps[i]);
		tm_end(&s);
		refused(&s, CORRUPT, "sparse map");
		str_finish(&x);
	}
}

static void sparse_expands(void **state)
{
	struct unpack_result plain, holes;
	struct str s = { 0 }, x = { 0 };
	char data[40] = { 0 };

	(void)state;
	memcpy(data + 10, "hello", 5);
	tm_add(&s, &(struct tm_entry){ .name = "f", .data = data, .size = sizeof(data) });
	tm_end(&s);
	accepted(&s, &plain);
	tm_record(&x, "GNU.sparse.name", "f", 1);
	tm_record(&x, "GNU.sparse.size", "40", 2);
	tm_record(&x, "GNU.sparse.map", "10,5", 4);
	tm_extra(&s, 'x', x.p, x.len);
	tm_file(&s, "GNUSparseFile.0/f", "hello");
	tm_end(&s);
	accepted(&s, &holes);
	assert_string_equal(plain.prefilter, holes.prefilter);
	tm_record(&x, "GNU.sparse.map", "10,5,40,0", 9);
	tm_extra(&s, 'x', x.p, x.len);
	tm_file(&s, "GNUSparseFile.0/f", "hello");
	tm_end(&s);
	accepted(&s, &holes);
	assert_string_equal(plain.prefilter, holes.prefilter);
	str_finish(&x);
	tm_record(&x, "GNU.sparse.major", "1", 1);
	tm_record(&x, "GNU.sparse.minor", "0", 1);
	tm_record(&x, "GNU.sparse.name", "f", 1);
	tm_record(&x, "GNU.sparse.realsize", "40", 2);
	tm_extra(&s, 'x', x.p, x.len);
	{
		char body[517] = "2\n10\n5\n40\n0\n";

		memcpy(body + 512, "hello", 5);
		tm_add(&s, &(struct tm_entry){
				   .name = "g", .data = body, .size = sizeof(body) });
	}
	tm_end(&s);
	accepted(&s, &holes);
	assert_string_equal(plain.prefilter, holes.prefilter);
	str_finish(&x);
}

// A hole of 8 GiB costs a few bytes: a limit must stop it, and cancelling, too.
static void sparse_bomb(void **state)
{
	struct unpack_result r;
	struct unpack_opts o;
	struct str s = { 0 }, x = { 0 };
	struct err e;

	(void)state;
	tm_record(&x, "GNU.sparse.size", "8589934592", 10);
	tm_record(&x, "GNU.sparse.map", "0,5", 3);
	tm_extra(&s, 'x', x.p, x.len);
	tm_file(&s, "f", "hello");
	tm_end(&s);
	unpack_opts_init(&o);
	o.limits.max_bytes = 1u << 30;
	assert_int_equal(try(&s, &o, -1, &r, &e), -1);
	assert_string_equal(e.code, CORRUPT);
	str_finish(&s);
	str_finish(&x);
}

// Long names cost a bomb little, and us their length.
static void memory_bomb(void **state)
{
	struct unpack_result r;
	struct unpack_opts o;
	struct str s = { 0 }, x = { 0 };
	struct err e;
	char name[3000];

	(void)state;
	memset(name, 'n', sizeof(name));
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "%03d", i);
		name[3] = 'n';
		tm_extra(&s, 'L', name, sizeof(name));
		tm_file(&s, "x", "");
	}
	tm_end(&s);
	unpack_opts_init(&o);
	assert_int_equal(try(&s, &o, -1, &r, &e), 0);
	o.limits.max_memory = 300000;
	assert_int_equal(try(&s, &o, -1, &r, &e), -1);
	assert_non_null(strstr(e.msg, "bytes of memory"));
	str_finish(&s);
	tm_record(&x, "GNU.sparse.size", "99999999999", 11);
	tm_record(&x, "GNU.sparse.map", "0,5", 3);
	tm_extra(&s, 'x', x.p, x.len);
	tm_file(&s, "f", "hello");
	tm_end(&s);
	refused(&s, CORRUPT, "bytes of holes");
	str_finish(&x);
}

static void zip_it(const struct str *s, struct str *out)
{
	uLongf n = compressBound(s->len) + 64;
	z_stream z = { 0 };

	str_reserve(out, n);
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, 0), Z_OK);
	z.next_in = (unsigned char *)s->p;
	z.avail_in = (unsigned)s->len;
	z.next_out = (unsigned char *)out->p + out->len;
	z.avail_out = (unsigned)n;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->len += z.total_out;
	deflateEnd(&z);
}

static void gzip_bomb(void **state)
{
	struct unpack_result r;
	struct unpack_opts o;
	struct str s = { 0 }, z = { 0 };
	struct err e;
	char *zeros = xcalloc(1, 64 << 20);

	(void)state;
	tm_add(&s, &(struct tm_entry){ .name = "f", .data = zeros, .size = 64 << 20 });
	tm_end(&s);
	zip_it(&s, &z);
	assert_true(z.len < 100000);
	unpack_opts_init(&o);
	o.limits.max_bytes = 32 << 20;
	assert_int_equal(try(&z, &o, -1, &r, &e), -1);
	assert_non_null(strstr(e.msg, "more than 33554432 bytes"));
	free(zeros);
	str_finish(&s);
	str_finish(&z);
}

// Every prefix of an archive that ends on a block: a clear end or a clear error.
static void cut(void **state)
{
	struct unpack_result r;
	struct unpack_opts o;
	struct str s = { 0 }, z = { 0 };
	struct err e;
	size_t whole;

	(void)state;
	tm_pax(&s, "path", "dir/with/pax");
	tm_file(&s, "f", "some text");
	tm_extra(&s, 'L', "a long name", 12);
	tm_file(&s, "f", "other text");
	tm_add(&s, &(struct tm_entry){ .name = "l", .type = '2', .link = "x" });
	tm_end(&s);
	whole = s.len;
	zip_it(&s, &z);
	unpack_opts_init(&o);
	o.need_end = true;
	for (size_t n = 0; n < whole - 512;
	     n += 256) { // one block of the end mark is enough
		struct str part = { s.p, n, n };

		assert_int_equal(try(&part, &o, -1, &r, &e), -1);
		assert_string_equal(e.code, CORRUPT);
	}
	for (size_t n = 1; n < z.len; n++) {
		struct str part = { z.p, n, n };

		assert_int_equal(try(&part, &o, -1, &r, &e), -1);
		assert_string_equal(e.code, CORRUPT);
	}
	assert_int_equal(try(&z, &o, -1, &r, &e), 0);
	str_addc(&z, 'x');
	assert_int_equal(try(&z, &o, -1, &r, &e), -1);
	assert_non_null(strstr(e.msg, "do not belong there"));
	str_finish(&s);
	str_finish(&z);
}

static void odd_numbers(void **state)
{
	struct unpack_result r;
	struct str s = { 0 };

	(void)state;
	tm_add(&s, &(struct tm_entry){
			   .name = "n", .uid = -1, .gid = 1LL << 40, .mtime = -77 });
	tm_end(&s);
	accepted(&s, &r);
	tm_pax(&s, "mtime", "-1.25");
	tm_file(&s, "n", "x");
	tm_end(&s);
	accepted(&s, &r);
	tm_pax(&s, "mtime", "9223372036854775807");
	tm_file(&s, "n", "x");
	tm_end(&s);
	accepted(&s, &r);
}

static void mismatch(void **state)
{
	struct unpack_result r;
	struct unpack_opts o;
	struct str s = { 0 };
	struct err e;
	size_t pos = 0;
	const char *k, *v;

	(void)state;
	tm_file(&s, "n", "x");
	tm_end(&s);
	unpack_opts_init(&o);
	o.want = "4z9DCT";
	assert_int_equal(try(&s, &o, -1, &r, &e), -1);
	assert_string_equal(e.code, "rio-hash-mismatch");
	assert_true(err_detail_next(&e, &pos, &k, &v));
	assert_string_equal(k, "expected");
	assert_string_equal(v, "tar:4z9DCT");
	str_finish(&s);
}

static void cancelled(void **state)
{
	atomic_bool cancel = true;
	struct unpack_result r;
	struct unpack_opts o;
	struct str s = { 0 };
	struct err e;

	(void)state;
	tm_file(&s, "n", "x");
	tm_end(&s);
	unpack_opts_init(&o);
	o.cancel = &cancel;
	assert_int_equal(try(&s, &o, -1, &r, &e), -1);
	assert_string_equal(e.code, "wfx-cancelled");
	str_finish(&s);
}

// A disk that is full: RLIMIT_FSIZE stands in for it.
static void no_space(void **state)
{
	struct rlimit was, small;
	struct unpack_result r;
	struct unpack_opts o;
	struct str s = { 0 };
	struct err e;
	char *data = xcalloc(1, 6 << 20);

	(void)state;
	getrlimit(RLIMIT_FSIZE, &was);
	small = (struct rlimit){ 1 << 20, was.rlim_max };
	unpack_opts_init(&o);
	o.name = "root";
	for (int size = 2; size <= 6; size += 2) {
		int fd;

		str_clear(&s);
		tm_add(&s, &(struct tm_entry){ .name = "n",
		                               .data = data,
		                               .size = (uint64_t)size << 20 });
		tm_file(&s, "m", "x");
		tm_end(&s);
		fd = input_of(&s);
		setrlimit(RLIMIT_FSIZE, &small);
		assert_int_equal(unpack_tar(fd, &o, scratch_fd, &r, &e), -1);
		setrlimit(RLIMIT_FSIZE, &was);
		close(fd);
		assert_string_equal(e.code, "wfx-no-space");
		fd_remove_tree(scratch_fd, "root");
	}
	free(data);
	str_finish(&s);
}

// A root that is neither file nor directory has no hash, and cannot be placed.
static void odd_root(void **state)
{
	struct unpack_result r;
	struct unpack_opts o;
	struct str s = { 0 };
	struct err e;

	(void)state;
	tm_add(&s, &(struct tm_entry){ .name = "./", .type = '2', .link = "/tmp" });
	tm_end(&s);
	unpack_opts_init(&o);
	o.name = "root";
	assert_int_equal(try(&s, &o, -1, &r, &e), 0);
	assert_string_equal(r.prefilter, "-");
	assert_string_not_equal(r.seal, "-");
	assert_int_equal(r.root_type, NODE_SYMLINK);
	assert_int_equal(try(&s, &o, scratch_fd, &r, &e), -1);
	assert_string_equal(e.code, CORRUPT);
	str_finish(&s);
}

static int next_fd;

static int set_up(void **state)
{
	(void)state;
	next_fd = dup(0);
	close(next_fd);
	signal(SIGXFSZ, SIG_IGN);
	if (!mkdtemp(scratch))
		return -1;
	scratch_fd = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return scratch_fd < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(scratch_fd);
	if (dup(0) != next_fd) // no descriptor, and no file, was left behind
		return -1;
	return rmdir(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(good_names),
		cmocka_unit_test(symlinks),
		cmocka_unit_test(twice),
		cmocka_unit_test(below_files),
		cmocka_unit_test(types),
		cmocka_unit_test(headers),
		cmocka_unit_test(signed_checksum),
		cmocka_unit_test(too_big),
		cmocka_unit_test(memory_bomb),
		cmocka_unit_test(pax),
		cmocka_unit_test(sparse),
		cmocka_unit_test(sparse_expands),
		cmocka_unit_test(sparse_bomb),
		cmocka_unit_test(gzip_bomb),
		cmocka_unit_test(cut),
		cmocka_unit_test(odd_numbers),
		cmocka_unit_test(mismatch),
		cmocka_unit_test(cancelled),
		cmocka_unit_test(no_space),
		cmocka_unit_test(odd_root),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
