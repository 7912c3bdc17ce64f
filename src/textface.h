// The text face of a run: plain lines on stderr as things happen, and on a terminal one
// status line below them.
#ifndef TEXTFACE_H
#define TEXTFACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/wire.h"
#include "engine/model.h"
#include "engine/outlog.h"
#include "term.h"

enum textface_mode { PROGRESS_AUTO, PROGRESS_TTY, PROGRESS_PLAIN, PROGRESS_QUIET };
#define PROGRESS_VALUES "auto|tty|plain|quiet" // in the order of the enum

struct textface {
	struct term term;
	int quiet;
	struct str line[2]; // a line of a step's stream that is not complete yet
	int cut[2];         // its end was too long and is being dropped
	int held_cr[2];     // its last byte was a carriage return
	unsigned line_step;
	uint64_t shown, hidden; // bytes of the step; hidden: after too many were shown
	struct str last;        // the end of what is hidden
	int stopping;           // signals told
	int64_t spoke_us;       // when something was last said
	// For rates: the transfer, and its bytes at the last tick.
	int64_t rate_bytes, rate_us, rate;
	const void *rate_of;
};

void textface_init(struct textface *p, enum textface_mode mode, enum term_color color);
void textface_finish(struct textface *p);

// An event was folded into the model.
void textface_event(struct textface *p, const struct event *ev, const struct model *m);
// A step wrote bytes.
void textface_print(struct textface *p, unsigned step, enum stream stream,
                    const char *bytes, size_t n);
// Time goes by. `page` says what runs (NULL: not known).
void textface_tick(struct textface *p, const struct model *m,
                   const struct wire_page *page, int64_t now_us);
enum { TEXTFACE_TICK_MS = 200 };

#endif
