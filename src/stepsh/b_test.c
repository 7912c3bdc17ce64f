// test and [ : POSIX.1-2024 XCU test, with -ef -nt -ot < > and the unary -v -o -R -N -k -O -G.
#include "stepsh/b_plain.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "stepsh/arith.h"
#include "stepsh/builtin_io.h"

// Operands in front of the operator's place, as far as the grammar is concerned.
struct words {
	char **v;
	int n, at;
	struct builtin_io *io;
	int failed, depth;
};

enum { MAX_DEPTH = 256 };

static int expr_or(struct words *w);

int test_is_unary(const char *s)
{
	return s[0] == '-' && s[1] && !s[2] && strchr("bcdefghknoprstuvwxzLGNORS", s[1]);
}

// clang-format off
static const char *const binary_names[] = {
	"=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-ef", "-nt", "-ot",
};
// clang-format on

int test_is_binary(const char *s)
{
	for (size_t i = 0; i < ARRAY_LEN(binary_names); i++)
		if (strcmp(s, binary_names[i]) == 0)
			return 1;
	return 0;
}

static int is_terminal(const char *arg, struct builtin_io *io)
{
	int64_t fd;

	if (arith_number(arg, strlen(arg), 0, &fd) < 0 || fd < 0 || fd > INT32_MAX)
		return 0;
	return isatty(fd < 3 ? io->fd[fd] : (int)fd);
}

static int ask(struct builtin_io *io, enum builtin_query what, const char *arg)
{
	return io->query ? io->query(io->arg, what, arg) : 0;
}

static int mode_is(const struct stat *st, char op)
{
	// clang-format off
	switch (op) {
	case 'b': return S_ISBLK(st->st_mode);
	case 'c': return S_ISCHR(st->st_mode);
	case 'd': return S_ISDIR(st->st_mode);
	case 'f': return S_ISREG(st->st_mode);
	case 'p': return S_ISFIFO(st->st_mode);
	case 'S': return S_ISSOCK(st->st_mode);
	case 'g': return (st->st_mode & S_ISGID) != 0;
	case 'u': return (st->st_mode & S_ISUID) != 0;
	case 'k': return (st->st_mode & S_ISVTX) != 0;
	case 's': return st->st_size > 0;
	case 'O': return st->st_uid == geteuid();
	case 'G': return st->st_gid == getegid();
	case 'N':
		return st->st_mtim.tv_sec != st->st_atim.tv_sec
			       ? st->st_mtim.tv_sec > st->st_atim.tv_sec
			       : st->st_mtim.tv_nsec > st->st_atim.tv_nsec;
	default: return 1; // 'e'
	}
	// clang-format on
}

int test_unary(const char *op, const char *arg, struct builtin_io *io)
{
	struct stat st;

	// clang-format off
	switch (op[1]) {
	case 'n': return *arg != '\0';
	case 'z': return *arg == '\0';
	case 't': return is_terminal(arg, io);
	case 'v': return ask(io, BUILTIN_IS_SET, arg);
	case 'o': return ask(io, BUILTIN_IS_OPTION, arg);
	case 'R': return ask(io, BUILTIN_IS_NAMEREF, arg);
	case 'r': return faccessat(AT_FDCWD, arg, R_OK, AT_EACCESS) == 0;
	case 'w': return faccessat(AT_FDCWD, arg, W_OK, AT_EACCESS) == 0;
	case 'x': return faccessat(AT_FDCWD, arg, X_OK, AT_EACCESS) == 0;
	case 'h':
	case 'L': return lstat(arg, &st) == 0 && S_ISLNK(st.st_mode);
	default: return stat(arg, &st) == 0 && mode_is(&st, op[1]);
	}
	// clang-format on
}

static int compare_files(const char *op, const char *a, const char *b)
{
	struct stat sa, sb;
	int have_a = stat(a, &sa) == 0, have_b = stat(b, &sb) == 0, order;

	if (op[1] == 'e')
		return have_a && have_b && sa.st_dev == sb.st_dev &&
		       sa.st_ino == sb.st_ino;
	if (!have_a || !have_b)
		return op[1] == 'n' ? have_a && !have_b : have_b && !have_a;
	order = (sa.st_mtim.tv_sec > sb.st_mtim.tv_sec) -
	        (sa.st_mtim.tv_sec < sb.st_mtim.tv_sec);
	if (!order)
		order = (sa.st_mtim.tv_nsec > sb.st_mtim.tv_nsec) -
		        (sa.st_mtim.tv_nsec < sb.st_mtim.tv_nsec);
	return op[1] == 'n' ? order > 0 : order < 0;
}

// Decimal only: [ 010 -eq 10 ] is true.
static int number(const char *s, int64_t *value, struct builtin_io *io)
{
	const char *p = s + strspn(s, " \t\n");
	int minus = *p == '-';
	uint64_t v = 0, max = INT64_MAX;
	size_t n;

	p += *p == '-' || *p == '+';
	n = strspn(p, "0123456789");
	if (!n || p[n + strspn(p + n, " \t\n")]) {
		builtin_error(io, "%s: not a whole number", *s ? s : "''");
		return -1;
	}
	for (; n; n--, p++) {
		if (v > (max - (uint64_t)(*p - '0')) / 10) {
			builtin_error(io, "%s: number too large", s);
			return -1;
		}
		v = v * 10 + (uint64_t)(*p - '0');
	}
	*value = minus ? -(int64_t)v : (int64_t)v;
	return 0;
}

