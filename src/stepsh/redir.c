#include "stepsh/redir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "stepsh/builtin.h"
#include "stepsh/expand.h"
#include "stepsh/report.h"
#include "stepsh/sh.h"
#include "stepsh/transform.h"
#include "stepsh/var.h"

enum { INTERNAL_MAX = 4096 };
static unsigned char internal[INTERNAL_MAX / 8];

int fd_is_internal(int fd)
{
	return fd >= 0 && fd < INTERNAL_MAX && internal[fd / 8] >> fd % 8 & 1;
}

int fd_dup_internal(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, FD_INTERNAL);

	if (copy < 0 && errno == EINVAL) // a low limit on descriptors
		copy = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	if (copy >= 0 && copy < INTERNAL_MAX)
		internal[copy / 8] |= (unsigned char)(1 << copy % 8);
	return copy;
}

int fd_internalize(int fd)
{
	int copy = fd_dup_internal(fd);

	if (copy >= 0)
		close(fd);
	return copy;
}

void fd_close_internal(int fd)
{
	if (fd < 0)
		return;
	if (fd < INTERNAL_MAX)
		internal[fd / 8] &= (unsigned char)~(1 << fd % 8);
	close(fd);
}

// A path that names a descriptor: its number, else -1. Such paths are served by dup(), so
// that they work whatever /dev and /proc are like, and never reach the shell's own ones.
static int path_fd(const char *path)
{
	static const char *const dirs[] = { "/dev/fd/", "/proc/self/fd/" };
	static const char *const names[] = { "/dev/stdin", "/dev/stdout", "/dev/stderr" };

	if (*path != '/')
		return -1;
	for (int i = 0; i < 3; i++)
		if (!strcmp(path, names[i]))
			return i;
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		size_t n = strlen(dirs[i]);
		const char *d = path + n;

		if (!strncmp(path, dirs[i], n) && *d &&
		    strspn(d, "0123456789") == strlen(d) && strlen(d) < 9)
			return atoi(d);
	}
	return -1;
}

static void plan_open(struct act *a, const char *path, int kind)
{
	int from = path_fd(path);

	a->word = path;
	if (from >= 0) {
		a->kind = ACT_DUP;
		a->from = from;
		return;
	}
	a->kind = ACT_OPEN;
	a->path = path;
	a->clobber = 1;
	switch (kind) {
	case REDIR_IN:
		a->flags = O_RDONLY;
		return;
	case REDIR_INOUT:
		a->flags = O_RDWR | O_CREAT;
		return;
	case REDIR_APPEND:
	case REDIR_BOTH_APPEND:
		a->flags = O_WRONLY | O_CREAT | O_APPEND;
		return;
	default:
		a->flags = O_WRONLY | O_CREAT | O_TRUNC;
		a->clobber = kind == REDIR_CLOBBER || !sh_opt(OPT_NOCLOBBER);
	}
}

static int plan_dup(struct act *a, const char *word)
{
	size_t n = strlen(word);

	a->kind = ACT_DUP;
	a->word = word;
	if (!strcmp(word, "-")) {
		a->kind = ACT_CLOSE;
		return 0;
	}
	if (n > 1 && word[n - 1] == '-' && !sh_opt(OPT_POSIX)) {
		a->move = 1;
		n--;
	}
	if (!n || n > 9 || strspn(word, "0123456789") < n) {
		sh_message(NULL, "%s: this is no file descriptor", word);
		report_note(WIRE_FAIL_REDIRECTION, WIRE_T_PATH, word, strlen(word),
		            EBADF);
		return -1;
	}
	a->from = atoi(word);
	return 0;
}

