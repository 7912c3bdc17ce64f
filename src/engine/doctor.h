// What this host allows, each with the fix: `wfx doctor`.
#ifndef ENGINE_DOCTOR_H
#define ENGINE_DOCTOR_H

#include <stddef.h>

struct doctor_row {
	char name[64];
	int ok;
	int needed;               // without it no formula can be run
	char why[1600], fix[600]; // "" when ok
};

// Looks at everything; at most `max` rows.
size_t doctor_look(struct doctor_row *rows, size_t max);

#endif
