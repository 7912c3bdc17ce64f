// stepsh: a POSIX shell that can be driven step by step.
//
// Text goes: script.c (reading) -> lex.c, lexword.c, parse.c, parse_bash.c, brace.c (tree:
// ast.h) -> exec.c (walk), simple.c (simple commands), spawn.c, job.c (processes), redir.c.
// Words go: expand.c, param.c, transform.c, subst.c, math.c -> field.c. Variables: var.c,
// array.c, specials.c. Builtins: builtin.c (table), b_*.c. Options: opt.c, traps: trap.c.
// The workbench: control.c (socket), report.c (why a step failed).
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "stepsh/alias.h"
#include "stepsh/control.h"
#include "stepsh/exec.h"
#include "stepsh/job.h"
#include "stepsh/parse.h"
#include "stepsh/path.h"
#include "stepsh/prompt.h"
#include "stepsh/redir.h"
#include "stepsh/script.h"
#include "stepsh/sh.h"
#include "stepsh/trap.h"
#include "stepsh/var.h"

// Run all that the parser gives, to the end of the shell.
static _Noreturn void run_all(struct parser *p, int flags)
{
	for (;;) {
		int error = 0;

		exec_parser(p, flags, &error);
		if (!sh_opt(OPT_INTERACTIVE)) {
			if (error && !sh.flow)
				sh.status = 2;
			break;
		}
		if (sh.flow == FLOW_EXIT)
			break;
		sh.flow = FLOW_NONE;
		if (!error && parser_at_eof(p)) {
			if (write(2, "\n", 1) < 0)
				break;
			break;
		}
		parser_restart(p);
	}
	script_leave();
}

// BASH_ENV names a file to run before a script.
static void run_bash_env(void)
{
	const char *env = sh_opt(OPT_POSIX | OPT_PRIVILEGED) ? NULL : var_get("BASH_ENV");
	char *path;

	if (!env || !*env)
		return;
	path = prompt_expand(env);
	if (access(path, R_OK) == 0)
		script_source_file(path, intern(path, strlen(path)));
	if (sh.flow)
		script_leave();
}

static _Noreturn void run_text(const char *text)
{
	struct source *src =
		source_create(intern(sh.arg0, strlen(sh.arg0)), text, strlen(text), 1);

	run_all(script_parser(src), EXEC_LAST);
}

static _Noreturn void run_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && !strchr(path, '/')) {
		const char *found = path_find_source(path);

		if (found)
			fd = open(found, O_RDONLY | O_CLOEXEC);
	}
	if (fd < 0) {
		int e = errno;

		fprintf(stderr, "%s: cannot open %s: %s\n", sh.arg0, path, strerror(e));
		exit(e == ENOENT ? 127 : 126);
	}
	sh.script_fd = fd_internalize(fd);
	run_all(script_reader(sh.script_fd, intern(path, strlen(path))), 0);
}

struct start {
	int control, page;
	const char *name;
};

// --control=FD --page=FD --name=TEXT --sh, before all others. Returns how many there were.
static int long_options(int argc, char **argv, struct start *s)
{
	int i = 1;

	for (; i < argc && !strncmp(argv[i], "--", 2) && argv[i][2]; i++) {
		if (!strncmp(argv[i], "--control=", 10)) {
			s->control = atoi(argv[i] + 10);
		} else if (!strncmp(argv[i], "--page=", 7)) {
			s->page = atoi(argv[i] + 7);
		} else if (!strncmp(argv[i], "--name=", 7)) {
			s->name = argv[i] + 7;
		} else if (!strcmp(argv[i], "--posix")) {
			opt_change(OPT_POSIX, 1);
		} else if (!strcmp(argv[i], "--sh")) {
			opt_change(OPT_SH, 1);
		} else if (!strcmp(argv[i], "--version")) {
			printf("stepsh of wfx\n");
			exit(0);
		} else if (!strcmp(argv[i], "--help")) {
			printf("usage: stepsh [-abCefhmnuvx] [-o OPTION] [-c TEXT | "
			       "FILE] [ARG...]\n"
			       "The step shell of wfx: a POSIX shell that knows much of "
			       "bash. See stepsh(1).\n");
			exit(0);
		} else if ((!strcmp(argv[i], "--rcfile") ||
		            !strcmp(argv[i], "--init-file")) &&
		           i + 1 < argc) {
			i++; // for an interactive bash; there are no such files here
		} else if (!strcmp(argv[i], "--norc") ||
		           !strcmp(argv[i], "--noprofile") ||
		           !strcmp(argv[i], "--login")) {
			continue;
		} else {
			fprintf(stderr, "%s: %s: unknown option\n", argv[0], argv[i]);
			exit(2);
		}
	}
	return i - 1;
}

int main(int argc, char *argv[])
{
	struct start st = { -1, -1, NULL };
	int dashes, i, skip;

	shell_init(argc ? argv[0] : "stepsh");
	skip = long_options(argc, argv, &st);
	argv[skip] = argv[0];
	argv += skip;
	argc -= skip;
	i = opt_parse(argc, argv, 1, &dashes, NULL);
	if (i < 0)
		return 2;
	var_init(environ);
	if (st.control >= 0) {
		if (st.name)
			sh.arg0 = st.name;
		if (control_start(st.control, st.page) < 0)
			return 2;
		control_serve();
	}
	if (sh_opt(OPT_COMMAND)) {
		const char *text;

		if (i >= argc) {
			fprintf(stderr, "%s: -c wants a text\n", argv[0]);
			return 2;
		}
		text = argv[i++];
		if (i < argc)
			sh.arg0 = argv[i++];
		sh.params = (struct params){ argv + i, argc - i, NULL };
		run_bash_env();
		run_text(text);
	}
	if (i < argc && !sh_opt(OPT_STDIN)) {
		sh.arg0 = argv[i++];
		sh.params = (struct params){ argv + i, argc - i, NULL };
		run_bash_env();
		run_file(sh.arg0);
	}
	sh.params = (struct params){ argv + i, argc - i, NULL };
	sh.options |= OPT_STDIN;
	if (isatty(0) && isatty(2))
		sh.options |= OPT_INTERACTIVE;
	if (sh_opt(OPT_INTERACTIVE)) {
		sh.shopts |= SHOPT_EXPAND_ALIASES;
		trap_interactive(1);
		opt_change(OPT_MONITOR, 1);
		run_all(script_reader(0, intern("stdin", 5)), 0);
	}
	run_all(script_reader(0, intern(sh.arg0, strlen(sh.arg0))), 0);
}
