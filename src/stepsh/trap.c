#include "stepsh/trap.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stepsh/builtin.h"
#include "stepsh/control.h"
#include "stepsh/job.h"
#include "stepsh/quote.h"
#include "stepsh/sh.h"
#include "stepsh/signame.h"

volatile int trap_pending;
volatile int trap_child_changed;
static volatile sig_atomic_t arrived[TRAP_COUNT];
static volatile int got; // signal that came while somebody waited

static struct {
	char *action;             // NULL = default, "" = ignored
	uint8_t handled;          // our handler is installed
	uint8_t ignored_at_start; // what `trap -` goes back to
	uint8_t fixed;            // and cannot be trapped: the shell is not interactive
	uint8_t stale;            // of the parent: shown, not run
} traps[TRAP_COUNT];
static int n_handlers, n_actions;

static void handler(int sig)
{
	if (sig == SIGCHLD)
		trap_child_changed = 1;
	arrived[sig] = 1;
	trap_pending = 1;
	got = sig;
}

void trap_init(void)
{
	struct sigaction sa;

	for (int i = 1; i < TRAP_ERR && i < signame_count(); i++)
		if (sigaction(i, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN)
			traps[i].ignored_at_start = traps[i].fixed = 1;
}

int trap_is_set(int sig)
{
	return traps[sig].action && *traps[sig].action && !traps[sig].stale;
}

int trap_any(void)
{
	return n_actions > 0;
}

int trap_handlers(void)
{
	return n_handlers;
}

int trap_got_signal(void)
{
	return trap_pending ? got : 0;
}

static void on_child(int sig)
{
	(void)sig;
	trap_child_changed = 1;
}

void trap_watch_children(void)
{
	struct sigaction sa = { .sa_handler = on_child, .sa_flags = SA_RESTART };

	if (traps[SIGCHLD].handled)
		return;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGCHLD, &sa, NULL);
}

static int disposition(int sig, void (*fn)(int))
{
	struct sigaction sa = { .sa_handler = fn };

	sigemptyset(&sa.sa_mask);
	return sigaction(sig, &sa, NULL);
}

static void restore_default(int sig)
{
	int ignore = sh_opt(OPT_INTERACTIVE) && (sig == SIGTERM || sig == SIGQUIT);

	if (sig == SIGINT && sh_opt(OPT_INTERACTIVE)) {
		disposition(sig, handler);
		return;
	}
	disposition(sig, ignore || traps[sig].ignored_at_start ? SIG_IGN : SIG_DFL);
}

static void recount(void)
{
	n_actions = n_handlers = 0;
	for (int i = 0; i < TRAP_COUNT; i++) {
		n_actions += traps[i].action && !traps[i].stale && *traps[i].action;
		n_handlers += traps[i].handled;
	}
}

// Set, ignore (action "") or reset (NULL).
static void trap_set(int sig, const char *action)
{
	if (sig != TRAP_EXIT && sig < TRAP_ERR) {
		if (traps[sig].fixed)
			return;
		traps[sig].ignored_at_start = 0;
		if (control_owns_signal(sig))
			return;
		if (!action)
			restore_default(sig);
		else
			disposition(sig, *action ? handler : SIG_IGN);
		traps[sig].handled = action && *action;
	}
	free(traps[sig].action);
	traps[sig].action = action ? xstrdup(action) : NULL;
	traps[sig].stale = 0;
	recount();
}

static void run_action(int sig)
{
	int status = sh.status, flow = sh.flow, count = sh.flow_count, r;
	int outer = sh.trap_status;
	char *text = xstrdup(traps[sig].action);
	struct range where = sh.where;
	struct frame frame;

	sh.flow = FLOW_NONE;
	if (!sh.in_trap++)
		sh.trap_at = where;
	sh.trap_status = status;
	frame_push(&frame, FRAME_TRAP, "trap");
	r = exec_text("trap", text, strlen(text), where.line ? where.line : 1, 0);
	frame_pop(&frame);
	sh.in_trap--;
	sh.trap_status = outer;
	(void)r;
	if (!sh.flow) {
		sh.status = status;
		sh.flow = flow;
		sh.flow_count = count;
	}
	free(text);
}

