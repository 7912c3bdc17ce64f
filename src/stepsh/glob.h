// Path expansion: a pattern to the sorted list of existing paths that match it.
//
// Source: POSIX.1-2024 XCU 2.6.6 and 2.14.3. "." and ".." are
// never found by a pattern, only by their own names (bash since 5.2 does so; the standard
// leaves it open). Slashes are kept as written: "*/" gives "a/", "x//*" gives "x//y"; a
// slash always ends a component, quoted or not, within brackets too.
#ifndef STEPSH_GLOB_H
#define STEPSH_GLOB_H

#include <stddef.h>

enum {
	GLOB_DOTGLOB = 1,  // '*' matches names with a leading period too (never . and ..)
	GLOB_GLOBSTAR = 2, // "**" as a whole component: any number of directories
	GLOB_EXTGLOB = 4,
	GLOB_NOCASE = 8,
};

// Called once for each path, in the order of the bytes. `path` (n bytes and a NUL) is valid
// during the call. Not 0 stops the expansion.
typedef int glob_push_fn(void *arg, const char *path, size_t n);

// Expand the n bytes at pat (quoted as in pattern.h). Returns 0; no match is no push: the
// caller keeps the word as it was. Returns what push returned when that was not 0.
int glob_expand(const char *pat, const unsigned char *quoted, size_t n, int flags,
                glob_push_fn *push, void *arg);

#endif
