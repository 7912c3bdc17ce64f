// Inputs as one string: ware:, mount:, literal:, pipe:, catalog:, ingest:git: (spec §1.3,
// §1.4).
#ifndef FORMULA_SIMPLE_H
#define FORMULA_SIMPLE_H

#include "formula/document.h"

struct json;
struct reader;

// Read the string v into *in. in_plot: the forms that only plots have are allowed.
int simple_read(struct reader *r, const struct json *v, int in_plot, struct input *in);

// Read "pipe:STEP:LABEL"; step and label point to arena memory.
int simple_read_pipe(struct reader *r, const struct json *v, const char **step,
                     const char **label);

#endif
