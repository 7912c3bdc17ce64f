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
		full = *dir == '/'
		               ? arena_strdup(&sh.arena, dir)
		               : arena_printf(&sh.arena, "%s/%s", pwd[1] ? pwd : "", dir);
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

	if (path && *path && *dir != '/' && strcmp(dir, ".") != 0 &&
	    strcmp(dir, "..") != 0 && strncmp(dir, "./", 2) != 0 &&
	    strncmp(dir, "../", 3) != 0) {
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
	if (!physically && pwd && *pwd == '/' && stat(pwd, &a) == 0 &&
	    stat(".", &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev) {
		str_addf(&sh_io->out, "%s\n", pwd);
		return 0;
	}
	cwd = physical();
	if (!cwd)
		return builtin_error(sh_io, "the current directory is unknown: %s",
		                     strerror(errno));
	str_addf(&sh_io->out, "%s\n", cwd);
	return 0;
}

// ---- the stack of directories -------------------------------------------------------

// Below the current directory, which counts as number 0; the newest last.
static VEC(char *) stack;

static const char *dir_at(size_t i)
{
	const char *pwd = var_get("PWD");

	return i ? stack.items[stack.n - i] : pwd ? pwd : ".";
}

// +n counts from the left of `dirs`, -n from the right. -1 when it is no such word, -2
// after a complaint.
static ssize_t dir_number(const char *word)
{
	size_t n = 0;

	if ((word[0] != '+' && word[0] != '-') || !word[1] ||
	    strspn(word + 1, "0123456789") != strlen(word + 1))
		return -1;
	n = strlen(word) > 6 ? stack.n + 1 : (size_t)atoi(word + 1);
	if (n > stack.n) {
		builtin_error(sh_io, "%s: the stack has no such directory", word);
		return -2;
	}
	return (ssize_t)(word[0] == '+' ? n : stack.n - n);
}

static void show_dir(const char *dir, int whole)
{
	const char *home = var_get("HOME");
	size_t n = home ? strlen(home) : 0;

	if (!whole && n > 1 && !strncmp(dir, home, n) && (!dir[n] || dir[n] == '/'))
		str_addf(&sh_io->out, "~%s", dir + n);
	else
		str_add(&sh_io->out, dir);
}

static void list_dirs(int whole, int lines, int numbers)
{
	for (size_t i = 0; i <= stack.n; i++) {
		if (numbers)
			str_addf(&sh_io->out, "%2zu  ", i);
		else if (i && !lines)
			str_addc(&sh_io->out, ' ');
		show_dir(dir_at(i), whole);
		if (lines || numbers)
			str_addc(&sh_io->out, '\n');
	}
	if (!lines && !numbers)
		str_addc(&sh_io->out, '\n');
}

int b_dirs(int argc, char **argv)
{
	int whole = 0, lines = 0, numbers = 0, i = 1;

	for (; i < argc; i++) {
		ssize_t n = dir_number(argv[i]);

		if (n == -2)
			return 1;
		if (n >= 0) {
			show_dir(dir_at((size_t)n), whole);
			str_addc(&sh_io->out, '\n');
			return 0;
		}
		if (argv[i][0] != '-' ||
		    strspn(argv[i] + 1, "clpv") != strlen(argv[i] + 1))
			return builtin_usage(sh_io, "%s: unknown option", argv[i]);
		whole |= strchr(argv[i], 'l') != NULL;
		lines |= strchr(argv[i], 'p') != NULL;
		numbers |= strchr(argv[i], 'v') != NULL;
		if (strchr(argv[i], 'c')) {
			while (stack.n)
				free(stack.items[--stack.n]);
			return 0;
		}
	}
	list_dirs(whole, lines, numbers);
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

// Make number n the current directory: all before it go round to the end.
static int rotate(size_t n)
{
	size_t count = stack.n + 1;
	char **all = arena_alloc(&sh.arena, count * sizeof(*all));
	int status;

	for (size_t i = 0; i < count; i++)
		all[i] = arena_strdup(&sh.arena, dir_at((i + n) % count));
	status = go(all[0]);
	if (!status) {
		while (stack.n)
			free(stack.items[--stack.n]);
		for (size_t i = count; i-- > 1;)
			*vec_push(&stack) = xstrdup(all[i]);
	}
	return status;
}

int b_pushd(int argc, char **argv)
{
	ssize_t n = argc == 2 ? dir_number(argv[1]) : 1;
	int status;
	char *old;

	if (argc > 2 || (argc == 2 && n == -1 && argv[1][0] == '-' && argv[1][1]))
		return builtin_usage(sh_io, "%s: not implemented by stepsh", argv[1]);
	if (n == -2)
		return 1;
	if (argc < 2 && !stack.n)
		return builtin_error(sh_io, "no other directory");
	if (n >= 0) {
		status = rotate((size_t)n);
	} else {
		old = xstrdup(dir_at(0));
		status = go(!strcmp(argv[1], "-") && var_get("OLDPWD") ? var_get("OLDPWD")
		                                                       : argv[1]);
		if (status)
			free(old);
		else
			*vec_push(&stack) = old;
	}
	if (!status)
		list_dirs(0, 0, 0);
	return status;
}

int b_popd(int argc, char **argv)
{
	ssize_t n = argc > 1 ? dir_number(argv[1]) : 0;
	int status = 0;
	size_t at;

	if (argc > 2 || n == -1)
		return builtin_usage(sh_io, "%s: not implemented by stepsh", argv[1]);
	if (n == -2)
		return 1;
	if (!stack.n)
		return builtin_error(sh_io, "the directory stack is empty");
	if (n == 0)
		status = go(dir_at(n = 1));
	if (status)
		return status;
	at = stack.n - (size_t)n;
	free(stack.items[at]);
	memmove(&stack.items[at], &stack.items[at + 1],
	        (stack.n - at - 1) * sizeof(char *));
	stack.n--;
	list_dirs(0, 0, 0);
	return 0;
}
