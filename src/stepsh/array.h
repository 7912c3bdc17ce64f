// Values of array variables: indexed (sparse, sorted) and associative (in order of
// insertion until something is removed).
#ifndef STEPSH_ARRAY_H
#define STEPSH_ARRAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct var;
struct array;

struct array *array_create(int assoc);
void array_destroy(struct array *a);
struct array *array_copy(const struct array *a);
int array_is_assoc(const struct array *a);
size_t array_count(const struct array *a);
int64_t array_next_index(const struct array *a); // one more than the largest

// The element, or NULL. `index` counts for indexed arrays (negative: from the end), `key`
// for associative ones.
const char *array_get(const struct array *a, int64_t index, const char *key);
// Elements one by one: i from 0. An index as text lies in buf.
const char *array_at(const struct array *a, size_t i, const char **key, char buf[24]);
void array_put(struct array *a, int64_t index, const char *key, const char *value,
               size_t n, int append);
void array_remove(struct array *a, int64_t index, const char *key);
void array_describe(struct str *out, const struct array *a); // (["k"]="v" ...)
void quote_declare(struct str *out, const char *s,
                   size_t n); // "v" as declare -p writes it

// Set an element of v, which becomes an array; checks the range and readonly. 0 or -1.
int array_set(struct var *v, int64_t index, const char *key, const char *value, size_t n,
              int append);
// Make v an (empty, unless it was one or had a value) array. -1 after a complaint.
int array_make(struct var *v, int assoc);
// A subscript as text (already expanded) to index or key. 0, or -1 after a complaint.
int array_subscript(const struct var *v, const char *sub, size_t n, int64_t *index);

#endif
