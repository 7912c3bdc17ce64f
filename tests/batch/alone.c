// Run a command and see that nothing of it stays behind:
//
//	alone SECONDS COMMAND [ARG...]
//
// This process is the reaper of all descendants, so whoever outlives the command becomes a
// child of ours. Exit status: the command's (128+N when signal N ended it); 250 when it
// took longer than SECONDS and was killed; 251 when a process outlived it by more than two
// seconds (it is named on stderr and killed); 252 when it could not be run.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LATE = 250, LEFT = 251, FAILED = 252, TICK_MS = 5, GRACE_MS = 2000 };

static volatile sig_atomic_t late;

static void on_alarm(int signo)
{
	(void)signo;
	late = 1;
}

// The children of this process, named and killed.
static void kill_rest(void)
{
	char path[64], line[4096];
	FILE *f;
	size_t n;
	int pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	f = fopen(path, "re");
	while (f && fscanf(f, "%d", &pid) == 1) {
		FILE *c;

		snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
		c = fopen(path, "re");
		n = c ? fread(line, 1, sizeof(line) - 1, c) : 0;
		for (size_t i = 0; i < n; i++)
			if (!line[i])
				line[i] = ' ';
		line[n] = '\0';
		if (c)
			fclose(c);
		fprintf(stderr, "alone: left behind: process %d: %s\n", pid, line);
		kill(pid, SIGKILL);
	}
	if (f)
		fclose(f);
}

// 1 when all descendants are gone within ms.
static int all_gone(int ms)
{
	for (; ms > 0; ms -= TICK_MS) {
		pid_t pid = waitpid(-1, NULL, WNOHANG);

		if (pid < 0 && errno == ECHILD)
			return 1;
		if (pid == 0)
			poll(NULL, 0, TICK_MS);
	}
	return 0;
}

int main(int argc, char *argv[])
{
	struct sigaction alarmed = { .sa_handler = on_alarm };
	int status, left = 0;
	pid_t pid;

	if (argc < 3 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return FAILED;
	sigaction(SIGALRM, &alarmed, NULL);
	pid = fork();
	if (pid < 0)
		return FAILED;
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		fprintf(stderr, "alone: %s: %s\n", argv[2], strerror(errno));
		_exit(FAILED);
	}
	alarm((unsigned)atoi(argv[1]));
	while (waitpid(pid, &status, 0) < 0)
		if (late) {
			kill(pid, SIGKILL);
			late = 0;
			left = LATE;
		}
	alarm(0);
	while (!all_gone(GRACE_MS)) {
		if (!left)
			left = LEFT;
		kill_rest();
	}
	if (left)
		return left;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
