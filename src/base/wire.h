// The control socket between wfx and the step shell.
//
// One AF_UNIX SOCK_SEQPACKET pair. The shell's end is close-on-exec, moved high, and no
// command ever sees it. What arrives from the box is hostile: wire_recv() checks every
// length, and whoever reads a field checks its value.
//
// The conversation (W = workbench, S = shell)
//
//	S  HELLO                     once, when the shell is ready
//	W  RUN(id, name, text)       run a step in the shell's current state
//	S  STEP_BEGIN(id)            only in trace or stepping mode
//	S  COMMAND(id, ...)          an external command ended (only in trace mode)
//	S  STEP_END(id, status, ...) at full speed RUN and STEP_END are the only messages
//	W  SNAPSHOT(id) / S STATE(id, blob)      W RESTORE(id, blob) / S STATE(id)
//	W  QUERY(id, what) / S STATE(id, ...)    W EVAL, INTERACT, BREAK, GO, ... see the table
//	W  LETGO(id) / S STATE(id)   close reopenable fds and chdir("/") before a layer swap
//	W  RESUME(id) / S STATE(id)  reopen them
//	S  ERROR(id, text)           a request that could not be done; the shell goes on
//	W  QUIT(id)                  run the EXIT trap and leave; S answers STEP_END, then EOF
//
// Ids are chosen by W, answers carry the id of their request. W sends one request at a
// time, except PAUSE and SIGNAL. EOF on W's end: the shell exits at once. EOF on S's end
// without the answer that is due: the shell is lost, and the step has not succeeded.
//
// A message is one or more datagrams of at most WIRE_DATAGRAM bytes. Each begins with an
// 8-byte head; all but the last have WIRE_MORE set, same type and id. Then fields:
//
//	head   u8 type, u8 flags, u16 zero, u32 id          (little-endian)
//	field  u8 tag, u8 zero, u16 zero, u32 length, bytes
//
// A message's payload is the datagrams' payloads joined; fields may span datagrams. At
// most WIRE_MAX bytes in all. Which tags a type may carry stands in the table in wire.c;
// unknown tags are skipped (a newer peer), unknown types are an error.
#ifndef BASE_WIRE_H
#define BASE_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct err;

enum {
	WIRE_DATAGRAM = 64 * 1024,
	WIRE_MAX = 64 * 1024 * 1024,
	WIRE_MORE = 1,
	WIRE_VERSION = 1,
};

enum wire_type {
	WIRE_NONE,
	// workbench to shell
	WIRE_RUN,
	WIRE_EVAL,
	WIRE_INTERACT,
	WIRE_SNAPSHOT,
	WIRE_RESTORE,
	WIRE_LETGO,
	WIRE_RESUME,
	WIRE_BREAK,
	WIRE_GO,
	WIRE_PAUSE,
	WIRE_QUERY,
	WIRE_SIGNAL,
	WIRE_MODE,
	WIRE_QUIT,
	// shell to workbench
	WIRE_HELLO,
	WIRE_STEP_BEGIN,
	WIRE_STEP_END,
	WIRE_STOP,
	WIRE_COMMAND,
	WIRE_STATE,
	WIRE_ERROR,
	WIRE_TYPE_COUNT,
};

// Numbers are 8 bytes little-endian, text and bytes as they are.
enum wire_tag {
	WIRE_T_NONE,
	WIRE_T_NAME,       // bytes: name of a step (RUN) or of what a message is about
	WIRE_T_TEXT,       // bytes: script text, or a sentence for people
	WIRE_T_STATUS,     // number: exit status 0-255
	WIRE_T_SIGNAL,     // number: signal that ended the command; absent if none
	WIRE_T_KIND,       // number: enum wire_failure
	WIRE_T_ARG,        // bytes, repeated: expanded argv of the failing command
	WIRE_T_REDIR,      // bytes, repeated: its redirections as written, expanded
	WIRE_T_CWD,        // bytes
	WIRE_T_PATH,       // bytes: PATH searched, or the file that the kind is about
	WIRE_T_VAR,        // bytes: name of a variable
	WIRE_T_ERRNO,      // number
	WIRE_T_INTERP,     // bytes: missing interpreter or ELF loader
	WIRE_T_SOURCE,     // bytes: name of the text: step name or path of a sourced file
	WIRE_T_LINE,       // number: first line, from 1
	WIRE_T_COLUMN,     // number: first column in bytes, from 1
	WIRE_T_END_LINE,   // number
	WIRE_T_END_COLUMN, // number: column after the last byte
	WIRE_T_SNIPPET, // bytes: the source line(s) the range is in, no newline at the end
	WIRE_T_PIPESTATUS, // number, repeated: each member of the failing pipeline
	WIRE_T_FRAME,   // bytes, repeated, innermost first: an encoded sequence of fields
			// (NAME = function or file, SOURCE, LINE, COLUMN, KIND)
	WIRE_T_DEPTH,   // number: subshell depth of the failing command
	WIRE_T_PID,     // number, in the box's pid namespace
	WIRE_T_WALL_NS, // number
	WIRE_T_USER_US, // number
	WIRE_T_SYS_US,  // number
	WIRE_T_MAXRSS_KB, // number
	WIRE_T_LEAVES, // number: 1 when the shell itself is ending (exit, set -e, syntax)
	WIRE_T_BLOB,   // bytes: a shell state
	WIRE_T_WHAT,   // bytes: subject of QUERY
	WIRE_T_VERSION, // number: WIRE_VERSION (HELLO)
	WIRE_T_MODE,    // number: enum wire_mode
	WIRE_T_COUNTER, // number: COMMAND messages dropped so far
	WIRE_TAG_COUNT,
};

