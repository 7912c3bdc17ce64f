#include "stepsh/opt.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "stepsh/builtin.h"
#include "stepsh/job.h"
#include "stepsh/sh.h"

enum { START_ONLY = 1, INTERNAL_BASH = 2 };

// clang-format off
static const struct {
	uint64_t bit;
	char letter;
	const char *name;
	int flags;
} options[] = {
	{ OPT_ALLEXPORT, 'a', "allexport", 0 },
	{ OPT_BRACES, 'B', "braceexpand", 0 },
	{ OPT_EMACS, 0, "emacs", 0 },
	{ OPT_ERREXIT, 'e', "errexit", 0 },
	{ OPT_ERRTRACE, 'E', "errtrace", 0 },
	{ OPT_FUNCTRACE, 'T', "functrace", 0 },
	{ OPT_HASHALL, 'h', "hashall", 0 },
	{ OPT_HISTEXPAND, 'H', "histexpand", 0 },
	{ OPT_IGNOREEOF, 0, "ignoreeof", 0 },
	{ OPT_INTERACTIVE, 'i', "interactive", START_ONLY },
	{ OPT_KEYWORD, 'k', "keyword", 0 },
	{ OPT_MONITOR, 'm', "monitor", 0 },
	{ OPT_NOCLOBBER, 'C', "noclobber", 0 },
	{ OPT_NOEXEC, 'n', "noexec", 0 },
	{ OPT_NOGLOB, 'f', "noglob", 0 },
	{ OPT_NOLOG, 0, "nolog", 0 },
	{ OPT_NOTIFY, 'b', "notify", 0 },
	{ OPT_NOUNSET, 'u', "nounset", 0 },
	{ OPT_ONECMD, 't', "onecmd", 0 },
	{ OPT_PHYSICAL, 'P', "physical", 0 },
	{ OPT_PIPEFAIL, 0, "pipefail", 0 },
	{ OPT_POSIX, 0, "posix", 0 },
	{ OPT_PRIVILEGED, 'p', "privileged", 0 },
	{ OPT_STDIN, 's', "stdin", START_ONLY },
	{ OPT_VERBOSE, 'v', "verbose", 0 },
	{ OPT_VI, 0, "vi", 0 },
	{ OPT_XTRACE, 'x', "xtrace", 0 },
};

static const struct {
	const char *name;
	uint64_t bit;       // 0: accepted, and of no effect in this shell
} shopts[] = {
	{ "assoc_expand_once", 0 }, { "autocd", 0 }, { "cdable_vars", 0 }, { "cdspell", 0 },
	{ "checkhash", 0 }, { "checkjobs", 0 }, { "checkwinsize", 0 }, { "cmdhist", 0 },
	{ "complete_fullquote", 0 }, { "dotglob", SHOPT_DOTGLOB }, { "execfail", SHOPT_EXECFAIL },
	{ "expand_aliases", SHOPT_EXPAND_ALIASES }, { "extglob", SHOPT_EXTGLOB },
	{ "extquote", 0 }, { "failglob", SHOPT_FAILGLOB }, { "force_fignore", 0 },
	{ "globasciiranges", 0 }, { "globskipdots", 0 }, { "globstar", SHOPT_GLOBSTAR },
	{ "histappend", 0 }, { "histreedit", 0 }, { "histverify", 0 }, { "hostcomplete", 0 },
	{ "inherit_errexit", SHOPT_INHERIT_ERREXIT }, { "interactive_comments", 0 },
	{ "lastpipe", SHOPT_LASTPIPE }, { "lithist", 0 },
	{ "localvar_inherit", SHOPT_LOCALVAR_INHERIT }, { "login_shell", 0 },
	{ "no_empty_cmd_completion", 0 }, { "nocaseglob", SHOPT_NOCASEGLOB },
	{ "nocasematch", SHOPT_NOCASEMATCH }, { "nullglob", SHOPT_NULLGLOB },
	{ "patsub_replacement", SHOPT_PATSUB }, { "progcomp", 0 }, { "promptvars", 0 },
	{ "shift_verbose", 0 }, { "sourcepath", SHOPT_SOURCEPATH }, { "xpg_echo", SHOPT_XPG_ECHO },
};
// clang-format on

uint64_t opt_letter(char c)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (options[i].letter == c)
			return options[i].bit;
	return 0;
}

uint64_t opt_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (!strcmp(options[i].name, name))
			return options[i].bit;
	return 0;
}

void opt_change(uint64_t bits, int on)
{
	uint64_t before = sh.options;

	sh.options = on ? sh.options | bits : sh.options & ~bits;
	if (bits & (OPT_VI | OPT_EMACS) && on)
		sh.options &= ~((OPT_VI | OPT_EMACS) & ~bits);
	if ((before ^ sh.options) & OPT_MONITOR)
		job_control(on);
	if ((before ^ sh.options) & OPT_SH_ERRORS) {
		if (on)
			sh.shopts |= SHOPT_EXPAND_ALIASES | SHOPT_INHERIT_ERREXIT;
	}
}

