#include "stepsh/var.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "stepsh/array.h"
#include "stepsh/builtin.h"
#include "stepsh/exec.h"
#include "stepsh/math.h"
#include "stepsh/parse.h"
#include "stepsh/quote.h"
#include "stepsh/sh.h"
#include "stepsh/specials.h"

static struct var **buckets;
static size_t n_buckets, n_vars;
static char **env_cache; // pairs of all exported variables, NULL = to be made anew
static size_t env_count;

unsigned char ifs_class[256];
char ifs_first[5];
int ifs_wide;

static uint32_t hash_name(const char *s, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h;
}

struct var *var_find(const char *name, size_t n)
{
	uint32_t h = hash_name(name, n);

	for (struct var *v = buckets[h & (n_buckets - 1)]; v; v = v->next)
		if (v->hash == h && v->name_len == n && !memcmp(v->name, name, n))
			return v;
	return NULL;
}

static void grow(void)
{
	size_t n = n_buckets ? n_buckets * 2 : 256;
	struct var **b = xcalloc(n, sizeof(*b));

	for (size_t i = 0; i < n_buckets; i++) {
		struct var *next;

		for (struct var *v = buckets[i]; v; v = next) {
			next = v->next;
			v->next = b[v->hash & (n - 1)];
			b[v->hash & (n - 1)] = v;
		}
	}
	free(buckets);
	buckets = b;
	n_buckets = n;
}

struct var *var_make(const char *name, size_t n)
{
	struct var *v = var_find(name, n);

	if (v)
		return v;
	if (n_vars >= n_buckets)
		grow();
	v = xcalloc(1, sizeof(*v));
	v->name = intern(name, n);
	v->name_len = (uint32_t)n;
	v->hash = hash_name(name, n);
	v->hook = special_hook(v->name);
	v->next = buckets[v->hash & (n_buckets - 1)];
	buckets[v->hash & (n_buckets - 1)] = v;
	n_vars++;
	return v;
}

struct var *var_deref(struct var *v)
{
	for (int i = 0; v->flags & VAR_NAMEREF && v->flags & VAR_SET && v->len; i++) {
		if (i == 100) {
			sh_message(v->name, "circular name reference");
			return NULL;
		}
		if (!is_name(v->value, v->len))
			return v; // name[subscript] is the expander's matter
		v = var_make(v->value, v->len);
	}
	return v;
}

const char *var_value(struct var *v, size_t *n)
{
	if (v->hook && v->hook->get)
		v->hook->get(v);
	if (v->array) {
		const char *s = array_get(v->array, 0, "0");

		if (s && n)
			*n = strlen(s);
		return s;
	}
	if (!(v->flags & VAR_SET))
		return NULL;
	if (n)
		*n = v->len;
	return v->value;
}

const char *var_get(const char *name)
{
	struct var *v = var_find(name, strlen(name));

	if (v && v->flags & VAR_NAMEREF)
		v = var_deref(v);
	return v ? var_value(v, NULL) : NULL;
}

static void env_changed(void)
{
	free(env_cache);
	env_cache = NULL;
}

void var_environ_changed(void)
{
	env_changed();
}

static void put_value(struct var *v, const char *s, size_t n, size_t keep)
{
	if (keep + n + 1 > v->cap) {
		size_t cap = keep ? (keep + n) * 2 : (n + 16) & ~(size_t)15;
		char *old = v->value;

		if (cap < keep + n + 1)
			cap = keep + n + 1;
		v->value = xmalloc(cap); // s may point into the old value
		if (keep)
			memcpy(v->value, old, keep);
		if (n)
			memcpy(v->value + keep, s, n);
		free(old);
		v->cap = cap;
	} else if (n) {
		memmove(v->value + keep, s, n);
	}
	v->len = keep + n;
	v->value[v->len] = '\0';
	v->flags |= VAR_SET;
}

