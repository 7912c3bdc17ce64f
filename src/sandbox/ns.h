// Small services for processes that live in namespaces of their own: cloning, hygiene of
// what a fork inherits, messages with a descriptor.
#ifndef SANDBOX_NS_H
#define SANDBOX_NS_H

#include <stddef.h>
#include <sys/types.h>

// A child in new namespaces, as fork() makes one (memory is copied). flags: CLONE_NEW*.
// exit_signal 0: waitpid(-1) of a caller who knows nothing of the child does not get it.
pid_t ns_clone(unsigned long flags, int exit_signal, int *pidfd);

// Overwrite the memory that /proc/PID/cmdline and environ show, set the process name.
// Strings of main()'s argv and of the environment are gone afterwards.
void ns_scrub(const char *title);
// Find out where that memory is; call once before the fork.
void ns_scrub_prepare(void);

// Close every descriptor above 2 but these (-1 is passed over). Sorts the list.
void ns_keep_fds(int *fds, size_t n);

// A descriptor's number moved above 2, in case the caller runs without stdio.
int ns_above_stdio(int fd);

// Signals: default actions, nothing blocked but `block` (0 = nothing).
void ns_reset_signals(int block);

// One message on a SOCK_SEQPACKET socket, with a descriptor when fd >= 0.
int ns_send(int sock, const void *p, size_t n, int fd);
// Receive one: bytes, 0 at the end, -1 with errno (ETIMEDOUT after timeout_ms, -1 = wait
// for ever). *fd (may be NULL) is -1 when none came.
ssize_t ns_recv(int sock, void *p, size_t n, int *fd, int timeout_ms);

#endif
