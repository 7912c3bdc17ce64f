#include "stepsh/expand.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/mem.h"
#include "stepsh/math.h"
#include "stepsh/pattern.h"
#include "stepsh/report.h"
#include "stepsh/sh.h"
#include "stepsh/var.h"

void argv_add(struct argv *a, char *s)
{
	if (a->n + 1 >= a->cap) {
		int cap = a->cap ? a->cap * 2 : 16;
		char **v = arena_alloc(&sh.arena, (size_t)cap * sizeof(*v));

		if (a->n)
			memcpy(v, a->v, (size_t)a->n * sizeof(*v));
		a->v = v;
		a->cap = cap;
	}
	a->v[a->n++] = s;
}

void argv_end(struct argv *a)
{
	argv_add(a, NULL);
	a->n--;
}

static void reserve(struct xbuf *x, size_t more)
{
	size_t cap = x->cap ? x->cap * 2 : 240;
	char *p;

	if (x->n + more <= x->cap)
		return;
	if (cap < x->n + more)
		cap = x->n + more;
	p = arena_alloc(&sh.arena, cap * 2 + 1);
	if (x->n) {
		memcpy(p, x->p, x->n);
		memcpy(p + cap + 1, x->attr, x->n);
	}
	x->p = p;
	x->attr = (unsigned char *)p + cap + 1;
	x->cap = cap;
}

void xbuf_put(struct xbuf *x, const char *s, size_t n, int attr)
{
	reserve(x, n + 1);
	if (n)
		memcpy(x->p + x->n, s, n);
	memset(x->attr + x->n, attr, n);
	x->n += n;
}

char *xbuf_text(struct xbuf *x, size_t *n)
{
	size_t k = 0;

	reserve(x, 1);
	for (size_t i = 0; i < x->n; i++)
		if (x->attr[i] < ATTR_BREAK)
			x->p[k++] = x->p[i];
	x->p[k] = '\0';
	if (n)
		*n = k;
	return x->p;
}

// The home of a user, from /etc/passwd alone: no name service in somebody's image.
static int user_home(struct xbuf *x, const char *user, size_t n)
{
	struct str s = { 0 };
	int found = 0;

	if (fd_read_file(-100, "/etc/passwd", &s, 16 << 20) < 0) {
		str_finish(&s);
		return 0;
	}
	for (char *line = s.p, *next; line && *line && !found; line = next) {
		char *f = line, *end = strchrnul(line, '\n');

		next = *end ? end + 1 : end;
		*end = '\0';
		if (strncmp(line, user, n) || line[n] != ':')
			continue;
		for (int i = 0; i < 5 && f; i++) {
			f = strchr(f, ':');
			f = f ? f + 1 : NULL;
		}
		if (f) {
			xbuf_put(x, f, strcspn(f, ":"), ATTR_QUOTED);
			found = 1;
		}
	}
	str_finish(&s);
	return found;
}

static void expand_tilde(struct xbuf *x, const struct part *a)
{
	const char *v = NULL;

	if (a->flags & PART_IN_VALUE && !x->value) {
		xbuf_put(x, a->lit.p, a->lit.n, ATTR_LITERAL);
		return;
	}
	if (a->lit.n == 1)
		v = var_get("HOME");
	else if (a->lit.n == 2 && a->lit.p[1] == '+' && !sh_opt(OPT_POSIX))
		v = var_get("PWD");
	else if (a->lit.n == 2 && a->lit.p[1] == '-' && !sh_opt(OPT_POSIX))
		v = var_get("OLDPWD");
	else if (user_home(x, a->lit.p + 1, a->lit.n - 1))
		return;
	if (!v)
		xbuf_put(x, a->lit.p, a->lit.n, ATTR_LITERAL);
	else if (*v)
		xbuf_put(x, v, strlen(v), ATTR_QUOTED);
	else
		xbuf_put(x, "", 1, ATTR_NULL);
}

int expand_arith(const struct word *w, int64_t *value)
{
	const char *s = w->plain;
	size_t n = w->plain_len;

	if (!w->parts) {
		*value = 0;
		return 0;
	}
	if (!s) {
		s = expand_text(w, &n, 0);
		if (!s)
			return -1;
	}
	if (math_eval(s, n, value) == 0)
		return 0;
	if (!sh.flow)
		sh_discard(sh_opt(OPT_SH_ERRORS) ? 2 : 1);
	return -1;
}

