// Names of signals: EXIT (0), HUP, INT, ..., RTMIN, RTMIN+1, ..., RTMAX-1, RTMAX.
//
// The name is without SIG. Both musl and glibc take some real-time signals for themselves;
// SIGRTMIN is what the library says.
#ifndef STEPSH_SIGNAME_H
#define STEPSH_SIGNAME_H

enum {
	SIGNAME_EXIT =
		1, // EXIT and 0 are accepted (trap); without it 0 is still a number
	SIGNAME_NOCASE = 2, // "int" as well as "INT"
	SIGNAME_PREFIX = 4, // "SIGINT" as well
	SIGNAME_NUMBER = 8, // "2" as well
};

// The number, or -1. "0" is accepted with SIGNAME_NUMBER.
int signame_parse(const char *s, int flags);

// The name in buf, or NULL when there is no such signal. 0 is "EXIT".
enum { SIGNAME_MAX = 16 };
const char *signame_of(int sig, char buf[SIGNAME_MAX]);

// What happened, for people: "Killed", "Segmentation fault". Never NULL.
const char *signame_text(int sig);

// One more than the largest signal number.
int signame_count(void);

#endif
