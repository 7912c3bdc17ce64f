// `wfx --batch FILE...`: formulas from scripts and CI. The contract with users: stdout,
// exit statuses, flags.
#ifndef BATCH_H
#define BATCH_H

#include "option.h"

extern const struct command batch_command;

#endif
