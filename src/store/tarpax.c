#include "store/tarpax.h"

#include <string.h>

#include "base/err.h"
#include "base/vec.h"
#include "store/treehash.h"

enum { MAX_RUNS = 1 << 20 };

int pax_number(const char *p, size_t n, int64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;
	bool minus = n && *p == '-';

	if (n && (*p == '-' || *p == '+'))
		i++;
	if (i == n)
		return -1;
	for (; i < n; i++) {
		if (p[i] < '0' || p[i] > '9' || v > (uint64_t)INT64_MAX / 10)
			return -1;
		v = v * 10 + (uint64_t)(p[i] - '0');
		if (v > INT64_MAX)
			return -1;
	}
	*out = minus ? -(int64_t)v : (int64_t)v;
	return 0;
}

int pax_next(const char *p, size_t len, size_t *pos, struct pax_record *r)
{
	const char *rec = p + *pos, *space, *eq;
	size_t left = len - *pos;
	int64_t n;

	if (!left)
		return 0;
	space = memchr(rec, ' ', left < 20 ? left : 20);
	if (!space || pax_number(rec, (size_t)(space - rec), &n) < 0 || n < 5 ||
	    (uint64_t)n > left || rec[n - 1] != '\n' ||
	    (size_t)n < (size_t)(space - rec) + 2)
		return -1;
	r->key = space + 1;
	eq = memchr(r->key, '=', (size_t)(rec + n - 1 - r->key));
	if (!eq || eq == r->key)
		return -1;
	r->key_len = (size_t)(eq - r->key);
	r->value = eq + 1;
	r->value_len = (size_t)(rec + n - 1 - r->value);
	*pos += (size_t)n;
	return 1;
}

// "[-]SECONDS[.FRACTION]", the fraction cut to nanoseconds, the result floored.
static int pax_time(const char *p, size_t n, int64_t *sec, uint32_t *nsec)
{
	const char *dot = memchr(p, '.', n);
	size_t whole = dot ? (size_t)(dot - p) : n;
	uint32_t ns = 0, digit = 100000000;

	if (pax_number(p, whole, sec) < 0)
		return -1;
	for (size_t i = whole + 1; i < n; i++, digit /= 10) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		ns += digit * (uint32_t)(p[i] - '0');
	}
	if (*p == '-' && ns) {
		if (*sec == INT64_MIN)
			return -1;
		(*sec)--;
		ns = 1000000000 - ns;
	}
	*nsec = ns;
	return 0;
}

static int set_text(struct tar_reader *r, const struct pax_record *rec, const char **out)
{
	if (memchr(rec->value, '\0', rec->value_len))
		return -1;
	*out = arena_strndup(&r->mem, rec->value, rec->value_len);
	return 0;
}

static int set_id(const struct pax_record *rec, uint32_t *out)
{
	int64_t v;

	if (pax_number(rec->value, rec->value_len, &v) < 0)
		return -1;
	*out = (uint32_t)v;
	return 0;
}

static int set_size(const struct pax_record *rec, int64_t *out)
{
	return pax_number(rec->value, rec->value_len, out) < 0 || *out < 0 ? -1 : 0;
}

// Insert sorted by name; the same name again replaces.
static int set_xattr(struct tar_reader *r, const char *name, size_t len,
                     const struct pax_record *rec)
{
	struct xattr **at = &r->entry.xattrs, *x;
	int c = 1;

	if (memchr(name, '\0', len))
		return -1;
	while ((x = *at)) {
		size_t min = x->name_len < len ? x->name_len : len;

		c = memcmp(x->name, name, min);
		if (!c)
			c = x->name_len < len ? -1 : x->name_len > len;
		if (c >= 0)
			break;
		at = &x->next;
	}
	if (!x || c) {
		x = ARENA_NEW(&r->mem, struct xattr);
		x->name = arena_strndup(&r->mem, name, len);
		x->name_len = len;
		x->next = *at;
		*at = x;
	}
	x->value = arena_strndup(&r->mem, rec->value, rec->value_len);
	x->value_len = rec->value_len;
	return 0;
}

// Sparse runs, collected number by number (0.0: offset, numbytes, ...; 0.1: a list).
struct runs {
	VEC(struct tar_sparse) v;
	bool half;
};

static int add_run(struct runs *v, int64_t number)
{
	if (number < 0 || v->v.n > MAX_RUNS)
		return -1;
	if (v->half)
		v->v.items[v->v.n - 1].len = (uint64_t)number;
	else
		*vec_push(&v->v) = (struct tar_sparse){ (uint64_t)number, 0 };
	v->half = !v->half;
	return 0;
}

