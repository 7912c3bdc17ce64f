// break continue return exit shift eval . exec command builtin type times sleep enable caller
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "stepsh/alias.h"
#include "stepsh/builtin.h"
#include "stepsh/expand.h"
#include "stepsh/parse.h"
#include "stepsh/path.h"
#include "stepsh/quote.h"
#include "stepsh/redir.h"
#include "stepsh/report.h"
#include "stepsh/script.h"
#include "stepsh/sh.h"
#include "stepsh/simple.h"
#include "stepsh/spawn.h"
#include "stepsh/trap.h"
#include "stepsh/var.h"

// A special builtin refused its arguments: that ends a POSIX shell.
static int usage_fatal(const char *msg, const char *what)
{
	builtin_error(sh_io, "%s: %s", what, msg);
	report_note(WIRE_FAIL_USAGE, 0, NULL, 0, 0);
	return sh_fatal_special(2);
}

static int number(const char *s, long *v)
{
	char *end;

	errno = 0;
	*v = strtol(s, &end, 10);
	return *s && !*end && !errno &&
	                       (*s == '-' || *s == '+' || (*s >= '0' && *s <= '9'))
	               ? 0
	               : -1;
}

static int loop_control(int argc, char **argv, int flow)
{
	long n = 1;

	if (argc > 1 && !strcmp(argv[1], "--")) {
		argc--;
		argv++;
	}
	if (argc > 1 && (number(argv[1], &n) < 0 || n < 1))
		return usage_fatal("the number of loops must be at least 1", argv[1]);
	if (!sh.loop_depth)
		return 0;
	sh.flow = flow;
	sh.flow_count = n > sh.loop_depth ? sh.loop_depth : (int)n;
	return 0;
}

int b_break(int argc, char **argv)
{
	return loop_control(argc, argv, FLOW_BREAK);
}

int b_continue(int argc, char **argv)
{
	return loop_control(argc, argv, FLOW_CONTINUE);
}

// The status operand of exit and return.
static int status_operand(int argc, char **argv, int *status)
{
	long n = sh.in_trap ? sh.trap_status : sh.status;
	int i = argc > 1 && !strcmp(argv[1], "--") ? 2 : 1;

	if (i < argc && number(argv[i], &n) < 0)
		return -1;
	*status = (int)(n & 255);
	return 0;
}

int b_return(int argc, char **argv)
{
	int status;

	if (status_operand(argc, argv, &status) < 0)
		return usage_fatal("a number is wanted", argv[1]);
	if (!sh.func_depth && !sh.frame) {
		if (sh_opt(OPT_POSIX)) {
			sh.flow = FLOW_EXIT;
			return sh.status = status;
		}
		return builtin_error(sh_io,
		                     "only a function or a sourced file can return");
	}
	sh.flow = FLOW_RETURN;
	sh.status = status;
	if (status && argc > 1)
		report_note(WIRE_FAIL_EXIT, 0, NULL, 0, 0);
	return status;
}

int b_exit(int argc, char **argv)
{
	int status;

	if (status_operand(argc, argv, &status) < 0)
		return usage_fatal("a number is wanted", argv[1]);
	if (status && argc > 1)
		report_note(WIRE_FAIL_EXIT, 0, NULL, 0, 0);
	sh.flow = FLOW_EXIT;
	return sh.status = status;
}

int b_shift(int argc, char **argv)
{
	long n = 1;

	if (argc > 1 && !strcmp(argv[1], "--")) {
		argc--;
		argv++;
	}
	if (argc > 1 && (number(argv[1], &n) < 0 || n < 0))
		return usage_fatal("this is no count", argv[1]);
	if (n > sh.params.n) {
		if (!sh_opt(OPT_POSIX))
			return 1;
		return usage_fatal("there are not that many parameters",
		                   argc > 1 ? argv[1] : "1");
	}
	sh.params.v += n;
	sh.params.n -= (int)n;
	return 0;
}

int b_eval(int argc, char **argv)
{
	struct str text = { 0 };
	struct frame frame;
	const char *name = sh.where.src ? sh.where.src->name : "eval";
	int i = argc > 1 && !strcmp(argv[1], "--") ? 2 : 1, status;

	for (; i < argc; i++) {
		str_add(&text, argv[i]);
		if (i + 1 < argc)
			str_addc(&text, ' ');
	}
	if (!text.len) {
		str_finish(&text);
		return 0;
	}
	frame_push(&frame, FRAME_EVAL, "eval");
	status = exec_text(name, text.p, text.len, sh.where.line ? sh.where.line : 1, 0);
	frame_pop(&frame);
	str_finish(&text);
	return status;
}

