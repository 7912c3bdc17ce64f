// The store: warehouses, the cache of unpacked wares, memos, and the workspaces they lie
// in (spec §4.10, §5; what is promised: doc/store.md).
//
// Layout of a workspace directory I (".warpforge" or ".warphome"), paths as upstream's:
//	I/warehouse/abc/def/HASH              packed wares
//	I/cache/TYPE/fileset/abc/def/HASH/    unpacked wares
//	I/memos/FORMULAID.json
//	I/.wfx/{tmp,locks,quarantine,seal,index,alias}/   ours
//
// Slow calls (fetch, pack, verify) are made in a worker process, which shuts itself in
// with store_confine() first; they report progress through a callback and stop when it
// returns non-zero. Several processes may use one store at once: locks are flock(2), per
// ware and shared/exclusive for the whole. A process may be killed at any moment: what it
// left half done goes with the next store_open() or store_sweep().
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "formula/ware.h"
#include "store/codec.h"

struct err;
struct str;
struct store;
struct pack_opts;
struct pack_result;
struct unpack_result;

// A workspace stack: nearest first, the last is the root (spec §4.10).
struct workspace {
	char *dir;    // the directory that contains `inside`
	char *inside; // ".../.warpforge" or ".../.warphome"
	int is_root;
};
struct workspaces {
	struct workspace *items;
	size_t n;
};
// home = $HOME (NULL or "": none). The root need not exist yet. Code
// warpforge-error-workspace (no home and no root workspace), warpforge-error-io.
int workspaces_find(struct workspaces *w, const char *start_dir, const char *home,
                    struct err *e);
void workspaces_finish(struct workspaces *w);

struct store_config {
	const struct workspaces *workspaces;
	const char *warehouse; // in place of the root's (WARPFORGE_WAREHOUSE), or NULL
	int trust_hits;        // 1: do not check a cache hit against its index
};

// Makes the root workspace's directory when it is not there, and removes what dead
// processes left half done. Takes the shared lock on the store for as long as it is open.
struct store *store_open(const struct store_config *c, struct err *e);
void store_close(struct store *s);
const char *store_root(const struct store *s); // the root workspace's inside directory
const char *store_warehouse(const struct store *s); // directory where blobs are written

// For a worker process, for good: no changes to the file system but in this store and its
// warehouse, no network, no signals to others (worker_confine()). `dirs` are n more
// directories it may write below (NULL: none).
int store_confine(struct store *s, const int *dirs, size_t n, struct err *e);

// Remove what killed processes left half done. Call it after killing a worker.
void store_sweep(struct store *s);

enum store_phase {
	STORE_WAIT, // another process fetches the same ware
	STORE_FETCH,
	STORE_UNPACK,
	STORE_PACK,
	STORE_VERIFY,
	STORE_COMMIT,
	STORE_NOTICE, // `what` is a sentence the user should read (damage that was
		      // mended)
	STORE_PHASE_COUNT,
};
const char *store_phase_name(enum store_phase phase); // "unpack"; "?" when unknown

struct store_progress {
	enum store_phase phase;
	uint64_t in_bytes, in_total; // of the packed form; total 0 = unknown
	uint64_t out_bytes;          // of the tar stream
	uint64_t entries;
	const char *what; // warehouse address, path or sentence
};
typedef int store_progress_fn(void *arg, const struct store_progress *p);

// A ware wanted on the cache shelf.
struct store_fetch {
	struct wareid id;
	const struct filters *filters;
	const char *addr;              // context address of the formula, or NULL
	const char *const *more_addrs; // catalog mirrors, NULL at the end, or NULL
	store_progress_fn *progress;   // may be NULL
	void *arg;
};
struct store_tree {
	char *path;     // the unpacked tree (absolute); a ware may be a single file
	char from[512]; // where it came from: "cache" or an address
	uint64_t bytes, entries; // of file content; all nodes, the root included
	int lock_fd;             // shared lock: keep open while the tree is in use
};
// Look-up order: cache, every workspace's warehouse, addr, more_addrs; the hash is always
// checked, the seal too. Codes rio-ware-not-found (with every place tried),
// rio-ware-corrupt, rio-hash-mismatch (details expected, actual), wfx-seal-mismatch,
// rio-filter-rejection, rio-warehouse-unavailable, rio-local-cache-problem, wfx-no-space,
// wfx-cancelled. "tar:-" and packtypes that are not supported:
// warpforge-error-ware-unpack.
int store_fetch(struct store *s, const struct store_fetch *f, struct store_tree *out,
                struct err *e);
