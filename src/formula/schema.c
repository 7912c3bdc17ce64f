#include "formula/schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/nearest.h"
#include "base/str.h"

// Fields that people expect and Warpforge never had (they are comments in its schema).
static const struct {
	const char *name, *hint;
} never_there[] = {
	{ "cwd", "an action starts in /; begin a script with `cd`" },
	{ "env", "variables are inputs: \"$NAME\": \"literal:value\"" },
	{ "hostname", "the host name is always `runc`" },
	{ "noop", "use \"exec\": {\"command\": [\"/bin/true\"]}" },
	{ "userinfo", "an action always runs as root of its box" },
};

int schema_error(struct reader *r, size_t off, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	source_verror(&r->json->source, source_at(&r->json->source, off), r->code, r->e,
	              fmt, ap);
	va_end(ap);
	return -1;
}

static void list_names(const struct schema *s, struct str *out)
{
	for (size_t i = 0; i < s->n; i++)
		str_addf(out, "%s%s", i ? i + 1 == s->n ? " and " : ", " : "",
		         s->fields[i].name);
}

static const struct schema_field *find_field(const struct schema *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->fields[i].name, name) == 0)
			return &s->fields[i];
	return NULL;
}

static int unknown_field(struct reader *r, const struct json *v, const struct schema *s)
{
	const char *near = nearest(v->key, s->fields, s->n, sizeof(*s->fields));
	struct str legal = { 0 };

	list_names(s, &legal);
	if (near)
		schema_error(r, v->key_off,
		             "unknown field \"%.100s\" in %s; did you mean \"%s\"?",
		             v->key, s->what, near);
	else
		schema_error(r, v->key_off, "unknown field \"%.100s\" in %s; legal: %s",
		             v->key, s->what, str_cstr(&legal));
	for (size_t i = 0; i < sizeof(never_there) / sizeof(*never_there); i++)
		if (strcmp(never_there[i].name, v->key) == 0)
			err_hint(r->e, "%s", never_there[i].hint);
	str_finish(&legal);
	return -1;
}

static int missing_fields(struct reader *r, const struct json *v, const struct schema *s)
{
	struct str names = { 0 };
	int n = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (!s->fields[i].required || json_get(v, s->fields[i].name))
			continue;
		str_addf(&names, "%s\"%s\"", n++ ? ", " : "", s->fields[i].name);
	}
	if (n)
		schema_error(r, v->off, "%s lacks the required %s %s", s->what,
		             n > 1 ? "fields" : "field", names.p);
	str_finish(&names);
	return n ? -1 : 0;
}

int schema_expect(struct reader *r, const struct json *v, enum json_type type,
                  const char *what)
{
	if (v->type == type)
		return 0;
	return schema_error(r, v->off, "%s must be %s, not %s", what,
	                    json_type_name(type), json_type_name(v->type));
}

int schema_struct(struct reader *r, const struct json *v, const struct schema *s,
                  void *out)
{
	if (schema_expect(r, v, JSON_MAP, s->what) < 0)
		return -1;
	for (const struct json *m = v->first; m; m = m->next)
		if (!find_field(s, m->key))
			return unknown_field(r, m, s);
	if (missing_fields(r, v, s) < 0)
		return -1;
	for (const struct json *m = v->first; m; m = m->next) {
		const struct schema_field *f = find_field(s, m->key);

		if (!f || f->read(r, m, (char *)out + f->offset) < 0)
			return -1;
	}
	return 0;
}

int schema_union(struct reader *r, const struct json *v, const struct schema *s,
                 void *out, size_t *which)
{
	const struct schema_field *f;
	struct str legal = { 0 };

	if (schema_expect(r, v, JSON_MAP, s->what) < 0)
		return -1;
	if (!v->first) {
		list_names(s, &legal);
		schema_error(r, v->off, "%s is empty; it needs one of %s", s->what,
		             legal.p);
		str_finish(&legal);
		return -1;
	}
	f = find_field(s, v->first->key);
	if (!f)
		return unknown_field(r, v->first, s);
	if (v->n > 1)
		return schema_error(
			r, v->first->next->key_off,
			"%s has \"%.100s\" already; only one member is allowed", s->what,
			v->first->key);
	if (which)
		*which = (size_t)(f - s->fields);
	return f->read(r, v->first, (char *)out + f->offset);
}

void *schema_items(struct reader *r, const struct json *v, enum json_type type,
                   const char *what, schema_fn *fn, size_t item_size, size_t *n)
{
	char *items, *at;

	if (schema_expect(r, v, type, what) < 0)
		return NULL;
	*n = v->n;
	items = at = arena_zalloc(&r->json->arena, v->n * item_size + 1);
	for (const struct json *m = v->first; m; m = m->next, at += item_size)
		if (fn(r, m, at) < 0)
			return NULL;
	return items;
}

static const char *name_of(const struct json *v, char *room, size_t size)
{
	if (!v->key)
		return "an element of this list";
	snprintf(room, size, "\"%.100s\"", v->key);
	return room;
}

int schema_text(struct reader *r, const struct json *v, void *out)
{
	char name[128];

	if (schema_expect(r, v, JSON_STRING, name_of(v, name, sizeof(name))) < 0)
		return -1;
	*(const char **)out = v->text;
	return 0;
}

int schema_bool(struct reader *r, const struct json *v, void *out)
{
	char name[128];

	if (schema_expect(r, v, JSON_BOOL, name_of(v, name, sizeof(name))) < 0)
		return -1;
	*(int *)out = v->boolean;
	return 0;
}
