#include "store/tarread.h"

#include <string.h>

#include "base/err.h"
#include "store/tarpax.h"

enum { BLOCK = 512, MAX_PAX = 1 << 20, MAX_RUNS = 1 << 20 };

// Where the fields of a header lie.
// clang-format off
enum {
	NAME = 0, NAME_N = 100, MODE = 100, UID = 108, GID = 116, SIZE = 124, MTIME = 136,
	CHKSUM = 148, TYPE = 156, LINK = 157, LINK_N = 100, MAGIC = 257, MAJOR = 329, MINOR = 337,
	PREFIX = 345, PREFIX_N = 155, STAR_PREFIX_N = 131, STAR_TRAILER = 508,
};
// clang-format on

enum tar_format { TAR_V7, TAR_USTAR, TAR_STAR, TAR_GNU };

void tar_reader_init(struct tar_reader *r, tar_input_fn *input, void *arg)
{
	memset(r, 0, sizeof(*r));
	r->input = input;
	r->arg = arg;
}

void tar_reader_finish(struct tar_reader *r)
{
	arena_finish(&r->mem);
	str_finish(&r->pax);
	str_finish(&r->text);
	str_finish(&r->long_name);
	str_finish(&r->long_link);
}

static int corrupt(const struct tar_reader *r, struct err *e, const char *what)
{
	return err_set(e, "rio-ware-corrupt", "%s at byte %llu of the archive", what,
	               (unsigned long long)r->off);
}

static int truncated(const struct tar_reader *r, struct err *e)
{
	return err_set(
		e, "rio-ware-corrupt",
		"the archive ends in the middle of an entry, at byte %llu (truncated)",
		(unsigned long long)r->off);
}

// 1 = r->p has at least a byte, 0 = end, -1.
static int more(struct tar_reader *r, struct err *e)
{
	return r->n ? 1 : r->input(r->arg, &r->p, &r->n, e);
}

static void take(struct tar_reader *r, size_t n)
{
	r->p += n;
	r->n -= n;
	r->off += n;
}

static int skip(struct tar_reader *r, uint64_t n, struct err *e)
{
	while (n) {
		int rc = more(r, e);

		if (rc <= 0)
			return rc < 0 ? -1 : truncated(r, e);
		if (r->n > n) {
			take(r, (size_t)n);
			return 0;
		}
		n -= r->n;
		take(r, r->n);
	}
	return 0;
}

// The next header block: 1, 0 = nothing is left, -1. It stays readable until more input
// is asked for, so what is kept of it is copied.
static int next_block(struct tar_reader *r, const unsigned char **b, struct err *e)
{
	size_t have = 0;
	int rc = more(r, e);

	if (rc <= 0)
		return rc;
	if (r->n >= BLOCK) {
		*b = r->p;
		take(r, BLOCK);
		return 1;
	}
	while (have < BLOCK) {
		size_t n;

		rc = more(r, e);
		if (rc <= 0)
			return rc < 0 ? -1 : truncated(r, e);
		n = r->n < BLOCK - have ? r->n : BLOCK - have;
		memcpy(r->spill + have, r->p, n);
		take(r, n);
		have += n;
	}
	*b = r->spill;
	return 1;
}

static bool all_zero(const unsigned char *b)
{
	return !b[0] && !memcmp(b, b + 1, BLOCK - 1);
}

// A number in base 256 (first bit set, two's complement) or in octal digits among spaces
// and NULs; nothing at all is 0.
static int number(const unsigned char *p, size_t n, int64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	if (p[0] & 0x80) {
		unsigned char flip = p[0] & 0x40 ? 0xff : 0;

		for (; i < n; i++) {
			if (v >> 56)
				return -1;
			v = v << 8 | ((p[i] ^ flip) & (i ? 0xff : 0x7f));
		}
		if (v >> 63)
			return -1;
		*out = flip ? (int64_t)~v : (int64_t)v;
		return 0;
	}
	while (i < n && (p[i] == ' ' || !p[i]))
		i++;
	while (n > i && (p[n - 1] == ' ' || !p[n - 1]))
		n--;
	for (; i < n && p[i]; i++) {
		if (p[i] < '0' || p[i] > '7')
			return -1;
		v = v << 3 | (unsigned)(p[i] - '0');
	}
	*out = (int64_t)v;
	return 0;
}

// The sum of all bytes with blanks in place of the sum itself. Some old programs added
// signed bytes.
static bool checksum_ok(const unsigned char *b)
{
	int64_t want;
	unsigned sum = 0, high = 0;

	if (number(b + CHKSUM, 8, &want) < 0)
		return false;
	for (int i = 0; i < BLOCK; i++)
		sum += b[i];
	for (int i = CHKSUM; i < CHKSUM + 8; i++)
		sum += ' ' - (unsigned)b[i];
	if (want == sum)
		return true;
	for (int i = 0; i < BLOCK; i++)
		high += b[i] >> 7;
	for (int i = CHKSUM; i < CHKSUM + 8; i++)
		high -= b[i] >> 7;
	return want == (int64_t)sum - 256 * (int64_t)high;
}