// Why a step failed (WIRE_T_KIND of STEP_END). WIRE_FAIL_STATUS: a command ran and
// returned non-zero.
enum wire_failure {
	WIRE_FAIL_NONE,
	WIRE_FAIL_STATUS,
	WIRE_FAIL_NOT_FOUND,
	WIRE_FAIL_NOT_EXECUTABLE,
	WIRE_FAIL_NO_INTERPRETER,
	WIRE_FAIL_PERMISSION,
	WIRE_FAIL_IS_DIRECTORY,
	WIRE_FAIL_REDIRECTION,
	WIRE_FAIL_NOUNSET,
	WIRE_FAIL_READONLY,
	WIRE_FAIL_SYNTAX,
	WIRE_FAIL_EXPANSION,
	WIRE_FAIL_KILLED,
	WIRE_FAIL_EXIT,  // `exit N` or `return N` with N != 0
	WIRE_FAIL_LIMIT, // recursion, memory, E2BIG
	WIRE_FAIL_USAGE, // a special builtin refused its arguments
	WIRE_FAIL_COUNT,
};

enum wire_mode { WIRE_MODE_RUN, WIRE_MODE_TRACE, WIRE_MODE_STEP };

// The name of a type, tag or kind for logs ("STEP_END", "not-found"); "?" when unknown.
const char *wire_type_name(unsigned type);
const char *wire_tag_name(unsigned tag);
const char *wire_failure_name(unsigned kind);

// A message that is being built or was received.
struct wire_msg {
	enum wire_type type;
	uint32_t id;
	struct str body; // fields
};

void wire_begin(struct wire_msg *m, enum wire_type type, uint32_t id);
void wire_add(struct wire_msg *m, enum wire_tag tag, const void *p, size_t n);
void wire_add_str(struct wire_msg *m, enum wire_tag tag, const char *s);
void wire_add_num(struct wire_msg *m, enum wire_tag tag, uint64_t v);
void wire_finish(struct wire_msg *m);

struct wire_field {
	enum wire_tag tag;
	const char *p; // points into the body
	size_t n;
};

// Fields one after the other: start with *pos = 0; 1 = got one, 0 = end, -1 = malformed.
int wire_next(const char *body, size_t len, size_t *pos, struct wire_field *f);
// The first field with this tag; 0 when there is none.
int wire_get(const struct wire_msg *m, enum wire_tag tag, struct wire_field *f);
uint64_t wire_get_num(const struct wire_msg *m, enum wire_tag tag, uint64_t otherwise);
uint64_t wire_field_num(const struct wire_field *f, uint64_t otherwise);

// Send a whole message, waiting for room. -1 with errno (EPIPE: the peer is gone). The
// workbench, with a non-blocking socket, waits at most ten seconds for a shell that does
// not read (ETIMEDOUT); the shell waits for the workbench as long as it takes.
int wire_send(int fd, const struct wire_msg *m);

// Collects datagrams until a message is whole.
struct wire_reader {
	struct wire_msg partial;
	int active;
	char *buf; // WIRE_DATAGRAM bytes, allocated at first use
};
// Read one datagram. 1 = *m is a whole message (m->body is the caller's, to
// wire_finish()), 0 = not yet, -1 = error: errno 0 at EOF, EAGAIN when nothing is there,
// EPROTO when the peer broke the protocol. Every field of *m is then known to be well
// formed, numbers are 8 bytes long, and the type belongs to the direction `from_shell`.
int wire_recv(struct wire_reader *r, int fd, int from_shell, struct wire_msg *m);
// The same without a socket, for tests and fuzzing.
int wire_feed(struct wire_reader *r, const void *datagram, size_t n, int from_shell,
              struct wire_msg *m);
void wire_reader_finish(struct wire_reader *r);

// What runs right now, readable at any time without a message: one page of shared memory
// written by the shell, read by the workbench. seq is odd while it is being written; a
// reader copies the page and takes it when seq was even and did not change. Hostile like
// all the rest: copy first, then check.
struct wire_page {
	uint32_t seq;
	uint32_t step; // id of the RUN message, 0 = none
	uint32_t line, column;
	uint32_t depth;    // functions, sourced files and subshells around the command
	uint32_t pid;      // of the external command, 0 = the shell itself
	uint64_t commands; // simple commands begun since the shell started
	char argv0[64];    // NUL-terminated unless cut
	char text[256];    // expanded argv joined by spaces, cut
};

#endif
