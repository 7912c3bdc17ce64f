#include "base/map.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum { REMOVED = 0xffffffff };

static uint64_t seed(void)
{
	static uint64_t value;

	if (!value) {
		struct timespec t;

		clock_gettime(CLOCK_REALTIME, &t);
		value = ((uint64_t)t.tv_nsec << 32 ^ (uint64_t)t.tv_sec ^
		         (uint64_t)getpid() << 16 ^ (uintptr_t)&value) |
		        1;
	}
	return value;
}

// FNV-1a over the seed; keys are short names and paths.
uint64_t map_hash(const void *key, size_t len)
{
	const unsigned char *p = key;
	uint64_t h = 0xcbf29ce484222325u ^ seed();

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	return h ^ h >> 32;
}

static size_t slot_of(const struct map *m, const void *key, size_t len, uint64_t hash)
{
	size_t mask = m->n_slots - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		const struct map_entry *e;

		if (m->slots[i] == 0)
			return i;
		if (m->slots[i] == REMOVED)
			continue;
		e = &m->entries[m->slots[i] - 1];
		if (e->hash == hash && e->len == len && memcmp(e->key, key, len) == 0)
			return i;
	}
}

struct map_entry *map_find(const struct map *m, const void *key, size_t len)
{
	size_t i;

	if (!m->n)
		return NULL;
	i = slot_of(m, key, len, map_hash(key, len));
	return m->slots[i] ? &m->entries[m->slots[i] - 1] : NULL;
}

void *map_get(const struct map *m, const void *key, size_t len)
{
	struct map_entry *e = map_find(m, key, len);

	return e ? e->value : NULL;
}

static void rehash(struct map *m, size_t n_slots)
{
	free(m->slots);
	m->slots = xcalloc(n_slots, sizeof(*m->slots));
	m->n_slots = n_slots;
	m->n_dead = 0;
	for (size_t i = 0; i < m->n; i++) {
		const struct map_entry *e = &m->entries[i];

		m->slots[slot_of(m, e->key, e->len, e->hash)] = (uint32_t)i + 1;
	}
}

struct map_entry *map_put(struct map *m, const void *key, size_t len, int *added)
{
	uint64_t hash = map_hash(key, len);
	struct map_entry *e;
	size_t i;

	if (added)
		*added = 0;
	if ((m->n + m->n_dead + 1) * 4 > m->n_slots * 3) {
		size_t want = 16;

		while (want < (m->n + 1) * 2)
			want *= 2;
		rehash(m, want);
	}
	i = slot_of(m, key, len, hash);
	if (m->slots[i])
		return &m->entries[m->slots[i] - 1];
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 8;
		m->entries = xreallocarray(m->entries, m->cap, sizeof(*m->entries));
	}
	e = &m->entries[m->n++];
	e->key = xmalloc(len + 1);
	if (len)
		memcpy(e->key, key, len);
	e->key[len] = '\0';
	e->len = len;
	e->hash = hash;
	e->value = NULL;
	m->slots[i] = (uint32_t)m->n;
	if (added)
		*added = 1;
	return e;
}

void *map_remove(struct map *m, const void *key, size_t len)
{
	struct map_entry *e = map_find(m, key, len), *last;
	void *value;
	size_t i;

	if (!e)
		return NULL;
	value = e->value;
	i = slot_of(m, key, len, e->hash);
	m->slots[i] = REMOVED;
	m->n_dead++;
	free(e->key);
	last = &m->entries[m->n - 1];
	if (last != e) {
		i = slot_of(m, last->key, last->len, last->hash);
		*e = *last;
		m->slots[i] = (uint32_t)(e - m->entries) + 1;
	}
	m->n--;
	return value;
}

void map_finish(struct map *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->entries[i].key);
	free(m->entries);
	free(m->slots);
	*m = (struct map){ 0 };
}
