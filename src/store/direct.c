// Unpacking for a user: no cache, straight to a path of theirs.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "store/inside.h"
#include "store/lock.h"
#include "store/seal.h"
#include "store/search.h"
#include "store/store.h"
#include "store/unpack.h"

struct placing {
	struct store *s;
	const struct store_place *p;
	struct unpack_result *r;
	int at;     // the directory the ware is prepared in: the target, or its parent
	int inside; // the target is there already
	mode_t mode; // the target's, to be given back when all fails; 0 = it was not changed
	char *name; // of the target in its parent
	uint64_t total;
	const char *addr;
	atomic_bool cancel;
};

static void report(void *arg, const struct codec_progress *c)
{
	struct placing *x = arg;
	struct store_progress sp = {
		.phase = STORE_UNPACK,
		.in_bytes = c->bytes_in,
		.in_total = x->total,
		.out_bytes = c->bytes_out,
		.entries = c->entries,
		.what = x->addr,
	};

	if (x->p->progress && x->p->progress(x->p->arg, &sp))
		atomic_store(&x->cancel, 1);
}

static int fail(const struct placing *x, struct err *e)
{
	return err_sys(e, store_space_code(errno, "warpforge-error-io"),
	               "unpacking to %s", x->p->path);
}

static DIR *list(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

static int is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

// Remove all of the target but `keep`; or with keep NULL only look: 1 = it is empty.
static int empty(const struct placing *x, const char *keep)
{
	DIR *dir = list(x->at, ".");
	struct dirent *d;
	int ret = 0;

	if (!dir)
		return -1;
	while (ret == 0 && (d = readdir(dir))) {
		if (is_dots(d->d_name) || (keep && strcmp(d->d_name, keep) == 0))
			continue;
		ret = keep ? fd_remove_tree(x->at, d->d_name) : -1;
	}
	closedir(dir);
	return keep ? ret : ret == 0;
}

// Move what is in TEMP/tree up into the target, and give it the ware's root's metadata.
static int move_up(const struct placing *x, int tempdir)
{
	DIR *dir;
	struct dirent *d;
	struct stat st;
	int ret = fstatat(tempdir, "tree", &st, AT_SYMLINK_NOFOLLOW);

	if (ret == 0 && (st.st_mode & 0700) != 0700)
		fchmodat(tempdir, "tree", 0700, 0);
	dir = ret < 0 ? NULL : list(tempdir, "tree");
	if (!dir)
		return -1;
	while (ret == 0 && (d = readdir(dir)))
		if (!is_dots(d->d_name))
			ret = store_move(dirfd(dir), d->d_name, x->at, d->d_name);
	closedir(dir);
	if (ret == 0 && unlinkat(tempdir, "tree", AT_REMOVEDIR) < 0)
		ret = -1;
	if (ret == 0 && geteuid() == 0)
		ret = fchown(x->at, st.st_uid, st.st_gid);
	if (ret == 0) {
		struct timespec t[2] = { { 0, UTIME_OMIT }, st.st_mtim };

		ret = fchmod(x->at, st.st_mode & 07777) < 0 ? -1 : futimens(x->at, t);
	}
	return ret;
}

static int unpack(struct placing *x, int blob, int tempdir, struct err *e)
{
	struct unpack_opts o;
	struct stat st;
	int sealed;

	if (fstat(blob, &st) < 0)
		return fail(x, e);
	x->total = (uint64_t)st.st_size;
	unpack_opts_init(&o);
	o.filters = *x->p->filters;
	o.want = x->p->id.hash;
	o.name = "tree";
	o.progress = report;
	o.progress_arg = x;
	o.cancel = &x->cancel;
	if (unpack_tar(blob, &o, tempdir, x->r, e) < 0)
		return -1;
	sealed = seal_check(x->s, &x->p->id, x->r->seal, x->addr, e);
	if (sealed == 0) {
		struct store_seal seal = { .blob = x->r->blob };

		snprintf(seal.tree, sizeof(seal.tree), "%s", x->r->seal);
		return seal_write(x->s, &x->p->id, &seal, x->addr, e);
	}
	return sealed < 0 ? -1 : 0;
}

static int take(void *arg, const char *addr, int blob, struct err *e)
{
	struct placing *x = arg;
	char temp[TEMP_NAME];
	auto_fd int tempdir = temp_dir(x->at, temp);
	int ret;

	if (tempdir < 0)
		return fail(x, e);
	x->addr = addr;
	ret = unpack(x, blob, tempdir, e);
	if (ret == 0 && x->inside && x->r->root_type != NODE_DIR)
		ret = err_set(e, "warpforge-error-invalid-argument",
		              "%s is a folder, and this ware is a single file",
		              x->p->path);
	else if (ret == 0 && x->inside)
		ret = (x->p->force && empty(x, temp) < 0) || move_up(x, tempdir) < 0
		              ? fail(x, e)
		              : 0;
	else if (ret == 0)
		ret = store_move(tempdir, "tree", x->at, x->name) < 0 ? fail(x, e) : 0;
	if (x->inside && ret == 0) {
		// Removing the temporary folder must not touch the time just set.
		struct stat st;

		ret = fstat(x->at, &st);
		fd_remove_tree(x->at, temp);
		if (ret == 0)
			futimens(x->at,
			         (struct timespec[]){ { 0, UTIME_OMIT }, st.st_mtim });
	} else {
		fd_remove_tree(x->at, temp);
	}
	return ret;
}

// A ware unpacked here earlier may have left a folder that its owner may not write into.
static int make_writable(struct placing *x)
{
	struct stat st;

	if (fstat(x->at, &st) == 0 && st.st_uid == geteuid() &&
	    (st.st_mode & 0300) != 0300 &&
	    fchmod(x->at, (st.st_mode & 07777) | 0700) == 0)
		x->mode = st.st_mode;
	return 0;
}

static int open_target(struct placing *x, struct err *e)
{
	auto_free char *path = xstrdup(x->p->path);
	size_t n = strlen(path);
	char *slash;
	struct stat st;

	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	x->inside = lstat(path, &st) == 0;
	if (x->inside) {
		x->at = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (x->at < 0 && errno == ENOTDIR)
			return err_set(e, "warpforge-error-invalid-argument",
			               "%s is there and not a folder", path);
		if (x->at < 0)
			return fail(x, e);
		temp_sweep(x->at);
		if (x->p->force || empty(x, NULL) > 0)
			return make_writable(x);
		err_set(e, "warpforge-error-invalid-argument",
		        "the folder %s is not empty", path);
		return err_hint(e, "--force empties it first");
	}
	slash = strrchr(path, '/');
	x->name = xstrdup(slash ? slash + 1 : path);
	if (slash)
		slash[slash == path] = '\0';
	x->at = open(slash ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (x->at < 0)
		return fail(x, e);
	temp_sweep(x->at);
	return 0;
}

int store_place(struct store *s, const struct store_place *p, struct unpack_result *r,
                struct err *e)
{
	struct placing x = { .s = s, .p = p, .r = r, .at = -1 };
	struct search search = {
		.s = s,
		.id = &p->id,
		.more_addrs = p->addrs,
		.take = take,
		.take_arg = &x,
		.progress = p->progress,
		.arg = p->arg,
	};
	int ret = -1;

	if (store_ware_check(&p->id, e) == 0 && open_target(&x, e) == 0) {
		ret = search_run(&search, e);
		if (ret == 0)
			ret = search_failed(&search, e);
	}
	if (ret < 0 && x.mode)
		fchmod(x.at, x.mode & 07777);
	search_finish(&search);
	free(x.name);
	if (x.at >= 0)
		close(x.at);
	return ret < 0 ? -1 : 0;
}
