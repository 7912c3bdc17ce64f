// Simple commands (XCU 2.9.1).
#ifndef STEPSH_SIMPLE_H
#define STEPSH_SIMPLE_H

struct command;

int simple_exec(const struct command *c, int flags);
// The same with the output of a builtin appended to *capture.
struct str;
int simple_exec_capture(const struct command *c, int flags, struct str *capture);
int select_loop(const struct command *c);

// Can the command be started without a shell of its own: a program whose words change
// nothing while they are expanded? 1: *s and *plan are ready (in sh.arena); 0: no.
struct spawn;
struct plan;
int simple_as_program(const struct command *c, struct spawn *s, struct plan *plan);
// Does expanding these parts leave the shell as it is, and cannot fail?
struct part;
int parts_are_pure(const struct part *a);

// Run the command that argv names, without functions (`command`), or only builtins.
enum { RUN_NO_FUNCTION = 1, RUN_ONLY_BUILTIN = 2, RUN_DEFAULT_PATH = 4 };
int simple_run_argv(int argc, char **argv, int how);

#endif
