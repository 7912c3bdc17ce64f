// WareIDs and filters.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "formula/ware.h"

static void wareids_read_and_print(void **state)
{
	static const char *const good[] = {
		"tar:4z9DCTxoKkStqXQRwtf9nimpfQQ36dbndDsAPCQgECfbXt3edanUrsVKCjE9TkX2v9",
		"tar:-",
		"git:0123456789012345678901234567890123456789",
		"tar:qwerasdf",
		"x:y",
	};
	char text[WAREID_TEXT];
	struct wareid id, other;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct err e = { 0 };

		assert_int_equal(wareid_parse(&id, good[i], &e), 0);
		assert_string_equal(wareid_text(&id, text), good[i]);
		assert_true(wareid_equal(&id, &id));
	}
	wareid_parse(&other, "tar:-", NULL);
	assert_false(wareid_equal(&id, &other));
}

static void wareids_refuse(void **state)
{
	static const struct {
		const char *text, *part;
	} bad[] = {
		{ "", "has no colon" },
		{ "tar", "has no colon" },
		{ "tar:a:b", "more than one colon" },
		{ ":abc", "packtype is empty" },
		{ "tar:", "hash is empty" },
		{ "tar:a/b", "no WareID has" },
		{ "../..:b", "starts with a dot" },
		{ "tar:..", "starts with a dot" },
		{ "tar:a\nb", "tar:a\\x0ab" },
		{ "packtypetoolongtobe:abc", "packtype is too long" },
		{ "tar:"
		  "0123456789012345678901234567890123456789012345678901234567890123456789"
		  "0123456789"
		  "01234567890123456789012345678901234567890123456789",
		  "hash is too long" },
	};
	struct wareid id;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };

		assert_int_equal(wareid_parse(&id, bad[i].text, &e), -1);
		assert_string_equal(e.code, "warpforge-error-wareid-invalid");
		if (!strstr(e.msg, bad[i].part))
			fail_msg("%s: %s", bad[i].text, e.msg);
	}
}

static void base_sets(void **state)
{
	static const char *const want[] = {
		"uid=0,gid=0,mtime=follow,sticky=follow,setid=reject,dev=reject",
		"uid=0,gid=0,mtime=@1262304000,sticky=keep,setid=reject,dev=reject",
		"uid=follow,gid=follow,mtime=follow,sticky=follow,setid=reject,dev="
		"reject",
		"uid=follow,gid=follow,mtime=follow,sticky=follow,setid=follow,dev="
		"follow",
	};
	struct filters sets[] = { filters_default(FILTER_UNPACK),
		                  filters_default(FILTER_PACK), filters_scan(),
		                  filters_lossless() };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		struct str s = { 0 };

		filters_text(&sets[i], i == 1 ? FILTER_PACK : FILTER_UNPACK, &s);
		assert_string_equal(str_cstr(&s), want[i]);
		str_finish(&s);
	}
}

struct filter_case {
	enum filter_use use;
	const char *text;
	const char *want; // the key's part of the canonical text; NULL = refused
};

