// A fileset in memory and its digests: rio's tree hash, and the seal.
//
// Node hash (spec §3.2), everything CBOR with minimal heads:
//	meta = { "n": name, "t": type, "p": perms, "u": uid, "g": gid, ["l": link,]
//	         ["dM": major, "dm": minor,] "m": mtime s, "mn": mtime ns, ["x": {xattrs}]
//} 	dir  = sha384({ "m": meta, "l": [_ the children's hashes _] }) 	file = sha384({
//"m": meta, "h": sha384(content) })
// Children are sorted bytewise by name, a directory's name with '/' appended. Symlinks,
// FIFOs and devices have no hash: they are left out of their parent's list. A WareID
// therefore says nothing about them. This is upstream's format and cannot be changed.
//
// The seal closes the hole: it is the same, but every other node has the hash
//	other = sha384({ "m": meta })
// and stands in its parent's list like the rest. A tree of files and directories only has
// a seal equal to its tree hash.
#ifndef STORE_TREEHASH_H
#define STORE_TREEHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "formula/ware.h"
#include "store/codec.h"

struct err;

struct xattr {
	struct xattr *next; // sorted by name
	size_t name_len, value_len;
	char *name, *value;
};

enum {                       // as INDEX_... in store/index.h
	NODE_CONJURED = 2,   // a parent that was made up
	NODE_MTIME_LOST = 4, // the file system could not hold the mtime
	NODE_OWNER_LOST = 1, // the owner could not be set on disk
};

// Metadata is the archive's, before filters. Nodes never move: a worker may read parent,
// name, mode while others are added, and fill in content, ino and ctime of its own.
struct node {
	struct node *parent;  // NULL = the root
	struct node *sibling; // next child of the parent; sorted after tree_sort()
	int64_t mtime_s;
	uint64_t ino;
	int64_t ctime_s;
	uint32_t ctime_ns, mtime_ns;
	uint32_t uid, gid;
	uint16_t mode; // 07777
	uint16_t name_len;
	uint8_t type; // enum node_type
	uint8_t flags;
	struct xattr *xattrs;
	union {
		struct { // file
			uint64_t size;
			unsigned char *content; // SHA384_LEN bytes
		};
		struct {                    // directory
			struct node *first; // child
		};
		struct { // symlink
			const char *link;
			size_t link_len;
		};
		struct { // device
			uint32_t major, minor;
		};
	};
	char name[]; // name_len bytes and NUL; "" for the root
};

// A zeroed struct is an empty tree.
struct tree {
	struct arena mem;
	struct node *root;
	uint64_t n;
	uint64_t bytes;      // memory the nodes take
	struct node **slots; // hash table by (parent, name)
	size_t n_slots;
};

void tree_finish(struct tree *t);

// Memory for what hangs on nodes: links, extended attributes. Counted.
void *tree_memdup(struct tree *t, const void *p, size_t n);

// The child of parent with this name, or NULL.
struct node *tree_find(const struct tree *t, const struct node *parent, const char *name,
                       size_t len);
// Add a node that tree_find() did not find; parent NULL makes the root (name ""). Its
// metadata is zero, `content` is allocated for files. len <= UINT16_MAX.
struct node *tree_add(struct tree *t, struct node *parent, enum node_type type,
                      const char *name, size_t len);

// Order every directory's children as the hash wants them. Once, after the last
// tree_add().
void tree_sort(struct tree *t);
// Preorder: the node after n; NULL at the end. NULL gives the root.
struct node *tree_next(const struct tree *t, const struct node *n);

// Path of n relative to the root into out (size bytes): "" for the root. Returns its
// length, or 0 with out[0] = 0 when it does not fit.
size_t node_path(const struct node *n, char *out, size_t size);

struct tree_digests {
	char prefilter[HASH_TEXT]; // "-" when the root is neither file nor directory
	char filtered[HASH_TEXT];
	char seal[HASH_TEXT]; // of the tree before filters; never "-"
};
// After tree_sort(). `f` may be NULL: filtered = prefilter.
void tree_digest(const struct tree *t, const struct filters *f, struct tree_digests *d);

#endif
