// wfx check, id, fmt: what can be done with a document without running it.
//
// A file called `-` is standard input. Every file is looked at; the worst status wins.
#ifndef DOC_H
#define DOC_H

#include <stddef.h>

#include "option.h"

// --format; fmt has --check, too, as its last one.
extern const struct option doc_options[];
enum { N_CHECK_OPTIONS = 1, N_ID_OPTIONS = 1, N_FMT_OPTIONS = 2 };

int check_main(int argc, char *argv[]);
int id_main(int argc, char *argv[]);
int fmt_main(int argc, char *argv[]);

#endif
