// The store: warehouses, the cache of unpacked wares, memos, and the workspaces they lie in
// (spec §4.10, §5; layout and durability: store.md §7).
//
// Layout of a workspace directory I (".warpforge" or ".warphome"), paths as upstream's:
//	I/warehouse/abc/def/HASH              packed wares
//	I/cache/TYPE/fileset/abc/def/HASH/    unpacked wares
//	I/memos/FORMULAID.json
//	I/.wfx/{tmp,locks,quarantine,seal,index,alias}/   ours
//
// Slow calls (fetch, pack, verify) are made in a worker process by the caller; they report
// progress through a callback and stop when it returns non-zero. Several processes may use
// one store at once: locks are flock(2), per ware and shared/exclusive for the whole.
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "formula/ware.h"

struct err;
struct str;
struct store;

// A workspace stack: nearest first, the last is the root (spec §4.10).
struct workspace {
	char *dir;             // the directory that contains `inside`
	char *inside;          // ".../.warpforge" or ".../.warphome"
	int is_root;
};
struct workspaces {
	struct workspace *items;
	size_t n;
};
// home = $HOME (NULL: none). The root need not exist yet.
int workspaces_find(struct workspaces *w, const char *start_dir, const char *home,
                    struct err *e);
void workspaces_finish(struct workspaces *w);

struct store_config {
	const struct workspaces *workspaces;
	const char *warehouse;     // replaces the root's warehouse (WARPFORGE_WAREHOUSE), or NULL
	int verify_hits;           // check a cache hit against its index (quick); default 1
};

struct store *store_open(const struct store_config *c, struct err *e);
void store_close(struct store *s);
const char *store_root(const struct store *s); // the root workspace's inside directory

enum store_phase { STORE_WAIT, STORE_FETCH, STORE_UNPACK, STORE_PACK, STORE_VERIFY, STORE_COMMIT };
struct store_progress {
	enum store_phase phase;
	uint64_t in_bytes, in_total;   // of the packed form; total 0 = unknown
	uint64_t out_bytes;            // of file content
	uint64_t entries;
	const char *what;              // warehouse address or path
};
typedef int store_progress_fn(void *arg, const struct store_progress *p);

// A ware wanted on the cache shelf.
struct store_fetch {
	struct wareid id;
	const struct filters *filters;
	const char *addr;              // context address of the formula, or NULL
	const char *const *more_addrs; // catalog mirrors, NULL at the end, or NULL
	store_progress_fn *progress;
	void *arg;
};
struct store_tree {
	char *path;                    // the unpacked tree (absolute)
	char from[512];                // where it came from: "cache" or an address
	uint64_t bytes, entries;
	int lock_fd;                   // shared lock: keep open while the tree is in use
};
// Look-up order: cache, every workspace's warehouse, addr, more_addrs; the hash is always
// checked, the seal too. Codes rio-ware-not-found (with every place tried), rio-ware-corrupt,
// rio-hash-mismatch (details expected, actual), wfx-seal-mismatch, rio-filter-rejection,
// rio-warehouse-unavailable, wfx-no-space. "tar:-": warpforge-error-ware-unpack.
int store_fetch(struct store *s, const struct store_fetch *f, struct store_tree *out,
                struct err *e);
void store_tree_finish(struct store_tree *t);

// A blob on its way into the root workspace's warehouse:
//	store_blob_open()   a temporary file; write to b.fd (pack_tree() does)
//	store_blob_commit() sync, rename to its hash, sync the folder, write the seal
// The same ware being there already is success.
struct store_blob {
	int fd;
	char temp[64];
};
struct store_seal {
	uint64_t size;                 // of the blob
	unsigned char sha256[32], sha384[48]; // of the blob
	unsigned char tree[48];        // of the full tree, links and devices included
};
int store_blob_open(struct store *s, struct store_blob *b, struct err *e);
int store_blob_commit(struct store *s, struct store_blob *b, const struct wareid *id,
                      const struct store_seal *seal, struct err *e);
void store_blob_discard(struct store *s, struct store_blob *b);

// Memos: the run record of a formula as upstream's file, whole or not at all. A memo whose
// result wares are not all in some warehouse or cache is not a hit: 0 = none, 1 = hit.
int store_memo_read(struct store *s, const char *formula_id, struct str *json, struct err *e);
int store_memo_write(struct store *s, const char *formula_id, const char *json, size_t n,
                     struct err *e);

#endif
