// A box: a live sandbox with its own namespaces, in which the steps of one formula run.
//
// wfx (S) clones the warden (owner of the namespaces, first of the outer pid namespace,
// all mounts are its work); the warden makes a generation: an inner pid namespace whose
// init forks the entry process (the step shell, or the command of an exec action). The
// order of calls and its traps: timetravel.md §1.1-1.2; the policy: sandbox.md.
//
// Use: fill a box_spec, box_start(); watch out_fd, err_fd, ctl_fd and end_fd in the loop;
// when end_fd turns readable, box_end_read(); box_stop_steps() ends all processes of the
// generation; box_open() gives a folder fd of the merged tree for packing;
// box_destroy() ends everything. If wfx dies in any way the kernel kills the box.
#ifndef SANDBOX_BOX_H
#define SANDBOX_BOX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct str;

enum box_mount_kind {
	BOX_OVERLAY, // writable overlay over the host folder `source`, changes stay in
		     // the box
	BOX_BIND_RO, // the host file or folder itself, read-only, with what is mounted
		     // below
	BOX_BIND_RW, // the same, writable: the host changes
	BOX_EMPTY,   // an overlay over nothing (a root without an input at "/")
};

struct box_mount {
	enum box_mount_kind kind;
	const char
		*target; // absolute path in the box, "/" for the root; parents are made
	const char *source; // absolute host path
	int trusted_owner; // source is a ware of our own cache (ids on disk count from 0)
};

enum box_ids {
	BOX_IDS_AUTO,  // a range where newuidmap and /etc/subuid (or root) allow it
	BOX_IDS_ONE,   // one-entry map: 0 in the box is the caller
	BOX_IDS_RANGE, // a range, or an error
};

enum box_caps { BOX_CAPS_FORMULA, BOX_CAPS_BUILD };

struct box_limits { // 0 = the default of sandbox.md §5.7
	uint64_t processes, open_files, file_size, memory_bytes, disk_bytes;
};

struct box_spec {
	const char *run_dir; // absolute, exists, ours, 0700: layers are made below
	const struct box_mount *mounts; // parents before children; the first is "/"
	size_t n_mounts;
	const char *const *env; // NAME=VALUE, NULL at the end; HOME is added from the
				// root's passwd when it is missing
	const char *hostname;   // NULL = "runc"
	int network;            // the host's network (consented to)
	int strict;
	enum box_ids ids;
	enum box_caps caps;
	struct box_limits limits;

	// The entry process: exactly one of
	int shell_fd;            // the stepsh image (any readable fd), or -1
	const char *const *argv; // a command, looked up in the box's PATH
	const char *shell_name;  // with shell_fd: its --name
	int shell_is_sh;         // and --sh: it stands for sh, not for bash
	int page_fd;             // with shell_fd: memory for struct wire_page, or -1

	// Files that appear at /.warpforge.container/script/NAME (formula's interpreter)
	const struct box_file {
		const char *name, *text;
		size_t len;
	} * script_files;
	size_t n_script_files;
};

struct box;

// How the entry process ended. `known` 0: it was lost (its report never came, the box
// died): never a success.
struct box_end {
	int known;
	int status; // exit status 0-255 when signal is 0
	int signal;
	int exec_errno;      // not 0: it never ran. exec failed with this errno ...
	char exec_path[256]; // ... on this path ("" when not found in PATH)
	char lost_why[200];  // also set when wfx itself killed it (memory limit)
	int64_t user_us, sys_us, maxrss_kb;
};

// Start a box; returns when the entry process has been exec'd or has failed to be (which
// box_end_read() then tells). Waits at most a few seconds. Codes wfx-sandbox (what the
// host lacks and how to mend it), wfx-input-mount (a mount's source), wfx-no-space.
struct box *box_start(const struct box_spec *spec, struct err *e);

int box_out_fd(const struct box *b); // step's stdout, non-blocking pipe
int box_err_fd(const struct box *b); // step's stderr
int box_ctl_fd(const struct box *b); // control socket of the shell (base/wire.h), or -1
int box_end_fd(const struct box *b); // readable when the entry process has ended
pid_t box_pid(const struct box *b);  // the warden

// After end_fd turned readable (or at any time: not ended yet = 1).
int box_end_read(struct box *b, struct box_end *end);

// Send a signal to the entry process' group and every process of the generation.
int box_signal(struct box *b, int signo, struct err *e);
// Kill every process of the generation and wait until they are gone; mounts stay.
int box_stop_steps(struct box *b, struct err *e);

// The merged tree: an O_PATH fd of the root as a step saw it. After box_stop_steps().
int box_open_root(struct box *b, struct err *e);
// The root's own overlay alone, without what is mounted in it (/proc, nested inputs):
// for packing "/". Close it to let it go.
int box_open_root_only(struct box *b, struct err *e);
// Join the box's user namespace (for a worker that packs: files belong to ids of the box
// and CAP_DAC_OVERRIDE holds there). Call in a forked, single-threaded child only.
int box_enter_users(const struct box *b, struct err *e);

// Paths in the box that no ware had and the runtime therefore made (mount points and
// their parents: /proc, /dev, /sys ...), parents first, for packing "/" without them. A NULL
// ends the list; *paths is NULL when there are none. Returns their number.
size_t box_own_paths(const struct box *b, const char *const **paths);

// Number of live processes of the generation besides its init and the entry; their names.
int box_processes(struct box *b, struct str *names);

// Kill and reap everything, remove the layers in run_dir. NULL is fine.
void box_destroy(struct box *b);

// The set-up as a readable list, one operation a line, without doing it (`wfx plan`).
int box_plan(const struct box_spec *spec, struct str *out, struct err *e);

// What this host allows. Each row: a name, whether it is there, why not, how to mend it.
struct box_probe {
	const char *name;
	int ok, needed; // needed: without it no box can be made
	char why[256], fix[512];
};
size_t box_doctor(struct box_probe *rows, size_t max);

// Remove what boxes of dead runs left below `parent` (run folders whose lock is free).
// Run folders are made by box_run_dir(): "run-XXXXXX" with a locked file `lock` in it.
int box_run_dir(const char *parent, char **path, int *lock_fd, struct err *e);
int box_sweep(const char *parent, struct err *e);
int box_run_dir_remove(const char *path, int lock_fd, struct err *e);

#endif
