// All decompressors, told apart as a ware's are. What gzip gives must be what zlib gives;
// and our own way with members (store/stream.h) what the plain way gives.
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/err.h"
#include "fuzz.h"
#include "store/inflate.h"
#include "store/source.h"
#include "store/stream.h"

enum { ENOUGH = 4 << 20 };

// Up to ENOUGH bytes of the content; -1 when it is refused.
static int64_t plain(const uint8_t *data, size_t size, unsigned char *out)
{
	unsigned char magic[INFLATE_MAGIC];
	struct blob_info info;
	struct inflate *x;
	struct err e = { 0 };
	struct source s;
	int64_t n;
	int have;

	source_open_memory(&s, data, size);
	have = source_peek(&s, magic, sizeof(magic), &e);
	MUST(have >= 0);
	x = inflate_create(inflate_sniff(magic, (size_t)have), &s);
	n = inflate_read(x, out, ENOUGH, &e);
	MUST(n >= 0 || e.code);
	inflate_destroy(x);
	source_close(&s, &info);
	return n;
}

static int64_t streamed(const uint8_t *data, size_t size, unsigned char *out)
{
	struct stream *s = stream_open_memory(data, size, 2);
	struct blob_info info;
	struct err e = { 0 };
	struct block *b;
	int64_t n = 0;
	int rc = 1;

	while (n < ENOUGH && (rc = stream_next(s, &b, &e)) == 1) {
		size_t some = b->n < (size_t)(ENOUGH - n) ? b->n : (size_t)(ENOUGH - n);

		memcpy(out + n, b->data, some);
		n += (int64_t)some;
		block_put(b);
	}
	stream_close(s, &info);
	return rc < 0 ? -1 : n;
}

// Many members; -1 when zlib refuses.
static int64_t by_zlib(const uint8_t *data, size_t size, unsigned char *out)
{
	z_stream z = { 0 };
	int rc = Z_STREAM_END;

	MUST(inflateInit2(&z, 31) == Z_OK);
	z.next_in = (unsigned char *)data;
	z.avail_in = (uInt)size;
	z.next_out = out;
	z.avail_out = ENOUGH;
	while (rc == Z_STREAM_END && z.avail_in && z.avail_out) {
		MUST(inflateReset(&z) == Z_OK);
		rc = inflate(&z, Z_NO_FLUSH);
	}
	inflateEnd(&z);
	if (rc == Z_STREAM_END || !z.avail_out)
		return ENOUGH - z.avail_out;
	return -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char a[ENOUGH], b[ENOUGH];
	int64_t n = plain(data, size, a), m;

	if (inflate_sniff(data, size) != INFLATE_GZIP)
		return 0;
	m = by_zlib(data, size, b);
	if (n >= 0 && m >= 0)
		MUST(n == m && !memcmp(a, b, (size_t)n));
	m = streamed(data, size, b);
	if (n >= 0 && m >= 0)
		MUST(n == m && !memcmp(a, b, (size_t)n));
	return 0;
}
