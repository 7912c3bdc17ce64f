// Units of the leaf modules of stepsh, by tables.
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "stepsh/arith.h"
#include "stepsh/b_plain.h"
#include "stepsh/builtin_io.h"
#include "stepsh/escape.h"
#include "stepsh/glob.h"
#include "stepsh/pattern.h"
#include "stepsh/quote.h"
#include "stepsh/signame.h"

// ---- arith: variables a, b, ... are in a small table.

static char vars[26][64];

static int var_get(void *arg, const char *name, size_t n, const char *sub, size_t sub_n,
                   const char **text)
{
	struct arith_env *env = arg;
	struct arith_error err;
	int64_t i = 0;

	if (n != 1 || *name < 'a' || *name > 'z')
		return n == 3 && memcmp(name, "bad", 3) == 0 ? -1 : 0;
	if (sub && arith_eval(sub, sub_n, env, &i, &err) < 0)
		return -1;
	*text = vars[(*name - 'a' + i) % 26];
	return **text ? 1 : 0;
}

static int var_set(void *arg, const char *name, size_t n, const char *sub, size_t sub_n,
                   int64_t value)
{
	struct arith_env *env = arg;
	struct arith_error err;
	int64_t i = 0;

	if (n != 1 || *name < 'a' || *name > 'z')
		return -1;
	if (sub && arith_eval(sub, sub_n, env, &i, &err) < 0)
		return -1;
	snprintf(vars[(*name - 'a' + i) % 26], sizeof(vars[0]), "%lld", (long long)value);
	return 0;
}

static const struct {
	const char *text;
	int64_t posix, bash; // FAILS: an error
} sums[] = {
#define FAILS INT64_C(-4242)
#define BOTH(t, v) \
	{ \
		t, v, v \
	}
	BOTH("", 0),
	BOTH("  ", 0),
	BOTH("1", 1),
	BOTH(" 1 + 2\n", 3),
	BOTH("2+3*4", 14),
	BOTH("(2+3)*4", 20),
	BOTH("7/2", 3),
	BOTH("-7/2", -3),
	BOTH("-7%3", -1),
	BOTH("7%-3", 1),
	BOTH("10-4-3", 3),
	BOTH("64/4/2", 8),
	BOTH("0x1F", 31),
	BOTH("0X1f", 31),
	BOTH("010", 8),
	BOTH("00", 0),
	BOTH("08", FAILS),
	BOTH("0xg", FAILS),
	BOTH("12abc", FAILS),
	BOTH("1<<4", 16),
	BOTH("-16>>2", -4),
	BOTH("1<<63", INT64_MIN),
	BOTH("1<<64", 1),
	BOTH("5&3", 1),
	BOTH("5|3", 7),
	BOTH("5^3", 6),
	BOTH("~0", -1),
	BOTH("!0", 1),
	BOTH("!5", 0),
	BOTH("!!5", 1),
	BOTH("- -5", 5),
	BOTH("-+-5", 5),
	BOTH("1<2", 1),
	BOTH("2<1", 0),
	BOTH("2<=2", 1),
	BOTH("3>=4", 0),
	BOTH("1==1", 1),
	BOTH("1!=1", 0),
	BOTH("1<2==1", 1),
	BOTH("1|2^3&1", 3),
	BOTH("1&&0||1", 1),
	BOTH("0||0", 0),
	BOTH("5&&7", 1),
	BOTH("1?2:3", 2),
	BOTH("0?2:3", 3),
	BOTH("0?1:0?2:3", 3),
	BOTH("1?0?4:5:6", 5),
	BOTH("2>1?10:20", 10),
	BOTH("0&&1/0", 0),
	BOTH("1||1/0", 1),
	BOTH("1?2:1/0", 2),
	BOTH("0?1/0:3", 3),
	BOTH("1/0", FAILS),
	BOTH("1%0", FAILS),
	BOTH("9223372036854775807+1", INT64_MIN),
	BOTH("-9223372036854775808", INT64_MIN),
	BOTH("-9223372036854775807-1", INT64_MIN),
	BOTH("(-9223372036854775807-1)/-1", INT64_MIN),
	BOTH("(-9223372036854775807-1)%-1", 0),
	BOTH("9223372036854775807*2", -2),
	BOTH("a", 5),
	BOTH("a+1", 6),
	BOTH("u", 0),
	BOTH("a=7", 7),
	BOTH("a+=2", 7),
	BOTH("a-=2", 3),
	BOTH("a*=2", 10),
	BOTH("a/=2", 2),
	BOTH("a%=3", 2),
	BOTH("a<<=1", 10),
	BOTH("a>>=1", 2),
	BOTH("a&=4", 4),
	BOTH("a|=8", 13),
	BOTH("a^=1", 4),
	BOTH("a=b=9", 9),
	BOTH("(a=3)+a", 6),
	BOTH("a==5", 1),
	BOTH("a = a == 5", 1),
	{ "0&&(a=9),a", FAILS, 5 },
	BOTH("n", -12),
	BOTH("h", 255),
	BOTH("o", 8),
	BOTH("s", 3),
	BOTH("1+", FAILS),
	BOTH("+", FAILS),
	BOTH("(1", FAILS),
	BOTH("1)", FAILS),
	BOTH("1 2", FAILS),
	BOTH("1=2", FAILS),
	BOTH("a+b=2", FAILS),
	BOTH("1?2", FAILS),
	BOTH("1?2:", FAILS),
	BOTH("a=", FAILS),
	BOTH("@", FAILS),
	BOTH("bad", FAILS),
	BOTH("a +=", FAILS),
	BOTH("1 &&", FAILS),
	BOTH("()", FAILS),
	BOTH("1?a=3:4", 3),
	BOTH("1.5", FAILS),
	BOTH("a?b:c=1", FAILS),
	BOTH("0?bad:1", 1),
	BOTH("0&&(bad=1)", 0),
	BOTH("a+=(a=1)", 6),
	BOTH("a<b", 1),
	BOTH("a<<1", 10),
	BOTH("!a", 0),
	BOTH("-a", -5),
	{ "2**3", FAILS, 8 },
	{ "2**3**2", FAILS, 512 },
	{ "-2**2", FAILS, 4 },
	{ "2**-1", FAILS, FAILS },
	{ "0&&2**-1", FAILS, 0 },
	{ "2**0", FAILS, 1 },
	{ "a++", FAILS, 5 },
	{ "++a", 5, 6 },
	{ "--a", 5, 4 },
	{ "a--", FAILS, 5 },
	{ "a++ + a", 10, 11 },
	{ "++5", 5, 5 },
	{ "5--2", 7, 7 },
	{ "1,2", FAILS, 2 },
	{ "a=1,a+1", FAILS, 2 },
	{ "16#ff", FAILS, 255 },
	{ "2#101", FAILS, 5 },
	{ "64#_", FAILS, 63 },
	{ "64#@", FAILS, 62 },
	{ "36#Z", FAILS, 35 },
	{ "37#Z", FAILS, FAILS },
	{ "1#0", FAILS, FAILS },
	{ "65#0", FAILS, FAILS },
	{ "2#2", FAILS, FAILS },
	{ "10#08", FAILS, 8 },
	{ "16#", FAILS, FAILS },
	{ "e", FAILS, 8 },
	{ "e*2", FAILS, 16 },
	{ "r", FAILS, FAILS },
	{ "a[1]", FAILS, 6 },
	{ "a[0+1]=4", FAILS, 4 },
	{ "a[1]++ + b", FAILS, 13 },
	{ "a[", FAILS, FAILS },
	{ "a[x[0]]", FAILS, 5 },
	{ "x", 0, 0 },
	{ "y", FAILS, FAILS },
};