// {var}>: a free descriptor from 10 on; {var}>&-: the one that var holds.
static int choose_fd(struct act *a, const char *var, const struct plan *plan)
{
	int taken = 0;
	if (a->kind == ACT_CLOSE) {
		const char *s = NULL;
		size_t n;

		if (indirect_value(var, &s, &n) < 0)
			return -1;
		if (!s || !*s || strspn(s, "0123456789") != strlen(s)) {
			sh_message(NULL, "%s: holds no file descriptor", var);
			return -1;
		}
		a->fd = atoi(s);
		return 0;
	}
	for (a->fd = 10; a->fd < FD_INTERNAL; a->fd++) {
		taken = 0;
		for (const struct act *b = plan->acts; b < a; b++)
			taken |= b->fd == a->fd;
		if (!taken && fcntl(a->fd, F_GETFD) < 0)
			return 0;
	}
	sh_message(NULL, "%s: no file descriptor is free", var);
	return -1;
}

static int plan_one(const struct redir *r, struct plan *plan)
{
	struct act *a = &plan->acts[plan->n++];
	size_t n;
	char *text = expand_text(r->word, &n, 0);

	*a = (struct act){ .fd = r->fd, .redir = r };
	if (!text)
		return -1;
	switch (r->kind) {
	case REDIR_HERE:
	case REDIR_HERE_STRING:
		a->kind = ACT_DATA;
		a->n = n + (r->kind == REDIR_HERE_STRING);
		a->data = text;
		if (r->kind == REDIR_HERE_STRING)
			a->data = arena_printf(&sh.arena, "%s\n", text);
		break;
	case REDIR_DUP_IN:
	case REDIR_DUP_OUT:
		if (plan_dup(a, text) < 0)
			return -1;
		break;
	default:
		plan_open(a, text, r->kind);
	}
	if (r->var && choose_fd(a, r->var, plan) < 0)
		return -1;
	if (r->kind == REDIR_BOTH || r->kind == REDIR_BOTH_APPEND) {
		struct act *b = &plan->acts[plan->n++];

		*b = (struct act){
			.kind = ACT_DUP, .fd = 2, .from = a->fd, .redir = r, .word = "1"
		};
	}
	return 0;
}

int redir_plan(const struct redir *r, struct plan *plan)
{
	int n = 0;

	*plan = (struct plan){ 0 };
	for (const struct redir *i = r; i; i = i->next)
		n += 2;
	if (!n)
		return 0;
	plan->acts = arena_alloc(&sh.arena, (size_t)n * sizeof(struct act));
	for (; r; r = r->next)
		if (plan_one(r, plan) < 0)
			return -1;
	return 0;
}

static int name_fd(const char *var, int fd)
{
	char num[16];

	return assign_named(var, num, (size_t)snprintf(num, sizeof(num), "%d", fd), 0);
}

int redir_name_fds(const struct plan *plan)
{
	for (int i = 0; i < plan->n; i++)
		if (plan->acts[i].redir->var && plan->acts[i].kind != ACT_CLOSE &&
		    name_fd(plan->acts[i].redir->var, plan->acts[i].fd) < 0)
			return -1;
	return 0;
}

