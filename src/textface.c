#include "textface.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "report.h"

enum {
	LINE_LIMIT = 64 * 1024,
	HEARTBEAT_US = 60 * 1000000,
	SHOW_LIMIT = 32 * 1024 * 1024, // bytes of a step; further ones only at its end:
	LAST_LIMIT = 4096,
};

void textface_init(struct textface *p, enum textface_mode mode, enum term_color color)
{
	int live = mode == PROGRESS_TTY || (mode == PROGRESS_AUTO && term_can_move());

	*p = (struct textface){ .quiet = mode == PROGRESS_QUIET };
	term_init(&p->term, live, color);
}

void textface_finish(struct textface *p)
{
	term_finish(&p->term);
	str_finish(&p->line[0]);
	str_finish(&p->line[1]);
	str_finish(&p->last);
}

static void say(struct textface *p, struct str *text)
{
	if (text->len)
		term_print(&p->term, text);
	str_finish(text);
}

// --- what the steps print ------------------------------------------------------------

// Colours: kept where we colour, removed where we do not.
static void add_safe(const struct term *t, struct str *out, const char *s, size_t n)
{
	while (n) {
		const char *esc = t->color ? NULL : memchr(s, '\033', n);
		size_t plain = esc ? (size_t)(esc - s) : n, sgr = 0;

		utf8_safe(out, s, plain, UTF8_SAFE_TAB | (t->color ? UTF8_SAFE_SGR : 0));
		s += plain;
		n -= plain;
		if (!n)
			break;
		for (sgr = 2;
		     n > 2 && s[1] == '[' && sgr < n && strchr("0123456789;:", s[sgr]);)
			sgr++;
		if (sgr < n && sgr < 64 && s[1] == '[' && s[sgr] == 'm') {
			sgr++;
		} else {
			utf8_safe(out, s, 1, 0);
			sgr = 1;
		}
		s += sgr;
		n -= sgr;
	}
}

static void flush_line(struct textface *p, enum stream stream, struct str *out)
{
	struct str *line = &p->line[stream];
	char prefix[32];

	snprintf(prefix, sizeof(prefix), "%4u%c ", p->line_step,
	         stream == STREAM_ERR ? '!' : '|');
	term_paint(&p->term, out, stream == STREAM_ERR ? PAINT_YELLOW : PAINT_DIM,
	           prefix);
	add_safe(&p->term, out, str_cstr(line), line->len);
	if (p->cut[stream])
		str_add(out, " [cut]");
	if (p->term.color && memchr(str_cstr(line), '\033', line->len))
		str_add(out, "\033[0m");
	str_addc(out, '\n');
	str_clear(line);
	p->cut[stream] = p->held_cr[stream] = 0;
}

static void flush_rests(struct textface *p)
{
	struct str out = { 0 };

	for (int s = 0; s < 2; s++)
		if (p->line[s].len)
			flush_line(p, (enum stream)s, &out);
	say(p, &out);
}

// One piece without newline. A lone carriage return begins the line anew, as a terminal
// would show it in the end.
static void add_piece(struct textface *p, enum stream stream, const char *s, size_t n)
{
	struct str *line = &p->line[stream];

	while (n) {
		const char *cr = memchr(s, '\r', n);
		size_t part = cr ? (size_t)(cr - s) : n, room;

		if (p->held_cr[stream] && part) {
			str_clear(line);
			p->held_cr[stream] = p->cut[stream] = 0;
		}
		room = line->len < LINE_LIMIT ? LINE_LIMIT - line->len : 0;
		str_addn(line, s, part < room ? part : room);
		if (part > room)
			p->cut[stream] = 1;
		if (cr)
			p->held_cr[stream] = 1;
		s += part + (cr != NULL);
		n -= part + (cr != NULL);
	}
}

