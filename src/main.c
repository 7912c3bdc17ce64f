// wfx: a debugger whose program is a container build.
//
// Map of the files (kept true by tests/lint/layers.sh):
//
// (the lead fills this in)

#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch.h"
#include "doc.h"
#include "doctor.h"
#include "option.h"
#include "ware.h"

static int help_main(int argc, char *argv[]);

// One row a subcommand; the row is its help, too. Faces with a table of options put it
// beside their function and declare both in their header.
// clang-format off
static const struct command commands[] = {
	{ .name = "check", .operands = "FILE...", .help = "parse and validate documents",
	  .options = doc_options, .n_options = N_CHECK_OPTIONS, .run = check_main },
	{ .name = "id", .operands = "FILE...", .help = "print the ID of formulas and plots",
	  .options = doc_options, .n_options = N_ID_OPTIONS, .run = id_main },
	{ .name = "fmt", .operands = "FILE...", .help = "rewrite documents in canonical layout",
	  .more = "A file called - is read from standard input and written to standard output.\n",
	  .options = doc_options, .n_options = N_FMT_OPTIONS, .run = fmt_main },
	{ .name = "ware", .operands = "VERB ...", .help = "pack, unpack, scan, verify wares",
	  .more = ware_help, .run = ware_main },
	{ .name = "store", .operands = "VERB", .help = "what is in the store; check it",
	  .more = store_help, .run = store_main },
	{ .name = "plan", .operands = "FILE...", .help = "print how a formula's box is set up",
	  .options = plan_options, .n_options = N_PLAN_OPTIONS, .run = plan_main },
	{ .name = "doctor", .operands = "", .help = "what this host allows, each with the fix",
	  .more = "What is \"absent\" wfx can do without. Ends with 125 when something is missing.\n",
	  .run = doctor_main },
	{ .name = "help", .operands = "[COMMAND]", .help = "this text, or a command's",
	  .run = help_main },
};
// clang-format on

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void help_all(struct str *out)
{
	str_add(out, "usage: wfx --batch [FLAG...] FILE...\n       wfx COMMAND ...\n\ncommands:\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *c = &commands[i];
		auto_free char *usage = xasprintf("%s %s", c->name, c->operands);

		str_addf(out, "  %-30s  %s\n", usage, c->help);
	}
	str_add(out, "\nflags:\n"
	             "  --batch                         run formulas (wfx --batch --help)\n"
	             "  --help                          this text; after a command, its flags\n"
	             "  --version                       name and version\n");
}

static void help_command(const struct command *c, struct str *out)
{
	str_addf(out, "usage: wfx %s %s%s\n\n%s\n", c->name,
	         c->n_options ? "[FLAG...] " : "", c->operands, c->help);
	if (c->n_options) {
		str_add(out, "\nflags:\n");
		options_help(c->options, c->n_options, out);
	}
	if (c->more)
		str_addf(out, "\n%s", c->more);
}

static int help_print(const struct command *c)
{
	struct str out = { 0 };

	if (c)
		help_command(c, &out);
	else
		help_all(&out);
	fputs(str_cstr(&out), stdout);
	str_finish(&out);
	return 0;
}

// "no such command" with the nearest one; returns the exit status.
static int command_unknown(const char *name)
{
	const char *near = name_nearest(name, &commands[0].name, ARRAY_LEN(commands),
	                                sizeof(*commands));
	struct err e = { 0 };

	err_set(&e, "wfx-usage", "no such command: %s", name);
	if (near)
		err_hint(&e, "did you mean `wfx %s`?", near);
	return error_print(&e);
}

static int help_main(int argc, char *argv[])
{
	const struct command *c = NULL;

	if (argc > 1 && !(c = command_find(argv[1])))
		return command_unknown(argv[1]);
	return help_print(c);
}

// Is `flag` among the arguments before "--"?
static int has_flag(int argc, char *argv[], const char *flag)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], flag) == 0)
			return 1;
	return 0;
}

// The workbench is not there yet: say so, and what is.
static int workbench(const char *file)
{
	struct err e = { 0 };

	err_set(&e, isatty(0) && isatty(1) ? "wfx-usage" : "wfx-needs-terminal",
	        "%s: the full-screen workbench is not in this version of wfx", file);
	err_hint(&e, "`wfx --batch %s` runs it without a screen", file);
	return error_print(&e);
}

static int no_command(int argc, char *argv[])
{
	static const char *const later[] = { "--linear", "--rootfs" };
	struct err e = { 0 };

	if (argc < 2) {
		err_set(&e, "wfx-usage", "no command given");
		return error_print(&e);
	}
	for (size_t i = 0; i < ARRAY_LEN(later); i++)
		if (strcmp(argv[1], later[i]) == 0) {
			err_set(&e, "wfx-usage", "%s: not in this version of wfx", argv[1]);
			return error_print(&e);
		}
	if (argv[1][0] == '-') {
		err_set(&e, "wfx-usage", "unknown option: %s", argv[1]);
		return error_print(&e);
	}
	if (access(argv[1], F_OK) == 0 || strpbrk(argv[1], "./"))
		return workbench(argv[1]);
	return command_unknown(argv[1]);
}

int main(int argc, char *argv[])
{
	const struct command *c = argc > 1 ? command_find(argv[1]) : NULL;

	if (!c && has_flag(argc, argv, "--batch"))
		c = &batch_command;
	if (has_flag(argc, argv, "--help"))
		return help_print(c);
	if (has_flag(argc, argv, "--version") && !c) {
		puts(PACKAGE_STRING);
		return 0;
	}
	if (c == &batch_command)
		return c->run(argc, argv);
	return c ? c->run(argc - 1, argv + 1) : no_command(argc, argv);
}
