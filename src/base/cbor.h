// Writing the little CBOR that identities are made of: dag-cbor for IDs (spec §2.1) and
// the rio tree hash (spec §3.2). Heads are always minimal.
#ifndef BASE_CBOR_H
#define BASE_CBOR_H

#include <stddef.h>
#include <stdint.h>

struct str;

enum cbor_major { CBOR_UINT, CBOR_NEGATIVE, CBOR_BYTES, CBOR_TEXT, CBOR_LIST, CBOR_MAP };

// Write the head of a value into out[9]; returns its length.
size_t cbor_head(unsigned char out[9], enum cbor_major major, uint64_t value);

void cbor_add_head(struct str *s, enum cbor_major major, uint64_t value);
void cbor_add_int(struct str *s, int64_t v);
void cbor_add_text(struct str *s, const char *p, size_t n);
void cbor_add_bytes(struct str *s, const void *p, size_t n);
void cbor_add_bool(struct str *s, int v);

#endif
