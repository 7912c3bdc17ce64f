// cd pwd pushd popd dirs
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/vec.h"
#include "stepsh/builtin.h"
#include "stepsh/report.h"
#include "stepsh/sh.h"
#include "stepsh/var.h"

// The path without . and .. components, as far as each parent exists (XCU cd, step 8).
static char *canonical(const char *path)
{
	char *out = arena_alloc(&sh.arena, strlen(path) + 2);
	size_t n = 0;
	struct stat st;

	out[n++] = '/';
	if (path[0] == '/' && path[1] == '/' && path[2] != '/')
		out[n++] = '/';
	while (*path) {
		size_t len = strcspn(path, "/");

		if (len == 2 && path[0] == '.' && path[1] == '.') {
			out[n] = '\0';
			if (stat(out, &st) < 0 || !S_ISDIR(st.st_mode)) {
				errno = errno ? errno : ENOTDIR;
				return NULL;
			}
			while (n > 1 && out[n - 1] != '/')
				n--;
			if (n > 1)
				n--;
		} else if (len && !(len == 1 && *path == '.')) {
			if (out[n - 1] != '/')
				out[n++] = '/';
			memcpy(out + n, path, len);
			n += len;
		}
		path += len;
		path += strspn(path, "/");
	}
	out[n] = '\0';
	return out;
}

static char *physical(void)
{
	char *cwd = getcwd(NULL, 0), *s = cwd ? arena_strdup(&sh.arena, cwd) : NULL;

	free(cwd);
	return s;
}

static void set_pwd(const char *pwd)
{
	const char *old = var_get("PWD");

	if (old)
		var_set("OLDPWD", old, 0);
	if (pwd)
		var_set("PWD", pwd, 0);
}

// Change to dir: 0, or -1 with errno. *now is the new PWD, NULL when it is unknown.
static int change(const char *dir, int physically, char **now)
{
	const char *pwd = var_get("PWD");
	char *full, *canon;

	*now = NULL;
	if (!physically && (*dir == '/' || (pwd && *pwd == '/'))) {
		full = *dir == '/' ? arena_strdup(&sh.arena, dir)
		                   : arena_printf(&sh.arena, "%s/%s", pwd, dir);
		canon = canonical(full);
		if (canon && chdir(canon) == 0) {
			*now = canon;
			return 0;
		}
		if (!canon && errno != ENAMETOOLONG)
			return chdir(dir) < 0 ? -1 : (*now = physical(), 0);
		if (chdir(dir) < 0)
			return -1;
		*now = canon;
		return 0;
	}
	if (chdir(dir) < 0)
		return -1;
	*now = physical();
	return 0;
}

// The first directory of CDPATH that has it.
static int change_cdpath(const char *dir, int physically, char **now, int *tell)
{
	const char *path = var_get("CDPATH");

	if (path && *path && *dir != '/' && strcmp(dir, ".") != 0 && strcmp(dir, "..") != 0 &&
	    strncmp(dir, "./", 2) != 0 && strncmp(dir, "../", 3) != 0) {
		for (;;) {
			size_t n = strcspn(path, ":");
			char *try = n ? arena_printf(&sh.arena, "%.*s%s%s", (int)n, path,
			                             path[n - 1] == '/' ? "" : "/", dir)
			              : arena_strdup(&sh.arena, dir);
			struct stat st;

			if (stat(try, &st) == 0 && S_ISDIR(st.st_mode) &&
			    change(try, physically, now) == 0) {
				*tell = n > 0;
				return 0;
			}
			path += n;
			if (!*path++)
				break;
		}
	}
	return change(dir, physically, now);
}

int b_cd(int argc, char **argv)
{
	int physically = sh_opt(OPT_PHYSICAL), strict = 0, tell = 0, i = 1;
	const char *dir;
	char *now;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--")) {
			i++;
			break;
		}
		for (const char *s = argv[i] + 1; *s; s++) {
			if (*s == 'P')
				physically = 1;
			else if (*s == 'L')
				physically = 0;
			else if (*s == 'e')
				strict = 1;
			else
				return builtin_usage(sh_io, "-%c: unknown option", *s);
		}
	}
	if (argc - i > 1)
		return builtin_usage(sh_io, "too many arguments");
	dir = i < argc ? argv[i] : var_get("HOME");
	if (!dir || (i >= argc && !*dir))
		return builtin_error(sh_io, "HOME is not set");
	if (!strcmp(dir, "-")) {
		dir = var_get("OLDPWD");
		if (!dir)
			return builtin_error(sh_io, "OLDPWD is not set");
		tell = 1;
	}
	if (!*dir) {
		if (sh_opt(OPT_POSIX))
			return builtin_error(sh_io, "the name of the directory is empty");
		return 0;
	}
	dir = arena_strdup(&sh.arena, dir);
	if (change_cdpath(dir, physically, &now, &tell) < 0) {
		int e = errno;

		builtin_error(sh_io, "%s: %s", dir, strerror(e));
		report_note(WIRE_FAIL_STATUS, WIRE_T_PATH, dir, strlen(dir), e);
		return 1;
	}
	set_pwd(now);
	if (!now && strict && physically)
		return 1;
	if (tell)
		str_addf(&sh_io->out, "%s\n", var_get("PWD"));
	return 0;
}

