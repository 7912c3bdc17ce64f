// Memory: allocation that ends the program instead of failing, and cleanup of locals.
//
// Running out of memory is not an error to handle (HACKING.md): xmalloc() and friends say
// so on stderr and abort. auto_free and auto_fd release a local when it leaves its scope;
// take_ptr() and take_fd() hand it over instead.
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size); // n * size is checked
void *xrealloc(void *p, size_t n);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n); // at most n bytes, NUL added
void *xmemdup(const void *p, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void mem_auto_free(void *pp);
void mem_auto_fd(int *fd);
#define auto_free __attribute__((cleanup(mem_auto_free)))
#define auto_fd __attribute__((cleanup(mem_auto_fd)))

#define take_ptr(p) \
	({ \
		__typeof__(p) take_ = (p); \
		(p) = NULL; \
		take_; \
	})
#define take_fd(fd) \
	({ \
		int take_ = (fd); \
		(fd) = -1; \
		take_; \
	})

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

#endif
