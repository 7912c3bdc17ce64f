#include "stepsh/simple.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "stepsh/array.h"
#include "stepsh/builtin.h"
#include "stepsh/control.h"
#include "stepsh/expand.h"
#include "stepsh/job.h"
#include "stepsh/path.h"
#include "stepsh/prompt.h"
#include "stepsh/quote.h"
#include "stepsh/redir.h"
#include "stepsh/report.h"
#include "stepsh/sh.h"
#include "stepsh/spawn.h"
#include "stepsh/trap.h"
#include "stepsh/var.h"

// A command on its way: words expanded, redirections planned.
struct call {
	const struct command *c;
	struct argv args;
	struct plan plan;
	int flags;
};

// ---- assignments --------------------------------------------------------------------

static int element_assign(struct var *v, const struct assign *as)
{
	size_t n, sn;
	char *sub = expand_text(as->subscript, &sn, 0);
	int64_t index;
	char *s;

	if (!sub || array_subscript(v, sub, sn, &index) < 0)
		return -1;
	s = expand_text(as->value, &n, EXPAND_VALUE);
	if (!s)
		return -1;
	return array_set(v, index, sub, s, n, as->append);
}

int assign_array(const struct assign *as, int flags)
{
	struct var *v = var_make(as->name, as->name_len);
	struct array *fresh, *old;
	int64_t next = 0;
	int assoc;

	if (v->flags & VAR_NAMEREF && v->flags & VAR_SET && !(v = var_deref(v)))
		return -1;
	if (var_is_readonly(v))
		return -1;
	if (as->append && !v->array && array_make(v, 0) < 0)
		return -1;
	assoc = v->array ? array_is_assoc(v->array) : (v->flags & VAR_ASSOC) != 0;
	// Expanded first: the elements may use the old value.
	fresh = as->append ? array_copy(v->array) : array_create(assoc);
	if (as->append)
		next = array_next_index(fresh);
	for (const struct assign *el = as->elements; el; el = el->next) {
		if (el->subscript) {
			size_t n, sn;
			char *sub = expand_text(el->subscript, &sn, 0);
			char *s = sub ? expand_text(el->value, &n, EXPAND_VALUE) : NULL;
			struct var probe = { .array = fresh, .name = v->name };

			if (!s || array_subscript(&probe, sub, sn, &next) < 0)
				goto fail;
			if (!assoc && next < 0)
				next += array_next_index(fresh);
			if (next < 0)
				goto fail;
			array_put(fresh, next++, sub, s, n, el->append);
		} else {
			struct argv list = { 0 };
			struct word one = *el->value;

			one.next = NULL;
			if (expand_words(&one, &list) < 0)
				goto fail;
			if (assoc) {
				sh_message(v->name, "an element of an associative array "
				                    "wants a [key]=");
				goto fail;
			}
			for (int i = 0; i < list.n; i++)
				array_put(fresh, next++, NULL, list.v[i],
				          strlen(list.v[i]), 0);
		}
	}
	old = v->array;
	v->array = fresh;
	array_destroy(old);
	if (!old) {
		free(v->value);
		v->value = NULL;
		v->len = v->cap = 0;
	}
	v->flags |= VAR_SET | (assoc ? VAR_ASSOC : VAR_ARRAY) |
	            ((uint32_t)flags & VAR_EXPORT);
	return 0;
fail:
	array_destroy(fresh);
	return -1;
}

int assign_one(const struct assign *as, int flags)
{
	struct var *v;
	size_t n;
	char *s;

	if (as->is_array)
		return assign_array(as, flags);
	v = var_make(as->name, as->name_len);
	if (v->flags & VAR_NAMEREF && v->flags & VAR_SET && !(v = var_deref(v)))
		return -1;
	if (as->subscript)
		return element_assign(v, as);
	s = expand_text(as->value, &n, EXPAND_VALUE);
	if (!s)
		return -1;
	return var_assign(v, s, n, flags | (as->append ? VAR_APPEND : 0));
}

