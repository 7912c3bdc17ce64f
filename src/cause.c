#include "config.h"

#include "cause.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/wire.h"
#include "engine/model.h"

// What a rule looks at and what it says. In the texts: %c the command (argv[0]), %p the
// path that the failure is about, %d its folder, %v the variable, %l the loader, %e the
// text of errno.
struct rule {
	const char *kind; // wire_failure_name(); NULL = any
	int error;        // errno, 0 = any
	int signal;       // 0 = any
	const char *
		printed; // "a|b": one of these is in the last lines of output; NULL = any
	int network;     // 1: only when the network is on, -1: only when it is off
	int silent;      // only when nothing was printed
	int by_path;     // only when the file was named by its path
	const char *cause, *attempt;
};

// The first that fits is told: what is certain comes before what is guessed.
// clang-format off
static const struct rule rules[] = {
	{ .kind = "timeout", .cause = "it was still running when its time was over",
	  .attempt = "give it longer: --step-timeout or --timeout" },
	{ .kind = "cancelled", .cause = "wfx was told to stop" },
	{ .kind = "stopped", .cause = "wfx had to stop it: the last line says why" },
	{ .kind = "not-found", .by_path = 1, .cause = "there is no %p",
	  .attempt = "add an input that has it, or correct the name" },
	{ .kind = "not-found", .cause = "%c is in none of the folders of PATH (%p)",
	  .attempt = "add an input that has it, or set PATH: \"$PATH\": \"literal:...\"" },
	{ .kind = "no-interpreter", .cause = "%c is there, but the program that runs it is not: %l",
	  .attempt = "add an input that has %l, or use a static build" },
	{ .kind = "not-executable", .error = EACCES, .cause = "%c is not marked as executable",
	  .attempt = "chmod +x it, or run it by its interpreter" },
	{ .kind = "not-executable", .error = ENOEXEC,
	  .cause = "%c is no program for this machine",
	  .attempt = "was it built for another architecture? `file` tells" },
	{ .kind = "not-executable", .cause = "%c cannot be executed: %e" },
	{ .kind = "permission", .cause = "permission denied: %p",
	  .attempt = "in the box root has few rights over files of other owners: "
	             "look at owner and mode of it and of the folders above" },
	{ .kind = "is-directory", .cause = "%p is a folder" },
	{ .kind = "redirection", .error = ENOENT, .cause = "the folder of %p is missing",
	  .attempt = "mkdir -p %d first" },
	{ .kind = "redirection", .error = EROFS, .cause = "%p lies on an input that is read-only",
	  .attempt = "write elsewhere, or use mount:overlay or mount:rw" },
	{ .kind = "redirection", .error = ENOSPC, .cause = "the disk of the run folder is full",
	  .attempt = "free some space, or name another disk: WARPFORGE_RUNPATH=DIR" },
	{ .kind = "redirection", .cause = "%p cannot be opened: %e" },
	{ .kind = "nounset", .cause = "the variable %v is not set, and set -u is on",
	  .attempt = "set it, or write ${%v-}" },
	{ .kind = "readonly", .cause = "the variable %v is readonly" },
	{ .kind = "syntax", .cause = "the shell does not understand the step: nothing after it ran",
	  .attempt = "look at the place above; quotes and here-documents must end in their step" },
	{ .kind = "expansion", .cause = "a word could not be expanded" },
	{ .kind = "limit", .error = E2BIG, .cause = "the arguments are too long",
	  .attempt = "use xargs, or a file" },
	{ .kind = "limit", .cause = "a limit was reached: %e" },
	{ .kind = "lost", .cause = "the step ended its shell, or the box was lost",
	  .attempt = "does it kill processes by name or number, or close descriptors?" },
	{ .signal = SIGKILL, .cause = "something killed it; often the kernel, when memory is short",
	  .attempt = "give it less to do at once (make -j1), or more memory" },
	{ .signal = SIGSEGV, .cause = "it crashed: invalid memory access" },
	{ .signal = SIGBUS, .cause = "it crashed: bus error; a full disk or a file that was cut "
	                             "under a mapping" },
	{ .signal = SIGILL, .cause = "it crashed: an instruction this processor does not have",
	  .attempt = "was it built for a newer processor?" },
	{ .signal = SIGABRT, .cause = "it aborted itself; its output says why" },
	{ .signal = SIGFPE, .cause = "it crashed: division by zero or the like" },
	{ .signal = SIGPIPE, .cause = "it wrote to a pipe that nobody reads any more" },
	{ .signal = SIGXFSZ, .cause = "it wrote a file longer than allowed" },
	{ .signal = SIGSYS, .cause = "it made a system call that the box forbids" },
	{ .network = -1, .printed = "Temporary failure in name resolution|Could not resolve|"
	             "Name or service not known|bad address|Network is unreachable|"
	             "network unreachable|no such host",
	  .cause = "it wants the network, and the box has none",
	  .attempt = "make what it downloads an input; or \"network\": true in the action, and "
	             "--allow=network" },
	{ .network = 1, .printed = "Temporary failure in name resolution|Could not resolve|"
	             "Name or service not known|bad address|Network is unreachable|no such host",
	  .cause = "the box shares this host's network, and the name could not be resolved" },
	{ .printed = "No space left on device|Disk quota exceeded",
	  .cause = "the disk of the run folder is full",
	  .attempt = "free some space, or name another disk: WARPFORGE_RUNPATH=DIR" },
	{ .printed = "Invalid cross-device link",
	  .cause = "a folder of an input (or of an earlier step) cannot be renamed in an overlay, "
	           "and links do not cross inputs",
	  .attempt = "copy and remove instead: cp -a A B && rm -r A" },
	{ .printed = "Read-only file system", .cause = "it writes to an input that is read-only",
	  .attempt = "write elsewhere, or use mount:overlay or mount:rw" },
	{ .printed = "annot allocate memory|ut of memory|std::bad_alloc|MemoryError",
	  .cause = "memory was short",
	  .attempt = "give it less to do at once (make -j1), or more memory" },
	{ .printed = "Exec format error", .cause = "a program is for another architecture, or empty" },
	{ .printed = "rgument list too long", .cause = "the arguments are too long",
	  .attempt = "use xargs, or a file" },
	{ .printed = "oo many open files", .cause = "the limit of open files was reached" },
	{ .printed = "Operation not permitted",
	  .cause = "it did what needs more rights than root has in the box: chown to another "
	           "user, mount, mknod, ...",
	  .attempt = "owners are flattened when outputs are packed: often it can be left out" },
	{ .printed = "Permission denied",
	  .cause = "permission denied",
	  .attempt = "in the box root has few rights over files of other owners" },
	{ .printed = "command not found|: not found|: No such file or directory",
	  .cause = "a file or command is missing; the output names it",
	  .attempt = "add an input that has it, or correct the name" },
	{ .kind = "exit", .cause = "the script left with this status itself" },
	{ .silent = 1, .cause = "%c returned this status and printed nothing" },
	{ .cause = "%c returned this status; its output may say why" },
};
// clang-format on

