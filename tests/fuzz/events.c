// An event log from a stranger: reading and folding it never crashes, and what was read
// is written and read again as the same.
#include <string.h>

#include "base/str.h"
#include "engine/event.h"
#include "engine/model.h"
#include "engine/record.h"
#include "fuzz.h"

static void line(struct model *m, const char *p, size_t n)
{
	struct event ev, again;
	struct str once = { 0 }, twice = { 0 };

	if (event_read(&ev, p, n, NULL) == 0) {
		model_apply(m, &ev);
		event_write(&ev, &once);
		if (event_read(&again, once.p, once.len, NULL) < 0)
			__builtin_trap();
		event_write(&again, &twice);
		if (strcmp(once.p, twice.p) != 0)
			__builtin_trap();
		event_finish(&again);
	}
	event_finish(&ev);
	str_finish(&once);
	str_finish(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size;
	struct str dump = { 0 };
	struct record record;
	struct model m;

	record_read(&record, p, size, NULL);
	record_finish(&record);
	model_init(&m);
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		line(&m, p, (size_t)((nl ? nl : end) - p));
		p = nl ? nl + 1 : end;
	}
	model_dump(&m, &dump);
	str_finish(&dump);
	model_finish(&m);
	return 0;
}
