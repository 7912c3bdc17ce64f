// Which ids the box has, and how they get into its user namespace.
//
// ONE    0 in the box is the caller, nothing else exists
// RANGE  0 is the caller, 1-65535 are the caller's subordinate ids (newuidmap)
// SHIFT  for real root: 0-65535 are an unused range of the host, so that uid 0 inside is
//        never uid 0 outside; files keep their ids through id-mapped mounts
#ifndef SANDBOX_IDS_H
#define SANDBOX_IDS_H

#include <sys/types.h>

#include "sandbox/box.h"

struct err;
struct str;

enum ids_kind { IDS_ONE, IDS_RANGE, IDS_SHIFT };

struct ids {
	enum ids_kind kind;
	uid_t uid; // outside id of 0
	gid_t gid;
	uid_t sub_uid; // RANGE: outside ids of 1..sub_count
	gid_t sub_gid;
	unsigned sub_count; // SHIFT: 0..sub_count-1 start at uid
};

// Choose for the calling user. `salt` spreads shifted boxes over different ranges.
int ids_choose(enum box_ids want, unsigned salt, struct ids *ids, struct err *e);

// Write the maps of the process (a child that waits in a new user namespace).
int ids_write(const struct ids *ids, pid_t pid, struct err *e);

// "0 -> 1000", for plans and logs.
void ids_print(const struct ids *ids, struct str *out);

// Whether /etc/subuid, /etc/subgid and newuidmap allow RANGE; why (may be NULL) is a
// sentence when they do not.
int ids_range(struct ids *ids, const char **why);

#endif
