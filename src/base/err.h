// An error on its way up: a code from one table, a sentence, a hint and details.
//
// Functions that can fail take `struct err *e` last, return -1 (or NULL) and have then
// filled *e. `e` may be NULL when the caller does not care. A zeroed struct is "no error";
// nothing in it needs freeing. The message reads outermost first: err_wrap() puts
// "doing x: " in front of what is there.
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>

struct err {
	const char *code;   // from the table in err.c; NULL = no error
	int sys;            // errno, 0 when it does not apply
	char msg[1536];     // "what failed: on what: why", no newline at the end
	char hint[512];     // what to try; empty = the table's hint for the code
	char details[1024]; // "key\0value\0...\0" (ends with an empty key)
	size_t details_len;
};

// One row of the table of codes. Upstream's names ("warpforge-error-...", "rio-...") are
// kept where the meaning is the same, ours begin with "wfx-". See spec §4.14 and cli.md.
struct err_code {
	const char *code;
	int exit_status;  // of `wfx` when this error ends it
	const char *hint; // NULL when there is nothing general to say
};

// Set *e anew. `code` must be a row of the table. Returns -1, so `return err_set(...)`.
int err_set(struct err *e, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

// As err_set(), with ": strerror(errno)" appended and e->sys set.
int err_sys(struct err *e, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

// Put "fmt: " in front of the message. Returns -1.
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// Say what to try, in place of the table's hint. Returns -1.
int err_hint(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// Add a key and a value for machines ({"details":{...}}); dropped when there is no room.
void err_detail(struct err *e, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

// The details one by one: start with *pos = 0; false at the end.
int err_detail_next(const struct err *e, size_t *pos, const char **key,
                    const char **value);

// The hint a user should read: e->hint, else the table's, else NULL.
const char *err_hint_text(const struct err *e);

// The exit status of wfx for this error (cli.md); 125 for a code that is not in the table.
int err_exit_status(const struct err *e);

// The row of a code, or NULL.
const struct err_code *err_code_find(const char *code);

void err_clear(struct err *e);

#endif
