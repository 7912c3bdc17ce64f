#include "stepsh/builtin_io.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/fd.h"

enum { LARGE = 32 * 1024 };

__attribute__((format(printf, 2, 0))) static void complain(struct builtin_io *io,
                                                           const char *fmt, va_list ap)
{
	struct str msg = { 0 }, line = { 0 };

	str_vaddf(&msg, fmt, ap);
	if (io->error) {
		io->error(io->arg, io->name, str_cstr(&msg));
	} else {
		str_addf(&line, "%s: %s\n", io->name, str_cstr(&msg));
		if (fd_write_all(io->fd[2], line.p, line.len) < 0) {
			// Nowhere to say so; the status tells.
		}
	}
	str_finish(&msg);
	str_finish(&line);
}

int builtin_error(struct builtin_io *io, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(io, fmt, ap);
	va_end(ap);
	return 1;
}

int builtin_usage(struct builtin_io *io, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(io, fmt, ap);
	va_end(ap);
	return 2;
}

static int write_out(struct builtin_io *io)
{
	if (io->fd[1] >= 0 && io->out.len && !io->write_errno &&
	    fd_write_all(io->fd[1], io->out.p, io->out.len) < 0)
		io->write_errno = errno;
	if (io->fd[1] >= 0)
		str_clear(&io->out);
	return io->write_errno ? -1 : 0;
}

int builtin_io_flush(struct builtin_io *io)
{
	return io->out.len < LARGE && !io->write_errno ? 0 : write_out(io);
}

int builtin_io_finish(struct builtin_io *io, int status)
{
	if (write_out(io) == 0)
		return status;
	builtin_error(io, "write error: %s", strerror(io->write_errno));
	return status ? status : 1;
}