static void fill_vars(void)
{
	memset(vars, 0, sizeof(vars));
	strcpy(vars['a' - 'a'], "5");
	strcpy(vars['b' - 'a'], "6");
	strcpy(vars['n' - 'a'], "-12");
	strcpy(vars['h' - 'a'], "0xff");
	strcpy(vars['o' - 'a'], "010");
	strcpy(vars['s' - 'a'], " 3 ");
	strcpy(vars['e' - 'a'], "a+3");
	strcpy(vars['r' - 'a'], "r+1");
	strcpy(vars['x' - 'a'], "");
	strcpy(vars['y' - 'a'], "1 2");
}

static void arith_computes(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sums); i++)
		for (int bash = 0; bash < 2; bash++) {
			struct arith_env env = { &env, bash ? ARITH_BASH : 0, var_get,
				                 var_set };
			struct arith_error err = { 0 };
			int64_t v, want = bash ? sums[i].bash : sums[i].posix;
			int r;

			fill_vars();
			r = arith_eval(sums[i].text, strlen(sums[i].text), &env, &v,
			               &err);
			if (r < 0)
				v = FAILS;
			if (v != want) {
				print_error("%s (%s): %lld, not %lld; %s\n", sums[i].text,
				            bash ? "bash" : "posix", (long long)v,
				            (long long)want, err.msg ? err.msg : "-");
				wrong++;
			}
		}
	assert_int_equal(wrong, 0);
}

static void arith_is_bounded(void **state)
{
	static const char *const pieces[] = { "(",   "-",  "!",  "a=", "1?1:",
		                              "2**", "1?", "a[", "1||" };
	struct arith_env env = { &env, ARITH_BASH, var_get, var_set };
	struct arith_error err;
	int64_t v;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		struct str s = { 0 };

		for (int k = 0; k < 100000; k++)
			str_add(&s, pieces[i]);
		str_add(&s, "1");
		fill_vars();
		if (i < 7)
			assert_int_equal(arith_eval(s.p, s.len, &env, &v, &err), -1);
		else
			arith_eval(s.p, s.len, &env, &v, &err);
		str_finish(&s);
	}
}

static void arith_says_where(void **state)
{
	struct arith_env env = { &env, ARITH_BASH, var_get, var_set };
	struct arith_error err;
	int64_t v;

	(void)state;
	fill_vars();
	assert_int_equal(arith_eval("1 + + )", 7, &env, &v, &err), -1);
	assert_int_equal(err.off, 6);
	assert_string_equal(err.token, ")");
	assert_int_equal(arith_eval("7 = 3", 5, &env, &v, &err), -1);
	assert_string_equal(err.msg, "only a variable can be assigned to");
	assert_int_equal(arith_eval("bad", 3, &env, &v, &err), -1);
	assert_null(err.msg);
}

// ---- pattern

