#include "sandbox/ids.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
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
#include "base/str.h"

enum {
	RANGE_IDS = 65536,
	SHIFT_BASE = 0x70000000, // far above what accounts and containers are given
	SHIFT_SLOTS = 4096,      // ends at 0x7fffffff: ids stay positive as int
};

static const char newuidmap[] = "/usr/bin/newuidmap", newgidmap[] = "/usr/bin/newgidmap";

// The caller's line in /etc/subuid: NAME-or-number:FIRST:COUNT.
static int find_sub(const char *file, const char *name, uid_t uid, unsigned *first,
                    unsigned *count)
{
	FILE *f = fopen(file, "re");
	char line[512], number[16];
	int found = 0;

	snprintf(number, sizeof(number), "%u", uid);
	while (f && !found && fgets(line, sizeof(line), f)) {
		char *colon = strchr(line, ':');

		if (!colon || sscanf(colon, ":%u:%u", first, count) != 2)
			continue;
		*colon = '\0';
		found = (strcmp(line, name) == 0 || strcmp(line, number) == 0) &&
		        *count >= RANGE_IDS - 1;
	}
	if (f)
		fclose(f);
	return found;
}

static int helper_usable(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == 0 &&
	       !(st.st_mode & 022) && access(path, X_OK) == 0;
}

int ids_range(struct ids *ids, const char **why)
{
	struct passwd *pw = getpwuid(geteuid());
	const char *none = NULL;
	unsigned n_uid = 0, n_gid = 0;

	ids->kind = IDS_RANGE;
	ids->uid = geteuid();
	ids->gid = getegid();
	if (!helper_usable(newuidmap) || !helper_usable(newgidmap))
		none = "newuidmap and newgidmap are not installed";
	else if (!pw)
		none = "this user has no name in the passwd database";
	else if (!find_sub("/etc/subuid", pw->pw_name, ids->uid, &ids->sub_uid, &n_uid))
		none = "/etc/subuid gives this user no 65535 ids";
	else if (!find_sub("/etc/subgid", pw->pw_name, ids->uid, &ids->sub_gid, &n_gid))
		none = "/etc/subgid gives this user no 65535 ids";
	ids->sub_count = RANGE_IDS - 1;
	if (why)
		*why = none;
	return none ? -1 : 0;
}

// The map of the user namespace that we live in ourselves.
struct own_map {
	struct {
		unsigned inside, outside, count;
	} row[64];
	size_t n;
};

static void read_map(const char *file, struct own_map *m)
{
	FILE *f = fopen(file, "re");

	m->n = 0;
	while (f && m->n < ARRAY_LEN(m->row) &&
	       fscanf(f, "%u %u %u", &m->row[m->n].inside, &m->row[m->n].outside,
	              &m->row[m->n].count) == 3)
		m->n++;
	if (f)
		fclose(f);
}

static int has_range(const struct own_map *m, unsigned first, unsigned n)
{
	for (size_t i = 0; i < m->n; i++)
		if (first >= m->row[i].inside && n <= m->row[i].count &&
		    first - m->row[i].inside <= m->row[i].count - n)
			return 1;
	return 0;
}

// Uid 0 of this namespace is uid 0 of the host (as far as can be seen).
static int root_is_real(const struct own_map *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->row[i].inside == 0)
			return m->row[i].outside == 0;
	return 1;
}

static int choose_root(enum box_ids want, unsigned salt, struct ids *ids, struct err *e)
{
	unsigned base = SHIFT_BASE + salt % SHIFT_SLOTS * RANGE_IDS;
	static struct own_map uids, gids; // never change for a process that has them

	if (!uids.n) {
		read_map("/proc/self/uid_map", &uids);
		read_map("/proc/self/gid_map", &gids);
	}
	if (has_range(&uids, base, RANGE_IDS) && has_range(&gids, base, RANGE_IDS)) {
		ids->kind = IDS_SHIFT;
		ids->uid = ids->gid = base;
		ids->sub_count = want == BOX_IDS_ONE ? 1 : RANGE_IDS;
		return 0;
	}
	if (root_is_real(&uids)) {
		err_set(e, "wfx-sandbox",
		        "no unused range of user ids for the box of root");
		return err_hint(e, "run wfx as an ordinary user");
	}
	// Root of a container that is itself unprivileged: an ordinary user in disguise.
	if (want == BOX_IDS_RANGE)
		return err_set(e, "wfx-sandbox",
		               "no range of ids in this user namespace");
	ids->kind = IDS_ONE;
	ids->uid = geteuid();
	ids->gid = getegid();
	return 0;
}

