// Memory for things that die together: allocate piece by piece, free all at once.
//
// A zeroed struct is an empty arena. Blocks double up to 256 KiB; a larger piece gets its
// own. arena_mark() and arena_release() give back everything allocated since the mark and
// keep one block for the next round, so a loop that marks and releases runs flat.
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *head; // block that is being filled
	struct arena_block *spare;
};

struct arena_mark {
	struct arena_block *block;
	size_t used;
};

void *arena_alloc(struct arena *a, size_t n);  // aligned to 16, not cleared
void *arena_zalloc(struct arena *a, size_t n); // cleared
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n); // exactly n bytes and NUL
void *arena_memdup(struct arena *a, const void *p, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

struct arena_mark arena_mark(const struct arena *a);
void arena_release(struct arena *a, struct arena_mark m);
void arena_finish(struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_zalloc((a), sizeof(type)))

#endif
