// Arithmetic of the shell: $((...)), and bash's ((...)), let, array subscripts.
//
// Text in, a signed 64-bit number out; the text has had its parameters, substitutions and
// quotes expanded already. Arithmetic wraps around as two's complement. Nothing here knows
// about variables: they are reached through struct arith_env.
// Source: POSIX.1-2024 XCU 2.6.4 (the C grammar of integer constant expressions with
// assignments, without sizeof and without the need of ++ and --).
#ifndef STEPSH_ARITH_H
#define STEPSH_ARITH_H

#include <stddef.h>
#include <stdint.h>

enum {
	// bash: ** ++ -- and comma, base#n, subscripts, and the value of a variable is an
	// expression of its own. Without it a value must be a number (empty counts as 0).
	ARITH_BASH = 1,
};

struct arith_error {
	size_t off; // where in the text, in bytes (in a variable's value: of its name)
	const char *msg; // NULL: a callback failed and has spoken already
	char token[48];  // what stands at `off`, cut to fit and sanitised; may be empty
};

// The variables. A subscript comes as written (sub, sub_n), with sub NULL for a plain
// name; whether it is a number or a key is the callback's matter (it may call arith_eval()
// again; depth is limited over all such calls).
struct arith_env {
	void *arg;
	int flags;
	// 1 and *text = the value, NUL at its end, valid until the next callback; 0 = unset;
	// -1 = failed (nounset, bad subscript), and the callback has reported it.
	int (*get)(void *arg, const char *name, size_t n, const char *sub, size_t sub_n,
	           const char **text);
	// 0, or -1 = failed (readonly), and the callback has reported it.
	int (*set)(void *arg, const char *name, size_t n, const char *sub, size_t sub_n,
	           int64_t value);
};

// Evaluate the n bytes at text (need not end in NUL). 0 and *value, or -1 and *err.
// An empty text is 0.
int arith_eval(const char *text, size_t n, const struct arith_env *env, int64_t *value,
               struct arith_error *err);

// Read all of the n bytes as an integer constant with optional sign and blanks around it
// (decimal, 0octal, 0xhex; base#digits too with ARITH_BASH). 0, or -1 when it is none.
int arith_number(const char *text, size_t n, int flags, int64_t *value);

#endif
