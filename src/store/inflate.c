#include "config.h"

#include "store/inflate.h"

#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#ifdef HAVE_ISAL
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif

#include "base/err.h"
#include "base/mem.h"
#include "store/source.h"

enum {
	ZSTD_WINDOW_LOG = 27,
	XZ_MEMORY = 96 << 20, // xz -9 asks for 65 MiB
};

enum step { STEP_MORE, STEP_END, STEP_BAD };

// One call of a library's decoder. `in` and `out` are moved forward by what was used.
struct span {
	unsigned char *p;
	size_t n;
};

struct format {
	const char *name;
	const char *magic;
	size_t magic_len;
	bool again; // another member may follow, it begins with the magic
	void (*begin)(struct inflate *x);
	enum step (*step)(struct inflate *x, struct span *in, struct span *out, int eof);
	void (*finish)(struct inflate *x);
};

struct inflate {
	const struct format *format;
	struct source *src;
	bool ended, between, any;
	const char *why; // what the decoder said
	union {
#ifdef HAVE_ISAL
		struct inflate_state gz;
#else
		z_stream gz;
#endif
		ZSTD_DCtx *zstd;
		lzma_stream xz;
		bz_stream bz;
	};
};

static void moved(struct span *s, size_t left)
{
	s->p += s->n - left;
	s->n = left;
}

static void nothing(struct inflate *x)
{
	(void)x;
}

static enum step raw_step(struct inflate *x, struct span *in, struct span *out, int eof)
{
	size_t n = in->n < out->n ? in->n : out->n;

	(void)x;
	if (eof)
		return STEP_END;
	memcpy(out->p, in->p, n);
	moved(in, in->n - n);
	moved(out, out->n - n);
	return STEP_MORE;
}

#ifdef HAVE_ISAL
static void gz_begin(struct inflate *x)
{
	isal_inflate_init(&x->gz);
	x->gz.crc_flag = ISAL_GZIP;
}

static enum step gz_step(struct inflate *x, struct span *in, struct span *out, int eof)
{
	int rc;

	(void)eof;
	x->gz.next_in = in->p;
	x->gz.avail_in = (uint32_t)in->n;
	x->gz.next_out = out->p;
	x->gz.avail_out = (uint32_t)out->n;
	rc = isal_inflate(&x->gz);
	if (rc == ISAL_INCORRECT_CHECKSUM)
		x->why = "its checksum is wrong";
	// After an error the counters cannot be trusted (2.30 leaves avail_in below zero).
	if (rc < 0 || x->gz.avail_in > in->n || x->gz.avail_out > out->n)
		return STEP_BAD;
	moved(in, x->gz.avail_in);
	moved(out, x->gz.avail_out);
	return x->gz.block_state == ISAL_BLOCK_FINISH ? STEP_END : STEP_MORE;
}

#define gz_finish nothing
#else
static void gz_begin(struct inflate *x)
{
	if (x->any)
		inflateEnd(&x->gz);
	memset(&x->gz, 0, sizeof(x->gz));
	if (inflateInit2(&x->gz, 15 + 16) != Z_OK)
		abort();
}

static enum step gz_step(struct inflate *x, struct span *in, struct span *out, int eof)
{
	int rc;

	(void)eof;
	x->gz.next_in = in->p;
	x->gz.avail_in = (uInt)in->n;
	x->gz.next_out = out->p;
	x->gz.avail_out = (uInt)out->n;
	rc = inflate(&x->gz, Z_NO_FLUSH);
	moved(in, x->gz.avail_in);
	moved(out, x->gz.avail_out);
	x->why = x->gz.msg;
	if (rc == Z_STREAM_END)
		return STEP_END;
	return rc == Z_OK || rc == Z_BUF_ERROR ? STEP_MORE : STEP_BAD;
}

static void gz_finish(struct inflate *x)
{
	inflateEnd(&x->gz);
}
#endif

