#include "base/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/mem.h"

enum {
	HEAD = 8,
	PATIENCE_MS = 10000, // that the workbench has with a shell that does not read
};

static const struct {
	const char *name;
	int from_shell;
} types[WIRE_TYPE_COUNT] = {
	[WIRE_NONE] = { "?", -1 },
	[WIRE_RUN] = { "RUN", 0 },
	[WIRE_EVAL] = { "EVAL", 0 },
	[WIRE_INTERACT] = { "INTERACT", 0 },
	[WIRE_SNAPSHOT] = { "SNAPSHOT", 0 },
	[WIRE_RESTORE] = { "RESTORE", 0 },
	[WIRE_LETGO] = { "LETGO", 0 },
	[WIRE_RESUME] = { "RESUME", 0 },
	[WIRE_BREAK] = { "BREAK", 0 },
	[WIRE_GO] = { "GO", 0 },
	[WIRE_PAUSE] = { "PAUSE", 0 },
	[WIRE_QUERY] = { "QUERY", 0 },
	[WIRE_SIGNAL] = { "SIGNAL", 0 },
	[WIRE_MODE] = { "MODE", 0 },
	[WIRE_QUIT] = { "QUIT", 0 },
	[WIRE_HELLO] = { "HELLO", 1 },
	[WIRE_STEP_BEGIN] = { "STEP_BEGIN", 1 },
	[WIRE_STEP_END] = { "STEP_END", 1 },
	[WIRE_STOP] = { "STOP", 1 },
	[WIRE_COMMAND] = { "COMMAND", 1 },
	[WIRE_STATE] = { "STATE", 1 },
	[WIRE_ERROR] = { "ERROR", 1 },
};

static const struct {
	const char *name;
	int number; // the field is a number of 8 bytes
} tags[WIRE_TAG_COUNT] = {
	[WIRE_T_NONE] = { "?", 0 },
	[WIRE_T_NAME] = { "name", 0 },
	[WIRE_T_TEXT] = { "text", 0 },
	[WIRE_T_STATUS] = { "status", 1 },
	[WIRE_T_SIGNAL] = { "signal", 1 },
	[WIRE_T_KIND] = { "kind", 1 },
	[WIRE_T_ARG] = { "arg", 0 },
	[WIRE_T_REDIR] = { "redirection", 0 },
	[WIRE_T_CWD] = { "cwd", 0 },
	[WIRE_T_PATH] = { "path", 0 },
	[WIRE_T_VAR] = { "variable", 0 },
	[WIRE_T_ERRNO] = { "errno", 1 },
	[WIRE_T_INTERP] = { "interpreter", 0 },
	[WIRE_T_SOURCE] = { "source", 0 },
	[WIRE_T_LINE] = { "line", 1 },
	[WIRE_T_COLUMN] = { "column", 1 },
	[WIRE_T_END_LINE] = { "end-line", 1 },
	[WIRE_T_END_COLUMN] = { "end-column", 1 },
	[WIRE_T_SNIPPET] = { "snippet", 0 },
	[WIRE_T_PIPESTATUS] = { "pipestatus", 1 },
	[WIRE_T_FRAME] = { "frame", 0 },
	[WIRE_T_DEPTH] = { "depth", 1 },
	[WIRE_T_PID] = { "pid", 1 },
	[WIRE_T_WALL_NS] = { "wall-ns", 1 },
	[WIRE_T_USER_US] = { "user-us", 1 },
	[WIRE_T_SYS_US] = { "sys-us", 1 },
	[WIRE_T_MAXRSS_KB] = { "maxrss-kb", 1 },
	[WIRE_T_LEAVES] = { "leaves", 1 },
	[WIRE_T_BLOB] = { "blob", 0 },
	[WIRE_T_WHAT] = { "what", 0 },
	[WIRE_T_VERSION] = { "version", 1 },
	[WIRE_T_MODE] = { "mode", 1 },
	[WIRE_T_COUNTER] = { "counter", 1 },
};

static const char *const failures[WIRE_FAIL_COUNT] = {
	[WIRE_FAIL_NONE] = "none",
	[WIRE_FAIL_STATUS] = "status",
	[WIRE_FAIL_NOT_FOUND] = "not-found",
	[WIRE_FAIL_NOT_EXECUTABLE] = "not-executable",
	[WIRE_FAIL_NO_INTERPRETER] = "no-interpreter",
	[WIRE_FAIL_PERMISSION] = "permission",
	[WIRE_FAIL_IS_DIRECTORY] = "is-directory",
	[WIRE_FAIL_REDIRECTION] = "redirection",
	[WIRE_FAIL_NOUNSET] = "nounset",
	[WIRE_FAIL_READONLY] = "readonly",
	[WIRE_FAIL_SYNTAX] = "syntax",
	[WIRE_FAIL_EXPANSION] = "expansion",
	[WIRE_FAIL_KILLED] = "killed",
	[WIRE_FAIL_EXIT] = "exit",
	[WIRE_FAIL_LIMIT] = "limit",
	[WIRE_FAIL_USAGE] = "usage",
};

const char *wire_type_name(unsigned type)
{
	return type < WIRE_TYPE_COUNT ? types[type].name : "?";
}

const char *wire_tag_name(unsigned tag)
{
	return tag < WIRE_TAG_COUNT ? tags[tag].name : "?";
}

const char *wire_failure_name(unsigned kind)
{
	return kind < WIRE_FAIL_COUNT ? failures[kind] : "?";
}

static void put32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static uint32_t get32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

void wire_begin(struct wire_msg *m, enum wire_type type, uint32_t id)
{
	*m = (struct wire_msg){ .type = type, .id = id };
}

