// Reading a tar archive: v7, ustar, star, GNU (long names, base-256 numbers), pax (path,
// linkpath, size, uid, gid, mtime, SCHILY.xattr.*, GNU sparse 0.0, 0.1, 1.0).
//
// The reader pulls pieces of the stream through a callback and never copies file
// contents. What the archive says is checked for form here (checksums, numbers, limits)
// and handed on as it is: names are not cleaned, types not judged. Global pax headers are
// skipped and counted, as rio does.
//
//	while ((rc = tar_next(r, e)) == 1)
//		while (tar_data(r, &piece, e) == 1)	(what is left unread is skipped)
//			...
#ifndef STORE_TARREAD_H
#define STORE_TARREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct err;
struct xattr;

// The next piece of the stream: 1 with at least one byte, 0 at the end, -1. Pieces stay
// readable until the next call.
typedef int tar_input_fn(void *arg, const unsigned char **p, size_t *n, struct err *e);

struct tar_entry {
	char type;        // the type flag: '0' '\0' '1' .. '6', or whatever stands there
	const char *name; // NUL-terminated, never contains one; valid until tar_next()
	const char *link;
	uint32_t mode;     // 07777
	uint32_t uid, gid; // modulo 2^32
	int64_t mtime_s;
	uint32_t mtime_ns; // 0 .. 999999999
	uint64_t size;   // of the content, holes included; 0 unless the type has content
	uint64_t stored; // bytes of it that lie in the archive
	uint32_t major, minor;
	struct xattr *xattrs; // sorted by name, in the reader's arena until tar_next()
	uint64_t offset;      // of the header in the tar stream, for messages
};

struct tar_piece {
	const unsigned char *p; // NULL: a hole, n zeros
	uint64_t n;
};

struct tar_sparse {
	uint64_t off, len;
};

struct tar_reader {
	struct tar_entry entry;
	uint64_t n_globals;
	bool no_end;      // the stream ended without an end mark
	uint32_t max_pax; // set before the first call; 0 = 1 MiB

	// private
	tar_input_fn *input;
	void *arg;
	const unsigned char *p;
	size_t n;
	uint64_t off; // of p
	unsigned char spill[512];
	uint64_t left, pad;     // of the current entry's stored bytes
	struct tar_sparse *map; // sparse file: the stored runs, in order
	size_t n_map, at_map;
	uint64_t pos; // in the content of a sparse file
	bool sparse;
	struct arena mem; // names, xattrs, map of the current entry
	struct str pax, text, long_name, long_link;
};

void tar_reader_init(struct tar_reader *r, tar_input_fn *input, void *arg);
void tar_reader_finish(struct tar_reader *r);

// 1 = r->entry is the next entry, 0 = end of the archive, -1 = error (rio-ware-corrupt).
int tar_next(struct tar_reader *r, struct err *e);
// 1 = *t is the next piece of the content, 0 = all was seen, -1 = error.
int tar_data(struct tar_reader *r, struct tar_piece *t, struct err *e);
// After tar_next() returned 0: read to the end of the stream. *rest counts what follows
// the end mark from the first byte on that is not zero.
int tar_drain(struct tar_reader *r, uint64_t *rest, struct err *e);

#endif
