// What people read about a run that ended: one block for a failing step, the summary.
// All of it is drawn from the model.
#ifndef REPORT_H
#define REPORT_H

struct model_formula;
struct model_step;
struct str;
struct term;

void report_failure(const struct term *t, const struct model_formula *f,
                    const struct model_step *s, struct str *out);
void report_summary(const struct term *t, const struct model_formula *f, struct str *out);

// Append a word as one would type it in a shell, in quotes where it needs them.
void report_quote(struct str *out, const char *word);

#endif
