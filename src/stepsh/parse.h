// The parser: text to tree, one complete command at a time, so that what a command changes
// (aliases, options) counts for the reading of the next one.
//
//	struct parser *p = parser_create(src, refill, arg);
//	while ((r = parser_next(p, &unit, &list)) > 0) { run list; unit_put(unit); }
//	if (r < 0) report p's error
//	parser_destroy(p);
#ifndef STEPSH_PARSE_H
#define STEPSH_PARSE_H

#include "stepsh/ast.h"

struct parser;

enum {
	PARSE_POSIX = 1, // only the standard's language
	PARSE_EXTGLOB = 2,
	PARSE_BRACES = 4, // brace expansion
	PARSE_ALIASES = 8,
};

struct parse_error {
	char msg[320]; // a sentence without position
	struct range range;
	int incomplete; // the text ended too early
};

struct parse_hooks {
	void *arg;
	// Append at least a byte to src (source_append()); 0 = there is no more. May be NULL.
	int (*refill)(void *arg, struct source *src, int continued);
	// The value of an alias, or NULL. May be NULL.
	const char *(*alias)(void *arg, const char *name, size_t n);
	// The flags that hold now (PARSE_*). May be NULL: 0.
	int (*flags)(void *arg);
};

struct parser *parser_create(struct source *src, const struct parse_hooks *hooks);
void parser_destroy(struct parser *p);

// 1: *list is a command (its memory and its source are *unit's, which the caller puts),
// 0: the text has ended, -1: syntax error.
int parser_next(struct parser *p, struct unit **unit, const struct list **list);
const struct parse_error *parser_error(const struct parser *p);
// Is there nothing but blanks after what was read?
int parser_at_end(struct parser *p);
int parser_at_eof(const struct parser *p); // the refill hook has said so
// Drop what is left of the text read so far, and the error: an interactive shell goes on.
void parser_restart(struct parser *p);
// How far the text has been read.
size_t parser_offset(const struct parser *p);

// Read the whole text as the inside of double quotes (PS4, ${x@P}): -1 on error.
int parse_quoted_text(struct parser *p, struct unit **unit, const struct word **word);

void source_append(struct source *s, const char *text, size_t n);
// A name that lives for ever, once per different text.
const char *intern(const char *s, size_t n);

int is_name(const char *s, size_t n);

#endif
