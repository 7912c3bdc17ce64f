// From a formula to its box: mounts, environment, what is executed; consent.
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "engine/boxspec.h"
#include "engine/consent.h"
#include "formula/document.h"

#define WARE \
	"\"ware:tar:" \
	"4z9DCTxoKkStqXQRwtf9nimpfQQ36dbndDsAPCQgECfbXt3edanUrsVKCjE9TkX2v9\""

static struct document *formula(const char *inputs, const char *action)
{
	auto_free char *text = xasprintf("{\"formula\":{\"formula.v1\":{\"inputs\":{%s},"
	                                 "\"action\":%s,\"outputs\":{}}}}",
	                                 inputs, action);
	struct err e = { 0 };
	struct document *d = document_parse("/usr/f.json", text, strlen(text), &e);

	if (!d)
		fail_msg("%s", e.msg);
	return d;
}

static const char exec[] = "{\"exec\":{\"command\":[\"a\",\"b c\"]}}";

// All wares lie in "/".
static int make(struct boxspec *b, const struct document *d, int strict, struct err *e)
{
	const char *trees[16];
	struct boxspec_in in = {
		.doc = d,
		.mode = boxspec_mode_of(d, 0),
		.trees = trees,
		.run_dir = "/run",
		.strict = strict,
		.shell_fd = 7,
		.page_fd = 8,
	};

	for (size_t i = 0; i < ARRAY_LEN(trees); i++)
		trees[i] = "/";
	return boxspec_make(b, &in, e);
}

static void ports_are_cleaned(void **state)
{
	static const char *const cases[][2] = {
		{ "", "/" },           { "a", "/a" },       { "/a", "/a" },
		{ "a//b/", "/a/b" },   { "a/./b", "/a/b" }, { "a/../b", "/b" },
		{ "..", "/" },         { "../../a", "/a" }, { "a/b/..", "/a" },
		{ "..a/b", "/..a/b" }, { ".", "/" },
	};
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(boxspec_clean(&a, cases[i][0]), cases[i][1]);
	arena_finish(&a);
}

static void parents_come_first(void **state)
{
	struct document *d =
		formula("\"/b/c\":" WARE ",\"/b\":\"mount:ro:lib\",\"/\":" WARE
	                ",\"/a\":\"mount:overlay:/usr/lib\"",
	                exec);
	struct err e = { 0 };
	struct boxspec b;

	(void)state;
	assert_int_equal(make(&b, d, 0, &e), 0);
	assert_int_equal(b.spec.n_mounts, 4);
	assert_string_equal(b.spec.mounts[0].target, "/");
	assert_int_equal(b.spec.mounts[0].kind, BOX_OVERLAY);
	assert_int_equal(b.spec.mounts[0].trusted_owner, 1);
	assert_string_equal(b.spec.mounts[1].target, "/a");
	assert_int_equal(b.spec.mounts[1].trusted_owner, 0);
	// relative to the folder of the document
	assert_string_equal(b.spec.mounts[2].target, "/b");
	assert_string_equal(b.spec.mounts[2].source, "/usr/lib");
	assert_int_equal(b.spec.mounts[2].kind, BOX_BIND_RO);
	assert_string_equal(b.spec.mounts[3].target, "/b/c");
	boxspec_finish(&b);
	document_destroy(d);
}

static void without_a_root_there_is_an_empty_one(void **state)
{
	struct document *d = formula("\"/a\":" WARE, exec);
	struct boxspec b;

	(void)state;
	assert_int_equal(make(&b, d, 0, NULL), 0);
	assert_int_equal(b.spec.n_mounts, 2);
	assert_string_equal(b.spec.mounts[0].target, "/");
	assert_int_equal(b.spec.mounts[0].kind, BOX_EMPTY);
	boxspec_finish(&b);
	document_destroy(d);
}