static enum tar_format format_of(const unsigned char *b)
{
	if (!memcmp(b + MAGIC, "ustar\0", 6))
		return memcmp(b + STAR_TRAILER, "tar\0", 4) ? TAR_USTAR : TAR_STAR;
	return memcmp(b + MAGIC, "ustar  \0", 8) ? TAR_V7 : TAR_GNU;
}

static bool header_only(char type)
{
	return type >= '1' && type <= '6';
}

static const char *full_name(struct tar_reader *r, const unsigned char *b,
                             enum tar_format f)
{
	size_t len = strnlen((const char *)b + NAME, NAME_N), pre = 0;

	if (f == TAR_USTAR || f == TAR_STAR)
		pre = strnlen((const char *)b + PREFIX,
		              f == TAR_STAR ? STAR_PREFIX_N : PREFIX_N);
	if (!pre)
		return arena_strndup(&r->mem, (const char *)b + NAME, len);
	return arena_printf(&r->mem, "%.*s/%.*s", (int)pre, (const char *)b + PREFIX,
	                    (int)len, (const char *)b + NAME);
}

// Fill r->entry from a header block.
static int parse_header(struct tar_reader *r, const unsigned char *b, struct err *e)
{
	enum tar_format f = format_of(b);
	struct tar_entry *t = &r->entry;
	int64_t mode, uid, gid, size, mtime, major = 0, minor = 0;

	r->off -= BLOCK; // for messages
	if (!checksum_ok(b))
		return corrupt(r, e, "a header with a wrong checksum stands");
	if (number(b + MODE, 8, &mode) < 0 || number(b + UID, 8, &uid) < 0 ||
	    number(b + GID, 8, &gid) < 0 || number(b + SIZE, 12, &size) < 0 ||
	    number(b + MTIME, 12, &mtime) < 0 ||
	    (f != TAR_V7 &&
	     (number(b + MAJOR, 8, &major) < 0 || number(b + MINOR, 8, &minor) < 0)))
		return corrupt(r, e, "a header with a malformed number stands");
	if (size < 0)
		return corrupt(r, e, "an entry of negative size stands");
	*t = (struct tar_entry){
		.type = (char)b[TYPE],
		.name = full_name(r, b, f),
		.link = arena_strndup(&r->mem, (const char *)b + LINK,
		                      strnlen((const char *)b + LINK, LINK_N)),
		.mode = (uint32_t)mode & 07777,
		.uid = (uint32_t)uid,
		.gid = (uint32_t)gid,
		.mtime_s = mtime,
		.size = (uint64_t)size,
		.major = (uint32_t)major,
		.minor = (uint32_t)minor,
		.offset = r->off,
	};
	r->off += BLOCK;
	return 0;
}

static void expect(struct tar_reader *r, uint64_t stored)
{
	r->left = stored;
	r->pad = -stored % BLOCK;
}

// Read the whole content of an extended header or long name.
static int slurp(struct tar_reader *r, struct str *s, struct err *e)
{
	uint64_t max = r->max_pax ? r->max_pax : MAX_PAX, n = r->entry.size;

	str_clear(s);
	if (n > max)
		return err_set(e, "rio-ware-corrupt",
		               "the extended header at byte %llu of the archive has %llu "
		               "bytes; at most "
		               "%llu are read",
		               (unsigned long long)r->entry.offset, (unsigned long long)n,
		               (unsigned long long)max);
	expect(r, n);
	while (r->left) {
		size_t have;
		int rc = more(r, e);

		if (rc <= 0)
			return rc < 0 ? -1 : truncated(r, e);
		have = r->n < r->left ? r->n : (size_t)r->left;
		str_addn(s, r->p, have);
		take(r, have);
		r->left -= have;
	}
	return 0;
}

// One number of the map that a sparse file of format 1.0 begins with: digits, newline.
static int map_number(struct tar_reader *r, uint64_t *out, struct err *e)
{
	char digits[24];
	size_t n = 0;
	int64_t v;

	for (;;) {
		int rc = r->left ? more(r, e) : 0;
		char c;

		if (rc < 0)
			return -1;
		if (!rc || n == sizeof(digits))
			return corrupt(r, e, "a malformed sparse map ends");
		c = (char)*r->p;
		take(r, 1);
		r->left--;
		if (c == '\n')
			break;
		digits[n++] = c;
	}
	if (pax_number(digits, n, &v) < 0 || v < 0)
		return corrupt(r, e, "a malformed sparse map stands");
	*out = (uint64_t)v;
	return 0;
}

static int read_map(struct tar_reader *r, struct err *e)
{
	uint64_t n, start = r->off, used;

	if (map_number(r, &n, e) < 0)
		return -1;
	if (n > MAX_RUNS || n * 4 > r->left)
		return corrupt(r, e, "a sparse map that is too long stands");
	r->map = arena_alloc(&r->mem, (size_t)(n ? n : 1) * sizeof(*r->map));
	r->n_map = (size_t)n;
	for (size_t i = 0; i < n; i++)
		if (map_number(r, &r->map[i].off, e) < 0 ||
		    map_number(r, &r->map[i].len, e) < 0)
			return -1;
	used = -(r->off - start) % BLOCK;
	if (used > r->left)
		return corrupt(r, e, "a malformed sparse map ends");
	r->left -= used;
	return skip(r, used, e);
}

