#include "stepsh/math.h"

#include <stdio.h>
#include <string.h>

#include "stepsh/arith.h"
#include "stepsh/array.h"
#include "stepsh/expand.h"
#include "stepsh/sh.h"
#include "stepsh/var.h"

size_t math_text(char buf[24], int64_t value)
{
	uint64_t v = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char digits[24];
	size_t n = 0, len = 0;

	do
		digits[n++] = (char)('0' + v % 10);
	while (v /= 10);
	if (value < 0)
		buf[len++] = '-';
	while (n)
		buf[len++] = digits[--n];
	buf[len] = '\0';
	return len;
}

static int get(void *arg, const char *name, size_t n, const char *sub, size_t sub_n,
               const char **text)
{
	struct var *v = var_find(name, n);
	char key[256];
	int64_t index;

	(void)arg;
	if (v && v->flags & VAR_NAMEREF)
		v = var_deref(v);
	if (v && sub) {
		snprintf(key, sizeof(key), "%.*s", (int)sub_n, sub);
		if (array_subscript(v, sub, sub_n, &index) < 0)
			return -1;
		*text = v->array ? array_get(v->array, index, key)
		        : index  ? NULL
		                 : var_value(v, NULL);
	} else {
		*text = v ? var_value(v, NULL) : NULL;
	}
	if (*text)
		return 1;
	if (sh_opt(OPT_NOUNSET)) {
		expand_unset(name, n);
		return -1;
	}
	return 0;
}

static int set(void *arg, const char *name, size_t n, const char *sub, size_t sub_n,
               int64_t value)
{
	struct var *v = var_make(name, n);
	char num[32], key[256];
	size_t len = math_text(num, value);
	int64_t index;

	(void)arg;
	if (v->flags & VAR_NAMEREF)
		v = var_deref(v);
	if (!v)
		return -1;
	if (!sub)
		return var_assign(v, num, len, 0);
	snprintf(key, sizeof(key), "%.*s", (int)sub_n, sub);
	if (array_subscript(v, sub, sub_n, &index) < 0)
		return -1;
	return array_set(v, index, key, num, len, 0);
}

int math_eval(const char *text, size_t n, int64_t *value)
{
	struct arith_env env = { NULL, sh_opt(OPT_POSIX) ? 0 : ARITH_BASH, get, set };
	struct arith_error err = { 0 };
	size_t i = 0;

	// A plain number, as most are.
	if (n && n < 18 && (n == 1 || text[0] != '0')) {
		int64_t v = 0;

		while (i < n && text[i] >= '0' && text[i] <= '9')
			v = v * 10 + (text[i++] - '0');
		if (i == n) {
			*value = v;
			return 0;
		}
	}
	if (arith_eval(text, n, &env, value, &err) == 0)
		return 0;
	if (err.msg)
		sh_message(NULL, "arithmetic: %s%s%s%s in \"%.*s\"", err.msg,
		           *err.token ? " (at \"" : "", err.token,
		           *err.token ? "\")" : "", n < 200 ? (int)n : 200, text);
	return -1;
}
