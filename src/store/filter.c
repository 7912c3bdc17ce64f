#include "config.h"

#include "store/filter.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "store/treehash.h"

struct filters filters_resolve(const struct filters *f)
{
	struct filters r = *f;

	if (r.uid.mode == FILTER_MINE)
		r.uid = (struct filter){ FILTER_SET, getuid() };
	if (r.gid.mode == FILTER_MINE)
		r.gid = (struct filter){ FILTER_SET, getgid() };
	return r;
}

bool filter_apply(const struct filters *f, const struct node *n, struct meta *m)
{
	*m = (struct meta){ n->uid, n->gid, n->mode, n->mtime_s, n->mtime_ns };
	if (!f)
		return false;
	if (f->uid.mode == FILTER_SET)
		m->uid = (uint32_t)f->uid.value;
	if (f->gid.mode == FILTER_SET)
		m->gid = (uint32_t)f->gid.value;
	if (f->mtime.mode == FILTER_SET) {
		m->mtime_s = f->mtime.value;
		m->mtime_ns = 0;
	}
	if (f->sticky.mode == FILTER_IGNORE)
		m->mode &= ~(unsigned)S_ISVTX;
	if (f->setid.mode == FILTER_IGNORE)
		m->mode &= ~(unsigned)(S_ISUID | S_ISGID);
	return m->uid != n->uid || m->gid != n->gid || m->mode != n->mode ||
	       m->mtime_s != n->mtime_s || m->mtime_ns != n->mtime_ns;
}

int filter_check(const struct filters *f, const struct node *n, const char *code,
                 struct err *e)
{
	char path[4096], buf[NAME_SHORT];

	if (f->setid.mode == FILTER_REJECT && n->mode & (S_ISUID | S_ISGID)) {
		node_path(n, path, sizeof(path));
		return err_set(
			e, code,
			"%s has %s bit (mode %04o), and the filter setid is reject", path,
			n->mode & S_ISUID ? "a set-uid" : "a set-gid", n->mode);
	}
	if ((f->dev.mode == FILTER_REJECT || f->dev.mode == FILTER_IGNORE) &&
	    (n->type == NODE_BLOCK || n->type == NODE_CHAR)) {
		node_path(n, path, sizeof(path));
		return err_set(e, code,
		               "%s is a device node, and the filter dev is reject",
		               name_short(path, buf));
	}
	return 0;
}
