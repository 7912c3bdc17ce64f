// The seccomp programs: made when wfx is built (filter-gen.c, linked with libseccomp,
// writes filter-data.c), loaded by the entry process with seccomp(2).
//
// NAMES allows the calls that libseccomp knew at build time but for the table of
// dangerous ones (EPERM); any other call is ENOSYS. ARGUMENTS refuses by argument: ioctl
// requests, namespaces, socket families. They are stacked; the stricter answer wins.
#ifndef SANDBOX_FILTER_H
#define SANDBOX_FILTER_H

#include <stddef.h>

enum filter_id {
	FILTER_ARGUMENTS,
	FILTER_NAMES,
	FILTER_NO_SETID, // no set-id bits: when a host folder is writable in the box
	FILTER_INIT,     // what a generation's init needs, nothing else
	FILTER_COUNT,
};

struct sock_filter;

extern const struct filter_program {
	const struct sock_filter *code;
	unsigned short len;
} filter_programs[FILTER_COUNT];

// Install one for the calling process (no_new_privs set): -1 with errno.
int filter_load(enum filter_id id);

#endif
