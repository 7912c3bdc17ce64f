// Field splitting (XCU 2.6.5) and pathname expansion (2.6.6) of an expanded word.
#include <string.h>

#include "base/mem.h"
#include "stepsh/expand.h"
#include "stepsh/glob.h"
#include "stepsh/pattern.h"
#include "stepsh/sh.h"
#include "stepsh/var.h"

static int push_path(void *arg, const char *path, size_t n)
{
	argv_add(arg, arena_strndup(&sh.arena, path, n));
	return 0;
}

// GLOBIGNORE: patterns, with colons between them, of paths that are left out.
struct ignored {
	struct argv *out;
	const char *patterns;
};

static int push_unless_ignored(void *arg, const char *path, size_t n)
{
	struct ignored *ig = arg;

	for (const char *p = ig->patterns; *p;) {
		size_t k = strcspn(p, ":");

		if (pattern_match(p, NULL, k, path, n,
		                  pattern_flags() | PATTERN_PATHNAME))
			return 0;
		p += k + (p[k] == ':');
	}
	return push_path(ig->out, path, n);
}

static int has_glob(const char *p, const unsigned char *attr, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (attr[i] == ATTR_QUOTED)
			continue;
		if (p[i] == '*' || p[i] == '?' || p[i] == '[')
			return 1;
		if (p[i] == '(' && i && sh.shopts & SHOPT_EXTGLOB &&
		    strchr("+@!", p[i - 1]))
			return 1;
	}
	return 0;
}

// A field that is complete: through pathname expansion to the list.
static int finish_field(struct argv *out, char *p, unsigned char *attr, size_t n)
{
	int before = out->n, flags = 0;

	p[n] = '\0';
	if (sh_opt(OPT_NOGLOB) || !has_glob(p, attr, n)) {
		argv_add(out, p);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		attr[i] = attr[i] == ATTR_QUOTED;
	flags |= sh.shopts & SHOPT_DOTGLOB ? GLOB_DOTGLOB : 0;
	flags |= sh.shopts & SHOPT_GLOBSTAR ? GLOB_GLOBSTAR : 0;
	flags |= sh.shopts & SHOPT_EXTGLOB ? GLOB_EXTGLOB : 0;
	flags |= sh.shopts & SHOPT_NOCASEGLOB ? GLOB_NOCASE : 0;
	{
		struct ignored ig = { out,
			              sh_opt(OPT_POSIX) ? NULL : var_get("GLOBIGNORE") };

		if (ig.patterns && *ig.patterns)
			glob_expand(p, attr, n, flags | GLOB_DOTGLOB, push_unless_ignored,
			            &ig);
		else
			glob_expand(p, attr, n, flags, push_path, out);
	}
	if (out->n != before || sh.shopts & SHOPT_NULLGLOB)
		return 0;
	if (sh.shopts & SHOPT_FAILGLOB) {
		sh_message(NULL, "no match: %s", p);
		sh.status = 1; // of the command; the shell goes on
		return -1;
	}
	argv_add(out, p);
	return 0;
}

struct split {
	struct argv *out;
	char *p; // bytes of the current field, in place of the input's
	unsigned char *attr;
	size_t n;
	int have;        // there is a field, maybe empty
	int after_space; // white space of IFS ended the field before
};

static int end_field(struct split *s)
{
	char *p = s->p;
	unsigned char *attr = s->attr;
	size_t n = s->n;

	// The byte after the field may be one of the next field: only a marker or a
	// delimiter stands there, both already read.
	s->p += n + 1;
	s->attr += n + 1;
	s->n = 0;
	s->have = 0;
	return finish_field(s->out, p, attr, n);
}

static int split_byte(struct split *s, int class)
{
	if (class == 2) {
		if (!s->have)
			return 0;
		s->after_space = 1;
		return end_field(s);
	}
	if (!s->have && s->after_space) {
		s->after_space = 0;
		return 0;
	}
	s->after_space = 0;
	return end_field(s);
}

int fields_split(struct xbuf *x, struct argv *out)
{
	struct split s = { out, NULL, NULL, 0, 0, 0 };
	char *in = x->p;
	size_t i;

	if (!x->n)
		return 0;
	for (i = 0; i < x->n; i++)
		if (x->attr[i] >= ATTR_SPLIT)
			break;
	xbuf_put(x, "", 1, ATTR_NULL);
	in = x->p;
	if (i == x->n - 1)
		return finish_field(out, x->p, x->attr, x->n - 1);
	// Fields are moved to a place of their own: they may not overtake the input.
	s.p = arena_alloc(&sh.arena, x->n * 2 + 2);
	s.attr = arena_alloc(&sh.arena, x->n * 2 + 2);
	for (i = 0; i + 1 < x->n; i++) {
		int attr = x->attr[i], class;

		if (attr == ATTR_NULL) {
			s.have = 1;
			continue;
		}
		if (attr == ATTR_BREAK) {
			s.after_space = 0;
			if (s.have && end_field(&s) < 0)
				return -1;
			continue;
		}
		if (attr == ATTR_SPLIT && ifs_wide) {
			size_t k = ifs_wide_at(in + i, x->n - 1 - i);

			if (k) {
				if (split_byte(&s, 1) < 0)
					return -1;
				i += k - 1;
				continue;
			}
		}
		if (attr == ATTR_SPLIT && (class = ifs_class[(unsigned char)in[i]])) {
			if (split_byte(&s, class) < 0)
				return -1;
			continue;
		}
		s.p[s.n] = in[i];
		s.attr[s.n++] = (unsigned char)attr;
		s.have = 1;
		s.after_space = 0;
	}
	if (s.have)
		return end_field(&s);
	return 0;
}
