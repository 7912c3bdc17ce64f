// The inside of pack: what its three files share. pack.c begins and ends, packwalk.c walks
// the tree and adds its nodes, packfile.c adds the contents of files.
#ifndef STORE_PACKIN_H
#define STORE_PACKIN_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/str.h"
#include "base/vec.h"
#include "store/digest.h"
#include "store/pack.h"
#include "store/packout.h"
#include "store/progress.h"
#include "store/treehash.h"

// What one node is, wherever it is seen.
struct identity {
	uint64_t ino, mount;
	uint32_t major, minor;
};

struct identities {
	struct identity *items;
	size_t n, cap;
};

// A directory that is being walked.
struct frame {
	struct node *node;
	struct identity id;
	int fd;           // -1: closed meanwhile
	struct str names; // each with its NUL
	VEC(const char *) sorted;
	size_t next;
};

struct pack {
	const struct pack_opts *o;
	struct filters filters;
	struct pack_result *r;
	int rootfd;
	struct tree tree;
	struct packout out;
	struct fault fault;
	struct digest digest;
	struct progress progress;
	struct identities prune, omit;
	VEC(struct frame) frames;
	uint64_t mount; // of the root of the walk
	struct str header;
	uint64_t max_entries, max_bytes, bytes, holes;
	char path[PATH_MAX]; // of the node at hand, for messages and headers
	char shown[NAME_SHORT];
};

// Open below rootfd as in a chroot there.
int pack_in_root(int rootfd, const char *path, int flags);
// statx() without following links, with the mount; name "" is dir itself.
int pack_look(int dir, const char *name, struct statx *st);
struct identity pack_identity_of(const struct statx *st);

// Errors about p->path; both return -1. The path as errors show it.
int pack_io_error(struct pack *p, const char *doing, struct err *e);
int pack_changed(struct pack *p, struct err *e);
const char *pack_shown(struct pack *p);

// -1 when another thread has failed or the caller wants to stop.
int pack_check_stop(struct pack *p, struct err *e);
void pack_tell(struct pack *p, bool last);

// Add what `name` in dir is; parent NULL: it is the root, and dir and name are as for
// pack_in_root(). A directory is entered (pack_walk() does the rest) unless it is pruned.
int pack_add_node(struct pack *p, int dir, const char *name, struct node *parent,
                  const struct statx *st, struct err *e);
int pack_walk(struct pack *p, struct err *e);
void pack_walk_finish(struct pack *p);

void pack_add_header(struct pack *p, const struct node *n);
// A regular file, header and all: what is opened must still be what was looked at.
int pack_add_file(struct pack *p, int dir, const char *name, struct node *n,
                  const struct statx *seen, struct err *e);

#endif