int b_dot(int argc, char **argv)
{
	struct params outer = sh.params;
	const char *path;
	struct frame frame;
	int i = argc > 1 && !strcmp(argv[1], "--") ? 2 : 1, status;
	char *name;

	if (i >= argc)
		return usage_fatal("which file?", argv[0]);
	path = path_find_source(argv[i]);
	if (!path) {
		builtin_error(sh_io, "%s: not found", argv[i]);
		report_note(WIRE_FAIL_NOT_FOUND, WIRE_T_PATH, argv[i], strlen(argv[i]),
		            ENOENT);
		return sh_opt(OPT_SH_ERRORS) ? sh_fatal_special(2) : 1;
	}
	name = arena_strdup(&sh.arena, path);
	if (i + 1 < argc && !sh_opt(OPT_POSIX))
		sh.params = (struct params){ argv + i + 1, argc - i - 1, NULL };
	frame_push(&frame, FRAME_SOURCE, intern(name, strlen(name)));
	if (script_source_file(name, frame.name) < 0) {
		builtin_error(sh_io, "%s: %s", name, strerror(errno));
		report_note(errno == ENOENT ? WIRE_FAIL_NOT_FOUND : WIRE_FAIL_PERMISSION,
		            WIRE_T_PATH, name, strlen(name), errno);
		sh.status = sh_opt(OPT_SH_ERRORS) ? sh_fatal_special(2) : 1;
	}
	if (sh.flow == FLOW_RETURN)
		sh.flow = FLOW_NONE;
	status = sh.status;
	sh.where = frame.call; // the file's own text is gone
	if (!sh.flow)
		trap_run(TRAP_RETURN);
	frame_pop(&frame);
	if (i + 1 < argc && !sh_opt(OPT_POSIX)) {
		if (sh.params.owned) // the file used `set`, which is for the caller too
			free(outer.owned);
		else
			sh.params = outer;
	}
	return status;
}

// The workbench waits for the end of the step, which a program in the shell's place cannot
// tell: run it as a child, and leave with its status. No EXIT trap, as after an exec.
static int exec_served(const struct spawn *s)
{
	trap_forget();
	sh.status = spawn_program(s);
	sh.flow = FLOW_EXIT;
	return sh.status;
}

int b_exec(int argc, char **argv)
{
	const char *arg0 = NULL;
	struct plan none = { 0 };
	int i = 1, clean = 0, status;
	char *file;

	for (; i < argc && argv[i][0] == '-' && !sh_opt(OPT_POSIX); i++) {
		if (!strcmp(argv[i], "-a") && i + 1 < argc)
			arg0 = argv[++i];
		else if (!strcmp(argv[i], "-c"))
			clean = 1;
		else if (strcmp(argv[i], "-l") != 0)
			break;
	}
	if (i < argc && !strcmp(argv[i], "--"))
		i++;
	if (i >= argc) {
		sh.keep_redirs = 1;
		return 0;
	}
	file = argv[i];
	if (arg0) {
		const char *path = path_find(file, NULL, 0);

		if (path)
			file = arena_strdup(&sh.arena, path);
	}
	{
		struct spawn s = {
			.at = &sh.where,
			.argv = argv + i,
			.argc = argc - i,
			.env = clean ? (char *[]){ NULL }
			             : var_environ(&sh.arena, NULL, 0),
			.plan = &none,
			.arg0 = arg0,
			.text = &sh.where,
		};
		s.argv[0] = file;
		if (sh.control_fd >= 0 && !sh.subshell)
			return exec_served(&s);
		status = spawn_exec(&s);
	}
	if (!(sh.shopts & SHOPT_EXECFAIL))
		sh_fatal(status);
	return status;
}

// ---- command and type ---------------------------------------------------------------

static const char *const reserved[] = {
	"!",    "{",  "}",        "case",   "do",   "done",   "elif",  "else",
	"esac", "fi", "for",      "if",     "in",   "then",   "until", "while",
	"[[",   "]]", "function", "select", "time", "coproc",
};

static int is_reserved(const char *s)
{
	size_t n = sh_opt(OPT_POSIX) ? 16 : ARRAY_LEN(reserved);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(reserved[i], s))
			return 1;
	return 0;
}

static void print_function(const char *name)
{
	struct func *f = func_find(name);
	const struct range *r = &f->def->range;

	str_addn(&sh_io->out, r->src->text + r->begin, r->end - r->begin);
	str_addc(&sh_io->out, '\n');
}