static void change_case(struct var *v)
{
	for (size_t i = 0; i < v->len; i++) {
		unsigned char c = (unsigned char)v->value[i];

		if (v->flags & VAR_UPPER && c >= 'a' && c <= 'z')
			v->value[i] = (char)(c - 32);
		if (v->flags & VAR_LOWER && c >= 'A' && c <= 'Z')
			v->value[i] = (char)(c + 32);
	}
}

int var_is_readonly(const struct var *v)
{
	if (!(v->flags & VAR_READONLY))
		return 0;
	sh_message(v->name, "is read only");
	special_readonly(v->name);
	return 1;
}

int var_assign(struct var *v, const char *value, size_t n, int flags)
{
	char num[32];

	if (v->flags & VAR_NAMEREF && v->flags & VAR_SET && !(flags & VAR_NAMEREF)) {
		v = var_deref(v);
		if (!v)
			return -1;
	}
	if (!(flags & VAR_FORCE) && v->flags & VAR_READONLY && var_is_readonly(v))
		return -1;
	if (v->flags & VAR_NAMEREF && v->flags & VAR_SET && v->len &&
	    !(flags & VAR_NAMEREF)) {
		auto_free char *element = xstrdup(v->value); // name[subscript]

		return assign_named(element, value, n, flags);
	}
	if (v->flags & VAR_INTEGER) {
		int64_t x, old = 0;

		if (math_eval(value, n, &x) < 0)
			return -1;
		if (flags & VAR_APPEND && v->flags & VAR_SET && !v->array)
			math_eval(v->value, v->len, &old);
		n = (size_t)snprintf(num, sizeof(num), "%lld", (long long)(x + old));
		value = num;
		flags &= ~VAR_APPEND;
	}
	if (v->array) {
		int r = array_set(v, 0, "0", value, n, flags & VAR_APPEND);

		v->flags |= (uint32_t)flags & VAR_EXPORT;
		return r;
	}
	put_value(v, value, n, flags & VAR_APPEND && v->flags & VAR_SET ? v->len : 0);
	v->flags |= (uint32_t)flags & VAR_EXPORT;
	if (sh.options & OPT_ALLEXPORT && !(flags & VAR_FORCE))
		v->flags |= VAR_EXPORT;
	if (v->flags & (VAR_UPPER | VAR_LOWER | VAR_EXPORT)) {
		change_case(v);
		if (v->flags & VAR_EXPORT)
			env_changed();
	}
	if (v->hook && v->hook->set)
		v->hook->set(v);
	return 0;
}

int var_set(const char *name, const char *value, int flags)
{
	return var_assign(var_make(name, strlen(name)), value, strlen(value), flags);
}

int var_set_num(const char *name, int64_t value)
{
	char num[32];

	return var_assign(var_make(name, strlen(name)), num, math_text(num, value), 0);
}

static void clear_value(struct var *v)
{
	free(v->value);
	array_destroy(v->array);
	v->value = NULL;
	v->array = NULL;
	v->len = v->cap = 0;
	v->flags &= (uint32_t)~VAR_SET;
}

int var_unset(const char *name, size_t n)
{
	struct var *v = var_find(name, n);

	if (!v)
		return 0;
	if (var_is_readonly(v))
		return -1;
	if (v->flags & VAR_EXPORT)
		env_changed();
	clear_value(v);
	v->flags &= VAR_LOCAL;
	if (v->hook && v->hook->set)
		v->hook->set(v);
	return 0;
}

void var_push(struct saved_var **list, struct var *v, int inherit)
{
	struct saved_var *s = xmalloc(sizeof(*s));

	s->next = *list;
	s->v = v;
	s->old = *v;
	*list = s;
	v->value = NULL;
	v->array = NULL;
	v->len = v->cap = 0;
	v->flags = VAR_LOCAL;
	if (s->old.flags & VAR_EXPORT)
		env_changed();
	if (inherit) {
		v->flags |= s->old.flags & (VAR_ATTRIBUTES | VAR_SET);
		if (s->old.array)
			v->array = array_copy(s->old.array);
		else if (s->old.flags & VAR_SET)
			put_value(v, s->old.value, s->old.len, 0);
	}
}

