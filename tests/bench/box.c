// An empty box from nothing to nothing, against bwrap and runc with the same namespaces,
// root and command. See box.sh.
//
// Ours: run folder, box_start(), /bin/true, box_destroy(), run folder removed; overlay
// root on disk, hidden paths, capabilities and seccomp on, inside one process. The peers:
// fork, exec, wait. bwrap 0.8 has no --overlay: it gets a read-only root and a tmpfs.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "bench.h"
#include "sandbox/box.h"

static char dir[64]; // in TMPDIR: layers on what it is on
static char root[80], bundle[80];

static int spawn_wait(const char *const *argv)
{
	posix_spawn_file_actions_t fa;
	int status = -1;
	pid_t pid;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &fa, NULL, (char **)argv, environ) == 0)
		waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&fa);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static double ours[4]; // sums: start, command, destroy, folders
static unsigned our_rounds;

static int run_wfx(enum box_ids ids)
{
	const struct box_mount mounts[] = { { BOX_OVERLAY, "/", root, 1 } };
	const char *const argv[] = { "/bin/true", NULL }, *const env[] = { "PATH=/bin",
		                                                           NULL };
	struct box_spec spec = { .mounts = mounts,
		                 .n_mounts = 1,
		                 .env = env,
		                 .argv = argv,
		                 .shell_fd = -1,
		                 .page_fd = -1,
		                 .ids = ids };
	struct box_end end = { 0 };
	struct err e = { 0 };
	struct pollfd p = { .events = POLLIN };
	double t[6];
	struct box *b;
	char *run;
	int lock;

	t[0] = (double)bench_now_ns() / 1e6;
	if (box_run_dir(dir, &run, &lock, &e))
		goto bad;
	spec.run_dir = run;
	t[1] = (double)bench_now_ns() / 1e6;
	b = box_start(&spec, &e);
	if (!b)
		goto bad;
	t[2] = (double)bench_now_ns() / 1e6;
	p.fd = box_end_fd(b);
	poll(&p, 1, -1);
	box_end_read(b, &end);
	t[3] = (double)bench_now_ns() / 1e6;
	box_destroy(b);
	t[4] = (double)bench_now_ns() / 1e6;
	box_run_dir_remove(run, lock, NULL);
	free(run);
	t[5] = (double)bench_now_ns() / 1e6;
	for (int i = 0; i < 3; i++)
		ours[i] += t[i + 2] - t[i + 1];
	ours[3] += t[1] - t[0] + t[5] - t[4];
	our_rounds++;
	return end.known ? end.status : -1;
bad:
	fprintf(stderr, "wfx: %s\n", e.msg);
	return -1;
}

static int wfx_auto(void *arg, long *peak_kb)
{
	(void)arg;
	(void)peak_kb;
	return run_wfx(BOX_IDS_AUTO);
}

static int wfx_one(void *arg, long *peak_kb)
{
	(void)arg;
	(void)peak_kb;
	return run_wfx(BOX_IDS_ONE);
}

static int bwrap_tmpfs(void *arg, long *peak_kb)
{
	const char *const argv[] = { "bwrap",
		                     "--unshare-all",
		                     "--die-with-parent",
		                     "--ro-bind",
		                     root,
		                     "/",
		                     "--proc",
		                     "/proc",
		                     "--dev",
		                     "/dev",
		                     "--tmpfs",
		                     "/tmp",
		                     "--hostname",
		                     "runc",
		                     "/bin/true",
		                     NULL };

	(void)arg;
	(void)peak_kb;
	return spawn_wait(argv);
}

static int bwrap_overlay(void *arg, long *peak_kb)
{
	const char *const argv[] = { "bwrap",
		                     "--unshare-all",
		                     "--die-with-parent",
		                     "--overlay-src",
		                     root,
		                     "--tmp-overlay",
		                     "/",
		                     "--proc",
		                     "/proc",
		                     "--dev",
		                     "/dev",
		                     "--hostname",
		                     "runc",
		                     "/bin/true",
		                     NULL };

	(void)arg;
	(void)peak_kb;
	return spawn_wait(argv);
}

static int runc(void *arg, long *peak_kb)
{
	char state[96];
	const char *const argv[] = { "runc", "--root", state,       "run",
		                     "-b",   bundle,   "wfx-bench", NULL };

	snprintf(state, sizeof(state), "%s/runc-state", dir);
	(void)arg;
	(void)peak_kb;
	return spawn_wait(argv);
}

static const struct bench_case cases[] = {
	{ "wfx", NULL, wfx_auto, NULL },
	{ "wfx, one id", NULL, wfx_one, NULL },
	{ "bwrap, overlay root", NULL, bwrap_overlay, NULL },
	{ "bwrap, ro root + tmpfs", NULL, bwrap_tmpfs, NULL },
	{ "runc", NULL, runc, NULL },
};

// A static `true` as the whole root, with mount points for the peers.
static int make_root(void)
{
	static const char *const folders[] = { "bin", "proc", "dev", "sys", "tmp" };
	const char *tmp = getenv("TMPDIR");
	char cmd[1024], path[128];

	snprintf(dir, sizeof(dir), "%.32s/wfx-bench-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		return -1;
	snprintf(root, sizeof(root), "%s/root", dir);
	snprintf(bundle, sizeof(bundle), "%s/bundle", dir);
	mkdir(root, 0755);
	mkdir(bundle, 0755);
	chmod(dir, 0755);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, folders[i]);
		mkdir(path, 0755);
	}
	snprintf(cmd, sizeof(cmd), "cp /bin/busybox %s/bin/true", root);
	if (system(cmd))
		return -1;
	snprintf(cmd, sizeof(cmd),
	         "cd %s && runc spec %s 2>/dev/null && "
	         "sed -i 's|\"terminal\": true|\"terminal\": false|; "
	         "s|\"sh\"|\"/bin/true\"|; "
	         "s|\"path\": \"rootfs\"|\"path\": \"%s\"|' config.json",
	         bundle, geteuid() ? "--rootless" : "", root);
	if (system(cmd))
		printf("# no bundle: runc is missing\n");
	return 0;
}

int main(void)
{
	struct bench_case run[ARRAY_LEN(cases)];
	size_t n = 0;
	char title[128];
	long kb;
	int bad;

	if (make_root()) {
		fprintf(stderr, "no root: is /bin/busybox there?\n");
		return 1;
	}
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (cases[i].run(NULL, &kb) == 0)
			run[n++] = cases[i];
		else
			printf("# %s: does not run here\n", cases[i].name);
	}
	memset(ours, 0, sizeof(ours));
	our_rounds = 0;
	snprintf(title, sizeof(title), "empty box, %s, layers in %s",
	         geteuid() ? "ordinary user" : "root", dir);
	bad = bench_compare(title, "start of /bin/true to end, all removed", run, n,
	                    bench_rounds(40));
	if (our_rounds)
		printf("# wfx, means: start %.2f ms, command %.2f, destroy %.2f, run "
		       "folder %.2f\n",
		       ours[0] / our_rounds, ours[1] / our_rounds, ours[2] / our_rounds,
		       ours[3] / our_rounds);
	fd_remove_tree(AT_FDCWD, dir);
	return bad != 0;
}
