#include "sandbox/netfiles.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char certs[] = "/etc/ssl/certs";

static void add(struct netfiles *n, const char *path)
{
	struct box_mount m = { .kind = BOX_BIND_RO };

	for (size_t i = 0; i < n->mounts.n; i++)
		if (strcmp(n->mounts.items[i].target, path) == 0)
			return;
	m.target = m.source = arena_strdup(&n->arena, path);
	*vec_push(&n->mounts) = m;
}

// The folder of what a link in `dir` points to, absolute and without "." and ".."; 0 when
// there is none.
static int folder_of(const char *dir, const char *to, char *out, size_t max)
{
	char path[PATH_MAX];
	size_t len = 0;

	if (snprintf(path, sizeof(path), "%s%s%s", *to == '/' ? "" : dir,
	             *to == '/' ? "" : "/", to) >= (int)sizeof(path))
		return 0;
	out[0] = '\0';
	for (char *save, *w = strtok_r(path, "/", &save); w;
	     w = strtok_r(NULL, "/", &save)) {
		if (strcmp(w, ".") == 0)
			continue;
		if (strcmp(w, "..") == 0) {
			while (len && out[--len] != '/')
				;
			out[len] = '\0';
			continue;
		}
		if (len + strlen(w) + 2 > max)
			return 0;
		len += (size_t)sprintf(out + len, "/%s", w);
	}
	while (len && out[--len] != '/')
		;
	out[len] = '\0';
	return len > 0;
}

static void follow(struct netfiles *n, const char *name)
{
	char dir[PATH_MAX], path[2 * PATH_MAX], to[PATH_MAX], next[PATH_MAX];

	strcpy(dir, certs);
	snprintf(path, sizeof(path), "%s/%s", certs, name);
	for (int hops = 0; hops < 16; hops++) {
		ssize_t k = readlink(path, to, sizeof(to) - 1);
		const char *base;

		if (k <= 0)
			return;
		to[k] = '\0';
		if (!folder_of(dir, to, next, sizeof(next)))
			return;
		if (strcmp(next, certs) != 0)
			add(n, next);
		base = strrchr(to, '/');
		strcpy(dir, next);
		snprintf(path, sizeof(path), "%s/%s", dir, base ? base + 1 : to);
	}
}

void netfiles_find(struct netfiles *n)
{
	DIR *d = opendir(certs);
	struct dirent *de;

	add(n, "/etc/resolv.conf");
	if (!d)
		return;
	add(n, certs);
	while ((de = readdir(d)))
		if (de->d_name[0] != '.')
			follow(n, de->d_name);
	closedir(d);
}

void netfiles_finish(struct netfiles *n)
{
	vec_finish(&n->mounts);
	arena_finish(&n->arena);
}
