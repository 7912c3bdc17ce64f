#include "config.h"

#include "store/index.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/digest.h"
#include "store/filter.h"
#include "store/indexw.h"

enum {
	HEAD = 16,
	FIXED = 128,
	TAIL = 16 + SHA384_LEN,
	INDEX_VERSION = 1,
	CHUNK = 256 * 1024
};
_Static_assert((int)NODE_OWNER_LOST == (int)INDEX_OWNER_LOST &&
                       (int)NODE_CONJURED == (int)INDEX_CONJURED &&
                       (int)NODE_MTIME_LOST == (int)INDEX_MTIME_LOST,
               "flags are written as they are");

static const char magic[8] = { 'w', 'f', 'x', 'i', 'n', 'd', 'e', 'x' };

static void put(struct str *s, uint64_t v, int bytes)
{
	for (; bytes--; v >>= 8)
		str_addc(s, (char)(v & 0xff));
}

static uint64_t get(const unsigned char **p, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v |= (uint64_t) * (*p)++ << 8 * i;
	return v;
}

static void add_node(struct str *s, const struct node *n, const struct filters *f)
{
	bool dev = n->type == NODE_BLOCK || n->type == NODE_CHAR;
	size_t link = n->type == NODE_SYMLINK ? n->link_len : 0;
	char path[PATH_MAX];
	size_t len = node_path(n, path, sizeof(path));
	struct meta m;

	filter_apply(f, n, &m);
	put(s, FIXED + len + link, 4);
	put(s, n->type, 1);
	put(s, n->flags, 1);
	put(s, m.mode, 2);
	put(s, m.uid, 4);
	put(s, m.gid, 4);
	put(s, (uint64_t)m.mtime_s, 8);
	put(s, m.mtime_ns, 4);
	put(s, n->ctime_ns, 4);
	put(s, (uint64_t)n->ctime_s, 8);
	put(s, n->type == NODE_FILE ? n->size : 0, 8);
	put(s, n->ino, 8);
	put(s, dev ? n->major : 0, 4);
	put(s, dev ? n->minor : 0, 4);
	put(s, len, 4);
	put(s, link, 4);
	put(s, 0, 8); // reserved
	if (n->type == NODE_FILE)
		str_addn(s, n->content, SHA384_LEN);
	else
		for (int i = 0; i < SHA384_LEN; i++)
			str_addc(s, '\0');
	str_addn(s, path, len);
	if (link)
		str_addn(s, n->link, link);
}

static int flush(int fd, struct str *s, struct digest *d, struct err *e)
{
	digest_add(d, s->p, s->len);
	if (fd_write_all(fd, s->p, s->len) < 0)
		return err_sys(e, "rio-local-cache-problem",
		               "writing the index of a ware");
	str_clear(s);
	return 0;
}

int index_write(int fd, const struct tree *t, const struct filters *f, struct err *e)
{
	unsigned char sum[SHA384_LEN];
	struct digest d = { 0 };
	struct str s = { 0 };
	int rc = -1;

	digest_begin(&d, DIGEST_SHA384);
	str_addn(&s, magic, sizeof(magic));
	put(&s, INDEX_VERSION, 4);
	put(&s, 0, 4);
	for (const struct node *n = t->root; n; n = tree_next(t, n)) {
		add_node(&s, n, f);
		if (s.len >= CHUNK && flush(fd, &s, &d, e) < 0)
			goto out;
	}
	put(&s, 0, 8);
	put(&s, t->n, 8);
	if (flush(fd, &s, &d, e) < 0)
		goto out;
	digest_end(&d, sum);
	if (fd_write_all(fd, sum, sizeof(sum)) < 0)
		err_sys(e, "rio-local-cache-problem", "writing the index of a ware");
	else
		rc = 0;
out:
	digest_finish(&d);
	str_finish(&s);
	return rc;
}

struct index_reader {
	const unsigned char *map;
	size_t size, pos;
	uint64_t count;
	char path[PATH_MAX], link[PATH_MAX];
};

static int damaged(struct err *e)
{
	return err_set(e, "rio-local-cache-problem", "the index of a ware is damaged");
}

