// Failure reports: which command decided a status, where, why. Kept only where somebody
// asks (a control socket); then a failing command costs a copy of its words.
//
// A record is made where a command fails (report_failure()) and replaced by later ones; at
// the end of a step the last one belongs to the step's status. Children leave theirs in
// shared memory that only shells have, keyed by pid, and the parent that waits takes it.
#ifndef STEPSH_REPORT_H
#define STEPSH_REPORT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/wire.h"
#include "stepsh/ast.h"

struct plan;

extern int report_on;

void report_start(void);
// A failure is being dealt with: what kind, and one detail (PATH, VAR, INTERP, ... or
// WIRE_T_NONE). The next report_failure() takes it up.
void report_note(int kind, int tag, const char *p, size_t n, int error);
void report_note_more(int tag, const char *p, size_t n);
void report_note_clear(void);
// A command has ended with this status, which is not 0.
void report_failure(const struct range *at, char **argv, int argc,
                    const struct plan *plan, int status, int signal);
// Serial number of the last record: has something inside reported already?
uint64_t report_serial(void);
// A pipeline has failed: its statuses.
void report_pipeline(const int *statuses, int n);
// In a child that ends with a status: leave the record. In the parent: take it.
void report_leave(int status);
void report_take(pid_t pid, int status);
void report_take_drop(pid_t pid);
// The child becomes a program: leave what is known, the status is the parent's to see.
void report_before_exec(const struct range *at, char **argv, int argc,
                        const struct plan *plan);
void report_forget(void);
// Add the fields of the record to a STEP_END.
void report_fill(struct wire_msg *m, int status);

#endif
