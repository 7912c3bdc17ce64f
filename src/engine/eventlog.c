#include "engine/eventlog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/host.h"

void eventlog_init(struct eventlog *log, struct host *host, event_fn *fn, void *arg)
{
	*log = (struct eventlog){ .host = host, .fn = fn, .arg = arg };
	log->wall_us = host->wall_ns(host) / 1000;
	log->mono_us = host->mono_ns(host) / 1000;
	model_init(&log->model);
}

static void close_file(struct eventlog *log, size_t i)
{
	close(log->files.items[i].fd);
	free(log->files.items[i].path);
	log->files.items[i] = log->files.items[--log->files.n];
}

void eventlog_finish(struct eventlog *log)
{
	while (log->files.n)
		close_file(log, 0);
	vec_finish(&log->files);
	str_finish(&log->first);
	str_finish(&log->line);
	model_finish(&log->model);
}

static void write_to(struct eventlog *log, size_t i, const struct str *line)
{
	const char *path = log->files.items[i].path;

	if (fd_write_all(log->files.items[i].fd, str_cstr(line), line->len) == 0)
		return;
	if (!log->failed.code)
		err_sys(&log->failed,
		        errno == ENOSPC ? "wfx-no-space" : "warpforge-error-io",
		        "writing the event log: %s", path);
	close_file(log, i);
}

int eventlog_add_file(struct eventlog *log, const char *path, struct err *e)
{
	int fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOCTTY,
	             0666);

	if (fd < 0)
		return err_sys(e, "wfx-config", "opening the event log: %s", path);
	*vec_push(&log->files) = (struct eventlog_file){ fd, xstrdup(path) };
	if (log->first.len)
		write_to(log, log->files.n - 1, &log->first);
	return 0;
}

void eventlog_drop_file(struct eventlog *log, const char *path)
{
	for (size_t i = 0; i < log->files.n; i++)
		if (strcmp(log->files.items[i].path, path) == 0)
			close_file(log, i--);
}

// What a file that is added now must begin with, to be a log of its own.
static void remember(struct eventlog *log, enum event_kind kind)
{
	if (log->seq == 1)
		log->first_len = log->line.len;
	if (kind == EVENT_FORMULA) {
		str_cut(&log->first, log->first_len);
		log->remembers = 1;
	}
	if (kind == EVENT_BOX)
		log->remembers = 0;
	if (log->seq == 1 || log->remembers)
		str_addn(&log->first, log->line.p, log->line.len);
}

void eventlog_emit(struct eventlog *log, struct event *ev)
{
	ev->seq = ++log->seq;
	ev->time_us = log->wall_us + log->host->mono_ns(log->host) / 1000 - log->mono_us;
	str_clear(&log->line);
	event_write(ev, &log->line);
	remember(log, ev->kind);
	for (size_t i = log->files.n; i > 0; i--)
		write_to(log, i - 1, &log->line);
	model_apply(&log->model, ev);
	if (log->fn)
		log->fn(log->arg, ev, &log->model);
	event_finish(ev);
}
