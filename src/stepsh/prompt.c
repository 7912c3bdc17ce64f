#include "stepsh/prompt.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "stepsh/expand.h"
#include "stepsh/parse.h"
#include "stepsh/redir.h"
#include "stepsh/script.h"
#include "stepsh/sh.h"
#include "stepsh/var.h"

// bash's backslash escapes that prompts really use.
static void escapes(struct str *out, const char *s)
{
	for (; *s; s++) {
		const char *v = NULL;
		char host[256] = "";

		if (*s != '\\' || !s[1]) {
			str_addc(out, *s);
			continue;
		}
		switch (*++s) {
		case 'w':
		case 'W':
			v = var_get("PWD");
			if (v && *s == 'W' && strrchr(v, '/') && v[1])
				v = strrchr(v, '/') + 1;
			str_add(out, v ? v : "?");
			break;
		case 'u':
			v = var_get("USER");
			str_add(out, v ? v : geteuid() ? "user" : "root");
			break;
		case 'h':
		case 'H':
			gethostname(host, sizeof(host) - 1);
			if (*s == 'h')
				host[strcspn(host, ".")] = '\0';
			str_add(out, host);
			break;
		case '$':
			str_add(out, geteuid() ? "\\$" : "#");
			break;
		case 'n':
			str_addc(out, '\n');
			break;
		case 'e':
			str_addc(out, 27);
			break;
		case 's':
			str_add(out, "stepsh");
			break;
		case '[':
		case ']':
			break;
		default:
			str_addc(out, '\\');
			str_addc(out, *s);
		}
	}
}

char *prompt_expand(const char *text)
{
	struct source *src;
	struct parser *p;
	struct unit *unit = NULL;
	const struct word *w;
	struct str s = { 0 };
	char *out;
	int status = sh.status;
	uint64_t options = sh.options;

	if (!strpbrk(text, "$`\\"))
		return arena_strdup(&sh.arena, text);
	if (sh_opt(OPT_POSIX))
		str_add(&s, text);
	else
		escapes(&s, text);
	src = source_create("prompt", str_cstr(&s), s.len, 1);
	str_finish(&s);
	p = script_parser(src);
	sh.options &= ~(OPT_XTRACE | OPT_ERREXIT | OPT_NOUNSET);
	out = parse_quoted_text(p, &unit, &w) == 0 ? expand_text(w, NULL, 0) : NULL;
	out = arena_strdup(&sh.arena, out ? out : text);
	sh.options = options;
	unit_put(unit);
	parser_destroy(p);
	source_put(src);
	sh.status = status;
	return out;
}

void prompt_show(int continued)
{
	struct arena_mark mark = arena_mark(&sh.arena);
	const char *ps = var_get(continued ? "PS2" : "PS1");
	char *text = prompt_expand(ps ? ps : "");

	if (fd_write_all(2, text, strlen(text)) < 0)
		sh.status = 1;
	arena_release(&sh.arena, mark);
}

// BASH_XTRACEFD, else stderr.
static int trace_fd(void)
{
	const char *s = sh_opt(OPT_POSIX) ? NULL : var_get("BASH_XTRACEFD");
	int fd;

	if (!s || !*s || strlen(s) > 8 || strspn(s, "0123456789") != strlen(s))
		return 2;
	fd = atoi(s);
	return fd_is_internal(fd) ? 2 : fd;
}

void prompt_trace(const struct str *line)
{
	struct arena_mark mark = arena_mark(&sh.arena);
	const char *ps = var_get("PS4");
	char *text = prompt_expand(ps ? ps : "");
	struct str out = { 0 };

	str_add(&out, text);
	str_addn(&out, line->p, line->len);
	fd_write_all(trace_fd(), out.p, out.len);
	str_finish(&out);
	arena_release(&sh.arena, mark);
}
