// The slow jobs of a run, each in a worker process: fetching the wares of the inputs, and
// packing the outputs.
#ifndef ENGINE_JOBS_H
#define ENGINE_JOBS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/worker.h"
#include "formula/ware.h"

struct box;
struct err;
struct loop;
struct store;

struct fetch_want {
	struct wareid id;
	struct filters filters;
	const char *addr; // context address, or NULL
};

struct gather_want {
	const char *from; // path in the box, "/" = the root mount only
};

// What a job tells. Strings are NUL-terminated whatever the worker sent.
enum job_news_kind { JOB_BEGIN, JOB_PROGRESS, JOB_NOTICE, JOB_END, JOB_NEWS_COUNT };
struct job_news {
	enum job_news_kind kind;
	uint32_t index; // of the want; below their number
	char phase[16];
	uint64_t read, total; // of the packed form, 0 = unknown
	uint64_t content, entries;
	char text[512];     // where from; a notice
	char path[4096];    // END of a fetch: the tree
	struct wareid ware; // END of a pack
};

// `fd` of a fetch's END is the lock on the tree, the receiver's to close; else -1.
typedef void job_news_fn(void *arg, const struct job_news *news, int fd);

// Start one. The wants and the store are used until it is done or killed. `news` and `done`
// are called from the loop (engine/worker.h).
struct job {
	struct loop *loop;
	struct store *store;
	const struct fetch_want *fetch; // one of the two lists
	const struct gather_want *gather;
	size_t n;
	struct box *box;  // gather: its processes are gone ...
	int root_fd;      // ... this is box_open_root(), and this
	int root_only_fd; // box_open_root_only() where a want is "/", else -1
	job_news_fn *news;
	worker_done_fn *done;
	void *arg;
	struct worker *worker; // while it runs
};
int job_start_fetch(struct job *j, struct err *e);
int job_start_gather(struct job *j, struct err *e);

#endif
