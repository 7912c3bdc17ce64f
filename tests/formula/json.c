// The lax JSON reader: trees, positions, what is put right and what is refused.
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "formula/json.h"

// A tree as text: every value with the offset of its first byte, every key with its own.
static void dump(const struct json *v, struct str *out)
{
	if (v->key)
		str_addf(out, "%zu`%s`=", v->key_off, v->key);
	str_addf(out, "%zu:", v->off);
	switch (v->type) {
	case JSON_NULL:
		str_add(out, "null");
		break;
	case JSON_BOOL:
		str_add(out, v->boolean ? "true" : "false");
		break;
	case JSON_INT:
		str_addf(out, "%" PRId64, v->integer);
		break;
	case JSON_FLOAT:
		str_addf(out, "float(%s)", v->text);
		break;
	case JSON_STRING:
		assert_int_equal(strlen(v->text), v->len);
		str_addf(out, "`%s`", v->text);
		break;
	case JSON_LIST:
	case JSON_MAP: {
		size_t n = 0;

		str_addc(out, v->type == JSON_MAP ? '{' : '[');
		for (const struct json *m = v->first; m; m = m->next, n++) {
			str_add(out, n ? " " : "");
			dump(m, out);
		}
		assert_int_equal(n, v->n);
		str_addc(out, v->type == JSON_MAP ? '}' : ']');
		break;
	}
	case JSON_TYPE_COUNT:
		fail();
	}
}

struct json_case {
	const char *text;
	const char
		*want; // the dump and the warnings "L:C", or "!L:C: start of the message"
};

