#include "config.h"

#include "store/packin.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/filter.h"
#include "store/tarwrite.h"

enum { LEVEL = 6 };
static const uint64_t MAX_ENTRIES = 20000000, MAX_BYTES = (uint64_t)1 << 40;

void pack_opts_init(struct pack_opts *o)
{
	*o = (struct pack_opts){ .filters = filters_default(FILTER_PACK) };
}

int pack_in_root(int rootfd, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, rootfd, path, &how, sizeof(how));
}

int pack_look(int dir, const char *name, struct statx *st)
{
	return statx(dir, name,
	             AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (*name ? 0 : AT_EMPTY_PATH),
	             STATX_BASIC_STATS | STATX_MNT_ID, st);
}

struct identity pack_identity_of(const struct statx *st)
{
	return (struct identity){
		.ino = st->stx_ino,
		.mount = st->stx_mask & STATX_MNT_ID ? st->stx_mnt_id : 0,
		.major = st->stx_dev_major,
		.minor = st->stx_dev_minor,
	};
}

const char *pack_shown(struct pack *p)
{
	return p->path[0] ? name_short(p->path, p->shown) : "the root of the output";
}

int pack_io_error(struct pack *p, const char *doing, struct err *e)
{
	return err_sys(e, "warpforge-error-ware-pack", "%s %s", doing, pack_shown(p));
}

int pack_check_stop(struct pack *p, struct err *e)
{
	if (p->fault.set) {
		if (e)
			*e = p->fault.err;
		return -1;
	}
	if (p->o->cancel && *p->o->cancel)
		return err_set(e, "wfx-cancelled", "packing was cancelled");
	return 0;
}

void pack_tell(struct pack *p, bool last)
{
	progress_tell(&p->progress, p->bytes, p->out.written, p->tree.n, last);
}

int pack_changed(struct pack *p, struct err *e)
{
	err_set(e, "rio-pack-invalid", "%s changed while it was packed", pack_shown(p));
	return err_hint(e, "something still writes there; end it before packing");
}

static void resolve_list(struct pack *p, const char *const *paths, struct identities *v)
{
	struct statx st;

	for (; paths && *paths; paths++) {
		int fd = pack_in_root(p->rootfd, *paths, O_PATH | O_NOFOLLOW);

		if (fd < 0)
			continue;
		if (pack_look(fd, "", &st) == 0)
			*vec_push(v) = pack_identity_of(&st);
		close(fd);
	}
}

// What stands at the path: 1 = *st tells, 0 = nothing, -1.
static int find_root(struct pack *p, const char *path, struct statx *st, struct err *e)
{
	auto_fd int fd = pack_in_root(p->rootfd, path, O_PATH | O_NOFOLLOW), target = -1;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || pack_look(fd, "", st) < 0)
		return err_sys(e, "warpforge-error-ware-pack", "the output path /%s",
		               path);
	if (!S_ISLNK(st->stx_mode))
		return 1;
	target = pack_in_root(p->rootfd, path, O_PATH);
	if (target < 0 && errno == ENOENT)
		return 0;
	err_set(e, "rio-pack-invalid", "the output path /%s is a symlink", path);
	return err_hint(e, "name the directory that it points to as the output");
}

static int pack_root(struct pack *p, const char *path, const struct statx *st,
                     struct err *e)
{
	struct tree_digests d;
	int rc;

	p->mount = pack_identity_of(st).mount;
	rc = pack_add_node(p, p->rootfd, path, NULL, st, e);
	if (rc == 0)
		rc = pack_walk(p, e);
	if (rc < 0)
		return -1;
	if (!p->tree.root)
		return err_set(e, "rio-pack-invalid",
		               "the output path /%s is to be left out", path);
	packout_zeros(&p->out, 2 * TARWRITE_BLOCK);
	tree_sort(&p->tree);
	tree_digest(&p->tree, NULL, &d);
	memcpy(p->r->hash, d.prefilter, HASH_TEXT);
	memcpy(p->r->seal, d.seal, HASH_TEXT);
	p->r->root_type = (enum node_type)p->tree.root->type;
	p->r->n_entries = p->tree.n;
	return 0;
}

static void pack_finish(struct pack *p)
{
	pack_walk_finish(p);
	vec_finish(&p->prune);
	vec_finish(&p->omit);
	str_finish(&p->header);
	digest_finish(&p->digest);
	tree_finish(&p->tree);
	fault_finish(&p->fault);
	free(p);
}

int pack_tree(int rootfd, const char *path, const struct pack_opts *o, int out_fd,
              struct pack_result *r, struct err *e)
{
	struct pack *p = xcalloc(1, sizeof(*p));
	struct err first = { 0 };
	char clean[PATH_MAX];
	struct statx st;
	size_t len;
	int rc;

	memset(r, 0, sizeof(*r));
	p->o = o;
	p->r = r;
	p->rootfd = rootfd;
	p->filters = filters_resolve(&o->filters);
	p->max_entries = o->max_entries ? o->max_entries : MAX_ENTRIES;
	p->max_bytes = o->max_bytes ? o->max_bytes : MAX_BYTES;
	fault_init(&p->fault);
	progress_init(&p->progress, o->progress, o->progress_arg);
	while (*path == '/')
		path++;
	len = strnlen(path, sizeof(clean));
	while (len && path[len - 1] == '/')
		len--;
	if (len == sizeof(clean)) {
		rc = err_set(e, "rio-pack-invalid", "the output path is too long");
		goto out;
	}
	snprintf(clean, sizeof(clean), "%.*s", (int)(len ? len : 1), len ? path : ".");
	rc = find_root(p, clean, &st, e);
	if (rc <= 0) {
		r->missing = rc == 0;
		strcpy(r->hash, "-");
		strcpy(r->seal, "-");
		goto out;
	}
	resolve_list(p, o->prune, &p->prune);
	resolve_list(p, o->omit, &p->omit);
	packout_start(&p->out, out_fd, o->level ? o->level : LEVEL,
	              thread_count(o->threads), &p->fault);
	rc = pack_root(p, clean, &st, &first);
	if (rc < 0)
		fault_report(&p->fault, &first);
	packout_end(&p->out, &r->blob);
	if (p->fault.set) {
		rc = -1;
		if (e)
			*e = p->fault.err;
	} else {
		pack_tell(p, true);
	}
out:
	pack_finish(p);
	return rc;
}