static const struct {
	const char *pat, *s;
	int flags, want;
} matches[] = {
	{ "", "", 0, 1 },
	{ "", "a", 0, 0 },
	{ "a", "a", 0, 1 },
	{ "a", "ab", 0, 0 },
	{ "?", "a", 0, 1 },
	{ "?", "", 0, 0 },
	{ "?", "ab", 0, 0 },
	{ "?", "é", 0, 1 },
	{ "??", "é", 0, 0 },
	{ "?", "\xc3", 0, 1 },
	{ "??", "\xff\xfe", 0, 1 },
	{ "*", "", 0, 1 },
	{ "*", "abc", 0, 1 },
	{ "a*", "abc", 0, 1 },
	{ "*c", "abc", 0, 1 },
	{ "*b", "abc", 0, 0 },
	{ "a*c", "abbc", 0, 1 },
	{ "*a*b*", "xxaxxbxx", 0, 1 },
	{ "**", "x", 0, 1 },
	{ "*a*a*b", "aaaaaaaac", 0, 0 },
	{ "[abc]", "b", 0, 1 },
	{ "[!abc]", "b", 0, 0 },
	{ "[^abc]", "d", 0, 1 },
	{ "[a-c]x", "bx", 0, 1 },
	{ "[a-c]", "d", 0, 0 },
	{ "[]a]", "]", 0, 1 },
	{ "[!]a]", "b", 0, 1 },
	{ "[!]a]", "]", 0, 0 },
	{ "[a", "[a", 0, 1 },
	{ "[", "[", 0, 1 },
	{ "[]", "[]", 0, 1 },
	{ "[a-]", "-", 0, 1 },
	{ "[-a]", "-", 0, 1 },
	{ "[[:alpha:]]", "x", 0, 1 },
	{ "[[:digit:]]", "x", 0, 0 },
	{ "[[:digit:]a]", "a", 0, 1 },
	{ "[![:space:]]", " ", 0, 0 },
	{ "[[:nope:]]", "n", 0, 0 },
	{ "[[.-.]]", "-", 0, 1 },
	{ "[[.a.]-c]", "b", 0, 1 },
	{ "[[=a=]]", "a", 0, 1 },
	{ "[é]", "é", 0, 1 },
	{ "[à-ü]", "é", 0, 1 },
	{ "[!é]", "è", 0, 1 },
	{ "[z-a]", "m", 0, 0 },
	{ "[\\]]", "]", 0, 1 },
	{ "[\\!a]", "!", 0, 1 },
	{ "\\*", "*", 0, 1 },
	{ "\\*", "a", 0, 0 },
	{ "a\\", "a\\", 0, 1 },
	{ "\\a", "a", 0, 1 },
	{ "[a\\-c]", "b", 0, 0 },
	{ "[a\\-c]", "-", 0, 1 },
	{ "é", "\xc3", 0, 0 },
	{ "\xc3*", "é", 0, 0 },
	{ "*é", "aé", 0, 1 },
	{ "*", ".a", PATTERN_PERIOD, 0 },
	{ ".*", ".a", PATTERN_PERIOD, 1 },
	{ "?a", ".a", PATTERN_PERIOD, 0 },
	{ "[.]a", ".a", PATTERN_PERIOD, 0 },
	{ "a*", "a.b", PATTERN_PERIOD, 1 },
	{ "*.b", ".b", PATTERN_PERIOD, 0 },
	{ "*", "a/b", PATTERN_PATHNAME, 0 },
	{ "*/b", "a/b", PATTERN_PATHNAME, 1 },
	{ "a?b", "a/b", PATTERN_PATHNAME, 0 },
	{ "a[/]b", "a/b", PATTERN_PATHNAME, 0 },
	{ "*/*", "a/.b", PATTERN_PATHNAME | PATTERN_PERIOD, 0 },
	{ "abc", "aBC", PATTERN_NOCASE, 1 },
	{ "[a-c]", "B", PATTERN_NOCASE, 1 },
	{ "[[:upper:]]", "b", PATTERN_NOCASE, 1 },
	{ "A*C", "abc", PATTERN_NOCASE, 1 },
	{ "+(a)", "aaa", 0, 0 },
	{ "+(a)", "+(a)", 0, 1 },
	{ "+(a)", "aaa", PATTERN_EXTGLOB, 1 },
	{ "+(a)", "", PATTERN_EXTGLOB, 0 },
	{ "*(a)", "", PATTERN_EXTGLOB, 1 },
	{ "*(a|bc)", "abca", PATTERN_EXTGLOB, 1 },
	{ "*(a|bc)", "abb", PATTERN_EXTGLOB, 0 },
	{ "?(a)b", "b", PATTERN_EXTGLOB, 1 },
	{ "?(a)b", "aab", PATTERN_EXTGLOB, 0 },
	{ "@(foo|bar)", "bar", PATTERN_EXTGLOB, 1 },
	{ "@(foo|bar)x", "foox", PATTERN_EXTGLOB, 1 },
	{ "@(foo|bar)", "foobar", PATTERN_EXTGLOB, 0 },
	{ "!(foo)", "foo", PATTERN_EXTGLOB, 0 },
	{ "!(foo)", "bar", PATTERN_EXTGLOB, 1 },
	{ "!(foo)", "", PATTERN_EXTGLOB, 1 },
	{ "*.!(o|c)", "x.h", PATTERN_EXTGLOB, 1 },
	{ "*.!(o|c)", "x.o", PATTERN_EXTGLOB, 0 },
	{ "!(*.o)", "a.o", PATTERN_EXTGLOB, 0 },
	{ "@(a|@(b|c))d", "cd", PATTERN_EXTGLOB, 1 },
	{ "+([0-9])", "123", PATTERN_EXTGLOB, 1 },
	{ "+([0-9])", "12a", PATTERN_EXTGLOB, 0 },
	{ "+(a|)", "aa", PATTERN_EXTGLOB, 1 },
	{ "@(|a)b", "b", PATTERN_EXTGLOB, 1 },
	{ "@([|]|x)", "|", PATTERN_EXTGLOB, 1 },
	{ "+(a", "+(a", PATTERN_EXTGLOB, 1 },
	{ "!(a)*", "a", PATTERN_EXTGLOB, 1 },
	{ "*(+(a)b)", "aabab", PATTERN_EXTGLOB, 1 },
	{ "+(*(a)|b)", "abba", PATTERN_EXTGLOB, 1 },
	{ "!(x)", ".a", PATTERN_EXTGLOB | PATTERN_PERIOD, 0 },
	{ "+(A)", "aA", PATTERN_EXTGLOB | PATTERN_NOCASE, 1 },
	{ "a!(*)b", "ab", PATTERN_EXTGLOB, 0 },
};

