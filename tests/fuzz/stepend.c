// A STEP_END from a step that got at the control socket: whatever is in it becomes an
// event, and a status is only taken when it is one.
#include <string.h>

#include "base/str.h"
#include "base/wire.h"
#include "engine/event.h"
#include "engine/stepend.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_reader reader = { 0 };
	struct wire_msg m = { 0 };
	struct stepend s;
	struct event ev;
	struct str line = { 0 };

	if (wire_feed(&reader, data, size, 1, &m) == 1 &&
	    stepend_read(&s, &m, NULL) == 0) {
		if (s.status < 0 || s.status > 255 || (s.signal && !s.status))
			__builtin_trap();
		event_init(&ev, EVENT_STEP_END);
		stepend_report(&m, &s, &ev);
		stepend_usage(&m, &ev);
		event_write(&ev, &line);
		event_finish(&ev);
		str_finish(&line);
	}
	wire_finish(&m);
	wire_reader_finish(&reader);
	return 0;
}
