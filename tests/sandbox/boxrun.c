// Runs a command in a box, for tests: boxrun [OPTION]... -- COMMAND [ARG]...
//	-r DIR      overlay of DIR at "/" (default: an empty root)
//	-o T=DIR, -b T=PATH, -w T=PATH, -e T   overlay, read-only bind, writable bind,
//empty 	-E N=V      environment (default: upstream's PATH and TERM) 	-n -s -B    host
//network, strict, caps of a build 	-i one|range|auto    ids 	-S FILE     FILE is the step
//shell's image; COMMAND is ignored 	-f NAME=TEXT  a script file 	-m MIB -p N -F BYTES
//memory, processes, file size 	-d DIR      parent of the run folder (default $TMPDIR or
///tmp) 	-P          print the plan only;  -k N  how often to start (timing) 	-o, -b ... in
//the order given. -O  print the paths made.  -t MS  time limit
// Output of the box goes to our stdout and stderr. Exit status: the command's,
// 128+signal, 125 when the box could not be made or was lost; 126/127 when it could not
// be executed.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "sandbox/box.h"

struct run {
	struct box_spec spec;
	VEC(struct box_mount) mounts;
	VEC(const char *) env;
	VEC(struct box_file) files;
	const char *tmp, *shell;
	int plan, times, own, timeout_ms, list;
};

static _Noreturn void die(const struct err *e)
{
	fprintf(stderr, "boxrun: %s: %s\n", e->code ? e->code : "?", e->msg);
	if (err_hint_text(e))
		fprintf(stderr, "boxrun: hint: %s\n", err_hint_text(e));
	exit(125);
}

static void add_mount(struct run *r, enum box_mount_kind kind, char *arg)
{
	char *eq = strchr(arg, '=');
	struct box_mount m = { kind, arg, NULL, 0 };

	if (eq) {
		*eq = '\0';
		m.source = eq + 1;
	}
	*vec_push(&r->mounts) = m;
}

static void add_file(struct run *r, char *arg)
{
	char *eq = strchr(arg, '=');

	if (!eq)
		exit(2);
	*eq = '\0';
	*vec_push(&r->files) = (struct box_file){ arg, eq + 1, strlen(eq + 1) };
}

static int doctor(void)
{
	struct box_probe rows[32];
	size_t n = box_doctor(rows, ARRAY_LEN(rows));
	int bad = 0;

	for (size_t i = 0; i < n; i++) {
		printf("%-16s %s%s%s%s%s\n", rows[i].name, rows[i].ok ? "yes" : "no",
		       *rows[i].why ? ": " : "", rows[i].why,
		       *rows[i].fix ? "; fix: " : "", rows[i].fix);
		bad |= rows[i].needed && !rows[i].ok;
	}
	return bad;
}

static void parse(struct run *r, int argc, char **argv)
{
	struct box_mount root = { BOX_EMPTY, "/", NULL, 0 };
	int c;

	*vec_push(&r->mounts) = root;
	while ((c = getopt(argc, argv, "+r:o:b:w:e:E:nsBi:S:f:m:M:p:F:d:Pk:Ot:LDW:")) > 0)
		switch (c) {
		case 'r':
			r->mounts.items[0] =
				(struct box_mount){ BOX_OVERLAY, "/", optarg, 1 };
			break;
		case 'o':
			add_mount(r, BOX_OVERLAY, optarg);
			break;
		case 'b':
			add_mount(r, BOX_BIND_RO, optarg);
			break;
		case 'w':
			add_mount(r, BOX_BIND_RW, optarg);
			break;
		case 'e':
			add_mount(r, BOX_EMPTY, optarg);
			break;
		case 'E':
			*vec_push(&r->env) = optarg;
			break;
		case 'n':
			r->spec.network = 1;
			break;
		case 's':
			r->spec.strict = 1;
			break;
		case 'B':
			r->spec.caps = BOX_CAPS_BUILD;
			break;
		case 'i':
			r->spec.ids = *optarg == 'o'   ? BOX_IDS_ONE
			              : *optarg == 'r' ? BOX_IDS_RANGE
			                               : BOX_IDS_AUTO;
			break;
		case 'S':
			r->shell = optarg;
			break;
		case 'f':
			add_file(r, optarg);
			break;
		case 'm':
			r->spec.limits.memory_bytes = strtoull(optarg, NULL, 10) << 20;
			break;
		case 'M':
			r->spec.limits.disk_bytes = strtoull(optarg, NULL, 10) << 20;
			break;
		case 'p':
			r->spec.limits.processes = strtoull(optarg, NULL, 10);
			break;
		case 'F':
			r->spec.limits.file_size = strtoull(optarg, NULL, 10);
			break;
		case 'd':
			r->tmp = optarg;
			break;
		case 'P':
			r->plan = 1;
			break;
		case 'k':
			r->times = atoi(optarg);
			break;
		case 'O':
			r->own = 1;
			break;
		case 'L':
			r->list = 1;
			break;
		case 'D':
			exit(doctor());
		case 'W':
			exit(box_sweep(optarg, NULL) ? 1 : 0);
		case 't':
			r->timeout_ms = atoi(optarg);
			break;
		default:
			exit(2);
		}
}