// clang-format off
static const struct json_case cases[] = {
	// plain
	{ "{}", "0:{}" },
	{ " [ ] ", "1:[]" },
	{ "\t\r\n{ \"a\" : 1 , \"b\" : [ true , false , null ] }\n",
	  "3:{5`a`=11:1 15`b`=21:[23:true 30:false 38:null]}" },
	{ "12", "0:12" },
	{ "12 ", "0:12" },
	{ "\"x\"", "0:`x`" },
	{ "true", "0:true" },
	{ "[{},{\"a\":{}}]", "0:[1:{} 4:{5`a`=9:{}}]" },
	{ "[\"\",\"\",\"\"]", "0:[1:`` 4:`` 7:``]" },
	// numbers
	{ "[9223372036854775807,-9223372036854775808,-0,0]",
	  "0:[1:9223372036854775807 21:-9223372036854775808 42:0 45:0]" },
	{ "[1.5,-2e9,1E+2]", "0:[1:float(1.5) 5:float(-2e9) 10:float(1E+2)]" },
	{ "[9223372036854775808]", "!1:2: the number does not fit" },
	{ "[-9223372036854775809]", "!1:2: the number does not fit" },
	{ "[111111111111111111111111111111111111]", "!1:2: the number does not fit" },
	{ "[01]", "!" }, { "[1.]", "!" }, { "[.5]", "!" }, { "[-]", "!" }, { "[+1]", "!" },
	{ "[1e]", "!" }, { "[0x10]", "!" }, { "[NaN]", "!" }, { "[-Infinity]", "!" }, { "[1-2]", "!" },
	// strings
	{ "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20ac\"]", "0:[1:`\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac`]" },
	{ "[\"a\\\\\",\"\\\\\\\"\",3]", "0:[1:`a\\` 7:`\\\"` 14:3]" },
	{ "[\"\\ud83d\\ude00\"]", "0:[1:`\xf0\x9f\x98\x80`]" },
	{ "[\"\\ud83d\"]", "0:[1:`\xef\xbf\xbd`] 1:3" },
	{ "[\"\\ud83dx\\uDE00\", 1]", "0:[1:`\xef\xbf\xbdx\xef\xbf\xbd` 18:1] 1:3 1:10" },
	{ "[\"\\ud83d\\ud83d\\ude00\"]", "0:[1:`\xef\xbf\xbd\xf0\x9f\x98\x80`] 1:3" },
	{ "[\"\\ud83d\\u0041\"]", "0:[1:`\xef\xbf\xbd" "A`] 1:3" },
	{ "[\"\\ude00\\ud83d\"]", "0:[1:`\xef\xbf\xbd\xef\xbf\xbd`] 1:3 1:9" },
	{ "[\"\xff\xc0\x80\xed\xa0\x80\"]", "0:[1:`\xff\xc0\x80\xed\xa0\x80`]" }, // bytes pass through
	{ "[\"\x7f\"]", "0:[1:`\x7f`]" },
	{ "[\"a\nb\"]", "!1:4: a control character" },
	{ "[\"\\x\"]", "!1:4: no such escape" },
	{ "[\"\\u12g4\"]", "!1:7: \\u needs four hex digits" },
	{ "[\"\\ud8\"]", "!1:7: \\u needs four hex digits" },
	{ "[\"\\u0000\"]", "!1:2: a string with \\u0000" },
	{ "{\"\\u0000\":1}", "!1:2: a string with \\u0000" },
	{ "[\"abc", "!1:2: the string is not closed" },
	{ "[\"abc\\", "!1:2: the string is not closed" },
	{ "[\"abc\\\"", "!1:2: the string is not closed" },
	{ "[\"\\ud83d\\u", "!1:2: the string is not closed" },
	// commas
	{ "[1 2]", "0:[1:1 3:2] 1:3" },
	{ "[1\n2]", "0:[1:1 3:2] 1:3" },
	{ "[1,]", "0:[1:1] 1:3" },
	{ "[1 , ]", "0:[1:1] 1:4" },
	{ "{\"a\":1,}", "0:{1`a`=5:1} 1:7" },
	{ "{\"a\":1 \"b\":2}", "0:{1`a`=5:1 7`b`=11:2} 1:7" },
	{ "{\"a\":\"x\"\"b\":\"y\"}", "0:{1`a`=5:`x` 8`b`=12:`y`} 1:9" },
	{ "[\"a\"\"b\"[]{}\"c\"1]", "0:[1:`a` 4:`b` 7:[] 9:{} 11:`c` 14:1] 1:5 1:8 1:10 1:12 1:15" },
	{ "{\"a\":{}\"b\":[[]]\"c\":{\"d\":1,},}", "0:{1`a`=5:{} 7`b`=11:[12:[]] 15`c`=19:{20`d`=24:1}} 1:8 1:16 1:26 1:28" },
	{ "[\"a\" \"\\ud800\" \"\\ud800\"]", "0:[1:`a` 5:`\xef\xbf\xbd` 14:`\xef\xbf\xbd`] 1:5 1:7 1:14 1:16" },
	{ "[\"a\"\"\\ud800\"[1 2]]", "0:[1:`a` 4:`\xef\xbf\xbd` 12:[13:1 15:2]] 1:5 1:6 1:13 1:15" },
	{ "[,1]", "!1:2: expected a value or ']'" },
	{ "{,\"a\":1}", "!1:2: expected a key in double quotes or '}'" },
	{ "[1,,2]", "!1:4: expected a value after ','" },
	{ "[1,,]", "!1:4: expected a value after ','" },
	{ "{\"a\":1,,\"b\":2}", "!1:8: expected a key in double quotes after ','" },
	{ "[,]", "!1:2: expected a value" },
	{ "{,}", "!1:2: expected a key" },
	{ "[{,\"b\":2}]", "!1:3: expected a key" },
	{ "[[,1]]", "!1:3: expected a value" },
	{ "1,", "!1:2: nothing may follow" },
	{ "1 2", "!1:3: nothing may follow" },
	{ "{} {}", "!1:4: nothing may follow" },
	{ "{\"a\",1}", "!1:5: expected ':'" },
	{ "{\"a\" 1}", "!1:6: expected ':'" },
	{ "{\"a\":}", "!1:6: expected a value after ':'" },
	{ "{\"a\":,}", "!1:6: expected a value after ':'" },
	{ "{1:2}", "!1:2: expected a key" },
	{ "{\"a\":1 2}", "!1:8: expected ',' or '}'" },
	{ "[1 \"a\":2]", "!1:7: expected ',' or ']'" },
	{ "[1}", "!1:3: expected ',' or ']'" },
	{ "{\"a\":1]", "!1:7: expected ',' or '}'" },
	{ "]", "!1:1: expected a value" },
	// words
	{ "[tru]", "!1:2: unknown word" },
	{ "[trux]", "!1:2: unknown word" },
	{ "[nulll]", "!" }, { "[truefalse]", "!" }, { "[True]", "!" }, { "[t]", "!" },
	{ "{'a':1}", "!1:2: unexpected character" },
	{ "{a:1}", "!1:2: unexpected character" },
	{ "// x\n1", "!1:1: JSON has no comments" },
	{ "/* x */1", "!1:1: JSON has no comments" },
	{ "[1,\f2]", "!1:4: a control character" },
	{ "\v1", "!1:1: a control character" },
	{ "\xef\xbb\xbf{}", "!1:1: the text begins with a byte order mark" },
	// the end
	{ "", "!1:1: the text ends here: expected a value" },
	{ " \n ", "!2:2: the text ends here" },
	{ "[", "!1:2: the text ends here: expected a value or ']' ('[' of line 1 column 1 is open)" },
	{ "{\"a\":[1,\n{\"b\":1}\n", "!3:1: the text ends here: expected ',' or ']' after the value ('[' of line 1" },
	// duplicate keys
	{ "{\"a\":1,\n\"b\":2,\"a\":3,\"b\":4}", "!2:7: the key \"a\" is there already, at line 1 column 2" },
	{ "{\"a\":1,\"\\u0061\":3}", "!1:8: the key \"a\" is there already" },
	{ "[{\"a\":1},{\"a\":1}]", "0:[1:{2`a`=6:1} 9:{10`a`=14:1}]" },
};
// clang-format on