static void print(struct textface *p, enum stream stream, const char *bytes, size_t n)
{
	struct str out = { 0 };

	while (n) {
		const char *nl = memchr(bytes, '\n', n);
		size_t part = nl ? (size_t)(nl - bytes) : n;

		add_piece(p, stream, bytes, part);
		if (nl)
			flush_line(p, stream, &out);
		bytes += part + (nl != NULL);
		n -= part + (nl != NULL);
	}
	p->spoke_us = 0;
	say(p, &out);
}

static void hide(struct textface *p, const char *bytes, size_t n)
{
	size_t part = n < LAST_LIMIT ? n : LAST_LIMIT;

	p->hidden += n;
	if (p->last.len + part > 2 * (size_t)LAST_LIMIT)
		str_drop(&p->last, p->last.len - LAST_LIMIT);
	str_addn(&p->last, bytes + n - part, part);
}

// The step is over: show what was not complete, and the end of what was hidden.
static void end_output(struct textface *p)
{
	struct str out = { 0 };

	flush_rests(p);
	if (p->hidden) {
		const char *last = str_cstr(&p->last), *nl;
		size_t n = p->last.len, cut = n > LAST_LIMIT ? n - LAST_LIMIT : 0;

		nl = memchr(last + cut, '\n', n - cut);
		cut = nl ? (size_t)(nl + 1 - last) : cut;
		str_addf(&out,
		         "     [%" PRIu64
		         " bytes are not shown here; --log-dir keeps them]\n",
		         p->hidden - (n - cut));
		say(p, &out);
		print(p, STREAM_OUT, last + cut, n - cut);
		flush_rests(p);
	}
	p->shown = p->hidden = 0;
	str_clear(&p->last);
}

void textface_print(struct textface *p, unsigned step, enum stream stream,
                    const char *bytes, size_t n)
{
	if (p->quiet)
		return;
	if (step != p->line_step)
		end_output(p);
	p->line_step = step;
	if (p->shown >= SHOW_LIMIT) {
		hide(p, bytes, n);
		return;
	}
	p->shown += n;
	print(p, stream, bytes, n);
}

// --- events --------------------------------------------------------------------------

static void tell_formula(struct textface *p, const struct model *m, struct str *out)
{
	const struct model_formula *f = model_formula(m);

	term_paint(&p->term, out, PAINT_BOLD, f->document);
	str_addf(out, ": formula %s\n", f->id);
}

static const struct model_transfer *numbered(const struct model_transfer *t, size_t n,
                                             int64_t i)
{
	return i >= 1 && (uint64_t)i <= n ? &t[i - 1] : NULL;
}

static void tell_input_end(const struct model *m, const struct event *ev, struct str *out)
{
	const struct model_formula *f = model_formula(m);
	const struct model_transfer *t =
		numbered(f->inputs.items, f->inputs.n, event_get(ev, KEY_INPUT, 0));

	if (!t)
		return;
	str_addf(out, "input %s: ", t->port);
	text_bytes(out, t->content);
	str_addf(out, ", %" PRId64 " %s, from %s (", t->entries,
	         t->entries == 1 ? "entry" : "entries", t->from);
	text_duration(out, t->end_us - t->begin_us);
	str_add(out, ")\n");
}

static void tell_step_begin(struct textface *p, const struct model *m, struct str *out)
{
	const struct model_formula *f = model_formula(m);
	const struct model_step *s = model_running(m);
	struct str title = { 0 };

	if (!s)
		return;
	str_addf(&title, "step %" PRId64 "/%zu", s->number, f->steps.n);
	term_paint(&p->term, out, PAINT_BOLD, title.p);
	str_add(out, ": ");
	text_cut(out, s->text, 100);
	str_addc(out, '\n');
	str_finish(&title);
}

