// One thing that happened: a kind, a sequence number, a time and fields.
//
// Events are what the event log consists of, one JSON object a line (doc/events.md is the
// schema, additive only). A field is a number or a text under a key from one table; some
// keys may be repeated (written as a list), some open a list of objects. Text is made safe
// when it enters an event: valid UTF-8, no control characters but newline and tab, other
// bytes as visible escapes (\x1b). So an event reads back from its line exactly as it was,
// and whoever shows a text of an event need not clean it.
#ifndef ENGINE_EVENT_H
#define ENGINE_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"

struct err;
struct str;

enum { EVENT_VERSION = 1, EVENT_TEXT_MAX = 256 * 1024 };

enum event_kind {
	EVENT_UNKNOWN,     // of a later version: to be skipped
	EVENT_BEGIN,       // wfx starts; first line of a log
	EVENT_FORMULA,     // a document was read and is about to be run
	EVENT_INPUT,       // one of its inputs
	EVENT_STEP,        // one of its steps
	EVENT_OUTPUT,      // one of its outputs
	EVENT_ASK,         // it asks for something from the host
	EVENT_MEMO,        // the memo was looked for
	EVENT_INPUT_BEGIN, // fetching an input begins ...
	EVENT_INPUT_PROGRESS,
	EVENT_INPUT_END,
	EVENT_BOX, // the sandbox is ready
	EVENT_STEP_BEGIN,
	EVENT_PRINT, // a step wrote bytes to stdout or stderr
	EVENT_STEP_END,
	EVENT_LEAVE,        // the steps' processes are gone
	EVENT_OUTPUT_BEGIN, // packing an output begins ...
	EVENT_OUTPUT_PROGRESS,
	EVENT_OUTPUT_END,
	EVENT_SIGNAL, // wfx was told to stop
	EVENT_TIMEOUT,
	EVENT_NOTE, // a warning for people
	EVENT_ERROR,
	EVENT_FORMULA_END,
	EVENT_END, // wfx ends; last line of a log
	EVENT_COUNT,
};

enum event_key {
	KEY_NONE,
	KEY_PROGRAM,
	KEY_UID,
	KEY_FORMULA, // which formula of the log, from 1
	KEY_DOCUMENT,
	KEY_ID,          // formula ID
	KEY_ACTION,      // exec, script
	KEY_INTERPRETER, // of the document
	KEY_SHELL,       // what runs the steps: stepsh, interpreter, none
	KEY_ENTRIES,     // of a script, of a ware
	KEY_INPUT,       // number, from 1
	KEY_OUTPUT,      // number, from 1
	KEY_STEP,        // number, from 1
	KEY_PORT,
	KEY_WHAT,
	KEY_NAME,
	KEY_TEXT,
	KEY_SOURCE, // name of a text with lines
	KEY_LINE,
	KEY_COLUMN,
	KEY_END_LINE,
	KEY_END_COLUMN,
	KEY_CONSEQUENCE,
	KEY_GRANTED,
	KEY_BY,
	KEY_HIT,
	KEY_PHASE,
	KEY_READ,    // bytes of the packed form so far
	KEY_TOTAL,   // bytes of the packed form, 0 = unknown
	KEY_CONTENT, // bytes of file content
	KEY_FROM,
	KEY_STREAM, // out, err
	KEY_OFFSET, // in the step's stream
	KEY_BYTES,
	KEY_STATUS,
	KEY_SIGNAL,
	KEY_FAILURE,     // wire_failure_name()
	KEY_ARGV,        // repeated
	KEY_REDIRECTION, // repeated
	KEY_CWD,
	KEY_PATH,
	KEY_VARIABLE,
	KEY_ERRNO,
	KEY_LOADER,
	KEY_SNIPPET,
	KEY_PIPESTATUS, // repeated
	KEY_STACK,      // repeated objects: name, source, line, column, what
	KEY_DEPTH,
	KEY_TAIL, // the last lines of output
	KEY_LEAVES,
	KEY_OUT_BYTES,
	KEY_ERR_BYTES,
	KEY_WALL_US,
	KEY_USER_US,
	KEY_SYS_US,
	KEY_MAXRSS_KB,
	KEY_WARE,
	KEY_CODE,
	KEY_MESSAGE,
	KEY_HINT,
	KEY_DETAIL, // repeated objects: name, text
	KEY_GUID,
	KEY_UNIX_TIME,
	KEY_EXITCODE,
	KEY_LIMIT_MS,
	KEY_MEMOIZED,
	KEY_COUNT,
};

struct event_field {
	enum event_key key;
	int open, close; // begins, ends an object of a repeated-object key
	int64_t num;
	const char *text; // NULL for numbers
};

struct event {
	enum event_kind kind;
	uint64_t seq;    // from 1 in a log
	int64_t time_us; // since 1970; never goes back within a log
	VEC(struct event_field) fields;
	struct arena arena; // texts
};

const char *event_kind_name(enum event_kind kind); // "step_begin"; NULL above the last
const char *event_key_name(enum event_key key);

void event_init(struct event *ev, enum event_kind kind);
void event_finish(struct event *ev);

// Add a field. Repeated keys are added one right after the other.
void event_num(struct event *ev, enum event_key key, int64_t v);
void event_bytes(struct event *ev, enum event_key key, const char *p, size_t n);
void event_text(struct event *ev, enum event_key key, const char *s); // NULL adds nothing
void event_open(struct event *ev, enum event_key key); // fields of an object follow
void event_close(struct event *ev, enum event_key key);

// The first field of a key, objects not looked into.
int64_t event_get(const struct event *ev, enum event_key key, int64_t otherwise);
const char *event_str(const struct event *ev, enum event_key key); // NULL when absent
// The next field of a (repeated) key after `after` (NULL: the first), or NULL.
const struct event_field *event_next(const struct event *ev, enum event_key key,
                                     const struct event_field *after);

// Append the event as one line with the newline. The first of a log carries "v".
void event_write(const struct event *ev, struct str *line);

// Read a line back (with or without newline). An unknown kind is EVENT_UNKNOWN, unknown
// keys are skipped. *ev is to be finished in either case. Code warpforge-error-serialization;
// warpforge-error-datatoonew when "v" is greater than EVENT_VERSION.
int event_read(struct event *ev, const char *line, size_t n, struct err *e);

// Read a whole log line by line. A last line that is cut off (wfx was killed) is ignored.
typedef int event_log_fn(void *arg, const struct event *ev, struct err *e); // -1 stops
int event_log_read(int fd, event_log_fn *fn, void *arg, struct err *e);

#endif