enum { TYPE_SHORT, TYPE_LONG, TYPE_WORD, TYPE_PATH };

static void say(const char *name, int style, const char *word, const char *sentence)
{
	if (style == TYPE_WORD)
		str_addf(&sh_io->out, "%s\n", word);
	else if (style == TYPE_SHORT)
		str_addf(&sh_io->out, "%s\n", name);
	else if (style == TYPE_LONG)
		str_addf(&sh_io->out, "%s is %s\n", name, sentence);
}

// Tell what a name is; 1 when it is anything. `all`: every meaning.
static int tell(const char *name, int style, const char *path, int all, int no_function)
{
	const struct builtin *b = builtin_find(name);
	const char *v = alias_value(name, strlen(name)), *file;
	int found = 0;

	if (v && sh.shopts & SHOPT_EXPAND_ALIASES) {
		found = 1;
		if (style == TYPE_SHORT) {
			str_addf(&sh_io->out, "alias %s=", name);
			quote_word(&sh_io->out, v, strlen(v), QUOTE_ALWAYS);
			str_addc(&sh_io->out, '\n');
		} else if (style == TYPE_LONG) {
			str_addf(&sh_io->out, "%s is an alias for %s\n", name, v);
		} else {
			say(name, style, "alias", NULL);
		}
	}
	if ((!found || all) && is_reserved(name)) {
		found = 1;
		say(name, style, "keyword", "a shell keyword");
	}
	if ((!found || all) && !no_function && func_find(name)) {
		found = 1;
		say(name, style, "function", "a shell function");
		if (style == TYPE_LONG && !sh_opt(OPT_POSIX))
			print_function(name);
	}
	if ((!found || all) && b) {
		found = 1;
		say(name, style, "builtin",
		    b->flags & BUILTIN_SPECIAL ? "a special shell builtin"
		                               : "a shell builtin");
	}
	if (found && !all)
		return 1;
	file = path_find(name, path, 0);
	if (file && strchr(name, '/') && access(file, X_OK) != 0)
		file = NULL;
	if (!file)
		return found;
	if (*file != '/' && sh_opt(OPT_POSIX) && style != TYPE_WORD) {
		const char *pwd = var_get("PWD"); // an absolute path is wanted

		file = arena_printf(&sh.arena, "%s/%s", pwd ? pwd : ".", file);
	}
	if (style == TYPE_LONG)
		str_addf(&sh_io->out, "%s is %s\n", name, file);
	else
		str_addf(&sh_io->out, "%s\n", style == TYPE_WORD ? "file" : file);
	return 1;
}

int b_command(int argc, char **argv)
{
	int i = 1, style = -1, path = 0, status = 0;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--")) {
			i++;
			break;
		}
		for (const char *s = argv[i] + 1; *s; s++) {
			if (*s == 'v')
				style = TYPE_SHORT;
			else if (*s == 'V')
				style = TYPE_LONG;
			else if (*s == 'p')
				path = 1;
			else
				return builtin_usage(sh_io, "-%c: unknown option", *s);
		}
	}
	if (i >= argc)
		return 0;
	if (style >= 0) {
		for (; i < argc; i++)
			if (!tell(argv[i], style, path ? path_default : NULL, 0, 0)) {
				if (style == TYPE_LONG)
					builtin_error(sh_io, "%s: not found", argv[i]);
				status = style == TYPE_LONG || !sh_opt(OPT_POSIX) ? 1
				                                                  : 127;
			}
		return status;
	}
	{
		const struct builtin *b = builtin_find(argv[i]);
		int flow = sh.flow;

		sh_declares = sh_declares ? sh_declares + i : NULL;
		status = simple_run_argv(argc - i, argv + i,
		                         RUN_NO_FUNCTION | (path ? RUN_DEFAULT_PATH : 0));
		// command takes from a special builtin its power to end the shell.
		if (b && b->flags & BUILTIN_SPECIAL && !flow && sh.flow == FLOW_EXIT &&
		    sh.special_error)
			sh.flow = FLOW_NONE;
		sh.special_error = 0;
	}
	return status;
}

int b_builtin(int argc, char **argv)
{
	int i = argc > 1 && !strcmp(argv[1], "--") ? 2 : 1;

	if (i >= argc)
		return 0;
	sh_declares = sh_declares ? sh_declares + i : NULL;
	return simple_run_argv(argc - i, argv + i, RUN_ONLY_BUILTIN);
}

