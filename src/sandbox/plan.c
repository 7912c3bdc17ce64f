#include "sandbox/plan.h"

#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/sysmacros.h>

#include "base/err.h"
#include "base/str.h"
#include "base/utf8.h"
#include "sandbox/box.h"
#include "sandbox/filter.h"
#include "sandbox/tables.h"

// clang-format off
const struct op_info op_infos[OP_KIND_COUNT] = {
	[OP_STORE]        = { "store",       PHASE_WARDEN, SHOW_NOTHING },
	[OP_TREE]         = { "tree",        PHASE_WARDEN, SHOW_INDEX },
	[OP_OVERLAY]      = { "overlay",     PHASE_WARDEN, SHOW_LAYER },
	[OP_BIND]         = { "bind",        PHASE_WARDEN, SHOW_TREE },
	[OP_PROC]         = { "proc",        PHASE_WARDEN, SHOW_NOTHING },
	[OP_SYS]          = { "sysfs",       PHASE_WARDEN, SHOW_NOTHING },
	[OP_MASK]         = { "mask",        PHASE_WARDEN, SHOW_SIZE },
	[OP_RDONLY]       = { "read-only",   PHASE_WARDEN, SHOW_NOTHING },
	[OP_TMPFS]        = { "tmpfs",       PHASE_WARDEN, SHOW_NOTHING },
	[OP_NODE]         = { "node",        PHASE_WARDEN, SHOW_NOTHING },
	[OP_LINK]         = { "link",        PHASE_WARDEN, SHOW_NOTHING },
	[OP_DEVPTS]       = { "devpts",      PHASE_WARDEN, SHOW_NOTHING },
	[OP_MQUEUE]       = { "mqueue",      PHASE_WARDEN, SHOW_NOTHING },
	[OP_FILE]         = { "file",        PHASE_WARDEN, SHOW_SIZE },
	[OP_SEAL]         = { "seal",        PHASE_WARDEN, SHOW_NOTHING },
	[OP_UNSHARE]      = { "unshare",     PHASE_INIT, SHOW_NAMESPACES },
	[OP_HOSTNAME]     = { "hostname",    PHASE_INIT, SHOW_NOTHING },
	[OP_LOOPBACK]     = { "loopback",    PHASE_INIT, SHOW_NOTHING },
	[OP_ROOT]         = { "root",        PHASE_INIT, SHOW_NOTHING },
	[OP_PERSONALITY]  = { "personality", PHASE_ENTRY, SHOW_MASK },
	[OP_RLIMIT]       = { "rlimit",      PHASE_ENTRY, SHOW_LIMITS },
	[OP_CAPS]         = { "caps",        PHASE_ENTRY, SHOW_MASK },
	[OP_NO_NEW_PRIVS] = { "no-new-privs", PHASE_ENTRY, SHOW_NOTHING },
	[OP_SCOPE]        = { "scope",       PHASE_ENTRY, SHOW_NOTHING },
	[OP_FILTER]       = { "filter",      PHASE_ENTRY, SHOW_NOTHING },
	[OP_EXEC]         = { "exec",        PHASE_ENTRY, SHOW_NOTHING },
};
// clang-format on

enum {
	SUID_DEV = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
	ALL_OFF = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
	PATH_ROOM = 3000, // a created path fits in one report
};

static struct op *add(struct plan *p, enum op_kind kind, const char *target,
                      const char *source)
{
	struct op *o = vec_push(&p->ops);

	memset(o, 0, sizeof(*o));
	o->kind = kind;
	o->tree = -1;
	o->target = target ? arena_strdup(&p->arena, target) : NULL;
	o->source = source ? arena_strdup(&p->arena, source) : NULL;
	return o;
}

static int below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

// A target is absolute, without "." and ".." and doubled slashes (the engine cleans the
// paths of a formula), and leaves the file systems that the box itself mounts alone.
static int check_mount(const struct box_mount *m, struct err *e)
{
	static const char *const ours[] = { "/proc", "/sys", "/dev" };
	const char *t = m->target;

	if (!t || t[0] != '/' || strlen(t) > PATH_ROOM)
		return err_set(e, "wfx-sandbox",
		               "%.200s: not an absolute path in the box",
		               t ? t : "(none)");
	if (t[1] && (strstr(t, "//") || t[strlen(t) - 1] == '/'))
		return err_set(e, "wfx-sandbox",
		               "%.200s: empty name in a path of the box", t);
	for (const char *c = t; (c = strchr(c, '/')); c++) {
		size_t n = strcspn(c + 1, "/");

		if ((n == 1 && c[1] == '.') || (n == 2 && c[1] == '.' && c[2] == '.'))
			return err_set(e, "wfx-sandbox",
			               "%.200s: . or .. in a path of the box", t);
	}
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (below(t, ours[i])) {
			err_set(e, "wfx-sandbox", "%.200s: nothing can be mounted in %s",
			        t, ours[i]);
			return err_hint(e, "choose another path; the box has its own %s",
			                ours[i]);
		}
	if (m->kind != BOX_EMPTY && (!m->source || m->source[0] != '/'))
		return err_set(e, "wfx-input-mount",
		               "%.200s: source is not an absolute path", t);
	return 0;
}

