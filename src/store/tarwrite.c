#include "store/tarwrite.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "store/treehash.h"

// clang-format off
enum {
	NAME = 0, NAME_N = 100, MODE = 100, UID = 108, GID = 116, SIZE = 124, MTIME = 136,
	CHKSUM = 148, TYPE = 156, LINK = 157, LINK_N = 100, MAGIC = 257, MAJOR = 329, MINOR = 337,
	PREFIX = 345, PREFIX_N = 155,
};
// clang-format on

static bool ascii(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s >= 0x80)
			return false;
	return true;
}

// Octal digits and NUL in a field of n bytes; false (and zeros) when it does not fit.
static bool octal(unsigned char *p, size_t n, uint64_t v)
{
	bool fits = n - 1 >= 22 || v < (uint64_t)1 << 3 * (n - 1);

	if (!fits)
		v = 0;
	p[n - 1] = '\0';
	for (size_t i = n - 1; i--; v >>= 3)
		p[i] = (unsigned char)('0' + (v & 7));
	return fits;
}

static void checksum(unsigned char *b)
{
	uint64_t sum = 0;

	memset(b + CHKSUM, ' ', 8);
	for (int i = 0; i < TARWRITE_BLOCK; i++)
		sum += b[i];
	octal(b + CHKSUM, 7, sum);
}

static void frame(unsigned char *b, char type)
{
	b[TYPE] = (unsigned char)type;
	memcpy(b + MAGIC,
	       "ustar\0"
	       "00",
	       8);
}

// Split a path at a '/' into prefix and name; false when no place fits.
static bool set_path(unsigned char *b, const char *path)
{
	size_t n = strlen(path), at;

	if (n <= NAME_N) {
		memcpy(b + NAME, path, n);
		return true;
	}
	if (n > PREFIX_N + 1 + NAME_N)
		return false;
	at = n - 1 > PREFIX_N ? PREFIX_N : n - 2; // a '/' at the end is no place
	while (at && path[at] != '/')
		at--;
	if (!at || n - at - 1 > NAME_N)
		return false;
	memcpy(b + PREFIX, path, at);
	memcpy(b + NAME, path + at + 1, n - at - 1);
	return true;
}

static void add_record(struct str *s, const char *key, const char *value, size_t len)
{
	size_t rest = strlen(key) + len + 3, n = rest + 1; // " key=value\n"
	char head[32];

	while (rest + (size_t)snprintf(head, sizeof(head), "%zu", n) != n)
		n++;
	str_addf(s, "%zu %s=", n, key);
	str_addn(s, value, len);
	str_addc(s, '\n');
}

static void add_number(struct str *s, const char *key, int64_t v)
{
	char text[32];

	add_record(s, key, text,
	           (size_t)snprintf(text, sizeof(text), "%lld", (long long)v));
}

static void add_block(struct str *out, unsigned char *b)
{
	checksum(b);
	str_addn(out, b, TARWRITE_BLOCK);
}

// The name of the pax header itself: "dir/PaxHeaders.0/base", cut, for old readers.
static void pax_name(unsigned char *b, const char *path)
{
	char name[NAME_N + 1];
	const char *end = path + strlen(path), *base;
	int dir;

	while (end > path && end[-1] == '/')
		end--;
	base = end;
	while (base > path && base[-1] != '/')
		base--;
	dir = base - path > 40 ? 40 : (int)(base - path);
	snprintf(name, sizeof(name), "%.*sPaxHeaders.0/%.*s", dir, path,
	         (int)(end - base), base);
	for (char *c = name; *c; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '_';
	memcpy(b + NAME, name, strlen(name));
}

static void add_pax(struct str *out, const struct str *records, const char *path)
{
	unsigned char b[TARWRITE_BLOCK] = { 0 };

	pax_name(b, path);
	octal(b + MODE, 8, 0);
	octal(b + UID, 8, 0);
	octal(b + GID, 8, 0);
	octal(b + SIZE, 12, records->len);
	octal(b + MTIME, 12, 0);
	frame(b, 'x');
	add_block(out, b);
	str_addn(out, records->p, records->len);
	for (size_t i = tarwrite_padding(records->len); i; i--)
		str_addc(out, '\0');
}

static char type_flag(const struct node *n)
{
	switch ((enum node_type)n->type) {
	case NODE_FILE:
		return '0';
	case NODE_SYMLINK:
		return '2';
	case NODE_CHAR:
		return '3';
	case NODE_BLOCK:
		return '4';
	case NODE_DIR:
		return '5';
	case NODE_FIFO:
		return '6';
	case NODE_SOCKET:
		break;
	}
	return '?';
}

// Records are in the order of their keys.
static void fill(unsigned char *b, struct str *pax, const struct node *n,
                 const char *path)
{
	bool dev = n->type == NODE_BLOCK || n->type == NODE_CHAR;
	uint64_t size = n->type == NODE_FILE ? n->size : 0;

	octal(b + MODE, 8, n->mode);
	if (!octal(b + GID, 8, n->gid))
		add_number(pax, "gid", n->gid);
	if (n->type == NODE_SYMLINK) {
		memcpy(b + LINK, n->link, n->link_len < LINK_N ? n->link_len : LINK_N);
		if (n->link_len > LINK_N || !ascii(n->link))
			add_record(pax, "linkpath", n->link, n->link_len);
	}
	if (!octal(b + MTIME, 12, n->mtime_s < 0 ? UINT64_MAX : (uint64_t)n->mtime_s))
		add_number(pax, "mtime", n->mtime_s);
	if (!set_path(b, path) || !ascii(path)) {
		if (!b[NAME])
			memcpy(b + NAME, path, NAME_N);
		add_record(pax, "path", path, strlen(path));
	}
	if (!octal(b + SIZE, 12, size))
		add_number(pax, "size", (int64_t)size);
	if (!octal(b + UID, 8, n->uid))
		add_number(pax, "uid", n->uid);
	octal(b + MAJOR, 8, dev ? n->major : 0);
	octal(b + MINOR, 8, dev ? n->minor : 0);
	frame(b, type_flag(n));
}

void tarwrite_header(struct str *out, const struct node *n, const char *path)
{
	unsigned char b[TARWRITE_BLOCK] = { 0 };
	struct str pax = { 0 };

	fill(b, &pax, n, path);
	if (pax.len)
		add_pax(out, &pax, path);
	add_block(out, b);
	str_finish(&pax);
}

size_t tarwrite_padding(uint64_t size)
{
	return (size_t)(-size % TARWRITE_BLOCK);
}
