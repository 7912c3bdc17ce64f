#include "store/source.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

enum { BLOCKS = 6 };

static void open_common(struct source *s)
{
	memset(s, 0, sizeof(*s));
	block_pool_init(&s->pool, BLOCKS);
	blobhash_start(&s->hash);
}

void source_open(struct source *s, int fd)
{
	open_common(s);
	s->fd = fd;
}

void source_open_memory(struct source *s, const void *p, size_t n)
{
	open_common(s);
	s->fd = -1;
	s->mem = p;
	s->mem_len = n;
}

void source_close(struct source *s, struct blob_info *info)
{
	block_put(s->cur);
	block_put(s->ahead);
	blobhash_end(&s->hash, info);
	block_pool_finish(&s->pool);
}

static ssize_t read_some(struct source *s, unsigned char *p, size_t n)
{
	ssize_t got;

	if (s->fd < 0) {
		if (n > s->mem_len)
			n = s->mem_len;
		if (n)
			memcpy(p, s->mem, n);
		s->mem += n;
		s->mem_len -= n;
		return (ssize_t)n;
	}
	for (;;) { // a pipe may stay silent for long
		struct pollfd wait = { s->fd, POLLIN, 0 };
		int rc = poll(&wait, 1, 100);

		if (s->stop) {
			errno = ECANCELED;
			return -1;
		}
		if (rc == 0 || (rc < 0 && errno == EINTR))
			continue;
		got = read(s->fd, p, n);
		if (got >= 0 || (errno != EINTR && errno != EAGAIN))
			return got;
	}
}

// A new block, full unless the end comes; NULL in *b at the end.
static int fill(struct source *s, struct block **b, struct err *e)
{
	*b = NULL;
	if (s->eof)
		return 0;
	*b = block_get(&s->pool);
	while ((*b)->n < BLOCK_BYTES) {
		ssize_t got = read_some(s, (*b)->data + (*b)->n, BLOCK_BYTES - (*b)->n);

		if (got < 0) {
			err_sys(e, "warpforge-error-io", "reading the ware");
			block_put(*b);
			*b = NULL;
			return -1;
		}
		if (!got) {
			s->eof = 1;
			break;
		}
		(*b)->n += (size_t)got;
	}
	if ((*b)->n) {
		blobhash_add(&s->hash, *b);
	} else {
		block_put(*b);
		*b = NULL;
	}
	return 0;
}

int source_view(struct source *s, const unsigned char **p, size_t *n, struct err *e)
{
	if (s->cur && s->pos == s->cur->n) {
		block_put(s->cur);
		s->cur = s->ahead;
		s->ahead = NULL;
		s->pos = 0;
	}
	if (!s->cur && fill(s, &s->cur, e) < 0)
		return -1;
	if (!s->cur)
		return 0;
	*p = s->cur->data + s->pos;
	*n = s->cur->n - s->pos;
	return 1;
}

void source_take(struct source *s, size_t n)
{
	s->pos += n;
	s->off += n;
}

int source_peek(struct source *s, unsigned char *out, size_t n, struct err *e)
{
	const unsigned char *p;
	size_t have, more;
	int rc = source_view(s, &p, &have, e);

	if (rc <= 0)
		return rc;
	if (have > n)
		have = n;
	memcpy(out, p, have);
	if (have == n)
		return (int)n;
	if (!s->ahead && fill(s, &s->ahead, e) < 0)
		return -1;
	more = s->ahead ? s->ahead->n : 0;
	if (more > n - have)
		more = n - have;
	if (more)
		memcpy(out + have, s->ahead->data, more);
	return (int)(have + more);
}

int64_t source_read(struct source *s, unsigned char *out, size_t n, struct err *e)
{
	size_t done = 0, have;
	const unsigned char *p;

	while (done < n) {
		int rc = source_view(s, &p, &have, e);

		if (rc < 0)
			return -1;
		if (!rc)
			break;
		if (have > n - done)
			have = n - done;
		memcpy(out + done, p, have);
		source_take(s, have);
		done += have;
	}
	return (int64_t)done;
}
