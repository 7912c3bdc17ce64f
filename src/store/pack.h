// Pack a directory (or a single file) as a tar ware: spec §3.5.
//
// The same tree gives the same bytes. The blob is a gzip file of many members of 1 MiB
// that any gzip reads (store/gzmember.h); all cores compress it.
#ifndef STORE_PACK_H
#define STORE_PACK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "formula/ware.h"
#include "store/codec.h"

struct err;

enum { PACK_RAW = -1 }; // level: a bare tar file

struct pack_opts {
	struct filters filters;
	// Absolute paths in the root, NULL-terminated arrays or NULL; those that do not
	// exist are no error. `prune`: the directory is packed, empty (a mount point).
	// `omit`: left out.
	const char *const *prune;
	const char *const *omit;
	// Directories that are mount points are packed empty, files that are are left out.
	bool one_file_system;
	int level;            // 1..12 as libdeflate's, 0 = 6, or PACK_RAW
	int threads;          // that compress; 0 = one a CPU
	uint64_t max_entries; // 0 = 20 million
	uint64_t max_bytes;   // of files, holes included; 0 = 1 TiB, of holes 64 GiB
	codec_progress_fn *progress;
	void *progress_arg;
	const atomic_bool
		*cancel; // becomes true: stop soon with wfx-cancelled; NULL = never
};

// filters_default(FILTER_PACK), nothing pruned.
void pack_opts_init(struct pack_opts *o);

struct pack_result {
	// WareID without "tar:"; "-" when there is nothing at the path.
	char hash[HASH_TEXT];
	char seal[HASH_TEXT]; // store/treehash.h; "-" likewise
	bool missing; // nothing at the path (or a dangling link): nothing was written
	enum node_type root_type;
	struct blob_info blob;
	uint64_t n_entries;
	uint64_t total_size; // sum of file sizes
};

// Pack the tree at `path` below rootfd, resolved as in a chroot there ("/" or "" is
// rootfd itself). Writes to out_fd from where it stands, nothing but the archive; out_fd
// -1 only computes the IDs. Needs no path outside rootfd, so it may run in a process that
// has joined other namespaces. The tree must be at rest: a file that changes its size
// while it is read is an error.
//
// Errors: rio-pack-invalid (sockets, a symlink as the path, limits),
// wfx-output-rejected (set-id bits and devices, by the filters),
// warpforge-error-ware-pack, wfx-no-space, wfx-cancelled. Nothing is synced.
int pack_tree(int rootfd, const char *path, const struct pack_opts *o, int out_fd,
              struct pack_result *r, struct err *e);

#endif
