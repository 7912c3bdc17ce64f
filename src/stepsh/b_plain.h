// The builtins that need nothing of the shell (builtin_io.h): test, printf, echo, kill,
// ulimit, umask, true, false. One file each: b_NAME.c.
#ifndef STEPSH_B_PLAIN_H
#define STEPSH_B_PLAIN_H

#include <stddef.h>
#include <sys/types.h>

struct builtin_io;

// test and [ : argv[0] "[" demands a last argument "]". 0 true, 1 false, 2 error.
int b_test(int argc, char **argv, struct builtin_io *io);
// One unary operator of test or [[ ("-f"): 1 true, 0 false, -1 error (reported).
int test_unary(const char *op, const char *arg, struct builtin_io *io);
// One binary operator ("=", "-nt", "<", "-eq"): as above. "=" compares, no pattern.
int test_binary(const char *op, const char *a, const char *b, struct builtin_io *io);
// Is the word such an operator? Those of [[ are the same but for "=~" and "-a" "-o".
int test_is_unary(const char *word);
int test_is_binary(const char *word);

int b_printf(int argc, char **argv, struct builtin_io *io);
int b_echo(int argc, char **argv, struct builtin_io *io);

// kill, in two halves, because only the shell knows its jobs.
struct kill_request {
	int list;   // -l: b_kill_list() with the operands does it
	int signal; // 0 = only ask whether it could be sent
	int first;  // argv[first] is the first operand
};
// 0, or a status after a complaint.
int kill_parse(int argc, char **argv, struct builtin_io *io, struct kill_request *rq);
int kill_list(int argc, char **argv, int first, struct builtin_io *io);
// Resolve a job ("%1") to the process (or -group) to signal: 0 when it has complained.
typedef pid_t kill_job_fn(void *arg, const char *job);
// All of kill: parses, lists or sends. `job` may be NULL (no jobs here).
int b_kill(int argc, char **argv, struct builtin_io *io, kill_job_fn *job, void *arg);

int b_ulimit(int argc, char **argv, struct builtin_io *io);
int b_umask(int argc, char **argv, struct builtin_io *io);

#endif