static void pattern_matches(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(matches); i++) {
		const char *p = matches[i].pat, *s = matches[i].s;

		if (pattern_match(p, NULL, strlen(p), s, strlen(s), matches[i].flags) !=
		    matches[i].want) {
			print_error("%s on %s (flags %d): not %d\n", p, s,
			            matches[i].flags, matches[i].want);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(
		pattern_match("a*", (const unsigned char *)"\0\1", 2, "ab", 2, 0), 0);
	assert_int_equal(
		pattern_match("a*", (const unsigned char *)"\0\1", 2, "a*", 2, 0), 1);
	assert_int_equal(
		pattern_match("[a]]", (const unsigned char *)"\0\0\1\0", 4, "]", 1, 0),
		1);
	assert_int_equal(
		pattern_match("[!a]", (const unsigned char *)"\0\1\0\0", 4, "!", 1, 0),
		1);
	assert_int_equal(
		pattern_match("[a-c]", (const unsigned char *)"\0\0\1\0\0", 5, "b", 1, 0),
		0);
}

static const struct {
	const char *pat, *s;
	int shortest_prefix, longest_prefix, shortest_suffix, longest_suffix;
} cuts[] = {
	{ "*/", "a/b/c", 2, 4, -1, -1 }, { "/*", "a/b/c", -1, -1, 2, 4 },
	{ "*", "abc", 0, 3, 0, 3 },      { "", "abc", 0, 0, 0, 0 },
	{ "a", "aa", 1, 1, 1, 1 },       { "?", "éé", 2, 2, 2, 2 },
	{ "*.", "x.y.z", 2, 4, -1, -1 }, { ".*", "x.y.z", -1, -1, 2, 4 },
	{ "x*z", "xyzaz", 3, 5, 5, 5 },  { "*a*", "bab", 2, 3, 2, 3 },
	{ "[ab]", "ab", 1, 1, 1, 1 },    { "abcd", "abc", -1, -1, -1, -1 },
	{ "??", "aé", 3, 3, 3, 3 },      { "*?", "é", 2, 2, 2, 2 },
	{ "*b", "abab", 2, 4, 1, 4 },    { "a*", "abab", 1, 4, 2, 4 },
	{ "+(a)", "aab", 1, 2, -1, -1 }, { "+(b)", "abb", -1, -1, 1, 2 },
	{ "*( )", "  x  ", 0, 2, 0, 2 }, { "@(a|ab)", "abc", 1, 2, -1, -1 },
	{ "?", "\xff\xfe", 1, 1, 1, 1 }, { "*", "", 0, 0, 0, 0 },
};

static void pattern_cuts(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		const char *p = cuts[i].pat, *s = cuts[i].s;
		size_t n = strlen(p), sn = strlen(s);
		int f = PATTERN_EXTGLOB;
		ssize_t got[4] = {
			pattern_prefix(p, NULL, n, s, sn, 0, f),
			pattern_prefix(p, NULL, n, s, sn, 1, f),
			pattern_suffix(p, NULL, n, s, sn, 0, f),
			pattern_suffix(p, NULL, n, s, sn, 1, f),
		};
		int want[4] = { cuts[i].shortest_prefix, cuts[i].longest_prefix,
			        cuts[i].shortest_suffix, cuts[i].longest_suffix };

		for (int k = 0; k < 4; k++)
			if (got[k] != want[k]) {
				print_error("%s on %s, cut %d: %zd, not %d\n", p, s, k,
				            got[k], want[k]);
				wrong++;
			}
	}
	assert_int_equal(wrong, 0);
}

static void pattern_searches(void **state)
{
	size_t len;

	(void)state;
	assert_int_equal(pattern_search("b*d", NULL, 3, "abcdcde", 7, &len, 0), 1);
	assert_int_equal(len, 5);
	assert_int_equal(pattern_search("x", NULL, 1, "abc", 3, &len, 0), -1);
	assert_int_equal(pattern_search("", NULL, 0, "abc", 3, &len, 0), 0);
	assert_int_equal(len, 0);
	assert_int_equal(
		pattern_search("+(b|c)", NULL, 6, "abcb!", 5, &len, PATTERN_EXTGLOB), 1);
	assert_int_equal(len, 3);
	assert_int_equal(pattern_is_plain("abc", NULL, 3, 0), 1);
	assert_int_equal(pattern_is_plain("a[c", NULL, 3, 0), 1);
	assert_int_equal(pattern_is_plain("a[c]", NULL, 4, 0), 0);
	assert_int_equal(pattern_is_plain("a\\*", NULL, 3, 0), 1);
	assert_int_equal(pattern_is_plain("+(a)", NULL, 4, 0), 1);
	assert_int_equal(pattern_is_plain("+(a)", NULL, 4, PATTERN_EXTGLOB), 0);
	assert_int_equal(pattern_is_plain("*", (const unsigned char *)"\1", 1, 0), 1);
}

// Would take longer than the age of the universe if stars were tried one by one.
static void pattern_does_not_blow_up(void **state)
{
	struct str p = { 0 }, s = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		str_add(&p, "*a");
	str_add(&p, "*b");
	for (int i = 0; i < 5000; i++)
		str_addc(&s, 'a');
	assert_int_equal(pattern_match(p.p, NULL, p.len, s.p, s.len, 0), 0);
	str_cut(&s, 200);
	assert_int_equal(
		pattern_match("*(*(a)|*(a)a)b", NULL, 14, s.p, s.len, PATTERN_EXTGLOB),
		0);
	assert_int_equal(
		pattern_match("!(!(*a)|+(a|aa))b", NULL, 17, s.p, 100, PATTERN_EXTGLOB),
		0);
	str_clear(&p);
	for (int i = 0; i < 2000; i++)
		str_add(&p, "+(");
	str_add(&p, "a");
	for (int i = 0; i < 2000; i++)
		str_add(&p, ")");
	pattern_match(p.p, NULL, p.len, "a", 1, PATTERN_EXTGLOB);
	str_finish(&p);
	str_finish(&s);
}

// ---- glob

static int glob_add(void *arg, const char *path, size_t n)
{
	struct str *out = arg;

	assert_int_equal(strlen(path), n);
	str_addf(out, "%s ", path);
	return 0;
}

