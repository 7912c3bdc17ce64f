// Compare the speed of commands, interleaved (see bench.h):
//
//	compare [-r ROUNDS] [-t TITLE] [-n NOTE] [-p PREPARE] NAME COMMAND...
//
// The first command is what the others' ratios refer to. A command is split at blanks and
// started without a shell, unless it has a quote or one of $ ; & | < > ( ` * ? in it: then
// by `sh -c`, which costs about a millisecond, so give all of them one, or none. Output
// goes to /dev/null; the commands must succeed. PREPARE is run by `sh -c` before each
// command, untimed, with CASE set to the command's name. The peak memory is that of the
// largest process among those waited for.
#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct command {
	const char *name;
	const char *prepare;
	const char **argv;
};

static const char **split(const char *text)
{
	const char **argv = calloc(strlen(text) / 2 + 4, sizeof(*argv));
	char *copy = strdup(text);
	size_t n = 0;

	if (!copy || !argv)
		abort();
	if (strpbrk(text, "'\"$;&|<>(`*?")) {
		argv[0] = "/bin/sh";
		argv[1] = "-c";
		argv[2] = copy;
		return argv;
	}
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[n++] = word;
	return argv;
}

// Runs argv with its output in /dev/null; its stderr is shown when `loud`.
static int spawn(const char **argv, int loud, long *peak_kb)
{
	struct rusage use;
	int status, null;
	pid_t pid = vfork();

	if (pid == 0) {
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
		dup2(null, 0);
		dup2(null, 1);
		if (!loud)
			dup2(null, 2);
		execvp(argv[0], (char **)argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) < 0)
		return -1;
	if (peak_kb)
		*peak_kb = use.ru_maxrss;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run(void *arg, long *peak_kb)
{
	struct command *c = arg;
	int status = spawn(c->argv, 0, peak_kb);

	if (status)
		spawn(c->argv, 1, NULL);
	return status;
}

static int prepare(void *arg)
{
	struct command *c = arg;
	const char *argv[] = { "/bin/sh", "-c", c->prepare, NULL };

	setenv("CASE", c->name, 1);
	return spawn(argv, 1, NULL);
}

static int usage(void)
{
	fputs("usage: compare [-r ROUNDS] [-t TITLE] [-n NOTE] [-p PREPARE] NAME "
	      "COMMAND...\n",
	      stderr);
	return 2;
}

int main(int argc, char *argv[])
{
	const char *title = "compare", *note = NULL, *before = NULL;
	struct bench_case *cases;
	struct command *commands;
	unsigned rounds = 21;
	size_t n;
	int opt;

	while ((opt = getopt(argc, argv, "r:t:n:p:")) != -1)
		switch (opt) {
		// clang-format off
		case 'r': rounds = (unsigned)strtoul(optarg, NULL, 10); break;
		case 't': title = optarg; break;
		case 'n': note = optarg; break;
		case 'p': before = optarg; break;
		default: return usage();
			// clang-format on
		}
	n = (size_t)(argc - optind) / 2;
	if (!n || !rounds || (argc - optind) % 2)
		return usage();
	cases = calloc(n, sizeof(*cases));
	commands = calloc(n, sizeof(*commands));
	if (!cases || !commands)
		abort();
	for (size_t i = 0; i < n; i++) {
		commands[i].name = argv[optind + 2 * i];
		commands[i].prepare = before;
		commands[i].argv = split(argv[optind + 2 * i + 1]);
		cases[i].name = commands[i].name;
		cases[i].arg = &commands[i];
		cases[i].run = run;
		cases[i].prepare = before ? prepare : NULL;
	}
	return bench_compare(title, note, cases, n, bench_rounds(rounds)) < 0;
}
