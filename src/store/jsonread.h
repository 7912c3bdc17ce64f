// Reading the small JSON files the store writes itself (memos, seals): strict, flat
// memory.
//
//	struct jsonr r = { text, text + n };
//	jsonr_object(&r, member, arg) == 0 && jsonr_end(&r)
#ifndef STORE_JSONREAD_H
#define STORE_JSONREAD_H

#include <stddef.h>
#include <stdint.h>

struct str;

struct jsonr {
	const char *p, *end;
};

// Called for each member with the reader at its value, which it must consume. -1 = stop.
typedef int jsonr_member_fn(void *arg, const char *key, struct jsonr *r);

// All return 0, or -1 when the text is something else. Strings: \u escapes above ASCII
// are written as UTF-8; a NUL in a string is refused.
int jsonr_object(struct jsonr *r, jsonr_member_fn *fn, void *arg);
int jsonr_string(struct jsonr *r, struct str *s); // s is cleared first
int jsonr_int(struct jsonr *r, int64_t *v);
int jsonr_skip(struct jsonr *r); // any value
int jsonr_end(struct jsonr *r);  // 1 = only white space is left

#endif
