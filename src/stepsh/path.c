#include "stepsh/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "stepsh/builtin.h"
#include "stepsh/sh.h"
#include "stepsh/var.h"

const char path_default[] =
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static struct map hashed; // name -> path
static struct str found;

void path_forget(void)
{
	for (size_t i = 0; i < hashed.n; i++)
		free(hashed.entries[i].value);
	map_finish(&hashed);
	hashed = (struct map){ 0 };
}

void path_forget_one(const char *name)
{
	free(map_remove(&hashed, name, strlen(name)));
}

// Look in each directory of the path; `mode` as of access().
static const char *search(const char *name, const char *path, int mode)
{
	int denied = 0;

	for (;;) {
		size_t n = strcspn(path, ":");
		struct stat st;

		str_clear(&found);
		if (n) {
			str_addn(&found, path, n);
			if (path[n - 1] != '/')
				str_addc(&found, '/');
		}
		str_add(&found, name);
		if (stat(found.p, &st) == 0 && S_ISREG(st.st_mode)) {
			if (access(found.p, mode) == 0)
				return found.p;
			denied = 1;
		}
		path += n;
		if (!*path++)
			break;
	}
	errno = denied ? EACCES : ENOENT;
	return NULL;
}

const char *path_find(const char *name, const char *path, int remember)
{
	const char *p;

	if (strchr(name, '/'))
		return name;
	if (!*name) {
		errno = ENOENT;
		return NULL;
	}
	if (path)
		return search(name, path, X_OK);
	p = map_get(&hashed, name, strlen(name));
	if (p)
		return p;
	path = var_get("PATH");
	p = search(name, path ? path : path_default, X_OK);
	if (p && remember && *p == '/') {
		struct map_entry *e = map_put(&hashed, name, strlen(name), NULL);

		free(e->value);
		e->value = xstrdup(p);
	}
	return p;
}

const char *path_find_source(const char *name)
{
	const char *path = var_get("PATH"), *p;

	if (strchr(name, '/'))
		return name;
	p = search(name, path ? path : path_default, R_OK);
	if (!p && !sh_opt(OPT_POSIX) && access(name, R_OK) == 0)
		p = name;
	return p;
}

int b_hash(int argc, char **argv)
{
	int i = 1, status = 0, tell = 0, forget = 0, several;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--")) {
			i++;
			break;
		}
		if (!strcmp(argv[i], "-r")) {
			path_forget();
			if (i + 1 == argc)
				return 0;
		} else if (!strcmp(argv[i], "-t")) {
			tell = 1;
		} else if (!strcmp(argv[i], "-p") && i + 2 < argc) {
			struct map_entry *e =
				map_put(&hashed, argv[i + 2], strlen(argv[i + 2]), NULL);

			free(e->value);
			e->value = xstrdup(argv[i + 1]);
			return 0;
		} else if (!strcmp(argv[i], "-d")) {
			forget = 1;
		} else {
			return builtin_usage(sh_io, "%s: unknown option", argv[i]);
		}
	}
	if (i == argc)
		for (size_t k = 0; k < hashed.n; k++)
			str_addf(&sh_io->out, "%s\n", (char *)hashed.entries[k].value);
	several = argc - i > 1;
	for (; i < argc; i++) {
		if (strchr(argv[i], '/') || func_find(argv[i]) || builtin_find(argv[i]))
			continue;
		if (tell) {
			const char *p = map_get(&hashed, argv[i], strlen(argv[i]));

			if (p && (i + 1 < argc || several))
				str_addf(&sh_io->out, "%s\t%s\n", argv[i], p);
			else if (p)
				str_addf(&sh_io->out, "%s\n", p);
			else
				status = builtin_error(sh_io, "%s: not remembered",
				                       argv[i]);
			continue;
		}
		path_forget_one(argv[i]);
		if (forget)
			continue;
		if (!path_find(argv[i], NULL, 1))
			status = builtin_error(sh_io, "%s: not found", argv[i]);
	}
	return status;
}
