// Documents against any bytes: what is read can be checked, hashed and written, and what
// is written reads back as the same document.
#include "fuzz.h"

#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"
#include "formula/document.h"

static int is_utf8(const char *p, size_t n)
{
	while (n) {
		uint32_t c;
		size_t len = utf8_decode(p, n, &c);

		if (c == UTF8_BAD)
			return 0;
		p += len;
		n -= len;
	}
	return 1;
}

// Invalid UTF-8 cannot be written, so only then may the ID change (two keys may even
// become one).
static void check_round_trip(const struct document *d)
{
	struct str text = { 0 }, again = { 0 }, id = { 0 }, id_again = { 0 };
	struct document *second;

	document_format(d, &text);
	second = document_parse("again", text.p, text.len, NULL);
	if (is_utf8(d->source, d->source_len)) {
		MUST(second);
		document_format(second, &again);
		MUST(strcmp(text.p, again.p) == 0);
		MUST(document_id(d, &id, NULL) == document_id(second, &id_again, NULL));
		MUST(strcmp(str_cstr(&id), str_cstr(&id_again)) == 0);
		MUST(document_check(d, NULL) == document_check(second, NULL));
	}
	document_destroy(second);
	str_finish(&text);
	str_finish(&again);
	str_finish(&id);
	str_finish(&id_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	struct document *d = document_parse("fuzz", (const char *)data, size, &e);

	if (!d) {
		MUST(e.code && e.msg[0] && err_exit_status(&e) == 3);
		return 0;
	}
	if (document_check(d, &e) < 0)
		MUST(e.code && e.msg[0] && err_exit_status(&e) == 3);
	check_round_trip(d);
	document_destroy(d);
	return 0;
}
