#include "config.h"

#include "engine/jobs.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/vec.h"
#include "sandbox/box.h"
#include "store/pack.h"
#include "store/store.h"

static int send_news(struct worker_link *link, const struct job_news *news, int fd)
{
	return worker_send(link, news, sizeof(*news), fd);
}

// --- fetching (runs in the worker) ---------------------------------------------------

struct fetching {
	struct worker_link *link;
	struct job_news news;
};

static int fetch_progress(void *arg, const struct store_progress *p)
{
	struct fetching *f = arg;

	f->news.kind = p->phase == STORE_NOTICE ? JOB_NOTICE : JOB_PROGRESS;
	snprintf(f->news.phase, sizeof(f->news.phase), "%s", store_phase_name(p->phase));
	snprintf(f->news.text, sizeof(f->news.text), "%s", p->what ? p->what : "");
	f->news.read = p->in_bytes;
	f->news.total = p->in_total;
	f->news.content = p->out_bytes;
	f->news.entries = p->entries;
	send_news(f->link, &f->news, -1);
	return worker_cancelled();
}

static int fetch_one(struct fetching *f, struct store *s, const struct fetch_want *want,
                     struct err *e)
{
	struct store_fetch how = {
		.id = want->id,
		.filters = &want->filters,
		.addr = want->addr,
		.progress = fetch_progress,
		.arg = f,
	};
	struct store_tree tree = { .lock_fd = -1 };
	int ret = -1;

	f->news.kind = JOB_BEGIN;
	send_news(f->link, &f->news, -1);
	if (store_fetch(s, &how, &tree, e) < 0)
		return -1;
	if (strlen(tree.path) >= sizeof(f->news.path)) {
		err_set(e, "rio-local-cache-problem", "path of the cache is too long: %s",
		        tree.path);
		goto out;
	}
	f->news.kind = JOB_END;
	snprintf(f->news.path, sizeof(f->news.path), "%s", tree.path);
	snprintf(f->news.text, sizeof(f->news.text), "%s", tree.from);
	f->news.content = tree.bytes;
	f->news.entries = tree.entries;
	ret = send_news(f->link, &f->news, tree.lock_fd);
	if (ret < 0)
		err_sys(e, "warpforge-error-internal", "reporting a fetched ware");
out:
	store_tree_finish(&tree);
	return ret;
}

static int fetch_all(struct worker_link *link, void *arg, struct err *e)
{
	struct job *j = arg;

	if (store_confine(j->store, NULL, 0, e) < 0)
		return -1;
	for (uint32_t i = 0; i < j->n; i++) {
		struct fetching f = { .link = link, .news = { .index = i } };
		char id[WAREID_TEXT];

		if (worker_cancelled())
			return err_set(e, "wfx-cancelled", "cancelled");
		if (fetch_one(&f, j->store, &j->fetch[i], e) < 0)
			return err_wrap(e, "unable to unpack ware \"%s\"",
			                wareid_text(&j->fetch[i].id, id));
	}
	return 0;
}

// --- packing -------------------------------------------------------------------------
//
// The worker keeps the user's ids, for writing to the warehouse; its child joins the box's
// user namespace, where the files' owners are, and sees only the root's and the blob's
// descriptors. It leaves its result in shared memory.

struct gathered {
	int ret; // 0 once it is whole
	struct pack_result result;
	struct err err;
	char code[64]; // err.code, which is a pointer
};

struct gathering {
	struct worker_link *link;
	struct job_news news;
};

static void gather_progress(void *arg, const struct codec_progress *p)
{
	struct gathering *g = arg;

	g->news.kind = JOB_PROGRESS;
	snprintf(g->news.phase, sizeof(g->news.phase), "pack");
	g->news.read = p->bytes_out;
	g->news.content = p->bytes_in;
	g->news.entries = p->entries;
	send_news(g->link, &g->news, -1);
}

static int pack(struct gathering *g, const struct job *j, const struct gather_want *want,
                int blob, struct pack_result *r, struct err *e)
{
	int whole = strcmp(want->from, "/") == 0;
	struct pack_opts opts;

	pack_opts_init(&opts);
	opts.progress = gather_progress;
	opts.progress_arg = g;
	if (whole)
		box_own_paths(j->box, &opts.omit);
	if (box_enter_users(j->box, e) < 0)
		return -1;
	prctl(PR_SET_PDEATHSIG, SIGKILL); // new ids have cleared it
	if (getppid() == 1)
		return err_set(e, "wfx-cancelled", "cancelled");
	return pack_tree(whole ? j->root_only_fd : j->root_fd, want->from, &opts, blob, r,
	                 e);
}

static int pack_in_child(struct gathering *g, const struct job *j,
                         const struct gather_want *want, int blob, struct gathered *got,
                         struct err *e)
{
	const struct err_code *row;
	pid_t self = getpid(), pid;
	int status;

