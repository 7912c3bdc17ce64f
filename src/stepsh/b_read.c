// read, mapfile, getopts
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "stepsh/array.h"
#include "stepsh/builtin.h"
#include "stepsh/expand.h"
#include "stepsh/parse.h"
#include "stepsh/redir.h"
#include "stepsh/sh.h"
#include "stepsh/trap.h"
#include "stepsh/var.h"

// ---- input by blocks ----------------------------------------------------------------

// Bytes from a descriptor that others read too: what is read too much from a file is given
// back, and from a pipe each byte is read by itself.
struct input {
	int fd;
	int seekable;
	int64_t deadline_ms; // CLOCK_MONOTONIC, 0 = none
	char buf[4096];
	size_t at, n;
	int timed_out, interrupted;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void input_start(struct input *in, int fd)
{
	in->fd = fd;
	in->seekable = lseek(fd, 0, SEEK_CUR) >= 0;
	in->at = in->n = 0;
	in->deadline_ms = 0;
	in->timed_out = in->interrupted = 0;
}

static int input_byte(struct input *in)
{
	ssize_t n;

	if (in->at < in->n)
		return (unsigned char)in->buf[in->at++];
	for (;;) {
		if (in->deadline_ms) {
			struct pollfd p = { .fd = in->fd, .events = POLLIN };
			int64_t left = in->deadline_ms - now_ms();

			if (poll(&p, 1, left > 0 ? (int)left : 0) == 0) {
				in->timed_out = 1;
				return -1;
			}
		}
		n = read(in->fd, in->buf, in->seekable ? sizeof(in->buf) : 1);
		if (n >= 0)
			break;
		if (errno != EINTR)
			return -2;
		if (trap_got_signal()) {
			in->interrupted = trap_got_signal();
			return -1;
		}
	}
	if (n == 0)
		return -1;
	in->n = (size_t)n;
	in->at = 1;
	return (unsigned char)in->buf[0];
}

static void input_finish(struct input *in)
{
	if (in->seekable && in->at < in->n)
		lseek(in->fd, (off_t)in->at - (off_t)in->n, SEEK_CUR);
}

// ---- read ---------------------------------------------------------------------------

struct read_opts {
	int raw, fd, silent, exact;
	long count; // -n, -N; 0 = a line
	char delim;
	const char *prompt, *array;
	double timeout; // < 0 = none
};

static int read_options(int argc, char **argv, struct read_opts *o)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--"))
			return i + 1;
		for (const char *s = argv[i] + 1; *s; s++) {
			const char *arg = NULL;

			if (*s == 'r' || *s == 'e') {
				o->raw |= *s == 'r';
				continue;
			}
			if (*s == 's') {
				o->silent = 1;
				continue;
			}
			if (!strchr("dapnNtui", *s)) {
				builtin_usage(sh_io, "-%c: unknown option", *s);
				return -1;
			}
			arg = s[1] ? s + 1 : ++i < argc ? argv[i] : NULL;
			if (!arg) {
				builtin_usage(sh_io, "-%c wants an argument", *s);
				return -1;
			}
			switch (*s) {
			case 'd':
				o->delim = *arg;
				break;
			case 'a':
				o->array = arg;
				break;
			case 'p':
				o->prompt = arg;
				break;
			case 'n':
			case 'N':
				o->count = atol(arg);
				o->exact = *s == 'N';
				break;
			case 't':
				o->timeout = atof(arg);
				break;
			default:
				o->fd = atoi(arg);
			}
			break;
		}
	}
	return i;
}

// The text with an attribute for each byte: 1 = was quoted by a backslash.
struct line {
	struct str text, quoted;
};

static void line_add(struct line *l, int c, int quoted)
{
	str_addc(&l->text, (char)c);
	str_addc(&l->quoted, (char)quoted);
}

// 0 when the delimiter ended it, 1 at the end of the input, 2 on a read error.
static int read_line(struct input *in, const struct read_opts *o, struct line *l)
{
	long chars = 0;
	int c;

	while (!o->count || chars < o->count) {
		c = input_byte(in);
		if (c < 0)
			return c == -2 ? 2 : 1;
		if (c == (unsigned char)o->delim && !o->exact)
			return 0;
		if (c == '\\' && !o->raw) {
			c = input_byte(in);
			if (c < 0)
				return c == -2 ? 2 : 1;
			if (c == '\n')
				continue;
			line_add(l, c, 1);
			chars++;
			continue;
		}
		if (c) {
			line_add(l, c, 0);
			chars += (c & 0xc0) != 0x80;
		}
		// A character of several bytes counts once it is whole.
		if (o->count && chars == o->count && c >= 0xc0)
			for (int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1; more-- > 0;) {
				c = input_byte(in);
				if (c < 0)
					return 1;
				line_add(l, c, 0);
			}
	}
	return 0;
}

static int class_of(const struct line *l, size_t i)
{
	return l->quoted.p[i] ? 0 : ifs_class[(unsigned char)l->text.p[i]];
}