static void tell_step_end(struct textface *p, const struct model *m,
                          const struct event *ev, struct str *out)
{
	const struct model_formula *f = model_formula(m);
	int64_t i = event_get(ev, KEY_STEP, 0);
	const struct model_step *s;

	if (i < 1 || (uint64_t)i > f->steps.n)
		return;
	s = &f->steps.items[i - 1];
	if (s->state == STEP_FAILED) {
		report_failure(&p->term, f, s, out);
	} else if (!p->quiet) {
		str_addf(out, "step %" PRId64 "/%zu ", s->number, f->steps.n);
		term_paint(&p->term, out, PAINT_GREEN, "ok");
		str_add(out, " (");
		text_duration(out, s->end_us - s->begin_us);
		str_add(out, ")\n");
	}
}

static void tell_output_end(const struct model *m, const struct event *ev,
                            struct str *out)
{
	const char *name = event_str(ev, KEY_NAME), *ware = event_str(ev, KEY_WARE);
	int64_t entries = event_get(ev, KEY_ENTRIES, 0);

	(void)m;
	str_addf(out, "output %s: %s", name ? name : "", ware ? ware : "");
	if (entries) {
		str_add(out, " (");
		text_bytes(out, event_get(ev, KEY_CONTENT, 0));
		str_addf(out, ", %" PRId64 " %s)", entries,
		         entries == 1 ? "entry" : "entries");
	}
	str_addc(out, '\n');
}

static void tell_ask(const struct event *ev, struct str *out)
{
	if (event_get(ev, KEY_GRANTED, 0))
		str_addf(out, "granted: %s (%s)\n", event_str(ev, KEY_WHAT),
		         event_str(ev, KEY_BY));
}

// What was done, then as the last word why it is not all.
static void tell_error(struct textface *p, const struct event *ev, const struct model *m,
                       struct str *out)
{
	const char *hint = event_str(ev, KEY_HINT);
	const struct model_formula *f = model_formula(m);

	if (f && f->state != MODEL_ENDED && !p->quiet)
		report_summary(&p->term, f, out);
	term_paint(&p->term, out, PAINT_RED, "wfx:");
	str_addf(out, " %s\n", event_str(ev, KEY_MESSAGE));
	if (hint)
		str_addf(out, "hint: %s\n", hint);
}

static void tell_stop(struct textface *p, const struct event *ev, struct str *out)
{
	if (ev->kind == EVENT_SIGNAL)
		str_addf(out, "stopping%s: signal %" PRId64 "\n",
		         p->stopping++ ? " at once" : " (once more: at once)",
		         event_get(ev, KEY_SIGNAL, 0));
	else
		str_add(out, "stopping: the time is over\n");
}

void textface_event(struct textface *p, const struct event *ev, const struct model *m)
{
	struct str out = { 0 };

	if (ev->kind == EVENT_STEP_END || ev->kind == EVENT_STEP_BEGIN)
		end_output(p);
	switch ((unsigned)ev->kind) {
	case EVENT_STEP_END:
		tell_step_end(p, m, ev, &out);
		break;
	case EVENT_ERROR:
		tell_error(p, ev, m, &out);
		break;
	case EVENT_SIGNAL:
	case EVENT_TIMEOUT:
		tell_stop(p, ev, &out);
		break;
	default:
		if (p->quiet)
			return;
		break;
	}
	switch ((unsigned)ev->kind) {
	case EVENT_FORMULA:
		tell_formula(p, m, &out);
		break;
	case EVENT_NOTE:
		str_addf(&out, "note: %s\n", event_str(ev, KEY_TEXT));
		break;
	case EVENT_ASK:
		tell_ask(ev, &out);
		break;
	case EVENT_INPUT_END:
		tell_input_end(m, ev, &out);
		break;
	case EVENT_STEP_BEGIN:
		tell_step_begin(p, m, &out);
		break;
	case EVENT_OUTPUT_END:
		tell_output_end(m, ev, &out);
		break;
	case EVENT_FORMULA_END:
		if (!model_formula(m)->error.code)
			report_summary(&p->term, model_formula(m), &out);
		break;
	default:
		break;
	}
	if (out.len) {
		p->spoke_us = ev->time_us;
		term_status(&p->term, NULL); // it told what was before this
	}
	say(p, &out);
}