void trap_run_pending(void)
{
	static int running;

	if (trap_child_changed) {
		trap_child_changed = 0;
		job_reap();
	}
	if (running) // after the action that runs now
		return;
	running = 1;
	while (trap_pending && !sh.flow) {
		trap_pending = 0;
		for (int i = 1; i < TRAP_ERR && !sh.flow; i++) {
			if (!arrived[i])
				continue;
			arrived[i] = 0;
			if (trap_is_set(i))
				run_action(i);
			else if (i == SIGINT && sh_opt(OPT_INTERACTIVE))
				sh_fatal(130);
		}
	}
	running = 0;
}

static int running[TRAP_COUNT];

void trap_run(int which)
{

	if (!trap_is_set(which) || running[which])
		return;
	if (which != TRAP_EXIT && sh.func_depth &&
	    !(sh_opt(which == TRAP_ERR ? OPT_ERRTRACE : OPT_FUNCTRACE)) &&
	    sh.in_trap == 0 && which != TRAP_RETURN)
		return; // RETURN: trap_hide() saw to it
	running[which] = 1;
	if (which == TRAP_EXIT) {
		char *action = take_ptr(traps[TRAP_EXIT].action);
		int status = sh.status;

		recount();
		sh.flow = FLOW_NONE;
		if (!sh.in_trap++)
			sh.trap_at = sh.where;
		sh.trap_status = status;
		exec_text("trap EXIT", action, strlen(action), 1, 0);
		sh.in_trap--;
		if (sh.flow != FLOW_EXIT)
			sh.status = status;
		sh.flow = FLOW_NONE;
		free(action);
	} else {
		run_action(which);
	}
	running[which] = 0;
}

// What an interactive shell has set for itself, for a child: as it was, or as trapped.
static void leave_interactive(void)
{
	static const int own[] = { SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU };

	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		const char *action = traps[own[i]].action;

		if (i >= 3 && !sh_opt(OPT_MONITOR))
			break;
		disposition(own[i], action ? (*action ? SIG_DFL : SIG_IGN)
		                    : traps[own[i]].ignored_at_start ? SIG_IGN
		                                                     : SIG_DFL);
	}
}

char *trap_hide(int which)
{
	char *action = traps[which].action;

	traps[which].action = NULL;
	recount();
	return action;
}

void trap_unhide(int which, char *action)
{
	if (traps[which].action) { // one that was set since stays
		free(action);
		return;
	}
	traps[which].action = action;
	recount();
}

void trap_subshell(void)
{
	trap_pending = 0;
	for (int i = 0; i < TRAP_COUNT; i++) {
		arrived[i] = running[i] = 0;
		if (!traps[i].action || !*traps[i].action)
			continue;
		if ((i == TRAP_ERR && sh_opt(OPT_ERRTRACE)) ||
		    (i > TRAP_ERR && sh_opt(OPT_FUNCTRACE)))
			continue;
		traps[i].stale = 1;
		if (traps[i].handled)
			disposition(i, SIG_DFL);
		traps[i].handled = 0;
	}
	if (sh_opt(OPT_INTERACTIVE))
		leave_interactive();
	recount();
}

void trap_child_default(void)
{
	for (int i = 1; n_handlers && i < TRAP_ERR; i++)
		if (traps[i].handled)
			disposition(i, SIG_DFL);
	if (sh_opt(OPT_INTERACTIVE))
		leave_interactive();
}

void trap_async_ignore(void)
{
	if (sh_opt(OPT_MONITOR))
		return;
	disposition(SIGINT, SIG_IGN);
	disposition(SIGQUIT, SIG_IGN);
}

void trap_interactive(int on)
{
	if (!on)
		return;
	for (int i = 0; i < TRAP_COUNT; i++)
		traps[i].fixed = 0;
	disposition(SIGINT, handler);
	disposition(SIGQUIT, SIG_IGN);
	disposition(SIGTERM, SIG_IGN);
}

