#include "config.h"

#include "engine/boxspec.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "formula/document.h"

// Interpreters that the step shell stands for, and whether their errors are those of sh: a
// special builtin that fails ends them.
static const struct shell {
	const char *name;
	int is_sh;
} shells[] = {
	{ "sh", 1 },  { "bash", 0 },  { "dash", 1 },       { "ash", 1 },
	{ "ksh", 0 }, { "ksh93", 0 }, { "mksh", 0 },       { "yash", 0 },
	{ "zsh", 0 }, { "posh", 1 },  { "busybox-sh", 1 },
};

static const struct shell *shell_of(const struct action *a)
{
	const char *slash = strrchr(a->interpreter, '/');
	const char *base = slash ? slash + 1 : a->interpreter;

	for (size_t i = 0; i < ARRAY_LEN(shells); i++)
		if (strcmp(base, shells[i].name) == 0)
			return &shells[i];
	return NULL;
}

enum boxspec_mode boxspec_mode_of(const struct document *doc, int formula_interpreter)
{
	const struct action *a = &doc->formula->action;

	if (a->kind != ACTION_SCRIPT)
		return BOXSPEC_EXEC;
	return formula_interpreter || !shell_of(a) ? BOXSPEC_INTERPRETER : BOXSPEC_STEPSH;
}

const char *boxspec_clean(struct arena *a, const char *name)
{
	struct str s = { 0 };
	const char *text;

	while (*name) {
		size_t n = strcspn(name, "/");

		if (n == 2 && name[0] == '.' && name[1] == '.') {
			while (s.len && s.p[s.len - 1] != '/')
				str_cut(&s, s.len - 1);
			if (s.len)
				str_cut(&s, s.len - 1);
		} else if (n && !(n == 1 && name[0] == '.')) {
			str_addc(&s, '/');
			str_addn(&s, name, n);
		}
		name += n + (name[n] == '/');
	}
	if (!s.len)
		str_addc(&s, '/');
	text = arena_strdup(a, s.p);
	str_finish(&s);
	return text;
}

// Host path of a mount: absolute, relative ones from the folder of the document.
static const char *host_path(struct arena *a, const struct document *doc,
                             const char *path)
{
	const char *slash = strrchr(doc->name, '/');
	auto_free char *joined = NULL, *real = NULL;

	if (*path == '/')
		joined = xstrdup(path);
	else
		joined = xasprintf("%.*s/%s", slash ? (int)(slash - doc->name) : 1,
		                   slash ? doc->name : ".", path);
	real = realpath(joined, NULL);
	return arena_strdup(a, real ? real : joined);
}

static int check_host(const struct document *doc, const struct port_input *pi,
                      const char *path, struct err *e)
{
	int how = R_OK;
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(e, "wfx-input-mount", "%s: %s: the host path %s",
		               doc->name, pi->port.text, path);
	if (S_ISDIR(st.st_mode))
		how |= X_OK;
	else if (pi->input.mode == MOUNT_OVERLAY)
		return err_set(
			e, "wfx-input-mount",
			"%s: %s: mount:overlay needs a folder, and this is none: %s",
			doc->name, pi->port.text, path);
	if (pi->input.mode == MOUNT_RW)
		how |= W_OK;
	if (faccessat(AT_FDCWD, path, how, AT_EACCESS) < 0)
		return err_sys(e, "wfx-input-mount", "%s: %s: the host path %s",
		               doc->name, pi->port.text, path);
	return 0;
}

struct making {
	struct boxspec *b;
	const struct boxspec_in *in;
	struct box_mount *mounts;
	size_t n;
};

static int add_mount(struct making *m, size_t i, struct err *e)
{
	static const enum box_mount_kind kinds[] = {
		[MOUNT_RO] = BOX_BIND_RO,
		[MOUNT_RW] = BOX_BIND_RW,
		[MOUNT_OVERLAY] = BOX_OVERLAY,
	};
	const struct port_input *pi = &m->in->doc->formula->inputs[i];
	struct box_mount mount = {
		.kind = BOX_OVERLAY,
		.target = boxspec_clean(&m->b->arena, pi->port.name),
	};
	struct stat st;

	if (pi->input.kind == INPUT_WARE) {
		mount.source = m->in->trees[i];
		mount.trusted_owner = 1;
		// A ware may be a single file, which cannot be overlaid.
		if (stat(mount.source, &st) == 0 && !S_ISDIR(st.st_mode))
			mount.kind = BOX_BIND_RO;
	} else if (pi->input.kind == INPUT_MOUNT) {
		mount.source = host_path(&m->b->arena, m->in->doc, pi->input.path);
		mount.kind = kinds[pi->input.mode];
		if (check_host(m->in->doc, pi, mount.source, e) < 0)
			return -1;
	} else {
		return document_error(m->in->doc, pi->input.pos,
		                      "warpforge-error-formula-invalid", e,
		                      "a path port needs a ware or a mount");
	}
	for (size_t k = 0; k < m->n; k++)
		if (strcmp(m->mounts[k].target, mount.target) == 0)
			return document_error(m->in->doc, pi->port.pos,
			                      "warpforge-error-formula-invalid", e,
			                      "two inputs at one place: %s",
			                      mount.target);
	m->mounts[m->n++] = mount;
	return 0;
}

static int by_target(const void *a, const void *b)
{
	const struct box_mount *x = a, *y = b;

	return strcmp(x->target, y->target);
}

