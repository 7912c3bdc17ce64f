// The shell of this process. There is exactly one, so it is a global; everything that
// changes while scripts run hangs on it.
#ifndef STEPSH_SH_H
#define STEPSH_SH_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/str.h"
#include "stepsh/ast.h"
#include "stepsh/opt.h"

// Control flow that leaves the normal order. Whoever runs commands one after the other
// stops while sh.flow is set, and whoever it is meant for clears it.
enum flow {
	FLOW_NONE,
	FLOW_BREAK,    // sh.flow_count loops
	FLOW_CONTINUE, // sh.flow_count loops
	FLOW_RETURN,   // from the function or sourced file
	FLOW_EXIT,     // from the shell (or subshell)
	FLOW_ABORT, // to the prompt in an interactive shell, else to the next complete command
};

// Positional parameters. `v` points into the arguments of a function call, or at `owned`.
struct params {
	char **v;
	int n;
	char **owned; // one allocation with all texts, or NULL
};

enum frame_kind {
	FRAME_MAIN,
	FRAME_FUNCTION,
	FRAME_SOURCE,
	FRAME_STEP,
	FRAME_EVAL,
	FRAME_TRAP
};

struct saved_var;

// A call: innermost first.
struct frame {
	struct frame *up;
	uint8_t kind;      // enum frame_kind
	const char *name;  // function, file or step; interned
	struct range call; // where the call stands (src may be NULL)
	struct saved_var *locals;
	int options_saved; // local -
	uint64_t options;
};

struct func {
	struct func *next; // in its bucket
	const char *name;  // interned
	int refs;
	struct unit *unit;
	const struct command *def; // CMD_FUNCTION
	int exported;              // export -f
};

struct shell {
	const char *arg0; // $0
	struct params params;
	int status;           // $?
	int flow, flow_count; // enum flow
	int loop_depth;
	int func_depth;
	int source_depth;
	int subshell;     // depth of forked subshells
	int tested;       // errexit does not apply here (if, &&, !)
	int subst_status; // of the last command substitution of this command
	int subst_ran;
	pid_t pid;                // $$
	pid_t self;               // of this process
	pid_t last_async;         // $!
	uint64_t options;         // OPT_* bits
	uint64_t shopts;          // SHOPT_* bits
	struct arena arena;       // of commands: marked and released around each
	const struct command *at; // the simple command that runs, for positions
	struct range where;       // its place: LINENO and messages
	struct frame *frame;
	struct range *syntax_at;
	int keep_redirs;   // exec without a command: its redirections stay
	int special_error; // FLOW_EXIT is of sh_fatal_special()
	int trap_status;   // $? before the trap action that runs
	int in_trap;
	struct range trap_at; // the command that the outermost action interrupted
	struct str last_arg;  // $_
	int last_pipe[1];
	int *pipestatus; // PIPESTATUS
	int n_pipestatus, cap_pipestatus;
	int script_fd;      // the descriptor the script is read from, -1
	int control_fd;     // -1 without a control socket
	uint64_t commands;  // simple commands begun
	int64_t start_time; // seconds since the epoch
	uint64_t units;     // complete commands run
};

extern struct shell sh;

void shell_init(const char *arg0);
// Is the stack nearly used up? Recursion of scripts ends then, in an error.
int shell_stack_low(void);

// "place: message" on stderr, with `who` (a command's name, or NULL) before the message.
void sh_message(const char *who, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
// The same at another place, with the line and a caret below it.
void sh_complain(const struct range *at, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
// Append the line that the range is in, and on a second line a caret under it.
void range_snippet(struct str *out, const struct range *r, int caret);
// An error that ends a shell that is not interactive (XCU 2.8.1). Returns the status.
int sh_fatal(int status);
// An error that only gives up the complete command that is being run, as bash has it: what
// follows is run, in a file that is sourced too. In sh and under set -e it is fatal.
int sh_discard(int status);
// The same for a special builtin that was used wrongly: `command` keeps the shell alive.
int sh_fatal_special(int status);

static inline int sh_opt(uint64_t o)
{
	return (sh.options & o) != 0;
}

#endif
