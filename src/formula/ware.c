#include "formula/ware.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"

#define BAD_WAREID "warpforge-error-wareid-invalid"
#define BAD_FILTER "warpforge-error-formula-invalid"

// A part of a WareID becomes a file name on shelves and in warehouses: it must not be
// able to climb out of its folder. Returns what is wrong with it, or NULL.
static const char *part_problem(const char *p, size_t n, size_t room)
{
	if (!n)
		return "is empty";
	if (n >= room)
		return "is too long";
	if (p[0] == '.')
		return "starts with a dot";
	for (size_t i = 0; i < n; i++)
		if (p[i] == '/' || p[i] == '\\' || (unsigned char)p[i] < 0x20 ||
		    p[i] == 0x7f)
			return "contains a character that no WareID has";
	return NULL;
}

static int bad_wareid(struct err *e, const char *text, const char *part,
                      const char *problem)
{
	struct str shown = { 0 };

	utf8_safe(&shown, text, strnlen(text, 200), 0);
	err_set(e, BAD_WAREID, "invalid WareID \"%s\": %s %s", str_cstr(&shown), part,
	        problem);
	str_finish(&shown);
	return -1;
}

int wareid_parse(struct wareid *id, const char *text, struct err *e)
{
	const char *colon = strchr(text, ':');
	const char *problem;

	memset(id, 0, sizeof(*id));
	if (!colon)
		return bad_wareid(e, text, "it", "has no colon");
	if (strchr(colon + 1, ':'))
		return bad_wareid(e, text, "it", "has more than one colon");
	problem = part_problem(text, (size_t)(colon - text), sizeof(id->packtype));
	if (problem)
		return bad_wareid(e, text, "the packtype", problem);
	problem = part_problem(colon + 1, strlen(colon + 1), sizeof(id->hash));
	if (problem)
		return bad_wareid(e, text, "the hash", problem);
	memcpy(id->packtype, text, (size_t)(colon - text));
	memcpy(id->hash, colon + 1, strlen(colon + 1));
	return 0;
}

int wareid_equal(const struct wareid *a, const struct wareid *b)
{
	return strcmp(a->packtype, b->packtype) == 0 && strcmp(a->hash, b->hash) == 0;
}

const char *wareid_text(const struct wareid *id, char *out)
{
	snprintf(out, WAREID_TEXT, "%s:%s", id->packtype, id->hash);
	return out;
}

// One key of a filter set: where its value lives and which words it knows.
enum {
	WORD_KEEP = 1,
	WORD_MINE = 2,
	WORD_IGNORE = 4,
	WORD_REJECT = 8,
	NUMBER = 16,
	TIME = 32
};

struct filter_key {
	const char *name;
	size_t offset;
	unsigned unpack, pack; // values it takes
	const char *unpack_values, *pack_values;
};

// clang-format off
#define AT(field) #field, offsetof(struct filters, field)
static const struct filter_key filter_keys[] = {
	{ AT(uid),    WORD_KEEP | WORD_MINE | NUMBER, WORD_KEEP | NUMBER,
	  "follow, mine or a number", "keep or a number" },
	{ AT(gid),    WORD_KEEP | WORD_MINE | NUMBER, WORD_KEEP | NUMBER,
	  "follow, mine or a number", "keep or a number" },
	{ AT(mtime),  WORD_KEEP | TIME, WORD_KEEP | TIME,
	  "follow, @SECONDS or a time as 2010-01-01T00:00:00Z",
	  "keep, @SECONDS or a time as 2010-01-01T00:00:00Z" },
	{ AT(sticky), WORD_KEEP | WORD_IGNORE, WORD_KEEP | WORD_IGNORE,
	  "follow or ignore", "keep or ignore" },
	{ AT(setid),  WORD_KEEP | WORD_IGNORE | WORD_REJECT, WORD_KEEP | WORD_IGNORE | WORD_REJECT,
	  "follow, ignore or reject", "keep, ignore or reject" },
	{ AT(dev),    WORD_KEEP | WORD_IGNORE | WORD_REJECT, WORD_KEEP | WORD_IGNORE | WORD_REJECT,
	  "follow, ignore or reject", "keep, ignore or reject" },
};
#undef AT
// clang-format on

enum { N_FILTER_KEYS = sizeof(filter_keys) / sizeof(*filter_keys) };

