// Child processes: forking, waiting, jobs.
#ifndef STEPSH_JOB_H
#define STEPSH_JOB_H

#include <sys/resource.h>
#include <sys/types.h>

#include "stepsh/ast.h"

enum job_state { JOB_RUNNING, JOB_STOPPED, JOB_DONE };

struct process {
	pid_t pid;
	int status;    // as of waitpid(), valid when done
	uint8_t state; // enum job_state
};

struct job {
	struct job *next; // newest first
	int number;       // as of %1
	pid_t pgid;       // 0 without job control
	uint8_t background;
	uint8_t notified; // its end has been told
	uint8_t waited;   // its status has been taken by wait
	char *text;       // the command, as written
	int n;
	struct process procs[];
};

// Fork. The parent gets the pid, the child 0 with the environment of a subshell: traps
// reset, jobs forgotten. -1 after a complaint.
pid_t job_fork(int background);
// What a child does when it is done: EXIT trap, report, _exit.
_Noreturn void job_child_exit(int status);

struct job *job_create(int n_procs, const struct range *text);
void job_add(struct job *j, pid_t pid);
// Put it into the table as a background job.
void job_register(struct job *j);
void job_free(struct job *j);
// The child of an asynchronous list: without job control its stdin is /dev/null.
void job_no_stdin(void);
// Wait for a foreground job; its status (of the last process).
int job_wait(struct job *j);
int job_status(const struct job *j);
int job_state_of(const struct job *j);
// One child: its status for $?; *ru may be NULL.
int job_wait_pid(pid_t pid, struct rusage *ru);
int wait_to_status(int w); // waitpid's to $?
// Take what has ended, without waiting.
void job_reap(void);
void job_notify(void); // tell an interactive user
void job_forget_all(void);
pid_t job_kill_target(void *arg, const char *spec);
// In a child: its process group, under job control.
void job_child_group(struct job *j, int background);
void job_parent_group(struct job *j, pid_t pid, int background);
void job_control(int on);
int job_last_signal(void); // of the last waitpid status turned into $?, 0 = none

#endif
