#include "option.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/str.h"
#include "base/utf8.h"

static const struct option *find(const struct option *table, size_t n, const char *name,
                                 size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0)
			return &table[i];
	return NULL;
}

static int unknown(const struct option *table, size_t n, const char *arg, size_t len,
                   struct err *e)
{
	auto_free char *word = xstrndup(arg, len);
	const char *name = word + strspn(word, "-"), *near = NULL;

	if (n)
		near = nearest(name, &table[0].name, n, sizeof(*table));
	err_set(e, "wfx-usage", "unknown option: %s", word);
	if (near)
		err_hint(e, "did you mean --%s?", near);
	return -1;
}

// Index of the word in "a|b|c", or -1.
static int choice(const char *values, const char *word, size_t len)
{
	for (int i = 0; *values; i++) {
		size_t n = strcspn(values, "|");

		if (n == len && memcmp(values, word, len) == 0)
			return i;
		values += n + (values[n] == '|');
	}
	return -1;
}

static int bad_value(const struct option *o, const char *value, struct err *e)
{
	static const char *const forms[] = {
		[OPTION_DURATION] = "a duration reads 90, 90s, 1m30s or 2h",
		[OPTION_SIZE] = "a size reads 4096, 64k, 100m or 2g",
	};
	char comma[256];

	err_set(e, "wfx-usage", "--%s: not a value for it: \"%s\"", o->name, value);
	if (o->kind == OPTION_DURATION || o->kind == OPTION_SIZE)
		return err_hint(e, "%s", forms[o->kind]);
	snprintf(comma, sizeof(comma), "%s", o->values);
	for (char *p = comma; (p = strchr(p, '|'));)
		*p = ',';
	return err_hint(e, "%s %s", o->kind == OPTION_SET ? "any of" : "one of", comma);
}

static int parse_set(const struct option *o, const char *value, unsigned *bits,
                     struct err *e)
{
	*bits = 0;
	for (const char *p = value;; p++) {
		size_t n = strcspn(p, ",");
		int i = choice(o->values, p, n);

		if (i < 0)
			return bad_value(o, value, e);
		*bits |= 1U << i;
		p += n;
		if (!*p)
			return 0;
	}
}

// Digits at *p into *v; -1 when there are none or they overflow.
static int digits(const char **p, uint64_t *v)
{
	char *end;

	if (!isdigit((unsigned char)**p))
		return -1;
	errno = 0;
	*v = strtoull(*p, &end, 10);
	*p = end;
	return errno ? -1 : 0;
}

static int parse_duration(const char *s, int64_t *ms)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
	uint64_t total = 0, v, limit = INT64_MAX / 4000;
	size_t next = 0; // units only get smaller

	while (*s) {
		size_t u = next;

		if (digits(&s, &v) < 0)
			return -1;
		while (*s && u < ARRAY_LEN(units) && units[u].unit != *s)
			u++;
		if (*s ? u == ARRAY_LEN(units) : next > 0)
			return -1;
		if (!*s)
			u = ARRAY_LEN(units) - 1;
		else
			s++;
		if (v > limit / units[u].seconds ||
		    (total += v * units[u].seconds) > limit)
			return -1;
		next = u + 1;
	}
	*ms = (int64_t)total * 1000;
	return total ? 0 : -1;
}

static int parse_size(const char *s, uint64_t *size)
{
	static const char units[] = "kmgt";
	int shift = 0;

	if (digits(&s, size) < 0)
		return -1;
	if (*s && *s != 'b' && *s != 'B') {
		const char *u = strchr(units, tolower((unsigned char)*s));

		if (!u)
			return -1;
		shift = 10 * (int)(u - units + 1);
		s += s[1] == 'i' ? 2 : 1;
	}
	s += *s == 'b' || *s == 'B';
	if (*s || *size > UINT64_MAX >> shift)
		return -1;
	*size <<= shift;
	return 0;
}

