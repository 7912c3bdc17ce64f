// Sources, units and interned names (ast.h, parse.h).
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "stepsh/parse.h"

struct source *source_create(const char *name, const char *text, size_t len,
                             uint32_t line)
{
	struct source *s = xcalloc(1, sizeof(*s));

	s->refs = 1;
	s->name = name;
	s->line = line;
	s->column = 1;
	source_append(s, text, len);
	return s;
}

void source_append(struct source *s, const char *text, size_t n)
{
	if (s->len + n + 1 > s->cap) {
		s->cap = s->cap ? s->cap * 2 : n + 1;
		if (s->cap < s->len + n + 1)
			s->cap = s->len + n + 1;
		s->text = xrealloc(s->text, s->cap);
	}
	if (n)
		memcpy(s->text + s->len, text, n);
	s->len += n;
	s->text[s->len] = '\0';
}

struct source *source_get(struct source *s)
{
	s->refs++;
	return s;
}

void source_put(struct source *s)
{
	if (!s || --s->refs)
		return;
	free(s->text);
	free(s);
}

// The last unit that was freed, kept for the next one with its memory.
static struct unit *spare;

struct unit *unit_create(struct source *src)
{
	struct unit *u = spare ? take_ptr(spare) : xcalloc(1, sizeof(*u));

	u->refs = 1;
	u->src = source_get(src);
	return u;
}

struct unit *unit_get(struct unit *u)
{
	u->refs++;
	return u;
}

void unit_keep_source(struct unit *u, struct source *src)
{
	struct source_link *l = ARENA_NEW(&u->arena, struct source_link);

	*l = (struct source_link){ u->more, src };
	u->more = l;
}

void unit_put(struct unit *u)
{
	if (!u || --u->refs)
		return;
	for (struct source_link *l = u->more; l; l = l->next)
		source_put(l->src);
	u->more = NULL;
	source_put(u->src);
	u->src = NULL;
	if (spare) {
		arena_finish(&u->arena);
		free(u);
		return;
	}
	arena_release(&u->arena, (struct arena_mark){ 0 });
	spare = u;
}

const char *intern(const char *s, size_t n)
{
	static struct map names;
	struct map_entry *e = map_put(&names, s, n, NULL);

	if (!e->value)
		e->value = xstrndup(s, n);
	return e->value;
}
