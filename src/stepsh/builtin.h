// The builtins: one sorted table, one file per family.
#ifndef STEPSH_BUILTIN_H
#define STEPSH_BUILTIN_H

#include "stepsh/b_plain.h"
#include "stepsh/builtin_io.h"
#include "stepsh/exec.h"

enum {
	BUILTIN_SPECIAL = 1,  // special builtin of POSIX
	BUILTIN_BASHISM = 2,  // not there in POSIX mode
	BUILTIN_PURE = 4,     // changes nothing in the shell: no process in $( )
	BUILTIN_DECLARES = 8, // takes arrays as arguments
};

struct assign;

struct builtin {
	const char *name;
	int (*run)(int argc, char **argv);
	int (*plain)(int argc, char **argv, struct builtin_io *io);
	int flags;
	const char *usage;
};

const struct builtin *builtin_find(const char *name);
const struct builtin *builtin_at(size_t i); // NULL at the end
// Run it; with `capture` its output is appended there instead of written.
int builtin_run(const struct builtin *b, int argc, char **argv, struct str *capture);

// Of the builtin that runs now: where output and complaints go.
extern struct builtin_io *sh_io;
// For argv[i]: the array assignment that stood there, or NULL (declare and the like).
extern const struct assign **sh_declares;
// Carry out NAME=(...); 0 or -1.
int assign_array(const struct assign *as, int flags);
int assign_one(const struct assign *as, int flags);
// The same with a name that may have a subscript, found at run time (read, printf -v).
// enable -n: switch a builtin off or on again; -1 when there is none of that name.
int builtin_disable(const char *name, int off);
int builtin_disabled(const char *name);
int assign_named(const char *name, const char *value, size_t n, int flags);

void getopts_reset(int optind);

// clang-format off
#define BUILTINS(X) \
	X(alias) X(bg) X(break) X(builtin) X(cd) X(command) X(continue) X(declare) X(dirs) \
	X(disown) X(dot) X(enable) X(eval) X(exec) X(exit) X(export) X(fg) X(getopts) X(hash) \
	X(jobs) X(let) X(local) X(mapfile) X(popd) X(pushd) X(pwd) X(read) X(readonly) \
	X(return) X(set) X(shift) X(shopt) X(sleep) X(times) X(trap) X(type) X(unalias) X(unset) X(wait) \
	X(caller)
// clang-format on
#define BUILTIN_DECL(n) int b_##n(int argc, char **argv);
BUILTINS(BUILTIN_DECL)
#undef BUILTIN_DECL

#endif
