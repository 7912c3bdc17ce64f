#include "doc.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "formula/document.h"
#include "jsonface.h"

enum format { FORMAT_TEXT, FORMAT_JSON };

struct flags {
	int format;
	int check;
};

// clang-format off
const struct option doc_options[] = {
	{ "format", OPTION_CHOICE, "text|json", "how errors are written", offsetof(struct flags, format) },
	{ "check", OPTION_FLAG, NULL, "write nothing; list the files that are not canonical, status 1", offsetof(struct flags, check) },
};
// clang-format on

static void put_json(struct str *out)
{
	str_addc(out, '\n');
	fputs(out->p, stderr);
	str_finish(out);
}

static int report(const struct flags *f, const struct err *e)
{
	if (f->format == FORMAT_TEXT)
		return error_print(e);
	jsonface_error(e);
	return err_exit_status(e);
}

static void print_warning(const struct flags *f, const struct document *d,
                          const struct doc_warning *warning)
{
	struct str out = { 0 };
	struct jsonw w;

	if (f->format == FORMAT_TEXT) {
		str_add(&out, "wfx: ");
		utf8_safe(&out, d->name, strlen(d->name), 0);
		str_addf(&out, ":%u:%u: warning: %s\n", warning->pos.line,
		         warning->pos.column, warning->text);
		fputs(out.p, stderr);
		str_finish(&out);
		return;
	}
	jsonw_init(&w, &out, JSON_LINE);
	jsonw_open(&w, '{');
	jsonw_kstr(&w, "warning", warning->text);
	jsonw_key(&w, "details");
	jsonw_open(&w, '{');
	jsonw_kstr(&w, "file", d->name);
	jsonw_kint(&w, "line", warning->pos.line);
	jsonw_kint(&w, "column", warning->pos.column);
	jsonw_close(&w, '}');
	jsonw_close(&w, '}');
	put_json(&out);
}

static int is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

static struct document *open_document(const char *path, struct err *e)
{
	struct document *d = NULL;
	struct str text = { 0 };

	if (!is_stdin(path))
		return document_read(path, e);
	if (fd_read_all(STDIN_FILENO, &text, DOCUMENT_MAX + 1) < 0 && errno != EFBIG)
		err_sys(e, "warpforge-error-invalid-argument",
		        "cannot read standard input");
	else
		d = document_parse("<stdin>", str_cstr(&text), text.len, e);
	str_finish(&text);
	return d;
}

typedef int file_fn(const struct flags *f, const char *path, const struct document *d,
                    struct err *e);

// Call fn for every file that can be read. Returns the worst status.
static int each_file(int argc, char *argv[], size_t n_options, file_fn *fn)
{
	struct flags f = { 0 };
	struct err e = { 0 };
	int n = options_parse(doc_options, n_options, &f, argc, argv, &e), worst = 0;

	if (n == 0)
		err_set(&e, "wfx-usage", "no file given");
	if (n <= 0)
		return report(&f, &e);
	for (int i = 0; i < n; i++) {
		struct document *d = open_document(argv[i], &e);
		int status = d ? fn(&f, argv[i], d, &e) : -1;

		if (status < 0)
			status = report(&f, &e);
		if (status > worst)
			worst = status;
		document_destroy(d);
	}
	if (fflush(stdout) != 0) {
		err_sys(&e, "warpforge-error-io", "cannot write to standard output");
		return report(&f, &e);
	}
	return worst;
}

static int check(const struct flags *f, const char *path, const struct document *d,
                 struct err *e)
{
	(void)path;
	for (size_t i = 0; i < d->n_warnings; i++)
		print_warning(f, d, &d->warnings[i]);
	return document_check(d, e);
}

int check_main(int argc, char *argv[])
{
	return each_file(argc, argv, N_CHECK_OPTIONS, check);
}

static int id(const struct flags *f, const char *path, const struct document *d,
              struct err *e)
{
	struct str text = { 0 };
	int result;

	(void)f, (void)path;
	result = document_id(d, &text, e);
	if (result == 0)
		puts(text.p);
	str_finish(&text);
	return result;
}

int id_main(int argc, char *argv[])
{
	return each_file(argc, argv, N_ID_OPTIONS, id);
}

// Put the text in the place of the file, whole, with its mode and owner. A link stays one.
static int replace_file(const char *path, const struct str *text, struct err *e)
{
	auto_free char *real = realpath(path, NULL);
	auto_free char *dir = real ? xstrdup(real) : NULL;
	struct fd_temp t = { .fd = -1 };
	struct stat st;
	auto_fd int dirfd = -1;
	int result = -1;

	if (!real || stat(real, &st) < 0)
		return err_sys(e, "warpforge-error-io", "cannot rewrite %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, "warpforge-error-io", "cannot rewrite %s: not a file",
		               path);
	dirfd = open(dirname(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return err_sys(e, "warpforge-error-io", "cannot rewrite %s", path);
	if (fd_temp_open(&t, dirfd, strrchr(real, '/') + 1, st.st_mode & 07777, e) < 0)
		goto out;
	if ((st.st_uid != geteuid() || st.st_gid != getegid()) &&
	    fchown(t.fd, st.st_uid, st.st_gid) < 0) {
		err_sys(e, "warpforge-error-io", "cannot keep the owner of %s", path);
		goto out;
	}
	if (fchmod(t.fd, st.st_mode & 07777) < 0 ||
	    fd_write_all(t.fd, text->p, text->len) < 0) {
		err_sys(e, "warpforge-error-io", "cannot rewrite %s", path);
		goto out;
	}
	result = fd_temp_publish(&t, e);
out:
	fd_temp_discard(&t);
	return result;
}

// The canonical text must mean the same. It does not when the document has invalid UTF-8,
// which JSON cannot be written with.
static int check_same(const struct document *d, const struct str *text, struct err *e)
{
	struct document *again = document_parse(d->name, text->p, text->len, NULL);
	struct str was = { 0 }, is = { 0 };
	int result = -1;

	if (again && d->kind == DOC_MODULE)
		result = strcmp(d->module_name, again->module_name) == 0 ? 0 : -1;
	else if (again && document_id(d, &was, NULL) == 0 &&
	         document_id(again, &is, NULL) == 0)
		result = strcmp(was.p, is.p) == 0 ? 0 : -1;
	document_destroy(again);
	str_finish(&was);
	str_finish(&is);
	if (result == 0)
		return 0;
	err_set(e, "warpforge-error-serialization",
	        "%s: rewriting would change its meaning; it is left as it is", d->name);
	return err_hint(e, "does it contain text that is not UTF-8?");
}

static int fmt(const struct flags *f, const char *path, const struct document *d,
               struct err *e)
{
	struct str text = { 0 };
	int result = -1, same;

	document_format(d, &text);
	if (check_same(d, &text, e) < 0)
		goto out;
	same = text.len == d->source_len && memcmp(text.p, d->source, text.len) == 0;
	result = 0;
	if (f->check && !same) {
		puts(d->name);
		result = 1;
	} else if (!f->check && is_stdin(path))
		fwrite(text.p, 1, text.len, stdout);
	else if (!f->check && !same)
		result = replace_file(path, &text, e);
out:
	str_finish(&text);
	return result;
}

int fmt_main(int argc, char *argv[])
{
	return each_file(argc, argv, N_FMT_OPTIONS, fmt);
}
