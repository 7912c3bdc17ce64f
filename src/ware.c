#include "ware.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/str.h"
#include "base/utf8.h"
#include "engine/warecmd.h"
#include "jsonface.h"
#include "option.h"

struct args {
	const char *filters, *target;
	struct option_list sources;
	int workspace, force, quick, full, all;
	int64_t unused_ms;
	int format, progress;
};

enum { FORMAT_TEXT, FORMAT_JSON };
enum { PROGRESS_AUTO, PROGRESS_TTY, PROGRESS_PLAIN, PROGRESS_QUIET };

// clang-format off
#define AT(field) offsetof(struct args, field)
#define OPT_FORMAT \
	{ "format",    OPTION_CHOICE, "text|json", "how errors are written to stderr", AT(format) }, \
	{ "progress",  OPTION_CHOICE, "auto|tty|plain|quiet", "what is shown while it works", AT(progress) }
#define OPT_FILTERS { "filters",   OPTION_TEXT, "KEY=VALUE,...", "uid, gid, mtime, sticky, setid, dev", AT(filters) }
#define OPT_FULL    { "full",      OPTION_FLAG, NULL, "read every byte", AT(full) }
#define OPT_QUICK   { "quick",     OPTION_FLAG, NULL, "look at sizes and times only (default)", AT(quick) }
#define OPT_ALL     { "all",       OPTION_FLAG, NULL, "everything in the workspace", AT(all) }

static const struct option pack_options[] = {
	OPT_FILTERS,
	{ "target",    OPTION_TEXT, "ADDR", "store it at file://PATH or ca+file://DIR", AT(target) },
	{ "workspace", OPTION_FLAG, NULL,   "store it in the workspace's warehouse (default)", AT(workspace) },
	OPT_FORMAT,
};
static const struct option unpack_options[] = {
	OPT_FILTERS,
	{ "source",    OPTION_LIST, "ADDR", "look here, too (may be repeated)", AT(sources) },
	{ "force",     OPTION_FLAG, NULL,   "empty the folder first", AT(force) },
	OPT_FORMAT,
};
static const struct option scan_options[] = {
	OPT_FILTERS,
	{ "full",      OPTION_FLAG, NULL,   "print the digest of the full tree, links included, too", AT(full) },
	OPT_FORMAT,
};
static const struct option verify_options[] = { OPT_ALL, OPT_QUICK, OPT_FULL, OPT_FORMAT };
static const struct option store_verify_options[] = { OPT_QUICK, OPT_FULL, OPT_FORMAT };
static const struct option import_options[] = {
	{ "target",    OPTION_TEXT, "ADDR", "store it at ca+file://DIR, not in the workspace", AT(target) },
	OPT_FORMAT,
};
static const struct option mirror_options[] = {
	{ "target",    OPTION_TEXT, "ADDR", "copy it to ca+file://DIR (default: the workspace's warehouse)", AT(target) },
	{ "source",    OPTION_LIST, "ADDR", "look here, too (may be repeated)", AT(sources) },
	OPT_FORMAT,
};
static const struct option gc_options[] = {
	{ "unused",    OPTION_DURATION, "TIME", "spare what was used since (default 30d)", AT(unused_ms) },
	{ "delete",    OPTION_FLAG, NULL,   "remove it, do not only tell", AT(force) },
	OPT_FORMAT,
};
static const struct option plain_options[] = { OPT_FORMAT };

struct verb {
	const char *name;
	enum ware_verb verb;
	int min, max; // operands
	const char *operands;
	const char *help;
	const struct option *options;
	size_t n_options;
};
#define OPTIONS(t) t, ARRAY_LEN(t)
static const struct verb ware_verbs[] = {
	{ "pack",   WARE_PACK,   1, 1,    "PATH",        "pack a directory or file; print its WareID", OPTIONS(pack_options) },
	{ "unpack", WARE_UNPACK, 2, 2,    "WAREID PATH", "unpack a ware at PATH", OPTIONS(unpack_options) },
	{ "scan",   WARE_SCAN,   1, 1,    "FILE|ADDR|-", "print the WareID of a packed ware (- = stdin)", OPTIONS(scan_options) },
	{ "id",     WARE_ID,     1, 1,    "PATH",        "print the WareID of a directory or packed ware", OPTIONS(scan_options) },
	{ "import", WARE_IMPORT, 1, 1,    "FILE|-",      "take a tar into the warehouse as it is", OPTIONS(import_options) },
	{ "mirror", WARE_MIRROR, 1, 1000, "WAREID...",   "copy packed wares from one warehouse to another", OPTIONS(mirror_options) },
	{ "verify", WARE_VERIFY, 0, 1000, "WAREID...",   "check wares in warehouses and cache", OPTIONS(verify_options) },
	{ "forget", WARE_FORGET, 1, 1000, "WAREID...",   "set a ware and what is known of it aside", OPTIONS(plain_options) },
};
static const struct verb store_verbs[] = {
	{ "status", WARE_STATUS, 0, 0,    "",            "what is in the workspace, and how much", OPTIONS(plain_options) },
	{ "gc",     WARE_GC,     0, 0,    "",            "tell what can go, with --delete remove it", OPTIONS(gc_options) },
	{ "verify", WARE_VERIFY, 0, 0,    "",            "check all wares of the workspace", OPTIONS(store_verify_options) },
};