static void list_add(struct option_list *l, const char *value)
{
	l->items = xreallocarray(l->items, l->n + 2, sizeof(*l->items));
	l->items[l->n++] = value;
	l->items[l->n] = NULL;
}

static int set_value(const struct option *o, void *field, const char *value,
                     struct err *e)
{
	int i;

	switch (o->kind) {
	case OPTION_FLAG:
		*(int *)field = 1;
		return 0;
	case OPTION_TEXT:
		if (!*value)
			return err_set(e, "wfx-usage", "--%s: the value is empty",
			               o->name);
		*(const char **)field = value;
		return 0;
	case OPTION_CHOICE:
		i = choice(o->values, value, strlen(value));
		if (i < 0)
			return bad_value(o, value, e);
		*(int *)field = i;
		return 0;
	case OPTION_SET:
		return parse_set(o, value, field, e);
	case OPTION_DURATION:
		return parse_duration(value, field) < 0 ? bad_value(o, value, e) : 0;
	case OPTION_SIZE:
		return parse_size(value, field) < 0 ? bad_value(o, value, e) : 0;
	case OPTION_LIST:
		list_add(field, value);
		return 0;
	}
	return 0;
}

int options_parse(const struct option *table, size_t n, void *into, int argc,
                  char *argv[], struct err *e)
{
	int operands = 0, i;

	for (i = 1; i < argc; i++) {
		char *arg = argv[i], *value = NULL;
		size_t len = strcspn(arg, "=");
		const struct option *o;

		if (strcmp(arg, "--") == 0) {
			i++;
			break;
		}
		if (arg[0] != '-' || !arg[1]) {
			argv[operands++] = arg;
			continue;
		}
		o = strncmp(arg, "--", 2) == 0 && len > 2
		            ? find(table, n, arg + 2, len - 2)
		            : NULL;
		if (!o)
			return unknown(table, n, arg, len, e);
		if (arg[len])
			value = arg + len + 1;
		if (o->kind == OPTION_FLAG && value)
			return err_set(e, "wfx-usage", "--%s takes no value", o->name);
		if (o->kind != OPTION_FLAG && !value) {
			if (++i == argc)
				return err_set(e, "wfx-usage", "--%s needs a value: %s",
				               o->name, o->values);
			value = argv[i];
		}
		if (set_value(o, (char *)into + o->offset, value, e) < 0)
			return -1;
	}
	while (i < argc)
		argv[operands++] = argv[i++];
	return operands;
}

void options_help(const struct option *table, size_t n, struct str *out)
{
	enum { COLUMN = 34 };

	for (size_t i = 0; i < n; i++) {
		const struct option *o = &table[i];
		size_t start = out->len, width;

		str_addf(out, "  --%s", o->name);
		if (o->kind != OPTION_FLAG)
			str_addf(out, "=%s", o->values);
		for (size_t k = start; k < out->len && o->kind == OPTION_SET; k++)
			out->p[k] = out->p[k] == '|' ? ',' : out->p[k];
		width = out->len - start;
		if (width >= COLUMN) {
			str_addc(out, '\n');
			width = 0;
		}
		str_addf(out, "%*s%s\n", (int)(COLUMN - width), "", o->help);
	}
}

int error_print(const struct err *e)
{
	const char *hint = err_hint_text(e);
	struct str out = { 0 };

	// Messages quote documents, paths and archives: nothing of them may steer a terminal.
	str_add(&out, "wfx: ");
	utf8_safe(&out, e->msg, strlen(e->msg), UTF8_SAFE_NEWLINE | UTF8_SAFE_TAB);
	if (hint) {
		str_add(&out, "\nhint: ");
		utf8_safe(&out, hint, strlen(hint), UTF8_SAFE_NEWLINE | UTF8_SAFE_TAB);
	}
	str_addc(&out, '\n');
	fputs(out.p, stderr);
	str_finish(&out);
	return err_exit_status(e);
}
