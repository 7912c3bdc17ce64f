// Inside the run: its data and the pieces of its state machine. Only for run*.c.
#ifndef ENGINE_RUNSTATE_H
#define ENGINE_RUNSTATE_H

#include "base/arena.h"
#include "base/host.h"
#include "base/wire.h"
#include "engine/boxspec.h"
#include "engine/capture.h"
#include "engine/consent.h"
#include "engine/jobs.h"
#include "engine/run.h"
#include "engine/stepend.h"

enum run_state {
	RUN_NEW,
	RUN_FETCH,   // a worker fetches the inputs
	RUN_HELLO,   // the box is up, the step shell has not spoken yet
	RUN_STEP,    // the shell runs a step
	RUN_QUIT,    // all steps are done, the shell was told to leave
	RUN_LEAVE,   // the shell said that it is leaving
	RUN_COMMAND, // a process without our shell runs: exec, the formula's interpreter
	RUN_PACK,    // a worker packs the outputs
	RUN_WIND,    // told to stop: what runs has a moment to end by itself
	RUN_ENDED,
	RUN_STATE_COUNT,
};

enum run_input {
	IN_START,
	IN_WORKER_DONE,
	IN_WORKER_FAILED,
	IN_HELLO,
	IN_STEP_END,
	IN_SHELL_ERROR,  // ERROR from the shell: it could not do what was asked
	IN_SHELL_BROKEN, // broke the protocol
	IN_SHELL_EOF,    // closed its socket
	IN_BOX_END,      // the entry process has ended
	IN_STEP_TIME,    // the step's time is over
	IN_STOP, // cancelled, or the time for everything is over, or a disk is full
	IN_STOP_AGAIN,
	IN_PATIENCE, // the time for an answer is over
	RUN_INPUT_COUNT,
};

struct run_tree {
	char *path; // NULL: not a ware, or not fetched yet
	int lock_fd;
};

struct run {
	struct run_config c;
	struct arena arena;
	enum run_state state;
	struct run_result result;

	// what is to be done
	enum boxspec_mode mode;
	unsigned n_steps, step; // step: the one that runs or ran last, from 1
	struct consent_ask *asks;
	size_t n_asks;

	// inputs and outputs
	size_t n_inputs;
	struct run_tree *trees; // for each input
	size_t *fetch_input;    // for each want the index of its input
	struct job job;

	// the box
	char *run_dir, *log_dir;
	int run_lock;
	struct boxspec spec;
	struct box *box;
	struct box_end box_end;
	int has_box_end;
	int box_finished; // its processes were stopped
	int page_fd;
	struct wire_page *page;
	struct outlog *outlog;
	struct capture capture;
	struct err capture_err; // it could not keep what the box printed
	struct loop_source *capture_stop;
	struct loop_source *ctl_source, *end_source, *step_timer, *patience;
	struct wire_reader reader;
	int ctl_eof;

	// the last answer of the shell
	struct wire_msg answer;
	struct stepend end;
	const char *broken;   // what was wrong with the protocol
	unsigned failed_step; // the last that failed, 0 = none
	int failed_signal;    // that ended it
	int step_open;        // begun and not ended yet
	int64_t step_begin_us;

	int stop_signal; // cancelled by this signal
	int stops;
	struct err stop_err; // what the result will be when it has wound down
};

// run.c: the machine.
void run_feed(struct run *r, enum run_input in);
void run_worker_done(void *arg, const struct err *e); // a job's `done`

// runinput.c: memo, consent, inputs.
enum run_state run_begin(struct run *r);
enum run_state run_fetched(struct run *r);

// runbox.c: the box and its sources.
enum run_state run_box_start(struct run *r);
void run_box_forget(struct run *r); // remove the sources, keep the box
int run_box_finish(struct run *r,
                   struct err *e); // kill what runs, take in what it printed
int run_send(struct run *r, struct wire_msg *m, struct err *e); // finishes *m
void run_pump(struct run *r, int most);       // take in what the shell has sent
void run_step_timer(struct run *r);           // a step begins: its time, too
void run_patience(struct run *r, int64_t ms); // 0: none

// runstep.c: steps.
enum run_state run_first(struct run *r);
enum run_state run_step_ended(struct run *r);
enum run_state run_shell_died(struct run *r);
enum run_state run_left(struct run *r);
enum run_state run_command_ended(struct run *r);
void run_step_abandon(struct run *r, const char *kind, int status); // it will not tell

// runoutput.c: packing and the end.
enum run_state run_done(struct run *r); // all went well
enum run_state run_gather(struct run *r);
enum run_state run_gathered(struct run *r);
enum run_state run_fail(struct run *r); // result.err is filled in
void run_note(struct run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
