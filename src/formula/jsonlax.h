// The lax commas of upstream's JSON (spec §1.1), made strict before the parser sees them.
//
// After a member or element at most one comma is taken, and it may be missing: `[1 2]`
// and
// `[1,]` are read, `[,1]` and `[1,,2]` are not. The scan follows the grammar only as far
// as that needs. Where a text is not even lax JSON it stops, leaves the rest as it is for
// the parser to refuse, and remembers the place and what was expected there.
#ifndef FORMULA_JSONLAX_H
#define FORMULA_JSONLAX_H

#include <stddef.h>

enum jsonlax_kind {
	JSONLAX_MISSING_COMMA,
	JSONLAX_TRAILING_COMMA,
	JSONLAX_LONE_SURROGATE
};

// One thing that was put right. Missing comma: off is behind the value that lacks it.
struct jsonlax_fix {
	enum jsonlax_kind kind;
	size_t off;
};

enum { JSONLAX_FIXES = 64 }; // the first ones are kept, the rest only counted

struct jsonlax {
	char *text; // strict text, NULL when the given one is strict already
	size_t len;
	size_t *inserted; // offsets in the strict text of bytes that were put in
	size_t n_inserted;
	struct jsonlax_fix fixes[JSONLAX_FIXES];
	size_t n_fixes, fixes_total;

	const char *expected; // why the scan stopped, NULL when it went through
	size_t stop;          // and where, in the given text
	size_t open;          // the bracket it was in; SIZE_MAX = none
	int too_deep;         // the reason is the depth
};

// Scan n bytes, at most max_depth brackets deep.
void jsonlax_scan(struct jsonlax *x, const char *text, size_t n, unsigned max_depth);
void jsonlax_finish(struct jsonlax *x);

// Where the byte at off of the strict text is in the given one.
size_t jsonlax_origin(const struct jsonlax *x, size_t off);

#endif