static void add_tree(struct plan *p, const struct box_mount *m, int overlay)
{
	struct op *o = add(p, OP_TREE, m->target, m->source);

	o->index = p->n_trees++;
	o->attr = SUID_DEV | (m->kind == BOX_BIND_RW ? 0 : MOUNT_ATTR_RDONLY);
	o->flags = (overlay ? OP_DIR : OP_RECURSIVE) |
	           (m->trusted_owner ? OP_TRUSTED : 0) |
	           (m->kind == BOX_BIND_RW ? OP_WRITABLE : 0);
}

static void add_mount(struct plan *p, const struct box_mount *m, unsigned flags)
{
	int overlay = m->kind == BOX_OVERLAY || m->kind == BOX_EMPTY;
	struct op *o;

	if (m->kind != BOX_EMPTY) {
		add_tree(p, m, overlay);
		p->ops.items[p->ops.n - 1].flags |= flags;
	}
	o = add(p, overlay ? OP_OVERLAY : OP_BIND, m->target, NULL);
	o->tree = m->kind == BOX_EMPTY ? -1 : p->n_trees - 1;
	o->attr = SUID_DEV;
	o->flags = flags;
	if (overlay)
		o->index = p->n_layers++;
}

static void add_dev(struct plan *p, int strict)
{
	struct op *o = add(p, OP_TMPFS, "/dev", "mode=0755,size=64k,nr_inodes=128");

	o->attr = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	for (size_t i = 0; i < n_node_rules; i++) {
		const struct node_rule *r = &node_rules[i];
		char *name = arena_printf(&p->arena, "/dev/%s", r->name);

		if (!rule_applies(r->when, strict))
			continue;
		o = add(p, OP_NODE, name, name);
		o->index = (int64_t)makedev(r->major, r->minor);
	}
	for (size_t i = 0; i < n_link_rules; i++)
		add(p, OP_LINK, arena_printf(&p->arena, "/dev/%s", link_rules[i].name),
		    link_rules[i].to);
	o = add(p, OP_DEVPTS, "/dev/pts", "newinstance,ptmxmode=0666,mode=0620");
	o->attr = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	o = add(p, OP_TMPFS, "/dev/shm", "mode=1777,size=65536k");
	o->attr = ALL_OFF;
}

static void add_masks(struct plan *p, const char *dir, int strict)
{
	for (size_t i = 0; i < n_hide_rules; i++) {
		const struct hide_rule *r = &hide_rules[i];
		struct op *o;

		if (!rule_applies(r->when, strict) || !below(r->path, dir))
			continue;
		o = add(p, OP_MASK, r->path, r->text);
		o->len = r->text ? strlen(r->text) : 0;
		o->flags = r->when == RULE_UPSTREAM ? OP_ALWAYS : OP_OPTIONAL;
	}
}

static void add_proc(struct plan *p, int strict)
{
	struct op *o = add(p, OP_PROC, "/proc", "hidepid=invisible");

	o->attr = ALL_OFF;
	o = add(p, OP_RDONLY, "/proc/sys", NULL);
	o->attr = ALL_OFF | MOUNT_ATTR_RDONLY;
	add_masks(p, "/proc", strict);
}

// What init can make only in its new namespaces, which take longest: last of all.
static void add_late(struct plan *p, int strict)
{
	struct op *o = add(p, OP_MQUEUE, "/dev/mqueue", NULL);

	o->attr = ALL_OFF;
	o->flags = OP_OPTIONAL;
	// Once for all nodes, then the folder itself.
	o = add(p, OP_SEAL, "/dev", NULL);
	o->attr = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	o->flags = OP_RECURSIVE;
	o = add(p, OP_SEAL, "/dev", NULL);
	o->attr = MOUNT_ATTR_RDONLY;
	if (strict)
		return;
	o = add(p, OP_SYS, "/sys", NULL);
	o->attr = ALL_OFF | MOUNT_ATTR_RDONLY;
	add_masks(p, "/sys", strict);
}