static void texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct json_doc d;
		struct str got = { 0 };
		struct err e = { 0 };
		const char *want = cases[i].want;

		if (json_parse(&d, "t", cases[i].text, strlen(cases[i].text), NULL, &e) <
		    0) {
			assert_string_equal(e.code, "warpforge-error-serialization");
			str_addf(&got, "!%s", e.msg + 2);
			if (strncmp(got.p, want, strlen(want)) != 0)
				fail_msg("%s\nwant %s\ngot  %s", cases[i].text, want,
				         got.p);
			str_finish(&got);
			continue;
		}
		dump(d.root, &got);
		for (size_t k = 0; k < d.n_warnings; k++)
			str_addf(&got, " %u:%u", d.warnings[k].pos.line,
			         d.warnings[k].pos.column);
		if (strcmp(got.p, want) != 0)
			fail_msg("%s\nwant %s\ngot  %s", cases[i].text, want, got.p);
		json_finish(&d);
		str_finish(&got);
	}
}

static int parses(const char *p, size_t n, const struct json_options *o, struct err *e)
{
	struct json_doc d;

	if (json_parse(&d, "t", p, n, o, e) < 0)
		return 0;
	json_finish(&d);
	return 1;
}

static void limits(void **state)
{
	struct json_options o = { .max_size = 10, .max_values = 3, .max_depth = 2 };
	struct json_options strict = { .strict = 1 };
	struct str deep = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_true(parses("[1,2]", 5, &o, &e));
	assert_false(parses("[1,2,3]", 7, &o, &e));
	assert_non_null(strstr(e.msg, "t:1:6: more than 3 values"));
	assert_true(parses("[[]]", 4, &o, &e));
	assert_false(parses("[[[]]]", 6, &o, &e));
	assert_non_null(strstr(e.msg, "t:1:3: brackets are nested more than 2 deep"));
	assert_false(parses("           ", 11, &o, &e));
	assert_non_null(strstr(e.msg, "11 bytes"));
	assert_false(parses("[1,]", 4, &strict, &e));
	assert_non_null(strstr(e.msg, "t:1:3: a comma"));
	assert_true(parses("[\"\\ud800\"]", 10, &strict, &e));

	for (int i = 0; i < 200; i++)
		str_addc(&deep, '[');
	for (int i = 0; i < 200; i++)
		str_addc(&deep, ']');
	assert_true(parses(deep.p, deep.len, NULL, &e));
	str_clear(&deep);
	for (int i = 0; i < 10000; i++)
		str_add(&deep, i % 2 ? "[" : "{\"a\":");
	assert_false(parses(deep.p, deep.len, NULL, &e));
	assert_non_null(strstr(e.msg, "more than 200 deep"));
	str_finish(&deep);
	assert_false(parses("[\"a\0b\"]", 7, NULL, &e));
	assert_non_null(strstr(e.msg, "t:1:4: a NUL byte"));
}

