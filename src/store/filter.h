// Filters applied to a node's metadata (spec §3.4).
#ifndef STORE_FILTER_H
#define STORE_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "formula/ware.h"

struct err;
struct node;

struct meta {
	uint32_t uid, gid;
	uint16_t mode; // 07777
	int64_t mtime_s;
	uint32_t mtime_ns;
};

// FILTER_MINE becomes this process's uid and gid. Before the others below.
struct filters filters_resolve(const struct filters *f);

// What the node's metadata becomes; f NULL: stays. True when something changed.
bool filter_apply(const struct filters *f, const struct node *n, struct meta *m);

// Do setid=reject and dev=reject let this node pass? The error (with this code) names it.
int filter_check(const struct filters *f, const struct node *n, const char *code,
                 struct err *e);

#endif
