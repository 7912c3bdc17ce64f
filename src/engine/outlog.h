// What the steps print, byte for byte, in files: 001.out and 001.err for step 1 and so on,
// all.log with everything in the order of arrival.
//
// A file never grows beyond the limit: of what is longer the first half and the last
// quarter at least are kept, and a line says how much was left out between them. The last
// lines of the current step are also in memory, for reports. Memory does not grow.
#ifndef ENGINE_OUTLOG_H
#define ENGINE_OUTLOG_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct outlog;
struct str;

enum stream { STREAM_OUT, STREAM_ERR };

#define OUTLOG_LIMIT ((uint64_t)1 << 30) // the default

// Below dir, which exists. `limit` 0 = OUTLOG_LIMIT; at least 4096.
struct outlog *outlog_create(const char *dir, uint64_t limit, int with_all,
                             struct err *e);

// What is written from now on belongs to this step (1...). The one before is closed.
int outlog_step(struct outlog *o, unsigned step, struct err *e);

// Codes wfx-no-space, warpforge-error-io.
int outlog_write(struct outlog *o, enum stream stream, const char *p, size_t n,
                 struct err *e);

// Bytes of the current step's stream so far.
uint64_t outlog_bytes(const struct outlog *o, enum stream stream);

// Append the last `lines` lines of the current step, both streams in order of arrival, at
// most 8 KiB; without colours, lines that were written over (\r) in their last state.
void outlog_tail(const struct outlog *o, unsigned lines, struct str *out);

// Complete and close the files.
int outlog_close(struct outlog *o, struct err *e);

#endif
