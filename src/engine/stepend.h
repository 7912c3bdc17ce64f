// From the shell's STEP_END message, which is hostile, to the event that tells it.
#ifndef ENGINE_STEPEND_H
#define ENGINE_STEPEND_H

struct err;
struct event;
struct wire_msg;

struct stepend {
	int status; // 0-255; 128 + signal when a signal ended it
	int signal;
	int leaves; // the shell itself is ending
};

// Take out what decides. Code wfx-protocol when it cannot be (no status, out of range).
int stepend_read(struct stepend *s, const struct wire_msg *m, struct err *e);

// Add the report's fields to a STEP_END event of a step that failed.
void stepend_report(const struct wire_msg *m, const struct stepend *s, struct event *ev);

// Add what the step used: times and memory.
void stepend_usage(const struct wire_msg *m, struct event *ev);

#endif
