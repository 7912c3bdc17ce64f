// Writing JSON: upstream's dialect (spec §1.1 "Writer"), indented or on one line.
//
// JSON_TABS: one TAB per level, a newline after every element, {} and [] for empties, a
// newline after the outermost value. JSON_LINE: `{"a":1,"b":[2]}`, no newline at the end
// (event logs, --format=json). JSON_API: `{ "a": 1 } ` as upstream's --json lines.
// Strings are bytes; invalid UTF-8 is written as \ufffd (pass text through utf8_safe()
// first when the bytes matter).
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include <stddef.h>
#include <stdint.h>

struct str;

enum json_style { JSON_TABS, JSON_LINE, JSON_API };

struct jsonw {
	struct str *out; // appended to
	enum json_style style;
	int depth;
	int n[256]; // members so far at each depth (documents: 200 at most)
	int after_key;
};

void jsonw_init(struct jsonw *w, struct str *out, enum json_style style);
void jsonw_open(struct jsonw *w, char bracket);  // '{' or '['
void jsonw_close(struct jsonw *w, char bracket); // '}' or ']'
void jsonw_key(struct jsonw *w, const char *key);
void jsonw_keyn(struct jsonw *w, const char *key, size_t n);
void jsonw_str(struct jsonw *w, const char *s); // NULL writes null
void jsonw_strn(struct jsonw *w, const char *s, size_t n);
void jsonw_int(struct jsonw *w, int64_t v);
void jsonw_bool(struct jsonw *w, int v);
void jsonw_null(struct jsonw *w);

// key and value at once
void jsonw_kstr(struct jsonw *w, const char *key, const char *s);
void jsonw_kstrn(struct jsonw *w, const char *key, const char *s, size_t n);
void jsonw_kint(struct jsonw *w, const char *key, int64_t v);
void jsonw_kbool(struct jsonw *w, const char *key, int v);

#endif
