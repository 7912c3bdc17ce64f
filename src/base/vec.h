// A growing array of one type, as a macro over {items, n, cap}.
//
//	struct { char **items; size_t n, cap; } v = { 0 };   // or: VEC(char *) v = { 0 };
//	*vec_push(&v) = xstrdup("a");                          // new slot, not cleared
//	for (size_t i = 0; i < v.n; i++) puts(v.items[i]);
//	vec_finish(&v);                                        // frees the array only
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"

#define VEC(type) \
	struct { \
		type *items; \
		size_t n, cap; \
	}

#define vec_reserve(v, more) \
	do { \
		if ((v)->n + (more) > (v)->cap) { \
			size_t cap_ = (v)->cap * 2; \
			(v)->cap = cap_ < (v)->n + (more) ? (v)->n + (more) : cap_; \
			if ((v)->cap < 8) \
				(v)->cap = 8; \
			(v)->items = xreallocarray((v)->items, (v)->cap, \
			                           sizeof(*(v)->items)); \
		} \
	} while (0)

#define vec_push(v) \
	({ \
		vec_reserve(v, 1); \
		&(v)->items[(v)->n++]; \
	})

#define vec_finish(v) \
	do { \
		free((v)->items); \
		(v)->items = NULL; \
		(v)->n = (v)->cap = 0; \
	} while (0)

#endif
