// The operators of ${...} that are bash's: slices, replacement, case, ${v@X}.
#ifndef STEPSH_TRANSFORM_H
#define STEPSH_TRANSFORM_H

#include <stddef.h>

struct param;
struct var;

struct transform {
	const struct param *pm;
	struct var *var; // may be NULL
	char **list;     // in and out; a NULL element is an unset scalar
	int count;
	char star;      // 0: a scalar
	int positional; // the list is "$@": slices count $0 in
};

// 0, or -1 after a complaint (and sh.flow set).
int transform_apply(struct transform *t);

// The value of a parameter whose name is known only now: "x", "a[3]", "1", "@"... *p is
// NULL when it is unset. 0 or -1.
int indirect_value(const char *text, const char **p, size_t *n);

#endif
