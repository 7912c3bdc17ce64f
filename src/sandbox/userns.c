#include "sandbox/userns.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "sandbox/ids.h"
#include "sandbox/ns.h"

static long read_number(const char *path)
{
	FILE *f = fopen(path, "re");
	long v = -1;

	if (f && fscanf(f, "%ld", &v) != 1)
		v = -1;
	if (f)
		fclose(f);
	return v;
}

// Each switch that turns user namespaces off, the value that does, and the way back.
static const struct {
	const char *path;
	long off;
	int root_too;
	const char *why, *fix;
} switches[] = {
	{ "/proc/sys/user/max_user_namespaces", 0, 1,
	  "user namespaces are turned off (user.max_user_namespaces=0)",
	  "sysctl -w user.max_user_namespaces=10000" },
	{ "/proc/sys/kernel/unprivileged_userns_clone", 0, 0,
	  "unprivileged user namespaces are turned off "
	  "(kernel.unprivileged_userns_clone=0)",
	  "sysctl -w kernel.unprivileged_userns_clone=1" },
	{ "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 1, 0,
	  "AppArmor restricts unprivileged user namespaces (Ubuntu 23.10 and later)",
	  "install an AppArmor profile for wfx in /etc/apparmor.d/wfx: "
	  "abi <abi/4.0>, include <tunables/global> profile wfx /usr/{,local/}bin/wfx "
	  "flags=(unconfined) { userns, } and load it with apparmor_parser -r; or sysctl "
	  "-w "
	  "kernel.apparmor_restrict_unprivileged_userns=0" },
};

const char *userns_forbidden(const char **fix)
{
	for (size_t i = 0; i < ARRAY_LEN(switches); i++)
		if ((switches[i].root_too || geteuid() != 0) &&
		    read_number(switches[i].path) == switches[i].off) {
			*fix = switches[i].fix;
			return switches[i].why;
		}
	return NULL;
}

static int filtered(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	int mode = 0;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Seccomp: %d", &mode) == 1)
			break;
	if (f)
		fclose(f);
	return mode == 2;
}

void userns_explain(struct err *e)
{
	const char *fix, *why = userns_forbidden(&fix);

	if (!e || e->hint[0])
		return;
	if (why) {
		err_wrap(e, "%s", why);
		err_hint(e, "%s", fix);
	} else if (filtered()) {
		err_hint(e, "wfx runs under a seccomp filter, as in a container; docker "
		            "needs "
		            "--security-opt seccomp=unconfined or a profile that allows "
		            "clone, unshare, mount and pivot_root");
	}
}

int userns_enter(int userns, struct err *e)
{
	if (setns(userns, CLONE_NEWUSER))
		return err_sys(e, "wfx-sandbox",
		               "entering the user namespace of the box");
	if (setresgid(0, 0, 0) || setresuid(0, 0, 0))
		return err_sys(e, "wfx-sandbox", "becoming root of the box");
	return 0;
}

static void remove_layers(const char *run_dir)
{
	DIR *d = opendir(run_dir);
	struct dirent *de;

	if (!d)
		return;
	while ((de = readdir(d)))
		if (strchr("lw", de->d_name[0]) && isdigit((unsigned char)de->d_name[1]))
			fd_remove_tree(dirfd(d), de->d_name);
	closedir(d);
}

void userns_remove_layers(const char *run_dir, int userns)
{
	pid_t child;

	if (userns < 0) {
		remove_layers(run_dir);
		return;
	}
	child = fork();
	if (child == 0) {
		if (userns_enter(userns, NULL) == 0)
			remove_layers(run_dir);
		_exit(0);
	}
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

void userns_remove_with_range(const char *dir)
{
	struct ids ids = { 0 };
	int go[2];
	pid_t child;
	char c;

	if (geteuid() == 0 || ids_range(&ids, NULL) || pipe2(go, O_CLOEXEC))
		return;
	child = ns_clone(CLONE_NEWUSER, 0, NULL);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(go[1]);
		if (read(go[0], &c, 1) == 1 && setresgid(0, 0, 0) == 0 &&
		    setresuid(0, 0, 0) == 0)
			remove_layers(dir);
		_exit(0);
	}
	close(go[0]);
	if (child > 0 && ids_write(&ids, child, NULL) == 0 && write(go[1], "", 1) != 1)
		kill(child, SIGKILL);
	close(go[1]);
	while (child > 0 && waitpid(child, NULL, __WALL) < 0 && errno == EINTR)
		;
}