static const struct filter_case filter_cases[] = {
	{ FILTER_UNPACK, "uid=mine", "uid=mine" },
	{ FILTER_PACK, "uid=mine", NULL },
	{ FILTER_PACK, "uid=keep", "uid=keep" },
	{ FILTER_UNPACK, "uid=keep", NULL },
	{ FILTER_PACK, "uid=follow", NULL },
	{ FILTER_UNPACK, "gid=4294967294", "gid=4294967294" },
	{ FILTER_UNPACK, "gid=4294967295", NULL },
	{ FILTER_UNPACK, "gid=99999999999999999999999", NULL },
	{ FILTER_UNPACK, "gid=-1", NULL },
	{ FILTER_UNPACK, "gid=", NULL },
	{ FILTER_UNPACK, "gid=1x", NULL },
	{ FILTER_UNPACK, "uid=reject", NULL },
	{ FILTER_UNPACK, "mtime=@-9223372036854775808", "mtime=@-9223372036854775808" },
	{ FILTER_UNPACK, "mtime=@9223372036854775807", "mtime=@9223372036854775807" },
	{ FILTER_UNPACK, "mtime=@9223372036854775808", NULL },
	{ FILTER_UNPACK, "mtime=1", NULL },
	{ FILTER_UNPACK, "mtime=now", NULL },
	{ FILTER_UNPACK, "mtime=@", NULL },
	{ FILTER_UNPACK, "mtime=2010-01-01T00:00:00Z", "mtime=@1262304000" },
	{ FILTER_UNPACK, "mtime=2010-01-01T01:30:00+01:30", "mtime=@1262304000" },
	{ FILTER_UNPACK, "mtime=2009-12-31T16:00:00.999-08:00", "mtime=@1262304000" },
	{ FILTER_UNPACK, "mtime=1969-12-31T23:59:59Z", "mtime=@-1" },
	{ FILTER_UNPACK, "mtime=2000-02-29T12:00:00Z", "mtime=@951825600" },
	{ FILTER_UNPACK, "mtime=1900-02-29T12:00:00Z", NULL },
	{ FILTER_UNPACK, "mtime=2010-02-30T00:00:00Z", NULL },
	{ FILTER_UNPACK, "mtime=2010-13-01T00:00:00Z", NULL },
	{ FILTER_UNPACK, "mtime=2010-01-01T24:00:00Z", NULL },
	{ FILTER_UNPACK, "mtime=2010-01-01T23:59:60Z", NULL },
	{ FILTER_UNPACK, "mtime=2010-01-01 00:00:00Z", NULL },
	{ FILTER_UNPACK, "mtime=2010-01-01T00:00:00", NULL },
	{ FILTER_UNPACK, "mtime=2010-01-01T00:00:00.Z", NULL },
	{ FILTER_UNPACK, "mtime=2010-01-01T00:00:00Zx", NULL },
	{ FILTER_UNPACK, "mtime=0000-01-01T00:00:00Z", "mtime=@-62167219200" },
	{ FILTER_UNPACK, "mtime=9999-12-31T23:59:59Z", "mtime=@253402300799" },
	{ FILTER_UNPACK, "sticky=ignore", "sticky=ignore" },
	{ FILTER_UNPACK, "sticky=reject", NULL },
	{ FILTER_PACK, "setid=keep", "setid=keep" },
	{ FILTER_UNPACK, "setid=ignore", "setid=ignore" },
	{ FILTER_UNPACK, "dev=ignore", "dev=reject" },
	{ FILTER_UNPACK, "dev=follow", "dev=follow" },
	{ FILTER_UNPACK, "colour=red", NULL },
	{ FILTER_UNPACK, "uid=1,gid=2,mtime=@3", "uid=1,gid=2,mtime=@3" },
	{ FILTER_UNPACK, "uid=1,uid=2", "uid=2" },
	{ FILTER_UNPACK, "", "uid=0,gid=0,mtime=follow" },
	{ FILTER_UNPACK, "uid=1,", NULL },
	{ FILTER_UNPACK, ",uid=1", NULL },
	{ FILTER_UNPACK, "uid", NULL },
};

static void filters_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(filter_cases); i++) {
		const struct filter_case *c = &filter_cases[i];
		struct filters f = filters_default(c->use), was = f;
		struct str s = { 0 };
		struct err e = { 0 };

		if (filters_parse(&f, c->use, c->text, &e) < 0) {
			if (c->want)
				fail_msg("%s: %s", c->text, e.msg);
			assert_string_equal(e.code, "warpforge-error-formula-invalid");
			assert_memory_equal(&f, &was, sizeof(f)); // all or nothing
			continue;
		}
		filters_text(&f, c->use, &s);
		if (!c->want || !strstr(s.p, c->want))
			fail_msg("%s: %s", c->text, s.p);
		str_finish(&s);
	}
}

static void filter_errors_name_the_values(void **state)
{
	struct filters f = filters_default(FILTER_UNPACK);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(filters_set(&f, FILTER_UNPACK, "setid", "no\033[m", &e), -1);
	assert_string_equal(
		e.msg, "filter setid: invalid value \"no\\x1b[m\"; legal are follow, "
		       "ignore or reject");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wareids_read_and_print),
		cmocka_unit_test(wareids_refuse),
		cmocka_unit_test(base_sets),
		cmocka_unit_test(filters_read),
		cmocka_unit_test(filter_errors_name_the_values),
	};

	return cmocka_run_group_tests_name("ware", tests, NULL, NULL);
}
