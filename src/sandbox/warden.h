// The warden: first process of the box, owner of its namespaces, outside the pid
// namespace of the steps. It makes the tree, starts the generation's init and then serves
// requests.
#ifndef SANDBOX_WARDEN_H
#define SANDBOX_WARDEN_H

#include <stdint.h>

#include "sandbox/ids.h"

struct plan;

// What the processes of a box hold when they begin; -1 = none.
struct box_ends {
	int wfx;      // requests (SOCK_SEQPACKET)
	int report;   // write end of the start's pipe
	int status;   // write end of the end record's pipe
	int out, err; // write ends
	int ctl, page, shell;
};
enum { BOX_N_ENDS = sizeof(struct box_ends) / sizeof(int) };

struct warden_job {
	const struct plan *plan;
	const struct ids *ids;
	struct box_ends ends;
	int trees_from_wfx;
};

// In the child that ns_clone() made. Waits for one message on ends.wfx (the maps are
// written), never returns.
_Noreturn void warden_main(struct warden_job *job);

// Requests and answers.
enum warden_op {
	WARDEN_SIGNAL = 1, // arg: signal, for all of the generation but its init
	WARDEN_STOP,       // kill the generation, wait until it is gone
	WARDEN_ROOT,       // fd: root of the box with all mounts
	WARDEN_ROOT_ONLY,  // fd: without what is mounted in it
	WARDEN_PROCESSES,  // number: how many; text: their names, one a line
	WARDEN_WHY,        // text: what it knows about an unexpected end
};
struct warden_request {
	uint32_t seq, op;
	int32_t arg;
};
struct warden_answer {
	uint32_t seq;
	int32_t error; // errno, 0 = done
	int32_t number;
	char text[4096];
};

#endif
