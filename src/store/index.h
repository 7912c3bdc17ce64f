// The table of entries of an unpacked ware: what must be on disk, for `store verify`.
//
// File format, little-endian:
//	"wfxindex" u32 version (1) u32 zero
//	for each entry, in the order of the tree hash (preorder, so parents come first):
//	  u32 length of the record with this field     u8 type  u8 flags  u16 mode
//	  u32 uid  u32 gid  i64 mtime_s  u32 mtime_ns  u32 ctime_ns  i64 ctime_s
//	  u64 size  u64 ino  u32 major  u32 minor  u32 path length  u32 link length
//	  u64 zero  48 bytes sha384 (zero unless a file)  path  link
//	u32 0  u32 zero  u64 number of entries  48 bytes sha384 of all bytes before
#ifndef STORE_INDEX_H
#define STORE_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "store/codec.h"

struct err;

enum {
	INDEX_MTIME_LOST = 4, // the file system could not hold mtime, and has another
	INDEX_OWNER_LOST =
		1, // uid, gid are what the ware asks for; on disk the process's own
	INDEX_CONJURED = 2, // a parent that the archive did not name
};

struct index_entry {
	const char
		*path; // relative to the root, "" = the root; valid until the next call
	size_t path_len;
	const char *link; // target of a symlink, else ""
	size_t link_len;
	enum node_type type;
	unsigned flags;
	uint32_t
		mode; // permission bits, 07777; of symlinks what the ware says, not the disk
	uint32_t uid, gid; // after filters
	int64_t mtime_s;
	uint32_t mtime_ns;
	uint64_t size;         // files only
	uint32_t major, minor; // devices only
	// As they were when the entry was finished; 0 after a scan. Every later write to
	// the file or its metadata changes ctime, so a file that has both unchanged was
	// not touched. Files, links and directories below the root only: renaming the
	// root changes its ctime.
	uint64_t ino;
	int64_t ctime_s;
	uint32_t ctime_ns;
	unsigned char sha384[SHA384_LEN]; // of the content, files only
};

struct index_reader;

// Map the file in fd and check its frame (magic, version, count, checksum): a torn or
// altered index is the error rio-local-cache-problem. fd may be closed afterwards.
struct index_reader *index_open(int fd, struct err *e);
uint64_t index_count(const struct index_reader *x);
// 1 = *t is the next entry, 0 = end, -1 = malformed. Paths are known to be clean:
// relative, no "." or ".." components, no NUL.
int index_next(struct index_reader *x, struct index_entry *t, struct err *e);
void index_rewind(struct index_reader *x);
void index_close(struct index_reader *x);

#endif
