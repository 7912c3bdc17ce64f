#include "stepsh/glob.h"

#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "stepsh/pattern.h"

struct found {
	char *path;
	size_t n;
	uint64_t key; // its first bytes, as a number that sorts like them
};

struct walk {
	const char *pat;
	const unsigned char *quoted;
	size_t n;
	int flags; // GLOB_*
	int pattern_flags;
	struct str path; // what the components so far have made, with its last slash
	struct arena arena;
	VEC(struct found) found;
};

struct name {
	char *text;
	unsigned char type; // DT_*
};

static void component(struct walk *w, size_t i);

struct names {
	struct name *items;
	size_t n, cap;
};

static void keep(struct walk *w)
{
	struct found *f = vec_push(&w->found);

	f->n = w->path.len;
	f->path = arena_strndup(&w->arena, str_cstr(&w->path), w->path.len);
}

// Names of the last component need no more than their path.
static void keep_name(struct walk *w, const char *name)
{
	size_t n = strlen(name), len = w->path.len;
	struct found *f = vec_push(&w->found);

	f->n = len + n;
	f->path = arena_alloc(&w->arena, len + n + 1);
	if (len)
		memcpy(f->path, w->path.p, len);
	memcpy(f->path + len, name, n + 1);
}

static const unsigned char *quoted_at(const struct walk *w, size_t i)
{
	return w->quoted ? w->quoted + i : NULL;
}

static int is_plain(const struct walk *w, size_t i, size_t end)
{
	return pattern_is_plain(w->pat + i, quoted_at(w, i), end - i, w->pattern_flags);
}

static size_t component_end(const struct walk *w, size_t i)
{
	const char *slash = memchr(w->pat + i, '/', w->n - i);

	return slash ? (size_t)(slash - w->pat) : w->n;
}

static size_t skip_slashes(const struct walk *w, size_t i)
{
	while (i < w->n && w->pat[i] == '/')
		i++;
	return i;
}

static int is_globstar(const struct walk *w, size_t i, size_t end)
{
	return (w->flags & GLOB_GLOBSTAR) && end - i == 2 &&
	       memcmp(w->pat + i, "**", 2) == 0 &&
	       (!w->quoted || (!w->quoted[i] && !w->quoted[i + 1]));
}

static int is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

// Names in the folder w->path that match the component, sorted later; without `names` they
// are kept as results. The folder is closed
// again before anything deeper is opened, so depth costs no descriptors.
static void read_names(struct walk *w, size_t i, size_t end, int folders_only,
                       struct names *names)
{
	struct matcher m;

	DIR *dir = opendir(w->path.len ? w->path.p : ".");
	struct dirent *d;

	if (!dir)
		return;
	pattern_compile(&m, w->pat + i, quoted_at(w, i), end - i, w->pattern_flags);
	while ((d = readdir(dir)) != NULL) {
		if (is_dots(d->d_name) ||
		    (folders_only && d->d_type != DT_DIR && d->d_type != DT_LNK &&
		     d->d_type != DT_UNKNOWN))
			continue;
		if (!pattern_run(&m, d->d_name, strlen(d->d_name)))
			continue;
		if (!names) {
			keep_name(w, d->d_name);
			continue;
		}
		*vec_push(names) =
			(struct name){ arena_strdup(&w->arena, d->d_name), d->d_type };
	}
	closedir(dir);
}

// After a component that ends at `end`: append the slashes that follow and go on.
static void go_on(struct walk *w, size_t end)
{
	size_t next = skip_slashes(w, end);
	struct stat st;

	str_addn(&w->path, w->pat + end, next - end);
	if (next < w->n)
		component(w, next);
	else if (lstat(w->path.p, &st) == 0) // a last slash asks for a folder
		keep(w);
}

static int is_folder(struct walk *w, const struct name *name)
{
	struct stat st;

	if (name->type != DT_UNKNOWN)
		return name->type == DT_DIR;
	return lstat(w->path.p, &st) == 0 && S_ISDIR(st.st_mode);
}

// "**" and what follows it: here, and in every folder below that is no symbolic link.
// As the last component it finds the folder itself too, when nobody has kept it yet.
static void globstar(struct walk *w, size_t i, size_t end, int keep_self)
{
	size_t next = skip_slashes(w, end), len = w->path.len;
	int last = next == w->n, files = end == w->n;
	struct names names = { 0 };

	if (!last)
		component(w, next);
	else if (len && keep_self)
		keep(w);
	read_names(w, i, end, !files, &names);
	for (size_t k = 0; k < names.n; k++) {
		str_cut(&w->path, len);
		str_add(&w->path, names.items[k].text);
		if (files)
			keep(w);
		if (is_folder(w, &names.items[k])) {
			str_addc(&w->path, '/');
			globstar(w, i, end, !files);
		} else if (last && !files) { // a link to a folder is found, not entered
			go_on(w, end);
		}
	}
	str_cut(&w->path, len);
	vec_finish(&names);
}

