// Options of `set` and of `shopt`.
#ifndef STEPSH_OPT_H
#define STEPSH_OPT_H

#include <stdint.h>

struct str;

// clang-format off
#define OPT_ALLEXPORT  (1ull << 0)  // -a
#define OPT_NOTIFY     (1ull << 1)  // -b
#define OPT_NOCLOBBER  (1ull << 2)  // -C
#define OPT_ERREXIT    (1ull << 3)  // -e
#define OPT_NOGLOB     (1ull << 4)  // -f
#define OPT_HASHALL    (1ull << 5)  // -h
#define OPT_MONITOR    (1ull << 6)  // -m
#define OPT_NOEXEC     (1ull << 7)  // -n
#define OPT_NOUNSET    (1ull << 8)  // -u
#define OPT_VERBOSE    (1ull << 9)  // -v
#define OPT_XTRACE     (1ull << 10) // -x
#define OPT_IGNOREEOF  (1ull << 11)
#define OPT_NOLOG      (1ull << 12)
#define OPT_PIPEFAIL   (1ull << 13)
#define OPT_VI         (1ull << 14)
#define OPT_EMACS      (1ull << 15)
#define OPT_POSIX      (1ull << 16)
#define OPT_BRACES     (1ull << 17) // -B
#define OPT_ERRTRACE   (1ull << 18) // -E
#define OPT_FUNCTRACE  (1ull << 19) // -T
#define OPT_PHYSICAL   (1ull << 20) // -P
#define OPT_INTERACTIVE (1ull << 21) // -i, not to be set
#define OPT_STDIN      (1ull << 22) // -s, not to be set
#define OPT_PRIVILEGED (1ull << 23) // -p
#define OPT_KEYWORD    (1ull << 24) // -k
#define OPT_ONECMD     (1ull << 25) // -t
#define OPT_HISTEXPAND (1ull << 26) // -H
#define OPT_COMMAND    (1ull << 27) // -c, not to be set
#define OPT_SH         (1ull << 28) // --sh, not to be set: bash's language, but sh's aliases
                                    // in scripts and sh's errors, which end the shell
#define OPT_SH_ERRORS  (OPT_POSIX | OPT_SH)

#define SHOPT_NULLGLOB     (1ull << 0)
#define SHOPT_DOTGLOB      (1ull << 1)
#define SHOPT_EXTGLOB      (1ull << 2)
#define SHOPT_GLOBSTAR     (1ull << 3)
#define SHOPT_NOCASEGLOB   (1ull << 4)
#define SHOPT_NOCASEMATCH  (1ull << 5)
#define SHOPT_FAILGLOB     (1ull << 6)
#define SHOPT_LASTPIPE     (1ull << 7)
#define SHOPT_INHERIT_ERREXIT (1ull << 8)
#define SHOPT_EXPAND_ALIASES  (1ull << 9)
#define SHOPT_XPG_ECHO     (1ull << 10)
#define SHOPT_SOURCEPATH   (1ull << 11)
#define SHOPT_EXECFAIL     (1ull << 12)
#define SHOPT_LOCALVAR_INHERIT (1ull << 13)
#define SHOPT_PATSUB       (1ull << 14)
#define SHOPT_OTHER        (1ull << 15) // first of those that change nothing here
// clang-format on

// The bit of a letter or a long name; 0 when there is none.
uint64_t opt_letter(char c);
uint64_t opt_named(const char *name);
// Change options and what follows from them.
void opt_change(uint64_t bits, int on);
// $-
void opt_flags(struct str *out);
// `set -o` (human = 1) and `set +o`.
void opt_print(struct str *out, int human);

// Parse the options at the start of argv, as `set` and the command line take them. Returns
// the index of the first operand, or -1 after a complaint. *dashes: "--" or "-" was seen.
// With `start`, c, i, s and their like are accepted.
int opt_parse(int argc, char **argv, int start, int *dashes, struct str *out);

#endif
