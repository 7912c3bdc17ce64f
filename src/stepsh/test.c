// [[ ]] and select.
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "stepsh/array.h"
#include "stepsh/builtin.h"
#include "stepsh/exec.h"
#include "stepsh/expand.h"
#include "stepsh/math.h"
#include "stepsh/pattern.h"
#include "stepsh/sh.h"
#include "stepsh/simple.h"
#include "stepsh/var.h"

static void set_rematch(const char *s, const regmatch_t *m, size_t n)
{
	struct var *v = var_make("BASH_REMATCH", 12);

	var_unset(v->name, v->name_len);
	if (array_make(v, 0) < 0)
		return;
	for (size_t i = 0; m && i < n; i++)
		if (m[i].rm_so >= 0)
			array_put(v->array, (int64_t)i, NULL, s + m[i].rm_so,
			          (size_t)(m[i].rm_eo - m[i].rm_so), 0);
		else
			array_put(v->array, (int64_t)i, NULL, "", 0, 0);
}

static int test_regex(const char *s, const struct word *w)
{
	char *pattern = expand_regex(w);
	regmatch_t m[64];
	regex_t re;
	int r;

	if (!pattern)
		return 2;
	r = regcomp(&re, pattern,
	            REG_EXTENDED | (sh.shopts & SHOPT_NOCASEMATCH ? REG_ICASE : 0));
	if (r) {
		char msg[128];

		regerror(r, &re, msg, sizeof(msg));
		sh_message("[[", "bad regular expression %s: %s", pattern, msg);
		return 2;
	}
	r = regexec(&re, s, 64, m, 0);
	set_rematch(s, r ? NULL : m, re.re_nsub + 1 < 64 ? re.re_nsub + 1 : 64);
	regfree(&re);
	return r != 0;
}

static int compare_numbers(const char *op, const char *a, const char *b)
{
	int64_t x, y;

	if (math_eval(a, strlen(a), &x) < 0 || math_eval(b, strlen(b), &y) < 0)
		return 2;
	if (!strcmp(op, "-eq"))
		return x != y;
	if (!strcmp(op, "-ne"))
		return x == y;
	if (!strcmp(op, "-lt"))
		return x >= y;
	if (!strcmp(op, "-le"))
		return x > y;
	if (!strcmp(op, "-gt"))
		return x <= y;
	return x < y;
}

static int test_two(const struct test_node *n)
{
	struct pattern pt;
	size_t len;
	char *a = expand_text(n->a, &len, 0), *b;
	int r;

	if (!a)
		return 2;
	if (!strcmp(n->op, "=~"))
		return test_regex(a, n->b);
	if (!strcmp(n->op, "=") || !strcmp(n->op, "==") || !strcmp(n->op, "!=")) {
		if (expand_pattern(n->b, &pt) < 0)
			return 2;
		r = pattern_match(pt.p, pt.quoted, pt.n, a, len,
		                  pattern_flags() | PATTERN_EXTGLOB);
		return *n->op == '!' ? r : !r;
	}
	b = expand_text(n->b, NULL, 0);
	if (!b)
		return 2;
	if (n->op[0] == '-' && strchr("enlg", n->op[1]) && strcmp(n->op, "-nt") != 0 &&
	    strcmp(n->op, "-ef") != 0)
		return compare_numbers(n->op, a, b);
	if (!strcmp(n->op, "<"))
		return strcmp(a, b) >= 0;
	if (!strcmp(n->op, ">"))
		return strcmp(a, b) <= 0;
	r = test_binary(n->op, a, b, sh_io);
	return r < 0 ? 2 : !r;
}

static int test_node(const struct test_node *n)
{
	char *s;
	int r;

	switch (n->kind) {
	case TEST_NOT:
		r = test_node(n->left);
		return r == 2 ? 2 : !r;
	case TEST_AND:
		r = test_node(n->left);
		return r ? r : test_node(n->right);
	case TEST_OR:
		r = test_node(n->left);
		return r == 1 ? test_node(n->right) : r;
	case TEST_BINARY:
		return test_two(n);
	default:
		s = expand_text(n->a, NULL, 0);
		if (!s)
			return 2;
		if (n->kind == TEST_WORD)
			return !*s;
		r = test_unary(n->op, s, sh_io);
		return r < 0 ? 2 : !r;
	}
}

static const struct test_node *current;

static int run_current(int argc, char **argv, struct builtin_io *io)
{
	(void)argc;
	(void)argv;
	(void)io;
	return test_node(current);
}

int exec_test(const struct test_node *n)
{
	static const struct builtin b = { "[[", NULL, run_current, 0,
		                          "[[ expression ]]" };
	struct arena_mark mark = arena_mark(&sh.arena);
	const struct test_node *outer = current;
	char *argv[] = { (char *)"[[", NULL };
	int r;

	if (sh_opt(OPT_NOEXEC) && !sh_opt(OPT_INTERACTIVE))
		return 0;
	current = n;
	r = builtin_run(&b, 1, argv, NULL);
	current = outer;
	arena_release(&sh.arena, mark);
	return r;
}

int select_loop(const struct command *c)
{
	struct arena_mark mark = arena_mark(&sh.arena);
	struct argv list = { 0 };
	int status = 0;

	if (c->loop.has_in) {
		if (expand_words(c->loop.words, &list) < 0)
			return sh.status;
	} else {
		for (int i = 0; i < sh.params.n; i++)
			argv_add(&list, arena_strdup(&sh.arena, sh.params.v[i]));
	}
	sh.loop_depth++;
	for (int show = 1; list.n;) {
		char *argv[] = { (char *)"read", (char *)"-r", (char *)"REPLY", NULL };
		const char *ps3 = var_get("PS3"), *reply;
		long k;

		for (int i = 0; show && i < list.n; i++)
			dprintf(2, "%d) %s\n", i + 1, list.v[i]);
		ps3 = ps3 ? ps3 : "#? ";
		fd_write_all(2, ps3, strlen(ps3));
		if (builtin_run(builtin_find("read"), 3, argv, NULL)) {
			fd_write_all(1, "\n", 1);
			status = 1;
			break;
		}
		reply = var_get("REPLY");
		show = !reply || !*reply;
		if (show)
			continue;
		k = strtol(reply, NULL, 10);
		var_set(c->loop.name, k >= 1 && k <= list.n ? list.v[k - 1] : "", 0);
		status = exec_list(c->loop.body, 0);
		if (sh.flow == FLOW_BREAK || sh.flow == FLOW_CONTINUE) {
			int brk = sh.flow == FLOW_BREAK || sh.flow_count > 1;

			if (--sh.flow_count <= 0)
				sh.flow = FLOW_NONE;
			if (brk)
				break;
		} else if (sh.flow) {
			break;
		}
	}
	sh.loop_depth--;
	arena_release(&sh.arena, mark);
	return sh.status = status;
}
