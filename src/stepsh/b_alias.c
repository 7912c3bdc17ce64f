#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "stepsh/alias.h"
#include "stepsh/builtin.h"
#include "stepsh/quote.h"
#include "stepsh/sh.h"

static struct map aliases;

const char *alias_value(const char *name, size_t n)
{
	return map_get(&aliases, name, n);
}

int alias_any(void)
{
	return aliases.n > 0 && sh.shopts & SHOPT_EXPAND_ALIASES;
}

static void show(const char *name, const char *value)
{
	str_addf(&sh_io->out, "%s%s=", sh_opt(OPT_POSIX) ? "" : "alias ", name);
	quote_word(&sh_io->out, value, strlen(value), QUOTE_ALWAYS);
	str_addc(&sh_io->out, '\n');
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct map_entry *)a)->key,
	              ((const struct map_entry *)b)->key);
}

static void show_all(void)
{
	struct map_entry *all = xcalloc(aliases.n + 1, sizeof(*all));

	if (aliases.n)
		memcpy(all, aliases.entries, aliases.n * sizeof(*all));
	qsort(all, aliases.n, sizeof(*all), by_key);
	for (size_t i = 0; i < aliases.n; i++)
		show(all[i].key, all[i].value);
	free(all);
}

int b_alias(int argc, char **argv)
{
	int status = 0, i = 1;

	if (i < argc && (!strcmp(argv[i], "-p") || !strcmp(argv[i], "--")))
		i++;
	if (i == argc)
		show_all();
	for (; i < argc; i++) {
		char *eq = strchr(argv[i], '=');
		size_t n = eq ? (size_t)(eq - argv[i]) : strlen(argv[i]);

		if (eq && eq != argv[i]) {
			struct map_entry *e = map_put(&aliases, argv[i], n, NULL);

			free(e->value);
			e->value = xstrdup(eq + 1);
		} else if (map_get(&aliases, argv[i], n)) {
			show(argv[i], map_get(&aliases, argv[i], n));
		} else {
			status = builtin_error(sh_io, "%s: not found", argv[i]);
		}
	}
	return status;
}

int b_unalias(int argc, char **argv)
{
	int status = 0, i = 1;

	if (i < argc && !strcmp(argv[i], "-a")) {
		for (size_t k = 0; k < aliases.n; k++)
			free(aliases.entries[k].value);
		map_finish(&aliases);
		aliases = (struct map){ 0 };
		return 0;
	}
	if (i < argc && !strcmp(argv[i], "--"))
		i++;
	else if (i < argc && argv[i][0] == '-')
		return builtin_usage(sh_io, "%s: unknown option", argv[i]);
	if (i == argc)
		return builtin_usage(sh_io, "which alias?");
	for (; i < argc; i++) {
		char *old = map_remove(&aliases, argv[i], strlen(argv[i]));

		if (!old)
			status = builtin_error(sh_io, "%s: not found", argv[i]);
		free(old);
	}
	return status;
}

void alias_forget(void)
{
	for (size_t k = 0; k < aliases.n; k++)
		free(aliases.entries[k].value);
	map_finish(&aliases);
	aliases = (struct map){ 0 };
}
