// WareIDs and filters: the names that formulas and the store share (spec §3).
#ifndef FORMULA_WARE_H
#define FORMULA_WARE_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct str;

// "packtype:hash". Plain data; the hash of an empty output is "-".
struct wareid {
	char packtype[16];
	char hash[112];
};

// Parse "tar:4z9D..." (no "ware:" prefix). Only the form is checked, as upstream does:
// exactly one colon, both parts non-empty, no '/', no control characters, parts that fit.
// Code warpforge-error-wareid-invalid.
int wareid_parse(struct wareid *id, const char *text, struct err *e);
int wareid_equal(const struct wareid *a, const struct wareid *b);
// Text "packtype:hash" into out (at least WAREID_TEXT bytes); returns out.
enum { WAREID_TEXT = 130 };
const char *wareid_text(const struct wareid *id, char *out);

// What is done to the metadata of files on the way in or out (spec §3.4).
enum filter_mode {
	FILTER_UNSET,
	FILTER_KEEP,   // as it is ("follow" on unpack, "keep" on pack)
	FILTER_MINE,   // uid/gid: of the process that unpacks
	FILTER_SET,    // to the value
	FILTER_IGNORE, // strip the bit (sticky, setid)
	FILTER_REJECT, // refuse the ware (setid, dev)
};

struct filter {
	enum filter_mode mode;
	int64_t value; // FILTER_SET: id, or unix seconds
};

struct filters {
	struct filter uid, gid, mtime, sticky, setid, dev;
};

enum filter_use { FILTER_UNPACK, FILTER_PACK };

// The sets that warpforge uses: unpack = lowpriv + uid=0,gid=0; pack = conservative +
// uid=0,gid=0 (uid 0, gid 0, mtime @1262304000, sticky keep, setid reject, dev reject).
struct filters filters_default(enum filter_use use);
// rio's "conservative" unpack base set (used by scan): follow all, reject setid and dev.
struct filters filters_scan(void);
// Keep everything as it is.
struct filters filters_lossless(void);

// Apply one key and value ("uid", "0"; "mtime", "@123" or RFC 3339; "setid", "reject").
// dev=ignore counts as reject. Code warpforge-error-formula-invalid, with the legal
// values.
int filters_set(struct filters *f, enum filter_use use, const char *key,
                const char *value, struct err *e);
// Apply "key=value,key=value".
int filters_parse(struct filters *f, enum filter_use use, const char *text,
                  struct err *e);
// Canonical text of all six ("uid=0,gid=0,mtime=follow,..."): equal filters, equal text.
void filters_text(const struct filters *f, enum filter_use use, struct str *out);

#endif
