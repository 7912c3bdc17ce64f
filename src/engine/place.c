#include "config.h"

#include "engine/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/host.h"
#include "base/mem.h"
#include "sandbox/box.h"

enum { OVERLAY_MAGIC = 0x794c7630 };

// Can a folder below dir be the upper folder of an overlay? NULL, or why not.
static const char *unfit(const char *dir)
{
	struct statfs fs;
	const char *why = NULL;
	int fd;

	if (statfs(dir, &fs) < 0)
		return "it cannot be looked at";
	if (fs.f_type == OVERLAY_MAGIC)
		return "it lies on an overlay itself";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) {
		if (errno != EOPNOTSUPP && errno != EISDIR)
			return strerror(errno);
		return NULL; // cannot tell: the box will
	}
	if (fsetxattr(fd, "user.wfx", "1", 1, 0) < 0)
		why = "its file system keeps no user attributes";
	close(fd);
	return why;
}

// A folder of our own that nobody else can put anything in.
static const char *make_private(const char *dir)
{
	struct stat st;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return strerror(errno);
	if (lstat(dir, &st) < 0)
		return strerror(errno);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 077)
		return "somebody else made it";
	return unfit(dir);
}

static char *absolute(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : xstrdup(path);
}

char *place_runs(struct host *h, const char *inside, struct err *e)
{
	const char *given = h->env(h, "WARPFORGE_RUNPATH"), *tmp = h->env(h, "TMPDIR"),
		   *why;
	auto_free char *dir = NULL;

	if (given && *given) {
		if (fd_mkdir_p(given, 0700, e) < 0) {
			err_wrap(e, "WARPFORGE_RUNPATH");
			return NULL;
		}
		if ((why = unfit(given))) {
			err_set(e, "wfx-config",
			        "WARPFORGE_RUNPATH: runs cannot lie in %s: %s", given,
			        why);
			return NULL;
		}
		dir = absolute(given);
	} else {
		auto_free char *base = absolute(tmp && *tmp ? tmp : "/tmp");

		dir = xasprintf("%s/wfx-%u", base, (unsigned)geteuid());
		if (make_private(dir)) {
			free(dir);
			dir = xasprintf("%s/.wfx/run", inside);
			if (fd_mkdir_p(dir, 0700, e) < 0)
				return NULL;
			if ((why = unfit(dir))) {
				err_set(e, "wfx-config",
				        "runs can lie neither in %s nor in %s: %s", base,
				        dir, why);
				err_hint(e, "name a folder on a local disk: "
				            "WARPFORGE_RUNPATH=DIR");
				return NULL;
			}
		}
	}
	if (box_sweep(dir, e) < 0)
		return NULL;
	return take_ptr(dir);
}

int place_stepsh(struct host *h, struct err *e)
{
	const char *given = h->env(h, "WFX_STEPSH");
	char self[PATH_MAX], *slash;
	ssize_t n;
	int fd;

	if (given && *given) {
		fd = open(given, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			err_sys(e, "wfx-config", "WFX_STEPSH: %s", given);
		return fd;
	}
	n = readlink("/proc/self/exe", self, sizeof(self) - sizeof("/stepsh"));
	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash) {
		memcpy(slash, "/stepsh", sizeof("/stepsh"));
		fd = open(self, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			return fd;
	}
	fd = open(PKGLIBEXECDIR "/stepsh", O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		err_sys(e, "wfx-config", "the step shell: neither %s nor %s", self,
		        PKGLIBEXECDIR "/stepsh");
		err_hint(e, "install wfx whole, or name the program: WFX_STEPSH=FILE");
	}
	return fd;
}
