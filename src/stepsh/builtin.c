#include "stepsh/builtin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "stepsh/array.h"
#include "stepsh/job.h"
#include "stepsh/report.h"
#include "stepsh/sh.h"
#include "stepsh/transform.h"
#include "stepsh/trap.h"
#include "stepsh/var.h"

struct builtin_io *sh_io;
const struct assign **sh_declares;

static int kill_builtin(int argc, char **argv, struct builtin_io *io)
{
	return b_kill(argc, argv, io, job_kill_target, NULL);
}

static int plain_true(int argc, char **argv, struct builtin_io *io)
{
	(void)argc;
	(void)argv;
	(void)io;
	return 0;
}

static int plain_false(int argc, char **argv, struct builtin_io *io)
{
	(void)argc;
	(void)argv;
	(void)io;
	return 1;
}

enum { S = BUILTIN_SPECIAL, B = BUILTIN_BASHISM, P = BUILTIN_PURE, D = BUILTIN_DECLARES };

// clang-format off
static const struct builtin table[] = { // sorted
	{ ".", b_dot, NULL, S, ". file [argument ...]" },
	{ ":", NULL, plain_true, S | P, ": [argument ...]" },
	{ "[", NULL, b_test, P, "[ expression ]" },
	{ "alias", b_alias, NULL, 0, "alias [name[=value] ...]" },
	{ "bg", b_bg, NULL, 0, "bg [job ...]" },
	{ "break", b_break, NULL, S, "break [n]" },
	{ "builtin", b_builtin, NULL, B, "builtin name [argument ...]" },
	{ "caller", b_caller, NULL, B, "caller [n]" },
	{ "cd", b_cd, NULL, 0, "cd [-L|-P [-e]] [directory]" },
	{ "command", b_command, NULL, 0, "command [-pvV] name [argument ...]" },
	{ "continue", b_continue, NULL, S, "continue [n]" },
	{ "declare", b_declare, NULL, B | D, "declare [-aAFfgilnprtux] [name[=value] ...]" },
	{ "dirs", b_dirs, NULL, B, "dirs [-clpv]" },
	{ "disown", b_disown, NULL, B, "disown [job ...]" },
	{ "echo", NULL, b_echo, P, "echo [argument ...]" },
	{ "enable", b_enable, NULL, B, "enable [name ...]" },
	{ "eval", b_eval, NULL, S, "eval [argument ...]" },
	{ "exec", b_exec, NULL, S, "exec [-c] [-a name] [command [argument ...]]" },
	{ "exit", b_exit, NULL, S, "exit [status]" },
	{ "export", b_export, NULL, S | D, "export [-p] [name[=value] ...]" },
	{ "false", NULL, plain_false, P, "false" },
	{ "fg", b_fg, NULL, 0, "fg [job]" },
	{ "getopts", b_getopts, NULL, 0, "getopts optstring name [argument ...]" },
	{ "hash", b_hash, NULL, 0, "hash [-r] [name ...]" },
	{ "jobs", b_jobs, NULL, P, "jobs [-lp] [job ...]" },
	{ "kill", NULL, kill_builtin, 0, "kill [-s signal] pid|job ..." },
	{ "let", b_let, NULL, B, "let expression ..." },
	{ "local", b_local, NULL, D, "local [name[=value] ...]" },
	{ "mapfile", b_mapfile, NULL, B, "mapfile [-t] [-d delimiter] [-n count] [-O origin] [-s skip] [-u fd] [array]" },
	{ "popd", b_popd, NULL, B, "popd" },
	{ "printf", NULL, b_printf, P, "printf [-v name] format [argument ...]" },
	{ "pushd", b_pushd, NULL, B, "pushd [directory]" },
	{ "pwd", b_pwd, NULL, P, "pwd [-L|-P]" },
	{ "read", b_read, NULL, 0, "read [-r] [-d delimiter] [-a array] [-n count] [-p prompt] [-t seconds] [-u fd] [name ...]" },
	{ "readarray", b_mapfile, NULL, B, "readarray [-t] [array]" },
	{ "readonly", b_readonly, NULL, S | D, "readonly [-p] [name[=value] ...]" },
	{ "return", b_return, NULL, S, "return [status]" },
	{ "set", b_set, NULL, S, "set [-abCefhmnuvx] [-o option] [--] [argument ...]" },
	{ "shift", b_shift, NULL, S, "shift [n]" },
	{ "shopt", b_shopt, NULL, B, "shopt [-opqsu] [name ...]" },
	{ "sleep", b_sleep, NULL, 0, "sleep seconds ..." },
	{ "source", b_dot, NULL, B, "source file [argument ...]" },
	{ "test", NULL, b_test, P, "test [expression]" },
	{ "times", b_times, NULL, S, "times" },
	{ "trap", b_trap, NULL, S, "trap [-p] [action condition ...]" },
	{ "true", NULL, plain_true, P, "true" },
	{ "type", b_type, NULL, 0, "type [-afptP] name ..." },
	{ "typeset", b_declare, NULL, B | D, "typeset [-aAFfgilnprtux] [name[=value] ...]" },
	{ "ulimit", NULL, b_ulimit, 0, "ulimit [-HSa] [-cdf...] [limit]" },
	{ "umask", NULL, b_umask, 0, "umask [-S] [mask]" },
	{ "unalias", b_unalias, NULL, 0, "unalias [-a] name ..." },
	{ "unset", b_unset, NULL, S, "unset [-fv] name ..." },
	{ "wait", b_wait, NULL, 0, "wait [pid|job ...]" },
};
// clang-format on

