// Reading JSON into a tree with positions, in upstream's dialect (spec §1.1): yajl checks
// the grammar, jsonlax lets the lax commas through, and what is left to say (duplicate
// keys, NUL, ranges, limits) is checked here. Used for documents, memos and event lines.
#ifndef FORMULA_JSON_H
#define FORMULA_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "formula/source.h"

struct err;

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_INT,
	JSON_FLOAT,  // text as written
	JSON_STRING, // text, decoded; any bytes but NUL
	JSON_LIST,
	JSON_MAP,
	JSON_TYPE_COUNT,
};

// A value; below a map it has a key. Nothing in a tree changes after parsing.
struct json {
	enum json_type type;
	int boolean;
	size_t off;        // of the value's first byte in the text
	size_t key_off;    // of the key's opening quote
	const char *key;   // NULL when not below a map; NUL-terminated, contains none
	struct json *next; // next element or member, in the order of the text
	union {
		int64_t integer;
		struct {
			const char *text;
			size_t len;
		};
		struct {
			struct json *first;
			size_t n;
		};
	};
};

struct json_options {
	size_t max_size;    // bytes; 0 = 64 MiB
	size_t max_values;  // 0 = 1 million
	unsigned max_depth; // 0 = 200
	int strict;         // refuse lax commas
};

struct json_warning {
	struct doc_pos pos;
	const char *text;
};

// A parsed text. Zeroed = empty.
struct json_doc {
	struct arena arena;   // of the tree; may be used for more
	struct source source; // borrows the text that was parsed
	const struct json *root;
	struct json_warning *warnings; // commas that were missing or too many, in order
	size_t n_warnings;
};

// Parse n bytes, which must stay as they are as long as the positions are used. `name` is
// what errors call the text. `o` may be NULL. Code warpforge-error-serialization; on
// error nothing is kept.
int json_parse(struct json_doc *d, const char *name, const char *text, size_t n,
               const struct json_options *o, struct err *e);
void json_finish(struct json_doc *d);

// The member of a map, or NULL (also when m is NULL or no map).
const struct json *json_get(const struct json *m, const char *key);
// The string or integer of a member, else `otherwise`.
const char *json_get_text(const struct json *m, const char *key, const char *otherwise);
int64_t json_get_int(const struct json *m, const char *key, int64_t otherwise);

// "a string", "a map", ... for messages.
const char *json_type_name(enum json_type type);

#endif
