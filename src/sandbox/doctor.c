// What this host allows, for `wfx doctor`. See box.h. The first row makes a real box; the
// others are the layers of it, one by one, so that a failure has a name and a remedy.
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "sandbox/box.h"
#include "sandbox/ids.h"
#include "sandbox/mount.h"
#include "sandbox/ns.h"
#include "sandbox/userns.h"

typedef void probe_fn(struct box_probe *r);

__attribute__((format(printf, 3, 4))) static void
bad(struct box_probe *r, const char *fix, const char *why, ...)
{
	va_list ap;

	va_start(ap, why);
	vsnprintf(r->why, sizeof(r->why), why, ap);
	va_end(ap);
	snprintf(r->fix, sizeof(r->fix), "%s", fix);
	r->ok = 0;
}

static const char *scratch(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir == '/' ? dir : "/tmp";
}

// An empty root and a command that is a folder: a box that works says EACCES.
static void probe_box(struct box_probe *r)
{
	const struct box_mount root[] = { { BOX_EMPTY, "/", NULL, 0 } };
	const char *const argv[] = { "/", NULL }, *const env[] = { "PATH=/", NULL };
	struct box_spec spec = { .mounts = root,
		                 .n_mounts = 1,
		                 .env = env,
		                 .argv = argv,
		                 .shell_fd = -1,
		                 .page_fd = -1 };
	struct box_end end = { 0 };
	struct err e = { 0 };
	struct box *b = NULL;
	char *dir = NULL;
	int lock = -1;

	if (box_run_dir(scratch(), &dir, &lock, &e) == 0) {
		spec.run_dir = dir;
		b = box_start(&spec, &e);
	}
	if (b) {
		struct pollfd p = { box_end_fd(b), POLLIN, 0 };

		poll(&p, 1, 5000);
		if (box_end_read(b, &end) || end.exec_errno != EACCES)
			bad(r, "", "a box was made, but its command was lost: %s",
			    end.lost_why);
	} else {
		bad(r, err_hint_text(&e) ? err_hint_text(&e) : "", "%.250s", e.msg);
	}
	box_destroy(b);
	if (dir)
		box_run_dir_remove(dir, lock, NULL);
	free(dir);
}

static void probe_userns(struct box_probe *r)
{
	const char *fix = "", *why = userns_forbidden(&fix);
	pid_t child = ns_clone(CLONE_NEWUSER, 0, NULL);
	int sys = errno;

	if (child == 0)
		_exit(0);
	if (child > 0)
		waitpid(child, NULL, __WALL);
	if (why)
		bad(r, fix, "%s", why);
	else if (child < 0)
		bad(r, "inside a container: docker run --security-opt seccomp=unconfined",
		    "a user namespace cannot be made: %s", strerror(sys));
}

static void probe_kernel(struct box_probe *r)
{
	struct utsname u;
	unsigned major = 0, minor = 0;

	uname(&u);
	if (sscanf(u.release, "%u.%u", &major, &minor) == 2 &&
	    (major > 5 || (major == 5 && minor >= 12)))
		snprintf(r->why, sizeof(r->why), "Linux %.100s", u.release);
	else
		bad(r, "use Linux 5.12 or later",
		    "Linux %.100s is too old: mount_setattr came with 5.12, overlay in "
		    "user "
		    "namespaces with 5.11",
		    u.release);
}

static void probe_overlay(struct box_probe *r)
{
	struct str s = { 0 };
	struct statfs fs;

	if (fd_read_file(AT_FDCWD, "/proc/filesystems", &s, 1 << 16) == 0 &&
	    !strstr(str_cstr(&s), "\toverlay\n"))
		bad(r, "modprobe overlay",
		    "the kernel has no overlay file system loaded");
	else if (statfs(scratch(), &fs) == 0 && fs.f_type == 0x794c7630)
		bad(r, "point TMPDIR to a volume or a tmpfs",
		    "%.200s is on an overlay, which cannot hold layers", scratch());
	str_finish(&s);
}

static void probe_range(struct box_probe *r)
{
	const char *why = NULL;
	struct ids ids;
	struct err e = { 0 };
	struct str s = { 0 };

	if (geteuid() != 0 && ids_range(&ids, &why))
		bad(r,
		    "apt-get install uidmap; usermod --add-subuids 100000-165535 "
		    "--add-subgids 100000-165535 $USER",
		    "one user id only (chown and su to others fail in the box): %s", why);
	else if (ids_choose(BOX_IDS_AUTO, 0, &ids, &e))
		bad(r, e.hint, "%.250s", e.msg);
	else
		ids_print(&ids, &s);
	if (s.len)
		snprintf(r->why, sizeof(r->why), "%s", str_cstr(&s));
	str_finish(&s);
}

static void probe_mount(struct box_probe *r)
{
	int fd = mnt_clone(AT_FDCWD, "/", 0);

	if (geteuid() != 0)
		return; // shows in the first row
	if (fd < 0)
		bad(r, "run wfx as an ordinary user, or give the container CAP_SYS_ADMIN",
		    "root may not mount here: %s", strerror(errno));
	else
		close(fd);
}

static void probe_proc(struct box_probe *r)
{
	static const char *const hidden[] = { "/proc/kcore", "/proc/timer_list",
		                              "/proc/keys" };
	struct statfs fs;

	// A masked file is another mount, so another file system.
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		if (statfs(hidden[i], &fs) == 0 && fs.f_type != 0x9fa0)
			bad(r,
			    "docker run --security-opt systempaths=unconfined, or podman "
			    "run "
			    "--security-opt unmask=/proc/*",
			    "%s is hidden here, so the kernel allows no new /proc",
			    hidden[i]);
}

static void probe_seccomp(struct box_probe *r)
{
	uint32_t action = SECCOMP_RET_ERRNO;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action))
		bad(r, "use a kernel with CONFIG_SECCOMP_FILTER",
		    "no seccomp filters: %s", strerror(errno));
}

static void probe_landlock(struct box_probe *r)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	                   LANDLOCK_CREATE_RULESET_VERSION);

	if (abi < 6)
		bad(r, "Linux 6.12 or later, with landlock in the lsm= list",
		    "boxes with the host's network can reach its abstract sockets "
		    "(Landlock "
		    "ABI %ld, 6 needed)",
		    abi < 0 ? 0 : abi);
}

// clang-format off
static const struct {
	const char *name;
	int needed;
	probe_fn *probe;
} rows[] = {
	{ "box",             1, probe_box },
	{ "kernel",          1, probe_kernel },
	{ "user namespaces", 1, probe_userns },
	{ "mounts",          1, probe_mount },
	{ "overlay",         1, probe_overlay },
	{ "own /proc",       1, probe_proc },
	{ "seccomp",         1, probe_seccomp },
	{ "range of ids",    0, probe_range },
	{ "landlock scopes", 0, probe_landlock },
};
// clang-format on

size_t box_doctor(struct box_probe *out, size_t max)
{
	size_t n = 0;

	for (; n < ARRAY_LEN(rows) && n < max; n++) {
		out[n] = (struct box_probe){ .name = rows[n].name,
			                     .ok = 1,
			                     .needed = rows[n].needed };
		rows[n].probe(&out[n]);
	}
	return n;
}