static int check_map(struct tar_reader *r, struct err *e)
{
	uint64_t pos = 0, sum = 0;

	for (size_t i = 0; i < r->n_map; i++) {
		const struct tar_sparse *m = &r->map[i];

		if (m->off < pos || m->len > INT64_MAX || m->off > INT64_MAX ||
		    m->off + m->len > r->entry.size)
			return corrupt(r, e, "a sparse map out of order stands");
		pos = m->off + m->len;
		sum += m->len;
	}
	if (sum != r->left)
		return corrupt(r, e, "a sparse map that does not fit its data stands");
	return 0;
}

static int setup_sparse(struct tar_reader *r, const struct pax_sparse *s, struct err *e)
{
	if (s->name)
		r->entry.name = s->name;
	if (s->version == 2 && read_map(r, e) < 0)
		return -1;
	if (s->real_size >= 0)
		r->entry.size = (uint64_t)s->real_size;
	r->entry.stored = r->left;
	r->sparse = true;
	return check_map(r, e);
}

// Finish an entry with what long names and extended headers said about it.
static int complete(struct tar_reader *r, struct err *e)
{
	struct tar_entry *t = &r->entry;
	struct pax_sparse s;

	if (pax_apply(r, &s, e) < 0)
		return -1;
	if (*str_cstr(&r->long_name))
		t->name = r->long_name.p;
	if (*str_cstr(&r->long_link))
		t->link = r->long_link.p;
	if (!t->type) {
		size_t n = strlen(t->name);

		t->type = n && t->name[n - 1] == '/' ? '5' : '0';
	}
	if (header_only(t->type))
		t->size = 0;
	expect(r, t->size);
	t->stored = t->size;
	if (s.version && t->type == '0')
		return setup_sparse(r, &s, e);
	return 0;
}

static int end_mark(struct tar_reader *r, struct err *e)
{
	const unsigned char *b;
	int rc = next_block(r, &b, e);

	if (rc < 0)
		return -1;
	if (rc && !all_zero(b)) {
		r->off -= BLOCK;
		return corrupt(r, e, "a header behind half an end mark stands");
	}
	r->no_end = !rc;
	return 0;
}

int tar_next(struct tar_reader *r, struct err *e)
{
	if (skip(r, r->left + r->pad, e) < 0)
		return -1;
	r->left = r->pad = r->pos = 0;
	r->map = NULL;
	r->n_map = r->at_map = 0;
	r->sparse = false;
	str_clear(&r->pax);
	str_clear(&r->long_name);
	str_clear(&r->long_link);
	for (;;) {
		const unsigned char *b;
		int rc;

		arena_release(&r->mem, (struct arena_mark){ 0 });
		rc = next_block(r, &b, e);
		if (rc < 0)
			return -1;
		if (!rc) {
			r->no_end = true;
			return 0;
		}
		if (all_zero(b))
			return end_mark(r, e);
		if (parse_header(r, b, e) < 0)
			return -1;
		switch (r->entry.type) {
		case 'x':
			rc = slurp(r, &r->pax, e);
			break;
		case 'g':
			r->n_globals++;
			rc = slurp(r, &r->text, e);
			break;
		case 'L':
		case 'K':
			rc = slurp(r,
			           r->entry.type == 'L' ? &r->long_name : &r->long_link,
			           e);
			break;
		default:
			return complete(r, e) < 0 ? -1 : 1;
		}
		if (rc < 0 || skip(r, r->pad, e) < 0)
			return -1;
		r->pad = 0;
	}
}

int tar_data(struct tar_reader *r, struct tar_piece *t, struct err *e)
{
	uint64_t want = r->left;
	int rc;

	if (r->sparse) {
		while (r->at_map < r->n_map &&
		       r->pos == r->map[r->at_map].off + r->map[r->at_map].len)
			r->at_map++;
		if (r->pos == r->entry.size)
			return 0;
		if (r->at_map == r->n_map || r->pos < r->map[r->at_map].off) {
			uint64_t to = r->at_map == r->n_map ? r->entry.size
			                                    : r->map[r->at_map].off;

			*t = (struct tar_piece){ NULL, to - r->pos };
			r->pos = to;
			return 1;
		}
		want = r->map[r->at_map].off + r->map[r->at_map].len - r->pos;
	}
	if (!want)
		return 0;
	rc = more(r, e);
	if (rc <= 0)
		return rc < 0 ? -1 : truncated(r, e);
	t->p = r->p;
	t->n = r->n < want ? r->n : want;
	take(r, (size_t)t->n);
	r->left -= t->n;
	r->pos += t->n;
	return 1;
}

int tar_drain(struct tar_reader *r, uint64_t *rest, struct err *e)
{
	int rc;

	*rest = 0;
	while ((rc = more(r, e)) == 1) {
		size_t i = 0;

		while (!*rest && i < r->n && !r->p[i])
			i++;
		*rest += r->n - i;
		take(r, r->n);
	}
	return rc;
}
