// Reading a JSON tree into structs by tables: which fields there are, which are required,
// who reads them and where they go. Every error shows the place and names what is legal.
#ifndef FORMULA_SCHEMA_H
#define FORMULA_SCHEMA_H

#include <stddef.h>

#include "formula/json.h"

struct err;
struct reader;

// Read the value v into *out. 0, or -1 with the reader's error set.
typedef int schema_fn(struct reader *r, const struct json *v, void *out);

struct schema_field {
	const char *name;
	schema_fn *read;
	size_t offset; // of the target in the struct
	int required;
};

struct schema {
	const char *what; // "formula", for messages
	const struct schema_field *fields;
	size_t n;
};

#define SCHEMA(name, what) \
	static const struct schema name = { \
		what, name##_fields, sizeof(name##_fields) / sizeof(*name##_fields) \
	}

// The state of one reading. `json` lives as long as what is read: all of it is in its
// arena.
struct reader {
	struct json_doc *json;
	struct err *e;
	const char *code; // of errors
	void (*warn)(struct reader *r, size_t off, const char *text);
	void *user; // of warn()
};

// A struct: a map with these fields only, all required ones there.
int schema_struct(struct reader *r, const struct json *v, const struct schema *s,
                  void *out);

// A keyed union: a map with exactly one member, whose key is one of the fields' names.
// *which (may be NULL) is the index of the field.
int schema_union(struct reader *r, const struct json *v, const struct schema *s,
                 void *out, size_t *which);

// The elements of a list or the members of a map, in the order of the text, each read by
// fn into the next element (cleared before) of the array that is returned; NULL on error.
void *schema_items(struct reader *r, const struct json *v, enum json_type type,
                   const char *what, schema_fn *fn, size_t item_size, size_t *n);

int schema_text(struct reader *r, const struct json *v, void *out); // const char *
int schema_bool(struct reader *r, const struct json *v, void *out); // int

// Refuse a value of another type.
int schema_expect(struct reader *r, const struct json *v, enum json_type type,
                  const char *what);

// Set the reader's error for the place at off. Returns -1.
int schema_error(struct reader *r, size_t off, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
