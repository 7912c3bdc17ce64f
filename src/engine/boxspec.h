// From a formula to the box it runs in: mounts in order, environment, what is executed
// (spec §4.2-4.5).
#ifndef ENGINE_BOXSPEC_H
#define ENGINE_BOXSPEC_H

#include "base/arena.h"
#include "base/vec.h"
#include "sandbox/box.h"

struct document;
struct err;

enum boxspec_mode {
	BOXSPEC_STEPSH,      // script: every entry is a step of our shell
	BOXSPEC_INTERPRETER, // script: the formula's interpreter runs all entries (spec §4.5)
	BOXSPEC_EXEC,        // exec: the command itself
};

// Where our shell is said to live: $0 of every step, as upstream's interpreters see it.
#define BOXSPEC_SCRIPT "/.warpforge.container/script/run"

struct boxspec_in {
	const struct document *doc; // DOC_FORMULA, checked
	enum boxspec_mode mode;
	const char *const *trees; // for each input: the unpacked ware (others NULL)
	const char *run_dir;
	int strict;
	int shell_fd, page_fd; // BOXSPEC_STEPSH
};

// Everything spec points at lies in the arena or in what boxspec_in points at.
struct boxspec {
	struct box_spec spec;
	struct arena arena;
};

// May scripts of this interpreter be run by stepsh? (POSIX family, by base name)
enum boxspec_mode boxspec_mode_of(const struct document *doc, int formula_interpreter);

// A port's path without "." and doubled slashes, ".." taken back: "/", "/a/b".
const char *boxspec_clean(struct arena *a, const char *name);

// Code wfx-input-mount for a host path that is missing or unreadable,
// warpforge-error-formula-invalid for ports that cannot be. *b is to be finished.
int boxspec_make(struct boxspec *b, const struct boxspec_in *in, struct err *e);
void boxspec_finish(struct boxspec *b);

#endif