static const struct {
	const char *pat;
	int flags;
	const char *want;
} globs[] = {
	{ "*", 0, "a a.b c d " },
	{ ".*", 0, ".e .h " },
	{ "*", GLOB_DOTGLOB, ".e .h a a.b c d " },
	{ "a*", 0, "a a.b " },
	{ "*/", 0, "a.b/ a/ d/ " },
	{ "*/x*", 0, "a.b/x1 a/x1 a/x2 d/x1 d/x2 " },
	{ "a//x*", 0, "a//x1 a//x2 " },
	{ "a/*/", 0, "a/s/ " },
	{ "*/s", 0, "a/s d/s " },
	{ "nope*", 0, "" },
	{ "c/*", 0, "" },
	{ "a", 0, "" },
	{ "[ac]", 0, "a c " },
	{ "[AC]", GLOB_NOCASE, "a c " },
	{ "./[ac]", 0, "./a ./c " },
	{ "\\a/*", 0, "a/s a/x1 a/x2 " },
	{ "@(a|c)", GLOB_EXTGLOB, "a c " },
	{ "!(a)", GLOB_EXTGLOB, "a.b c d " },
	{ "**", 0, "a a.b c d " },
	{ "**", GLOB_GLOBSTAR, "a a.b a.b/x1 a/s a/s/x3 a/x1 a/x2 c d " },
	{ "**/", GLOB_GLOBSTAR, "a.b/ a/ a/s/ d/ " },
	{ "a/**", GLOB_GLOBSTAR, "a/ a/s a/s/x3 a/x1 a/x2 " },
	{ "**/x?", GLOB_GLOBSTAR, "a.b/x1 a/s/x3 a/x1 a/x2 " },
	{ "**/**/x3", GLOB_GLOBSTAR, "a/s/x3 " },
	{ "*/../c", 0, "a.b/../c a/../c d/../c " },
};

