// What a plain builtin sees of the world: where its output and its complaints go.
//
// A plain builtin is `int b_name(int argc, char **argv, struct builtin_io *io)` and returns
// an exit status. argv[argc] is NULL. It appends to io->out, says what is wrong by
// builtin_error(), and needs the shell only through the callbacks here, any of which may
// be NULL. The caller ends the run by builtin_io_finish(), which writes what is left and
// turns a failed write into a message and a status.
#ifndef STEPSH_BUILTIN_IO_H
#define STEPSH_BUILTIN_IO_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
	BUILTIN_BASH = 1,     // the ways of bash where they differ from POSIX and dash
	BUILTIN_XPG_ECHO = 2, // echo interprets escapes without -e
};

enum builtin_query {
	BUILTIN_IS_SET,    // [ -v name ]: is the variable (or name[subscript]) set?
	BUILTIN_IS_OPTION, // [ -o name ]: is the shell option on?
	BUILTIN_IS_NAMEREF // [ -R name ]
};

struct builtin_io {
	const char *name; // put before each message; usually argv[0]
	int flags;
	int fd[3]; // where descriptors 0, 1, 2 of the command are; fd[1] < 0: keep the
		   // output in `out`, the caller takes it
	struct str out;  // bytes not yet written
	int write_errno; // first failure to write; later output is dropped

	void *arg; // of the callbacks
	// One complaint, no newline, without the name; NULL: "name: msg\n" to fd[2].
	void (*error)(void *arg, const char *name, const char *msg);
	// 1 or 0.
	int (*query)(void *arg, enum builtin_query what, const char *word);
	// Give a variable a value (printf -v): 0, or -1 and it has reported.
	int (*assign)(void *arg, const char *name, const char *value, size_t n);
	int64_t start_time; // for %(fmt)T with -2, in seconds since the epoch
};

// Complain. Returns 1, so `return builtin_error(...)`; use builtin_usage for status 2.
int builtin_error(struct builtin_io *io, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int builtin_usage(struct builtin_io *io, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

// Write `out` when it has grown large (builtins with much output call this now and then).
// 0, or -1 when a write has failed: the builtin may stop early.
int builtin_io_flush(struct builtin_io *io);

// Write the rest. Returns `status`, or 1 after a complaint when a write failed and status
// was 0. `out` is empty afterwards, its memory kept, unless fd[1] < 0.
int builtin_io_finish(struct builtin_io *io, int status);

#endif
