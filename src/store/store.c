// Opening a store, and the small things all its modules use.
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/base58.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "store/confine.h"
#include "store/inside.h"
#include "store/lock.h"

const char *store_ware_path(const char *hash, char out[WARE_PATH])
{
	snprintf(out, WARE_PATH, "%.3s/%.3s/%s", hash, hash + 3, hash);
	return out;
}

// A SHA-384 in base58; the shortest that still makes a path is upstream's limit.
int store_is_hash(const char *text)
{
	size_t n = strlen(text);

	return n >= 7 && n < HASH_TEXT && base58_valid(text, n);
}

const char *store_space_code(int sys, const char *otherwise)
{
	return sys == ENOSPC || sys == EDQUOT || sys == EFBIG ? "wfx-no-space"
	                                                      : otherwise;
}

int store_open_beneath(int dirfd, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};

	return (int)syscall(SYS_openat2, dirfd, *path ? path : ".", &how, sizeof(how));
}

int store_make_dirs(int dirfd, const char *rel, mode_t mode)
{
	auto_fd int at = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_free char *copy = xstrdup(rel);
	char *rest = copy, *part;

	while (at >= 0 && (part = strsep(&rest, "/"))) {
		int next;

		if (!*part)
			continue;
		if (mkdirat(at, part, mode) == 0) {
			if (fsync(at) < 0)
				return -1;
		} else if (errno != EEXIST) {
			return -1;
		}
		next = openat(at, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = next;
	}
	return take_fd(at);
}

// rename(2) of a directory into another parent writes its "..", so it must be writable
// for an ordinary user; a ware's root may not be.
int store_move(int from, const char *name, int to, const char *new_name)
{
	struct stat st;
	int ret;

	if (renameat(from, name, to, new_name) == 0)
		return 0;
	if (errno != EACCES || fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISDIR(st.st_mode))
		return -1;
	if (fchmodat(from, name, 0700, 0) < 0)
		return -1;
	ret = renameat(from, name, to, new_name);
	if (ret == 0)
		ret = fchmodat(to, new_name, st.st_mode & 07777, 0);
	return ret;
}

static int each_below(int dirfd, const char *path, int depth, name_fn *fn, void *arg)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (ret == 0 && (d = readdir(dir)))
		if (d->d_name[0] != '.')
			ret = depth < 2 ? each_below(fd, d->d_name, depth + 1, fn, arg)
			                : fn(arg, fd, d->d_name);
	closedir(dir);
	return ret;
}

int store_each_name(int dirfd, const char *path, name_fn *fn, void *arg)
{
	return each_below(dirfd, path, 0, fn, arg);
}

int store_put_file(struct store *s, const char *dir, const char *name, const char *p,
                   size_t n, mode_t mode, struct err *e)
{
	char temp[TEMP_NAME] = "";
	auto_fd int fd = -1, to = store_make_dirs(s->root_fd, dir, 0755);

	if (to < 0)
		goto fail;
	fd = temp_file(s->tmp_fd, temp, mode);
	if (fd < 0 || fd_write_all(fd, p, n) < 0 || fsync(fd) < 0)
		goto fail;
	if (renameat(s->tmp_fd, temp, to, name) < 0)
		goto fail;
	temp[0] = '\0';
	if (fsync(to) < 0)
		goto fail;
	return 0;
fail:
	err_sys(e, store_space_code(errno, "warpforge-error-io"), "writing %s/%s/%s",
	        s->root, dir, name);
	if (temp[0])
		unlinkat(s->tmp_fd, temp, 0);
	return -1;
}

const char *store_phase_name(enum store_phase phase)
{
	static const char *const names[STORE_PHASE_COUNT] = {
		[STORE_WAIT] = "wait",     [STORE_FETCH] = "fetch",
		[STORE_UNPACK] = "unpack", [STORE_PACK] = "pack",
		[STORE_VERIFY] = "verify", [STORE_COMMIT] = "commit",
		[STORE_NOTICE] = "notice",
	};

	return (unsigned)phase < STORE_PHASE_COUNT ? names[phase] : "?";
}

int store_tell(store_progress_fn *fn, void *arg, enum store_phase phase, const char *what,
               struct err *e)
{
	struct store_progress p = { .phase = phase, .what = what };

	if (fn && fn(arg, &p))
		return err_set(e, "wfx-cancelled", "cancelled");
	return 0;
}

void store_notice(store_progress_fn *fn, void *arg, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	store_tell(fn, arg, STORE_NOTICE, text, NULL);
}

int store_ware_check(const struct wareid *id, struct err *e)
{
	if (strcmp(id->packtype, "tar") != 0) {
		err_set(e, "warpforge-error-ware-unpack",
		        "%s:%s: wares of the packtype \"%s\" are not supported yet",
		        id->packtype, id->hash, id->packtype);
		return err_hint(e, "this version knows tar");
	}
	if (strcmp(id->hash, "-") == 0) {
		err_set(e, "warpforge-error-ware-unpack", "tar:-: output was empty");
		return err_hint(e, "the step that should have made this ware left "
		                   "nothing at the path "
		                   "of its output");
	}
	if (!store_is_hash(id->hash))
		return err_set(e, "warpforge-error-wareid-invalid",
		               "%s:%s: not a hash (base58 of a SHA-384)", id->packtype,
		               id->hash);
	return 0;
}