// An assignment could not be made: that ends a shell that is not interactive.
static int assign_failed(const struct command *c)
{
	sh.status = 1;
	if (!sh.flow && (!c->simple.words || sh_opt(OPT_SH_ERRORS)))
		sh_discard(1);
	report_failure(&c->range, NULL, 0, NULL, sh.status, 0);
	return sh.status;
}

static void trace_assign(struct str *out, const struct assign *as)
{
	struct var *v = var_find(as->name, as->name_len);
	const char *s;
	size_t n = 0;

	if (as->is_array || as->subscript) {
		str_addn(out, as->range.src->text + as->range.begin,
		         as->range.end - as->range.begin);
	} else {
		str_addf(out, "%s=", as->name);
		s = v ? var_value(v, &n) : NULL;
		if (s && n)
			quote_word(out, s, n, 0);
	}
	str_addc(out, ' ');
}

static void trace_write(struct str *out)
{
	if (out->len && out->p[out->len - 1] == ' ')
		str_cut(out, out->len - 1);
	str_addc(out, '\n');
	prompt_trace(out);
	str_finish(out);
}

// Assignments alone: they stay.
static int only_assigns(const struct command *c)
{
	struct str trace = { 0 };

	for (const struct assign *as = c->simple.assigns; as; as = as->next) {
		if (assign_one(as, 0) < 0) {
			str_finish(&trace);
			return assign_failed(c);
		}
		if (sh_opt(OPT_XTRACE))
			trace_assign(&trace, as);
	}
	if (sh_opt(OPT_XTRACE) && c->simple.assigns)
		trace_write(&trace);
	return 0;
}

// Assignments before a builtin or function: until it returns.
static int temporary_assigns(const struct call *k, struct saved_var **saved, int flags)
{
	struct str trace = { 0 };

	for (const struct assign *as = k->c->simple.assigns; as; as = as->next) {
		struct var *v = var_make(as->name, as->name_len);

		if (saved) {
			char *s;
			size_t n;

			if (var_is_readonly(v))
				goto fail;
			s = as->is_array ? (char *)""
			                 : expand_text(as->value, &n, EXPAND_VALUE);
			if (!s)
				goto fail;
			n = strlen(s);
			var_push(saved, v, as->append);
			v->flags &= (uint32_t)~VAR_LOCAL;
			if (var_assign(v, s, n,
			               VAR_EXPORT | (as->append ? VAR_APPEND : 0)) < 0)
				goto fail;
		} else if (assign_one(as, flags) < 0) {
			goto fail;
		}
		if (sh_opt(OPT_XTRACE))
			trace_assign(&trace, as);
	}
	if (sh_opt(OPT_XTRACE)) {
		for (int i = 0; i < k->args.n; i++) {
			quote_word(&trace, k->args.v[i], strlen(k->args.v[i]), 0);
			str_addc(&trace, ' ');
		}
		trace_write(&trace);
	}
	return 0;
fail:
	str_finish(&trace);
	return -1;
}

// Assignments before a program: into its environment only. NULL after a complaint.
static char **program_environ(const struct call *k)
{
	struct argv extra = { 0 };
	struct saved_var *seen = NULL; // each assignment sees those before it
	struct str trace = { 0 };
	char **env;

	for (const struct assign *as = k->c->simple.assigns; as; as = as->next) {
		struct var *v = var_find(as->name, as->name_len);
		char *s, *pair;
		size_t n = 0;

		if (v && var_is_readonly(v))
			goto fail;
		s = as->is_array ? (char *)"" : expand_text(as->value, &n, EXPAND_VALUE);
		if (!s)
			goto fail;
		pair = arena_alloc(&sh.arena, as->name_len + n + 2);
		memcpy(pair, as->name, as->name_len);
		pair[as->name_len] = '=';
		memcpy(pair + as->name_len + 1, s, n);
		pair[as->name_len + 1 + n] = '\0';
		if (as->append && v && var_value(v, NULL))
			pair = arena_printf(&sh.arena, "%s=%s%s", as->name,
			                    var_value(v, NULL), s);
		if (!as->is_array)
			argv_add(&extra, pair);
		if (as->next) {
			v = var_make(as->name, as->name_len);
			var_push(&seen, v, 0);
			var_assign(v, pair + as->name_len + 1,
			           strlen(pair + as->name_len + 1), VAR_FORCE);
		}
		if (sh_opt(OPT_XTRACE)) {
			str_addf(&trace, "%s=", as->name);
			if (n)
				quote_word(&trace, s, n, 0);
			str_addc(&trace, ' ');
		}
	}
	if (sh_opt(OPT_XTRACE)) {
		for (int i = 0; i < k->args.n; i++) {
			quote_word(&trace, k->args.v[i], strlen(k->args.v[i]), 0);
			str_addc(&trace, ' ');
		}
		trace_write(&trace);
	}
	var_pop(&seen);
	env = var_environ(&sh.arena, extra.v, extra.n);
	return env;
fail:
	var_pop(&seen);
	str_finish(&trace);
	return NULL;
}

