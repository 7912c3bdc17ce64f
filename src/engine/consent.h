// What a formula asks for from the host, and whether it may have it.
//
// Nothing from the host by default (cli.md): host mounts and the network are listed with
// what they mean, and must be allowed.
#ifndef ENGINE_CONSENT_H
#define ENGINE_CONSENT_H

#include <stddef.h>

struct err;
struct formula;
struct str;

enum consent_kind { CONSENT_NETWORK, CONSENT_MOUNT, CONSENT_KINDS };

enum {
	ALLOW_NETWORK = 1 << CONSENT_NETWORK,
	ALLOW_MOUNT = 1 << CONSENT_MOUNT,
};
#define ALLOW_VALUES "network|mount" // in the order of the bits

struct consent_ask {
	enum consent_kind kind;
	char *what;              // "mount:rw:/srv/data at /data"
	const char *consequence; // a sentence
};

// All that it asks for; caller frees with consent_free().
size_t consent_asks(const struct formula *f, struct consent_ask **asks);
void consent_free(struct consent_ask *asks, size_t n);

// Append "  WHAT: CONSEQUENCE\n" for those whose kind is not in `allowed`.
void consent_list(const struct consent_ask *asks, size_t n, unsigned allowed,
                  struct str *out);

// The kinds asked for, as bits.
unsigned consent_bits(const struct consent_ask *asks, size_t n);

// "network,mount" for bits: what to give to --allow.
void consent_flag(unsigned bits, struct str *out);

#endif
