// One poll loop: file descriptors, timers, children and signals.
//
// One thread. Callbacks return quickly; slow work is a child process. A source may be
// removed from inside any callback; removal takes effect at once, memory is freed after
// the turn. Children are waited for by pidfd where the kernel has it.
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdint.h>
#include <sys/types.h>

struct loop;
struct loop_source;
struct err;

typedef void loop_fd_fn(void *arg, int fd, short revents);
typedef void loop_timer_fn(void *arg);
typedef void loop_signal_fn(void *arg, int signo);
typedef void loop_child_fn(void *arg, pid_t pid, int wait_status);

struct loop *loop_create(void);
void loop_destroy(struct loop *l);

// Watch fd (borrowed) for POLLIN/POLLOUT.
struct loop_source *loop_add_fd(struct loop *l, int fd, short events, loop_fd_fn *fn,
                                void *arg);

// Call fn after delay_ms, then every period_ms (0 = once).
struct loop_source *loop_add_timer(struct loop *l, int64_t delay_ms, int64_t period_ms,
                                   loop_timer_fn *fn, void *arg);
void loop_set_timer(struct loop_source *s, int64_t delay_ms, int64_t period_ms);

// Deliver a signal (blocked from now on) through the loop.
struct loop_source *loop_add_signal(struct loop *l, int signo, loop_signal_fn *fn,
                                    void *arg);

// Call fn once with the wait status when the child ends; the source then removes itself.
struct loop_source *loop_add_child(struct loop *l, pid_t pid, loop_child_fn *fn,
                                   void *arg);

void loop_remove(struct loop_source *s); // NULL is fine

// One turn: wait at most timeout_ms (-1 = for ever) and dispatch. -1 with errno.
int loop_turn(struct loop *l, int timeout_ms);
// Turns until loop_stop().
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

// The signal mask and handlers a child must have before exec: undo what the loop blocked.
void loop_child_signals(void);

#endif
