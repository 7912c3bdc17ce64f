// Variables: one growing hash table; local scopes by saving what was there.
#ifndef STEPSH_VAR_H
#define STEPSH_VAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct array;
struct frame;

enum {
	VAR_EXPORT = 1,
	VAR_READONLY = 2,
	VAR_INTEGER = 4,
	VAR_LOWER = 8,
	VAR_UPPER = 16,
	VAR_NAMEREF = 32,
	VAR_ARRAY = 64,
	VAR_ASSOC = 128,
	VAR_SET = 256, // has a value (scalar), or is an array
	VAR_LOCAL = 512,
	VAR_APPEND = 1024,   // only as a flag of var_assign(): +=
	VAR_DECLARED = 4096, // declare NAME, without a value
	VAR_FORCE = 2048,    // only as a flag: readonly does not matter
	VAR_ATTRIBUTES = VAR_EXPORT | VAR_READONLY | VAR_INTEGER | VAR_LOWER | VAR_UPPER |
	                 VAR_NAMEREF | VAR_ARRAY | VAR_ASSOC,
};

struct var;

// A variable that is computed or watched.
struct var_hook {
	const char *name;
	void (*get)(struct var *v); // refresh v->value before it is read; or NULL
	void (*set)(struct var *v); // after a change (also unset); or NULL
};

struct var {
	struct var *next;
	const char *name; // interned
	uint32_t name_len, hash;
	uint32_t flags;
	char *value; // NUL-terminated; valid while VAR_SET and no array
	size_t len, cap;
	struct array *array; // VAR_ARRAY, VAR_ASSOC
	const struct var_hook *hook;
	struct frame *owner; // frame of the innermost local declaration
};

// What `local` or a temporary assignment has covered.
struct saved_var {
	struct saved_var *next;
	struct var *v;
	struct var old;
};

void var_init(char **environ_);
void var_forget(void);
struct var *var_find(const char *name, size_t n); // NULL when never heard of
struct var *var_make(const char *name, size_t n);
// The one a nameref leads to (itself when it is none). NULL after a complaint (circle).
struct var *var_deref(struct var *v);

// The value, refreshed; NULL when unset. An array gives its element 0.
const char *var_value(struct var *v, size_t *n);
const char *var_get(const char *name); // NULL when unset

// 0, or -1 after a complaint (readonly, bad number). flags: VAR_EXPORT adds it, VAR_APPEND.
int var_assign(struct var *v, const char *value, size_t n, int flags);
int var_set(const char *name, const char *value, int flags);
int var_set_num(const char *name, int64_t value);
int var_unset(const char *name, size_t n); // 0, -1 after a complaint
int var_is_readonly(const struct var *v);  // complains when it is
void var_environ_changed(void);            // exported functions changed
void var_export(struct var *v, int how);   // 1 export, -1 stop exporting, 0 leave

// Save the state of v in the list, leaving it unset; `inherit` keeps the value.
void var_push(struct saved_var **list, struct var *v, int inherit);
void var_pop(struct saved_var **list); // bring all back, newest first

// The environment of a command: exported variables, with the pairs "NAME=value" in `extra`
// before them. The array lies in `a`; the texts live until the next change of a variable.
char **var_environ(struct arena *a, char **extra, int n_extra);

// Call for each variable, sorted by name.
void var_each(void (*fn)(void *arg, struct var *v), void *arg);
// Names that begin with a prefix, sorted; one allocation, ends in NULL, in the arena.
const char **var_names(struct arena *a, const char *prefix, size_t n);
// "declare -rx name='value'", as `style` has it: "export", "readonly", "declare" or NULL
// (`set`): name='value'.
void var_describe(struct str *out, struct var *v, const char *style);

// The characters of IFS: 1 = in it, 2 = in it and white space. ifs_first: its first byte.
extern unsigned char ifs_class[256];
extern char ifs_first[5];
// A delimiter of more than one byte at s: its length, else 0. ifs_wide: IFS has such ones.
extern int ifs_wide;
size_t ifs_wide_at(const char *s, size_t n);

#endif