static int check_frame(struct index_reader *x, struct err *e)
{
	unsigned char sum[SHA384_LEN];
	struct digest d = { 0 };
	const unsigned char *p = x->map + sizeof(magic);

	if (memcmp(x->map, magic, sizeof(magic)))
		return err_set(e, "rio-local-cache-problem",
		               "this is not the index of a ware");
	if (get(&p, 4) != INDEX_VERSION)
		return err_set(e, "rio-local-cache-problem",
		               "the index of a ware has a newer format");
	digest_begin(&d, DIGEST_SHA384);
	digest_add(&d, x->map, x->size - SHA384_LEN);
	digest_end(&d, sum);
	digest_finish(&d);
	if (memcmp(sum, x->map + x->size - SHA384_LEN, SHA384_LEN))
		return damaged(e);
	p = x->map + x->size - TAIL + 8;
	x->count = get(&p, 8);
	return 0;
}

struct index_reader *index_open(int fd, struct err *e)
{
	struct index_reader *x = xcalloc(1, sizeof(*x));
	struct stat st;

	if (fstat(fd, &st) < 0) {
		err_sys(e, "rio-local-cache-problem", "the index of a ware");
		goto fail;
	}
	if (st.st_size < HEAD + TAIL) {
		damaged(e);
		goto fail;
	}
	x->size = (size_t)st.st_size;
	x->map = mmap(NULL, x->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (x->map == MAP_FAILED) {
		x->map = NULL;
		err_sys(e, "rio-local-cache-problem", "mapping the index of a ware");
		goto fail;
	}
	if (check_frame(x, e) < 0)
		goto fail;
	x->pos = HEAD;
	return x;
fail:
	index_close(x);
	return NULL;
}

uint64_t index_count(const struct index_reader *x)
{
	return x->count;
}

void index_rewind(struct index_reader *x)
{
	x->pos = HEAD;
}

void index_close(struct index_reader *x)
{
	if (!x)
		return;
	if (x->map)
		munmap((void *)x->map, x->size);
	free(x);
}

static bool clean(const char *p, size_t n)
{
	size_t start = 0;

	if (!n)
		return true;
	for (size_t i = 0; i <= n; i++) {
		size_t len = i - start;

		if (i < n && !p[i])
			return false;
		if (i < n && p[i] != '/')
			continue;
		if (!len || (len == 1 && p[start] == '.') ||
		    (len == 2 && p[start] == '.' && p[start + 1] == '.'))
			return false;
		start = i + 1;
	}
	return true;
}

int index_next(struct index_reader *x, struct index_entry *t, struct err *e)
{
	const unsigned char *p = x->map + x->pos;
	size_t left = x->size - TAIL - x->pos, len;

	if (!left)
		return 0;
	if (left < FIXED)
		return damaged(e);
	len = (size_t)get(&p, 4);
	if (len < FIXED || len > left)
		return damaged(e);
	t->type = (enum node_type)get(&p, 1);
	t->flags = (unsigned)get(&p, 1);
	t->mode = (uint32_t)get(&p, 2);
	t->uid = (uint32_t)get(&p, 4);
	t->gid = (uint32_t)get(&p, 4);
	t->mtime_s = (int64_t)get(&p, 8);
	t->mtime_ns = (uint32_t)get(&p, 4);
	t->ctime_ns = (uint32_t)get(&p, 4);
	t->ctime_s = (int64_t)get(&p, 8);
	t->size = get(&p, 8);
	t->ino = get(&p, 8);
	t->major = (uint32_t)get(&p, 4);
	t->minor = (uint32_t)get(&p, 4);
	t->path_len = (size_t)get(&p, 4);
	t->link_len = (size_t)get(&p, 4);
	p += 8;
	memcpy(t->sha384, p, SHA384_LEN);
	p += SHA384_LEN;
	if (t->path_len >= sizeof(x->path) || t->link_len >= sizeof(x->link) ||
	    len != FIXED + t->path_len + t->link_len ||
	    !clean((const char *)p, t->path_len))
		return damaged(e);
	memcpy(x->path, p, t->path_len);
	x->path[t->path_len] = '\0';
	memcpy(x->link, p + t->path_len, t->link_len);
	x->link[t->link_len] = '\0';
	t->path = x->path;
	t->link = x->link;
	x->pos += len;
	return 1;
}