static void glob_expands(void **state)
{
	char dir[] = "/tmp/stepsh-leaf.XXXXXX";
	static const char *const files[] = { "c",      ".h",     "a/x1", "a/x2",
		                             "a/s/x3", "a.b/x1", ".e/x9" };
	auto_fd int here = open(".", O_RDONLY | O_CLOEXEC);
	auto_fd int top = open("/tmp", O_RDONLY | O_CLOEXEC);
	int wrong = 0;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(mkdir("a", 0755) | mkdir("a.b", 0755) | mkdir(".e", 0755) |
	                         mkdir("a/s", 0755) | symlink("a", "d"),
	                 0);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		close(open(files[i], O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	for (size_t i = 0; i < ARRAY_LEN(globs); i++) {
		struct str out = { 0 };

		glob_expand(globs[i].pat, NULL, strlen(globs[i].pat), globs[i].flags,
		            glob_add, &out);
		if (strcmp(str_cstr(&out), globs[i].want) != 0) {
			print_error("%s: '%s', not '%s'\n", globs[i].pat, str_cstr(&out),
			            globs[i].want);
			wrong++;
		}
		str_finish(&out);
	}
	assert_int_equal(fchdir(here), 0);
	fd_remove_tree(top, dir + 5);
	assert_int_equal(wrong, 0);
}

// ---- builtins that only print: status and output by the words of a command line

enum { ARGS = 12 };

static void no_message(void *arg, const char *name, const char *msg)
{
	(void)name;
	(void)msg;
	++*(int *)arg;
}

typedef int builtin_fn(int argc, char **argv, struct builtin_io *io);

static int run(builtin_fn *fn, const char *const *words, int flags, struct str *out,
               int *complaints)
{
	struct builtin_io io = { .name = words[0], .flags = flags, .fd = { 0, -1, 2 } };
	char *argv[ARGS + 1] = { 0 };
	int argc = 0, status;

	io.error = no_message;
	io.arg = complaints;
	*complaints = 0;
	for (; argc < ARGS && words[argc]; argc++)
		argv[argc] = xstrdup(words[argc]);
	status = builtin_io_finish(&io, fn(argc, argv, &io));
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	*out = io.out;
	return status;
}

struct printed {
	const char *words[ARGS];
	int flags, status;
	const char *out;
};

static int kill_fn(int argc, char **argv, struct builtin_io *io)
{
	return b_kill(argc, argv, io, NULL, NULL);
}

static void check_all(builtin_fn *fn, const struct printed *p, size_t n)
{
	int wrong = 0;

	for (size_t i = 0; i < n; i++) {
		struct str out = { 0 };
		int complaints,
			status = run(fn, p[i].words, p[i].flags, &out, &complaints);

		if (status != p[i].status || strcmp(str_cstr(&out), p[i].out) != 0 ||
		    (complaints != 0) !=
		            (status != 0 && !(fn == b_test && status == 1))) {
			print_error("row %zu (%s %s %s): status %d, not %d; '%s', not "
			            "'%s'; %d said\n",
			            i, p[i].words[0], p[i].words[1] ? p[i].words[1] : "",
			            p[i].words[2] ? p[i].words[2] : "", status,
			            p[i].status, str_cstr(&out), p[i].out, complaints);
			wrong++;
		}
		str_finish(&out);
	}
	assert_int_equal(wrong, 0);
}

#define B BUILTIN_BASH
static const struct printed printfs[] = {
	{ { "printf", "a\\n" }, 0, 0, "a\n" },
	{ { "printf", "%s-", "a", "b" }, 0, 0, "a-b-" },
	{ { "printf", "%s,%s;", "a", "b", "c" }, 0, 0, "a,b;c,;" },
	{ { "printf", "x", "a", "b" }, 0, 0, "x" },
	{ { "printf", "%d|%5d|%-5d|%05d|%+d", "1", "2", "3", "4", "5" },
	  0,
	  0,
	  "1|    2|3    |00004|+5" },
	{ { "printf", "%x %X %o %u %i", "255", "255", "8", "7", "-3" },
	  0,
	  0,
	  "ff FF 10 7 -3" },
	{ { "printf", "%#x %#o %.3d", "255", "8", "5" }, 0, 0, "0xff 010 005" },
	{ { "printf", "%d %d %d", "0x10", "010", "-0x10" }, 0, 0, "16 8 -16" },
	{ { "printf", "%d %d", "'a", "\"b" }, 0, 0, "97 98" },
	{ { "printf", "%d", "'é" }, 0, 0, "233" },
	{ { "printf", "%d", "abc" }, 0, 1, "0" },
	{ { "printf", "%d", "12x" }, 0, 1, "12" },
	{ { "printf", "%d", "99999999999999999999" }, 0, 1, "9223372036854775807" },
	{ { "printf", "%u", "-1" }, 0, 0, "18446744073709551615" },
	{ { "printf", "%s %d", NULL }, 0, 0, " 0" },
	{ { "printf", "%d", "" }, 0, 0, "0" },
	{ { "printf", "%c%c", "abc", "d" }, 0, 0, "ad" },
	{ { "printf", "%3c|%-3c|", "a", "b" }, 0, 0, "  a|b  |" },
	{ { "printf", "%.2s|%5.1s|", "abc", "def" }, 0, 0, "ab|    d|" },
	{ { "printf", "%*d|%-*d|", "4", "1", "4", "2" }, 0, 0, "   1|2   |" },
	{ { "printf", "%.*s", "2", "abcd" }, 0, 0, "ab" },
	{ { "printf", "%*s|", "-4", "ab" }, 0, 0, "ab  |" },
	{ { "printf", "%b", "a\\tb\\0101\\101\\n" }, 0, 0, "a\tbAA\n" },
	{ { "printf", "%b%s", "a\\cb", "zz" }, 0, 0, "a" },
	{ { "printf", "%5b|", "\\0101" }, 0, 0, "    A|" },
	{ { "printf", "\\101\\60\\x41\\q" }, 0, 0, "A0A\\q" },
	{ { "printf", "%%|%5%" }, 0, 1, "%|" },
	{ { "printf", "%2$s %1$s;", "a", "b", "c", "d" }, 0, 0, "b a;d c;" },
	{ { "printf", "%2$*1$d|", "5", "42" }, 0, 0, "   42|" },
	{ { "printf", "%f %.2f %e %g", "1.5", "2.345", "1000", "0.0001" },
	  0,
	  0,
	  "1.500000 2.35 1.000000e+03 0.0001" },
	{ { "printf", "%.2f", "x" }, 0, 1, "0.00" },
	{ { "printf", "%y" }, 0, 1, "" },
	{ { "printf", "a%" }, 0, 1, "a" },
	{ { "printf", NULL }, 0, 2, "" },
	{ { "printf", "--", "%s", "x" }, 0, 0, "x" },
	{ { "printf", "-x" }, 0, 2, "" },
	{ { "printf", "%ld %hd %lld", "1", "2", "3" }, 0, 0, "1 2 3" },
	{ { "printf", "%999999999d", "1" }, 0, 1, "" },
	{ { "printf", "%q %q %q", "a b", "", "it's" }, B, 0, "a\\ b '' it\\'s" },
	{ { "printf", "%q", "a\nb" }, B, 0, "$'a\\nb'" },
	{ { "printf", "%6q|", "a b" }, B, 0, "  a\\ b|" },
	{ { "printf", "%(%Y-%m-%d)T", "0" }, B, 0, "1970-01-01" },
	{ { "printf", "%q", "a" }, 0, 1, "" },
	{ { "printf", "\\u00e9\\x41" }, B, 0, "éA" },
};

static const struct printed echos[] = {
	{ { "echo", NULL }, 0, 0, "\n" },
	{ { "echo", "a", "b" }, 0, 0, "a b\n" },
	{ { "echo", "-n", "a" }, 0, 0, "a" },
	{ { "echo", "-e", "a\\tb" }, 0, 0, "-e a\tb\n" },
	{ { "echo", "a\\tb\\0101\\c", "x" }, 0, 0, "a\tbA" },
	{ { "echo", "-n", "-n" }, 0, 0, "-n" },
	{ { "echo", "\\x41\\e\\101" }, 0, 0, "\\x41\\e\\101\n" },
	{ { "echo", "a\\tb" }, B, 0, "a\\tb\n" },
	{ { "echo", "-e", "a\\tb" }, B, 0, "a\tb\n" },
	{ { "echo", "-ne", "a\\x41" }, B, 0, "aA" },
	{ { "echo", "-e", "-E", "a\\tb" }, B, 0, "a\\tb\n" },
	{ { "echo", "-nx", "a" }, B, 0, "-nx a\n" },
	{ { "echo", "-" }, B, 0, "-\n" },
	{ { "echo", "--", "a" }, B, 0, "-- a\n" },
	{ { "echo", "-n", "-n", "a" }, B, 0, "a" },
	{ { "echo", "a\\nb" }, B | BUILTIN_XPG_ECHO, 0, "a\nb\n" },
};

static const struct printed tests[] = {
	{ { "test", NULL }, 0, 1, "" },
	{ { "[", "]" }, 0, 1, "" },
	{ { "[", "a" }, 0, 2, "" },
	{ { "test", "" }, 0, 1, "" },
	{ { "test", "a" }, 0, 0, "" },
	{ { "test", "!" }, 0, 0, "" },
	{ { "test", "-f" }, 0, 0, "" },
	{ { "test", "!", "a" }, 0, 1, "" },
	{ { "test", "!", "" }, 0, 0, "" },
	{ { "test", "-n", "a" }, 0, 0, "" },
	{ { "test", "-z", "a" }, 0, 1, "" },
	{ { "test", "-q", "a" }, 0, 2, "" },
	{ { "test", "a", "=", "a" }, 0, 0, "" },
	{ { "test", "a", "=", "b" }, 0, 1, "" },
	{ { "test", "a", "!=", "b" }, 0, 0, "" },
	{ { "test", "a", "==", "a" }, 0, 0, "" },
	{ { "test", "a", "<", "b" }, 0, 0, "" },
	{ { "test", "a", ">", "b" }, 0, 1, "" },
	{ { "test", "1", "-eq", "01" }, 0, 0, "" },
	{ { "test", "-1", "-lt", "0" }, 0, 0, "" },
	{ { "test", "2", "-gt", "10" }, 0, 1, "" },
	{ { "test", " 3 ", "-le", "3" }, 0, 0, "" },
	{ { "test", "a", "-eq", "1" }, 0, 2, "" },
	{ { "test", "", "-eq", "1" }, 0, 2, "" },
	{ { "test", "0x1", "-eq", "1" }, 0, 2, "" },
	{ { "test", "010", "-eq", "10" }, 0, 0, "" },
	{ { "test", "99999999999999999999", "-eq", "1" }, 0, 2, "" },
	{ { "test", "!", "-n", "" }, 0, 0, "" },
	{ { "test", "(", "a", ")" }, 0, 0, "" },
	{ { "test", "(", "", ")" }, 0, 1, "" },
	{ { "test", "(", "=", ")" }, 0, 1, "" },
	{ { "test", "!", "=", "!" }, 0, 0, "" },
	{ { "test", "-n", "=", "-n" }, 0, 0, "" },
	{ { "test", "a", "-a", "b" }, 0, 0, "" },
	{ { "test", "", "-o", "b" }, 0, 0, "" },
	{ { "test", "a", "b", "c" }, 0, 2, "" },
	{ { "test", "!", "a", "=", "b" }, 0, 0, "" },
	{ { "test", "(", "-n", "a", ")" }, 0, 0, "" },
	{ { "test", "(", "!", "a", ")" }, 0, 1, "" },
	{ { "test", "a", "=", "a", "-a", "b", "=", "b" }, 0, 0, "" },
	{ { "test", "a", "=", "b", "-o", "b", "=", "b" }, 0, 0, "" },
	{ { "test", "x", "-o", "", "-a", "" }, 0, 0, "" },
	{ { "test", "(", "x", "-o", "x", ")", "-a", "" }, 0, 1, "" },
	{ { "test", "!", "x", "-o", "x", "-o", "" }, 0, 0, "" },
	{ { "test", "a", "=", "a", "b" }, 0, 2, "" },
	{ { "test", "(", "a", "=", "a" }, 0, 2, "" },
	{ { "test", "-d", "/" }, 0, 0, "" },
	{ { "test", "-f", "/" }, 0, 1, "" },
	{ { "test", "-e", "/nowhere" }, 0, 1, "" },
	{ { "test", "-c", "/dev/null" }, 0, 0, "" },
	{ { "test", "-e", "" }, 0, 1, "" },
	{ { "test", "/", "-ef", "/." }, 0, 0, "" },
	{ { "test", "/", "-nt", "/nowhere" }, 0, 0, "" },
	{ { "test", "/nowhere", "-nt", "/" }, 0, 1, "" },
	{ { "test", "/nowhere", "-ot", "/" }, 0, 0, "" },
	{ { "test", "-t", "x" }, 0, 1, "" },
	{ { "test", "-t", "99" }, 0, 1, "" },
};

static const struct printed kills[] = {
	{ { "kill", "-l", "9" }, 0, 0, "KILL\n" },
	{ { "kill", "-l", "143" }, 0, 0, "TERM\n" },
	{ { "kill", "-l", "TERM" }, 0, 0, "15\n" },
	{ { "kill", "-l", "SIGint", "1" }, 0, 0, "2\nHUP\n" },
	{ { "kill", "-l", "999" }, 0, 1, "" },
	{ { "kill", "-l", "NOPE" }, 0, 1, "" },
	{ { "kill" }, 0, 2, "" },
	{ { "kill", "-s" }, 0, 2, "" },
	{ { "kill", "-NOPE", "1" }, 0, 1, "" },
	{ { "kill", "abc" }, 0, 1, "" },
	{ { "kill", "%1" }, 0, 1, "" },
	{ { "kill", "-0" }, 0, 2, "" },
	{ { "kill", "-s", "0", "2147483647" }, 0, 1, "" },
};

static void printf_prints(void **state)
{
	(void)state;
	check_all(b_printf, printfs, ARRAY_LEN(printfs));
}

static void echo_prints(void **state)
{
	(void)state;
	check_all(b_echo, echos, ARRAY_LEN(echos));
}

static void test_tests(void **state)
{
	(void)state;
	check_all(b_test, tests, ARRAY_LEN(tests));
}

static void kill_parses(void **state)
{
	(void)state;
	check_all(kill_fn, kills, ARRAY_LEN(kills));
}

static void umask_changes(void **state)
{
	static const struct {
		int before;
		const char *arg;
		int after; // -1: an error
	} rows[] = {
		{ 022, "077", 077 },
		{ 022, "0", 0 },
		{ 022, "u=rwx,g=rx,o=", 027 },
		{ 077, "g+r", 037 },
		{ 022, "go-rx", 077 },
		{ 022, "a=", 0777 },
		{ 022, "=rwx", 0 },
		{ 027, "o=g", 022 },
		{ 077, "g=u", 007 },
		{ 022, "u-w,o+w", 0220 },
		{ 0, "u+r-w", 0200 },
		{ 022, "8", -1 },
		{ 022, "u=q", -1 },
		{ 022, "77777", -1 },
		{ 022, "u=r,", -1 },
		{ 022, "+w", 0 },
	};
	mode_t saved = umask(022);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *words[ARGS] = { "umask", rows[i].arg };
		struct str out;
		int complaints, status;
		mode_t after;

		umask((mode_t)rows[i].before);
		status = run(b_umask, words, 0, &out, &complaints);
		after = umask(saved);
		if (status != (rows[i].after < 0) ||
		    (int)after != (rows[i].after < 0 ? rows[i].before : rows[i].after))
			fail_msg("umask %s: status %d, mask %03o", rows[i].arg, status,
			         after);
		str_finish(&out);
	}
	umask(saved);
}

static void ulimit_changes(void **state)
{
	static const struct printed rows[] = {
		{ { "ulimit", "-Sn", "123" }, 0, 0, "" },
		{ { "ulimit", "-n" }, 0, 0, "123\n" },
		{ { "ulimit", "-S", "-f", "10" }, 0, 0, "" },
		{ { "ulimit" }, 0, 0, "10\n" },
		{ { "ulimit", "-f" }, B, 0, "5\n" },
		{ { "ulimit", "-S", "-f", "unlimited" }, 0, 0, "" },
		{ { "ulimit", "-f" }, 0, 0, "unlimited\n" },
		{ { "ulimit", "-y" }, 0, 2, "" },
		{ { "ulimit", "-n", "x" }, 0, 2, "" },
		{ { "ulimit", "-n", "1", "2" }, 0, 2, "" },
		{ { "ulimit", "-n", "99999999999999999999999" }, 0, 2, "" },
	};
	struct rlimit files, size;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &files);
	getrlimit(RLIMIT_FSIZE, &size);
	check_all(b_ulimit, rows, ARRAY_LEN(rows));
	setrlimit(RLIMIT_NOFILE, &files);
	setrlimit(RLIMIT_FSIZE, &size);
}

