// A hash table from byte strings to pointers (open addressing, grows, keys copied).
//
// A zeroed struct is an empty map. Values are the caller's. Iteration order is the order
// of insertion as long as nothing is removed; after a removal it is unspecified.
// Hash flooding is no concern: the seed is per process.
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map_entry {
	char *key; // NUL added after the key's own bytes
	size_t len;
	uint64_t hash;
	void *value;
};

struct map {
	struct map_entry *entries; // dense
	size_t n, cap;
	uint32_t *slots; // index + 1 into entries; 0 = free, UINT32_MAX = removed
	size_t n_slots;
	size_t n_dead; // removed slots
};

void *map_get(const struct map *m, const void *key, size_t len); // NULL when absent
struct map_entry *map_find(const struct map *m, const void *key, size_t len);
// The entry of the key, made with a NULL value when absent. *added may be NULL.
// Valid until the next change of the map.
struct map_entry *map_put(struct map *m, const void *key, size_t len, int *added);
void *map_remove(struct map *m, const void *key, size_t len); // its value, or NULL
void map_finish(struct map *m);

uint64_t map_hash(const void *key, size_t len);

#endif