static void pump(int fd, int to, int *open)
{
	char b[65536];
	ssize_t n;

	while ((n = read(fd, b, sizeof(b))) > 0)
		if (fd_write_all(to, b, (size_t)n))
			break;
	if (n == 0)
		*open = 0;
}

// A shell gets its script on the control socket elsewhere; here its end is enough.
static int follow(struct box *b, int timeout_ms, struct box_end *end)
{
	int out = 1, err = 1;
	int64_t left = timeout_ms ? timeout_ms : -1;

	for (;;) {
		struct pollfd p[3] = { { out ? box_out_fd(b) : -1, POLLIN, 0 },
			               { err ? box_err_fd(b) : -1, POLLIN, 0 },
			               { box_end_fd(b), POLLIN, 0 } };
		int n = poll(p, 3, left < 0 ? -1 : 50), over;

		if (n == 0 && left >= 0 && (left -= 50) <= 0)
			return -1;
		over = p[2].revents != 0;
		pump(box_out_fd(b), 1, &out);
		pump(box_err_fd(b), 2, &err);
		if (over && box_end_read(b, end) == 0)
			break;
	}
	pump(box_out_fd(b), 1, &out);
	pump(box_err_fd(b), 2, &err);
	return 0;
}

static int show_end(const struct box_end *end)
{
	if (!end->known) {
		fprintf(stderr, "boxrun: lost: %s\n", end->lost_why);
		return 125;
	}
	if (end->lost_why[0])
		fprintf(stderr, "boxrun: %s\n", end->lost_why);
	if (end->exec_errno) {
		fprintf(stderr, "boxrun: exec '%s': %s\n", end->exec_path,
		        strerror(end->exec_errno));
		return end->exec_errno == ENOENT ? 127 : 126;
	}
	return end->signal ? 128 + end->signal : end->status;
}

static int show_plan(struct box_spec *spec)
{
	struct str out = { 0 };
	struct err e = { 0 };

	spec->run_dir = "/run-dir";
	if (box_plan(spec, &out, &e))
		die(&e);
	fputs(str_cstr(&out), stdout);
	str_finish(&out);
	return 0;
}

static int once(struct run *r)
{
	struct err e = { 0 };
	struct box_end end = { 0 };
	struct str names = { 0 };
	const char *const *paths;
	char *dir;
	struct box *b;
	int lock, status = 124;

	if (box_run_dir(r->tmp, &dir, &lock, &e))
		die(&e);
	r->spec.run_dir = dir;
	b = box_start(&r->spec, &e);
	if (!b) {
		box_run_dir_remove(dir, lock, NULL);
		die(&e);
	}
	if (r->own)
		for (size_t i = 0, n = box_own_paths(b, &paths); i < n; i++)
			printf("made %s\n", paths[i]);
	if (follow(b, r->timeout_ms, &end) == 0)
		status = show_end(&end);
	else
		fprintf(stderr, "boxrun: time limit\n");
	if (r->list)
		fprintf(stderr, "boxrun: %d left\n%s", box_processes(b, &names),
		        str_cstr(&names));
	if (box_stop_steps(b, &e))
		fprintf(stderr, "boxrun: %s\n", e.msg);
	box_destroy(b);
	if (box_run_dir_remove(dir, lock, &e))
		fprintf(stderr, "boxrun: %s\n", e.msg);
	str_finish(&names);
	free(dir);
	return status;
}

static int by_value(const void *a, const void *b)
{
	double d = *(const double *)a - *(const double *)b;

	return d < 0 ? -1 : d > 0;
}

int main(int argc, char **argv)
{
	struct run r = { .spec = { .shell_fd = -1, .page_fd = -1 }, .times = 1 };
	double *ms;
	int status = 0;

	r.tmp = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	parse(&r, argc, argv);
	if (!r.env.n) {
		*vec_push(&r.env) = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/"
				    "bin:/sbin:/bin";
		*vec_push(&r.env) = "TERM=xterm";
	}
	*vec_push(&r.env) = NULL;
	r.spec.mounts = r.mounts.items;
	r.spec.n_mounts = r.mounts.n;
	r.spec.env = r.env.items;
	r.spec.script_files = r.files.items;
	r.spec.n_script_files = r.files.n;
	if (r.shell)
		r.spec.shell_fd = open(r.shell, O_RDONLY | O_CLOEXEC);
	else
		r.spec.argv = (const char *const *)argv + optind;
	if (r.plan) {
		r.times = 0;
		status = show_plan(&r.spec);
	}
	ms = xcalloc((size_t)r.times + 1, sizeof(*ms));
	for (int i = 0; i < r.times; i++) {
		struct timespec a, z;

		clock_gettime(CLOCK_MONOTONIC, &a);
		status = once(&r);
		clock_gettime(CLOCK_MONOTONIC, &z);
		ms[i] = (double)(z.tv_sec - a.tv_sec) * 1e3 +
		        (double)(z.tv_nsec - a.tv_nsec) / 1e6;
	}
	if (r.times > 1) {
		qsort(ms, (size_t)r.times, sizeof(*ms), by_value);
		fprintf(stderr, "boxrun: %d runs, ms: min %.2f median %.2f max %.2f\n",
		        r.times, ms[0], ms[r.times / 2], ms[r.times - 1]);
	}
	free(ms);
	vec_finish(&r.env);
	vec_finish(&r.mounts);
	vec_finish(&r.files);
	return status;
}
