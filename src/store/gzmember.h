// wfx's own gzip files: many members, each telling its length, so that all cores can pack
// and unpack one. Any gzip reads them.
//
// A member holds at most 1 MiB of the stream (all but the last exactly that) and begins
//	1f 8b 08 04  00 00 00 00  00 ff   deflate, extra field, no time, unknown system
//	08 00  'w' 'f'  04 00  u32        extra field "wf": bytes of the whole member
// then the deflate data, u32 CRC-32, u32 length of the content; all little-endian. The
// bytes depend on the content, the level and the version of libdeflate only.
#ifndef STORE_GZMEMBER_H
#define STORE_GZMEMBER_H

#include <stddef.h>
#include <stdint.h>

enum {
	GZMEMBER_CONTENT = 1 << 20,
	GZMEMBER_HEADER = 20,
	GZMEMBER_MAX =
		GZMEMBER_CONTENT + (1 << 16), // BLOCK_ROOM; more than a member needs
};

// Length of the member that begins with these GZMEMBER_HEADER bytes; 0: not one of ours.
size_t gzmember_length(const unsigned char *header);

struct libdeflate_compressor;
struct libdeflate_decompressor;

// Compress n (<= GZMEMBER_CONTENT) bytes into out[GZMEMBER_MAX]: the member's length.
size_t gzmember_pack(struct libdeflate_compressor *c, const unsigned char *p, size_t n,
                     unsigned char *out);
// The content of a whole member into out[GZMEMBER_CONTENT]: 0, or -1 when it is damaged.
int gzmember_unpack(struct libdeflate_decompressor *d, const unsigned char *p, size_t n,
                    unsigned char *out, size_t *out_n);

#endif
