#include "config.h"

#include "store/confine.h"

#include <errno.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/digest.h"

// linux/landlock.h of older kernels lacks the later rights: each with the version that
// brought it.
enum {
	FS_V1 = 0x1ff2,        // write, remove and make of every kind
	FS_REFER = 1 << 13,    // 2
	FS_TRUNCATE = 1 << 14, // 3
	NET_TCP = 3,           // 4: bind, connect
	SCOPES = 3,            // 6: abstract unix sockets, signals
};

struct ruleset {
	uint64_t fs, net, scoped;
};

static int add_dir(int rules, int dirfd, uint64_t fs)
{
	struct landlock_path_beneath_attr a = { .allowed_access = fs,
		                                .parent_fd = dirfd };

	return (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &a,
	                    0);
}

int worker_confine(const int *dirfds, size_t n, unsigned flags, struct err *e)
{
	struct ruleset r = { .fs = FS_V1 };
	auto_fd int rules = -1;
	size_t size = sizeof(r.fs);
	int version;

	digest_prepare();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(e, "warpforge-error-syscall",
		               "confining a worker: no_new_privs");
	if (setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }) < 0)
		return err_sys(e, "warpforge-error-syscall",
		               "confining a worker: core limit");
	version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
	                       LANDLOCK_CREATE_RULESET_VERSION);
	if (version <= 0)
		return 0; // not built in, or off
	if (version >= 2)
		r.fs |= FS_REFER;
	if (version >= 3)
		r.fs |= FS_TRUNCATE;
	if (version >= 4) {
		r.net = flags & CONFINE_NETWORK ? 0 : NET_TCP;
		size = sizeof(r.fs) + sizeof(r.net);
	}
	if (version >= 6) {
		r.scoped = SCOPES;
		size = sizeof(r);
	}
	rules = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
	if (rules < 0)
		return err_sys(e, "warpforge-error-syscall",
		               "confining a worker: Landlock");
	for (size_t i = 0; i < n; i++)
		if (add_dir(rules, dirfds[i], r.fs) < 0)
			return err_sys(e, "warpforge-error-syscall",
			               "confining a worker: Landlock rule");
	if (syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		return err_sys(e, "warpforge-error-syscall",
		               "confining a worker: Landlock");
	return version;
}
