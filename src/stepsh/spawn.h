// Programs: starting them at the cost of vfork, and saying why one could not be started.
#ifndef STEPSH_SPAWN_H
#define STEPSH_SPAWN_H

#include <sys/types.h>

#include "stepsh/ast.h"

struct plan;

struct spawn {
	const struct range *at;
	char **argv;
	int argc;
	char **env;
	const struct plan *plan;
	const char *path;         // search this instead of $PATH; NULL = no
	const char *arg0;         // exec -a: argv[0] of the program, NULL = argv[0]
	int in_place;             // this process may become the program
	const struct range *text; // for `jobs`
};

// Run it and wait: the status for $?. Failures have been reported.
int spawn_program(const struct spawn *s);

// Start it with `in` as stdin and `out` as stdout (-1 = ours; both close-on-exec and above
// 2) and do not wait. 0 when it could not be started: nothing was said, and nothing is left
// of it.
pid_t spawn_start(const struct spawn *s, int in, int out);

// Become the program (exec): returns only when that failed, with the status.
int spawn_exec(const struct spawn *s);

#endif