// ---- the kinds of commands ----------------------------------------------------------

// A redirection failed: it ends the shell when it was for a special builtin.
static int redirection_failed(const struct call *k, int special)
{
	int fatal = special && sh_opt(OPT_SH_ERRORS);

	sh.status = 1;
	report_failure(&k->c->range, k->args.v, k->args.n, &k->plan, sh.status, 0);
	if (fatal)
		sh_fatal(sh.status);
	return sh.status;
}

static int run_empty(const struct call *k)
{
	struct redir_saved saved;
	int status;

	if (only_assigns(k->c))
		return sh.status;
	status = sh.subst_ran ? sh.subst_status : 0;
	if (k->plan.n) {
		if (redir_push(&k->plan, &saved) < 0)
			return redirection_failed(k, 0);
		redir_name_fds(&k->plan);
		redir_undo(&saved);
	}
	return sh.status = status;
}

static int run_builtin(const struct call *k, const struct builtin *b, struct str *capture)
{
	int special = b->flags & BUILTIN_SPECIAL, status;
	struct saved_var *vars = NULL;
	struct redir_saved saved;

	if (redir_push(&k->plan, &saved) < 0)
		return redirection_failed(k, special);
	redir_name_fds(&k->plan);
	if ((k->c->simple.assigns || sh_opt(OPT_XTRACE)) &&
	    temporary_assigns(k, special && sh_opt(OPT_POSIX) ? NULL : &vars,
	                      b->run == b_exec ? VAR_EXPORT : 0) < 0) {
		redir_undo(&saved);
		var_pop(&vars);
		return assign_failed(k->c);
	}
	status = builtin_run(b, k->args.n, k->args.v, capture);
	if (sh.keep_redirs)
		redir_keep(&saved);
	else
		redir_undo(&saved);
	sh.keep_redirs = 0;
	var_pop(&vars);
	return sh.status = status;
}

static int run_function(const struct call *k, struct func *f)
{
	struct saved_var *vars = NULL;
	struct redir_saved saved;

	if (redir_push(&k->plan, &saved) < 0)
		return redirection_failed(k, 0);
	redir_name_fds(&k->plan);
	if ((k->c->simple.assigns || sh_opt(OPT_XTRACE)) &&
	    temporary_assigns(k, &vars, 0) < 0) {
		redir_undo(&saved);
		var_pop(&vars);
		return assign_failed(k->c);
	}
	exec_function(f, k->args.n, k->args.v);
	var_pop(&vars);
	redir_undo(&saved);
	return sh.status;
}

static int run_program(const struct call *k)
{
	char **env = program_environ(k);
	const char *path = NULL;

	if (!env)
		return assign_failed(k->c);
	for (const struct assign *as = k->c->simple.assigns; as; as = as->next)
		if (!strcmp(as->name, "PATH")) // it counts for this very search
			for (char **e = env; *e; e++)
				if (!strncmp(*e, "PATH=", 5))
					path = *e + 5;
	return spawn_program(&(struct spawn){
		.at = &k->c->range,
		.argv = k->args.v,
		.argc = k->args.n,
		.env = env,
		.plan = &k->plan,
		.path = path,
		.in_place = k->flags & EXEC_LAST && !trap_any(),
		.text = &k->c->range,
	});
}