void var_pop(struct saved_var **list)
{
	while (*list) {
		struct saved_var *s = *list;
		struct var *v = s->v;

		if ((v->flags | s->old.flags) & VAR_EXPORT)
			env_changed();
		free(v->value);
		array_destroy(v->array);
		v->value = s->old.value;
		v->len = s->old.len;
		v->cap = s->old.cap;
		v->array = s->old.array;
		v->flags = s->old.flags;
		v->owner = s->old.owner;
		if (v->hook && v->hook->set)
			v->hook->set(v);
		*list = s->next;
		free(s);
	}
}

// ---- the environment ----------------------------------------------------------------

struct env_functions {
	size_t n, bytes;
	char **slot; // where to put them; NULL: only count
	char *at;
};

static void env_function(void *arg, struct func *f)
{
	struct env_functions *e = arg;
	const struct range *r = &f->def->function.body->range;
	size_t n = r->end - r->begin;

	if (!f->exported)
		return;
	e->n++;
	e->bytes += strlen(f->name) + n + 32;
	if (!e->slot)
		return;
	*e->slot++ = e->at;
	e->at += sprintf(e->at, "BASH_FUNC_%s%%%%=() ", f->name);
	memcpy(e->at, r->src->text + r->begin, n);
	e->at += n;
	*e->at++ = '\0';
}

// One allocation: the pointers, then the texts.
static void env_make(void)
{
	struct env_functions functions = { 0, 0, NULL, NULL };
	size_t bytes = 0, n = 0, i = 0;
	char *at;

	func_each(env_function, &functions);
	n = functions.n;
	bytes = functions.bytes;

	for (size_t b = 0; b < n_buckets; b++)
		for (struct var *v = buckets[b]; v; v = v->next)
			if (v->flags & VAR_EXPORT && v->flags & VAR_SET && !v->array) {
				var_value(v, NULL);
				bytes += v->name_len + v->len + 2;
				n++;
			}
	env_cache = xmalloc((n + 1) * sizeof(char *) + bytes);
	at = (char *)(env_cache + n + 1);
	for (size_t b = 0; b < n_buckets; b++)
		for (struct var *v = buckets[b]; v; v = v->next)
			if (v->flags & VAR_EXPORT && v->flags & VAR_SET && !v->array) {
				env_cache[i++] = at;
				memcpy(at, v->name, v->name_len);
				at += v->name_len;
				*at++ = '=';
				memcpy(at, v->value, v->len + 1);
				at += v->len + 1;
			}
	functions.slot = env_cache + i;
	functions.at = at;
	functions.n = 0;
	func_each(env_function, &functions);
	i += functions.n;
	env_cache[i] = NULL;
	env_count = i;
}

static int same_name(const char *a, const char *b)
{
	while (*a && *a == *b && *a != '=') {
		a++;
		b++;
	}
	return *a == '=' && *b == '=';
}

char **var_environ(struct arena *a, char **extra, int n_extra)
{
	char **env;
	size_t n = 0;

	if (!env_cache)
		env_make();
	if (!n_extra)
		return env_cache;
	env = arena_alloc(a, (env_count + (size_t)n_extra + 1) * sizeof(*env));
	for (size_t i = 0; i < env_count; i++) {
		int k = 0;

		while (k < n_extra && !same_name(env_cache[i], extra[k]))
			k++;
		if (k == n_extra)
			env[n++] = env_cache[i];
	}
	for (int i = 0; i < n_extra; i++) {
		int k = i + 1; // the last of several assignments counts

		while (k < n_extra && !same_name(extra[i], extra[k]))
			k++;
		if (k == n_extra)
			env[n++] = extra[i];
	}
	env[n] = NULL;
	return env;
}

// ---- listing ------------------------------------------------------------------------

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct var *const *)a)->name, (*(struct var *const *)b)->name);
}