static struct filter *filter_at(struct filters *f, const struct filter_key *k)
{
	return (struct filter *)((char *)f + k->offset);
}

static const char *keep_word(enum filter_use use)
{
	return use == FILTER_PACK ? "keep" : "follow";
}

static struct filters filters_all(enum filter_mode mode, enum filter_mode special)
{
	struct filter f = { mode, 0 }, s = { special, 0 };

	return (struct filters){ f, f, f, f, s, s };
}

struct filters filters_lossless(void)
{
	return filters_all(FILTER_KEEP, FILTER_KEEP);
}

struct filters filters_scan(void)
{
	return filters_all(FILTER_KEEP, FILTER_REJECT);
}

struct filters filters_default(enum filter_use use)
{
	struct filters f = filters_scan();

	f.uid = f.gid = (struct filter){ FILTER_SET, 0 };
	if (use == FILTER_PACK)
		f.mtime =
			(struct filter){ FILTER_SET, 1262304000 }; // 2010-01-01T00:00:00Z
	return f;
}

// A decimal number and nothing else.
static int parse_int(const char *s, int64_t min, int64_t max, int64_t *out)
{
	int negative = *s == '-';
	uint64_t v = 0, limit = negative ? -(uint64_t)min : (uint64_t)max;

	s += negative;
	if (!*s)
		return -1;
	for (; *s; s++) {
		unsigned d = (unsigned)(*s - '0');

		if (d > 9 || d > limit || v > (limit - d) / 10)
			return -1;
		v = v * 10 + d;
	}
	*out = (int64_t)(negative ? -v : v);
	return 0;
}

// Exactly n digits; -1 otherwise.
static int digits(const char **s, int n)
{
	int v = 0;

	for (; n; n--, (*s)++) {
		if (**s < '0' || **s > '9')
			return -1;
		v = v * 10 + (**s - '0');
	}
	return v;
}

// Days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March,
// so that the leap day is the last one.
static int64_t days_of(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year, m = (month + 9) % 12;
	int era = (y >= 0 ? y : y - 399) / 400;
	int year_of_era = y - era * 400;
	int day_of_year = (153 * m + 2) / 5 + day - 1;

	return (int64_t)era * 146097 + year_of_era * 365 + year_of_era / 4 -
	       year_of_era / 100 + day_of_year - 719468;
}