// The next field from *at on: its bytes in [*from, *to). `rest`: all that is left. 0 = none.
static int next_field(const struct line *l, size_t *at, int rest, size_t *from,
                      size_t *to)
{
	size_t n = l->text.len, i = *at;

	while (i < n && class_of(l, i) == 2)
		i++;
	if (i >= n)
		return 0;
	*from = i;
	if (rest) {
		size_t end, probe = i, count = 0;

		// XCU read: the last variable gets the rest; but a single field loses its
		// delimiter.
		while (probe < n && !class_of(l, probe))
			probe++;
		end = probe;
		while (probe < n && class_of(l, probe) == 2)
			probe++;
		if (probe < n && class_of(l, probe) == 1) {
			probe++;
			count = 1;
		}
		while (probe < n && class_of(l, probe) == 2)
			probe++;
		(void)count;
		if (probe >= n) {
			*to = end;
		} else {
			end = n;
			while (end > i && class_of(l, end - 1) == 2)
				end--;
			*to = end;
		}
		*at = n;
		return 1;
	}
	while (i < n && !class_of(l, i))
		i++;
	*to = i;
	while (i < n && class_of(l, i) == 2)
		i++;
	if (i < n && class_of(l, i) == 1)
		i++;
	*at = i;
	return 1;
}

static int store(int argc, char **argv, int i, const struct line *l)
{
	size_t at = 0, from = 0, to = 0;
	const char *text = str_cstr(&l->text);

	for (; i < argc; i++) {
		int got = next_field(l, &at, i + 1 == argc, &from, &to);

		if (assign_named(argv[i], got ? text + from : "", got ? to - from : 0,
		                 0) < 0)
			return sh_opt(OPT_POSIX) ? 2 : 1;
	}
	return 0;
}

static int store_array(const char *name, const struct line *l)
{
	struct var *v = var_deref(var_make(name, strlen(name)));
	size_t at = 0, from, to;
	int64_t i = 0;

	if (!v || var_is_readonly(v))
		return 1;
	var_unset(v->name, v->name_len);
	if (array_make(v, 0) < 0)
		return 1;
	while (next_field(l, &at, 0, &from, &to))
		array_put(v->array, i++, NULL, l->text.p + from, to - from, 0);
	return 0;
}

static int read_into(int argc, char **argv, int i, const struct read_opts *o,
                     struct line *l)
{
	if (o->array)
		return store_array(o->array, l);
	if (i == argc) {
		if (sh_opt(OPT_POSIX))
			return builtin_usage(sh_io, "which variable?");
		return assign_named("REPLY", str_cstr(&l->text), l->text.len, 0) < 0;
	}
	if (o->exact) {
		if (assign_named(argv[i], str_cstr(&l->text), l->text.len, 0) < 0)
			return 1;
		while (++i < argc)
			assign_named(argv[i], "", 0, 0);
		return 0;
	}
	return store(argc, argv, i, l);
}

int b_read(int argc, char **argv)
{
	struct read_opts o = { .delim = '\n', .timeout = -1 };
	int i = read_options(argc, argv, &o), end, status, tty;
	struct line l = { 0 };
	struct termios old, raw;
	struct input in;

	if (i < 0)
		return 2;
	if (fd_is_internal(o.fd))
		return builtin_error(sh_io, "%d: %s", o.fd, strerror(EBADF));
	input_start(&in, o.fd);
	tty = isatty(o.fd);
	if (o.prompt && tty)
		fd_write_all(2, o.prompt, strlen(o.prompt));
	if (o.timeout >= 0) {
		struct pollfd p = { .fd = o.fd, .events = POLLIN };

		if (o.timeout < 1e-9)
			return poll(&p, 1, 0) > 0 ? 0 : 1;
		in.deadline_ms = now_ms() + (int64_t)(o.timeout * 1000);
	}
	if (tty && (o.silent || o.count) && tcgetattr(o.fd, &old) == 0) {
		raw = old;
		if (o.silent)
			raw.c_lflag &= ~(tcflag_t)ECHO;
		if (o.count)
			raw.c_lflag &= ~(tcflag_t)ICANON;
		tcsetattr(o.fd, TCSADRAIN, &raw);
	}
	end = read_line(&in, &o, &l);
	if (end == 2)
		builtin_error(sh_io, "cannot read: %s", strerror(errno));
	if (tty && (o.silent || o.count))
		tcsetattr(o.fd, TCSADRAIN, &old);
	input_finish(&in);
	status = in.interrupted ? 0 : read_into(argc, argv, i, &o, &l);
	str_finish(&l.text);
	str_finish(&l.quoted);
	if (in.timed_out)
		return 142;
	if (in.interrupted)
		return 128 + in.interrupted;
	return status ? status : end;
}

// ---- mapfile ------------------------------------------------------------------------