void var_each(void (*fn)(void *arg, struct var *v), void *arg)
{
	struct var **all = xcalloc(n_vars + 1, sizeof(*all));
	size_t n = 0;

	for (size_t b = 0; b < n_buckets; b++)
		for (struct var *v = buckets[b]; v; v = v->next)
			all[n++] = v;
	qsort(all, n, sizeof(*all), by_name);
	for (size_t i = 0; i < n; i++)
		fn(arg, all[i]);
	free(all);
}

struct name_list {
	const char **names;
	size_t n, prefix_len;
	const char *prefix;
};

static void collect_name(void *arg, struct var *v)
{
	struct name_list *l = arg;

	if ((v->flags & VAR_SET || v->array || (v->hook && v->hook->get)) &&
	    v->name_len >= l->prefix_len && !memcmp(v->name, l->prefix, l->prefix_len))
		l->names[l->n++] = v->name;
}

const char **var_names(struct arena *a, const char *prefix, size_t n)
{
	struct name_list l = { arena_alloc(a, (n_vars + 1) * sizeof(char *)), 0, n,
		               prefix };

	var_each(collect_name, &l);
	l.names[l.n] = NULL;
	return l.names;
}

static void add_flags(struct str *out, const struct var *v)
{
	static const struct {
		int flag;
		char letter;
	} letters[] = { { VAR_ARRAY, 'a' }, { VAR_ASSOC, 'A' },   { VAR_INTEGER, 'i' },
		        { VAR_LOWER, 'l' }, { VAR_NAMEREF, 'n' }, { VAR_READONLY, 'r' },
		        { VAR_UPPER, 'u' }, { VAR_EXPORT, 'x' } };
	size_t before = out->len;

	str_addc(out, '-');
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (v->flags & (uint32_t)letters[i].flag)
			str_addc(out, letters[i].letter);
	if (out->len == before + 1)
		str_addc(out, '-');
}

void var_describe(struct str *out, struct var *v, const char *style)
{
	const char *s;
	size_t n = 0;

	if (style) {
		str_addf(out, "%s ", style);
		if (!strcmp(style, "declare")) {
			add_flags(out, v);
			str_addc(out, ' ');
		}
	}
	str_add(out, v->name);
	if (v->array) {
		str_addc(out, '=');
		array_describe(out, v->array);
	} else if ((s = var_value(v, &n))) {
		str_addc(out, '=');
		if (style && !strcmp(style, "declare"))
			quote_declare(out, s, n);
		else if (style || sh_opt(OPT_POSIX))
			quote_word(out, s, n, QUOTE_ALWAYS);
		else if (n) // as bash lists them
			quote_word(out, s, n, QUOTE_ANSI);
	}
	str_addc(out, '\n');
}

void var_init(char **environ_)
{
	grow();
	for (; environ_ && *environ_; environ_++) {
		const char *eq = strchr(*environ_, '=');
		size_t n = eq ? (size_t)(eq - *environ_) : 0;

		if (eq && n > 12 && !strncmp(*environ_, "BASH_FUNC_", 10) &&
		    !strncmp(eq - 2, "%%", 2) && !strncmp(eq + 1, "() {", 4) &&
		    !sh_opt(OPT_POSIX))
			func_import(*environ_ + 10, n - 12, eq + 1);
		if (eq && is_name(*environ_, n))
			var_assign(var_make(*environ_, n), eq + 1, strlen(eq + 1),
			           VAR_EXPORT | VAR_FORCE);
	}
	special_init();
}

void var_export(struct var *v, int how)
{
	if (!how)
		return;
	env_changed();
	v->flags = how > 0 ? v->flags | VAR_EXPORT : v->flags & ~(uint32_t)VAR_EXPORT;
}

void var_forget(void)
{
	for (size_t b = 0; b < n_buckets; b++)
		while (buckets[b]) {
			struct var *v = buckets[b];

			buckets[b] = v->next;
			clear_value(v);
			free(v);
		}
	free(buckets);
	buckets = NULL;
	n_buckets = n_vars = 0;
	env_changed();
}