static int was_printed(const char *tail, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, "|");

		if (memmem(tail, strlen(tail), words, n))
			return 1;
		words += n + (words[n] == '|');
	}
	return 0;
}

// Was the file named by its path, not looked for in PATH? `. FILE` tells the file alone.
static int is_by_path(const struct model_failure *f)
{
	return (f->argv.n && strchr(f->argv.items[0], '/')) ||
	       (f->argv.n > 1 && strcmp(f->argv.items[1], f->path) == 0);
}

static int fits(const struct rule *r, const struct model_step *s, int network)
{
	const struct model_failure *f = s->failure;

	return (!r->kind || strcmp(r->kind, f->kind) == 0) &&
	       (!r->error || r->error == f->error) &&
	       (!r->signal || r->signal == s->signal) &&
	       (!r->network || (r->network > 0) == (network > 0)) &&
	       (!r->by_path || is_by_path(f)) && (!r->silent || !f->tail[0]) &&
	       (!r->printed || was_printed(f->tail, r->printed));
}

static void say(struct str *out, const char *text, const struct model_failure *f)
{
	const char *slash = strrchr(f->path, '/');

	for (; *text; text++) {
		if (*text != '%') {
			str_addc(out, *text);
			continue;
		}
		switch (*++text) {
		case 'c':
			str_add(out, f->argv.n ? f->argv.items[0] : "the command");
			break;
		case 'p':
			str_add(out, f->path[0] ? f->path : "the file");
			break;
		case 'd':
			if (slash && slash > f->path)
				str_addn(out, f->path, (size_t)(slash - f->path));
			else
				str_add(out, slash ? "/" : ".");
			break;
		case 'v':
			str_add(out, f->variable);
			break;
		case 'l':
			str_add(out, f->loader[0] ? f->loader : "its interpreter");
			break;
		case 'e':
			str_add(out,
			        f->error ? strerror((int)f->error) : "see its output");
			break;
		default:
			break;
		}
	}
}

void cause_find(const struct model_step *s, int network, struct str *cause,
                struct str *attempt)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (!fits(&rules[i], s, network))
			continue;
		say(cause, rules[i].cause, s->failure);
		if (rules[i].attempt)
			say(attempt, rules[i].attempt, s->failure);
		return;
	}
}