const struct builtin *builtin_at(size_t i)
{
	return i < ARRAY_LEN(table) ? &table[i] : NULL;
}

// First character -> first row; made once.
static const struct builtin *lookup(const char *name)
{
	size_t lo = 0, hi = ARRAY_LEN(table);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int r = strcmp(name, table[mid].name);

		if (!r)
			return &table[mid];
		if (r < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

static unsigned char disabled[ARRAY_LEN(table)];
static int any_disabled;

int builtin_disable(const char *name, int off)
{
	const struct builtin *b = lookup(name);

	if (!b)
		return -1;
	disabled[b - table] = (unsigned char)off;
	any_disabled |= off;
	return 0;
}

int builtin_disabled(const char *name)
{
	const struct builtin *b = lookup(name);

	return b && disabled[b - table];
}

const struct builtin *builtin_find(const char *name)
{
	const struct builtin *b = lookup(name);

	if (b && any_disabled && disabled[b - table])
		return NULL;
	// A person may want to stop it by Ctrl-Z: then it must be a process.
	if (b && b->run == b_sleep && sh_opt(OPT_INTERACTIVE))
		return NULL;
	return b && b->flags & BUILTIN_BASHISM && sh_opt(OPT_POSIX) ? NULL : b;
}

static void io_error(void *arg, const char *name, const char *msg)
{
	(void)arg;
	sh_message(name, "%s", msg);
}

static int io_query(void *arg, enum builtin_query what, const char *word)
{
	struct arena_mark mark = arena_mark(&sh.arena);
	const char *p = NULL;
	struct var *v;
	size_t n;
	int r;

	(void)arg;
	if (what == BUILTIN_IS_OPTION)
		return sh_opt(opt_named(word));
	if (what == BUILTIN_IS_NAMEREF) {
		v = var_find(word, strlen(word));
		return v && v->flags & VAR_NAMEREF && v->flags & VAR_SET;
	}
	v = var_find(word, strlen(word));
	if (v && v->array)
		return array_get(v->array, 0, "0") != NULL;
	n = strlen(word);
	if (n > 3 && (!strcmp(word + n - 3, "[@]") || !strcmp(word + n - 3, "[*]"))) {
		v = var_find(word, n - 3);
		return v && v->array && array_count(v->array);
	}
	r = indirect_value(word, &p, &n) == 0 && p;
	arena_release(&sh.arena, mark);
	return r;
}

static int io_assign(void *arg, const char *name, const char *value, size_t n)
{
	(void)arg;
	return assign_named(name, value, n, 0);
}

int builtin_run(const struct builtin *b, int argc, char **argv, struct str *capture)
{
	static struct str spare;
	struct builtin_io io = {
		.name = argv[0],
		.flags = (sh_opt(OPT_POSIX) ? 0 : BUILTIN_BASH) |
		         (sh.shopts & SHOPT_XPG_ECHO ? BUILTIN_XPG_ECHO : 0),
		.fd = { 0, capture ? -1 : 1, 2 },
		.out = spare,
		.error = io_error,
		.query = io_query,
		.assign = io_assign,
		.start_time = sh.start_time,
	};
	struct builtin_io *outer = sh_io;
	int status;

	spare = (struct str){ 0 };
	str_clear(&io.out);
	sh_io = &io;
	status = b->plain ? b->plain(argc, argv, &io) : b->run(argc, argv);
	if (capture) {
		str_addn(capture, str_cstr(&io.out), io.out.len);
		str_clear(&io.out);
	} else if (io.out.len || io.write_errno) {
		status = builtin_io_finish(&io, status);
	}
	sh_io = outer;
	if (spare.p || io.out.cap > 1 << 16)
		str_finish(&io.out);
	else
		spare = io.out;
	return status;
}
