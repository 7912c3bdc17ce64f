// What is known about a run: the fold of its events.
//
// model_apply() does no I/O, reads no clock, cannot fail and skips what it does not know
// or what makes no sense, so a live run, a log read back and a log of another version are
// the same fold. Faces read the model and draw. All texts come from events and are safe
// to show (engine/event.h). Everything lies in the model's arena.
#ifndef ENGINE_MODEL_H
#define ENGINE_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"
#include "engine/event.h"

struct str;

enum model_state { // of a formula
	MODEL_NEW,
	MODEL_INPUTS,  // fetching
	MODEL_STEPS,   // the box is up
	MODEL_OUTPUTS, // packing
	MODEL_ENDED,
};

enum step_state { STEP_PENDING, STEP_RUNNING, STEP_OK, STEP_FAILED };

struct model_frame {
	const char *name, *source, *what;
	int64_t line, column;
};

// Why a step failed: the command that decided its status (base/wire.h, STEP_END).
struct model_failure {
	const char *kind; // wire_failure_name(); "lost" when the shell never told
	VEC(const char *) argv, redirections;
	VEC(int64_t) pipestatus;
	VEC(struct model_frame) stack;
	const char *cwd, *path, *variable, *loader, *snippet, *source, *text;
	int64_t error; // errno
	int64_t line, column, end_line, end_column, depth;
	const char *tail; // last lines of output
};

struct model_step {
	int64_t number; // from 1
	const char *text, *source;
	int64_t line, column; // in the document
	enum step_state state;
	int64_t begin_us, end_us;
	int64_t status, signal; // of a step that ended; signal 0 = none
	int64_t out_bytes, err_bytes;
	int64_t user_us, sys_us, maxrss_kb;
	struct model_failure *failure;
};

struct model_transfer { // an input on its way in, an output on its way out
	const char *port, *what, *name;
	const char *phase; // "" = not begun; "done"
	const char *from;  // where it came from
	const char *ware;  // output: WareID
	int64_t read, total, content, entries;
	int64_t begin_us, end_us;
};

struct model_ask {
	const char *what, *consequence, *by;
	int granted;
};

struct model_error {
	const char *code, *message, *hint;
};

struct model_result {
	const char *name, *ware; // "tar:..."
};

struct model_formula {
	int64_t number;
	const char *document, *id, *action, *interpreter, *shell;
	enum model_state state;
	VEC(struct model_transfer) inputs, outputs;
	VEC(struct model_step) steps;
	VEC(struct model_ask) asks;
	VEC(const char *) notes;
	VEC(struct model_result) results;
	int64_t running; // number of the step that runs, 0 = none
	int64_t begin_us, end_us;
	int memoized;
	int64_t exitcode; // once ended
	const char *guid;
	struct model_error error; // code NULL = none
};

struct model {
	const char *program;
	VEC(struct model_formula *) formulas; // the last is the current one
	struct model_error error;             // of no formula
	int64_t begin_us, now_us;             // times of the first and the last event
	int64_t signal;                       // that ended it, 0 = none
	const char *timeout;                  // "run", "step", NULL
	int ended;
	int64_t status; // of wfx, once ended
	uint64_t seq;
	struct arena arena;
};

void model_init(struct model *m);
void model_finish(struct model *m);
void model_apply(struct model *m, const struct event *ev);

// The current formula and its running step, or NULL.
struct model_formula *model_formula(const struct model *m);
const struct model_step *model_running(const struct model *m);

// Append everything as JSON: equal models, equal text.
void model_dump(const struct model *m, struct str *out);

#endif