static int add_map(struct runs *v, const struct pax_record *rec)
{
	const char *p = rec->value, *end = p + rec->value_len;

	v->v.n = 0;
	v->half = false;
	while (p < end) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		int64_t n;

		if (!comma)
			comma = end;
		if (pax_number(p, (size_t)(comma - p), &n) < 0 || add_run(v, n) < 0)
			return -1;
		p = comma + 1;
	}
	return v->half ? -1 : 0;
}

static bool is(const struct pax_record *rec, const char *key)
{
	return strlen(key) == rec->key_len && !memcmp(rec->key, key, rec->key_len);
}

static int apply_sparse(struct tar_reader *r, struct pax_sparse *s, struct runs *runs,
                        const struct pax_record *rec)
{
	int64_t n;

	if (is(rec, "GNU.sparse.offset") || is(rec, "GNU.sparse.numbytes")) {
		if (runs->half != is(rec, "GNU.sparse.numbytes") ||
		    pax_number(rec->value, rec->value_len, &n) < 0)
			return -1;
		s->version = s->version ? s->version : 1;
		return add_run(runs, n);
	}
	if (is(rec, "GNU.sparse.map")) {
		s->version = s->version ? s->version : 1;
		return add_map(runs, rec);
	}
	if (is(rec, "GNU.sparse.name"))
		return set_text(r, rec, &s->name);
	if (is(rec, "GNU.sparse.size") || is(rec, "GNU.sparse.realsize"))
		return set_size(rec, &s->real_size);
	if (is(rec, "GNU.sparse.major") && rec->value_len == 1 && *rec->value == '1')
		s->version = 2;
	return 0;
}

static int apply(struct tar_reader *r, struct pax_sparse *s, struct runs *runs,
                 const struct pax_record *rec)
{
	static const char xattr[] = "SCHILY.xattr.";
	size_t skip = sizeof(xattr) - 1;
	struct tar_entry *t = &r->entry;
	int64_t n;

	if (!rec->value_len) // "back to what the header says"
		return 0;
	if (is(rec, "path"))
		return set_text(r, rec, &t->name);
	if (is(rec, "linkpath"))
		return set_text(r, rec, &t->link);
	if (is(rec, "uid"))
		return set_id(rec, &t->uid);
	if (is(rec, "gid"))
		return set_id(rec, &t->gid);
	if (is(rec, "mtime"))
		return pax_time(rec->value, rec->value_len, &t->mtime_s, &t->mtime_ns);
	if (is(rec, "size")) {
		if (set_size(rec, &n) < 0)
			return -1;
		t->size = (uint64_t)n;
		return 0;
	}
	if (rec->key_len > skip && !memcmp(rec->key, xattr, skip))
		return set_xattr(r, rec->key + skip, rec->key_len - skip, rec);
	if (rec->key_len > 11 && !memcmp(rec->key, "GNU.sparse.", 11))
		return apply_sparse(r, s, runs, rec);
	return 0;
}

int pax_apply(struct tar_reader *r, struct pax_sparse *s, struct err *e)
{
	struct runs runs = { 0 };
	struct pax_record rec;
	char buf[NAME_SHORT];
	size_t pos = 0;
	int rc;

	*s = (struct pax_sparse){ .real_size = -1 };
	while ((rc = pax_next(str_cstr(&r->pax), r->pax.len, &pos, &rec)) == 1)
		if (apply(r, s, &runs, &rec) < 0) {
			err_set(e, "rio-ware-corrupt",
			        "the extended header of %s (at byte %llu of the archive) "
			        "has a bad value "
			        "for %.*s",
			        name_short(r->entry.name, buf),
			        (unsigned long long)r->entry.offset,
			        (int)(rec.key_len < 100 ? rec.key_len : 100), rec.key);
			goto out;
		}
	if (rc < 0)
		err_set(e, "rio-ware-corrupt",
		        "the extended header before byte %llu of the archive is "
		        "malformed",
		        (unsigned long long)r->entry.offset);
	if (runs.half) {
		rc = err_set(e, "rio-ware-corrupt", "the sparse map of %s is malformed",
		             r->entry.name);
		goto out;
	}
	r->n_map = runs.v.n;
	if (runs.v.n)
		r->map = arena_memdup(&r->mem, runs.v.items, runs.v.n * sizeof(*r->map));
out:
	vec_finish(&runs.v);
	return rc == 0 ? 0 : -1;
}
