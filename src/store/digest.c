#include "store/digest.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *algorithms[2];

// Without the two algorithms there is no store: as with memory, end the program.
static void must(int ok)
{
	if (ok)
		return;
	fputs("wfx: libcrypto does not compute SHA-256 or SHA-384\n", stderr);
	abort();
}

// No openssl.cnf: a packing process may see the file system of a box, and that file can
// name libraries to load.
static void fetch(void)
{
	must(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL));
	algorithms[DIGEST_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
	algorithms[DIGEST_SHA384] = EVP_MD_fetch(NULL, "SHA384", NULL);
	must(algorithms[DIGEST_SHA256] && algorithms[DIGEST_SHA384]);
}

void digest_prepare(void)
{
	pthread_once(&once, fetch);
}

void digest_begin(struct digest *d, enum digest_kind kind)
{
	digest_prepare();
	if (!d->ctx) {
		d->ctx = EVP_MD_CTX_new();
		must(d->ctx != NULL);
	}
	must(EVP_DigestInit_ex2(d->ctx, algorithms[kind], NULL));
}

void digest_add(struct digest *d, const void *p, size_t n)
{
	must(EVP_DigestUpdate(d->ctx, p, n));
}

void digest_end(struct digest *d, unsigned char *out)
{
	must(EVP_DigestFinal_ex(d->ctx, out, NULL));
}

void digest_finish(struct digest *d)
{
	EVP_MD_CTX_free(d->ctx);
	d->ctx = NULL;
}
