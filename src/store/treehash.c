#include "store/treehash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cbor.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/digest.h"
#include "store/filter.h"

void tree_finish(struct tree *t)
{
	arena_finish(&t->mem);
	free(t->slots);
	memset(t, 0, sizeof(*t));
}

void *tree_memdup(struct tree *t, const void *p, size_t n)
{
	t->bytes += n + 16;
	return arena_memdup(&t->mem, p, n);
}

static size_t slot_of(const struct tree *t, const struct node *parent, const char *name,
                      size_t len)
{
	uint64_t h =
		map_hash(name, len) ^ (uint64_t)(uintptr_t)parent * 0x9e3779b97f4a7c15u;

	h ^= h >> 32;
	return (h * 0xff51afd7ed558ccdu >> 20) & (t->n_slots - 1);
}

struct node *tree_find(const struct tree *t, const struct node *parent, const char *name,
                       size_t len)
{
	if (!parent)
		return t->root;
	if (!t->n_slots)
		return NULL;
	for (size_t i = slot_of(t, parent, name, len); t->slots[i];
	     i = (i + 1) & (t->n_slots - 1)) {
		struct node *n = t->slots[i];

		if (n->parent == parent && n->name_len == len &&
		    !memcmp(n->name, name, len))
			return n;
	}
	return NULL;
}

static void slot_put(struct tree *t, struct node *n)
{
	size_t i = slot_of(t, n->parent, n->name, n->name_len);

	while (t->slots[i])
		i = (i + 1) & (t->n_slots - 1);
	t->slots[i] = n;
}

static void grow(struct tree *t)
{
	struct node **was = t->slots;
	size_t n = t->n_slots;

	t->n_slots = n ? n * 2 : 1024;
	t->slots = xcalloc(t->n_slots, sizeof(*t->slots));
	for (size_t i = 0; i < n; i++)
		if (was[i])
			slot_put(t, was[i]);
	free(was);
}

struct node *tree_add(struct tree *t, struct node *parent, enum node_type type,
                      const char *name, size_t len)
{
	struct node *n = arena_zalloc(&t->mem, sizeof(*n) + len + 1);

	t->bytes += sizeof(*n) + len + 16 + (type == NODE_FILE ? SHA384_LEN : 0);

	assert(len <= UINT16_MAX && (parent ? parent->type == NODE_DIR : !t->root));
	n->type = (uint8_t)type;
	n->parent = parent;
	n->name_len = (uint16_t)len;
	memcpy(n->name, name, len);
	if (type == NODE_FILE)
		n->content = arena_zalloc(&t->mem, SHA384_LEN);
	t->n++;
	if (!parent) {
		t->root = n;
		return n;
	}
	if (4 * t->n >= 3 * t->n_slots)
		grow(t);
	slot_put(t, n);
	n->sibling = parent->first;
	parent->first = n;
	return n;
}

// Names compare as bytes, a directory's with '/' behind it.
static int by_key(const void *pa, const void *pb)
{
	const struct node *a = *(struct node *const *)pa, *b = *(struct node *const *)pb;
	size_t min = a->name_len < b->name_len ? a->name_len : b->name_len;
	int c = memcmp(a->name, b->name, min), ca, cb;

	if (c)
		return c;
	// The NUL behind a shorter file name sorts first, as the end of a key does.
	ca = a->name_len == min && a->type == NODE_DIR ? '/'
	                                               : (unsigned char)a->name[min];
	cb = b->name_len == min && b->type == NODE_DIR ? '/'
	                                               : (unsigned char)b->name[min];
	return ca - cb;
}

void tree_sort(struct tree *t)
{
	struct node **v = NULL;
	size_t cap = 0;

	for (struct node *dir = t->root; dir; dir = tree_next(t, dir)) {
		size_t n = 0;

		if (dir->type != NODE_DIR || !dir->first)
			continue;
		for (struct node *c = dir->first; c; c = c->sibling, n++) {
			if (n == cap) {
				cap = cap ? cap * 2 : 256;
				v = xreallocarray(v, cap, sizeof(struct node *));
			}
			v[n] = c;
		}
		qsort(v, n, sizeof(struct node *), by_key);
		dir->first = v[0];
		for (size_t i = 0; i < n; i++)
			v[i]->sibling = i + 1 < n ? v[i + 1] : NULL;
	}
	free(v);
}