const char ware_help[] =
	"verbs:\n"
	"  pack PATH [--filters=...] [--target=ADDR | --workspace]\n"
	"                        pack a directory or file into the workspace's warehouse\n"
	"                        (or at ADDR); print its WareID\n"
	"  unpack WAREID PATH [--source=ADDR ...] [--filters=...] [--force]\n"
	"                        unpack a ware at PATH\n"
	"  scan FILE|ADDR|- [--filters=...] [--full]\n"
	"                        print the WareID of a packed ware (- = stdin)\n"
	"  id PATH [--filters=...] [--full]\n"
	"                        print the WareID of a directory or packed ware\n"
	"  import FILE|- [--target=ADDR]\n"
	"                        take a tar into the warehouse as it is\n"
	"  mirror WAREID... [--target=ADDR] [--source=ADDR ...]\n"
	"                        copy packed wares from one warehouse to another\n"
	"  verify WAREID... | --all [--quick | --full]\n"
	"                        check wares in warehouses and cache\n"
	"  forget WAREID...      set a ware and what is known of it aside\n"
	"\n"
	"all: [--format=text|json] [--progress=auto|tty|plain|quiet]\n"
	"filters: uid, gid, mtime, sticky, setid, dev; pack: keep, a number, @SECONDS, ignore,\n"
	"reject; unpack: follow, mine, a number, @SECONDS, ignore, reject\n"
	"--full prints the digest of the full tree, too: a WareID does not cover links.\n";
const char store_help[] =
	"verbs:\n"
	"  status                what is in the workspace, and how much\n"
	"  verify [--quick | --full]\n"
	"                        check all wares of the workspace; what is damaged is set aside\n"
	"  gc [--unused=TIME] [--delete]\n"
	"                        what can go: unpacked wares that were not used for TIME (30d)\n"
	"                        and that a warehouse has, and what was set aside before that\n"
	"\n"
	"all: [--format=text|json] [--progress=auto|tty|plain|quiet]\n";
// clang-format on

// ---- what is printed

struct printer {
	const struct args *a;
	int tty;   // progress in one line that is written over
	int shown; // the line is there now
	struct timespec since;
};

static void wipe(struct printer *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = 0;
}

static void print_result(void *arg, const char *line)
{
	wipe(arg);
	puts(line);
	fflush(stdout);
}

static void print_notice(void *arg, const char *line)
{
	struct printer *p = arg;
	struct str out = { 0 };

	wipe(p);
	if (p->a->format == FORMAT_JSON) {
		struct jsonw w;

		jsonw_init(&w, &out, JSON_LINE);
		jsonw_open(&w, '{');
		jsonw_kstr(&w, "notice", line);
		jsonw_close(&w, '}');
	} else {
		str_add(&out, "wfx: ");
		utf8_safe(&out, line, strlen(line), 0);
	}
	fprintf(stderr, "%s\n", str_cstr(&out));
	str_finish(&out);
}

static void add_size(struct str *out, double bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	size_t u = 0;

	for (; bytes >= 1000 && u + 1 < ARRAY_LEN(units); u++)
		bytes /= 1000;
	str_addf(out, u ? "%.1f %s" : "%.0f %s", bytes, units[u]);
}

