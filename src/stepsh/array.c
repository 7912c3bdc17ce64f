#include "stepsh/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "stepsh/math.h"
#include "stepsh/quote.h"
#include "stepsh/sh.h"
#include "stepsh/var.h"

struct element {
	int64_t index;
	char *value;
};

struct array {
	int assoc;
	VEC(struct element) list; // indexed: sorted
	struct map map;           // associative: values are char *
};

struct array *array_create(int assoc)
{
	struct array *a = xcalloc(1, sizeof(*a));

	a->assoc = assoc;
	return a;
}

void array_destroy(struct array *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->list.n; i++)
		free(a->list.items[i].value);
	vec_finish(&a->list);
	for (size_t i = 0; i < a->map.n; i++)
		free(a->map.entries[i].value);
	map_finish(&a->map);
	free(a);
}

int array_is_assoc(const struct array *a)
{
	return a->assoc;
}

size_t array_count(const struct array *a)
{
	return a->assoc ? a->map.n : a->list.n;
}

int64_t array_next_index(const struct array *a)
{
	return a->list.n ? a->list.items[a->list.n - 1].index + 1 : 0;
}

// Where the index is, or would be put.
static size_t place(const struct array *a, int64_t index)
{
	size_t lo = 0, hi = a->list.n;

	if (hi && a->list.items[hi - 1].index < index)
		return hi;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (a->list.items[mid].index < index)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const char *array_get(const struct array *a, int64_t index, const char *key)
{
	size_t i;

	if (a->assoc)
		return map_get(&a->map, key, strlen(key));
	if (index < 0)
		index += array_next_index(a);
	i = place(a, index);
	return i < a->list.n && a->list.items[i].index == index ? a->list.items[i].value
	                                                        : NULL;
}

const char *array_at(const struct array *a, size_t i, const char **key, char buf[24])
{
	if (i >= array_count(a))
		return NULL;
	if (a->assoc) {
		if (key)
			*key = a->map.entries[i].key;
		return a->map.entries[i].value;
	}
	if (key) {
		snprintf(buf, 24, "%lld", (long long)a->list.items[i].index);
		*key = buf;
	}
	return a->list.items[i].value;
}

static char *joined(char *old, const char *value, size_t n, int append)
{
	size_t keep = append && old ? strlen(old) : 0;
	char *s = xmalloc(keep + n + 1);

	if (keep)
		memcpy(s, old, keep);
	memcpy(s + keep, value, n);
	s[keep + n] = '\0';
	free(old);
	return s;
}

void array_put(struct array *a, int64_t index, const char *key, const char *value,
               size_t n, int append)
{
	size_t i;

	if (a->assoc) {
		struct map_entry *e = map_put(&a->map, key, strlen(key), NULL);

		e->value = joined(e->value, value, n, append);
		return;
	}
	i = place(a, index);
	if (i == a->list.n || a->list.items[i].index != index) {
		vec_push(&a->list);
		memmove(a->list.items + i + 1, a->list.items + i,
		        (a->list.n - 1 - i) * sizeof(struct element));
		a->list.items[i] = (struct element){ index, NULL };
	}
	a->list.items[i].value = joined(a->list.items[i].value, value, n, append);
}

void array_remove(struct array *a, int64_t index, const char *key)
{
	size_t i;

	if (a->assoc) {
		free(map_remove(&a->map, key, strlen(key)));
		return;
	}
	if (index < 0)
		index += array_next_index(a);
	i = place(a, index);
	if (i == a->list.n || a->list.items[i].index != index)
		return;
	free(a->list.items[i].value);
	memmove(a->list.items + i, a->list.items + i + 1,
	        (a->list.n - 1 - i) * sizeof(struct element));
	a->list.n--;
}

struct array *array_copy(const struct array *a)
{
	struct array *b = array_create(a->assoc);
	const char *key, *v;
	char buf[24];

	for (size_t i = 0; (v = array_at(a, i, &key, buf)); i++)
		array_put(b, a->assoc ? 0 : a->list.items[i].index, key, v, strlen(v), 0);
	return b;
}

void quote_declare(struct str *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == 127) {
			quote_word(out, s, n, QUOTE_ALWAYS | QUOTE_ANSI);
			return;
		}
	str_addc(out, '"');
	for (size_t i = 0; i < n; i++) {
		if (strchr("\"\\$`", s[i]))
			str_addc(out, '\\');
		str_addc(out, s[i]);
	}
	str_addc(out, '"');
}

void array_describe(struct str *out, const struct array *a)
{
	const char *key, *v;
	char buf[24];

	str_addc(out, '(');
	for (size_t i = 0; (v = array_at(a, i, &key, buf)); i++) {
		str_add(out, i && !a->assoc ? " [" : "[");
		if (a->assoc)
			quote_word(out, key, strlen(key), QUOTE_ANSI);
		else
			str_add(out, key);
		str_add(out, "]=");
		quote_declare(out, v, strlen(v));
		if (a->assoc)
			str_addc(out, ' ');
	}
	str_addc(out, ')');
}

int array_make(struct var *v, int assoc)
{
	if (v->array) {
		if (v->array->assoc == assoc)
			return 0;
		sh_message(v->name,
		           assoc ? "cannot convert an indexed to an associative array"
		                 : "cannot convert an associative to an indexed array");
		return -1;
	}
	v->array = array_create(assoc);
	if (v->flags & VAR_SET && v->value)
		array_put(v->array, 0, "0", v->value, v->len, 0);
	free(v->value);
	v->value = NULL;
	v->len = v->cap = 0;
	v->flags |= VAR_SET | (assoc ? VAR_ASSOC : VAR_ARRAY);
	return 0;
}

int array_set(struct var *v, int64_t index, const char *key, const char *value, size_t n,
              int append)
{
	char num[24];

	if (var_is_readonly(v))
		return -1;
	if (!v->array && array_make(v, 0) < 0)
		return -1;
	if (!v->array->assoc && index < 0) {
		index += array_next_index(v->array);
		if (index < 0) {
			sh_message(v->name, "the subscript is before the first element");
			return -1;
		}
	}
	if (v->flags & VAR_INTEGER) {
		int64_t x, old = 0;
		const char *was = append ? array_get(v->array, index, key) : NULL;

		if (math_eval(value, n, &x) < 0)
			return -1;
		if (was)
			math_eval(was, strlen(was), &old);
		n = (size_t)snprintf(num, sizeof(num), "%lld", (long long)(x + old));
		value = num;
		append = 0;
	}
	array_put(v->array, index, key, value, n, append);
	return 0;
}

int array_subscript(const struct var *v, const char *sub, size_t n, int64_t *index)
{
	*index = 0;
	if (v && v->array && v->array->assoc)
		return 0;
	return math_eval(sub, n, index);
}
