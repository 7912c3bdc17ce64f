// A growing byte string: pointer, length, capacity.
//
// A zeroed struct is an empty string. Whenever p is not NULL, p[len] is NUL, so p can be
// used as a C string when the bytes contain none; str_cstr() serves the empty case too.
// The bytes may be anything: nothing here assumes UTF-8.
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stddef.h>

struct str {
	char *p;
	size_t len, cap;
};

void str_reserve(struct str *s, size_t more); // room for `more` bytes and a NUL
void str_addn(struct str *s, const void *p, size_t n);
void str_add(struct str *s, const char *cstr);
void str_addc(struct str *s, char c);
void str_addf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_vaddf(struct str *s, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
void str_clear(struct str *s);           // empty, memory kept
void str_cut(struct str *s, size_t len); // shorten to len
void str_drop(struct str *s, size_t n);  // remove n bytes from the front
char *str_steal(struct str *s);          // never NULL; caller frees; s is empty
void str_finish(struct str *s);          // free; s is empty

static inline const char *str_cstr(const struct str *s)
{
	return s->p ? s->p : "";
}

#endif