// As bash: in a process of its own, with the command that was not found as arguments.
static int run_not_found_handle(const struct call *k, struct func *f)
{
	const struct act *bad;
	struct argv args = { 0 };
	pid_t pid = job_fork(0);

	if (pid < 0)
		return sh.status = 126;
	if (pid == 0) {
		if (redir_apply(&k->plan, &bad) < 0) {
			redir_complain(bad, errno);
			_exit(1);
		}
		argv_add(&args, (char *)f->name);
		for (int i = 0; i < k->args.n; i++)
			argv_add(&args, k->args.v[i]);
		argv_end(&args);
		exec_function(f, args.n, args.v);
		job_child_exit(sh.status);
	}
	sh.status = job_wait_pid(pid, NULL);
	if (sh.status)
		report_failure(&k->c->range, k->args.v, k->args.n, &k->plan, sh.status,
		               0);
	return sh.status;
}

static int dispatch(struct call *k, struct str *capture)
{
	const struct builtin *b;
	struct func *f;
	uint64_t serial = report_serial();
	int status;

	if (!k->args.n)
		return run_empty(k);
	b = builtin_find(k->args.v[0]);
	if (b && b->flags & BUILTIN_SPECIAL && sh_opt(OPT_POSIX))
		status = run_builtin(k, b, capture);
	else if ((f = func_find(k->args.v[0])))
		status = run_function(k, f);
	else if (b)
		status = run_builtin(k, b, capture);
	else if (!sh_opt(OPT_POSIX) && (f = func_find("command_not_found_handle")) &&
	         !path_find(k->args.v[0], NULL, 0))
		return run_not_found_handle(k, f);
	else
		return run_program(k);
	if (status && report_on && report_serial() == serial)
		report_failure(&k->c->range, k->args.v, k->args.n, &k->plan, status, 0);
	return status;
}

static int has_array_words(const struct word *w)
{
	for (; w; w = w->next)
		if (w->array)
			return 1;
	return 0;
}

// Words with NAME=(...) among them: the argument is the name, the array comes beside it.
static int expand_declares(const struct word *w, struct argv *out)
{
	const struct assign **list;
	int n = 0;

	for (const struct word *i = w; i; i = i->next)
		n++;
	list = arena_zalloc(&sh.arena, ((size_t)n * 4 + 64) * sizeof(*list));
	for (; w; w = w->next) {
		struct word one = *w;

		one.next = NULL;
		if (w->array) {
			if (out->n < n * 4 + 60)
				list[out->n] = w->array;
			argv_add(out, (char *)w->array->name);
		} else if (expand_words(&one, out) < 0) {
			return -1;
		}
	}
	sh_declares = list;
	return 0;
}

static int prepare(struct call *k)
{
	const struct command *c = k->c;
	int arrays = has_array_words(c->simple.words);

	sh.subst_ran = 0;
	sh_declares = NULL;
	if ((arrays ? expand_declares(c->simple.words, &k->args)
	            : expand_words(c->simple.words, &k->args)) < 0)
		return -1;
	argv_end(&k->args);
	if (c->redirs && redir_plan(c->redirs, &k->plan) < 0) {
		if (!sh.flow)
			sh.status = 1;
		return -1;
	}
	return 0;
}

int simple_exec_capture(const struct command *c, int flags, struct str *capture)
{
	struct arena_mark mark = arena_mark(&sh.arena);
	struct call k = { .c = c, .flags = flags };
	int status, subst = subst_mark();

	sh.where = c->range;
	sh.commands++;
	if (trap_is_set(TRAP_DEBUG))
		trap_run(TRAP_DEBUG);
	if (sh_opt(OPT_NOEXEC) && !sh_opt(OPT_INTERACTIVE))
		return 0;
	if (prepare(&k) < 0) {
		if (!sh.status)
			sh.status = 1;
		report_failure(&c->range, k.args.v, k.args.n, NULL, sh.status, 0);
		status = sh.status;
	} else {
		if (control_page)
			control_begin_command(&c->range, k.args.v, k.args.n);
		status = dispatch(&k, capture);
		if (k.args.n) {
			str_clear(&sh.last_arg);
			str_add(&sh.last_arg, k.args.v[k.args.n - 1]);
		}
	}
	subst_close(subst);
	arena_release(&sh.arena, mark);
	return sh.status = status;
}

