// Putting the box's tree together: executes the warden's rows of a plan.
//
// All happens on a scaffold, a tmpfs that lies over "/" of the warden's own mount
// namespace while host paths can still be opened, and becomes its root at the end:
//
//	store   the run folder (layers: store/lN, store/wN)
//	s/N     lower trees            m/e, m/f  the empty folder and file that hide
//things 	r       the box's root with everything mounted in it
//
// Overlay options are names relative to the scaffold, so no host path shows in mountinfo.
#ifndef SANDBOX_TREE_H
#define SANDBOX_TREE_H

#include <stddef.h>

#include "base/vec.h"

struct plan;
struct err;

enum tree_fs { TREE_PROC, TREE_SYS, TREE_MQUEUE, TREE_FS_COUNT };

struct tree {
	const struct plan *plan;
	int report; // created paths are told here
	int wfx;    // >= 0: detached trees come from this socket (real root made them)
	int scaffold, store, root, dev;
	// Where the generation's init sends what it makes (see init.h); then the roots of
	// these file systems in the box. -1: it could not be made.
	int init;
	int fs[TREE_FS_COUNT], fs_came[TREE_FS_COUNT], fs_errno[TREE_FS_COUNT];
	char fs_why[TREE_FS_COUNT][256];
	int n_trees;
	int *trees; // detached, -1 when used or absent
};

// All of it. Afterwards the scaffold is "/", and the host's tree at "/old" only waits to be
// unmounted.
int tree_build(struct tree *t, struct err *e);

#endif