void store_tree_finish(struct store_tree *t);

// Unpack a ware for a user, past the cache, at `path`. A path that is not there is made
// whole or not at all. A directory that is there must be empty, or `force` empties it
// (when the ware has proved to be right); its entries appear one after the other. The
// rest as store_fetch(). Codes warpforge-error-invalid-argument (not empty, not a
// directory) and those of store_fetch().
struct store_place {
	struct wareid id;
	const struct filters *filters;
	const char *const *addrs; // searched after the workspaces' warehouses; or NULL
	const char *path;
	int force;
	store_progress_fn *progress; // may be NULL
	void *arg;
};
int store_place(struct store *s, const struct store_place *p, struct unpack_result *r,
                struct err *e);

// May this name a ware that can be fetched? The codes as above; never touches the disk.
int store_ware_check(const struct wareid *id, struct err *e);

// Is the ware in a warehouse of the workspaces, or unpacked in the cache? Only looks.
int store_has(struct store *s, const struct wareid *id);
int store_has_blob(struct store *s, const struct wareid *id); // in a warehouse

// What is known about a ware besides its WareID.
struct store_seal {
	struct blob_info blob; // as first seen
	char tree[HASH_TEXT]; // of the full tree, links and devices included (treehash.h)
};

// A blob on its way into the root workspace's warehouse:
//	store_blob_open()   a temporary file; write to b.fd (pack_tree() does)
//	store_blob_commit() sync, rename to its hash, sync the folder, write the seal
// The same ware being there already is success. store_blob_discard() afterwards (or
// instead) is always right. Codes rio-warehouse-unwritable, wfx-no-space,
// wfx-seal-mismatch (an earlier ware has this WareID but other links).
struct store_blob {
	int fd; // -1 when done
	char temp[64];
};
int store_blob_open(struct store *s, struct store_blob *b, struct err *e);
int store_blob_commit(struct store *s, struct store_blob *b, const struct wareid *id,
                      const struct store_seal *seal, struct err *e);
void store_blob_discard(struct store *s, struct store_blob *b);

// Copy a ware as it is, from wherever it is found, into an open blob, and check it there:
// then store_blob_commit(). The search and its errors are those of store_fetch(), without
// the cache. *seal is filled.
struct store_copy {
	struct wareid id;
	const char *const *addrs;    // searched after the workspaces' warehouses; or NULL
	store_progress_fn *progress; // may be NULL
	void *arg;
};
int store_copy(struct store *s, const struct store_copy *c, struct store_blob *b,
               struct store_seal *seal, struct err *e);

// Pack what is at `path` below rootfd into the root workspace's warehouse: blob_open,
// pack_tree (pack.h), blob_commit. Nothing at the path gives tar:- and no blob.
// `progress` and `arg` take the place of those in `o`.
struct store_pack {
	int rootfd;
	const char *path;
	const struct pack_opts *opts;
	store_progress_fn *progress;
	void *arg;
};
int store_pack(struct store *s, const struct store_pack *p, struct wareid *id,
               struct pack_result *r, struct err *e);

// Memos: the run record of a formula as upstream's file, whole or not at all. 1 = hit;
// 0 = none, and *e is filled when there is one that cannot be used: it is torn, or one of
// its result wares is no longer in any warehouse or the cache (a warning for the user;
// the run rewrites it). -1 = error.
int store_memo_read(struct store *s, const char *formula_id, struct str *json,
                    struct err *e);
int store_memo_write(struct store *s, const char *formula_id, const char *json, size_t n,
                     struct err *e);

#endif
