// Why a program could not be started.
#ifndef STEPSH_WHY_H
#define STEPSH_WHY_H

// Complain and note the kind of failure; the status (127 not found, 126 otherwise). `file`
// is what was tried, NULL when nothing was found; `path` what was searched, NULL = $PATH.
int why_not_started(const char *name, const char *file, int error, const char *path);

// Is a file that execve() refused (ENOEXEC) a text for the shell?
int why_is_script(const char *file);

#endif
