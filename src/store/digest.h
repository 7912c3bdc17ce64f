// SHA-256 and SHA-384 by libcrypto, algorithms looked up once per process.
//
//	struct digest d = { 0 };
//	digest_begin(&d, DIGEST_SHA384); digest_add(&d, p, n); digest_end(&d, out);
//	... as often as wanted ...
//	digest_finish(&d);
//
// One struct belongs to one thread at a time. digest_prepare() does what would open files
// later (libcrypto's configuration), for processes about to be confined.
#ifndef STORE_DIGEST_H
#define STORE_DIGEST_H

#include <stddef.h>

enum digest_kind { DIGEST_SHA256, DIGEST_SHA384 };

struct digest {
	void *ctx; // EVP_MD_CTX
};

void digest_prepare(void);
void digest_begin(struct digest *d, enum digest_kind kind);
void digest_add(struct digest *d, const void *p, size_t n);
void digest_end(struct digest *d, unsigned char *out);
void digest_finish(struct digest *d);

#endif
