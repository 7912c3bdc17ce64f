// A box for tests of the run: its entry process is a function of the test that plays the
// step shell over a real control socket and real pipes. Nothing is contained.
#ifndef FAKEBOX_H
#define FAKEBOX_H

// In a child process: the control socket (base/wire.h), stdout and stderr. What it returns
// is the exit status.
typedef int fakebox_fn(int ctl, int out, int err);

extern fakebox_fn *fakebox_entry;
extern int fakebox_lost; // box_end_read() says that the entry process was lost
extern int fakebox_exec_errno;

#endif