static void many_warnings_are_counted(void **state)
{
	struct str s = { 0 };
	struct json_doc d;

	(void)state;
	str_addc(&s, '[');
	for (int i = 0; i < 1000; i++)
		str_add(&s, "\"x\"");
	str_addc(&s, ']');
	assert_int_equal(json_parse(&d, "t", s.p, s.len, NULL, NULL), 0);
	assert_int_equal(d.root->n, 1000);
	assert_int_equal(d.n_warnings, 65);
	assert_string_equal(d.warnings[64].text, "and 935 more places like these");
	for (const struct json *v = d.root->first; v; v = v->next)
		assert_int_equal(s.p[v->off], '"');
	json_finish(&d);
	str_finish(&s);
}

// A document cut anywhere is an error, at a place inside of it.
static void cut_anywhere(void **state)
{
	static const char text[] =
		"{\"formula\": {\"formula.v1\": {\"inputs\": {\"/\": \"wa\\u20ac\"}, "
		"\"n\": [1, -2.5e3, true, null, \"\\ud83d\\ude00\"]}}}";

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		char *copy = xmemdup(text, n + 1); // the sanitizer sees a read beyond
		struct err e = { 0 };

		copy = xrealloc(copy, n ? n : 1);
		assert_false(parses(copy, n, NULL, &e));
		assert_string_equal(e.code, "warpforge-error-serialization");
		free(copy);
	}
	assert_true(parses(text, sizeof(text) - 1, NULL, NULL));
}

static void getters(void **state)
{
	static const char text[] = "{\"a\":1,\"b\":\"x\",\"c\":[{\"d\":2}]}";
	struct json_doc d;

	(void)state;
	assert_int_equal(json_parse(&d, "t", text, strlen(text), NULL, NULL), 0);
	assert_int_equal(json_get_int(d.root, "a", 7), 1);
	assert_int_equal(json_get_int(d.root, "b", 7), 7);
	assert_int_equal(json_get_int(d.root, "nope", 7), 7);
	assert_string_equal(json_get_text(d.root, "b", "no"), "x");
	assert_string_equal(json_get_text(d.root, "a", "no"), "no");
	assert_int_equal(json_get_int(json_get(d.root, "c")->first, "d", 7), 2);
	assert_null(json_get(json_get(d.root, "c"), "d"));
	assert_null(json_get(NULL, "d"));
	json_finish(&d);
}

static void places_are_shown(void **state)
{
	static const char text[] = "\n\t\t{\"\xc3\xa9\xe4\xb8\xad\t\033[31m\": x,";
	struct err e = { 0 };

	(void)state;
	assert_false(parses(text, strlen(text), NULL, &e));
	assert_string_equal(
		e.msg, "t:2:10: a control character inside a string; write it as \\n, "
		       "\\t or \\uXXXX\n"
		       "    2 | {\"\xc3\xa9\xe4\xb8\xad \\x1b[31m\": x,\n"
		       "      |      ^");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(limits),
		cmocka_unit_test(many_warnings_are_counted),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(getters),
		cmocka_unit_test(places_are_shown),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
