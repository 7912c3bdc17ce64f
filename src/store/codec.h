// What unpack, pack and scan share: digests, texts of hashes, progress.
#ifndef STORE_CODEC_H
#define STORE_CODEC_H

#include <stdint.h>

#include "base/base58.h"

enum {
	SHA256_LEN = 32,
	SHA384_LEN = 48,
	// Room for the base58 text of a SHA-384 (the part of a WareID after the colon)
	// and NUL.
	HASH_TEXT = BASE58_MAX(48),
};

// The bytes of a packed ware as they lie in a warehouse. They are no part of a WareID:
// other blobs may carry the same tree.
struct blob_info {
	uint64_t size;
	unsigned char sha256[SHA256_LEN];
	unsigned char sha384[SHA384_LEN];
};

struct codec_progress {
	uint64_t bytes_in;  // unpack: of the blob; pack: of files
	uint64_t bytes_out; // unpack: tar stream; pack: of the blob
	uint64_t entries;
};

// Called at most ten times a second, and once at the end, from the thread that called
// unpack or pack.
typedef void codec_progress_fn(void *arg, const struct codec_progress *p);

// base58 of a SHA-384.
void hash_text(const unsigned char sha384[SHA384_LEN], char out[HASH_TEXT]);

// A name for a message: long ones lose their middle, so that the sentence around them stays
// whole. Returns name or buf.
enum { NAME_SHORT = 256 };
const char *name_short(const char *name, char buf[NAME_SHORT]);

// Files, directories and the like as rio's tree hash names them (spec §3.1).
enum node_type {
	NODE_FILE = 'f',
	NODE_DIR = 'd',
	NODE_SYMLINK = 'L',
	NODE_FIFO = 'p',
	NODE_SOCKET = 'S',
	NODE_BLOCK = 'D',
	NODE_CHAR = 'c',
};

#endif
