// Scripts: texts and files that are run, and the shell's end.
#ifndef STEPSH_SCRIPT_H
#define STEPSH_SCRIPT_H

struct source;
struct parser;

// In a child: run the file as a script with these arguments, in a fresh shell.
_Noreturn void script_become(const char *file, int argc, char **argv, char **env);
// Run the text of a file; 0 and the status in sh.status, -1 with errno.
int script_source_file(const char *path, const char *name);
// A parser of a source with the shell's aliases and options.
struct parser *script_parser(struct source *src);
// Read a script from a descriptor piece by piece, as commands are wanted.
struct parser *script_reader(int fd, const char *name);
// The end of the shell: EXIT trap, then _exit.
_Noreturn void script_leave(void);
// Forget variables, functions, aliases and traps, and start again (main.c).
void shell_reset(const char *arg0, int argc, char **argv, char **env);

#endif
