// printf and echo.
//
// The format is walked once for each round of arguments; a round that takes none is the
// last. Conversions for numbers go through the C library with the widest type, the others
// are padded here, in bytes.
#include "stepsh/b_plain.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "stepsh/builtin_io.h"
#include "stepsh/escape.h"
#include "stepsh/quote.h"

enum { MAX_WIDTH = 1 << 24 };

struct run {
	struct builtin_io *io;
	char **args; // of this round
	int n_args;
	int next; // argument for the next unnumbered conversion
	int used; // how many this round has consumed or named
	int status, stop;
};

struct spec {
	char flags[8];
	int width, precision; // precision -1: none
	const char *time_format;
	size_t time_n;
	char conversion;
};

static const char *argument(struct run *r, int number)
{
	int i = number > 0 ? number - 1 : r->next++;

	if (i + 1 > r->used)
		r->used = i + 1;
	return i < r->n_args ? r->args[i] : NULL;
}

static void bad(struct run *r, const char *arg, const char *why)
{
	r->status = builtin_error(r->io, "%s: %s", *arg ? arg : "''", why);
}

// 'c or "c: the number of the character. 0 when it is something else.
static int quoted_character(const char *arg, uint32_t *c)
{
	if (arg[0] != '\'' && arg[0] != '"')
		return 0;
	*c = 0;
	if (arg[1] && utf8_decode(arg + 1, strlen(arg + 1), c) == 1 && *c == UTF8_BAD)
		*c = (unsigned char)arg[1];
	return 1;
}

static void check_end(struct run *r, const char *arg, const char *end)
{
	if (end == arg && *arg)
		bad(r, arg, "not a number");
	else if (*end)
		bad(r, arg, "not a number to its end");
	else if (errno == ERANGE)
		bad(r, arg, "number out of range");
}

static intmax_t integer(struct run *r, const char *arg, int is_signed)
{
	char *end;
	uint32_t c;
	intmax_t v;

	if (!arg)
		return 0;
	if (quoted_character(arg, &c))
		return (intmax_t)c;
	errno = 0;
	v = is_signed ? strtoimax(arg, &end, 0) : (intmax_t)strtoumax(arg, &end, 0);
	check_end(r, arg, end);
	return v;
}

