#include "store/gzmember.h"

#include <assert.h>
#include <string.h>

#include <libdeflate.h>

static const unsigned char start[] = { 0x1f, 0x8b, 8, 4, 0,   0,   0, 0,
	                               0,    0xff, 8, 0, 'w', 'f', 4, 0 };
enum { TRAILER = 8 };

static uint32_t get32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put32(unsigned char *p, size_t v)
{
	for (int i = 0; i < 4; i++, v >>= 8)
		p[i] = v & 0xff;
}

size_t gzmember_length(const unsigned char *header)
{
	size_t n;

	if (memcmp(header, start, sizeof(start)))
		return 0;
	n = get32(header + sizeof(start));
	return n > GZMEMBER_HEADER + TRAILER && n <= GZMEMBER_MAX ? n : 0;
}

size_t gzmember_pack(struct libdeflate_compressor *c, const unsigned char *p, size_t n,
                     unsigned char *out)
{
	size_t body = libdeflate_deflate_compress(
		c, p, n, out + GZMEMBER_HEADER, GZMEMBER_MAX - GZMEMBER_HEADER - TRAILER);
	unsigned char *end = out + GZMEMBER_HEADER + body;

	assert(body); // stored blocks always fit
	memcpy(out, start, sizeof(start));
	put32(out + sizeof(start), GZMEMBER_HEADER + body + TRAILER);
	put32(end, libdeflate_crc32(0, p, n));
	put32(end + 4, n);
	return GZMEMBER_HEADER + body + TRAILER;
}

int gzmember_unpack(struct libdeflate_decompressor *d, const unsigned char *p, size_t n,
                    unsigned char *out, size_t *out_n)
{
	const unsigned char *end = p + n - TRAILER;
	size_t used;

	if (libdeflate_deflate_decompress_ex(
		    d, p + GZMEMBER_HEADER, n - GZMEMBER_HEADER - TRAILER, out,
		    GZMEMBER_CONTENT, &used, out_n) != LIBDEFLATE_SUCCESS)
		return -1;
	if (used != n - GZMEMBER_HEADER - TRAILER || *out_n != get32(end + 4) ||
	    libdeflate_crc32(0, out, *out_n) != get32(end))
		return -1;
	return 0;
}
