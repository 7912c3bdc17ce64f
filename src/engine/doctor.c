#include "engine/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/host.h"
#include "base/mem.h"
#include "engine/place.h"
#include "sandbox/box.h"
#include "store/store.h"

static struct doctor_row *add(struct doctor_row *rows, size_t max, size_t *n,
                              const char *name)
{
	struct doctor_row *r = &rows[*n < max ? *n : max - 1];

	*n += *n < max;
	*r = (struct doctor_row){ .ok = 1, .needed = 1 };
	snprintf(r->name, sizeof(r->name), "%s", name);
	return r;
}

static void failed(struct doctor_row *r, const struct err *e)
{
	const char *hint = err_hint_text(e);

	r->ok = 0;
	snprintf(r->why, sizeof(r->why), "%s", e->msg);
	snprintf(r->fix, sizeof(r->fix), "%s", hint ? hint : "");
}

static void look_at_shell(struct host *h, struct doctor_row *r)
{
	struct err e = { 0 };
	int fd = place_stepsh(h, &e);

	if (fd < 0)
		failed(r, &e);
	else
		close(fd);
}

static void look_at_store(struct host *h, struct doctor_row *store,
                          struct doctor_row *runs)
{
	struct workspaces w = { 0 };
	struct store_config c = { .workspaces = &w };
	auto_free char *cwd = getcwd(NULL, 0), *dir = NULL;
	struct store *s = NULL;
	struct err e = { 0 };

	if (workspaces_find(&w, cwd ? cwd : "/", h->env(h, "HOME"), &e) < 0 ||
	    !(s = store_open(&c, &e))) {
		failed(store, &e);
		failed(runs, &e);
	} else if (!(dir = place_runs(h, store_root(s), &e))) {
		failed(runs, &e);
	} else {
		rmdir(dir); // only if no run is in it
	}
	store_close(s);
	workspaces_finish(&w);
}

size_t doctor_look(struct doctor_row *rows, size_t max)
{
	struct box_probe probes[64] = { 0 };
	size_t n = 0, k = box_doctor(probes, ARRAY_LEN(probes));
	struct doctor_row *shell, *store, *runs;
	struct host h;

	host_real(&h);
	for (size_t i = 0; i < k; i++) {
		struct doctor_row *r = add(rows, max, &n, probes[i].name);

		r->ok = probes[i].ok;
		r->needed = probes[i].needed;
		snprintf(r->why, sizeof(r->why), "%s", probes[i].why);
		snprintf(r->fix, sizeof(r->fix), "%s", probes[i].fix);
	}
	shell = add(rows, max, &n, "step shell");
	store = add(rows, max, &n, "workspace");
	runs = add(rows, max, &n, "folder for runs");
	look_at_shell(&h, shell);
	look_at_store(&h, store, runs);
	return n;
}
