// The records of a pax extended header: "LENGTH KEY=VALUE\n", and what they say about one
// entry. Part of the tar reader.
#ifndef STORE_TARPAX_H
#define STORE_TARPAX_H

#include <stddef.h>
#include <stdint.h>

#include "store/tarread.h"

struct err;

struct pax_record {
	const char *key, *value;
	size_t key_len, value_len;
};
// Records one by one: start with *pos = 0; 1 = got one, 0 = end, -1 = malformed.
int pax_next(const char *p, size_t len, size_t *pos, struct pax_record *r);

// What records say beyond the entry's own fields.
struct pax_sparse {
	int version;       // 0: none said; 1: format 0.x; 2: format 1.0
	int64_t real_size; // -1: not given
	const char *name;
};

// Apply all records in r->pax to r->entry (strings go to r->mem) and gather the sparse
// map.
int pax_apply(struct tar_reader *r, struct pax_sparse *s, struct err *e);

// A decimal number that fills all of p: 0, or -1.
int pax_number(const char *p, size_t n, int64_t *out);

#endif