static void output_failure_is_reported(void **state)
{
	struct builtin_io io = { .name = "echo",
		                 .fd = { 0, -1, 2 },
		                 .error = no_message };
	char *argv[] = { (char *)(uintptr_t) "echo", (char *)(uintptr_t) "x", NULL };
	auto_fd int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int complaints = 0;

	(void)state;
	assert_true(full >= 0);
	io.fd[1] = full;
	io.arg = &complaints;
	assert_int_equal(builtin_io_finish(&io, b_echo(2, argv, &io)), 1);
	assert_int_equal(complaints, 1);
	str_finish(&io.out);
}

static void signals_have_names(void **state)
{
	char buf[SIGNAME_MAX];

	(void)state;
	for (int sig = 0; sig < signame_count(); sig++)
		if (signame_of(sig, buf))
			assert_int_equal(signame_parse(buf, SIGNAME_EXIT), sig);
	assert_int_equal(signame_parse("SIGTERM", SIGNAME_PREFIX), SIGTERM);
	assert_int_equal(signame_parse("SIGTERM", 0), -1);
	assert_int_equal(signame_parse("term", 0), -1);
	assert_int_equal(signame_parse("sigterm", SIGNAME_NOCASE | SIGNAME_PREFIX),
	                 SIGTERM);
	assert_int_equal(signame_parse("15", 0), -1);
	assert_int_equal(signame_parse("15", SIGNAME_NUMBER), 15);
	assert_int_equal(signame_parse("EXIT", 0), -1);
	assert_int_equal(signame_parse("RTMIN+1", 0), SIGRTMIN + 1);
	assert_int_equal(signame_parse("RTMIN+99", 0), -1);
	assert_int_equal(signame_parse("999999999999", SIGNAME_NUMBER), -1);
	assert_string_equal(signame_text(SIGKILL), "Killed");
}