int b_type(int argc, char **argv)
{
	int i = 1, style = TYPE_LONG, all = 0, no_function = 0, force = 0, status = 0;

	for (; i < argc && argv[i][0] == '-' && argv[i][1] && !sh_opt(OPT_POSIX); i++) {
		if (!strcmp(argv[i], "--")) {
			i++;
			break;
		}
		for (const char *s = argv[i] + 1; *s; s++) {
			if (*s == 't')
				style = TYPE_WORD;
			else if (*s == 'p')
				style = TYPE_PATH;
			else if (*s == 'P')
				force = 1;
			else if (*s == 'a')
				all = 1;
			else if (*s == 'f')
				no_function = 1;
			else
				return builtin_usage(sh_io, "-%c: unknown option", *s);
		}
	}
	for (; i < argc; i++) {
		if (force) {
			const char *file = path_find(argv[i], NULL, 0);

			if (file)
				str_addf(&sh_io->out, "%s\n", file);
			else
				status = 1;
		} else if (!tell(argv[i], style, NULL, all, no_function)) {
			if (style == TYPE_LONG)
				builtin_error(sh_io, "%s: not found", argv[i]);
			status = sh_opt(OPT_POSIX) ? 127 : 1;
		}
	}
	return status;
}

int b_enable(int argc, char **argv)
{
	int i = 1, off = 0, status = 0;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (strspn(argv[i] + 1, "anps") != strlen(argv[i] + 1))
			return builtin_usage(sh_io, "%s: not implemented by stepsh",
			                     argv[i]);
		off |= strchr(argv[i], 'n') != NULL;
	}
	for (size_t k = 0; i == argc && builtin_at(k); k++)
		if (builtin_disabled(builtin_at(k)->name) == off)
			str_addf(&sh_io->out, "enable %s%s\n", off ? "-n " : "",
			         builtin_at(k)->name);
	for (; i < argc; i++)
		if (builtin_disable(argv[i], off) < 0)
			status = builtin_error(sh_io, "%s: not a shell builtin", argv[i]);
	return status;
}

int b_caller(int argc, char **argv)
{
	long n = 0;
	const struct frame *f = sh.frame;

	if (argc > 1 && number(argv[1], &n) < 0)
		return builtin_usage(sh_io, "%s: a number is wanted", argv[1]);
	while (f && n-- > 0)
		f = f->up;
	if (!f || f->kind == FRAME_MAIN || !f->call.src)
		return 1;
	if (argc > 1)
		str_addf(&sh_io->out, "%u %s %s\n", (unsigned)f->call.line,
		         f->up && f->up->kind == FRAME_FUNCTION ? f->up->name : "main",
		         f->call.src->name);
	else
		str_addf(&sh_io->out, "%u %s\n", (unsigned)f->call.line,
		         f->call.src->name);
	return 0;
}

static void add_time(struct str *out, clock_t t, char end)
{
	long hz = sysconf(_SC_CLK_TCK), ms = (long)(t * 1000 / hz);

	str_addf(out, "%ldm%ld.%03lds%c", ms / 60000, ms / 1000 % 60, ms % 1000, end);
}

int b_times(int argc, char **argv)
{
	struct tms t;

	(void)argc;
	(void)argv;
	times(&t);
	add_time(&sh_io->out, t.tms_utime, ' ');
	add_time(&sh_io->out, t.tms_stime, '\n');
	add_time(&sh_io->out, t.tms_cutime, ' ');
	add_time(&sh_io->out, t.tms_cstime, '\n');
	return 0;
}

int b_sleep(int argc, char **argv)
{
	double total = 0;
	struct timespec t, end;

	if (argc < 2)
		return builtin_error(sh_io, "for how long?");
	for (int i = 1; i < argc; i++) {
		char *unit;
		double v = strtod(argv[i], &unit);

		if (unit == argv[i] || v < 0 ||
		    (*unit && (!strchr("smhd", *unit) || unit[1])))
			return builtin_error(sh_io, "%s: this is no time", argv[i]);
		total += v * (*unit == 'm'   ? 60
		              : *unit == 'h' ? 3600
		              : *unit == 'd' ? 86400
		                             : 1);
	}
	if (total > 1e9)
		total = 1e9;
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += (time_t)total;
	end.tv_nsec += (long)((total - (double)(time_t)total) * 1e9);
	if (end.tv_nsec >= 1000000000) {
		end.tv_nsec -= 1000000000;
		end.tv_sec++;
	}
	t = end;
	// A trap waits until the command is over, as with the program of this name.
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		if (sh_opt(OPT_INTERACTIVE) && trap_got_signal())
			return 128 + trap_got_signal();
	return 0;
}
