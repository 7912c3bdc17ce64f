// Lexer and parser of stepsh on any bytes: a tree or an error with a position inside the
// text, in every mode; never a crash.
#include "fuzz.h"

#include <string.h>

#include "stepsh/parse.h"

static int flags;

static int give_flags(void *arg)
{
	(void)arg;
	return flags;
}

static const char *alias(void *arg, const char *name, size_t n)
{
	(void)arg;
	if (n == 1 && *name == 'a')
		return "b ";
	if (n == 1 && *name == 'b')
		return "a if <<E $(";
	if (n == 2 && !memcmp(name, "nl", 2))
		return "echo x\necho y";
	return NULL;
}

// Lines one by one, as from a terminal.
struct feed {
	const char *p;
	size_t left;
};

static int refill(void *arg, struct source *src, int continued)
{
	struct feed *f = arg;
	const char *nl = memchr(f->p, '\n', f->left);
	size_t n = nl ? (size_t)(nl + 1 - f->p) : f->left;

	(void)continued;
	if (!n)
		return 0;
	source_append(src, f->p, n);
	f->p += n;
	f->left -= n;
	return 1;
}

static void parse_all(const char *text, size_t n, int by_lines)
{
	struct feed feed = { text, n };
	struct parse_hooks hooks = { &feed, by_lines ? refill : NULL, alias, give_flags };
	struct source *src = source_create("fuzz", text, by_lines ? 0 : n, 1);
	struct parser *p = parser_create(src, &hooks);
	const struct list *list;
	struct unit *unit;
	int r;

	while ((r = parser_next(p, &unit, &list)) > 0) {
		MUST(list->range.begin <= list->range.end && list->range.end <= src->len);
		unit_put(unit);
	}
	if (r < 0) {
		const struct parse_error *e = parser_error(p);

		MUST(*e->msg && e->range.src && e->range.line);
	}
	parser_destroy(p);
	source_put(src);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	flags = data[0] & 15;
	parse_all((const char *)data + 1, size - 1, data[0] & 16);
	return 0;
}
