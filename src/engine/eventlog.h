// The event log while it is written: stamps events, appends them to files, folds them into
// the model and hands them to a face. Nothing else writes events.
#ifndef ENGINE_EVENTLOG_H
#define ENGINE_EVENTLOG_H

#include "base/err.h"
#include "base/str.h"
#include "engine/event.h"
#include "engine/model.h"

struct host;

// A face looks at each event after the model has taken it in.
typedef void event_fn(void *arg, const struct event *ev, const struct model *m);

struct eventlog_file {
	int fd;
	char *path;
};

struct eventlog {
	struct host *host;
	struct model model;
	uint64_t seq;
	int64_t wall_us, mono_us; // at the first event
	VEC(struct eventlog_file) files;
	struct str first; // the first line, and those of the formula until its box is up:
	size_t first_len; // what a file that is added begins with
	int remembers;
	struct str line;
	event_fn *fn; // NULL: nobody looks
	void *arg;
	struct err failed; // the first failure to write a file; code NULL = none
};

void eventlog_init(struct eventlog *log, struct host *host, event_fn *fn, void *arg);
void eventlog_finish(struct eventlog *log);

// Append all further events to a new file as well (an older one is emptied). Writes are not
// buffered. A file that cannot be written later is given up and told in log->failed.
int eventlog_add_file(struct eventlog *log, const char *path, struct err *e);
void eventlog_drop_file(struct eventlog *log, const char *path);

// Stamp, write, fold, show. Finishes the event.
void eventlog_emit(struct eventlog *log, struct event *ev);

#endif
