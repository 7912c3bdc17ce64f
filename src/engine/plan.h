// What a run of a formula would do, without doing it: `wfx plan`.
#ifndef ENGINE_PLAN_H
#define ENGINE_PLAN_H

struct err;
struct str;

struct plan_how {
	int strict, formula_interpreter;
};

// Append the set-up of the box, one operation a line. Nothing is fetched: a ware stands as
// "/ware:tar:..." where its folder would be. Host mounts are looked at, as in a run.
int plan_formula(const char *path, const struct plan_how *how, struct str *out,
                 struct err *e);

#endif
