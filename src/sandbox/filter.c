#include "sandbox/filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

int filter_load(enum filter_id id)
{
	const struct filter_program *f = &filter_programs[id];
	struct sock_fprog prog = { f->len, (struct sock_filter *)f->code };

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}
