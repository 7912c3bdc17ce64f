#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { ALIGN = 16, FIRST = 4096 - 32, LARGEST = 256 * 1024 };

struct arena_block {
	struct arena_block *below;
	size_t used, size;
	_Alignas(ALIGN) char data[];
};

static struct arena_block *block_new(struct arena *a, size_t need)
{
	struct arena_block *b = a->spare;
	size_t size = a->head ? a->head->size * 2 : FIRST;

	if (b && b->size >= need) {
		a->spare = NULL;
	} else {
		if (size > LARGEST)
			size = LARGEST;
		if (size < need)
			size = need;
		b = xmalloc(sizeof(*b) + size);
		b->size = size;
	}
	b->used = 0;
	b->below = a->head;
	a->head = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	struct arena_block *b = a->head;
	void *p;

	if (n > SIZE_MAX / 2)
		abort();
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!b || b->size - b->used < n)
		b = block_new(a, n);
	p = b->data + b->used;
	b->used += n;
	return p;
}

void *arena_zalloc(struct arena *a, size_t n)
{
	return memset(arena_alloc(a, n), 0, n);
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *d = arena_alloc(a, n);

	if (n)
		memcpy(d, p, n);
	return d;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *d = arena_alloc(a, n + 1);

	if (n)
		memcpy(d, s, n);
	d[n] = '\0';
	return d;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){ a->head, a->head ? a->head->used : 0 };
}

void arena_release(struct arena *a, struct arena_mark m)
{
	while (a->head != m.block) {
		struct arena_block *b = a->head;

		a->head = b->below;
		if (!a->spare || a->spare->size < b->size) {
			free(a->spare);
			a->spare = b;
		} else {
			free(b);
		}
	}
	if (a->spare && a->spare->size > LARGEST) {
		free(a->spare);
		a->spare = NULL;
	}
	if (a->head)
		a->head->used = m.used;
}

void arena_finish(struct arena *a)
{
	arena_release(a, (struct arena_mark){ 0 });
	free(a->spare);
	*a = (struct arena){ 0 };
}