static int add_script(struct plan *p, const struct box_spec *s, struct err *e)
{
	static const char dir[] = "/.warpforge.container/script";
	size_t size = 64 << 10;
	struct op *o;

	if (!s->n_script_files)
		return 0;
	for (size_t i = 0; i < s->n_script_files; i++)
		size += s->script_files[i].len + 8192;
	o = add(p, OP_TMPFS, dir, arena_printf(&p->arena, "mode=0755,size=%zu", size));
	o->attr = SUID_DEV;
	for (size_t i = 0; i < s->n_script_files; i++) {
		const struct box_file *f = &s->script_files[i];

		if (!*f->name || strchr(f->name, '/') || f->name[0] == '.')
			return err_set(e, "wfx-sandbox",
			               "%.100s: not a name of a script file", f->name);
		o = add(p, OP_FILE, arena_printf(&p->arena, "%s/%s", dir, f->name), NULL);
		o->source = arena_memdup(&p->arena, f->text, f->len);
		o->len = f->len;
	}
	o = add(p, OP_SEAL, dir, NULL);
	o->attr = SUID_DEV | MOUNT_ATTR_RDONLY;
	return 0;
}

static void add_init(struct plan *p, const struct box_spec *s)
{
	const char *name = s->hostname ? s->hostname : s->strict ? "wfx" : "runc";

	add(p, OP_UNSHARE, NULL, NULL)->a = CLONE_NEWIPC | CLONE_NEWUTS |
	                                    CLONE_NEWCGROUP |
	                                    (s->network ? 0 : CLONE_NEWNET);
	if (!s->network)
		add(p, OP_LOOPBACK, NULL, NULL);
	add(p, OP_HOSTNAME, NULL, name);
	add(p, OP_ROOT, "/", NULL);
}

static int writes_to_host(const struct box_spec *s)
{
	for (size_t i = 0; i < s->n_mounts; i++)
		if (s->mounts[i].kind == BOX_BIND_RW)
			return 1;
	return 0;
}

static void add_entry(struct plan *p, const struct box_spec *s)
{
	struct limit rows[LIMITS_MAX];
	size_t n = limits_make(&s->limits, rows);

	if (s->strict)
		add(p, OP_PERSONALITY, NULL, NULL)->a = ADDR_NO_RANDOMIZE;
	for (size_t i = 0; i < n; i++) {
		struct op *o = add(p, OP_RLIMIT, rows[i].name, NULL);

		o->index = rows[i].resource;
		o->a = rows[i].soft;
		o->b = rows[i].hard;
		o->flags = s->strict ? 0 : OP_OPTIONAL;
	}
	add(p, OP_CAPS, NULL, NULL)->a =
		s->caps == BOX_CAPS_BUILD ? caps_build : caps_formula;
	add(p, OP_NO_NEW_PRIVS, NULL, NULL);
	if (s->network)
		add(p, OP_SCOPE, NULL, NULL)->flags = OP_OPTIONAL;
	if (writes_to_host(s))
		add(p, OP_FILTER, "no-set-id", NULL)->index = FILTER_NO_SETID;
	add(p, OP_FILTER, "arguments", NULL)->index = FILTER_ARGUMENTS;
	add(p, OP_FILTER, "names", NULL)->index = FILTER_NAMES;
	add(p, OP_EXEC, NULL, s->argv ? s->argv[0] : "(shell)");
}