static int compare_numbers(const char *op, const char *a, const char *b,
                           struct builtin_io *io)
{
	int64_t x, y;

	if (number(a, &x, io) < 0 || number(b, &y, io) < 0)
		return -1;
	// clang-format off
	switch (op[1] << 8 | op[2]) {
	case 'e' << 8 | 'q': return x == y;
	case 'n' << 8 | 'e': return x != y;
	case 'l' << 8 | 't': return x < y;
	case 'l' << 8 | 'e': return x <= y;
	case 'g' << 8 | 't': return x > y;
	default: return x >= y;
	}
	// clang-format on
}

int test_binary(const char *op, const char *a, const char *b, struct builtin_io *io)
{
	if (op[0] == '-')
		return !strcmp(op, "-nt") || !strcmp(op, "-ot") || !strcmp(op, "-ef")
		               ? compare_files(op, a, b)
		               : compare_numbers(op, a, b, io);
	if (op[0] == '<')
		return strcmp(a, b) < 0;
	if (op[0] == '>')
		return strcmp(a, b) > 0;
	return (strcmp(a, b) == 0) == (op[0] == '=');
}

static int fail(struct words *w, const char *fmt, const char *what)
{
	if (!w->failed) {
		if (what)
			builtin_error(w->io, "%s: %s", what, fmt);
		else
			builtin_error(w->io, "%s", fmt);
	}
	w->failed = 1;
	return 0;
}

static int result(struct words *w, int r)
{
	if (r < 0)
		w->failed = 1;
	return r > 0;
}

static const char *word(const struct words *w, int i)
{
	return w->at + i < w->n ? w->v[w->at + i] : NULL;
}

static int is(const char *s, const char *what)
{
	return s && strcmp(s, what) == 0;
}

// More than four words: ( ), !, and the operators by precedence, -a above -o. A word that
// is followed by a binary operator and one more word is its operand, whatever it is.
static int expr_primary(struct words *w)
{
	const char *s = word(w, 0), *op = word(w, 1), *right = word(w, 2);
	int v;

	if (!s)
		return fail(w, "an argument is missing at the end", NULL);
	if (op && right && test_is_binary(op)) {
		w->at += 3;
		return result(w, test_binary(op, s, right, w->io));
	}
	if (is(s, "(")) {
		w->at++;
		v = expr_or(w);
		if (!is(word(w, 0), ")"))
			return fail(w, "no ')' for this '('", "(");
		w->at++;
		return v;
	}
	if (test_is_unary(s) && op) {
		w->at += 2;
		return result(w, test_unary(s, op, w->io));
	}
	w->at++;
	return *s != '\0';
}

static int expr_not(struct words *w)
{
	int v;

	if (!is(word(w, 0), "!") ||
	    (word(w, 1) && test_is_binary(word(w, 1)) && word(w, 2)))
		return expr_primary(w);
	if (++w->depth > MAX_DEPTH)
		return fail(w, "expression nested too deeply", NULL);
	w->at++;
	v = expr_not(w);
	w->depth--;
	return !v;
}

static int expr_and(struct words *w)
{
	int v = expr_not(w);

	while (!w->failed && is(word(w, 0), "-a")) {
		w->at++;
		v &= expr_not(w);
	}
	return v;
}

static int expr_or(struct words *w)
{
	int v;

	if (++w->depth > MAX_DEPTH)
		return fail(w, "expression nested too deeply", NULL);
	v = expr_and(w);
	while (!w->failed && is(word(w, 0), "-o")) {
		w->at++;
		v |= expr_and(w);
	}
	w->depth--;
	return v;
}

static int by_precedence(struct words *w)
{
	int v = expr_or(w);

	if (!w->failed && w->at < w->n)
		fail(w, "unexpected argument", word(w, 0));
	return v;
}

// The rules of the standard for up to four arguments, by their number.
static int by_count(struct words *w, int n)
{
	char **v = w->v + w->at;
	int r;

	if (n == 0)
		return 0;
	if (n == 1)
		return *v[0] != '\0';
	if (n == 2) {
		if (is(v[0], "!"))
			return !*v[1];
		if (is(v[0], "-a") && w->io->flags & BUILTIN_BASH) // an old -e
			return result(w, test_unary("-e", v[1], w->io));
		if (test_is_unary(v[0]))
			return result(w, test_unary(v[0], v[1], w->io));
		return fail(w, "unary operator expected", v[0]);
	}
	if (n == 3) {
		if (test_is_binary(v[1]))
			return result(w, test_binary(v[1], v[0], v[2], w->io));
		if (is(v[1], "-a"))
			return *v[0] && *v[2];
		if (is(v[1], "-o"))
			return *v[0] || *v[2];
		if (is(v[0], "(") && is(v[2], ")"))
			return *v[1] != '\0';
	}
	if (n == 4 && is(v[0], "(") && is(v[3], ")")) {
		w->at++;
		return by_count(w, 2);
	}
	if (n <= 4 && is(v[0], "!")) {
		w->at++;
		r = by_count(w, n - 1);
		return !r;
	}
	if (n == 3)
		return fail(w, "binary operator expected", v[1]);
	return by_precedence(w);
}

int b_test(int argc, char **argv, struct builtin_io *io)
{
	struct words w = { .v = argv + 1, .n = argc - 1, .io = io };
	int v;

	if (strcmp(argv[0], "[") == 0 && (w.n == 0 || strcmp(argv[w.n--], "]") != 0))
		return builtin_usage(io, "the last argument must be ']'");
	v = by_count(&w, w.n);
	return w.failed ? 2 : !v;
}
