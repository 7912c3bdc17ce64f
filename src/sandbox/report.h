// What the processes of a starting box tell wfx: records on one pipe whose end of file,
// when the command has been executed, is itself the good news. And the record by which
// init reports how the entry process ended.
#ifndef SANDBOX_REPORT_H
#define SANDBOX_REPORT_H

#include <stdint.h>

#include "base/err.h"

enum report_kind {
	REPORT_ERROR = 1,   // the box could not be made
	REPORT_MADE,        // text: a path that had to be created
	REPORT_EXEC,        // exec is next
	REPORT_EXEC_FAILED, // number: errno, text: path
};

// At most PIPE_BUF bytes, so that it is written whole or not at all.
struct report {
	uint32_t kind;
	int32_t number;
	union {
		struct err err;
		char text[3200];
	};
};

void report_error(int fd, const struct err *e);
void report_text(int fd, enum report_kind kind, int number, const char *text);

struct end_record {
	uint32_t magic; // END_MAGIC
	int32_t status; // as wait gives it
	int64_t user_us, sys_us, maxrss_kb;
};
enum { END_MAGIC = 0x78465755 };

#endif
