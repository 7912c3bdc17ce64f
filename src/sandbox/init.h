// The init of a generation: pid 1 of the inner pid namespace, whose death is the death of
// every step process. Makes the generation's own namespaces and file systems, enters the
// tree, forks the entry process, then only reaps, reports and forwards signals.
#ifndef SANDBOX_INIT_H
#define SANDBOX_INIT_H

#include <stdint.h>

struct plan;
struct box_ends;

// Never returns. `warden` is a SOCK_SEQPACKET to the warden: init sends one init_mount
// per file system, receives init_enter, then signals (int32_t).
_Noreturn void init_main(const struct plan *plan, struct box_ends *ends, int warden);

struct init_mount {    // with the detached mount
	int32_t which; // enum tree_fs
	int32_t error;
	char why[256];
};
struct init_enter { // what "/r" of the scaffold must be
	uint64_t dev, ino;
};

#endif