static int has_target(const struct making *m, const char *target)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->mounts[i].target, target) == 0)
			return 1;
	return 0;
}

static int make_mounts(struct making *m, struct err *e)
{
	const struct formula *f = m->in->doc->formula;
	size_t room = f->n_inputs + 1;

	m->mounts = arena_zalloc(&m->b->arena, room * sizeof(*m->mounts));
	for (size_t i = 0; i < f->n_inputs; i++)
		if (f->inputs[i].port.kind == PORT_PATH && add_mount(m, i, e) < 0)
			return -1;
	if (!has_target(m, "/"))
		m->mounts[m->n++] =
			(struct box_mount){ .kind = BOX_EMPTY, .target = "/" };
	qsort(m->mounts, m->n, sizeof(*m->mounts), by_target);
	m->b->spec.mounts = m->mounts;
	m->b->spec.n_mounts = m->n;
	return 0;
}

struct env {
	const char **items;
	size_t n;
};

// NAME=VALUE in place of an older one; `keep`: an older one stays.
static void env_set(struct arena *a, struct env *env, const char *name, const char *value,
                    int keep)
{
	const char *text = arena_printf(a, "%s=%s", name, value);
	size_t i, len = strlen(name) + 1;

	for (i = 0; i < env->n; i++)
		if (strncmp(env->items[i], text, len) == 0)
			break;
	if (i < env->n && keep)
		return;
	env->items[i] = text;
	env->n += i == env->n;
}

static int make_env(struct making *m, struct err *e)
{
	const struct formula *f = m->in->doc->formula;
	struct arena *a = &m->b->arena;
	struct env env = { .n = 0 };

	env.items = arena_zalloc(a, (f->n_inputs + 6) * sizeof(*env.items));
	env_set(a, &env, "PATH",
	        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0);
	env_set(a, &env, "TERM", "xterm", 0);
	for (size_t i = 0; i < f->n_inputs; i++) {
		const struct port_input *pi = &f->inputs[i];

		if (pi->port.kind != PORT_VAR)
			continue;
		if (!pi->port.name[0] || strchr(pi->port.name, '='))
			return document_error(m->in->doc, pi->port.pos,
			                      "warpforge-error-formula-invalid", e,
			                      "not a name of a variable: %s",
			                      pi->port.text);
		env_set(a, &env, pi->port.name, pi->input.text, 0);
	}
	if (m->in->strict) {
		env_set(a, &env, "LC_ALL", "C.UTF-8", 1);
		env_set(a, &env, "TZ", "UTC", 1);
		env_set(a, &env, "SOURCE_DATE_EPOCH", "1262304000", 1);
	}
	m->b->spec.env = env.items;
	return 0;
}

static void make_command(struct making *m)
{
	const struct action *act = &m->in->doc->formula->action;
	const char **argv =
		arena_zalloc(&m->b->arena, (act->n_command + 1) * sizeof(*argv));

	for (size_t i = 0; i < act->n_command; i++)
		argv[i] = act->command[i].text;
	m->b->spec.argv = argv;
}

// Upstream's files: entry-N with a newline behind, and `run` that sources them in order.
static void make_script(struct making *m)
{
	const struct action *act = &m->in->doc->formula->action;
	struct arena *a = &m->b->arena;
	struct box_file *files = arena_zalloc(a, (act->n_contents + 1) * sizeof(*files));
	const char **argv = arena_zalloc(a, 3 * sizeof(*argv));
	struct str run = { 0 };

	for (size_t i = 0; i < act->n_contents; i++) {
		files[i].name = arena_printf(a, "entry-%zu", i);
		files[i].text = arena_printf(a, "%s\n", act->contents[i].text);
		files[i].len = strlen(files[i].text);
		str_addf(&run, ". /.warpforge.container/script/entry-%zu\n", i);
	}
	files[act->n_contents].name = "run";
	files[act->n_contents].text = arena_strndup(a, str_cstr(&run), run.len);
	files[act->n_contents].len = run.len;
	str_finish(&run);
	argv[0] = act->interpreter;
	argv[1] = BOXSPEC_SCRIPT;
	m->b->spec.argv = argv;
	m->b->spec.script_files = files;
	m->b->spec.n_script_files = act->n_contents + 1;
}

int boxspec_make(struct boxspec *b, const struct boxspec_in *in, struct err *e)
{
	struct making m = { .b = b, .in = in };

	*b = (struct boxspec){
		.spec = {
			.run_dir = in->run_dir,
			.hostname = in->strict ? "wfx" : NULL,
			.network = in->doc->formula->action.network > 0,
			.strict = in->strict,
			.shell_fd = -1,
			.page_fd = -1,
		},
	};
	if (make_mounts(&m, e) < 0 || make_env(&m, e) < 0)
		return -1;
	if (in->mode == BOXSPEC_STEPSH) {
		b->spec.shell_fd = in->shell_fd;
		b->spec.page_fd = in->page_fd;
		b->spec.shell_name = BOXSPEC_SCRIPT;
		b->spec.shell_is_sh = shell_of(&in->doc->formula->action)->is_sh;
	} else if (in->mode == BOXSPEC_INTERPRETER) {
		make_script(&m);
	} else {
		make_command(&m);
	}
	return 0;
}

void boxspec_finish(struct boxspec *b)
{
	arena_finish(&b->arena);
}
