// A worker: a child process for slow work, which reports by messages over a socket.
//
// The child runs one function and ends. Its messages, an error and descriptors arrive in
// the parent through the loop. A worker that ends without having said how is an error.
#ifndef ENGINE_WORKER_H
#define ENGINE_WORKER_H

#include <stddef.h>

struct err;
struct loop;
struct worker;
struct worker_link;

enum { WORKER_MESSAGE_MAX = 8192 };

// In the child. Returns 0, or -1 with *e filled. Has no other thread and no signal handled
// but SIGTERM, which sets worker_cancelled().
typedef int worker_fn(struct worker_link *link, void *arg, struct err *e);

// In the child: send n <= WORKER_MESSAGE_MAX bytes, and a descriptor (-1 = none).
int worker_send(struct worker_link *link, const void *p, size_t n, int fd);
// In the child: has the parent asked to stop, or gone?
int worker_cancelled(void);

// In the parent. A message: fd is -1 or the receiver's to close. Done: e is NULL when the
// function returned 0; called once, after the child was reaped and all messages were
// delivered; the worker is freed after it.
typedef void worker_message_fn(void *arg, const void *p, size_t n, int fd);
typedef void worker_done_fn(void *arg, const struct err *e);

struct worker *worker_start(struct loop *loop, const char *name, worker_fn *fn,
                            void *fn_arg, worker_message_fn *message,
                            worker_done_fn *done, void *arg, struct err *e);

// Ask it to stop (SIGTERM); again: kill it. Its done function is called as always.
void worker_stop(struct worker *w);

// Kill it and forget it: nothing is called any more. NULL is fine.
void worker_kill(struct worker *w);

#endif
