// Redirections: words to a plan, a plan to descriptors; and the descriptors that are the
// shell's own, which no script can reach.
#ifndef STEPSH_REDIR_H
#define STEPSH_REDIR_H

#include <stddef.h>

#include "stepsh/ast.h"

enum act_kind { ACT_OPEN, ACT_DUP, ACT_CLOSE, ACT_DATA };

struct act {
	int kind;         // enum act_kind
	int fd;           // what is redirected
	int from;         // DUP
	int move;         // DUP: close `from` afterwards (n>&m-)
	const char *path; // OPEN
	int flags;        // OPEN: of open()
	int clobber;      // OPEN: 0 = noclobber counts
	const char *data; // DATA
	size_t n;
	const struct redir *redir;
	const char *word; // target as expanded, for messages and reports
};

struct plan {
	struct act *acts; // in sh.arena
	int n;
};

// Expand the words. -1 after a complaint.
int redir_plan(const struct redir *r, struct plan *plan);

// Carry the plan out in this process for good. -1: *bad is the action that failed, errno
// says why; nothing is undone. Allocates nothing: a vfork child may call it.
int redir_apply(const struct plan *plan, const struct act **bad);
// Say what went wrong.
void redir_complain(const struct act *bad, int error);

// Carry it out until redir_undo(). -1 after a complaint, all undone.
struct redir_saved {
	struct fd_save {
		int fd, copy; // copy -1: it was closed
	} * saves;
	int n;
};
int redir_push(const struct plan *plan, struct redir_saved *s);
void redir_undo(struct redir_saved *s);
void redir_keep(struct redir_saved *s); // as of `exec`: forget the copies

// {var}>file in a plan: the descriptors were chosen by the plan; tell the variables.
int redir_name_fds(const struct plan *plan);

// Descriptors of the shell itself lie from here on, close-on-exec.
enum { FD_INTERNAL = 200 };
int fd_is_internal(int fd);
int fd_internalize(int fd);  // move it up there: the new number, or -1; closes fd
int fd_dup_internal(int fd); // a copy up there
void fd_close_internal(int fd);

// A here-document's text, ready to be read; close-on-exec. -1 with errno.
int here_open(const char *text, size_t n);

#endif