// A path as it is seen from any working directory later.
static char *absolute(const char *path)
{
	auto_free char *cwd = NULL;
	char *real = realpath(path, NULL);

	if (real)
		return real;
	if (path[0] == '/')
		return xstrdup(path);
	cwd = getcwd(NULL, 0);
	return xasprintf("%s/%s", cwd ? cwd : "", path);
}

static void add_warehouse(struct store *s, char *path)
{
	for (size_t i = 0; i < s->n_warehouses; i++)
		if (strcmp(s->warehouses[i], path) == 0) {
			free(path);
			return;
		}
	s->warehouses[s->n_warehouses++] = path;
}

static void set_warehouses(struct store *s, const struct store_config *c)
{
	const struct workspaces *w = c->workspaces;

	s->warehouses = xcalloc(w->n, sizeof(*s->warehouses));
	s->warehouse = c->warehouse && *c->warehouse ? absolute(c->warehouse)
	                                             : xasprintf("%s/warehouse", s->root);
	for (size_t i = 0; i + 1 < w->n; i++)
		add_warehouse(s, xasprintf("%s/warehouse", w->items[i].inside));
	add_warehouse(s, xstrdup(s->warehouse));
}

static int cannot_make(struct store *s, const char *dir, struct err *e)
{
	int denied = errno == EACCES || errno == EPERM || errno == EROFS;

	err_sys(e, store_space_code(errno, "warpforge-error-workspace"), "making %s/%s",
	        s->root, dir);
	if (denied)
		err_hint(e,
		         "a root workspace must be writable: make one of your own (mkdir "
		         ".warpforge && touch .warpforge/root), or set HOME");
	return -1;
}

// The folders of ours, and the shared lock; then nobody empties the store under us.
static int settle(struct store *s, struct err *e)
{
	static const char *const dirs[] = { ".wfx/locks", ".wfx/quarantine", ".wfx/seal",
		                            ".wfx/index", ".wfx/alias" };

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		auto_fd int fd = store_make_dirs(s->root_fd, dirs[i], 0700);

		if (fd < 0)
			return cannot_make(s, dirs[i], e);
	}
	s->tmp_fd = store_make_dirs(s->root_fd, ".wfx/tmp", 0700);
	if (s->tmp_fd < 0)
		return cannot_make(s, ".wfx/tmp", e);
	s->lock_fd = lock_take(s, "store", LOCK_SH, NULL, NULL, e);
	return s->lock_fd < 0 ? -1 : 0;
}

void store_sweep(struct store *s)
{
	auto_fd int fd = open(s->warehouse, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	temp_sweep(s->tmp_fd);
	if (fd >= 0)
		temp_sweep(fd);
}

struct store *store_open(const struct store_config *c, struct err *e)
{
	const struct workspaces *w = c->workspaces;
	struct store *s = xcalloc(1, sizeof(*s));

	s->root_fd = s->tmp_fd = s->lock_fd = -1;
	s->trust_hits = c->trust_hits;
	s->root = xstrdup(w->items[w->n - 1].inside);
	set_warehouses(s, c);
	if (fd_mkdir_p(s->root, 0755, e) < 0) {
		err_wrap(e, "opening the workspace %s", s->root);
		goto fail;
	}
	s->root_fd = open(s->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->root_fd < 0) {
		err_sys(e, "warpforge-error-workspace", "opening the workspace %s",
		        s->root);
		goto fail;
	}
	if (settle(s, e) < 0)
		goto fail;
	store_sweep(s);
	return s;
fail:
	store_close(s);
	return NULL;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_warehouses; i++)
		free(s->warehouses[i]);
	free(s->warehouses);
	free(s->warehouse);
	free(s->root);
	if (s->tmp_fd >= 0)
		close(s->tmp_fd);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	if (s->root_fd >= 0)
		close(s->root_fd);
	free(s);
}

int store_confine(struct store *s, const int *dirs, size_t n, struct err *e)
{
	auto_free int *fds = xcalloc(n + 2, sizeof(*fds));
	auto_fd int warehouse = -1;
	size_t k = 0;

	signal(SIGXFSZ, SIG_IGN); // a limit on file sizes is an error like a full disk
	fds[k++] = s->root_fd;
	fd_mkdir_p(s->warehouse, 0755, NULL); // who cannot write there is told so later
	warehouse = open(s->warehouse, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (warehouse >= 0)
		fds[k++] = warehouse;
	for (size_t i = 0; i < n; i++)
		fds[k++] = dirs[i];
	return worker_confine(fds, k, 0, e) < 0 ? -1 : 0;
}

const char *store_root(const struct store *s)
{
	return s->root;
}

const char *store_warehouse(const struct store *s)
{
	return s->warehouse;
}
