#include "stepsh/script.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "stepsh/alias.h"
#include "stepsh/builtin.h"
#include "stepsh/exec.h"
#include "stepsh/job.h"
#include "stepsh/parse.h"
#include "stepsh/prompt.h"
#include "stepsh/redir.h"
#include "stepsh/report.h"
#include "stepsh/script.h"
#include "stepsh/sh.h"
#include "stepsh/trap.h"
#include "stepsh/var.h"

static const char *alias_hook(void *arg, const char *name, size_t n)
{
	(void)arg;
	return alias_value(name, n);
}

static int flags_hook(void *arg)
{
	int f = 0;

	(void)arg;
	if (sh_opt(OPT_POSIX))
		f |= PARSE_POSIX;
	else if (sh_opt(OPT_BRACES))
		f |= PARSE_BRACES;
	if (sh.shopts & SHOPT_EXTGLOB)
		f |= PARSE_EXTGLOB;
	if (alias_any())
		f |= PARSE_ALIASES;
	return f;
}

struct parser *script_parser(struct source *src)
{
	struct parse_hooks hooks = { NULL, NULL, alias_hook, flags_hook };

	return parser_create(src, &hooks);
}

// ---- reading from a descriptor ------------------------------------------------------

struct reader {
	int fd;
	int seekable;
	int own;   // nobody else reads it: blocks may be kept
	char *buf; // own: a block
	size_t at, n;
};

enum { BLOCK = 32 * 1024 };

// The next line of a descriptor of our own; the end of the text may come without newline.
static int own_line(struct reader *rd, struct source *src)
{
	int any = 0;

	for (;;) {
		char *from, *nl;
		size_t n;

		if (rd->at == rd->n) {
			ssize_t r = read(rd->fd, rd->buf, BLOCK);

			if (r < 0 && errno == EINTR)
				continue;
			if (r <= 0)
				return any;
			rd->at = 0;
			rd->n = (size_t)r;
		}
		from = rd->buf + rd->at;
		nl = memchr(from, '\n', rd->n - rd->at);
		n = nl ? (size_t)(nl + 1 - from) : rd->n - rd->at;
		source_append(src, from, n);
		rd->at += n;
		any = 1;
		if (nl)
			return 1;
	}
}

// Append the next line. Commands may read the same descriptor, so what is read too much
// goes back when that is possible, and else each byte is read by itself.
static int shared_line(struct reader *rd, struct source *src)
{
	char buf[4096];
	int any = 0;
	ssize_t n;

	for (;;) {
		char *nl;

		n = read(rd->fd, buf, rd->seekable ? sizeof(buf) : 1);
		if (n < 0 && errno == EINTR) {
			trap_check();
			if (sh.flow)
				return 0;
			continue;
		}
		if (n <= 0)
			return any; // the last line may have no newline
		any = 1;
		nl = memchr(buf, '\n', (size_t)n);
		if (nl && nl + 1 < buf + n) {
			lseek(rd->fd, nl + 1 - (buf + n), SEEK_CUR);
			n = nl + 1 - buf;
		}
		source_append(src, buf, (size_t)n);
		if (nl || (rd->seekable && n < (ssize_t)sizeof(buf)))
			return 1;
	}
}

static int refill_line(void *arg, struct source *src, int continued)
{
	struct reader *rd = arg;
	size_t before = src->len;
	int r;

	if (sh_opt(OPT_INTERACTIVE)) {
		job_notify();
		prompt_show(continued);
	}
	r = rd->own ? own_line(rd, src) : shared_line(rd, src);
	if (sh_opt(OPT_VERBOSE))
		fd_write_all(2, src->text + before, src->len - before);
	return r;
}

struct parser *script_reader(int fd, const char *name)
{
	struct source *src = source_create(name, "", 0, 1);
	struct reader *rd = xcalloc(1, sizeof(*rd));
	struct parse_hooks hooks = { rd, refill_line, alias_hook, flags_hook };
	struct parser *p;

	rd->fd = fd;
	rd->seekable = lseek(fd, 0, SEEK_CUR) >= 0;
	rd->own = fd_is_internal(fd);
	if (rd->own)
		rd->buf = xmalloc(BLOCK);
	p = parser_create(src, &hooks);
	source_put(src);
	return p;
}

// ---- texts and files ----------------------------------------------------------------

int exec_source(struct source *src, int flags)
{
	struct parser *p;
	int error = 0, status;
	uint64_t before;

	if (shell_stack_low()) {
		sh_message(NULL, "eval and . are nested too deep (%d levels)",
		           sh.source_depth);
		report_note(WIRE_FAIL_LIMIT, 0, NULL, 0, 0);
		return sh_fatal(2);
	}
	sh.source_depth++;
	if (sh_opt(OPT_VERBOSE) && src->len && write(2, src->text, src->len) < 0)
		errno = 0;
	p = script_parser(src);
	before = sh.units;
	status = exec_parser(p, flags, &error);
	if (sh.units == before && !error)
		status = sh.status = 0; // a text without commands succeeds
	parser_destroy(p);
	sh.source_depth--;
	// sh ends here; bash gives up the text and goes on behind it.
	if (error && !sh.flow)
		status = sh_opt(OPT_SH_ERRORS) ? sh_fatal(2) : (sh.status = 2);
	return status;
}

int exec_text(const char *name, const char *text, size_t n, uint32_t line, int flags)
{
	struct source *src = source_create(name, text, n, line);
	int status;

	status = exec_source(src, flags);
	source_put(src);
	return status;
}

int script_source_file(const char *path, const char *name)
{
	struct str text = { 0 };
	struct source *src;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		errno = EISDIR;
		return -1;
	}
	fd = fd_internalize(fd);
	r = fd_read_all(fd, &text, (size_t)1 << 31);
	fd_close_internal(fd);
	if (r < 0) {
		str_finish(&text);
		return -1;
	}
	src = source_create(name, str_cstr(&text), text.len, 1);
	str_finish(&text);
	exec_source(src, 0);
	source_put(src);
	return 0;
}

void script_become(const char *file, int argc, char **argv, char **env)
{
	char **own;
	size_t n = 0;

	// The state of this shell must not be seen by the script: begin anew with ourselves,
	// which is right even where /proc is missing, by forgetting what we have. The
	// environment and the arguments are part of that: keep copies.
	while (env[n])
		n++;
	own = xcalloc(n + 1, sizeof(*own));
	for (size_t i = 0; i < n; i++)
		own[i] = xstrdup(env[i]);
	environ = own;
	shell_reset(file, argc, argv, own);
	if (script_source_file(file, intern(file, strlen(file))) < 0) {
		sh_message(file, "%s", strerror(errno));
		_exit(errno == ENOENT ? 127 : 126);
	}
	script_leave();
}

void script_leave(void)
{
	int status = sh.status;

	sh.flow = FLOW_NONE;
	trap_run(TRAP_EXIT);
	status = sh.status;
	report_leave(status);
	_exit(status & 255);
}
