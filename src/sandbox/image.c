#include "sandbox/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

// The last copy: one program is run in every box of a session.
static struct {
	struct stat of;
	int fd;
} kept = { .fd = -1 };

static int same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static int memory_file(void)
{
	// MFD_EXEC is known since Linux 6.3 only, and may be demanded from then on.
	int fd = memfd_create("stepsh", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

	return fd < 0 && errno == EINVAL
	               ? memfd_create("stepsh", MFD_CLOEXEC | MFD_ALLOW_SEALING)
	               : fd;
}

static int copy_all(int from, int to, off_t size)
{
	off_t off = 0;

	while (off < size) {
		ssize_t n = sendfile(to, from, &off, (size_t)(size - off));

		if (n == 0)
			errno = EIO;
		if (n <= 0 && errno != EINTR)
			return -1;
	}
	return 0;
}

// Executing wants no writer, so the copy is opened anew for reading.
static int reopen(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int image_seal(int fd, struct err *e)
{
	auto_fd int memory = -1;
	struct stat st;

	if (fstat(fd, &st))
		return err_sys(e, "wfx-sandbox", "reading the step shell's program");
	if (kept.fd >= 0 && same(&st, &kept.of))
		return fcntl(kept.fd, F_DUPFD_CLOEXEC, 3);
	memory = memory_file();
	if (memory < 0 || copy_all(fd, memory, st.st_size) || fchmod(memory, 0555) ||
	    fcntl(memory, F_ADD_SEALS,
	          F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE))
		return err_sys(e, "wfx-sandbox", "copying the step shell's program");
	if (kept.fd >= 0)
		close(kept.fd);
	kept.fd = reopen(memory);
	kept.of = st;
	if (kept.fd < 0)
		return err_sys(e, "wfx-sandbox", "opening the copy of the step shell");
	return fcntl(kept.fd, F_DUPFD_CLOEXEC, 3);
}
