// The executor: one walk over the tree.
#ifndef STEPSH_EXEC_H
#define STEPSH_EXEC_H

#include "stepsh/ast.h"

struct func;
struct parser;
struct plan;

enum {
	EXEC_TESTED = 1, // the status is looked at: no errexit
	EXEC_LAST = 2,   // nothing follows in this process: it may become the command
};

// Each returns the status, which is in sh.status too. Stop when sh.flow is set.
int exec_list(const struct list *l, int flags);
int exec_and_or(const struct and_or *a, int flags);
int exec_command(const struct command *c, int flags);

// Run all commands that the source has. `last` as of EXEC_LAST for its final command.
int exec_source(struct source *src, int flags);
// The same for a parser (a script that is read piece by piece).
int exec_parser(struct parser *p, int flags, int *error);
// A text as of eval; name is for messages.
int exec_text(const char *name, const char *text, size_t n, uint32_t line, int flags);

// A call of a function; argv[0] is its name.
int exec_function(struct func *f, int argc, char **argv);
// Become the program: returns only on failure, with the status after a complaint.
int exec_program(int argc, char **argv, char **env, const char *path);

// Errexit and the ERR trap, after a command whose status counts.
void exec_check(int status, int flags, const struct range *at);

// Functions, by name.
struct func *func_find(const char *name);
void func_define(const struct command *def);
int func_unset(const char *name);
void func_each(void (*fn)(void *arg, struct func *f), void *arg);
void func_put(struct func *f);
void func_forget(void);
// export -f: how = 1 or 0. var_environ() passes exported functions on as bash does, in
// variables BASH_FUNC_name%%; func_import() takes such a text over when it is exactly one
// definition and nothing else.
void func_export(struct func *f, int how);
void func_import(const char *name, size_t n, const char *body);

// Frames.
struct frame;
void frame_push(struct frame *f, int kind, const char *name);
void frame_pop(struct frame *f);

int exec_test(const struct test_node *n); // 0, 1 or 2

#endif
