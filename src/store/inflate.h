// Decompression of one stream: gzip (many members), zstd (many frames), xz, bzip2 or
// none, told apart by the first bytes. Memory is bounded, whatever the stream asks for:
// zstd windows up to 128 MiB, xz dictionaries as `xz -9` makes them (64 MiB).
//
// Truncated and damaged streams and bytes behind the end are the error rio-ware-corrupt,
// with the offset in the packed file.
#ifndef STORE_INFLATE_H
#define STORE_INFLATE_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct source;
struct inflate;

enum inflate_format {
	INFLATE_RAW,
	INFLATE_GZIP,
	INFLATE_ZSTD,
	INFLATE_XZ,
	INFLATE_BZIP2,
	INFLATE_COUNT,
};

enum { INFLATE_MAGIC = 6 }; // bytes that inflate_sniff() wants to see
enum inflate_format inflate_sniff(const unsigned char *p, size_t n);

// From where the source stands. Borrows the source.
struct inflate *inflate_create(enum inflate_format f, struct source *s);
// Fill out[n]; less than n only at the end of the stream; -1 on error.
int64_t inflate_read(struct inflate *x, unsigned char *out, size_t n, struct err *e);
void inflate_destroy(struct inflate *x);

#endif
