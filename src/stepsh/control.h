// The control socket: serving steps to the workbench (base/wire.h).
#ifndef STEPSH_CONTROL_H
#define STEPSH_CONTROL_H

#include <sys/types.h>

#include "stepsh/ast.h"

struct rusage;
struct timespec;
struct wire_page;

extern struct wire_page *control_page; // NULL without --page

// Take over the descriptors: -1 after a complaint.
int control_start(int fd, int page_fd);
// Serve until the shell ends; does not return.
_Noreturn void control_serve(void);

int control_owns_signal(int sig); // used by the protocol: not to be trapped
// A simple command begins: the page.
void control_begin_command(const struct range *at, char **argv, int argc);
void control_child(pid_t pid); // which external command runs, 0 = none
int control_traces(void);      // are COMMAND messages wanted?
void control_command(const struct range *at, char **argv, int argc, pid_t pid, int status,
                     int signal, const struct timespec *t0, const struct rusage *ru);

#endif