static char **copy_list(struct plan *p, const char *const *list)
{
	size_t n = 0;
	char **copy;

	while (list && list[n])
		n++;
	copy = arena_zalloc(&p->arena, (n + 1) * sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_strdup(&p->arena, list[i]);
	return copy;
}

static int check_spec(const struct box_spec *s, struct err *e)
{
	if (!s->n_mounts || !s->mounts[0].target || strcmp(s->mounts[0].target, "/") != 0)
		return err_set(e, "wfx-sandbox",
		               "the first mount of a box must be \"/\"");
	if (s->mounts[0].kind == BOX_BIND_RO)
		return err_set(e, "wfx-sandbox", "the root of a box must be writable");
	if (!s->run_dir || s->run_dir[0] != '/')
		return err_set(e, "wfx-sandbox",
		               "the run folder is not an absolute path");
	if ((s->shell_fd < 0) == !s->argv)
		return err_set(e, "wfx-sandbox",
		               "a box needs a shell or a command, not both");
	if (s->argv && !s->argv[0])
		return err_set(e, "wfx-sandbox", "the command is empty");
	for (size_t i = 0; i < s->n_mounts; i++)
		if (check_mount(&s->mounts[i], e))
			return -1;
	return 0;
}

int plan_init(struct plan *p, const struct box_spec *s, const struct box_mount *extra,
              size_t n_extra, struct err *e)
{
	memset(p, 0, sizeof(*p));
	if (check_spec(s, e))
		return -1;
	p->network = s->network;
	p->strict = s->strict;
	p->memory_bytes = s->limits.memory_bytes;
	p->disk_bytes = s->limits.disk_bytes;
	p->env = copy_list(p, s->env);
	p->argv = s->argv ? copy_list(p, s->argv) : NULL;
	p->shell_is_sh = s->shell_is_sh;
	p->shell_name = arena_strdup(&p->arena, s->shell_name ? s->shell_name : "sh");

	add(p, OP_STORE, NULL, s->run_dir)->attr = SUID_DEV;
	add_mount(p, &s->mounts[0], 0);
	add_dev(p, s->strict);
	add_proc(p, s->strict);
	for (size_t i = 1; i < s->n_mounts; i++)
		add_mount(p, &s->mounts[i], 0);
	for (size_t i = 0; i < n_extra; i++)
		add_mount(p, &extra[i], OP_OPTIONAL);
	if (add_script(p, s, e)) {
		plan_finish(p);
		return -1;
	}
	add_late(p, s->strict);
	add_init(p, s);
	add_entry(p, s);
	return 0;
}

void plan_finish(struct plan *p)
{
	vec_finish(&p->ops);
	arena_finish(&p->arena);
	memset(p, 0, sizeof(*p));
}

static void print_attr(unsigned attr, struct str *out)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ MOUNT_ATTR_RDONLY, "ro" },
		{ MOUNT_ATTR_NOSUID, "nosuid" },
		{ MOUNT_ATTR_NODEV, "nodev" },
		{ MOUNT_ATTR_NOEXEC, "noexec" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (attr & names[i].bit)
			str_addf(out, " %s", names[i].name);
}

static void print_namespaces(uint64_t flags, struct str *out)
{
	static const struct {
		uint64_t bit;
		const char *name;
	} names[] = {
		{ CLONE_NEWNET, "net" },
		{ CLONE_NEWIPC, "ipc" },
		{ CLONE_NEWUTS, "uts" },
		{ CLONE_NEWCGROUP, "cgroup" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (flags & names[i].bit)
			str_addf(out, " %s", names[i].name);
}

static void print_limit(uint64_t v, struct str *out)
{
	if (v == UINT64_MAX)
		str_add(out, " unlimited");
	else
		str_addf(out, " %llu", (unsigned long long)v);
}

static void print_detail(const struct op *o, struct str *out)
{
	switch (op_infos[o->kind].show) {
	case SHOW_NOTHING:
		break;
	case SHOW_INDEX:
		str_addf(out, " #%d", (int)o->index);
		break;
	case SHOW_LAYER:
		str_addf(out, " layer=%d", (int)o->index);
		if (o->tree >= 0)
			str_addf(out, " tree=#%d", o->tree);
		break;
	case SHOW_TREE:
		str_addf(out, " tree=#%d", o->tree);
		break;
	case SHOW_NAMESPACES:
		print_namespaces(o->a, out);
		break;
	case SHOW_MASK:
		str_addf(out, " 0x%llx", (unsigned long long)o->a);
		break;
	case SHOW_LIMITS:
		print_limit(o->a, out);
		print_limit(o->b, out);
		break;
	case SHOW_SIZE:
		if (o->len)
			str_addf(out, " %zu bytes", o->len);
		break;
	}
}

// Targets and commands are a formula's: nothing in them may steer a terminal.
static void print_text(const char *s, struct str *out)
{
	if (!s)
		return;
	str_addc(out, ' ');
	utf8_safe(out, s, strlen(s), 0);
}

void plan_print(const struct plan *p, struct str *out)
{
	static const char *const who[] = { "warden", "init", "entry" };

	for (size_t i = 0; i < p->ops.n; i++) {
		const struct op *o = &p->ops.items[i];

		str_addf(out, "%-6s %-12s", who[op_infos[o->kind].phase],
		         op_infos[o->kind].name);
		print_text(o->target, out);
		if (op_infos[o->kind].show != SHOW_SIZE)
			print_text(o->source, out);
		print_detail(o, out);
		print_attr(o->attr, out);
		if (o->flags & OP_RECURSIVE)
			str_add(out, " recursive");
		if (o->flags & OP_OPTIONAL && o->kind != OP_RLIMIT)
			str_add(out, " if-there");
		str_addc(out, '\n');
	}
}
