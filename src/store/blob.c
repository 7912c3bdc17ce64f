// Blobs on their way into a warehouse.
#include "config.h"

#include <errno.h>
#include <fcntl.h>
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
#include "store/store.h"

static int fail(struct store *s, struct err *e)
{
	return err_sys(e, store_space_code(errno, "rio-warehouse-unwritable"),
	               "writing to the warehouse %s", s->warehouse);
}

static int open_warehouse(struct store *s)
{
	return open(s->warehouse, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int store_blob_open(struct store *s, struct store_blob *b, struct err *e)
{
	auto_fd int dir = -1;

	b->fd = -1;
	b->temp[0] = '\0';
	if (fd_mkdir_p(s->warehouse, 0755, e) < 0) {
		if (e && strcmp(e->code, "wfx-no-space") != 0)
			e->code = "rio-warehouse-unwritable";
		return -1;
	}
	dir = open_warehouse(s);
	if (dir < 0)
		return fail(s, e);
	b->fd = temp_file(dir, b->temp, 0444);
	return b->fd < 0 ? fail(s, e) : 0;
}

void store_blob_discard(struct store *s, struct store_blob *b)
{
	if (b->temp[0]) {
		auto_fd int dir = open_warehouse(s);

		if (dir >= 0)
			unlinkat(dir, b->temp, 0);
		b->temp[0] = '\0';
	}
	if (b->fd >= 0)
		close(take_fd(b->fd));
}

// Are both files byte for byte the same? -1 with errno.
static int same_bytes(int a, int b)
{
	enum { CHUNK = 128 * 1024 };
	auto_free char *buf = xmalloc((size_t)2 * CHUNK);
	struct stat sa, sb;
	off_t at = 0;

	if (fstat(a, &sa) < 0 || fstat(b, &sb) < 0)
		return -1;
	if (sa.st_size != sb.st_size)
		return 0;
	while (at < sa.st_size) {
		ssize_t na = pread(a, buf, CHUNK, at), nb;

		if (na <= 0)
			return na == 0 ? 0 : -1;
		nb = pread(b, buf + CHUNK, (size_t)na, at);
		if (nb != na || memcmp(buf, buf + CHUNK, (size_t)na) != 0)
			return nb < 0 ? -1 : 0;
		at += na;
	}
	return 1;
}

// Move the blob to its name. Where another has it: equal bytes are left in place; other
// bytes (another packing of the same ware, or damage) give way to ours, which are known
// to be right. 1 = ours is there now, 0 = the older was kept, -1 with errno.
static int place(const struct store_blob *b, int from, int to, const char *name)
{
	auto_fd int old = -1;
	struct stat st;
	int same = 0;

	if (renameat2(from, b->temp, to, name, RENAME_NOREPLACE) == 0)
		return 1;
	if (errno != EEXIST && errno != EINVAL && errno != ENOSYS)
		return -1;
	old = openat(to, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (old >= 0 && fstat(old, &st) == 0 && S_ISREG(st.st_mode))
		same = same_bytes(b->fd, old) == 1;
	if (same)
		return 0;
	return renameat(from, b->temp, to, name) < 0 ? -1 : 1;
}

static int sync_place(struct store *s, struct store_blob *b, const char *hash,
                      struct err *e)
{
	auto_fd int from = open_warehouse(s), to = -1;
	char path[WARE_PATH], *slash;
	int placed;

	store_ware_path(hash, path);
	slash = strrchr(path, '/');
	*slash = '\0';
	if (from < 0 || fsync(b->fd) < 0)
		return fail(s, e);
	to = store_make_dirs(from, path, 0755);
	if (to < 0)
		return fail(s, e);
	placed = place(b, from, to, slash + 1);
	if (placed < 0)
		return fail(s, e);
	if (placed)
		b->temp[0] = '\0';
	return fsync(to) < 0 ? fail(s, e) : 0;
}

int store_blob_commit(struct store *s, struct store_blob *b, const struct wareid *id,
                      const struct store_seal *seal, struct err *e)
{
	int sealed, ret = -1;

	if (store_ware_check(id, e) < 0)
		goto out;
	sealed = seal_check(s, id, seal->tree, "this build", e);
	if (sealed < 0)
		goto out;
	if (sync_place(s, b, id->hash, e) < 0)
		goto out;
	ret = sealed ? 0 : seal_write(s, id, seal, s->warehouse, e);
out:
	store_blob_discard(s, b);
	return ret;
}
