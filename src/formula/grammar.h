// The shapes of formulas and plots (spec §1.3, §1.4) as tables, read into the structs of
// document.h.
#ifndef FORMULA_GRAMMAR_H
#define FORMULA_GRAMMAR_H

#include "formula/document.h"
#include "formula/schema.h"

// A bare formula, a bare plot: `out` is where a pointer to the new struct goes.
int grammar_formula(struct reader *r, const struct json *v, void *out);
int grammar_plot(struct reader *r, const struct json *v, void *out);

#endif
