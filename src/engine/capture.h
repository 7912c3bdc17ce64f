// What the box prints: reads the two pipes, keeps the bytes (engine/outlog.h), tells a face,
// and logs events that quote offsets.
//
// Nothing here waits for the box, and nothing grows with what it prints.
#ifndef ENGINE_CAPTURE_H
#define ENGINE_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "engine/outlog.h"

struct eventlog;
struct loop;
struct loop_source;

typedef void print_fn(void *arg, unsigned step, enum stream stream, const char *p,
                      size_t n);
typedef void capture_failed_fn(void *arg, const struct err *e);

struct capture {
	struct loop *loop;
	struct outlog *outlog;
	struct eventlog *log;
	print_fn *print; // NULL: nobody looks
	void *print_arg;
	capture_failed_fn *failed; // the bytes could not be kept; called once
	void *failed_arg;

	// private
	unsigned step;
	int fd[2]; // borrowed; -1 at the end of file
	struct loop_source *source[2], *timer;
	uint64_t pending[2]; // bytes not yet told by an event
	unsigned events;     // told in this step
	int has_failed;
};

// Fill in the public fields, then start with the pipes' reading ends (non-blocking).
void capture_start(struct capture *c, int out_fd, int err_fd);

// What arrives from now on belongs to this step; drain first.
int capture_step(struct capture *c, unsigned step, struct err *e);

// Take in everything that is in the pipes now, and tell it by events.
void capture_drain(struct capture *c);

// Drain and stop. A zeroed struct is fine.
void capture_stop(struct capture *c);

#endif
