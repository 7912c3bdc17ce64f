// Programs: starting them at the cost of vfork, and saying why one could not be started.
#ifndef STEPSH_SPAWN_H
#define STEPSH_SPAWN_H

#include "stepsh/ast.h"

struct plan;

struct spawn {
	const struct range *at;
	char **argv;
	int argc;
	char **env;
	const struct plan *plan;
	const char *path;        // search this instead of $PATH; NULL = no
	const char *arg0;        // exec -a: argv[0] of the program, NULL = argv[0]
	int in_place;            // this process may become the program
	const struct range *text; // for `jobs`
};

// Run it and wait: the status for $?. Failures have been reported.
int spawn_program(const struct spawn *s);

// Become the program (exec): returns only when that failed, with the status.
int spawn_exec(const struct spawn *s);

#endif
