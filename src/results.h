// Reports for CI systems, drawn from the model: a step is a test case. A fault of the build
// is a failure, one of wfx or the host an error, a step that was not reached is skipped.
#ifndef RESULTS_H
#define RESULTS_H

struct err;
struct model;

int results_junit(const struct model *m, const char *path, struct err *e);
int results_tap(const struct model *m, const char *path, struct err *e);

#endif