static int days_in_month(int year, int month)
{
	static const char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

// ".fff" is dropped: times of wares are whole seconds.
static int skip_fraction(const char **s)
{
	if (**s != '.')
		return 0;
	if (*++*s < '0' || **s > '9')
		return -1;
	while (**s >= '0' && **s <= '9')
		++*s;
	return 0;
}

static int parse_offset(const char **s, int *seconds)
{
	int sign = **s == '-' ? -1 : 1, hour, minute;

	*seconds = 0;
	if (**s == 'Z') {
		++*s;
		return 0;
	}
	if (**s != '+' && **s != '-')
		return -1;
	++*s;
	hour = digits(s, 2);
	if (hour < 0 || *(*s)++ != ':')
		return -1;
	minute = digits(s, 2);
	if (hour > 23 || minute < 0 || minute > 59)
		return -1;
	*seconds = sign * (hour * 3600 + minute * 60);
	return 0;
}

// RFC 3339 as Go reads it: capital T and Z, no leap second.
static int parse_time(const char *s, int64_t *out)
{
	static const char between[] = "--T::";
	int v[6], offset;

	for (int i = 0; i < 6; i++) {
		v[i] = digits(&s, i ? 2 : 4);
		if (v[i] < 0 || (i < 5 && *s++ != between[i]))
			return -1;
	}
	if (v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > days_in_month(v[0], v[1]))
		return -1;
	if (v[3] > 23 || v[4] > 59 || v[5] > 59)
		return -1;
	if (skip_fraction(&s) < 0 || parse_offset(&s, &offset) < 0 || *s)
		return -1;
	*out = days_of(v[0], v[1], v[2]) * 86400 + v[3] * 3600 + v[4] * 60 + v[5] -
	       offset;
	return 0;
}

static int parse_value(struct filter *f, unsigned takes, enum filter_use use,
                       const char *value)
{
	int64_t number;

	if (strcmp(value, keep_word(use)) == 0)
		f->mode = FILTER_KEEP;
	else if ((takes & WORD_MINE) && strcmp(value, "mine") == 0)
		f->mode = FILTER_MINE;
	else if ((takes & WORD_IGNORE) && strcmp(value, "ignore") == 0)
		f->mode = FILTER_IGNORE;
	else if ((takes & WORD_REJECT) && strcmp(value, "reject") == 0)
		f->mode = FILTER_REJECT;
	// The last id, 2^32 - 1, means "leave as it is" to chown(2).
	else if ((takes & NUMBER) && parse_int(value, 0, UINT32_MAX - 1, &number) == 0)
		*f = (struct filter){ FILTER_SET, number };
	else if ((takes & TIME) && *value == '@' &&
	         parse_int(value + 1, INT64_MIN, INT64_MAX, &number) == 0)
		*f = (struct filter){ FILTER_SET, number };
	else if ((takes & TIME) && parse_time(value, &number) == 0)
		*f = (struct filter){ FILTER_SET, number };
	else
		return -1;
	return 0;
}

static const struct filter_key *find_key(const char *name)
{
	for (size_t i = 0; i < N_FILTER_KEYS; i++)
		if (strcmp(filter_keys[i].name, name) == 0)
			return &filter_keys[i];
	return NULL;
}

static int bad_filter(struct err *e, const char *what, const char *text,
                      const char *legal)
{
	struct str shown = { 0 };

	utf8_safe(&shown, text, strnlen(text, 200), 0);
	err_set(e, BAD_FILTER, "%s \"%s\"; legal are %s", what, str_cstr(&shown), legal);
	str_finish(&shown);
	return -1;
}

int filters_set(struct filters *f, enum filter_use use, const char *key,
                const char *value, struct err *e)
{
	const struct filter_key *k = find_key(key);
	struct filter parsed = { 0 };
	int pack = use == FILTER_PACK;

	if (!k)
		return bad_filter(e, "unknown filter", key,
		                  "uid, gid, mtime, sticky, setid and dev");
	if (parse_value(&parsed, pack ? k->pack : k->unpack, use, value) < 0) {
		bad_filter(e, "invalid value", value,
		           pack ? k->pack_values : k->unpack_values);
		return err_wrap(e, "filter %s", k->name);
	}
	// rio's dev=ignore drops files or panics; nothing can depend on it.
	if (strcmp(k->name, "dev") == 0 && parsed.mode == FILTER_IGNORE)
		parsed.mode = FILTER_REJECT;
	*filter_at(f, k) = parsed;
	return 0;
}

int filters_parse(struct filters *f, enum filter_use use, const char *text, struct err *e)
{
	struct filters parsed = *f;
	char item[128];

	while (*text) {
		size_t n = strcspn(text, ",");
		char *equals;

		snprintf(item, sizeof(item), "%.*s",
		         n < sizeof(item) ? (int)n : (int)sizeof(item) - 1, text);
		equals = strchr(item, '=');
		if (!equals)
			return bad_filter(e, "invalid filter", item,
			                  "key=value,key=value...");
		*equals = '\0';
		if (filters_set(&parsed, use, item, equals + 1, e) < 0)
			return -1;
		text += n;
		if (*text == ',' && !*++text)
			return bad_filter(e, "nothing follows the comma after", item,
			                  "key=value,key=value...");
	}
	*f = parsed;
	return 0;
}

void filters_text(const struct filters *f, enum filter_use use, struct str *out)
{
	struct filters copy = *f;

	for (size_t i = 0; i < N_FILTER_KEYS; i++) {
		const struct filter_key *k = &filter_keys[i];
		const struct filter *v = filter_at(&copy, k);

		str_addf(out, "%s%s=", i ? "," : "", k->name);
		switch (v->mode) {
		case FILTER_UNSET:
		case FILTER_KEEP:
			str_add(out, keep_word(use));
			break;
		case FILTER_MINE:
			str_add(out, "mine");
			break;
		case FILTER_SET:
			str_addf(out, "%s%" PRId64,
			         strcmp(k->name, "mtime") == 0 ? "@" : "", v->value);
			break;
		case FILTER_IGNORE:
			str_add(out, "ignore");
			break;
		case FILTER_REJECT:
			str_add(out, "reject");
			break;
		}
	}
}
