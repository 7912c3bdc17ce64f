// The control socket's reader against any sequence of datagrams. The first byte chooses
// the direction; then each datagram is a 16-bit length (little-endian) and its bytes, the
// last one cut where the input ends.
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include "base/wire.h"

// What wire_recv() promises of a whole message.
static void check(const struct wire_msg *m, int from_shell)
{
	const char *body = str_cstr(&m->body);
	struct wire_msg again;
	struct wire_field f;
	size_t pos = 0;
	int r;

	MUST(m->type > WIRE_NONE && m->type < WIRE_TYPE_COUNT);
	MUST((m->type >= WIRE_HELLO) == from_shell);
	MUST(m->body.len <= WIRE_MAX);
	wire_begin(&again, m->type, m->id);
	while ((r = wire_next(body, m->body.len, &pos, &f)) > 0) {
		MUST(f.p >= body && f.p + f.n <= body + m->body.len);
		if (f.tag == WIRE_T_STATUS || f.tag == WIRE_T_KIND ||
		    f.tag == WIRE_T_LINE)
			MUST(f.n == 8);
		MUST(wire_tag_name(f.tag) != NULL);
		wire_add(&again, f.tag, f.p, f.n);
	}
	MUST(r == 0 && pos == m->body.len);
	MUST(again.body.len == m->body.len);
	MUST(memcmp(str_cstr(&again.body), body, m->body.len) == 0);
	wire_finish(&again);
	MUST(wire_failure_name((unsigned)wire_get_num(m, WIRE_T_KIND, 0)) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_reader r = { 0 };
	int from_shell = size && data[0] & 1;

	for (size_t at = 1; at + 2 <= size;) {
		size_t n = data[at] | (size_t)data[at + 1] << 8;
		struct wire_msg m = { 0 };
		int got;

		at += 2;
		if (n > size - at)
			n = size - at;
		errno = 0;
		got = wire_feed(&r, data + at, n, from_shell, &m);
		if (got > 0)
			check(&m, from_shell);
		else
			MUST(got == 0 || errno == EPROTO);
		wire_finish(&m);
		at += n;
	}
	wire_reader_finish(&r);
	return 0;
}
