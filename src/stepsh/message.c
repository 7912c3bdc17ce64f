// What the shell says about itself: messages with their place, errors that end it.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/utf8.h"
#include "stepsh/sh.h"

static void put_place(struct str *s, const struct range *r)
{
	if (r && r->src && r->line)
		str_addf(s, "%s:%u:%u: ", r->src->name, (unsigned)r->line,
		         (unsigned)r->column);
	else
		str_addf(s, "%s: ", sh.arg0 ? sh.arg0 : "stepsh");
}

static void say(struct str *s)
{
	// Nothing is to be done when stderr is closed.
	if (fd_write_all(2, s->p, s->len) < 0)
		str_clear(s);
	str_finish(s);
}

void sh_message(const char *who, const char *fmt, ...)
{
	struct str s = { 0 };
	va_list ap;

	put_place(&s, &sh.where);
	if (who)
		str_addf(&s, "%s: ", who);
	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	str_addc(&s, '\n');
	say(&s);
}

void range_snippet(struct str *out, const struct range *r, int caret)
{
	const char *text = r->src->text;
	uint32_t begin = r->begin < r->src->len ? r->begin : (uint32_t)r->src->len;
	uint32_t from = begin, to = begin, shown;

	while (from > 0 && text[from - 1] != '\n' && begin - from < 160)
		from--;
	while (to < r->src->len && text[to] != '\n' && to - begin < 160)
		to++;
	utf8_safe(out, text + from, to - from, UTF8_SAFE_TAB);
	if (!caret)
		return;
	str_addc(out, '\n');
	shown = r->end < to ? r->end : to;
	for (uint32_t i = from; i < begin;) {
		uint32_t c;
		size_t n = utf8_decode(text + i, to - i, &c);
		int width = utf8_width(c);

		i += (uint32_t)n;
		if (c == '\t')
			str_addc(out, '\t');
		else
			while (width-- > 0)
				str_addc(out, ' ');
	}
	str_addc(out, '^');
	for (uint32_t i = begin + 1; i < shown; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			str_addc(out, '~');
}

void sh_complain(const struct range *at, const char *fmt, ...)
{
	struct str s = { 0 };
	va_list ap;

	put_place(&s, at);
	va_start(ap, fmt);
	str_vaddf(&s, fmt, ap);
	va_end(ap);
	str_addc(&s, '\n');
	if (at->src) {
		range_snippet(&s, at, 1);
		str_addc(&s, '\n');
	}
	say(&s);
}

int sh_fatal_special(int status)
{
	sh.special_error = 1;
	return sh_fatal(status);
}

int sh_discard(int status)
{
	if (sh_opt(OPT_SH_ERRORS | OPT_ERREXIT))
		return sh_fatal(status);
	sh.status = 1;
	sh.flow = sh.subshell ? FLOW_EXIT : FLOW_ABORT;
	return 1;
}

int sh_fatal(int status)
{
	sh.status = status;
	sh.flow = sh_opt(OPT_INTERACTIVE) && !sh.subshell ? FLOW_ABORT : FLOW_EXIT;
	return status;
}
