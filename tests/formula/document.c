// Documents: each data/NAME.json is read, and what comes of it (ID, warnings, errors, the
// canonical text where it differs) is compared with data/NAME.expected.
// `document --update` writes those files anew; read the difference.
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "formula/document.h"

static int update;

static void add_error(struct str *out, const char *what, const struct err *e)
{
	const char *hint = err_hint_text(e);

	str_addf(out, "%s: %s\n%s\n", what, e->code, e->msg);
	if (hint)
		str_addf(out, "hint: %s\n", hint);
}

// Formatting keeps the ID, and is the end of it: a second time nothing changes.
static void check_format(const struct document *d, struct str *canonical)
{
	struct str id = { 0 }, again = { 0 }, id_again = { 0 };
	struct document *second;
	struct err e = { 0 };

	document_format(d, canonical);
	second = document_parse(d->name, canonical->p, canonical->len, &e);
	if (!second)
		fail_msg("canonical text of %s: %s", d->name, e.msg);
	document_format(second, &again);
	assert_string_equal(again.p, canonical->p);
	if (document_id(d, &id, NULL) == 0) {
		document_id(second, &id_again, NULL);
		assert_string_equal(id_again.p, id.p);
	}
	document_destroy(second);
	str_finish(&id);
	str_finish(&again);
	str_finish(&id_again);
}

// The steps of a plot as they run, subplots in brackets.
static void add_order(const struct document *d, const struct plot *p, struct str *out)
{
	size_t *order = xcalloc(p->n_steps + 1, sizeof(*order));

	assert_int_equal(plot_order(d, p, order, NULL), 0);
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct plot_step *s = &p->steps[order[i]];

		str_addf(out, " %s", s->name);
		if (s->plot) {
			str_add(out, " [");
			add_order(d, s->plot, out);
			str_add(out, " ]");
		}
	}
	free(order);
}

static void add_document(const struct document *d, struct str *out)
{
	struct str canonical = { 0 }, id = { 0 };
	struct err e = { 0 };

	if (document_id(d, &id, &e) == 0)
		str_addf(out, "id: %s\n", id.p);
	str_finish(&id);
	for (size_t i = 0; i < d->n_warnings; i++)
		str_addf(out, "warning: %u:%u: %s\n", d->warnings[i].pos.line,
		         d->warnings[i].pos.column, d->warnings[i].text);
	if (document_check(d, &e) < 0) {
		add_error(out, "check", &e);
	} else if (d->plot) {
		str_add(out, "order:");
		add_order(d, d->plot, out);
		str_addc(out, '\n');
	}
	if (e.code && strstr(e.msg, "not UTF-8")) // cannot be written
		return;
	check_format(d, &canonical);
	if (canonical.len != d->source_len ||
	    memcmp(canonical.p, d->source, d->source_len) != 0)
		str_addf(out, "canonical:\n%s", canonical.p);
	str_finish(&canonical);
}

static void run_case(const char *name)
{
	char json[300], expected[300];
	struct str text = { 0 }, want = { 0 }, got = { 0 };
	struct document *d;
	struct err e = { 0 };

	snprintf(json, sizeof(json), "%s.json", name);
	snprintf(expected, sizeof(expected), "%s.expected", name);
	assert_int_equal(fd_read_file(AT_FDCWD, json, &text, 1 << 20), 0);
	str_addc(&text, '\0'); // the source is compared as a string
	d = document_parse(json, text.p, text.len - 1, &e);
	if (d)
		add_document(d, &got);
	else
		add_error(&got, "error", &e);
	document_destroy(d);
	if (update) {
		assert_int_equal(fd_write_file(expected, got.p, got.len, 0644, NULL), 0);
	} else {
		fd_read_file(AT_FDCWD, expected, &want, 1 << 20);
		if (strcmp(str_cstr(&want), str_cstr(&got)) != 0)
			fail_msg("%s\n--- expected\n%s--- got\n%s", name, str_cstr(&want),
			         str_cstr(&got));
	}
	str_finish(&text);
	str_finish(&want);
	str_finish(&got);
}

static void data_files(void **state)
{
	struct dirent **names;
	int n = scandir(".", &names, NULL, alphasort), done = 0;

	(void)state;
	for (int i = 0; i < n; i++) {
		char *dot = strstr(names[i]->d_name, ".json");

		if (dot && !dot[5]) {
			*dot = '\0';
			run_case(names[i]->d_name);
			done++;
		}
		free(names[i]);
	}
	free(names);
	assert_true(done > 0);
}

// The dag-cbor and ID of spec appendix A.1.
static void vector_a1(void **state)
{
	static const char hex[] = "a366616374696f6ea16465786563a167636f6d6d616e6483672f62"
				  "696e2f7368622d63781a6563686f"
				  "2068656c6c6f2066726f6d2077617270666f7267652166696e7075"
				  "7473a1612f784b776172653a7461"
				  "723a347a39444354786f4b6b537471585152777466396e696d7066"
				  "5151333664626e64447341504351"
				  "67454366625874336564616e557273564b436a4539546b58327639"
				  "676f757470757473a0";
	struct str got = { 0 };
	struct str cbor = { 0 };
	struct str id = { 0 };
	struct document *d = document_read("echo.json", NULL);

	(void)state;
	assert_non_null(d);
	formula_cbor(d->formula, &cbor);
	assert_int_equal(cbor.len, 159);
	for (size_t i = 0; i < cbor.len; i++)
		str_addf(&got, "%02x", (unsigned char)cbor.p[i]);
	assert_string_equal(got.p, hex);
	formula_id(d->formula, &id);
	assert_string_equal(id.p, "zM5K3Zz8R3ioVVWZ6o6GocxPKvubAJfv4iQmDH3GCq9UjtDjHtRWrr"
	                          "y4DRoEBPvfUEYFx1D");
	document_destroy(d);
	str_finish(&got);
	str_finish(&cbor);
	str_finish(&id);
}

int main(int argc, char *argv[])
{
	const char *src = getenv("SRCDIR");
	char dir[4096];
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_files),
		cmocka_unit_test(vector_a1),
	};

	update = argc > 1 && strcmp(argv[1], "--update") == 0;
	snprintf(dir, sizeof(dir), "%s/tests/formula/data", src ? src : ".");
	if (chdir(dir) < 0) {
		perror(dir);
		return 1;
	}
	return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
