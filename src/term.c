#include "config.h"

#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "base/utf8.h"

static int is_set(const char *name)
{
	const char *v = getenv(name);

	return v && *v;
}

static int is_dumb(void)
{
	const char *v = getenv("TERM");

	return !v || !*v || strcmp(v, "dumb") == 0;
}

int term_can_move(void)
{
	return isatty(2) && !is_dumb();
}

// https://no-color.org, https://bixense.com/clicolors
static int wants_color(enum term_color color)
{
	const char *cli = getenv("CLICOLOR"), *force = getenv("CLICOLOR_FORCE");

	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	if (is_set("NO_COLOR"))
		return 0;
	if (force && *force && strcmp(force, "0") != 0)
		return 1;
	if (cli && strcmp(cli, "0") == 0)
		return 0;
	return term_can_move();
}

void term_init(struct term *t, int live, enum term_color color)
{
	*t = (struct term){ .live = live, .color = wants_color(color) };
}

static void put(struct term *t, const struct str *s)
{
	if (!t->failed && fd_write_all(2, str_cstr(s), s->len) < 0)
		t->failed = 1;
}

void term_print(struct term *t, const struct str *text)
{
	struct str all = { 0 };

	if (t->status.len)
		str_add(&all, "\r\033[K");
	str_addn(&all, str_cstr(text), text->len);
	str_addn(&all, str_cstr(&t->status), t->status.len);
	put(t, &all);
	str_finish(&all);
}

static size_t columns(void)
{
	struct winsize w;

	return ioctl(2, TIOCGWINSZ, &w) == 0 && w.ws_col > 10 ? w.ws_col : 80;
}

void term_status(struct term *t, const char *line)
{
	struct str all = { 0 };

	if (!t->live || (!line && !t->status.len))
		return;
	str_add(&all, "\r\033[K");
	str_clear(&t->status);
	if (line)
		text_cut(&t->status, line, columns() - 1);
	str_addn(&all, str_cstr(&t->status), t->status.len);
	put(t, &all);
	str_finish(&all);
}

void term_finish(struct term *t)
{
	term_status(t, NULL);
	str_finish(&t->status);
}

void term_paint(const struct term *t, struct str *out, enum paint paint, const char *text)
{
	static const char *const codes[] = {
		[PAINT_NONE] = "",          [PAINT_BOLD] = "\033[1m",
		[PAINT_DIM] = "\033[2m",    [PAINT_RED] = "\033[1;31m",
		[PAINT_GREEN] = "\033[32m", [PAINT_YELLOW] = "\033[33m",
	};

	if (!t->color || paint == PAINT_NONE) {
		str_add(out, text);
		return;
	}
	str_add(out, codes[paint]);
	str_add(out, text);
	str_add(out, "\033[0m");
}

void text_cut(struct str *out, const char *text, size_t width)
{
	size_t n = strcspn(text, "\n"), used = 0, at = 0, keep = 0, start = out->len;
	int more = text[n] != '\0' && text[n + 1] != '\0';

	while (at < n) {
		uint32_t c;
		size_t len = utf8_decode(text + at, n - at, &c);
		size_t w = c == '\t' ? 1 : (size_t)utf8_width(c);

		if (used + w > width)
			break;
		used += w;
		at += len;
		if (used + 3 <= width)
			keep = at;
	}
	if (at < n)
		more = 1;
	str_addn(out, text, more && used + 3 > width ? keep : at);
	for (size_t i = start; i < out->len; i++)
		if (out->p[i] == '\t')
			out->p[i] = ' ';
	if (more)
		str_add(out, "...");
}

void text_bytes(struct str *out, int64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double v = (double)bytes;
	size_t u = 0;

	while (v >= 1024 && u < sizeof(units) / sizeof(*units) - 1) {
		v /= 1024;
		u++;
	}
	str_addf(out, u ? "%.1f %s" : "%.0f %s", v, units[u]);
}

void text_duration(struct str *out, int64_t us)
{
	int64_t s = us / 1000000;

	if (s < 60)
		str_addf(out, "%.1f s", (double)us / 1e6);
	else if (s < 3600)
		str_addf(out, "%dm%02ds", (int)(s / 60), (int)(s % 60));
	else
		str_addf(out, "%dh%02dm%02ds", (int)(s / 3600), (int)(s / 60 % 60),
		         (int)(s % 60));
}
