#include "config.h"

#include "store/filejob.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/digest.h"
#include "store/place.h"
#include "store/treehash.h"

enum {
	BATCH = 64,
	BATCH_BYTES = 256 * 1024,
	SPLIT = 4 << 20, // from this size on one worker hashes and another writes
};

struct piece {
	struct piece *next;
	struct block *block; // one reference for each user; NULL with a hole
	const unsigned char *p;
	uint64_t n;
	int users; // who have not gone past it
};

struct bigfile {
	pthread_mutex_t lock;
	pthread_cond_t grown;
	struct node *node;
	struct piece *head, *tail;
	bool ended; // no more pieces
	int users;
};

enum job_kind { JOB_BATCH, JOB_HASH, JOB_WRITE, JOB_BOTH };

struct filejob {
	enum job_kind kind;
	struct bigfile *big;
	struct block *block;
	size_t n, bytes;
	struct small {
		struct node *node;
		const unsigned char *p;
		size_t n;
	} files[BATCH];
};

// One worker.
struct worker {
	struct filejobs *jobs;
	struct digest digest;
	struct place_dir at;
};

static bool stopped(const struct filejobs *j)
{
	return j->fault->set || (j->cancel && *j->cancel);
}

static int write_at(int fd, const unsigned char *p, size_t n, uint64_t off)
{
	while (n) {
		ssize_t done = pwrite(fd, p, n, (off_t)off);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		p += done;
		off += (uint64_t)done;
		n -= (size_t)done;
	}
	return 0;
}

static void small_file(struct worker *w, struct small *f)
{
	struct placer *placer = w->jobs->placer;
	struct err e = { 0 };
	int fd;

	digest_begin(&w->digest, DIGEST_SHA384);
	digest_add(&w->digest, f->p, f->n);
	digest_end(&w->digest, f->node->content);
	if (!placer)
		return;
	fd = place_file_open(placer, &w->at, f->node, &e);
	if (fd < 0)
		goto failed;
	if (write_at(fd, f->p, f->n, 0) < 0) {
		place_error(f->node, "writing", &e);
		close(fd);
		goto failed;
	}
	if (place_file_close(placer, f->node, fd, &e) == 0)
		return;
failed:
	fault_report(w->jobs->fault, &e);
}

// The piece after `was` (NULL: the first), waiting for it; NULL: that was the last. Lets
// go of `was`, whose block was put back already.
static struct piece *big_next(struct bigfile *b, struct piece *was)
{
	struct piece *next;
	bool last = false;

	pthread_mutex_lock(&b->lock);
	for (;;) {
		next = was ? was->next : b->head;
		if (next || b->ended)
			break;
		pthread_cond_wait(&b->grown, &b->lock);
	}
	if (was)
		last = --was->users == 0;
	pthread_mutex_unlock(&b->lock);
	if (last)
		free(was);
	return next;
}

static void big_release(struct bigfile *b)
{
	bool last;

	pthread_mutex_lock(&b->lock);
	last = --b->users == 0;
	pthread_mutex_unlock(&b->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->grown);
	free(b);
}

static void hash_hole(struct worker *w, uint64_t n)
{
	static const unsigned char zeros[64 * 1024];

	while (n && !stopped(w->jobs)) {
		size_t some = n < sizeof(zeros) ? (size_t)n : sizeof(zeros);

		digest_add(&w->digest, zeros, some);
		n -= some;
	}
}

static void write_failed(struct worker *w, struct bigfile *b)
{
	struct err e = { 0 };

	place_error(b->node, "writing", &e);
	fault_report(w->jobs->fault, &e);
}

static void big_file(struct worker *w, struct bigfile *b, enum job_kind kind)
{
	struct placer *placer = w->jobs->placer;
	bool hash = kind != JOB_WRITE, write = kind != JOB_HASH && placer, hole = false;
	struct err e = { 0 };
	uint64_t off = 0;
	int fd = -1;

	if (write) {
		fd = place_file_open(placer, &w->at, b->node, &e);
		if (fd < 0)
			fault_report(w->jobs->fault, &e);
	}
	digest_begin(&w->digest, DIGEST_SHA384);
	for (struct piece *s = NULL; (s = big_next(b, s)); off += s->n) {
		hole = !s->p;
		if (!stopped(w->jobs)) {
			if (hash && hole)
				hash_hole(w, s->n);
			else if (hash)
				digest_add(&w->digest, s->p, (size_t)s->n);
			if (fd >= 0 && !hole && write_at(fd, s->p, (size_t)s->n, off) < 0)
				write_failed(w, b);
		}
		block_put(s->block);
	}
	if (hash)
		digest_end(&w->digest, b->node->content);
	if (fd >= 0) {
		if (hole && ftruncate(fd, (off_t)off) < 0)
			write_failed(w, b);
		if (place_file_close(placer, b->node, fd, &e) < 0)
			fault_report(w->jobs->fault, &e);
	}
	big_release(b);
}