static void words_are_quoted(void **state)
{
	static const struct {
		const char *word;
		int flags;
		const char *want;
	} rows[] = {
		{ "abc", 0, "abc" },
		{ "", 0, "''" },
		{ "a b", 0, "'a b'" },
		{ "it's", 0, "'it'\\''s'" },
		{ "abc", QUOTE_ALWAYS, "'abc'" },
		{ "a\nb", 0, "'a\nb'" },
		{ "a\nb", QUOTE_ANSI, "$'a\\nb'" },
		{ "a\x01'b", QUOTE_ANSI, "$'a\\001\\'b'" },
		{ "\xff", QUOTE_ANSI, "$'\\377'" },
		{ "é", QUOTE_ANSI, "'é'" },
		{ "~", 0, "'~'" },
		{ "#", 0, "'#'" },
		{ "--x=y", 0, "--x=y" },
		{ "x=y", 0, "'x=y'" },
		{ "*", 0, "'*'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str out = { 0 };

		quote_word(&out, rows[i].word, strlen(rows[i].word), rows[i].flags);
		assert_string_equal(str_cstr(&out), rows[i].want);
		str_finish(&out);
	}
}

static void dollar_single_is_read(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "a\\nb", "a\nb" },      { "\\x41\\101\\u00e9", "AAé" },
		{ "\\'\\\"\\?", "'\"?" }, { "\\cA\\c?", "\001\177" },
		{ "\\q", "\\q" },         { "a\\0b", "a" },
		{ "\\e\\E", "\033\033" }, { "\\x", "\\x" },
		{ "\\", "\\" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str out = { 0 };

		escape_dollar_single(&out, rows[i].text, strlen(rows[i].text));
		assert_string_equal(str_cstr(&out), rows[i].want);
		str_finish(&out);
	}
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(arith_computes),
		cmocka_unit_test(arith_is_bounded),
		cmocka_unit_test(arith_says_where),
		cmocka_unit_test(pattern_matches),
		cmocka_unit_test(pattern_cuts),
		cmocka_unit_test(pattern_searches),
		cmocka_unit_test(pattern_does_not_blow_up),
		cmocka_unit_test(glob_expands),
		cmocka_unit_test(printf_prints),
		cmocka_unit_test(echo_prints),
		cmocka_unit_test(test_tests),
		cmocka_unit_test(kill_parses),
		cmocka_unit_test(umask_changes),
		cmocka_unit_test(ulimit_changes),
		cmocka_unit_test(output_failure_is_reported),
		cmocka_unit_test(signals_have_names),
		cmocka_unit_test(words_are_quoted),
		cmocka_unit_test(dollar_single_is_read),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
