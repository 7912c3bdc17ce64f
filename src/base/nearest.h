// The word that was probably meant: for "did you mean" in errors.
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

// The one of n names that is nearest to `name`, at most a third of its length away, or
// NULL. Names lie `stride` bytes apart, each struct beginning with a `const char *`, so
// that a table's column can be searched.
const char *nearest(const char *name, const void *names, size_t n, size_t stride);

#endif
