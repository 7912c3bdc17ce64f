#include "config.h"

#include "store/packin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/tarwrite.h"

// They cost the disk nothing, but time.
static const uint64_t MAX_HOLES = (uint64_t)64 << 30;

// Zeros of a hole, up to `to`.
static int add_hole(struct pack *p, uint64_t *pos, uint64_t to, struct err *e)
{
	p->holes += to > *pos ? to - *pos : 0;
	if (p->holes > MAX_HOLES && !p->o->max_bytes)
		return err_set(e, "rio-pack-invalid",
		               "the output has more than %llu bytes of holes, at %s",
		               (unsigned long long)MAX_HOLES, pack_shown(p));
	while (*pos < to) {
		size_t room;
		unsigned char *b = packout_room(&p->out, &room);

		if (room > to - *pos)
			room = (size_t)(to - *pos);
		memset(b, 0, room);
		digest_add(&p->digest, b, room);
		packout_filled(&p->out, room);
		*pos += room;
		if (pack_check_stop(p, e) < 0)
			return -1;
	}
	return 0;
}

static int add_data(struct pack *p, int fd, uint64_t *pos, uint64_t to, struct err *e)
{
	while (*pos < to) {
		size_t room;
		unsigned char *b = packout_room(&p->out, &room);
		ssize_t n;

		if (room > to - *pos)
			room = (size_t)(to - *pos);
		n = pread(fd, b, room, (off_t)*pos);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return pack_io_error(p, "reading", e);
		if (n == 0)
			return pack_changed(p, e);
		digest_add(&p->digest, b, (size_t)n);
		packout_filled(&p->out, (size_t)n);
		*pos += (uint64_t)n;
		p->bytes += (uint64_t)n;
		pack_tell(p, false);
		if (pack_check_stop(p, e) < 0)
			return -1;
	}
	return 0;
}

// The bytes of a file; holes of sparse ones are not read.
static int add_content(struct pack *p, int fd, const struct stat *st, struct err *e)
{
	uint64_t pos = 0, size = (uint64_t)st->st_size;
	bool sparse = (uint64_t)st->st_blocks * 512 < size;

	while (pos < size) {
		off_t data = (off_t)pos, end = (off_t)size;

		if (sparse) {
			data = lseek(fd, (off_t)pos, SEEK_DATA);
			if (data < 0 && errno == ENXIO)
				data = (off_t)size;
			else if (data < 0)
				data = (off_t)pos; // this file system cannot tell
			end = data < (off_t)size ? lseek(fd, data, SEEK_HOLE)
			                         : (off_t)size;
			if (end < 0 || end > (off_t)size)
				end = (off_t)size;
			if (data > (off_t)size)
				data = (off_t)size;
		}
		if (add_hole(p, &pos, (uint64_t)data, e) < 0 ||
		    add_data(p, fd, &pos, (uint64_t)end, e) < 0)
			return -1;
	}
	return 0;
}

void pack_add_header(struct pack *p, const struct node *n)
{
	char path[PATH_MAX + 4];

	snprintf(path, sizeof(path), "%s%s%s",
	         n->parent || n->type == NODE_DIR ? "./" : ".", p->path,
	         n->parent && n->type == NODE_DIR ? "/" : "");
	str_clear(&p->header);
	tarwrite_header(&p->header, n, path);
	packout_add(&p->out, p->header.p, p->header.len);
}

static int count_bytes(struct pack *p, uint64_t size, struct err *e)
{
	if (size > p->max_bytes || p->r->total_size > p->max_bytes - size)
		return err_set(e, "rio-pack-invalid",
		               "the output holds more than %llu bytes, at %s",
		               (unsigned long long)p->max_bytes, pack_shown(p));
	p->r->total_size += size;
	return 0;
}

// A regular file: what was opened must still be what was looked at.
int pack_add_file(struct pack *p, int dir, const char *name, struct node *n,
                  const struct statx *seen, struct err *e)
{
	auto_fd int fd = -1;
	struct stat st, after;

	if (n->parent)
		fd = openat(dir, name,
		            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	else
		fd = pack_in_root(dir, name,
		                  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return pack_io_error(p, "opening", e);
	if (!S_ISREG(st.st_mode) || st.st_ino != seen->stx_ino)
		return pack_changed(p, e);
	n->size = (uint64_t)st.st_size;
	if (count_bytes(p, n->size, e) < 0)
		return -1;
	pack_add_header(p, n);
	digest_begin(&p->digest, DIGEST_SHA384);
	if (add_content(p, fd, &st, e) < 0)
		return -1;
	digest_end(&p->digest, n->content);
	packout_zeros(&p->out, tarwrite_padding(n->size));
	if (fstat(fd, &after) < 0 || after.st_size != st.st_size ||
	    after.st_mtim.tv_sec != st.st_mtim.tv_sec ||
	    after.st_mtim.tv_nsec != st.st_mtim.tv_nsec)
		return pack_changed(p, e);
	return 0;
}
