// Host paths of a plan as mounts of our own: opened once, cloned, made read-only and
// harmless. By the warden itself, or, with ids mapped, by wfx when that is real root.
#ifndef SANDBOX_ORIGIN_H
#define SANDBOX_ORIGIN_H

struct op;
struct err;

// Clone and dress the host path of an OP_STORE or OP_TREE row, detached. userns_fd >= 0:
// with ids mapped through it. -2: an optional one that is not there.
int origin_open(const struct op *o, int userns_fd, struct err *e);

#endif