void trap_child_failed(void)
{
	for (int i = 1; n_handlers && i < TRAP_ERR; i++)
		if (traps[i].handled)
			disposition(i, handler);
}

// ---- the builtin --------------------------------------------------------------------

static const struct {
	const char *name;
	int number;
} pseudo[] = { { "ERR", TRAP_ERR }, { "DEBUG", TRAP_DEBUG }, { "RETURN", TRAP_RETURN } };

static int parse_condition(const char *s)
{
	for (size_t i = 0; i < ARRAY_LEN(pseudo); i++)
		if (!strcmp(s, pseudo[i].name) && !sh_opt(OPT_POSIX))
			return pseudo[i].number;
	return signame_parse(s, SIGNAME_EXIT | SIGNAME_NUMBER | SIGNAME_PREFIX |
	                                SIGNAME_NOCASE);
}

static void show(int sig, int all)
{
	const char *action = traps[sig].action;
	char buf[SIGNAME_MAX];
	const char *name = NULL;

	if (!action && traps[sig].fixed)
		action = "";
	if (!action && !all)
		return;
	for (size_t i = 0; i < ARRAY_LEN(pseudo); i++)
		if (pseudo[i].number == sig)
			name = pseudo[i].name;
	if (!name)
		name = signame_of(sig, buf);
	if (!name)
		return;
	str_add(&sh_io->out, "trap -- ");
	if (action)
		quote_word(&sh_io->out, action, strlen(action), QUOTE_ALWAYS);
	else
		str_addc(&sh_io->out, '-');
	str_addf(&sh_io->out, " %s%s\n",
	         sig > 0 && sig < TRAP_ERR && !sh_opt(OPT_POSIX) ? "SIG" : "", name);
}

// Texts of the parent are shown until the subshell sets a trap of its own.
static void forget_stale(void)
{
	for (int i = 0; i < TRAP_COUNT; i++)
		if (traps[i].stale) {
			free(traps[i].action);
			traps[i].action = NULL;
			traps[i].stale = 0;
		}
}

static int is_unsigned(const char *s)
{
	return *s && strspn(s, "0123456789") == strlen(s);
}

int b_trap(int argc, char **argv)
{
	int i = 1, status = 0, print = 0;
	const char *action;

	if (i < argc && !strcmp(argv[i], "-l"))
		return kill_list(argc, argv, argc, sh_io);
	if (i < argc && !strcmp(argv[i], "-p")) {
		print = 1;
		i++;
	}
	if (i < argc && !strcmp(argv[i], "--"))
		i++;
	else if (i < argc && argv[i][0] == '-' && argv[i][1])
		return builtin_usage(sh_io, "%s: unknown option", argv[i]);
	if (print && i < argc) {
		for (; i < argc; i++) {
			int sig = parse_condition(argv[i]);

			if (sig < 0)
				status = builtin_error(sh_io, "%s: no such signal",
				                       argv[i]);
			else
				show(sig, sh_opt(OPT_POSIX));
		}
		return status;
	}
	if (i == argc) {
		for (int k = 0; k < TRAP_COUNT; k++)
			show(k, print && k < TRAP_ERR && 0);
		return 0;
	}
	forget_stale();
	if (is_unsigned(argv[i]) || i + 1 == argc)
		action = NULL;
	else {
		action = strcmp(argv[i], "-") ? argv[i] : NULL;
		i++;
	}
	if (!action && i + 1 == argc && !strcmp(argv[i], "-"))
		return 0;
	for (; i < argc; i++) {
		int sig = parse_condition(argv[i]);

		if (sig < 0 || sig >= TRAP_COUNT) {
			status = builtin_error(sh_io, "%s: no such signal", argv[i]);
			continue;
		}
		trap_set(sig, action);
	}
	return status;
}

void trap_forget(void)
{
	for (int i = 0; i < TRAP_COUNT; i++) {
		if (traps[i].handled)
			disposition(i, SIG_DFL);
		free(traps[i].action);
		traps[i].action = NULL;
		traps[i].handled = traps[i].stale = 0;
	}
	recount();
}