int simple_exec(const struct command *c, int flags)
{
	return simple_exec_capture(c, flags, NULL);
}

int simple_run_argv(int argc, char **argv, int how)
{
	const struct builtin *b = builtin_find(argv[0]);
	struct func *f;
	struct plan none = { 0 };

	if (b)
		return builtin_run(b, argc, argv, NULL);
	if (!(how & (RUN_NO_FUNCTION | RUN_ONLY_BUILTIN)) && (f = func_find(argv[0])))
		return exec_function(f, argc, argv);
	if (how & RUN_ONLY_BUILTIN)
		return builtin_error(sh_io, "%s: not a shell builtin", argv[0]);
	return spawn_program(&(struct spawn){
		.at = &sh.where,
		.argv = argv,
		.argc = argc,
		.env = var_environ(&sh.arena, NULL, 0),
		.plan = &none,
		.path = how & RUN_DEFAULT_PATH ? path_default : NULL,
		.text = &sh.where,
	});
}

int parts_are_pure(const struct part *a)
{
	for (; a; a = a->next) {
		if (a->kind == PART_ARITH || a->kind == PART_PROCESS)
			return 0;
		if (a->kind == PART_COMMAND)
			return 0;
		if (a->kind == PART_PARAM) {
			const struct param *pm = a->param;

			if (pm->op == OP_ASSIGN || pm->op == OP_ERROR ||
			    pm->op == OP_SLICE || pm->subscript)
				return 0;
			if (pm->arg && !parts_are_pure(pm->arg->parts))
				return 0;
			if (pm->arg2 && !parts_are_pure(pm->arg2->parts))
				return 0;
		}
	}
	return 1;
}

static int words_are_pure(const struct command *c)
{
	for (const struct word *w = c->simple.words; w; w = w->next)
		if (w->array || (!w->plain && !parts_are_pure(w->parts)))
			return 0;
	for (const struct redir *r = c->redirs; r; r = r->next)
		if (r->var || (!r->word->plain &&
		               ((r->kind != REDIR_HERE && r->kind != REDIR_OUT &&
		                 r->kind != REDIR_IN && r->kind != REDIR_APPEND) ||
		                !parts_are_pure(r->word->parts))))
			return 0;
	return 1;
}

int simple_as_program(const struct command *c, struct spawn *s, struct plan *plan)
{
	const struct word *w = c->simple.words;
	struct argv args = { 0 };

	if (c->kind != CMD_SIMPLE || c->simple.assigns || !w || !w->plain ||
	    sh.options & (OPT_MONITOR | OPT_NOUNSET | OPT_XTRACE | OPT_NOCLOBBER |
	                  OPT_NOEXEC | OPT_ERRTRACE | OPT_FUNCTRACE) ||
	    sh.shopts & SHOPT_FAILGLOB || control_traces() || trap_is_set(TRAP_DEBUG) ||
	    !words_are_pure(c) || builtin_find(w->plain) || func_find(w->plain) ||
	    !path_find(w->plain, NULL, 1))
		return 0;
	if (expand_words(w, &args) < 0 || redir_plan(c->redirs, plan) < 0)
		return 0;
	argv_end(&args);
	if (!args.n || strcmp(args.v[0], w->plain) != 0)
		return 0;
	sh.commands++;
	if (control_page)
		control_begin_command(&c->range, args.v, args.n);
	*s = (struct spawn){
		.at = &c->range,
		.argv = args.v,
		.argc = args.n,
		.env = var_environ(&sh.arena, NULL, 0),
		.plan = plan,
		.text = &c->range,
	};
	return 1;
}
