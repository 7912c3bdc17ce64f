// Variables that are computed (LINENO, RANDOM, ...) or watched (IFS, PATH, OPTIND).
#ifndef STEPSH_SPECIALS_H
#define STEPSH_SPECIALS_H

struct var_hook;

const struct var_hook *special_hook(const char *name); // NULL for ordinary names
void special_init(void);
// A write to this readonly variable was refused: for the failure report.
void special_readonly(const char *name);

#endif
