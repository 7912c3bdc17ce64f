#include "engine/plan.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "engine/boxspec.h"
#include "formula/document.h"

int plan_formula(const char *path, const struct plan_how *how, struct str *out,
                 struct err *e)
{
	struct document *d = document_read(path, e);
	struct boxspec_in in = {
		.doc = d,
		.run_dir = "/RUN",
		.strict = how->strict,
		.shell_fd = 0, // nothing is executed
		.page_fd = -1,
	};
	struct boxspec b = { 0 };
	struct arena a = { 0 };
	const char **trees;
	int ret = -1;

	if (!d)
		return -1;
	if (d->kind != DOC_FORMULA) {
		err_set(e, "warpforge-error-invalid",
		        "%s: only a formula has a plan in this version", path);
		goto out;
	}
	if (document_check(d, e) < 0)
		goto out;
	trees = arena_zalloc(&a, (d->formula->n_inputs + 1) * sizeof(*trees));
	for (size_t i = 0; i < d->formula->n_inputs; i++)
		trees[i] = arena_printf(&a, "/%s", d->formula->inputs[i].input.simple);
	in.trees = trees;
	in.mode = boxspec_mode_of(d, how->formula_interpreter);
	if (boxspec_make(&b, &in, e) == 0)
		ret = box_plan(&b.spec, out, e);
out:
	boxspec_finish(&b);
	arena_finish(&a);
	document_destroy(d);
	return ret;
}
