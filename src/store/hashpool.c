#include "store/hashpool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/digest.h"
#include "store/thread.h"

enum { QUEUED = 64, CHUNK = 256 * 1024 };

struct job {
	int fd;
	unsigned char want[SHA384_LEN];
	char *path;
	size_t len;
};

struct hashpool {
	pthread_mutex_t lock;
	pthread_cond_t filled, taken;
	struct job jobs[QUEUED]; // ring
	size_t first, n;
	int closed;
	pthread_mutex_t bad_lock;
	hashpool_bad_fn *bad;
	void *arg;
	pthread_t *threads;
	int n_threads;
};

static int next(struct hashpool *p, struct job *j)
{
	int got;

	pthread_mutex_lock(&p->lock);
	while (!p->n && !p->closed)
		pthread_cond_wait(&p->filled, &p->lock);
	got = p->n > 0;
	if (got) {
		*j = p->jobs[p->first];
		p->first = (p->first + 1) % QUEUED;
		p->n--;
		pthread_cond_signal(&p->taken);
	}
	pthread_mutex_unlock(&p->lock);
	return got;
}

// 0 = as wanted, -1 = other content, else errno.
static int check(const struct job *j, struct digest *d, char *buf)
{
	unsigned char sum[SHA384_LEN];
	ssize_t n;
	int sys = 0;

	digest_begin(d, DIGEST_SHA384);
	while ((n = read(j->fd, buf, CHUNK)) != 0) {
		if (n > 0)
			digest_add(d, buf, (size_t)n);
		else if (errno != EINTR)
			break;
	}
	if (n < 0)
		sys = errno;
	digest_end(d, sum);
	if (sys)
		return sys;
	return memcmp(sum, j->want, SHA384_LEN) == 0 ? 0 : -1;
}

static void *run(void *arg)
{
	struct hashpool *p = arg;
	auto_free char *buf = xmalloc(CHUNK);
	struct digest d = { 0 };
	struct job j;

	while (next(p, &j)) {
		int bad = check(&j, &d, buf);

		if (bad) {
			pthread_mutex_lock(&p->bad_lock);
			p->bad(p->arg, j.path, j.len, bad < 0 ? 0 : bad);
			pthread_mutex_unlock(&p->bad_lock);
		}
		close(j.fd);
		free(j.path);
	}
	digest_finish(&d);
	return NULL;
}

struct hashpool *hashpool_create(int threads, hashpool_bad_fn *bad, void *arg)
{
	struct hashpool *p = xcalloc(1, sizeof(*p));

	pthread_mutex_init(&p->lock, NULL);
	pthread_mutex_init(&p->bad_lock, NULL);
	pthread_cond_init(&p->filled, NULL);
	pthread_cond_init(&p->taken, NULL);
	p->bad = bad;
	p->arg = arg;
	p->n_threads = thread_count(threads);
	p->threads = xcalloc((size_t)p->n_threads, sizeof(*p->threads));
	digest_prepare();
	for (int i = 0; i < p->n_threads; i++)
		thread_start(&p->threads[i], run, p);
	return p;
}

void hashpool_add(struct hashpool *p, int fd, const unsigned char want[SHA384_LEN],
                  const char *path, size_t len)
{
	struct job j = { .fd = fd, .path = xmemdup(path, len + 1), .len = len };

	memcpy(j.want, want, SHA384_LEN);
	pthread_mutex_lock(&p->lock);
	while (p->n == QUEUED)
		pthread_cond_wait(&p->taken, &p->lock);
	p->jobs[(p->first + p->n++) % QUEUED] = j;
	pthread_cond_signal(&p->filled);
	pthread_mutex_unlock(&p->lock);
}

void hashpool_destroy(struct hashpool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->closed = 1;
	pthread_cond_broadcast(&p->filled);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->n_threads; i++)
		pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->taken);
	pthread_cond_destroy(&p->filled);
	pthread_mutex_destroy(&p->bad_lock);
	pthread_mutex_destroy(&p->lock);
	free(p->threads);
	free(p);
}