int here_open(const char *text, size_t n)
{
	int p[2], fd;

	// What fits into a pipe goes there; more into a file without a name.
	if (n <= 4096 || n <= 65536) {
		if (pipe2(p, O_CLOEXEC) < 0)
			return -1;
		if (n <= 4096 || fcntl(p[1], F_GETPIPE_SZ) >= (int)n) {
			int r = fd_write_all(p[1], text, n);

			close(p[1]);
			if (r == 0)
				return p[0];
			close(p[0]);
			return -1;
		}
		close(p[0]);
		close(p[1]);
	}
	fd = memfd_create("here-document", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fd_write_all(fd, text, n) < 0 || lseek(fd, 0, SEEK_SET) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

// With set -C an existing regular file is not truncated; devices and the like are opened.
static int open_noclobber(const char *path, int flags)
{
	struct stat st;
	int fd = open(path, flags | O_EXCL | O_CLOEXEC, 0666);

	if (fd >= 0 || errno != EEXIST)
		return fd;
	fd = open(path, (flags & ~(O_CREAT | O_TRUNC)) | O_CLOEXEC);
	if (fd < 0) {
		errno = EEXIST;
		return -1;
	}
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		return fd;
	close(fd);
	errno = EEXIST;
	return -1;
}

static int act_source(const struct act *a)
{
	int fd;

	if (a->kind == ACT_DATA)
		return here_open(a->data, a->n);
	do
		fd = a->clobber ? open(a->path, a->flags | O_CLOEXEC, 0666)
		                : open_noclobber(a->path, a->flags);
	while (fd < 0 && errno == EINTR);
	return fd;
}

static int act_apply(const struct act *a)
{
	int fd;

	if (fd_is_internal(a->fd)) {
		errno = EBADF;
		return -1;
	}
	if (a->kind == ACT_CLOSE) {
		close(a->fd);
		return 0;
	}
	if (a->kind == ACT_DUP) {
		if (fd_is_internal(a->from)) {
			errno = EBADF;
			return -1;
		}
		if (a->from == a->fd)
			return fcntl(a->fd, F_SETFD, 0);
		if (dup2(a->from, a->fd) < 0)
			return -1;
		if (a->move)
			close(a->from);
		return 0;
	}
	fd = act_source(a);
	if (fd < 0)
		return -1;
	if (fd == a->fd)
		return fcntl(fd, F_SETFD, 0);
	if (dup2(fd, a->fd) < 0) {
		int e = errno;

		close(fd);
		errno = e;
		return -1;
	}
	close(fd);
	return 0;
}

int redir_apply(const struct plan *plan, const struct act **bad)
{
	for (int i = 0; i < plan->n; i++)
		if (act_apply(&plan->acts[i]) < 0) {
			*bad = &plan->acts[i];
			return -1;
		}
	return 0;
}

void redir_complain(const struct act *bad, int error)
{
	const char *verb = bad->kind != ACT_OPEN              ? "cannot use"
	                   : bad->flags & (O_WRONLY | O_RDWR) ? "cannot create"
	                                                      : "cannot open";

	if (bad->kind == ACT_DATA)
		sh_message(NULL, "cannot make the here-document: %s", strerror(error));
	else
		sh_message(NULL, "%s %s: %s", verb, bad->word ? bad->word : "-",
		           error == EEXIST ? "the file exists (set -C is on)"
		                           : strerror(error));
	report_note(WIRE_FAIL_REDIRECTION, WIRE_T_PATH, bad->word ? bad->word : "",
	            bad->word ? strlen(bad->word) : 0, error);
}

static int is_saved(const struct redir_saved *s, int fd)
{
	for (int i = 0; i < s->n; i++)
		if (s->saves[i].fd == fd)
			return 1;
	return 0;
}

static int save(struct redir_saved *s, int fd)
{
	int copy;

	if (is_saved(s, fd) || fd_is_internal(fd))
		return 0;
	copy = fd_dup_internal(fd);
	if (copy < 0 && errno != EBADF)
		return -1;
	s->saves[s->n++] = (struct fd_save){ fd, copy };
	return 0;
}

int redir_push(const struct plan *plan, struct redir_saved *s)
{
	*s = (struct redir_saved){ 0 };
	if (!plan->n)
		return 0;
	s->saves = arena_alloc(&sh.arena, (size_t)plan->n * 2 * sizeof(*s->saves));
	for (int i = 0; i < plan->n; i++) {
		const struct act *a = &plan->acts[i];

		if ((!a->redir->var && save(s, a->fd) < 0) ||
		    (a->move && save(s, a->from) < 0) || act_apply(a) < 0) {
			int e = errno;

			redir_undo(s);
			redir_complain(a, e);
			return -1;
		}
	}
	return 0;
}

void redir_undo(struct redir_saved *s)
{
	while (s->n) {
		struct fd_save *f = &s->saves[--s->n];

		if (f->copy < 0) {
			close(f->fd);
			continue;
		}
		dup2(f->copy, f->fd);
		fd_close_internal(f->copy);
	}
}

void redir_keep(struct redir_saved *s)
{
	while (s->n)
		fd_close_internal(s->saves[--s->n].copy);
}
