// Words to text: tilde, parameter, command and arithmetic expansion, splitting, pathnames,
// quote removal (XCU 2.6). Results lie in sh.arena; the caller marks and releases it.
//
// A failed expansion returns -1 (NULL): it has complained and has set sh.flow, which ends a
// shell that is not interactive.
#ifndef STEPSH_EXPAND_H
#define STEPSH_EXPAND_H

#include <stddef.h>
#include <stdint.h>

#include "stepsh/ast.h"

struct argv {
	char **v; // ends in NULL once argv_end() was called
	int n, cap;
};

void argv_add(struct argv *a, char *s);
void argv_end(struct argv *a);

// All words of the list as fields.
int expand_words(const struct word *w, struct argv *out);

enum {
	EXPAND_VALUE = 1, // tildes after = and : too (assignments)
};
// One word to one text, without splitting and pathnames.
char *expand_text(const struct word *w, size_t *n, int flags);

struct pattern {
	char *p;
	unsigned char *quoted;
	size_t n;
};
// A word as a pattern; with `regex`, quoted special characters are made literal by
// backslashes in p instead.
int expand_pattern(const struct word *w, struct pattern *out);
char *expand_regex(const struct word *w);

// Arithmetic of a word: 0 or -1.
int expand_arith(const struct word *w, int64_t *value);

// Say that a variable is not set, under set -u.
void expand_unset(const char *name, size_t n);

// Flags of pattern_match() that hold now.
int pattern_flags(void);

// Inside: text with an attribute per byte.
enum {
	ATTR_LITERAL, // unquoted, of the script
	ATTR_QUOTED,
	ATTR_SPLIT, // unquoted, of an expansion
	ATTR_BREAK, // not a byte: a field ends here
	ATTR_NULL,  // not a byte: a quoted nothing, there is a field
};
struct xbuf {
	char *p;
	unsigned char *attr;
	size_t n, cap;
	uint8_t split;    // fields are wanted
	uint8_t value;    // EXPAND_VALUE
	uint8_t unquoted; // attribute of literals: those in ${x-a b} split
};
void xbuf_put(struct xbuf *x, const char *s, size_t n, int attr);
int expand_parts(struct xbuf *x, const struct part *a);
int expand_word_into(struct xbuf *x, const struct word *w, int quoted);
int expand_param(struct xbuf *x, const struct param *pm, int quoted); // param.c
int fields_split(struct xbuf *x, struct argv *out);                   // field.c
char *xbuf_text(struct xbuf *x, size_t *n);

// subst.c: the output of commands into x.
int expand_command(struct xbuf *x, const struct part *a);
int expand_process(struct xbuf *x, const struct part *a);
void subst_remember_fd(int fd);
// Process substitutions since the mark: close our ends.
int subst_mark(void);
void subst_close(int mark);

#endif