// --- time ----------------------------------------------------------------------------

// Bytes a second, smoothed, of the transfer that runs.
static int64_t rate(struct textface *p, const struct model_transfer *t, int64_t bytes,
                    int64_t now_us)
{
	int64_t speed;

	if (p->rate_of != t || bytes < p->rate_bytes) {
		p->rate_of = t;
		p->rate_bytes = bytes;
		p->rate_us = now_us;
		p->rate = 0;
	}
	if (now_us - p->rate_us >= 500000) {
		speed = (int64_t)((double)(bytes - p->rate_bytes) * 1e6 /
		                  (double)(now_us - p->rate_us));
		p->rate = p->rate ? (p->rate + speed) / 2 : speed;
		p->rate_bytes = bytes;
		p->rate_us = now_us;
	}
	return p->rate;
}

static void status_transfer(struct textface *p, const struct model_transfer *t,
                            int64_t now_us, struct str *out)
{
	int64_t bytes = t->total || !t->content ? t->read : t->content;
	int64_t speed = rate(p, t, bytes, now_us);

	str_addf(out, "%s %s", *t->phase ? t->phase : "input",
	         *t->port ? t->port : t->name);
	if (bytes) {
		str_addc(out, ' ');
		text_bytes(out, bytes);
	}
	if (t->total) {
		str_add(out, " of ");
		text_bytes(out, t->total);
	}
	if (speed) {
		str_add(out, ", ");
		text_bytes(out, speed);
		str_add(out, "/s");
	}
	if (t->entries)
		str_addf(out, ", %" PRId64 " entries", t->entries);
}

static const struct model_transfer *moving(const struct model_transfer *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (t[i].begin_us && !t[i].end_us)
			return &t[i];
	return NULL;
}

static void status_step(const struct model_formula *f, const struct model_step *s,
                        const struct wire_page *page, struct str *out)
{
	struct str what = { 0 };

	str_addf(out, "step %" PRId64 "/%zu ", s->number, f->steps.n);
	if (page && page->step == (uint32_t)s->number && page->text[0])
		utf8_safe(&what, page->text, strlen(page->text), 0);
	text_cut(out, what.len ? what.p : s->text, 200);
	str_finish(&what);
}

// What is going on, and for how long: "" when nothing is.
static void status(struct textface *p, const struct model *m,
                   const struct wire_page *page, int64_t now_us, struct str *out)
{
	const struct model_formula *f = model_formula(m);
	const struct model_step *s = model_running(m);
	const struct model_transfer *t;
	int64_t since;

	if (!f || f->state == MODEL_NEW || f->state == MODEL_ENDED)
		return;
	t = s ? NULL : moving(f->inputs.items, f->inputs.n);
	if (!s && !t)
		t = moving(f->outputs.items, f->outputs.n);
	since = s ? s->begin_us : t ? t->begin_us : f->begin_us;
	str_addc(out, '[');
	text_duration(out, now_us - since);
	str_add(out, "] ");
	if (s)
		status_step(f, s, page, out);
	else if (t)
		status_transfer(p, t, now_us, out);
	else
		str_add(out, f->document);
}

void textface_tick(struct textface *p, const struct model *m,
                   const struct wire_page *page, int64_t now_us)
{
	struct str line = { 0 }, beat = { 0 };

	status(p, m, page, now_us, &line);
	if (p->term.live && !p->quiet) {
		term_status(&p->term, line.len ? line.p : NULL);
	} else if (!p->quiet && line.len) {
		if (!p->spoke_us)
			p->spoke_us = now_us;
		if (now_us - p->spoke_us >= HEARTBEAT_US) {
			str_addf(&beat, "still running: %s\n", line.p);
			p->spoke_us = now_us;
		}
	}
	say(p, &beat);
	str_finish(&line);
}