int expand_parts(struct xbuf *x, const struct part *a)
{
	int64_t value;
	char num[24];

	for (; a; a = a->next) {
		int quoted = a->flags & PART_QUOTED;
		int attr = quoted ? ATTR_QUOTED : ATTR_SPLIT;

		switch (a->kind) {
		case PART_LIT:
			if (a->lit.n)
				xbuf_put(x, a->lit.p, a->lit.n,
				         quoted ? ATTR_QUOTED : x->unquoted);
			else
				xbuf_put(x, "", 1, ATTR_NULL);
			break;
		case PART_TILDE:
			expand_tilde(x, a);
			break;
		case PART_PARAM:
			if (expand_param(x, a->param, quoted) < 0)
				return -1;
			break;
		case PART_COMMAND:
			if (expand_command(x, a) < 0)
				return -1;
			break;
		case PART_PROCESS:
			if (expand_process(x, a) < 0)
				return -1;
			break;
		default:
			if (expand_arith(a->arith, &value) < 0)
				return -1;
			xbuf_put(x, num, math_text(num, value), attr);
		}
	}
	return 0;
}

int expand_word_into(struct xbuf *x, const struct word *w, int quoted)
{
	uint8_t was = x->unquoted;
	int r;

	if (!w)
		return 0;
	x->unquoted = quoted ? ATTR_QUOTED : ATTR_SPLIT;
	r = expand_parts(x, w->parts);
	x->unquoted = was;
	return r;
}

int expand_words(const struct word *w, struct argv *out)
{
	for (; w; w = w->next) {
		struct xbuf x = { .split = 1 };

		if (w->plain) {
			argv_add(out, (char *)w->plain);
			continue;
		}
		if (w->flags & WORD_VALUE) {
			char *s = expand_text(w, NULL, EXPAND_VALUE);

			if (!s)
				return -1;
			argv_add(out, s);
			continue;
		}
		if (expand_parts(&x, w->parts) < 0 || fields_split(&x, out) < 0)
			return -1;
	}
	return 0;
}

char *expand_text(const struct word *w, size_t *n, int flags)
{
	struct xbuf x = { .value = flags & EXPAND_VALUE };

	if (w->plain) {
		if (n)
			*n = w->plain_len;
		return (char *)w->plain;
	}
	if (expand_parts(&x, w->parts) < 0)
		return NULL;
	return xbuf_text(&x, n);
}

int expand_pattern(const struct word *w, struct pattern *out)
{
	struct xbuf x = { 0 };
	size_t k = 0;

	if (expand_parts(&x, w->parts) < 0)
		return -1;
	reserve(&x, 1);
	for (size_t i = 0; i < x.n; i++)
		if (x.attr[i] < ATTR_BREAK) {
			x.p[k] = x.p[i];
			x.attr[k++] = x.attr[i] == ATTR_QUOTED;
		}
	x.p[k] = '\0';
	*out = (struct pattern){ x.p, x.attr, k };
	return 0;
}

char *expand_regex(const struct word *w)
{
	struct pattern pt;
	char *s;
	size_t k = 0;

	if (expand_pattern(w, &pt) < 0)
		return NULL;
	s = arena_alloc(&sh.arena, pt.n * 2 + 1);
	for (size_t i = 0; i < pt.n; i++) {
		if (pt.quoted[i] && strchr("\\^$.[]|()?*+{}", pt.p[i]))
			s[k++] = '\\';
		s[k++] = pt.p[i];
	}
	s[k] = '\0';
	return s;
}

void expand_unset(const char *name, size_t n)
{
	sh_message(NULL, "%.*s: parameter not set", (int)n, name);
	report_note(WIRE_FAIL_NOUNSET, WIRE_T_VAR, name, n, 0);
	sh_fatal(sh_opt(OPT_SH_ERRORS) ? 2 : 1);
}

int pattern_flags(void)
{
	return (sh.shopts & SHOPT_EXTGLOB ? PATTERN_EXTGLOB : 0) |
	       (sh.shopts & SHOPT_NOCASEMATCH ? PATTERN_NOCASE : 0);
}