int b_pwd(int argc, char **argv)
{
	int physically = sh_opt(OPT_PHYSICAL);
	const char *pwd = var_get("PWD");
	struct stat a, b;
	char *cwd;

	for (int i = 1; i < argc && argv[i][0] == '-'; i++)
		for (const char *s = argv[i] + 1; *s; s++) {
			if (*s == 'P')
				physically = 1;
			else if (*s == 'L')
				physically = 0;
			else if (*s != '-')
				return builtin_usage(sh_io, "-%c: unknown option", *s);
		}
	if (!physically && pwd && *pwd == '/' && stat(pwd, &a) == 0 && stat(".", &b) == 0 &&
	    a.st_ino == b.st_ino && a.st_dev == b.st_dev) {
		str_addf(&sh_io->out, "%s\n", pwd);
		return 0;
	}
	cwd = physical();
	if (!cwd)
		return builtin_error(sh_io, "the current directory is unknown: %s", strerror(errno));
	str_addf(&sh_io->out, "%s\n", cwd);
	return 0;
}

// ---- the stack of directories -------------------------------------------------------

static VEC(char *) stack; // the newest last; the current directory is not in it

static void list_dirs(void)
{
	str_add(&sh_io->out, var_get("PWD") ? var_get("PWD") : ".");
	for (size_t i = stack.n; i-- > 0;)
		str_addf(&sh_io->out, " %s", stack.items[i]);
	str_addc(&sh_io->out, '\n');
}

int b_dirs(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "-c")) {
		while (stack.n)
			free(stack.items[--stack.n]);
		return 0;
	}
	if (argc > 1 && (!strcmp(argv[1], "-p") || !strcmp(argv[1], "-v"))) {
		int v = argv[1][1] == 'v';

		for (size_t i = 0; i <= stack.n; i++) {
			if (v)
				str_addf(&sh_io->out, "%2zu  ", i);
			str_addf(&sh_io->out, "%s\n", i ? stack.items[stack.n - i] : var_get("PWD"));
		}
		return 0;
	}
	if (argc > 1)
		return builtin_usage(sh_io, "%s: not implemented by stepsh", argv[1]);
	list_dirs();
	return 0;
}

static int go(const char *dir)
{
	char *now;

	if (change(dir, sh_opt(OPT_PHYSICAL), &now) < 0)
		return builtin_error(sh_io, "%s: %s", dir, strerror(errno));
	set_pwd(now);
	return 0;
}

int b_pushd(int argc, char **argv)
{
	const char *pwd = var_get("PWD");
	char *old = xstrdup(pwd ? pwd : "."), *top;
	int status;

	if (argc > 2 || (argc == 2 && (argv[1][0] == '+' || argv[1][0] == '-'))) {
		free(old);
		return builtin_usage(sh_io, "%s: not implemented by stepsh", argv[1]);
	}
	if (argc < 2 && !stack.n) {
		free(old);
		return builtin_error(sh_io, "no other directory");
	}
	if (argc == 2) {
		status = go(argv[1]);
		if (status)
			free(old);
		else
			*vec_push(&stack) = old;
	} else {
		top = stack.items[stack.n - 1];
		status = go(top);
		if (status) {
			free(old);
		} else {
			free(top);
			stack.items[stack.n - 1] = old;
		}
	}
	if (!status)
		list_dirs();
	return status;
}

int b_popd(int argc, char **argv)
{
	char *top;
	int status;

	if (argc > 1)
		return builtin_usage(sh_io, "%s: not implemented by stepsh", argv[1]);
	if (!stack.n)
		return builtin_error(sh_io, "the directory stack is empty");
	top = stack.items[--stack.n];
	status = go(top);
	free(top);
	if (!status)
		list_dirs();
	return status;
}
