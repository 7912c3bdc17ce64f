// `wfx doctor` and `wfx plan`: what this host allows, and what a run would do.
#ifndef DOCTOR_H
#define DOCTOR_H

#include "option.h"

extern const struct option plan_options[];
enum { N_PLAN_OPTIONS = 2 };

int doctor_main(int argc, char *argv[]);
int plan_main(int argc, char *argv[]);

#endif
