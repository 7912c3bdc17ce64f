#include "results.h"

#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "engine/model.h"
#include "report.h"
#include "term.h"

// Is it the build's fault? (else wfx's, the host's, or somebody stopped it)
static int is_failure(const struct model_step *s)
{
	static const char *const ours[] = { "lost", "cancelled", "stopped" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (strcmp(s->failure->kind, ours[i]) == 0)
			return 0;
	return 1;
}

static void xml(struct str *out, const char *text, int attribute)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			str_add(out, "&amp;");
			break;
		case '<':
			str_add(out, "&lt;");
			break;
		case '>':
			str_add(out, "&gt;");
			break;
		case '"':
			str_add(out, "&quot;");
			break;
		case '\n':
			str_add(out, attribute ? "&#10;" : "\n");
			break;
		default:
			str_addc(out, *text);
			break;
		}
	}
}

static void seconds(struct str *out, int64_t us)
{
	str_addf(out, "%" PRId64 ".%06d", us / 1000000, (int)(us % 1000000));
}

// "3 make install": what the case is called.
static void name(struct str *out, const struct model_step *s)
{
	str_addf(out, "%" PRId64 " ", s->number);
	text_cut(out, s->text, 100);
}

static void junit_step(const struct model_formula *f, const struct model_step *s,
                       struct str *out)
{
	struct term plain = { 0 };
	struct str title = { 0 }, block = { 0 };

	name(&title, s);
	str_add(out, "    <testcase classname=\"");
	xml(out, f->document, 1);
	str_add(out, "\" name=\"");
	xml(out, title.p, 1);
	str_add(out, "\" time=\"");
	seconds(out, s->end_us > s->begin_us ? s->end_us - s->begin_us : 0);
	str_add(out, "\">");
	if (s->state == STEP_PENDING && !f->memoized) {
		str_add(out, "<skipped/>");
	} else if (s->state == STEP_FAILED) {
		const char *element = is_failure(s) ? "failure" : "error";

		report_failure(&plain, f, s, &block);
		str_addf(out, "\n      <%s message=\"status %" PRId64 "\" type=\"",
		         element, s->status);
		xml(out, s->failure->kind, 1);
		str_add(out, "\">");
		xml(out, block.p, 0);
		str_addf(out, "</%s>\n    ", element);
	}
	str_add(out, "</testcase>\n");
	str_finish(&title);
	str_finish(&block);
}

// What went wrong outside of the steps is a case of its own.
static void junit_error(const char *document, const struct model_error *e,
                        struct str *out)
{
	str_add(out, "    <testcase classname=\"");
	xml(out, document, 1);
	str_add(out, "\" name=\"wfx\"><error message=\"");
	xml(out, e->message, 1);
	str_add(out, "\" type=\"");
	xml(out, e->code, 1);
	str_add(out, "\"/></testcase>\n");
}

static int is_step_error(const struct model_error *e)
{
	return strcmp(e->code, "wfx-step-failed") == 0;
}

static void junit_formula(const struct model_formula *f, struct str *out)
{
	size_t failures = 0, errors = 0, skipped = 0;
	int own_error = f->error.code && !is_step_error(&f->error);

	for (size_t i = 0; i < f->steps.n; i++) {
		const struct model_step *s = &f->steps.items[i];

		skipped += s->state == STEP_PENDING && !f->memoized;
		failures += s->state == STEP_FAILED && is_failure(s);
		errors += s->state == STEP_FAILED && !is_failure(s);
	}
	str_add(out, "  <testsuite name=\"");
	xml(out, f->document, 1);
	str_addf(out,
	         "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" "
	         "time=\"",
	         f->steps.n + (size_t)own_error, failures, errors + (size_t)own_error,
	         skipped);
	seconds(out, f->end_us > f->begin_us ? f->end_us - f->begin_us : 0);
	str_add(out, "\">\n");
	for (size_t i = 0; i < f->steps.n; i++)
		junit_step(f, &f->steps.items[i], out);
	if (own_error)
		junit_error(f->document, &f->error, out);
	str_add(out, "  </testsuite>\n");
}

static int publish(const char *path, struct str *out, struct err *e)
{
	int ret = fd_write_file(path, str_cstr(out), out->len, 0666, e);

	str_finish(out);
	return ret;
}

int results_junit(const struct model *m, const char *path, struct err *e)
{
	struct str out = { 0 };

	str_add(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	for (size_t i = 0; i < m->formulas.n; i++)
		junit_formula(m->formulas.items[i], &out);
	if (m->error.code) {
		str_add(&out, "  <testsuite name=\"wfx\" tests=\"1\" failures=\"0\" "
		              "errors=\"1\">\n");
		junit_error("wfx", &m->error, &out);
		str_add(&out, "  </testsuite>\n");
	}
	str_add(&out, "</testsuites>\n");
	return publish(path, &out, e);
}

// A title must not end the line or look like a directive.
static void tap_title(struct str *out, const char *document, const struct model_step *s)
{
	struct str title = { 0 };

	str_addf(&title, "%s: ", document);
	name(&title, s);
	for (const char *p = title.p; *p; p++) {
		if (*p == '#' || *p == '\\')
			str_addc(out, '\\');
		str_addc(out, *p == '\n' ? ' ' : *p);
	}
	str_finish(&title);
}

static void comment(struct str *out, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		str_addf(out, "# %.*s\n", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void tap_step(const struct model_formula *f, const struct model_step *s,
                     size_t number, struct str *out)
{
	struct term plain = { 0 };
	struct str block = { 0 };

	str_addf(out, "%sok %zu - ", s->state == STEP_FAILED ? "not " : "", number);
	tap_title(out, f->document, s);
	if (s->state == STEP_PENDING)
		str_add(out, f->memoized ? " # SKIP memoized" : " # SKIP not reached");
	str_addc(out, '\n');
	if (s->state == STEP_FAILED) {
		report_failure(&plain, f, s, &block);
		comment(out, block.p);
	}
	str_finish(&block);
}

static void tap_error(const struct model_error *e, size_t number, struct str *out)
{
	str_addf(out, "not ok %zu - wfx\n", number);
	comment(out, e->code);
	comment(out, e->message);
}

int results_tap(const struct model *m, const char *path, struct err *e)
{
	struct str out = { 0 }, body = { 0 };
	size_t number = 0;

	for (size_t i = 0; i < m->formulas.n; i++) {
		const struct model_formula *f = m->formulas.items[i];

		for (size_t k = 0; k < f->steps.n; k++)
			tap_step(f, &f->steps.items[k], ++number, &body);
		if (f->error.code && !is_step_error(&f->error))
			tap_error(&f->error, ++number, &body);
	}
	if (m->error.code)
		tap_error(&m->error, ++number, &body);
	str_addf(&out, "TAP version 13\n1..%zu\n", number);
	str_addn(&out, str_cstr(&body), body.len);
	str_finish(&body);
	return publish(path, &out, e);
}