struct node *tree_next(const struct tree *t, const struct node *n)
{
	if (!n)
		return t->root;
	if (n->type == NODE_DIR && n->first)
		return n->first;
	while (n && !n->sibling)
		n = n->parent;
	return n ? n->sibling : NULL;
}

size_t node_path(const struct node *n, char *out, size_t size)
{
	size_t len = 0, at;

	for (const struct node *p = n; p->parent; p = p->parent)
		len += p->name_len + (p->parent->parent ? 1u : 0u);
	out[0] = '\0';
	if (len >= size)
		return 0;
	out[len] = '\0';
	at = len;
	for (const struct node *p = n; p->parent; p = p->parent) {
		at -= p->name_len;
		memcpy(out + at, p->name, p->name_len);
		if (at)
			out[--at] = '/';
	}
	return len;
}

static void add_key(struct str *s, const char *k)
{
	cbor_add_text(s, k, strlen(k));
}

static void add_xattrs(struct str *s, const struct xattr *x)
{
	uint64_t n = 0;

	for (const struct xattr *i = x; i; i = i->next)
		n++;
	add_key(s, "x");
	cbor_add_head(s, CBOR_MAP, n);
	for (; x; x = x->next) {
		cbor_add_text(s, x->name, x->name_len);
		cbor_add_text(s, x->value, x->value_len);
	}
}

static void add_meta(struct str *s, const struct node *n, const struct meta *m)
{
	bool dev = n->type == NODE_BLOCK || n->type == NODE_CHAR;
	bool link = n->type == NODE_SYMLINK && n->link_len;
	char type = (char)n->type;

	cbor_add_head(s, CBOR_MAP, 7u + link + (n->xattrs != NULL) + (dev ? 2u : 0u));
	add_key(s, "n");
	cbor_add_text(s, n->parent ? n->name : ".", n->parent ? n->name_len : 1);
	add_key(s, "t");
	cbor_add_text(s, &type, 1);
	add_key(s, "p");
	cbor_add_int(s, m->mode);
	add_key(s, "u");
	cbor_add_int(s, m->uid);
	add_key(s, "g");
	cbor_add_int(s, m->gid);
	if (link) {
		add_key(s, "l");
		cbor_add_text(s, n->link, n->link_len);
	}
	if (dev) {
		add_key(s, "dM");
		cbor_add_int(s, n->major);
		add_key(s, "dm");
		cbor_add_int(s, n->minor);
	}
	add_key(s, "m");
	cbor_add_int(s, m->mtime_s);
	add_key(s, "mn");
	cbor_add_int(s, m->mtime_ns);
	if (n->xattrs)
		add_xattrs(s, n->xattrs);
}

// The three hashes of a tree, computed together. A leaf has mostly the same in all and is
// hashed once; a directory feeds three digests.
enum { PRE, FILTERED, SEAL, HASHES };

// A directory whose children are being listed.
struct level {
	struct digest d[HASHES];
};

struct walk {
	const struct filters *filters;
	struct level *levels;
	size_t depth, cap;
	struct str buf;
	struct digest once;
};

struct hashes {
	unsigned char h[HASHES][SHA384_LEN];
	bool has[HASHES];
};

static void hash_leaf(struct walk *w, const struct node *n, const struct meta *m,
                      unsigned char out[SHA384_LEN])
{
	str_clear(&w->buf);
	cbor_add_head(&w->buf, CBOR_MAP, n->type == NODE_FILE ? 2 : 1);
	add_key(&w->buf, "m");
	add_meta(&w->buf, n, m);
	if (n->type == NODE_FILE) {
		add_key(&w->buf, "h");
		cbor_add_bytes(&w->buf, n->content, SHA384_LEN);
	}
	digest_begin(&w->once, DIGEST_SHA384);
	digest_add(&w->once, w->buf.p, w->buf.len);
	digest_end(&w->once, out);
}

