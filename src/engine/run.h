// The run of one formula: a state machine driven by the loop.
//
//	memo -> consent -> fetch inputs -> box -> steps -> stop the steps -> pack outputs
//	     -> run record -> memo
//
// Everything it does is told by events (engine/eventlog.h). It waits for nothing: slow work
// is a worker's, the steps report over the control socket, and every wait has a limit or
// can be cancelled. What the box says is checked; a run whose end is not certain has
// failed.
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

#include <stdint.h>

#include "base/err.h"
#include "engine/capture.h"
#include "engine/record.h"

struct document;
struct eventlog;
struct host;
struct loop;
struct run;
struct store;
struct wire_page;

enum run_on_fail { RUN_STOP, RUN_CONTINUE };

// Ask the user: `list` says what the formula asks for. 1 = granted, 0 = refused, -1 = there
// is nobody to ask.
typedef int run_ask_fn(void *arg, const char *list);
typedef void run_done_fn(void *arg);

struct run_config {
	struct host *host;
	struct loop *loop;
	struct eventlog *log;
	struct store *store;
	const struct document *doc; // DOC_FORMULA that document_check() found right
	const char *runs_dir;       // place_runs()
	const char *log_dir; // raw output of the steps; NULL = in the run folder only
	uint64_t log_limit;  // 0 = OUTLOG_LIMIT
	unsigned number;     // of the formula, from 1
	enum run_on_fail on_fail;
	unsigned allow; // ALLOW_ bits (engine/consent.h)
	int strict, force, no_memo;
	int formula_interpreter; // run scripts by the formula's interpreter
	int keep_run_dir;
	int64_t step_timeout_ms; // 0 = none
	run_ask_fn *ask;         // NULL: nobody to ask
	print_fn *print;
	void *face; // argument of ask and print
	run_done_fn *done;
	void *done_arg;
};

struct run_result {
	int executed; // the action was begun: there is a record
	struct record record;
	struct err err;  // code NULL: all went well
	int step_status; // of the step that failed, else 0
	int has_failed_step;
};

// Begin. `done` is called exactly once, perhaps before run_start() returns.
struct run *run_start(const struct run_config *c);

// Stop for a signal that wfx got: the first time it is handed to the steps, which have five
// seconds; the second time they are killed. The result is then an error wfx-cancelled.
void run_cancel(struct run *r, int signo);

// The time for everything is over: as run_cancel(), the result is wfx-timeout.
void run_expire(struct run *r, int64_t limit_ms);

// Something else went wrong outside (a log cannot be written): stop at once with this error.
void run_abort(struct run *r, const struct err *e);

// After done.
const struct run_result *run_result(const struct run *r);

// What runs at this moment (base/wire.h). 0 when that is not known.
int run_page(const struct run *r, struct wire_page *page);

// Ends what still runs. NULL is fine.
void run_destroy(struct run *r);

#endif
