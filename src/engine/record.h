// A run record: the result of one execution as upstream defines it (spec §1.6). It is the
// content of a memo and, in the envelope {"runrecord": ...}, a line of stdout.
#ifndef ENGINE_RECORD_H
#define ENGINE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"

struct err;
struct str;

struct record_result {
	char *name;
	char *ware; // "ware:tar:..."
};

struct record {
	char guid[37];
	int64_t time; // unix seconds
	char *formula_id;
	int exitcode;
	VEC(struct record_result) results; // in the document's order
};

void record_add(struct record *r, const char *name, const char *ware);
void record_clear(struct record *r); // no results any more
void record_finish(struct record *r);

// Append the memo file's text (tabs), or the line for stdout with its newline.
void record_memo(const struct record *r, struct str *out);
void record_line(const struct record *r, struct str *out);

// Read a memo. *r is to be finished in either case. Code warpforge-error-serialization.
int record_read(struct record *r, const char *json, size_t n, struct err *e);

#endif
