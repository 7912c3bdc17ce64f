// Shelves: the cache of unpacked wares.
//
//	I/cache/TYPE/fileset/abc/def/NAME    the tree. NAME is the hash *after*
//	                                     filters, as upstream's; HASH.SEAL where
//	                                     another tree has this hash already (they
//	                                     differ in links)
//	I/.wfx/index/TYPE/abc/def/NAME       what must be there (index.h)
//	I/.wfx/alias/TYPE/abc/def/HASH.KEY   asked hash and filters -> shelf
//
// A shelf's tree and index are renamed into place when they are right and on disk; the
// index first. cache/ and .wfx/ are 0700: nobody else writes there. The modes of the
// files belong to the ware and are left alone.
#ifndef STORE_CACHE_H
#define STORE_CACHE_H

#include "store/store.h"

struct check;

struct shelf {
	char type[16];
	char name[2 * HASH_TEXT];
	char seal[HASH_TEXT]; // of the ware before filters
};

// The shelf of a ware under these filters: 1 = there is an alias (the shelf itself may be
// gone), 0 = none.
int alias_read(struct store *s, const struct wareid *id, const struct filters *f,
               struct shelf *shelf);
int alias_write(struct store *s, const struct wareid *id, const struct filters *f,
                const struct shelf *shelf, struct err *e);

// What an alias file is about: the asked hash and the shelf. 0 = it is none.
int alias_target(int folder, const char *name, char *hash, size_t size,
                 struct shelf *shelf);

char *shelf_path(const struct store *s, const struct shelf *shelf); // absolute; free it
int shelf_exists(struct store *s, const struct shelf *shelf);
// Hold the shelf while it is used: a shared lock's descriptor.
int shelf_hold(struct store *s, const struct shelf *shelf, struct err *e);
// For who removes it: an exclusive lock, or -1 when somebody uses it. *used gets when it
// was last held.
int shelf_seize(struct store *s, const struct shelf *shelf, int64_t *used);
// Remove a seized shelf; when killed half-way it is out of sight already.
int shelf_remove(struct store *s, const struct shelf *shelf, struct err *e);
// Has it an index at all?
int shelf_indexed(struct store *s, const struct shelf *shelf);
// Bytes of file content, as its index says; 0 without one.
uint64_t shelf_bytes(struct store *s, const struct shelf *shelf);
// As tree_check(). A shelf without a readable index is 0.
int shelf_check(struct store *s, const struct shelf *shelf, int full, struct check *c,
                store_progress_fn *progress, void *arg, struct err *e);

// Move a shelf out of the way (runs that use it go on); `to` gets where it lies now.
int shelf_quarantine(struct store *s, const struct shelf *shelf, char *to, size_t size,
                     struct err *e);

// Put TEMPDIR/tree and TEMPDIR/index (synced) on the shelf of the hash `filtered`, or use
// what is there when it is the same and undamaged. Fills *shelf.
int shelf_publish(struct store *s, int tempdir, const char *type, const char *filtered,
                  const char *seal, struct shelf *shelf, struct err *e);

// Every shelf, in no particular order; stops when fn returns non-zero, and returns that.
typedef int shelf_fn(void *arg, const struct shelf *shelf);
int shelf_each(struct store *s, shelf_fn *fn, void *arg);

#endif