void opt_flags(struct str *out)
{
	static const char order[] = "abefhimnptuvxBCEHPTks";

	for (const char *c = order; *c; c++)
		if (sh_opt(opt_letter(*c)))
			str_addc(out, *c);
	if (sh_opt(OPT_COMMAND))
		str_addc(out, 'c');
}

void opt_print(struct str *out, int human)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		int on = sh_opt(options[i].bit);

		if (options[i].flags & START_ONLY)
			continue;
		if (human)
			str_addf(out, "%-15s\t%s\n", options[i].name, on ? "on" : "off");
		else
			str_addf(out, "set %co %s\n", on ? '-' : '+', options[i].name);
	}
}

static int unknown(const char *what, const char *s)
{
	sh_message("set", "%s%s: unknown option", what, s);
	return -1;
}

// The letters of one argument. Returns how many further arguments were taken, or -1.
static int parse_letters(int left, char **argv, int start, struct str *out)
{
	int on = argv[0][0] == '-', taken = 0;
	char text[2] = "";

	for (const char *s = argv[0] + 1; *s; s++) {
		uint64_t bit;

		if (*s == 'o') {
			if (taken + 1 >= left || (start && !argv[taken + 1])) {
				if (out)
					opt_print(out, on);
				continue;
			}
			bit = opt_named(argv[++taken]);
			if (!bit || (!start && bit & (OPT_INTERACTIVE | OPT_STDIN)))
				return unknown("", argv[taken]);
			opt_change(bit, on);
			continue;
		}
		bit = *s == 'c' && start   ? OPT_COMMAND
		      : *s == 'l' && start ? OPT_NOLOG
		                           : opt_letter(*s);
		if (!bit || (!start && bit & (OPT_INTERACTIVE | OPT_STDIN))) {
			text[0] = *s;
			return unknown(on ? "-" : "+", text);
		}
		opt_change(bit, on);
	}
	return taken;
}

int opt_parse(int argc, char **argv, int start, int *dashes, struct str *out)
{
	int i = 1;

	*dashes = 0;
	for (; i < argc; i++) {
		int taken;

		if ((argv[i][0] != '-' && argv[i][0] != '+') || !argv[i][1]) {
			if (!strcmp(argv[i], "-")) {
				*dashes = 2;
				if (!start)
					opt_change(OPT_XTRACE | OPT_VERBOSE, 0);
				i++;
			}
			break;
		}
		if (!strcmp(argv[i], "--")) {
			*dashes = 1;
			i++;
			break;
		}
		taken = parse_letters(argc - i, argv + i, start, out);
		if (taken < 0)
			return -1;
		i += taken;
	}
	return i;
}

int b_shopt(int argc, char **argv)
{
	int i = 1, set = 0, unset = 0, quiet = 0, print = 0, named = 0, status = 0;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++)
		for (const char *s = argv[i] + 1; *s; s++) {
			if (*s == 's')
				set = 1;
			else if (*s == 'u')
				unset = 1;
			else if (*s == 'q')
				quiet = 1;
			else if (*s == 'p')
				print = 1;
			else if (*s == 'o')
				named = 1;
			else
				return builtin_usage(sh_io, "-%c: unknown option", *s);
		}
	for (size_t k = 0; i == argc && k < ARRAY_LEN(shopts); k++) {
		int on = (sh.shopts & shopts[k].bit) != 0;

		if ((set && !on) || (unset && on))
			continue;
		if (print)
			str_addf(&sh_io->out, "shopt %s %s\n", on ? "-s" : "-u",
			         shopts[k].name);
		else
			str_addf(&sh_io->out, "%-15s\t%s\n", shopts[k].name,
			         on ? "on" : "off");
	}
	for (; i < argc; i++) {
		uint64_t bit = 0, *word = named ? &sh.options : &sh.shopts;
		int found = 0, on;

		for (size_t k = 0; !named && k < ARRAY_LEN(shopts); k++)
			if (!strcmp(shopts[k].name, argv[i])) {
				bit = shopts[k].bit;
				found = 1;
			}
		if (named)
			found = (bit = opt_named(argv[i])) != 0;
		if (!found) {
			status =
				builtin_error(sh_io, "%s: no such shell option", argv[i]);
			continue;
		}
		on = (*word & bit) != 0;
		if (set || unset) {
			if (named)
				opt_change(bit, set);
			else
				sh.shopts = set ? sh.shopts | bit : sh.shopts & ~bit;
			continue;
		}
		if (!on)
			status = 1;
		if (!quiet && print)
			str_addf(&sh_io->out, "%s %s%s\n", named ? "set" : "shopt",
			         named ? (on ? "-o " : "+o ") : (on ? "-s " : "-u "),
			         argv[i]);
		else if (!quiet)
			str_addf(&sh_io->out, "%-15s\t%s\n", argv[i], on ? "on" : "off");
	}
	return status;
}