static void zstd_begin(struct inflate *x)
{
	if (x->any)
		return;
	x->zstd = ZSTD_createDCtx();
	if (!x->zstd)
		abort();
	ZSTD_DCtx_setParameter(x->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
}

static enum step zstd_step(struct inflate *x, struct span *in, struct span *out, int eof)
{
	ZSTD_inBuffer i = { in->p, in->n, 0 };
	ZSTD_outBuffer o = { out->p, out->n, 0 };
	size_t rc = ZSTD_decompressStream(x->zstd, &o, &i);

	(void)eof;
	moved(in, in->n - i.pos);
	moved(out, out->n - o.pos);
	if (ZSTD_isError(rc)) {
		x->why = ZSTD_getErrorName(rc);
		return STEP_BAD;
	}
	return rc ? STEP_MORE : STEP_END;
}

static void zstd_finish(struct inflate *x)
{
	ZSTD_freeDCtx(x->zstd);
}

static void xz_begin(struct inflate *x)
{
	x->xz = (lzma_stream)LZMA_STREAM_INIT;
	if (lzma_stream_decoder(&x->xz, XZ_MEMORY, LZMA_CONCATENATED) != LZMA_OK)
		abort();
}

static enum step xz_step(struct inflate *x, struct span *in, struct span *out, int eof)
{
	lzma_ret rc;

	x->xz.next_in = in->p;
	x->xz.avail_in = in->n;
	x->xz.next_out = out->p;
	x->xz.avail_out = out->n;
	rc = lzma_code(&x->xz, eof ? LZMA_FINISH : LZMA_RUN);
	moved(in, x->xz.avail_in);
	moved(out, x->xz.avail_out);
	if (rc == LZMA_MEMLIMIT_ERROR)
		x->why = "it needs more memory than `xz -9` files do";
	if (rc == LZMA_STREAM_END)
		return STEP_END;
	return rc == LZMA_OK || rc == LZMA_BUF_ERROR ? STEP_MORE : STEP_BAD;
}

static void xz_finish(struct inflate *x)
{
	lzma_end(&x->xz);
}

static void bz_begin(struct inflate *x)
{
	if (x->any)
		BZ2_bzDecompressEnd(&x->bz);
	memset(&x->bz, 0, sizeof(x->bz));
	if (BZ2_bzDecompressInit(&x->bz, 0, 0) != BZ_OK)
		abort();
}

static enum step bz_step(struct inflate *x, struct span *in, struct span *out, int eof)
{
	int rc;

	(void)eof;
	x->bz.next_in = (char *)in->p;
	x->bz.avail_in = (unsigned)in->n;
	x->bz.next_out = (char *)out->p;
	x->bz.avail_out = (unsigned)out->n;
	rc = BZ2_bzDecompress(&x->bz);
	moved(in, x->bz.avail_in);
	moved(out, x->bz.avail_out);
	if (rc == BZ_STREAM_END)
		return STEP_END;
	return rc == BZ_OK ? STEP_MORE : STEP_BAD;
}

static void bz_finish(struct inflate *x)
{
	BZ2_bzDecompressEnd(&x->bz);
}

// clang-format off
static const struct format formats[INFLATE_COUNT] = {
	[INFLATE_RAW]   = { "tar",   "",                0, false, nothing,    raw_step,  nothing },
	[INFLATE_GZIP]  = { "gzip",  "\x1f\x8b\x08",     3, true,  gz_begin,   gz_step,   gz_finish },
	[INFLATE_ZSTD]  = { "zstd",  "\x28\xb5\x2f\xfd", 4, true,  zstd_begin, zstd_step, zstd_finish },
	[INFLATE_XZ]    = { "xz",    "\xfd" "7zXZ\0",   6, false, xz_begin,   xz_step,   xz_finish },
	[INFLATE_BZIP2] = { "bzip2", "BZh",             3, true,  bz_begin,   bz_step,   bz_finish },
};
// clang-format on

static bool skippable(const unsigned char *p, size_t n)
{
	return n >= 4 && (p[0] & 0xf0) == 0x50 && p[1] == 0x2a && p[2] == 0x4d &&
	       p[3] == 0x18;
}

enum inflate_format inflate_sniff(const unsigned char *p, size_t n)
{
	for (int f = INFLATE_RAW + 1; f < INFLATE_COUNT; f++)
		if (n >= formats[f].magic_len &&
		    !memcmp(p, formats[f].magic, formats[f].magic_len))
			return f;
	return skippable(p, n) ? INFLATE_ZSTD : INFLATE_RAW;
}

struct inflate *inflate_create(enum inflate_format f, struct source *src)
{
	struct inflate *x = xcalloc(1, sizeof(*x));

	x->format = &formats[f];
	x->src = src;
	x->format->begin(x);
	x->any = true;
	return x;
}

void inflate_destroy(struct inflate *x)
{
	if (!x)
		return;
	x->format->finish(x);
	free(x);
}

static int64_t bad(struct inflate *x, struct err *e)
{
	err_set(e, "rio-ware-corrupt", "the %s data is damaged near byte %llu%s%s",
	        x->format->name, (unsigned long long)x->src->off, x->why ? ": " : "",
	        x->why ? x->why : "");
	return -1;
}

static int64_t truncated(struct inflate *x, struct err *e)
{
	err_set(e, "rio-ware-corrupt",
	        "the %s data ends in the middle, at byte %llu (truncated)",
	        x->format->name, (unsigned long long)x->src->off);
	err_hint(e, "fetch it again");
	return -1;
}

// After a member: the end, another member, or bytes that do not belong there.
static int next_member(struct inflate *x, struct err *e)
{
	unsigned char p[INFLATE_MAGIC];
	int n = source_peek(x->src, p, sizeof(p), e);
	const struct format *f = x->format;

	if (n < 0)
		return -1;
	if (!n) {
		x->ended = true;
		return 0;
	}
	if (!f->again || (size_t)n < f->magic_len ||
	    (memcmp(p, f->magic, f->magic_len) &&
	     !(f->step == zstd_step && skippable(p, (size_t)n))))
		return err_set(
			e, "rio-ware-corrupt",
			"bytes that do not belong there follow the %s data at byte %llu",
			f->name, (unsigned long long)x->src->off);
	f->begin(x);
	x->between = false;
	return 0;
}

int64_t inflate_read(struct inflate *x, unsigned char *p, size_t n, struct err *e)
{
	struct span out = { p, n };

	while (out.n && !x->ended) {
		struct span in;
		static const unsigned char none[1];
		const unsigned char *view = none;
		size_t have = 0, room = out.n;
		enum step step;
		int rc;

		if (x->between) {
			if (next_member(x, e) < 0)
				return -1;
			continue;
		}
		rc = source_view(x->src, &view, &have, e);
		if (rc < 0)
			return -1;
		in.p = (unsigned char *)view;
		in.n = have;
		step = x->format->step(x, &in, &out, rc == 0);
		source_take(x->src, have - in.n);
		if (step == STEP_BAD)
			return bad(x, e);
		if (step == STEP_END)
			x->between = true;
		else if (have == in.n && room == out.n) {
			if (!rc)
				return truncated(x, e);
			return bad(x, e);
		}
	}
	return (int64_t)(n - out.n);
}