static void print_progress(void *arg, const struct ware_progress *p)
{
	struct printer *pr = arg;
	struct str out = { 0 };
	struct timespec now;
	double s;

	if (!pr->tty)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	s = (double)(now.tv_sec - pr->since.tv_sec) +
	    (double)(now.tv_nsec - pr->since.tv_nsec) / 1e9;
	str_addf(&out, "%s ", p->phase);
	add_size(&out, (double)p->bytes);
	if (p->total) {
		str_add(&out, " of ");
		add_size(&out, (double)p->total);
	}
	if (s > 0.2) {
		str_add(&out, ", ");
		add_size(&out, (double)p->bytes / s);
		str_add(&out, "/s");
	}
	str_addf(&out, ", %llu entries", (unsigned long long)p->entries);
	fprintf(stderr, "\r%s\033[K", out.p);
	pr->shown = 1;
	str_finish(&out);
}

static int print_error(const struct args *a, const struct err *e)
{
	if (a->format != FORMAT_JSON)
		return error_print(e);
	jsonface_error(e);
	return err_exit_status(e);
}

// ---- what is asked

static const struct verb *find(const struct verb *verbs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int no_verb(const char *command, const struct verb *verbs, size_t n,
                   const char *word)
{
	const char *near = word ? nearest(word, &verbs[0].name, n, sizeof(*verbs)) : NULL;
	struct err e = { 0 };

	if (word)
		err_set(&e, "wfx-usage", "no such verb: wfx %s %s", command, word);
	else
		err_set(&e, "wfx-usage", "wfx %s needs a verb", command);
	if (near)
		err_hint(&e, "did you mean `wfx %s %s`?", command, near);
	else
		err_hint(&e, "`wfx %s --help` lists the verbs", command);
	return error_print(&e);
}

static int check(const struct verb *v, const struct args *a, int n, struct err *e)
{
	if (v->verb == WARE_VERIFY && v->max && !a->all && n == 0)
		return err_set(e, "wfx-usage", "verify needs WareIDs, or --all");
	if (v->verb == WARE_VERIFY && a->all && n)
		return err_set(e, "wfx-usage", "verify takes either WareIDs or --all");
	if (a->quick && a->full)
		return err_set(e, "wfx-usage", "--quick and --full exclude each other");
	if (a->target && a->workspace)
		return err_set(e, "wfx-usage",
		               "--target and --workspace exclude each other");
	if (n < v->min || n > v->max)
		return err_set(e, "wfx-usage", "%s: expected %s", v->name,
		               v->max ? v->operands : "no operands");
	return 0;
}

static int run(const struct verb *v, struct args *a, int argc, char *argv[],
               struct err *e)
{
	struct printer pr = { .a = a };
	struct ware_face face = { print_result, print_notice, print_progress, &pr };
	const char **operands;
	struct ware_request r = { .verb = v->verb };
	int n = options_parse(v->options, v->n_options, a, argc, argv, e), ret;

	if (n < 0 || check(v, a, n, e) < 0)
		return -1;
	operands = xcalloc((size_t)n + 1, sizeof(*operands));
	for (int i = 0; i < n; i++)
		operands[i] = argv[i];
	r.operands = operands;
	r.filters = a->filters;
	r.target = a->target;
	r.sources = a->sources.items;
	r.force = a->force;
	r.full = a->full;
	r.unused_ms = a->unused_ms;
	r.all = a->all || v->max == 0;
	pr.tty = a->format == FORMAT_TEXT &&
	         (a->progress == PROGRESS_TTY ||
	          (a->progress == PROGRESS_AUTO && isatty(STDERR_FILENO)));
	clock_gettime(CLOCK_MONOTONIC, &pr.since);
	ret = ware_run(&r, &face, e);
	wipe(&pr);
	free(operands);
	return ret;
}

static int dispatch(const struct verb *verbs, size_t n, int argc, char *argv[])
{
	const struct verb *v = argc > 1 ? find(verbs, n, argv[1]) : NULL;
	struct args a = { .unused_ms = (int64_t)30 * 86400 * 1000 };
	struct err e = { 0 };
	int ret;

	if (!v)
		return no_verb(argv[0], verbs, n, argc > 1 ? argv[1] : NULL);
	ret = run(v, &a, argc - 1, argv + 1, &e);
	free(a.sources.items);
	if (ret > 0)
		return 128 + ret;
	return ret < 0 ? print_error(&a, &e) : 0;
}

int ware_main(int argc, char *argv[])
{
	return dispatch(ware_verbs, ARRAY_LEN(ware_verbs), argc, argv);
}

int store_main(int argc, char *argv[])
{
	return dispatch(store_verbs, ARRAY_LEN(store_verbs), argc, argv);
}
