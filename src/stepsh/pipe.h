// Pipelines of several commands, and what `time` prints.
#ifndef STEPSH_PIPE_H
#define STEPSH_PIPE_H

#include "stepsh/ast.h"

struct rusage;
struct timespec;

// Run the members, each in a process of its own. With `async` nobody waits: it becomes a
// background job.
int pipe_run(const struct pipeline *l, int flags, int async);
// PIPESTATUS.
void pipe_remember(const int *st, int n);

// What has passed since the three were taken, on stderr.
void time_print(const struct timespec *t0, const struct rusage *a, const struct rusage *b,
                int posix);

#endif
