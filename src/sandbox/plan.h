// What will be done to make a box, as data: a list of operations in the order in which
// they happen. Making it is pure (no privilege, nothing touched), so it can be printed
// (`wfx plan`) and tested; warden, init and entry then execute the rows of their phase.
#ifndef SANDBOX_PLAN_H
#define SANDBOX_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"

struct box_spec;
struct box_mount;
struct err;
struct str;

enum op_phase { PHASE_WARDEN, PHASE_INIT, PHASE_ENTRY };

enum op_kind {
	// The warden's: the tree is put together in its own mount namespace.
	OP_STORE,   // source: run folder; layers are made on this mount
	OP_TREE,    // source: host path, cloned as tree number `index`
	OP_OVERLAY, // target; index: layer number; tree: its lower, -1 = nothing
	OP_BIND,    // target; tree
	OP_PROC,    // target: procfs of the generation
	OP_SYS,     // target: sysfs
	OP_MASK,    // target below /proc or /sys: hidden, or shows source and len instead
	OP_RDONLY,  // target below /proc: made read-only
	OP_TMPFS,   // target; source: mount options as "key=value,..."
	OP_NODE,    // target; source: a device of the host; index: makedev()
	OP_LINK,    // target; source: what it points to
	OP_DEVPTS,  // target; source: options
	OP_MQUEUE,  // target
	OP_FILE,    // target; source, len: contents
	OP_SEAL,    // target: an own mount made read-only once it is filled
	// The init's: namespaces of the generation.
	OP_UNSHARE,  // a: CLONE_NEW*
	OP_HOSTNAME, // source
	OP_LOOPBACK,
	OP_ROOT, // enter the tree, leave everything else
	// The entry's: the last stretch before exec.
	OP_PERSONALITY, // a
	OP_RLIMIT,      // index: RLIMIT_*; a: soft, b: hard; target: its name
	OP_CAPS,        // a: the mask that stays
	OP_NO_NEW_PRIVS,
	OP_SCOPE,  // Landlock: no abstract sockets of, no signals to what is outside
	OP_FILTER, // index: enum filter_id
	OP_EXEC,
	OP_KIND_COUNT,
};

enum {
	OP_OPTIONAL = 1,  // a missing source or file system is passed over
	OP_RECURSIVE = 2, // with the mounts below
	OP_TRUSTED = 4,   // a ware of our cache
	OP_DIR = 8,       // the source must be a folder
	OP_WRITABLE = 16,
	OP_ALWAYS = 32, // hide it even if nobody in the box could open it
};

struct op {
	enum op_kind kind;
	unsigned flags;
	const char *target, *source;
	size_t len;
	int64_t index;
	int tree;
	unsigned attr; // MOUNT_ATTR_*
	uint64_t a, b;
};

struct plan {
	struct arena arena;
	VEC(struct op) ops;
	int n_trees, n_layers;
	int network, strict;
	uint64_t memory_bytes, disk_bytes; // the guard's limits
	char **env;  // copies; the caller's may lie in memory that is wiped
	char **argv; // NULL: the shell
	const char *shell_name;
	int shell_is_sh;
};

extern const struct op_info {
	const char *name;
	enum op_phase phase;
	enum op_show { // what plan_print() adds to target and source
		SHOW_NOTHING,
		SHOW_INDEX,
		SHOW_LAYER,
		SHOW_TREE,
		SHOW_NAMESPACES,
		SHOW_MASK,
		SHOW_LIMITS,
		SHOW_SIZE,
	} show;
} op_infos[OP_KIND_COUNT];

// `extra` mounts (the network's files) follow the spec's own. Errors: wfx-sandbox (the
// spec cannot be: a target that is not absolute, below /proc ...), wfx-input-mount.
int plan_init(struct plan *p, const struct box_spec *spec, const struct box_mount *extra,
              size_t n_extra, struct err *e);
void plan_finish(struct plan *p);
void plan_print(const struct plan *p, struct str *out);

#endif
