// User namespaces from outside: why one cannot be made, entering one, cleaning up files
// whose owners exist only in one.
#ifndef SANDBOX_USERNS_H
#define SANDBOX_USERNS_H

#include <stddef.h>

struct err;

// Why this host forbids user namespaces, NULL when nothing is known to: a sentence, and
// what to do in *fix.
const char *userns_forbidden(const char **fix);
// Add that to an error.
void userns_explain(struct err *e);

// Join, as its root. In a forked, single-threaded child only.
int userns_enter(int userns, struct err *e);

// Remove the layers of a box below its run folder; userns >= 0: as root of that
// namespace.
void userns_remove_layers(const char *run_dir, int userns);

// Remove what is in `dir` but its lock, as root of a new namespace with the caller's
// subordinate ids. Without such ids nothing happens.
void userns_remove_with_range(const char *dir);

#endif