	got->ret = -1;
	got->code[0] = '\0';
	pid = fork();
	if (pid < 0)
		return err_sys(e, "warpforge-error-syscall", "starting to pack");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGTERM, SIG_DFL);
		if (getppid() != self)
			_exit(1);
		err_clear(&got->err);
		if (pack(g, j, want, blob, &got->result, &got->err) == 0)
			got->ret = 0;
		else
			snprintf(got->code, sizeof(got->code), "%s", got->err.code);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return err_sys(e, "warpforge-error-syscall",
			               "waiting for the packer");
		if (worker_cancelled())
			kill(pid, SIGKILL);
	}
	if (worker_cancelled())
		return err_set(e, "wfx-cancelled", "cancelled");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(e, "warpforge-error-internal", "the packer died");
	if (got->ret == 0)
		return 0;
	got->code[sizeof(got->code) - 1] = '\0';
	got->err.msg[sizeof(got->err.msg) - 1] =
		got->err.hint[sizeof(got->err.hint) - 1] = '\0';
	row = err_code_find(got->code);
	err_set(e, row ? row->code : "warpforge-error-internal", "%s", got->err.msg);
	if (got->err.hint[0])
		err_hint(e, "%s", got->err.hint);
	return -1;
}

static int commit(struct job *j, struct store_blob *blob, const struct pack_result *r,
                  struct wareid *id, struct err *e)
{
	struct store_seal seal = { .blob = r->blob };

	snprintf(id->packtype, sizeof(id->packtype), "tar");
	snprintf(id->hash, sizeof(id->hash), "%s", r->hash);
	if (r->missing)
		return 0;
	memcpy(seal.tree, r->seal, sizeof(seal.tree));
	return store_blob_commit(j->store, blob, id, &seal, e);
}

static int gather_one(struct worker_link *link, struct job *j, uint32_t i,
                      struct gathered *got, struct err *e)
{
	struct gathering g = { .link = link, .news = { .index = i } };
	struct store_blob blob = { .fd = -1 };
	int ret = -1;

	g.news.kind = JOB_BEGIN;
	snprintf(g.news.phase, sizeof(g.news.phase), "pack");
	send_news(link, &g.news, -1);
	if (store_blob_open(j->store, &blob, e) < 0)
		return -1;
	if (pack_in_child(&g, j, &j->gather[i], blob.fd, got, e) < 0)
		goto out;
	g.news.kind = JOB_PROGRESS;
	snprintf(g.news.phase, sizeof(g.news.phase), "commit");
	g.news.read = got->result.blob.size;
	g.news.content = got->result.total_size;
	g.news.entries = got->result.n_entries;
	send_news(link, &g.news, -1);
	if (commit(j, &blob, &got->result, &g.news.ware, e) < 0)
		goto out;
	g.news.kind = JOB_END;
	ret = send_news(link, &g.news, -1);
	if (ret < 0)
		err_sys(e, "warpforge-error-internal", "reporting a packed ware");
out:
	store_blob_discard(j->store, &blob);
	return ret;
}

static int gather_all(struct worker_link *link, void *arg, struct err *e)
{
	struct job *j = arg;
	struct gathered *got;

	if (store_confine(j->store, NULL, 0, e) < 0)
		return -1;
	got = mmap(NULL, sizeof(*got), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	           -1, 0);
	if (got == MAP_FAILED)
		return err_sys(e, "warpforge-error-syscall",
		               "memory shared with the packer");
	for (uint32_t i = 0; i < j->n; i++) {
		if (worker_cancelled())
			return err_set(e, "wfx-cancelled", "cancelled");
		if (gather_one(link, j, i, got, e) < 0)
			return err_wrap(e, "unable to pack ware at path \"%s\"",
			                j->gather[i].from);
	}
	return 0;
}

// --- the parent's side ---------------------------------------------------------------

static void on_message(void *arg, const void *p, size_t n, int fd)
{
	struct job *j = arg;
	struct job_news news;

	if (n == sizeof(news)) {
		memcpy(&news, p, n);
		news.phase[sizeof(news.phase) - 1] = news.text[sizeof(news.text) - 1] =
			'\0';
		news.path[sizeof(news.path) - 1] = '\0';
		news.ware.packtype[sizeof(news.ware.packtype) - 1] = '\0';
		news.ware.hash[sizeof(news.ware.hash) - 1] = '\0';
		if (news.kind < JOB_NEWS_COUNT && news.index < j->n) {
			j->news(j->arg, &news, fd);
			return;
		}
	}
	if (fd >= 0)
		close(fd);
}

static void on_done(void *arg, const struct err *e)
{
	struct job *j = arg;

	j->worker = NULL;
	j->done(j->arg, e);
}

int job_start_fetch(struct job *j, struct err *e)
{
	_Static_assert(sizeof(struct job_news) <= WORKER_MESSAGE_MAX,
	               "news fit a message");
	j->worker = worker_start(j->loop, "wfx fetch", fetch_all, j, on_message, on_done,
	                         j, e);
	return j->worker ? 0 : -1;
}

int job_start_gather(struct job *j, struct err *e)
{
	j->worker = worker_start(j->loop, "wfx pack", gather_all, j, on_message, on_done,
	                         j, e);
	return j->worker ? 0 : -1;
}
