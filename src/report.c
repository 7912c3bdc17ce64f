#include "report.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "cause.h"
#include "engine/model.h"
#include "term.h"

void report_quote(struct str *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-+=./:,@%^";

	if (*word && word[strspn(word, plain)] == '\0') {
		str_add(out, word);
		return;
	}
	str_addc(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			str_add(out, "'\\''");
		else
			str_addc(out, *word);
	}
	str_addc(out, '\'');
}

// "  label    " and what follows.
static void label(const struct term *t, struct str *out, const char *name)
{
	str_add(out, "  ");
	term_paint(t, out, PAINT_DIM, name);
	str_addf(out, "%*s", (int)(10 - strlen(name)), "");
}

static void row(const struct term *t, struct str *out, const char *name, const char *text)
{
	if (!*text)
		return;
	label(t, out, name);
	// Further lines of the text stand below its first.
	for (const char *nl; (nl = strchr(text, '\n')); text = nl + 1) {
		str_addn(out, text, (size_t)(nl - text));
		str_add(out, "\n            ");
	}
	str_addf(out, "%s\n", text);
}

// The source line, and carets under the range. Columns count bytes; a tab is kept so that
// both lines have it, other characters are as many spaces as they are wide.
static void snippet(const struct term *t, const struct model_failure *f, struct str *out)
{
	size_t n = strcspn(f->snippet, "\n"), from, to, at = 0;
	struct str mark = { 0 };

	if (!n || f->column < 1)
		return;
	from = (uint64_t)f->column - 1 < n ? (size_t)f->column - 1 : n;
	to = f->end_line > f->line ? n
	                           : (size_t)(f->end_column > 0 ? f->end_column - 1 : 0);
	to = to > n ? n : to <= from ? from + 1 : to;
	while (at < to && at < n) {
		uint32_t c;
		size_t len = utf8_decode(f->snippet + at, n - at, &c);
		int w = c == '\t' ? 1 : utf8_width(c);

		for (int i = 0; i < w; i++)
			str_addc(&mark, at >= from ? '^' : c == '\t' ? '\t' : ' ');
		at += len;
	}
	if (from == n)
		str_addc(&mark, '^');
	str_addf(out, "  %7" PRId64 " | %.*s\n          | ", f->line, (int)n, f->snippet);
	term_paint(t, out, PAINT_RED, str_cstr(&mark));
	str_addc(out, '\n');
	str_finish(&mark);
}

static void place(const struct term *t, const struct model_failure *f, struct str *out)
{
	if (!f->line)
		return;
	label(t, out, "at");
	str_addf(out, "%s:%" PRId64 ":%" PRId64 "\n",
	         f->source[0] ? f->source : "the step", f->line, f->column);
	snippet(t, f, out);
}

static void command(const struct term *t, const struct model_failure *f, struct str *out)
{
	if (f->argv.n) {
		label(t, out, "command");
		for (size_t i = 0; i < f->argv.n; i++) {
			str_add(out, i ? " " : "");
			report_quote(out, f->argv.items[i]);
		}
		for (size_t i = 0; i < f->redirections.n; i++)
			str_addf(out, " %s", f->redirections.items[i]);
		str_addc(out, '\n');
	}
}

static void status(const struct term *t, const struct model_step *s, struct str *out)
{
	label(t, out, "status");
	str_addf(out, "%" PRId64, s->status);
	if (s->signal)
		str_addf(out, ", ended by signal %" PRId64 " (%s)", s->signal,
		         strsignal((int)s->signal));
	else if (strcmp(s->failure->kind, "status") != 0)
		str_addf(out, ", %s", s->failure->kind);
	str_addc(out, '\n');
}

static void pipeline(const struct term *t, const struct model_failure *f, struct str *out)
{
	if (f->pipestatus.n < 2)
		return;
	label(t, out, "pipeline");
	for (size_t i = 0; i < f->pipestatus.n; i++)
		str_addf(out, "%s%" PRId64, i ? " | " : "", f->pipestatus.items[i]);
	str_addc(out, '\n');
}

