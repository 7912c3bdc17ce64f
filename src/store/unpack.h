// Unpack or scan a packed tree: gzip, zstd, xz, bzip2 or no compression (told by magic)
// around a tar archive, which is hostile.
//
// Everything is hashed on the way: the ware's tree, each file, the blob. Memory does not
// grow with the size of the ware: about 40 MiB, and about 170 bytes more for each entry.
#ifndef STORE_UNPACK_H
#define STORE_UNPACK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "formula/ware.h"
#include "store/codec.h"

struct err;

// Against bombs. 0 = the default. Exceeding one is the error rio-ware-corrupt, or
// wfx-no-space where the default of max_bytes was the limit.
struct unpack_limits {
	uint64_t max_entries; // default 20 million, parents made up for entries included
	uint64_t
		max_bytes; // sum of file sizes; default: free space of the target, 16 TiB
			   // for a scan, and 64 GiB for the holes of sparse files
	uint64_t max_memory; // of the records of entries; default 1 GiB
	uint32_t max_path;   // bytes of a path; default and most 4095
	uint32_t max_pax;    // bytes of one extended header or long name; default 1 MiB
};

struct unpack_opts {
	struct filters filters; // applied to what is placed and to `filtered`
	const char *want; // hash the ware must have before filters (without "tar:");
			  // NULL = any. Else the error rio-hash-mismatch with details
			  // expected, actual, filtered
	// The root becomes `name` in dirfd; it must not exist. NULL: the archive's
	// entries go into dirfd itself, an empty directory. A ware may be a single file:
	// that needs a name.
	const char *name;
	int index_fd;  // the table of entries (store/index.h) is written here; -1 = none
	bool need_end; // an archive without end mark is corrupt (upstream accepts it)
	int threads;   // that write and hash files; 0 = one a CPU
	struct unpack_limits limits;
	codec_progress_fn *progress;
	void *progress_arg;
	const atomic_bool
		*cancel; // becomes true: stop soon with wfx-cancelled; NULL = never
};

// filters_default(FILTER_UNPACK), no index, default limits.
void unpack_opts_init(struct unpack_opts *o);

struct unpack_result {
	// Texts of the tree hash (WareID without "tar:"); "-" when the root is neither a
	// file nor a directory. `seal` also covers symlinks, FIFOs and devices, which the
	// WareID does not (store/treehash.h); it is that of the ware before filters.
	char prefilter[HASH_TEXT];
	char filtered[HASH_TEXT];
	char seal[HASH_TEXT];
	struct blob_info blob;
	enum node_type root_type;
	uint64_t n_entries;    // records, the root and parents that were made up included
	uint64_t total_size;   // sum of file sizes
	uint64_t n_owner_lost; // entries whose uid or gid this process may not set
	uint64_t n_xattrs;     // entries with extended attributes (hashed, never placed)
	uint64_t n_globals;    // global pax headers (skipped, as upstream does)
	uint64_t n_conjured;   // parents that were made up
	uint64_t trailing;     // bytes other than zero after the end mark were ignored
	bool no_end;           // the end mark is missing
};

// Read in_fd to its end (a file, pipe or socket) and place the tree below dirfd; dirfd -1
// scans only. As root every owner is set; otherwise uid and gid 0 and the process's own
// are taken as the process's own, others are counted and stand in the index only.
//
// On failure a part of the tree may be there: unpack into a temporary place, and remove
// it then. Nothing is synced. Errors: rio-ware-corrupt, rio-inoperable-path (hardlinks),
// rio-filter-rejection, rio-hash-mismatch, wfx-no-space, wfx-cancelled,
// warpforge-error-io.
//
// Uses threads of its own, all joined before it returns. The files' descriptors it opens
// number about ten.
int unpack_tar(int in_fd, const struct unpack_opts *o, int dirfd, struct unpack_result *r,
               struct err *e);

#endif