int b_mapfile(int argc, char **argv)
{
	long count = 0, origin = -1, skip = 0;
	const char *name = "MAPFILE";
	int i = 1, strip = 0, fd = 0, c = 0, bad_origin = 0;
	struct str line = { 0 };
	char delim = '\n';
	struct input in;
	struct var *v;
	int64_t index;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		const char *arg;

		if (!strcmp(argv[i], "-t")) {
			strip = 1;
			continue;
		}
		if (!strchr("dnOsu", argv[i][1]))
			return builtin_usage(sh_io,
			                     "%s: unknown option (or not implemented)",
			                     argv[i]);
		c = argv[i][1];
		arg = argv[i][2] ? argv[i] + 2 : i + 1 < argc ? argv[++i] : "";
		if (c == 'd')
			delim = *arg;
		else if (c == 'n')
			count = atol(arg);
		else if (c == 'O')
			bad_origin = (origin = atol(arg)) < 0;
		else if (c == 's')
			skip = atol(arg);
		else
			fd = atoi(arg);
	}
	if (i < argc)
		name = argv[i];
	if (!is_name(name, strlen(name)))
		return builtin_error(sh_io, "%s: this is no name of a variable", name);
	v = var_deref(var_make(name, strlen(name)));
	if (!v || var_is_readonly(v))
		return 1;
	if (fd_is_internal(fd) || fcntl(fd, F_GETFD) < 0)
		return builtin_error(sh_io, "%d: this descriptor is not open", fd);
	if (v->array && array_is_assoc(v->array))
		return builtin_error(sh_io, "%s: an associative array cannot take lines",
		                     name);
	if (bad_origin)
		return builtin_error(sh_io, "the origin is negative");
	if (origin < 0)
		var_unset(v->name, v->name_len);
	if (array_make(v, 0) < 0)
		return 1;
	index = origin < 0 ? 0 : origin;
	input_start(&in, fd);
	for (long n = 0; !count || n < count + skip; n++) {
		str_clear(&line);
		while ((c = input_byte(&in)) >= 0) {
			if (c != (unsigned char)delim || !strip)
				str_addc(&line, (char)c);
			if (c == (unsigned char)delim)
				break;
		}
		if (c < 0 && !line.len)
			break;
		if (n >= skip)
			array_put(v->array, index++, NULL, str_cstr(&line),
			          strlen(str_cstr(&line)), 0);
		if (c < 0)
			break;
	}
	input_finish(&in);
	str_finish(&line);
	return 0;
}

// ---- getopts ------------------------------------------------------------------------

static int opt_index = 1;    // argument that is being read
static size_t opt_letter_at; // in it; 0 = at its start
static int keep_index;

void getopts_reset(int index)
{
	if (keep_index)
		return;
	opt_index = index > 0 ? index : 1;
	opt_letter_at = 0;
}

static int set_result(const char *name, char c, const char *operand)
{
	char text[2] = { c, '\0' };
	int r;

	keep_index = 1;
	var_set_num("OPTIND", opt_index);
	keep_index = 0;
	if (operand)
		var_set("OPTARG", operand, 0);
	else
		var_unset("OPTARG", 6);
	r = assign_named(name, text, 1, 0);
	return r < 0 ? 2 : 0;
}

int b_getopts(int argc, char **argv)
{
	const char *spec, *name, *found;
	int i = argc > 1 && !strcmp(argv[1], "--") ? 2 : 1, n, silent;
	char **v, *arg, c, text[2] = "";

	if (argc - i < 2)
		return builtin_usage(sh_io,
		                     "usage: getopts optstring name [argument ...]");
	spec = argv[i];
	name = argv[i + 1];
	silent = *spec == ':';
	v = argc - i > 2 ? argv + i + 2 : sh.params.v;
	n = argc - i > 2 ? argc - i - 2 : sh.params.n;
	arg = opt_index <= n ? v[opt_index - 1] : NULL;
	if (arg && opt_letter_at > strlen(arg))
		opt_letter_at = 0;
	if (!opt_letter_at) {
		if (!arg || *arg != '-' || !arg[1]) {
			set_result(name, '?', NULL);
			return 1;
		}
		if (!strcmp(arg, "--")) {
			opt_index++;
			set_result(name, '?', NULL);
			return 1;
		}
		opt_letter_at = 1;
	}
	c = arg[opt_letter_at++];
	if (!arg[opt_letter_at]) {
		opt_index++;
		opt_letter_at = 0;
	}
	found = c == ':' ? NULL : strchr(spec, c);
	text[0] = c;
	if (!found) {
		if (!silent)
			sh_message(sh.arg0, "illegal option -- %c", c);
		return set_result(name, '?', silent ? text : NULL);
	}
	if (found[1] != ':')
		return set_result(name, c, NULL);
	if (opt_letter_at) {
		const char *rest = arg + opt_letter_at;

		opt_index++;
		opt_letter_at = 0;
		return set_result(name, c, rest);
	}
	if (opt_index > n) {
		if (!silent)
			sh_message(sh.arg0, "option requires an argument -- %c", c);
		return set_result(name, silent ? ':' : '?', silent ? text : NULL);
	}
	arg = v[opt_index++ - 1];
	return set_result(name, c, arg);
}