static void stack(const struct term *t, const struct model_failure *f, struct str *out)
{
	// The step alone calls for no list.
	for (size_t i = 0; f->stack.n > 1 && i < f->stack.n; i++) {
		const struct model_frame *fr = &f->stack.items[i];

		label(t, out, i ? "" : "called");
		str_addf(out, "%s", fr->name[0] ? fr->name : "?");
		if (fr->line)
			str_addf(out, " from %s:%" PRId64 ":%" PRId64,
			         fr->source[0] ? fr->source : "the step", fr->line,
			         fr->column);
		str_addc(out, '\n');
	}
}

static void tail(const struct term *t, const struct model_failure *f, struct str *out)
{
	const char *p = f->tail;

	if (!*p)
		return;
	label(t, out, "output");
	str_add(out, "(its last lines)\n");
	while (*p) {
		size_t n = strcspn(p, "\n");

		str_add(out, "    ");
		term_paint(t, out, PAINT_DIM, "|");
		str_addf(out, " %.*s\n", (int)n, p);
		p += n + (p[n] == '\n');
	}
}

void report_failure(const struct term *t, const struct model_formula *f,
                    const struct model_step *s, struct str *out)
{
	struct str title = { 0 }, cause = { 0 }, attempt = { 0 }, where = { 0 };
	int network = 0;

	for (size_t i = 0; i < f->asks.n; i++)
		network |= strcmp(f->asks.items[i].what, "network") == 0;
	str_addf(&title, "step %" PRId64 " of %zu failed", s->number, f->steps.n);
	str_addf(&where, "%s:%" PRId64 ":%" PRId64, s->source, s->line, s->column);
	cause_find(s, network, &cause, &attempt);

	str_addc(out, '\n');
	term_paint(t, out, PAINT_RED, title.p);
	str_addf(out, ", %s\n", where.p);
	row(t, out, "step", s->text);
	place(t, s->failure, out);
	command(t, s->failure, out);
	status(t, s, out);
	pipeline(t, s->failure, out);
	row(t, out, "in", s->failure->cwd);
	stack(t, s->failure, out);
	row(t, out, "note", s->failure->text);
	tail(t, s->failure, out);
	row(t, out, "cause", cause.p);
	row(t, out, "try", str_cstr(&attempt));
	str_addc(out, '\n');

	str_finish(&title);
	str_finish(&where);
	str_finish(&cause);
	str_finish(&attempt);
}

static void summary_step(const struct term *t, const struct model_step *s,
                         struct str *out)
{
	static const char *const words[] = { "not reached", "running", "ok", "failed" };
	static const enum paint paints[] = { PAINT_DIM, PAINT_NONE, PAINT_GREEN,
		                             PAINT_RED };
	struct str time = { 0 };

	text_duration(&time, s->end_us - s->begin_us);
	str_addf(out, "  %3" PRId64 "  %9s  ", s->number, str_cstr(&time));
	term_paint(t, out, paints[s->state], words[s->state]);
	str_addf(out, "%*s", (int)(8 - strlen(words[s->state])), "");
	text_cut(out, s->text, 50);
	str_addc(out, '\n');
	str_finish(&time);
}

static void count(struct str *out, size_t n, const char *what)
{
	str_addf(out, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

void report_summary(const struct term *t, const struct model_formula *f, struct str *out)
{
	size_t missed = 0;

	if (f->memoized) {
		str_addf(out, "%s: ", f->document);
		term_paint(t, out, PAINT_GREEN, "ok");
		str_add(out, ": it was run before, this is its memo (--force runs it "
		             "again)\n");
		return;
	}
	if (f->steps.n > 1 && f->steps.items[0].state != STEP_PENDING)
		for (size_t i = 0; i < f->steps.n; i++) {
			if (f->steps.items[i].state == STEP_PENDING)
				missed++;
			else
				summary_step(t, &f->steps.items[i], out);
		}
	if (missed) {
		str_add(out, "  ");
		count(out, missed, "step");
		str_add(out, " not reached\n");
	}
	if (f->error.code)
		return;
	str_addf(out, "%s: ", f->document);
	term_paint(t, out, PAINT_GREEN, "ok");
	str_add(out, ": ");
	count(out, f->steps.n - missed, "step");
	str_add(out, ", ");
	count(out, f->results.n, "output");
	str_add(out, " in ");
	text_duration(out, f->end_us - f->begin_us);
	str_addc(out, '\n');
}
