// base58 in the Bitcoin alphabet: the text of WareIDs and of formula IDs (spec §2.1, §3).
#ifndef BASE_BASE58_H
#define BASE_BASE58_H

#include <stddef.h>

// Characters that n bytes can need, with the final NUL.
#define BASE58_MAX(n) ((n)*138 / 100 + 2)

// Encode n (<= 64) bytes into out, which has room for BASE58_MAX(n). Returns the length.
size_t base58_encode(char *out, const unsigned char *p, size_t n);

// Are all n characters of the alphabet?
int base58_valid(const char *s, size_t n);

#endif
