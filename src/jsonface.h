// --format=json: the event log's lines on stderr, with two differences (doc/events.md).
// What a step prints comes as lines of kind "text" in place of "print", and an error is an
// object with "details" and "cause" as upstream has them.
#ifndef JSONFACE_H
#define JSONFACE_H

#include <stddef.h>

#include "engine/event.h"
#include "engine/outlog.h"

struct err;

void jsonface_event(const struct event *ev);
void jsonface_print(unsigned step, enum stream stream, const char *bytes, size_t n);
// An error that no event tells (the event log itself failed, usage).
void jsonface_error(const struct err *e);

#endif
