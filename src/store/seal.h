// Seals: what the first sight of a ware showed besides its WareID (trust on first use).
//
// The tar WareID covers files and directories only. A seal's `tree` digest covers links,
// FIFOs and devices too, so a ware that comes back with other links is found out.
// File: I/.wfx/seal/TYPE/abc/def/HASH.json
//	{"size": bytes, "sha256": hex, "sha384": hex, "tree": base58, "from": address,
//	 "when": unix seconds}
#ifndef STORE_SEAL_H
#define STORE_SEAL_H

#include "store/store.h"

// 1 = there is one, 0 = none, -1 = there is something unreadable (*e says what).
int seal_read(struct store *s, const struct wareid *id, struct store_seal *seal,
              struct err *e);
int seal_write(struct store *s, const struct wareid *id, const struct store_seal *seal,
               const char *from, struct err *e);
int seal_remove(struct store *s, const struct wareid *id, struct err *e); // gone is fine

// Does `tree` agree with what was first seen? 1 = it does, 0 = nothing was seen before,
// -1 = wfx-seal-mismatch with both digests. A seal file that cannot be read counts as
// none: the caller writes it anew.
int seal_check(struct store *s, const struct wareid *id, const char *tree,
               const char *from, struct err *e);

#endif