static void bad_inputs_are_errors(void **state)
{
	static const struct {
		const char *inputs, *code;
	} cases[] = {
		{ "\"/a\":" WARE ",\"/b/../a/\":" WARE,
		  "warpforge-error-formula-invalid" },
		{ "\"/a\":\"mount:ro:/no/such/folder\"", "wfx-input-mount" },
		{ "\"/a\":\"mount:overlay:/etc/passwd\"", "wfx-input-mount" },
		{ "\"/a\":\"literal:x\"", "warpforge-error-formula-invalid" },
		{ "\"$A=B\":\"literal:x\"", "warpforge-error-formula-invalid" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct document *d = formula(cases[i].inputs, exec);
		struct err e = { 0 };
		struct boxspec b;

		assert_int_equal(make(&b, d, 0, &e), -1);
		assert_string_equal(e.code, cases[i].code);
		boxspec_finish(&b);
		document_destroy(d);
	}
}

static const char *env(const struct boxspec *b, const char *name)
{
	for (const char *const *v = b->spec.env; *v; v++)
		if (strncmp(*v, name, strlen(name)) == 0 && (*v)[strlen(name)] == '=')
			return *v + strlen(name) + 1;
	return NULL;
}

static void the_environment_is_made_from_nothing(void **state)
{
	struct document *d =
		formula("\"$TERM\":\"literal:dumb\",\"$X\":\"literal:a=b:c\","
	                "\"$TZ\":\"literal:CET\"",
	                exec);
	struct boxspec b;

	(void)state;
	setenv("WFX_TEST_SECRET", "1", 1);
	assert_int_equal(make(&b, d, 0, NULL), 0);
	assert_string_equal(
		env(&b, "PATH"),
		"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	assert_string_equal(env(&b, "TERM"), "dumb");
	assert_string_equal(env(&b, "X"), "a=b:c");
	assert_null(env(&b, "WFX_TEST_SECRET"));
	assert_null(env(&b, "SOURCE_DATE_EPOCH"));
	assert_string_equal(b.spec.argv[1], "b c");
	assert_null(b.spec.argv[2]);
	boxspec_finish(&b);

	assert_int_equal(make(&b, d, 1, NULL), 0);
	assert_string_equal(env(&b, "TZ"), "CET"); // the formula's own word stays
	assert_non_null(env(&b, "SOURCE_DATE_EPOCH"));
	assert_string_equal(b.spec.hostname, "wfx");
	boxspec_finish(&b);
	document_destroy(d);
}

static void scripts_have_a_shell_or_files(void **state)
{
	static const struct {
		const char *interpreter;
		enum boxspec_mode mode;
	} cases[] = {
		{ "/bin/sh", BOXSPEC_STEPSH },
		{ "/pkg/busybox/bin/sh", BOXSPEC_STEPSH },
		{ "sh", BOXSPEC_STEPSH },
		{ "/usr/bin/bash", BOXSPEC_STEPSH },
		{ "/bin/busybox", BOXSPEC_INTERPRETER },
		{ "/usr/bin/python3", BOXSPEC_INTERPRETER },
		{ "/bin/sh/", BOXSPEC_INTERPRETER },
		{ "/bin/fish", BOXSPEC_INTERPRETER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_free char *action = xasprintf("{\"script\":{\"interpreter\":\"%s\","
		                                   "\"contents\":[\"a\",\"b\\nc\"]}}",
		                                   cases[i].interpreter);
		struct document *d = formula("", action);
		struct boxspec b;

		assert_int_equal(boxspec_mode_of(d, 0), cases[i].mode);
		assert_int_equal(boxspec_mode_of(d, 1), BOXSPEC_INTERPRETER);
		assert_int_equal(make(&b, d, 0, NULL), 0);
		if (cases[i].mode == BOXSPEC_STEPSH) {
			assert_int_equal(b.spec.shell_fd, 7);
			assert_null(b.spec.argv);
		} else {
			assert_string_equal(b.spec.argv[0], cases[i].interpreter);
			assert_string_equal(b.spec.argv[1],
			                    "/.warpforge.container/script/run");
			assert_int_equal(b.spec.n_script_files, 3);
			assert_string_equal(b.spec.script_files[1].name, "entry-1");
			assert_string_equal(b.spec.script_files[1].text, "b\nc\n");
			assert_string_equal(b.spec.script_files[2].text,
			                    ". /.warpforge.container/script/entry-0\n"
			                    ". /.warpforge.container/script/entry-1\n");
		}
		boxspec_finish(&b);
		document_destroy(d);
	}
}

static void what_is_asked_is_listed(void **state)
{
	struct document *d = formula("\"/\":" WARE ",\"/w\":\"mount:rw:/srv\"",
	                             "{\"exec\":{\"command\":[\"a\"],\"network\":true}}");
	struct consent_ask *asks;
	size_t n = consent_asks(d->formula, &asks);
	struct str list = { 0 }, flag = { 0 };

	(void)state;
	assert_int_equal(n, 2);
	assert_int_equal(consent_bits(asks, n), ALLOW_MOUNT | ALLOW_NETWORK);
	consent_list(asks, n, ALLOW_NETWORK, &list);
	assert_non_null(strstr(list.p, "mount:rw:/srv at /w: "));
	assert_non_null(strstr(list.p, "delete"));
	assert_null(strstr(list.p, "network"));
	consent_flag(ALLOW_MOUNT | ALLOW_NETWORK, &flag);
	assert_string_equal(flag.p, "network,mount");
	consent_free(asks, n);
	str_finish(&list);
	str_finish(&flag);
	document_destroy(d);

	d = formula("\"/\":" WARE, "{\"exec\":{\"command\":[\"a\"],\"network\":false}}");
	assert_int_equal(consent_asks(d->formula, &asks), 0);
	consent_free(asks, 0);
	document_destroy(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_cleaned),
		cmocka_unit_test(parents_come_first),
		cmocka_unit_test(without_a_root_there_is_an_empty_one),
		cmocka_unit_test(bad_inputs_are_errors),
		cmocka_unit_test(the_environment_is_made_from_nothing),
		cmocka_unit_test(scripts_have_a_shell_or_files),
		cmocka_unit_test(what_is_asked_is_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
