// kill: parse, list names, send.
#include "stepsh/b_plain.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "stepsh/arith.h"
#include "stepsh/builtin_io.h"
#include "stepsh/signame.h"

enum { ANY_NAME = SIGNAME_EXIT | SIGNAME_NOCASE | SIGNAME_PREFIX | SIGNAME_NUMBER };

static int use_signal(struct builtin_io *io, struct kill_request *rq, const char *name)
{
	if (!name)
		return builtin_usage(io, "-s needs the name of a signal");
	rq->signal = signame_parse(name, ANY_NAME);
	return rq->signal < 0 ? builtin_error(io, "%s: no such signal", name) : 0;
}

int kill_parse(int argc, char **argv, struct builtin_io *io, struct kill_request *rq)
{
	const char *a = argc > 1 ? argv[1] : NULL;
	int i = 1, status = 0;

	rq->list = 0;
	rq->signal = SIGTERM;
	if (a && a[0] == '-' && a[1] && strcmp(a, "--") != 0) {
		i++;
		if (strcmp(a, "-l") == 0 || strcmp(a, "-L") == 0) {
			rq->list = 1;
		} else if (strcmp(a, "-s") == 0 || strcmp(a, "-n") == 0) {
			status = use_signal(io, rq, argv[i]);
			i += argv[i] != NULL;
		} else if (a[1] == 's' && a[2] && signame_parse(a + 1, ANY_NAME) < 0) {
			status = use_signal(io, rq, a + 2);
		} else {
			status = use_signal(io, rq, a + 1);
		}
	}
	if (!status && i < argc && strcmp(argv[i], "--") == 0)
		i++;
	rq->first = i;
	if (!status && !rq->list && i >= argc)
		status = builtin_usage(io, "usage: kill [-s signal | -signal] pid..., "
		                           "kill -l [status]");
	return status;
}

// A number (also an exit status above 128) gives a name, a name gives a number.
static int list_one(const char *word, struct builtin_io *io)
{
	char buf[SIGNAME_MAX];
	int64_t n;
	int sig;

	if (arith_number(word, strlen(word), 0, &n) == 0) {
		if (n > 128 && n < 128 + signame_count())
			n -= 128;
		if (n < 0 || n >= signame_count() || !signame_of((int)n, buf))
			return builtin_error(io, "%s: no such signal", word);
		str_addf(&io->out, "%s\n", buf);
		return 0;
	}
	sig = signame_parse(word, ANY_NAME);
	if (sig < 0)
		return builtin_error(io, "%s: no such signal", word);
	str_addf(&io->out, "%d\n", sig);
	return 0;
}

int kill_list(int argc, char **argv, int first, struct builtin_io *io)
{
	char buf[SIGNAME_MAX];
	int status = 0;

	if (first >= argc)
		for (int sig = 1; sig < signame_count(); sig++)
			if (signame_of(sig, buf))
				str_addf(&io->out, "%s\n", buf);
	for (int i = first; i < argc; i++)
		status |= list_one(argv[i], io);
	return status;
}

static int target(const char *word, struct builtin_io *io, kill_job_fn *job, void *arg,
                  pid_t *pid)
{
	int64_t n;

	if (word[0] == '%') {
		if (!job)
			return builtin_error(io, "%s: no job control here", word);
		*pid = job(arg, word);
		return *pid == 0;
	}
	if (arith_number(word, strlen(word), 0, &n) < 0 || n > INT_MAX || n < -INT_MAX)
		return builtin_error(io, "%s: neither a process ID nor a job", word);
	*pid = (pid_t)n;
	return 0;
}

int b_kill(int argc, char **argv, struct builtin_io *io, kill_job_fn *job, void *arg)
{
	struct kill_request rq;
	int status = kill_parse(argc, argv, io, &rq);
	pid_t pid = 0;

	if (status)
		return status;
	if (rq.list)
		return kill_list(argc, argv, rq.first, io);
	for (int i = rq.first; i < argc; i++) {
		if (target(argv[i], io, job, arg, &pid)) {
			status = 1;
		} else if (kill(pid, rq.signal) < 0) {
			status = builtin_error(io, "%s: %s", argv[i], strerror(errno));
		}
	}
	return status;
}
