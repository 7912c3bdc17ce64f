// The host files a box with the host's network gets (spec §4.4): resolv.conf, the
// certificates, and the folders that links among the certificates lead through.
#ifndef SANDBOX_NETFILES_H
#define SANDBOX_NETFILES_H

#include "base/arena.h"
#include "base/vec.h"
#include "sandbox/box.h"

struct netfiles {
	struct arena arena;
	VEC(struct box_mount) mounts;
};

void netfiles_find(struct netfiles *n);
void netfiles_finish(struct netfiles *n);

#endif
