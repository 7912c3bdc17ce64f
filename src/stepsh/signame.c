#include "stepsh/signame.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

// clang-format off
static const struct {
	int sig;
	const char *name, *text;
} names[] = {
	{ 0, "EXIT", "Exit" },
	{ SIGHUP, "HUP", "Hangup" },
	{ SIGINT, "INT", "Interrupt" },
	{ SIGQUIT, "QUIT", "Quit" },
	{ SIGILL, "ILL", "Illegal instruction" },
	{ SIGTRAP, "TRAP", "Trace/breakpoint trap" },
	{ SIGABRT, "ABRT", "Aborted" },
	{ SIGBUS, "BUS", "Bus error" },
	{ SIGFPE, "FPE", "Floating point exception" },
	{ SIGKILL, "KILL", "Killed" },
	{ SIGUSR1, "USR1", "User defined signal 1" },
	{ SIGSEGV, "SEGV", "Segmentation fault" },
	{ SIGUSR2, "USR2", "User defined signal 2" },
	{ SIGPIPE, "PIPE", "Broken pipe" },
	{ SIGALRM, "ALRM", "Alarm clock" },
	{ SIGTERM, "TERM", "Terminated" },
#ifdef SIGSTKFLT
	{ SIGSTKFLT, "STKFLT", "Stack fault" },
#endif
	{ SIGCHLD, "CHLD", "Child exited" },
	{ SIGCONT, "CONT", "Continued" },
	{ SIGSTOP, "STOP", "Stopped (signal)" },
	{ SIGTSTP, "TSTP", "Stopped" },
	{ SIGTTIN, "TTIN", "Stopped (tty input)" },
	{ SIGTTOU, "TTOU", "Stopped (tty output)" },
	{ SIGURG, "URG", "Urgent I/O condition" },
	{ SIGXCPU, "XCPU", "CPU time limit exceeded" },
	{ SIGXFSZ, "XFSZ", "File size limit exceeded" },
	{ SIGVTALRM, "VTALRM", "Virtual timer expired" },
	{ SIGPROF, "PROF", "Profiling timer expired" },
	{ SIGWINCH, "WINCH", "Window changed" },
	{ SIGIO, "IO", "I/O possible" },
	{ SIGPWR, "PWR", "Power failure" },
	{ SIGSYS, "SYS", "Bad system call" },
	// Other names of the same, only read.
	{ SIGABRT, "IOT", NULL }, { SIGCHLD, "CLD", NULL }, { SIGIO, "POLL", NULL },
};
// clang-format on

int signame_count(void)
{
	return SIGRTMAX + 1;
}

const char *signame_of(int sig, char buf[SIGNAME_MAX])
{
	int min = SIGRTMIN, max = SIGRTMAX;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].sig == sig)
			return strcpy(buf, names[i].name);
	if (sig < min || sig > max)
		return NULL;
	if (sig == min || sig == max)
		strcpy(buf, sig == min ? "RTMIN" : "RTMAX");
	else if (sig - min <= (max - min) / 2)
		snprintf(buf, SIGNAME_MAX, "RTMIN+%d", (sig - min) % 100);
	else
		snprintf(buf, SIGNAME_MAX, "RTMAX-%d", (max - sig) % 100);
	return buf;
}

static int same(const char *a, const char *b, int nocase)
{
	return (nocase ? strcasecmp(a, b) : strcmp(a, b)) == 0;
}

// RTMIN, RTMIN+n, RTMAX, RTMAX-n.
static int real_time(const char *s, int nocase)
{
	int base, sign, n;
	char head[6];

	if (strlen(s) < 5)
		return -1;
	memcpy(head, s, 5);
	head[5] = '\0';
	if (same(head, "RTMIN", nocase))
		base = SIGRTMIN, sign = 1;
	else if (same(head, "RTMAX", nocase))
		base = SIGRTMAX, sign = -1;
	else
		return -1;
	s += 5;
	if (!*s)
		return base;
	if (*s != (sign > 0 ? '+' : '-') || !s[1] || strlen(s) > 3 ||
	    strspn(s + 1, "0123456789") != strlen(s + 1))
		return -1;
	n = base + sign * atoi(s + 1);
	return n >= SIGRTMIN && n <= SIGRTMAX ? n : -1;
}

int signame_parse(const char *s, int flags)
{
	int nocase = flags & SIGNAME_NOCASE;
	size_t n = strspn(s, "0123456789");
	int number;

	if (n && !s[n]) {
		number = n < 5 ? atoi(s) : -1;
		return (flags & SIGNAME_NUMBER) && number < signame_count() ? number : -1;
	}
	if ((flags & SIGNAME_PREFIX) && strlen(s) > 3 &&
	    (nocase ? strncasecmp(s, "SIG", 3) : strncmp(s, "SIG", 3)) == 0)
		s += 3;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (same(s, names[i].name, nocase))
			return names[i].sig || (flags & SIGNAME_EXIT) ? names[i].sig : -1;
	return real_time(s, nocase);
}

const char *signame_text(int sig)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].sig == sig && names[i].text)
			return names[i].text;
	return sig >= SIGRTMIN && sig <= SIGRTMAX ? "Real-time signal" : "Unknown signal";
}
