// Traps: signals and EXIT (and bash's ERR, DEBUG, RETURN).
#ifndef STEPSH_TRAP_H
#define STEPSH_TRAP_H

enum { TRAP_EXIT = 0, TRAP_ERR = 70, TRAP_DEBUG, TRAP_RETURN, TRAP_COUNT };

void trap_init(void);
// Run the actions of signals that have arrived. Cheap when there are none.
extern volatile int trap_pending;
void trap_run_pending(void);
extern volatile int trap_child_changed; // a background job may have ended: reap
void trap_watch_children(void);         // from now on
static inline void trap_check(void)
{
	if (__builtin_expect(trap_pending | trap_child_changed, 0))
		trap_run_pending();
}
int trap_is_set(int sig);
int trap_any(void);       // is any action set at all?
void trap_forget(void);   // all to default, none shown
int trap_handlers(void);  // number of handlers installed
void trap_run(int which); // EXIT, ERR, DEBUG, RETURN; keeps $?
// A function does not inherit RETURN: take its action away, and bring it back.
char *trap_hide(int which);
void trap_unhide(int which, char *action);
// In a subshell: what is trapped becomes default; the texts stay to be shown.
void trap_subshell(void);
// In a child right before exec: handlers to default, so that the mask can be opened.
void trap_child_default(void);
void trap_async_ignore(void); // INT and QUIT of a background command without job control
int trap_got_signal(void);    // has a trapped signal arrived? (wait, read)
void trap_interactive(int on);
void trap_child_failed(void); // exec failed in this process: handlers back

#endif
