// The shell's beginning (sh.h).
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "stepsh/alias.h"
#include "stepsh/exec.h"
#include "stepsh/script.h"
#include "stepsh/sh.h"
#include "stepsh/trap.h"
#include "stepsh/var.h"

struct shell sh;

static char *stack_base;
static size_t stack_room;

static void stack_init(void)
{
	struct rlimit r;
	char here;

	stack_base = &here;
	stack_room = 8 << 20;
	if (getrlimit(RLIMIT_STACK, &r) == 0 && r.rlim_cur != RLIM_INFINITY)
		stack_room = r.rlim_cur;
	if (stack_room > 64 << 20)
		stack_room = 64 << 20;
	stack_room -= stack_room / 4;
}

int shell_stack_low(void)
{
	char here;

	return (size_t)(stack_base - &here) > stack_room;
}

void shell_init(const char *arg0)
{
	const char *base = strrchr(arg0, '/');

	base = base ? base + 1 : arg0;
	if (!stack_base)
		stack_init();
	sh = (struct shell){ .arg0 = arg0, .script_fd = -1, .control_fd = -1 };
	sh.pid = sh.self = getpid();
	sh.start_time = time(NULL);
	sh.options = OPT_HASHALL | OPT_BRACES;
	sh.shopts = SHOPT_SOURCEPATH | SHOPT_PATSUB;
	if (!strcmp(base, "sh") || !strcmp(base, "-sh"))
		opt_change(OPT_POSIX, 1);
	trap_init();
}

void shell_reset(const char *arg0, int argc, char **argv, char **env)
{
	uint64_t kind = sh.options & OPT_SH_ERRORS;
	int control = sh.control_fd, subshell = sh.subshell;

	trap_forget();
	func_forget();
	alias_forget();
	var_forget();
	sh.frame = NULL;
	shell_init(arg0);
	opt_change(kind, 1);
	sh.control_fd = control;
	sh.subshell = subshell;
	var_init(env);
	sh.params = (struct params){ argv + 1, argc - 1, NULL };
}