static void *worker_run(void *arg)
{
	struct worker w = { .jobs = arg, .at = { NULL, -1 } };
	struct filejob *job;

	place_thread_start();
	while ((job = queue_pop(&w.jobs->queue))) {
		if (job->kind != JOB_BATCH)
			big_file(&w, job->big, job->kind);
		for (size_t i = 0; i < job->n && !stopped(w.jobs); i++)
			small_file(&w, &job->files[i]);
		block_put(job->block);
		free(job);
	}
	digest_finish(&w.digest);
	if (w.at.fd >= 0)
		close(w.at.fd);
	return NULL;
}

void filejobs_start(struct filejobs *j, int threads, struct placer *p, struct fault *f,
                    const atomic_bool *cancel)
{
	memset(j, 0, sizeof(*j));
	j->placer = p;
	j->fault = f;
	j->cancel = cancel;
	queue_init(&j->queue);
	// Two at least: a large file keeps two of them waiting for the parser.
	j->n = threads < 2 ? 2 : threads > FILEJOB_THREADS ? FILEJOB_THREADS : threads;
	for (int i = 0; i < j->n; i++)
		thread_start(&j->threads[i], worker_run, j);
}

void filejobs_flush(struct filejobs *j)
{
	if (!j->batch)
		return;
	queue_push(&j->queue, j->batch);
	j->batch = NULL;
}

void filejobs_small(struct filejobs *j, struct node *n, struct block *b,
                    const unsigned char *p, size_t len)
{
	struct filejob *job = j->batch;

	if (!job) {
		job = j->batch = xmalloc(sizeof(*job));
		job->kind = JOB_BATCH;
		job->block = b ? block_ref(b) : NULL;
		job->n = job->bytes = 0;
	}
	job->files[job->n++] = (struct small){ n, p, len };
	job->bytes += len;
	if (job->n == BATCH || job->bytes >= BATCH_BYTES)
		filejobs_flush(j);
}

static void push_big(struct filejobs *j, enum job_kind kind)
{
	struct filejob *job = xcalloc(1, offsetof(struct filejob, files));

	job->kind = kind;
	job->big = j->big;
	queue_push(&j->queue, job);
}

void filejobs_begin(struct filejobs *j, struct node *n, uint64_t size)
{
	bool split = size >= SPLIT && j->placer;

	assert(!j->big);
	j->big = xcalloc(1, sizeof(*j->big));
	pthread_mutex_init(&j->big->lock, NULL);
	pthread_cond_init(&j->big->grown, NULL);
	j->big->node = n;
	j->big->users = split ? 2 : 1;
	filejobs_flush(j);
	push_big(j, split ? JOB_HASH : JOB_BOTH);
	if (split)
		push_big(j, JOB_WRITE);
}

void filejobs_piece(struct filejobs *j, struct block *b, const unsigned char *p,
                    uint64_t len)
{
	struct bigfile *big = j->big;
	struct piece *s = xcalloc(1, sizeof(*s));

	s->p = p;
	s->n = len;
	s->users = big->users;
	if (p) {
		s->block = b;
		for (int i = 0; i < s->users; i++)
			block_ref(b);
	}
	pthread_mutex_lock(&big->lock);
	if (big->tail)
		big->tail->next = s;
	else
		big->head = s;
	big->tail = s;
	pthread_cond_broadcast(&big->grown);
	pthread_mutex_unlock(&big->lock);
}

void filejobs_end(struct filejobs *j)
{
	struct bigfile *big = j->big;

	j->big = NULL;
	pthread_mutex_lock(&big->lock);
	big->ended = true;
	pthread_cond_broadcast(&big->grown);
	pthread_mutex_unlock(&big->lock);
}

void filejobs_stop(struct filejobs *j)
{
	if (j->big)
		filejobs_end(j);
	filejobs_flush(j);
	queue_close(&j->queue);
	for (int i = 0; i < j->n; i++)
		pthread_join(j->threads[i], NULL);
	queue_finish(&j->queue);
}