static void literal(struct walk *w, size_t i, size_t end)
{
	for (; i < end; i++) {
		if (w->pat[i] == '\\' && (!w->quoted || !w->quoted[i]) && i + 1 < end)
			i++;
		str_addc(&w->path, w->pat[i]);
	}
	go_on(w, end);
}

// The component that begins at i, in the folder w->path.
static void component(struct walk *w, size_t i)
{
	size_t end = component_end(w, i), len = w->path.len;
	struct names names = { 0 };

	if (is_plain(w, i, end)) {
		literal(w, i, end);
	} else if (is_globstar(w, i, end)) {
		globstar(w, i, end, 1);
	} else if (end == w->n) {
		read_names(w, i, end, 0, NULL);
	} else {
		read_names(w, i, end, 1, &names);
		for (size_t k = 0; k < names.n; k++) {
			str_cut(&w->path, len);
			str_add(&w->path, names.items[k].text);
			go_on(w, end);
		}
		vec_finish(&names);
	}
	str_cut(&w->path, len);
}

static int by_bytes(const struct found *a, const struct found *b)
{
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return strcmp(a->path, b->path);
}

// What all paths begin with; most results share a folder.
static size_t common_prefix(const struct found *f, size_t n)
{
	size_t len = f[0].n;

	for (size_t i = 1; i < n; i++) {
		size_t k = 0;

		while (k < len && f[i].path[k] == f[0].path[k])
			k++;
		len = k;
	}
	return len;
}

static uint64_t key_of(const char *s)
{
	uint64_t key = 0;
	int i = 0;

	for (; i < 8 && s[i]; i++)
		key = key << 8 | (unsigned char)s[i];
	return i && i < 8 ? key << 8 * (8 - i) : key;
}

// Merge sort: half the comparisons of the library's qsort().
static void sort(struct found *f, struct found *spare, size_t n)
{
	size_t half = n / 2, i = 0, k = half, to = 0;

	if (n < 2)
		return;
	sort(f, spare, half);
	sort(f + half, spare, n - half);
	if (by_bytes(&f[half - 1], &f[half]) <= 0)
		return;
	memcpy(spare, f, half * sizeof(*f));
	while (i < half && k < n)
		f[to++] = by_bytes(&spare[i], &f[k]) <= 0 ? spare[i++] : f[k++];
	memcpy(f + to, spare + i, (half - i) * sizeof(*f));
}

static void sort_found(struct found *f, size_t n)
{
	size_t skip = common_prefix(f, n);
	auto_free struct found *spare = xmalloc((n / 2 + 1) * sizeof(*f));

	for (size_t i = 0; i < n; i++)
		f[i].key = key_of(f[i].path + skip);
	sort(f, spare, n);
}

static int push_all(struct walk *w, glob_push_fn *push, void *arg)
{
	int r = 0;

	if (w->found.n > 1)
		sort_found(w->found.items, w->found.n);
	for (size_t k = 0; k < w->found.n && !r; k++)
		// Two "**" can find the same path twice.
		if (!k || by_bytes(&w->found.items[k - 1], &w->found.items[k]) != 0)
			r = push(arg, w->found.items[k].path, w->found.items[k].n);
	return r;
}

static int active_backslash(const struct walk *w)
{
	for (size_t i = 0; i + 1 < w->n; i++)
		if (w->pat[i] == '\\' && (!w->quoted || !w->quoted[i]))
			return 1;
	return 0;
}

int glob_expand(const char *pat, const unsigned char *quoted, size_t n, int flags,
                glob_push_fn *push, void *arg)
{
	struct walk w = { .pat = pat, .quoted = quoted, .n = n, .flags = flags };
	size_t begin;
	int r;

	if (flags & GLOB_EXTGLOB)
		w.pattern_flags |= PATTERN_EXTGLOB;
	if (flags & GLOB_NOCASE)
		w.pattern_flags |= PATTERN_NOCASE;
	// A backslash that is active makes a pattern too: it matches the name without it.
	if (is_plain(&w, 0, n) && !active_backslash(&w))
		return 0;
	if (!(flags & GLOB_DOTGLOB))
		w.pattern_flags |= PATTERN_PERIOD;
	begin = skip_slashes(&w, 0);
	str_addn(&w.path, pat, begin);
	component(&w, begin);
	r = push_all(&w, push, arg);
	vec_finish(&w.found);
	arena_finish(&w.arena);
	str_finish(&w.path);
	return r;
}
