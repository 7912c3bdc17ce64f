// The rules of the box that are lists: what is hidden, which devices there are, which
// capabilities and limits hold. Sources: spec §4.2 (upstream's contract), sandbox.md §5.
#ifndef SANDBOX_TABLES_H
#define SANDBOX_TABLES_H

#include <stddef.h>
#include <stdint.h>

struct box_limits;

// UPSTREAM: always, even what the box could not reach anyway.
enum rule_when { RULE_UPSTREAM, RULE_ALWAYS, RULE_STRICT, RULE_LAX };

struct hide_rule {
	const char *path; // below /proc or /sys
	enum rule_when when;
	const char *text; // what is shown instead; NULL = nothing
};
extern const struct hide_rule hide_rules[];
extern const size_t n_hide_rules;

struct node_rule {
	const char *name; // in /dev
	unsigned major, minor;
	enum rule_when when;
};
extern const struct node_rule node_rules[];
extern const size_t n_node_rules;

struct link_rule {
	const char *name, *to; // in /dev
};
extern const struct link_rule link_rules[];
extern const size_t n_link_rules;

extern const uint64_t caps_formula, caps_build;

struct limit {
	int resource;
	const char *name;
	uint64_t soft, hard; // UINT64_MAX = unlimited
};
// Fill `out` (at least LIMITS_MAX rows) from a spec's wishes; returns the number.
enum { LIMITS_MAX = 16 };
size_t limits_make(const struct box_limits *l, struct limit *out);
// The memory a box may use when the spec does not say: four fifths of what is available.
uint64_t limits_memory_default(void);

int rule_applies(enum rule_when when, int strict);

#endif