static void leaf(struct walk *w, const struct node *n, struct hashes *h)
{
	struct meta plain, filtered;
	bool changed = filter_apply(w->filters, n, &filtered);

	filter_apply(NULL, n, &plain);
	hash_leaf(w, n, &plain, h->h[SEAL]);
	h->has[SEAL] = true;
	h->has[PRE] = h->has[FILTERED] = n->type == NODE_FILE;
	if (n->type != NODE_FILE)
		return;
	memcpy(h->h[PRE], h->h[SEAL], SHA384_LEN);
	if (changed)
		hash_leaf(w, n, &filtered, h->h[FILTERED]);
	else
		memcpy(h->h[FILTERED], h->h[SEAL], SHA384_LEN);
}

static void dir_open(struct walk *w, const struct node *n)
{
	struct level *l;
	struct meta m;

	if (w->depth == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 16;

		w->levels = xreallocarray(w->levels, cap, sizeof(struct level));
		memset(w->levels + w->cap, 0, (cap - w->cap) * sizeof(struct level));
		w->cap = cap;
	}
	l = &w->levels[w->depth++];
	for (int i = 0; i < HASHES; i++) {
		filter_apply(i == FILTERED ? w->filters : NULL, n, &m);
		str_clear(&w->buf);
		cbor_add_head(&w->buf, CBOR_MAP, 2);
		add_key(&w->buf, "m");
		add_meta(&w->buf, n, &m);
		add_key(&w->buf, "l");
		str_addc(&w->buf, (char)0x9f);
		digest_begin(&l->d[i], DIGEST_SHA384);
		digest_add(&l->d[i], w->buf.p, w->buf.len);
	}
}

static void dir_child(struct walk *w, const struct hashes *h)
{
	struct level *l = &w->levels[w->depth - 1];
	unsigned char item[2 + SHA384_LEN] = { 0x58, SHA384_LEN };

	for (int i = 0; i < HASHES; i++) {
		if (!h->has[i])
			continue;
		memcpy(item + 2, h->h[i], SHA384_LEN);
		digest_add(&l->d[i], item, sizeof(item));
	}
}

static void dir_close(struct walk *w, struct hashes *h)
{
	struct level *l = &w->levels[--w->depth];
	unsigned char end = 0xff;

	for (int i = 0; i < HASHES; i++) {
		digest_add(&l->d[i], &end, 1);
		digest_end(&l->d[i], h->h[i]);
		h->has[i] = true;
	}
}

// Preorder without recursion: a directory stays open until all below it was seen.
static void walk(struct walk *w, const struct node *root, struct hashes *h)
{
	const struct node *n = root;

	for (;;) {
		if (n->type == NODE_DIR) {
			dir_open(w, n);
			if (n->first) {
				n = n->first;
				continue;
			}
			dir_close(w, h);
		} else {
			leaf(w, n, h);
		}
		for (; n != root; n = n->parent, dir_close(w, h)) {
			dir_child(w, h);
			if (n->sibling)
				break;
		}
		if (n == root)
			return;
		n = n->sibling;
	}
}

static void text(const struct hashes *h, int which, char out[HASH_TEXT])
{
	if (h->has[which])
		hash_text(h->h[which], out);
	else
		strcpy(out, "-");
}

void tree_digest(const struct tree *t, const struct filters *f, struct tree_digests *d)
{
	struct walk w = { .filters = f };
	struct hashes h;

	walk(&w, t->root, &h);
	text(&h, PRE, d->prefilter);
	text(&h, FILTERED, d->filtered);
	text(&h, SEAL, d->seal);
	for (size_t i = 0; i < w.cap; i++)
		for (int k = 0; k < HASHES; k++)
			digest_finish(&w.levels[i].d[k]);
	free(w.levels);
	str_finish(&w.buf);
	digest_finish(&w.once);
}
