#include "config.h"

#include "store/treesync.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/index.h"
#include "store/inside.h"

// 1 = all are on disk, 0 = one cannot be opened, -1 = one cannot be synced: that is not to
// be tried again, the kernel reports a failed write only once.
static int sync_each(int dirfd, const char *name, struct index_reader *x)
{
	auto_fd int root = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct index_entry t;
	int got = 0;

	while (root >= 0 && (got = index_next(x, &t, NULL)) > 0) {
		auto_fd int fd = -1;

		if (t.type != NODE_FILE && t.type != NODE_DIR)
			continue;
		if (t.path_len &&
		    (fd = store_open_beneath(root, t.path, O_RDONLY | O_NONBLOCK)) < 0)
			return 0;
		if (fsync(t.path_len ? fd : root) < 0)
			return -1;
	}
	return root >= 0 && got == 0;
}

int tree_sync(int dirfd, const char *name, int index_fd)
{
	enum { FEW = 64 }; // about where one syncfs() becomes cheaper
	struct index_reader *x = index_open(index_fd, NULL);
	struct index_entry t;
	unsigned n = 0;
	int done = 0;

	while (x && n <= FEW && index_next(x, &t, NULL) > 0)
		n += t.type == NODE_FILE || t.type == NODE_DIR;
	if (x && n <= FEW) {
		index_rewind(x);
		done = sync_each(dirfd, name, x);
	}
	index_close(x);
	if (done < 0)
		return -1;
	if (!done)
		return syncfs(dirfd);
	return fsync(index_fd) < 0 ? -1 : fsync(dirfd);
}
