// Simple commands (XCU 2.9.1).
#ifndef STEPSH_SIMPLE_H
#define STEPSH_SIMPLE_H

struct command;

int simple_exec(const struct command *c, int flags);
// The same with the output of a builtin appended to *capture.
struct str;
int simple_exec_capture(const struct command *c, int flags, struct str *capture);
int select_loop(const struct command *c);

// Run the command that argv names, without functions (`command`), or only builtins.
enum { RUN_NO_FUNCTION = 1, RUN_ONLY_BUILTIN = 2, RUN_DEFAULT_PATH = 4 };
int simple_run_argv(int argc, char **argv, int how);

#endif
