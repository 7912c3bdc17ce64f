// Where commands are: the search in PATH, remembered.
#ifndef STEPSH_PATH_H
#define STEPSH_PATH_H

#include <stddef.h>

struct str;

// The file that `name` runs, NULL with errno (ENOENT, EACCES) when there is none. A name
// with a slash is itself. With `path` that is searched and nothing is remembered. The
// result is valid until the next call.
const char *path_find(const char *name, const char *path, int remember);
// A readable file for `.`: looked for in PATH, then here.
const char *path_find_source(const char *name);
void path_forget(void);
void path_forget_one(const char *name);
// The standard PATH of command -p.
extern const char path_default[];

#endif
