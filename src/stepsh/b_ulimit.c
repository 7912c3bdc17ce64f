// ulimit and umask.
#include "stepsh/b_plain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "stepsh/builtin_io.h"

enum { SOFT = 1, HARD = 2 };

// `unit` is in bytes; 1 for plain counts, 0 for 512-byte blocks that bash counts by 1024.
// clang-format off
static const struct limit {
	char option;
	int resource;
	unsigned unit;
	const char *label, *unit_name;
} limits[] = {
	{ 't', RLIMIT_CPU, 1, "cpu time", "seconds, " },
	{ 'f', RLIMIT_FSIZE, 0, "file size", "blocks, " },
	{ 'd', RLIMIT_DATA, 1024, "data seg size", "kbytes, " },
	{ 's', RLIMIT_STACK, 1024, "stack size", "kbytes, " },
	{ 'c', RLIMIT_CORE, 0, "core file size", "blocks, " },
	{ 'm', RLIMIT_RSS, 1024, "max memory size", "kbytes, " },
	{ 'l', RLIMIT_MEMLOCK, 1024, "max locked memory", "kbytes, " },
	{ 'p', RLIMIT_NPROC, 1, "max user processes", "" },
	{ 'n', RLIMIT_NOFILE, 1, "open files", "" },
	{ 'v', RLIMIT_AS, 1024, "virtual memory", "kbytes, " },
	{ 'x', RLIMIT_LOCKS, 1, "file locks", "" },
	{ 'w', RLIMIT_LOCKS, 1, NULL, NULL },
	{ 'u', RLIMIT_NPROC, 1, NULL, NULL },
	{ 'i', RLIMIT_SIGPENDING, 1, "pending signals", "" },
	{ 'q', RLIMIT_MSGQUEUE, 1, "POSIX message queues", "bytes, " },
	{ 'e', RLIMIT_NICE, 1, "scheduling priority", "" },
	{ 'r', RLIMIT_RTPRIO, 1, "real-time priority", "" },
	{ 'R', RLIMIT_RTTIME, 1, "real-time without a block", "microseconds, " },
};
// clang-format on

static rlim_t unit_of(const struct limit *l, const struct builtin_io *io)
{
	if (l->unit)
		return l->unit;
	return io->flags & BUILTIN_BASH ? 1024 : 512;
}

static const struct limit *limit_find(char option)
{
	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		if (limits[i].option == option)
			return &limits[i];
	return NULL;
}

static void show(const struct limit *l, int which, int labelled, struct builtin_io *io)
{
	struct rlimit r = { 0, 0 };
	rlim_t v;
	char unit[40];

	getrlimit((unsigned)l->resource, &r);
	v = which & SOFT ? r.rlim_cur : r.rlim_max;
	if (labelled) {
		snprintf(unit, sizeof(unit), "(%s-%c)", l->unit_name, l->option);
		str_addf(&io->out, "%-26s %18s ", l->label, unit);
	}
	if (v == RLIM_INFINITY)
		str_add(&io->out, "unlimited\n");
	else
		str_addf(&io->out, "%llu\n", (unsigned long long)(v / unit_of(l, io)));
}

static int parse_value(const struct limit *l, const char *word, const struct rlimit *now,
                       struct builtin_io *io, rlim_t *value)
{
	rlim_t v = 0, unit = unit_of(l, io);

	if (strcmp(word, "unlimited") == 0) {
		*value = RLIM_INFINITY;
		return 0;
	}
	if (strcmp(word, "hard") == 0 || strcmp(word, "soft") == 0) {
		*value = *word == 'h' ? now->rlim_max : now->rlim_cur;
		return 0;
	}
	for (const char *p = word; *p || p == word; p++) {
		if (*p < '0' || *p > '9')
			return builtin_usage(io, "%s: neither a number nor 'unlimited'",
			                     word);
		if (v > (RLIM_INFINITY - 10) / 10 / unit)
			return builtin_usage(io, "%s: number too large", word);
		v = v * 10 + (rlim_t)(*p - '0');
	}
	*value = v * unit;
	return 0;
}

static int change(const struct limit *l, int which, const char *word,
                  struct builtin_io *io)
{
	struct rlimit r = { 0, 0 };
	rlim_t v = 0;
	int status;

	getrlimit((unsigned)l->resource, &r);
	status = parse_value(l, word, &r, io, &v);
	if (status)
		return status;
	if (!which || (which & SOFT))
		r.rlim_cur = v;
	if (!which || (which & HARD))
		r.rlim_max = v;
	if (setrlimit((unsigned)l->resource, &r) < 0)
		return builtin_error(io, "-%c %s: %s", l->option, word, strerror(errno));
	return 0;
}

struct asked {
	const struct limit *limit[32];
	int n, which, all;
};

// One "-Hn" word. 0, or a status after a complaint.
static int options(const char *word, struct asked *q, struct builtin_io *io)
{
	for (const char *p = word + 1; *p; p++) {
		const struct limit *l = limit_find(*p);

		if (*p == 'H') {
			q->which |= HARD;
		} else if (*p == 'S') {
			q->which |= SOFT;
		} else if (*p == 'a') {
			q->all = 1;
		} else if (!l) {
			return builtin_usage(io, "-%c: no such option", *p);
		} else if (q->n < (int)ARRAY_LEN(q->limit)) {
			q->limit[q->n++] = l;
		}
	}
	return 0;
}

