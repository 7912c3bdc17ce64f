// The tar reader, fed in pieces of a length that the first byte tells; or, when its high
// bit is set, the whole of a scan, as it runs in a worker. With its low bit set, checksums
// are put right first.
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "fuzz.h"
#include "store/tarread.h"
#include "store/unpack.h"

enum { ENOUGH = 8 << 20 };

struct feed {
	const uint8_t *p;
	size_t n, piece;
	uint8_t *copy; // of one piece, so that reading behind it is seen
};

static int feed(void *arg, const unsigned char **p, size_t *n, struct err *e)
{
	struct feed *f = arg;
	size_t some = f->n < f->piece ? f->n : f->piece;

	(void)e;
	free(f->copy);
	f->copy = NULL;
	if (!some)
		return 0;
	f->copy = malloc(some);
	memcpy(f->copy, f->p, some);
	f->p += some;
	f->n -= some;
	*p = f->copy;
	*n = some;
	return 1;
}

static void read_all(const uint8_t *data, size_t size, size_t piece)
{
	struct feed f = { data, size, piece, NULL };
	struct tar_reader r;
	struct tar_piece t;
	struct err e = { 0 };
	uint64_t rest;
	int rc, data_rc = 0;

	tar_reader_init(&r, feed, &f);
	while ((rc = tar_next(&r, &e)) == 1) {
		uint64_t sum = 0;

		MUST(strlen(r.entry.name) < ENOUGH && r.entry.mode <= 07777);
		MUST(r.entry.mtime_ns < 1000000000);
		if (r.entry.mode & 1) // else it is skipped
			continue;
		while (sum < ENOUGH && (data_rc = tar_data(&r, &t, &e)) == 1) {
			MUST(t.n > 0);
			sum += t.n;
			if (t.p)
				MUST(t.p[0] + t.p[t.n - 1] >= 0);
		}
		MUST(sum <= r.entry.size &&
		     (data_rc || sum == r.entry.size || sum >= ENOUGH));
		if (data_rc < 0)
			break;
	}
	if (rc == 0)
		MUST(tar_drain(&r, &rest, &e) == 0);
	MUST((rc >= 0 && data_rc >= 0) || e.code);
	tar_reader_finish(&r);
	free(f.copy);
}

static void scan(const uint8_t *data, size_t size)
{
	struct unpack_result r;
	struct unpack_opts o;
	struct err e = { 0 };
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	MUST(fd >= 0 && fd_write_all(fd, data, size) == 0);
	lseek(fd, 0, SEEK_SET);
	unpack_opts_init(&o);
	o.filters = filters_lossless();
	o.threads = 2;
	o.limits.max_bytes = ENOUGH;
	if (unpack_tar(fd, &o, -1, &r, &e) < 0)
		MUST(e.code && e.msg[0]);
	else
		MUST(r.blob.size == size && r.n_entries && r.seal[0]);
	close(fd);
}

// Right checksums where headers seem to stand, or few mutations would get far.
static void mend(uint8_t *p, size_t n)
{
	for (; n >= 512; p += 512, n -= 512) {
		unsigned sum = 0;

		if (memcmp(p + 257, "ustar", 5))
			continue;
		memset(p + 148, ' ', 8);
		for (int i = 0; i < 512; i++)
			sum += p[i];
		snprintf((char *)p + 148, 8, "%06o", sum);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (!size)
		return 0;
	copy = malloc(size);
	memcpy(copy, data, size);
	if (data[0] & 1)
		mend(copy + 1, size - 1);
	if (data[0] & 0x80)
		scan(copy + 1, size - 1);
	else
		read_all(copy + 1, size - 1, (size_t)data[0] * 7 + 1);
	free(copy);
	return 0;
}