void wire_add(struct wire_msg *m, enum wire_tag tag, const void *p, size_t n)
{
	unsigned char head[HEAD] = { (unsigned char)tag };

	put32(head + 4, (uint32_t)n);
	str_addn(&m->body, head, sizeof(head));
	str_addn(&m->body, p, n);
}

void wire_add_str(struct wire_msg *m, enum wire_tag tag, const char *s)
{
	wire_add(m, tag, s, strlen(s));
}

void wire_add_num(struct wire_msg *m, enum wire_tag tag, uint64_t v)
{
	unsigned char b[8];

	for (int i = 0; i < 8; i++)
		b[i] = (unsigned char)(v >> 8 * i);
	wire_add(m, tag, b, sizeof(b));
}

void wire_finish(struct wire_msg *m)
{
	str_finish(&m->body);
	m->type = WIRE_NONE;
}

int wire_next(const char *body, size_t len, size_t *pos, struct wire_field *f)
{
	const unsigned char *p = (const unsigned char *)body + *pos;
	size_t n;

	if (*pos == len)
		return 0;
	if (len - *pos < HEAD)
		return -1;
	n = get32(p + 4);
	if (n > len - *pos - HEAD || p[1] || p[2] || p[3])
		return -1;
	f->tag = p[0];
	f->p = body + *pos + HEAD;
	f->n = n;
	*pos += HEAD + n;
	return 1;
}

int wire_get(const struct wire_msg *m, enum wire_tag tag, struct wire_field *f)
{
	size_t pos = 0;

	while (wire_next(str_cstr(&m->body), m->body.len, &pos, f) > 0)
		if (f->tag == tag)
			return 1;
	return 0;
}

uint64_t wire_field_num(const struct wire_field *f, uint64_t otherwise)
{
	uint64_t v = 0;

	if (f->n != 8)
		return otherwise;
	for (int i = 0; i < 8; i++)
		v |= (uint64_t)(unsigned char)f->p[i] << 8 * i;
	return v;
}

uint64_t wire_get_num(const struct wire_msg *m, enum wire_tag tag, uint64_t otherwise)
{
	struct wire_field f;

	return wire_get(m, tag, &f) ? wire_field_num(&f, otherwise) : otherwise;
}

static int send_datagram(int fd, const void *head, const void *p, size_t n,
                         int patience_ms)
{
	struct iovec iov[2] = { { (void *)head, HEAD }, { (void *)p, n } };
	struct msghdr h = { .msg_iov = iov, .msg_iovlen = n ? 2 : 1 };

	for (;;) {
		struct pollfd pf = { .fd = fd, .events = POLLOUT };

		if (sendmsg(fd, &h, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno == EAGAIN && poll(&pf, 1, patience_ms) == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		if (errno != EAGAIN && errno != EINTR)
			return -1;
	}
}

int wire_send(int fd, const struct wire_msg *m)
{
	int patience_ms = types[m->type].from_shell ? -1 : PATIENCE_MS;
	const char *p = str_cstr(&m->body);
	size_t left = m->body.len;

	if (left > WIRE_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	do {
		size_t n = left < WIRE_DATAGRAM - HEAD ? left : WIRE_DATAGRAM - HEAD;
		unsigned char head[HEAD] = { (unsigned char)m->type,
			                     n < left ? WIRE_MORE : 0 };

		put32(head + 4, m->id);
		if (send_datagram(fd, head, p, n, patience_ms) < 0)
			return -1;
		p += n;
		left -= n;
	} while (left);
	return 0;
}

static int well_formed(const struct wire_msg *m)
{
	struct wire_field f;
	size_t pos = 0;
	int r;

	while ((r = wire_next(str_cstr(&m->body), m->body.len, &pos, &f)) > 0)
		if (f.tag < WIRE_TAG_COUNT && tags[f.tag].number && f.n != 8)
			return 0;
	return r == 0;
}

int wire_feed(struct wire_reader *r, const void *datagram, size_t n, int from_shell,
              struct wire_msg *m)
{
	const unsigned char *p = datagram;
	uint32_t id;

	if (n < HEAD || n > WIRE_DATAGRAM || p[0] == WIRE_NONE ||
	    p[0] >= WIRE_TYPE_COUNT || types[p[0]].from_shell != !!from_shell ||
	    p[1] & ~WIRE_MORE || p[2] || p[3])
		goto broken;
	id = get32(p + 4);
	if (!r->active)
		wire_begin(&r->partial, p[0], id);
	else if (r->partial.type != (enum wire_type)p[0] || r->partial.id != id)
		goto broken;
	r->active = 1;
	if (r->partial.body.len + n - HEAD > WIRE_MAX)
		goto broken;
	str_addn(&r->partial.body, p + HEAD, n - HEAD);
	if (p[1] & WIRE_MORE)
		return 0;
	r->active = 0;
	if (!well_formed(&r->partial))
		goto broken;
	*m = r->partial;
	r->partial = (struct wire_msg){ 0 };
	return 1;
broken:
	wire_finish(&r->partial);
	r->active = 0;
	errno = EPROTO;
	return -1;
}

int wire_recv(struct wire_reader *r, int fd, int from_shell, struct wire_msg *m)
{
	struct iovec iov;
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (!r->buf)
		r->buf = xmalloc(WIRE_DATAGRAM);
	iov = (struct iovec){ r->buf, WIRE_DATAGRAM };
	do
		n = recvmsg(fd, &h, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	if (n == 0) {
		errno = 0;
		return -1;
	}
	if (h.msg_flags & MSG_TRUNC) {
		errno = EPROTO;
		return -1;
	}
	return wire_feed(r, r->buf, (size_t)n, from_shell, m);
}

void wire_reader_finish(struct wire_reader *r)
{
	wire_finish(&r->partial);
	free(r->buf);
	*r = (struct wire_reader){ 0 };
}