static long double real(struct run *r, const char *arg)
{
	long double v;
	uint32_t c;
	char *end;

	if (!arg)
		return 0;
	if (quoted_character(arg, &c))
		return c;
	errno = 0;
	v = r->io->flags & BUILTIN_BASH ? strtold(arg, &end)
	                                : (long double)strtod(arg, &end);
	check_end(r, arg, end);
	return v;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void add_number(struct run *r, const struct spec *s, const char *arg)
{
	struct str *out = &r->io->out;
	char f[24] = "%";

	strcat(strcat(f, s->flags), "*.*");
	if (strchr("di", s->conversion)) {
		strcat(f, "jd");
		str_addf(out, f, s->width, s->precision, integer(r, arg, 1));
	} else if (strchr("ouxX", s->conversion)) {
		strncat(strcat(f, "j"), &s->conversion, 1);
		str_addf(out, f, s->width, s->precision, (uintmax_t)integer(r, arg, 0));
	} else if (r->io->flags & BUILTIN_BASH) {
		strncat(strcat(f, "L"), &s->conversion, 1);
		str_addf(out, f, s->width, s->precision, real(r, arg));
	} else {
		strncat(f, &s->conversion, 1);
		str_addf(out, f, s->width, s->precision, (double)real(r, arg));
	}
}
#pragma GCC diagnostic pop

static void add_padded(struct run *r, const struct spec *s, const char *p, size_t n)
{
	struct str *out = &r->io->out;
	size_t pad = s->width > 0 && (size_t)s->width > n ? (size_t)s->width - n : 0;
	int left = strchr(s->flags, '-') != NULL;

	for (size_t i = left ? 0 : pad; i; i--)
		str_addc(out, ' ');
	str_addn(out, p, n);
	for (size_t i = left ? pad : 0; i; i--)
		str_addc(out, ' ');
}

static size_t cut(const struct spec *s, size_t n)
{
	return s->precision >= 0 && (size_t)s->precision < n ? (size_t)s->precision : n;
}

static void add_b(struct run *r, const struct spec *s, const char *arg)
{
	struct str text = { 0 };

	r->stop = escape_all(arg, strlen(arg), ESCAPE_B, &text) == ESCAPE_STOP;
	add_padded(r, s, str_cstr(&text), cut(s, text.len));
	str_finish(&text);
}

static void add_q(struct run *r, const struct spec *s, const char *arg)
{
	struct str text = { 0 };
	size_t n = strlen(arg);

	quote_backslash(&text, arg, s->conversion == 'Q' ? cut(s, n) : n);
	add_padded(r, s, str_cstr(&text),
	           s->conversion == 'Q' ? text.len : cut(s, text.len));
	str_finish(&text);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
// %(format)T: argument -1 or none is now, -2 is when the shell started.
static void add_time(struct run *r, const struct spec *s, const char *arg)
{
	char format[512], text[1024];
	intmax_t v = arg ? integer(r, arg, 1) : -1;
	time_t t = v == -1 ? time(NULL) : v == -2 ? (time_t)r->io->start_time : (time_t)v;
	struct tm tm;
	size_t n;

	if (s->time_n + 1 > sizeof(format)) {
		bad(r, "%(...)T", "the time format is too long");
		return;
	}
	memcpy(format, s->time_format, s->time_n);
	format[s->time_n] = '\0';
	tzset();
	if (!localtime_r(&t, &tm)) {
		bad(r, arg ? arg : "", "no such time");
		return;
	}
	n = strftime(text, sizeof(text), *format ? format : "%X", &tm);
	add_padded(r, s, text, cut(s, n));
}
#pragma GCC diagnostic pop

static void convert(struct run *r, const struct spec *s, int number)
{
	const char *arg = argument(r, number), *text = arg ? arg : "";

	// clang-format off
	switch (s->conversion) {
	case 's': add_padded(r, s, text, cut(s, strlen(text))); break;
	case 'c': add_padded(r, s, text, *text || (arg && (r->io->flags & BUILTIN_BASH))); break;
	case 'b': add_b(r, s, text); break;
	case 'q':
	case 'Q': add_q(r, s, text); break;
	case 'T': add_time(r, s, arg); break;
	default: add_number(r, s, arg);
	}
	// clang-format on
}

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *digits(const char *p, int *v)
{
	for (*v = 0; is_digit(*p); p++)
		*v = *v > MAX_WIDTH ? *v : *v * 10 + (*p - '0');
	return p;
}

// A width or precision: digits, '*' or "*n$". *v stays as it is when there is none.
static const char *amount(struct run *r, const char *p, int *v)
{
	intmax_t given;
	int number = 0;
	const char *q;

	if (is_digit(*p))
		return digits(p, v);
	if (*p != '*')
		return p;
	q = digits(++p, &number);
	if (number && *q == '$')
		p = q + 1;
	else
		number = 0;
	given = integer(r, argument(r, number), 1);
	*v = given > MAX_WIDTH + 1    ? MAX_WIDTH + 1
	     : given < -MAX_WIDTH - 1 ? -MAX_WIDTH - 1
	                              : (int)given;
	return p;
}

static void add_flag(struct spec *s, char c)
{
	size_t n = strlen(s->flags);

	if (!strchr(s->flags, c) && n + 1 < sizeof(s->flags)) {
		s->flags[n] = c;
		s->flags[n + 1] = '\0';
	}
}

static const char *flags_and_sizes(struct run *r, const char *p, struct spec *s)
{
	for (; *p && strchr("-+ 0#'", *p); p++)
		if (*p != '\'')
			add_flag(s, *p);
	p = amount(r, p, &s->width);
	if (s->width < 0) {
		add_flag(s, '-');
		s->width = -s->width;
	}
	if (*p == '.') {
		s->precision = 0;
		p = amount(r, p + 1, &s->precision);
		if (s->precision < 0)
			s->precision = -1;
	}
	while (*p && strchr("hlLjzt", *p))
		p++;
	return p;
}

static const char *invalid(struct run *r, const char *begin, const char *end)
{
	r->status = builtin_error(
		r->io, "%.*s: %s", (int)(end - begin + (*end != '\0')), begin,
		*end ? "no such conversion" : "the conversion does not end");
	r->stop = 1;
	return end;
}

// The conversion that begins at the '%' p[-1]; returns what follows it.
static const char *conversion(struct run *r, const char *p)
{
	struct spec s = { .precision = -1 };
	const char *begin = p - 1, *q;
	int number = 0, bash = r->io->flags & BUILTIN_BASH;

	if (*p == '%') {
		str_addc(&r->io->out, '%');
		return p + 1;
	}
	q = digits(p, &number);
	if (number && *q == '$')
		p = q + 1;
	else
		number = 0;
	p = flags_and_sizes(r, p, &s);
	s.conversion = *p;
	if (bash && *p == '(') {
		const char *close = strchr(p, ')');

		if (!close || close[1] != 'T')
			return invalid(r, begin, p);
		s.time_format = p + 1;
		s.time_n = (size_t)(close - p) - 1;
		s.conversion = 'T';
		p = close + 1;
	} else if (!*p ||
	           !strchr(bash ? "diouxXfFeEgGaAcsbqQ" : "diouxXfFeEgGaAcsb", *p)) {
		return invalid(r, begin, p);
	}
	if (s.width > MAX_WIDTH || s.precision > MAX_WIDTH) {
		bad(r, begin, "the width or precision is too large");
		r->stop = 1;
		return p;
	}
	convert(r, &s, number);
	return p + 1;
}

static void one_round(struct run *r, const char *p)
{
	r->next = r->used = 0;
	while (*p && !r->stop) {
		size_t n = strcspn(p, "%\\");
		int used;

		str_addn(&r->io->out, p, n);
		p += n;
		if (*p == '%') {
			p = conversion(r, p + 1);
		} else if (*p) {
			used = escape_one(p + 1, strlen(p + 1), ESCAPE_FORMAT,
			                  &r->io->out);
			if (!used)
				str_addc(&r->io->out, '\\');
			p += 1 + used;
		}
	}
}

static int all_rounds(const char *format, int argc, char **args, struct builtin_io *io,
                      int keep)
{
	struct run r = { .io = io, .args = args, .n_args = argc };

	do {
		one_round(&r, format);
		r.used = r.used < r.n_args ? r.used : r.n_args;
		r.args += r.used;
		r.n_args -= r.used;
		if (!keep && builtin_io_flush(io) < 0)
			break;
	} while (r.used && r.n_args && !r.stop);
	return r.status;
}

static int into_variable(const char *name, int argc, char **argv, int i,
                         struct builtin_io *io)
{
	struct str saved = io->out;
	int status;

	io->out = (struct str){ 0 };
	status = all_rounds(argv[i], argc - i - 1, argv + i + 1, io, 1);
	if (io->assign && io->assign(io->arg, name, str_cstr(&io->out), io->out.len) < 0)
		status = 1;
	str_finish(&io->out);
	io->out = saved;
	return status;
}

int b_printf(int argc, char **argv, struct builtin_io *io)
{
	const char *name = NULL;
	int i = 1;

	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (!(io->flags & BUILTIN_BASH) || argv[i][1] != 'v')
			return builtin_usage(io, "%s: no such option", argv[i]);
		name = argv[i][2] ? argv[i] + 2 : argv[++i];
		if (!name)
			break;
	}
	if (i >= argc)
		return builtin_usage(io, "usage: printf %sformat [argument...]",
		                     io->flags & BUILTIN_BASH ? "[-v variable] " : "");
	if (name)
		return into_variable(name, argc, argv, i, io);
	return all_rounds(argv[i], argc - i - 1, argv + i + 1, io, 0);
}

// The options of echo in argv[i]; bash: any of n, e, E; else only "-n".
static int echo_options(const char *word, int bash, int *newline, int *escapes)
{
	if (word[0] != '-' || !word[1] || word[1 + strspn(word + 1, bash ? "neE" : "n")])
		return 0;
	if (!bash && word[2])
		return 0;
	for (const char *p = word + 1; *p; p++)
		if (*p == 'n')
			*newline = 0;
		else
			*escapes = *p == 'e';
	return 1;
}

int b_echo(int argc, char **argv, struct builtin_io *io)
{
	int bash = io->flags & BUILTIN_BASH, newline = 1, i = 1;
	int escapes = !bash || (io->flags & BUILTIN_XPG_ECHO);
	enum escape_kind kind = bash ? ESCAPE_ECHO_E : ESCAPE_XSI;

	while (i < argc && echo_options(argv[i], bash, &newline, &escapes)) {
		i++;
		if (!bash)
			break;
	}
	for (; i < argc; i++) {
		if (!escapes)
			str_add(&io->out, argv[i]);
		else if (escape_all(argv[i], strlen(argv[i]), kind, &io->out) ==
		         ESCAPE_STOP)
			return 0;
		if (i + 1 < argc)
			str_addc(&io->out, ' ');
	}
	if (newline)
		str_addc(&io->out, '\n');
	return 0;
}
