// A session: what one start of wfx does with formulas, for any face.
//
// It finds the workspaces, opens the store, keeps the event log, turns signals and time
// limits into requests, and runs documents one after the other. A face gives it callbacks
// and draws from the model.
#ifndef ENGINE_SESSION_H
#define ENGINE_SESSION_H

#include <stdint.h>

#include "engine/eventlog.h"
#include "engine/run.h"

struct session;

struct session_config {
	enum run_on_fail on_fail;
	unsigned allow; // ALLOW_ bits
	int strict, force, no_memo, formula_interpreter;
	int64_t timeout_ms; // for everything, 0 = none
	int64_t step_timeout_ms;
	const char *events;  // file for the event log, or NULL
	const char *log_dir; // or NULL
	uint64_t log_limit;  // 0 = OUTLOG_LIMIT
	unsigned
		n_documents; // that will be run: with several, each has a folder in log_dir

	// The face. `tick` is called every tick_ms while something runs.
	event_fn *event;
	print_fn *print;
	run_ask_fn *ask;
	void (*tick)(void *arg);
	int64_t tick_ms;
	void *face;
};

struct session *session_open(const struct session_config *c, struct err *e);

// Run the formula in a file to its end. Returns the exit status of wfx for it; what went
// wrong was told by an event of kind error. *executed is 1 when there is a record.
int session_run(struct session *s, const char *path);

// Of the last session_run(), until the next one.
const struct run_result *session_result(const struct session *s);
const struct model *session_model(const struct session *s);
int session_signal(const struct session *s); // that ended it; 0 = none

// While it runs, for a face's tick.
int session_page(const struct session *s, struct wire_page *page);
int64_t session_now_us(const struct session *s); // comparable to times of events
// Wait until fd is readable or a signal came: 1 = readable, 0 = a signal.
int session_wait_fd(struct session *s, int fd);

// Tell the end by an event; -1 when the event log could not be written.
int session_end(struct session *s, int status, struct err *e);
void session_close(struct session *s); // NULL is fine

#endif
