#include "base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void str_reserve(struct str *s, size_t more)
{
	size_t need, cap;

	if (more > SIZE_MAX / 2 - s->len - 1)
		abort();
	need = s->len + more + 1;
	if (need <= s->cap)
		return;
	cap = s->cap ? s->cap * 2 : 32;
	s->cap = cap > need ? cap : need;
	s->p = xrealloc(s->p, s->cap);
}

void str_addn(struct str *s, const void *p, size_t n)
{
	str_reserve(s, n);
	if (n)
		memcpy(s->p + s->len, p, n);
	s->len += n;
	s->p[s->len] = '\0';
}

void str_add(struct str *s, const char *cstr)
{
	str_addn(s, cstr, strlen(cstr));
}

void str_addc(struct str *s, char c)
{
	str_addn(s, &c, 1);
}

void str_vaddf(struct str *s, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		abort();
	str_reserve(s, (size_t)n);
	vsnprintf(s->p + s->len, (size_t)n + 1, fmt, again);
	va_end(again);
	s->len += (size_t)n;
}

void str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(s, fmt, ap);
	va_end(ap);
}

void str_clear(struct str *s)
{
	str_cut(s, 0);
}

void str_cut(struct str *s, size_t len)
{
	if (len >= s->len)
		return;
	s->len = len;
	s->p[len] = '\0';
}

void str_drop(struct str *s, size_t n)
{
	if (n >= s->len) {
		str_clear(s);
		return;
	}
	memmove(s->p, s->p + n, s->len - n + 1);
	s->len -= n;
}

char *str_steal(struct str *s)
{
	char *p = s->p ? s->p : xstrdup("");

	*s = (struct str){ 0 };
	return p;
}

void str_finish(struct str *s)
{
	free(s->p);
	*s = (struct str){ 0 };
}
