// The command line as data: tables of options and of commands, and what follows from them:
// parsing, --help, hints for misspelt names.
//
// An option is `--name`, `--name=VALUE` or `--name VALUE`; options and operands mix freely,
// `--` ends the options, a lone `-` is an operand. Each option writes one field of the
// caller's struct. `--help` and `--version` belong to main.c and are never seen here.
#ifndef OPTION_H
#define OPTION_H

#include <stddef.h>

struct err;
struct str;

enum option_kind {
	OPTION_FLAG,     // int: 1
	OPTION_TEXT,     // const char *: the value, borrowed from argv
	OPTION_CHOICE,   // int: index of the value in `values`
	OPTION_SET,      // unsigned: bit i for each of the comma-separated `values` given
	OPTION_DURATION, // int64_t: milliseconds, > 0 ("90", "90s", "1m30s", "2h", "1d")
	OPTION_SIZE,     // uint64_t: bytes ("4096", "64k", "1g", "1GiB")
	OPTION_LIST,     // struct option_list: every value given, in order
};

// A zeroed struct is an empty list. The values are borrowed from argv, the array is the
// caller's to free().
struct option_list {
	const char **items; // NULL at the end (NULL itself when empty)
	size_t n;
};

struct option {
	const char *name; // without the dashes
	enum option_kind kind;
	const char
		*values;  // CHOICE, SET: "stop|continue|shell"; else what --help calls it
	const char *help; // one line
	size_t offset;    // of the field in the caller's struct
};

// Set the fields of *into from argv[1..argc-1]. Operands are moved to the front of argv
// in their order: argv[0 .. return-1]. -1 with code wfx-usage. The last of several wins.
int options_parse(const struct option *table, size_t n, void *into, int argc,
                  char *argv[], struct err *e);

// One subcommand of wfx.
struct command {
	const char *name;
	const char *operands; // "FILE...", for the usage line
	const char *help;     // one line
	const char *more;     // more text for `wfx NAME --help`, or NULL
	const struct option *options;
	size_t n_options;
	// argv[0] is the name, the rest as typed. Returns the exit status of wfx.
	int (*run)(int argc, char *argv[]);
};

// Append the table of options as --help shows it.
void options_help(const struct option *table, size_t n, struct str *out);

// Print "wfx: message" and the hint to stderr; returns the exit status that belongs to it.
int error_print(const struct err *e);

#endif