int b_ulimit(int argc, char **argv, struct builtin_io *io)
{
	struct asked q = { .n = 0 };
	const char *value = NULL;
	int i, status;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		status = options(argv[i], &q, io);
		if (status)
			return status;
	}
	if (i < argc)
		value = argv[i++];
	if (i < argc || (value && (q.all || q.n > 1)))
		return builtin_usage(io, "%s: too many arguments",
		                     i < argc ? argv[i] : value);
	if (!q.n && !q.all)
		q.limit[q.n++] = limit_find('f');
	if (value)
		return change(q.limit[0], q.which, value, io);
	if (!q.which)
		q.which = SOFT;
	for (size_t k = 0; q.all && k < ARRAY_LEN(limits); k++)
		if (limits[k].label)
			show(&limits[k], q.which, 1, io);
	for (int k = 0; !q.all && k < q.n; k++)
		show(q.limit[k], q.which, q.n > 1 && q.limit[k]->label, io);
	return 0;
}

static void show_symbolic(struct builtin_io *io, mode_t allowed)
{
	static const char who[] = "ugo";

	for (int i = 0; i < 3; i++) {
		mode_t bits = allowed >> (6 - 3 * i) & 7;

		str_addf(&io->out, "%s%c=%s%s%s", i ? "," : "", who[i],
		         bits & 4 ? "r" : "", bits & 2 ? "w" : "", bits & 1 ? "x" : "");
	}
	str_addc(&io->out, '\n');
}

// The permissions after an operator, as bits of one class; a letter of "ugo" copies.
static const char *permissions(const char *p, mode_t allowed, mode_t *bits)
{
	*bits = 0;
	for (;; p++)
		// clang-format off
		switch (*p) {
		case 'r': *bits |= 4; break;
		case 'w': *bits |= 2; break;
		case 'x': *bits |= 1; break;
		case 'X': *bits |= (allowed & 0111) != 0; break;
		case 's':
		case 't': break;
		case 'u': *bits |= allowed >> 6 & 7; break;
		case 'g': *bits |= allowed >> 3 & 7; break;
		case 'o': *bits |= allowed & 7; break;
		default: return p;
		}
	// clang-format on
}

// A symbolic mode of chmod, applied to the permissions that the mask leaves. NULL, or
// where it is malformed.
static const char *symbolic(const char *p, mode_t *allowed)
{
	mode_t who, bits, wide;

	do {
		for (who = 0; *p && strchr("ugoa", *p); p++)
			who |= *p == 'u'   ? 0700
			       : *p == 'g' ? 0070
			       : *p == 'o' ? 0007
			                   : 0777;
		if (!who)
			who = 0777;
		if (!*p || !strchr("+-=", *p))
			return p;
		while (*p && strchr("+-=", *p)) {
			char op = *p;

			p = permissions(p + 1, *allowed, &bits);
			wide = (bits * 0111) & who;
			if (op == '-')
				*allowed &= ~wide;
			else
				*allowed =
					(op == '=' ? *allowed & ~who : *allowed) | wide;
		}
	} while (*p == ',' && *++p);
	return *p || p[-1] == ',' ? p : NULL;
}

static int set_mask(const char *word, mode_t mask, struct builtin_io *io)
{
	mode_t v = 0, allowed = ~mask & 0777;
	const char *bad;

	if (*word >= '0' && *word <= '9') {
		for (const char *p = word; *p; p++) {
			if (*p < '0' || *p > '7' || v > 0777)
				return builtin_error(io, "%s: not an octal mode", word);
			v = v * 8 + (mode_t)(*p - '0');
		}
		if (v > 0777)
			return builtin_error(io, "%s: not an octal mode", word);
		umask(v);
		return 0;
	}
	bad = symbolic(word, &allowed);
	if (bad)
		return builtin_error(io, "%s: not a mode (at '%s')", word, bad);
	umask(~allowed & 0777);
	return 0;
}

int b_umask(int argc, char **argv, struct builtin_io *io)
{
	mode_t mask = umask(0);
	int i = 1, show_words = 0, reusable = 0;

	umask(mask);
	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (strspn(argv[i] + 1, "Sp") != strlen(argv[i] + 1))
			return builtin_usage(io, "%s: no such option", argv[i]);
		show_words |= strchr(argv[i], 'S') != NULL;
		reusable |= strchr(argv[i], 'p') != NULL;
	}
	if (i + 1 < argc)
		return builtin_usage(io, "%s: too many arguments", argv[i + 1]);
	if (i < argc)
		return set_mask(argv[i], mask, io);
	if (reusable)
		str_addf(&io->out, "umask %s", show_words ? "-S " : "");
	if (show_words)
		show_symbolic(io, ~mask & 0777);
	else
		str_addf(&io->out, "%04o\n", (unsigned)mask);
	return 0;
}
