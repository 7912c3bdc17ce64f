// Workspace stacks (spec §4.10): who is searched, and which directory is the root.
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/vec.h"
#include "store/store.h"

static int is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

// "/" + "x" is "/x".
static char *join(const char *dir, const char *name)
{
	return xasprintf("%s/%s", strcmp(dir, "/") == 0 ? "" : dir, name);
}

static void add(struct workspaces *w, const char *dir, const char *name, int is_root)
{
	w->items = xreallocarray(w->items, w->n + 1, sizeof(*w->items));
	w->items[w->n++] = (struct workspace){
		.dir = xstrdup(dir),
		.inside = join(dir, name),
		.is_root = is_root,
	};
}

// Is there a workspace in this directory? Returns 1 when it is the last of the stack.
static int look(struct workspaces *w, const char *dir, int is_home)
{
	auto_free char *inside = join(dir, ".warpforge");
	auto_free char *mark = join(inside, "root");
	auto_free char *home = join(dir, ".warphome");

	if (is_home && is_dir(home)) {
		add(w, dir, ".warphome", 1);
		return 1;
	}
	if (!is_dir(inside))
		return 0;
	add(w, dir, ".warpforge", access(mark, F_OK) == 0);
	return w->items[w->n - 1].is_root;
}

int workspaces_find(struct workspaces *w, const char *start_dir, const char *home,
                    struct err *e)
{
	auto_free char *dir = realpath(start_dir, NULL);
	// A home that is not there yet cannot be on the way up.
	auto_free char *real_home = home && *home ? realpath(home, NULL) : NULL;
	int found_root = 0;

	*w = (struct workspaces){ 0 };
	if (!dir)
		return err_sys(e, "warpforge-error-io", "looking for workspaces from %s",
		               start_dir);
	for (;;) {
		char *slash = strrchr(dir, '/');

		found_root = look(w, dir, real_home && strcmp(dir, real_home) == 0);
		if (found_root || strcmp(dir, "/") == 0)
			break;
		slash[slash == dir] = '\0';
	}
	if (found_root)
		return 0;
	if (!home || home[0] != '/') {
		workspaces_finish(w);
		err_set(e, "warpforge-error-workspace",
		        "no root workspace above %s, and HOME is not set", start_dir);
		return err_hint(e, "set HOME, or make one: mkdir .warpforge && touch "
		                   ".warpforge/root");
	}
	add(w, real_home ? real_home : home, ".warphome", 1);
	return 0;
}

void workspaces_finish(struct workspaces *w)
{
	for (size_t i = 0; w && i < w->n; i++) {
		free(w->items[i].dir);
		free(w->items[i].inside);
	}
	if (w) {
		free(w->items);
		*w = (struct workspaces){ 0 };
	}
}
