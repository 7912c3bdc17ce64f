// The arithmetic evaluator on any text. First byte: the flags. The variables v0..v7 keep
// what is assigned to them; the others are unset; "e" is an expression that assigns.
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

#include "stepsh/arith.h"

static char values[8][32];

static int get(void *arg, const char *name, size_t n, const char *sub, size_t sub_n,
               const char **text)
{
	struct arith_error err;
	int64_t v;

	if (sub && arith_eval(sub, sub_n, arg, &v, &err) < 0)
		return -1;
	if (n == 1 && *name == 'e') {
		*text = "v1 = v0 + e2";
		return 1;
	}
	if (n != 2 || name[0] != 'v' || name[1] < '0' || name[1] > '7')
		return 0;
	*text = values[name[1] - '0'];
	return 1;
}

static int set(void *arg, const char *name, size_t n, const char *sub, size_t sub_n,
               int64_t value)
{
	const char *text;

	if (n != 2 || name[0] != 'v' || get(arg, name, n, sub, sub_n, &text) <= 0)
		return -1;
	snprintf(values[name[1] - '0'], sizeof(values[0]), "%lld", (long long)value);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arith_env env = { &env, size ? data[0] & ARITH_BASH : 0, get, set };
	struct arith_error err = { .token = "" };
	int64_t v, again;

	if (!size)
		return 0;
	memset(values, 0, sizeof(values));
	strcpy(values[7], "v6 + 1");
	data++;
	size--;
	if (arith_eval((const char *)data, size, &env, &v, &err) < 0) {
		MUST(err.off <= size);
		MUST(strlen(err.token) < sizeof(err.token));
	}
	// What is a number alone is the same as an expression.
	if (arith_number((const char *)data, size, env.flags, &v) == 0) {
		MUST(arith_eval((const char *)data, size, &env, &again, &err) == 0);
		MUST(v == again);
	}
	return 0;
}