int ids_choose(enum box_ids want, unsigned salt, struct ids *ids, struct err *e)
{
	const char *why = NULL;

	memset(ids, 0, sizeof(*ids));
	if (geteuid() == 0)
		return choose_root(want, salt, ids, e);
	if (want != BOX_IDS_ONE && ids_range(ids, &why) == 0)
		return 0;
	if (want == BOX_IDS_RANGE) {
		err_set(e, "wfx-sandbox", "no range of user ids for the box: %s", why);
		return err_hint(e, "install uidmap and add a line NAME:100000:65536 to "
		                   "/etc/subuid and /etc/subgid");
	}
	ids->kind = IDS_ONE;
	ids->uid = geteuid();
	ids->gid = getegid();
	ids->sub_count = 0;
	return 0;
}

static int write_proc(pid_t pid, const char *name, const char *text)
{
	char path[64];
	auto_fd int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -1 : fd_write_all(fd, text, strlen(text));
}

static int write_map(pid_t pid, const char *name, unsigned outside, unsigned n,
                     struct err *e)
{
	char text[64];

	snprintf(text, sizeof(text), "0 %u %u\n", outside, n);
	if (write_proc(pid, name, text))
		return err_sys(e, "wfx-sandbox", "writing the %s of the box", name);
	return 0;
}

static pid_t spawn_helper(const char *helper, pid_t pid, unsigned own, unsigned first,
                          unsigned count)
{
	char text[6][16];
	char *argv[] = { (char *)helper, text[0], (char *)"0", text[1], (char *)"1",
		         (char *)"1",    text[2], text[3],     NULL };
	char *env[] = { NULL };
	posix_spawn_file_actions_t fa;
	pid_t child = -1;

	snprintf(text[0], sizeof(text[0]), "%d", pid);
	snprintf(text[1], sizeof(text[1]), "%u", own);
	snprintf(text[2], sizeof(text[2]), "%u", first);
	snprintf(text[3], sizeof(text[3]), "%u", count);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	errno = posix_spawn(&child, helper, &fa, NULL, argv, env);
	posix_spawn_file_actions_destroy(&fa);
	return errno ? -1 : child;
}

static int helper_ok(pid_t child)
{
	int status = -1;

	if (child < 0)
		return 0;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Both helpers at once: each takes about 2 ms.
static int write_range(const struct ids *ids, pid_t pid, struct err *e)
{
	pid_t u = spawn_helper(newuidmap, pid, ids->uid, ids->sub_uid, ids->sub_count);
	pid_t g = spawn_helper(newgidmap, pid, ids->gid, ids->sub_gid, ids->sub_count);
	int u_ok = helper_ok(u), g_ok = helper_ok(g);

	if (u_ok && g_ok)
		return 0;
	err_set(e, "wfx-sandbox", "%s refused the range of /etc/%s",
	        u_ok ? "newgidmap" : "newuidmap", u_ok ? "subgid" : "subuid");
	return err_hint(e,
	                "check that newuidmap is set-uid root and that /etc/subuid and "
	                "/etc/subgid name this user");
}

int ids_write(const struct ids *ids, pid_t pid, struct err *e)
{
	if (ids->kind == IDS_RANGE)
		return write_range(ids, pid, e);
	if (ids->kind == IDS_ONE && write_proc(pid, "setgroups", "deny") &&
	    errno != ENOENT)
		return err_sys(e, "wfx-sandbox", "denying setgroups in the box");
	if (write_map(pid, "uid_map", ids->uid, ids->kind == IDS_ONE ? 1 : ids->sub_count,
	              e))
		return -1;
	return write_map(pid, "gid_map", ids->gid,
	                 ids->kind == IDS_ONE ? 1 : ids->sub_count, e);
}

void ids_print(const struct ids *ids, struct str *out)
{
	switch (ids->kind) {
	case IDS_ONE:
		str_addf(out, "0 -> %u", ids->uid);
		break;
	case IDS_RANGE:
		str_addf(out, "0 -> %u, 1-%u -> %u", ids->uid, ids->sub_count,
		         ids->sub_uid);
		break;
	case IDS_SHIFT:
		str_addf(out, "0-%u -> %u", ids->sub_count - 1, ids->uid);
		break;
	}
}
