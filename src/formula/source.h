// The text of a document, places in it, and errors that show the place.
#ifndef FORMULA_SOURCE_H
#define FORMULA_SOURCE_H

#include <stdarg.h>
#include <stddef.h>

struct err;

// A place in the document's text: line and column from 1, column in bytes.
struct doc_pos {
	unsigned line, column;
	size_t off;
};

// A text and what to call it. Both are borrowed. The cursor is where source_at() was
// last: places asked for in order cost one pass over the text together.
struct source {
	const char *name;
	const char *text;
	size_t len;
	size_t cursor, line_start;
	unsigned line;
};

void source_init(struct source *s, const char *name, const char *text, size_t len);

// The place of the byte at off (off = len: behind the last one).
struct doc_pos source_at(struct source *s, size_t off);

// Set *e to "NAME:LINE:COLUMN: message", the line (cut when long) and a caret; details
// file, line and column. Everything shown is made safe for a terminal. Returns -1.
int source_error(const struct source *s, struct doc_pos pos, const char *code,
                 struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
int source_verror(const struct source *s, struct doc_pos pos, const char *code,
                  struct err *e, const char *fmt, va_list ap)
	__attribute__((format(printf, 5, 0)));

#endif
