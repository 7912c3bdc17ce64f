// Functions and the frames of calls (exec.h).
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stepsh/exec.h"
#include "stepsh/parse.h"
#include "stepsh/report.h"
#include "stepsh/script.h"
#include "stepsh/sh.h"
#include "stepsh/trap.h"
#include "stepsh/var.h"

enum { FUNC_BUCKETS = 256 };
static struct func *functions[FUNC_BUCKETS];

static struct func **func_place(const char *name)
{
	uint32_t h = 5381;
	struct func **p;

	for (const char *s = name; *s; s++)
		h = h * 33 + (unsigned char)*s;
	for (p = &functions[h % FUNC_BUCKETS]; *p; p = &(*p)->next)
		if (!strcmp((*p)->name, name))
			break;
	return p;
}

struct func *func_find(const char *name)
{
	return *func_place(name);
}

void func_put(struct func *f)
{
	if (--f->refs)
		return;
	unit_put(f->unit);
	free(f);
}

int func_unset(const char *name)
{
	struct func **p = func_place(name), *f = *p;

	if (!f)
		return 0;
	*p = f->next;
	func_put(f);
	return 1;
}

void func_define(const struct command *def)
{
	struct func **p, *f;

	func_unset(def->function.name);
	p = func_place(def->function.name);
	f = xcalloc(1, sizeof(*f));
	*f = (struct func){ NULL, def->function.name,
		            1,    unit_get(def->function.unit),
		            def,  0 };
	*p = f;
}

static int func_by_name(const void *a, const void *b)
{
	return strcmp((*(struct func *const *)a)->name, (*(struct func *const *)b)->name);
}

void func_each(void (*fn)(void *arg, struct func *f), void *arg)
{
	struct func **all = NULL;
	size_t n = 0;

	for (int i = 0; i < FUNC_BUCKETS; i++)
		for (struct func *f = functions[i]; f; f = f->next) {
			all = xreallocarray(all, n + 1, sizeof(*all));
			all[n++] = f;
		}
	if (n)
		qsort(all, n, sizeof(*all), func_by_name);
	for (size_t i = 0; i < n; i++)
		fn(arg, all[i]);
	free(all);
}

void frame_push(struct frame *f, int kind, const char *name)
{
	*f = (struct frame){
		.up = sh.frame, .kind = (uint8_t)kind, .name = name, .call = sh.where
	};
	if (f->call.src)
		source_get(f->call.src);
	sh.frame = f;
}

void frame_pop(struct frame *f)
{
	var_pop(&f->locals);
	if (f->options_saved)
		sh.options = f->options;
	sh.where = f->call;
	if (f->call.src)
		source_put(f->call.src);
	sh.frame = f->up;
}

int exec_function(struct func *f, int argc, char **argv)
{
	struct params outer = sh.params;
	int loops = sh.loop_depth;
	struct frame frame;
	char *on_return = NULL;

	if (shell_stack_low()) {
		sh_message(f->name, "functions call each other too deep (%d calls)",
		           sh.func_depth);
		report_note(WIRE_FAIL_LIMIT, 0, NULL, 0, 0);
		return sh_fatal(2);
	}
	f->refs++;
	sh.func_depth++;
	sh.loop_depth = 0;
	frame_push(&frame, FRAME_FUNCTION, f->name);
	sh.params = (struct params){ argv + 1, argc - 1, NULL };
	if (trap_any() && trap_is_set(TRAP_RETURN) && !sh_opt(OPT_FUNCTRACE))
		on_return = trap_hide(TRAP_RETURN);
	exec_command(f->def->function.body, 0);
	if (sh.flow == FLOW_RETURN)
		sh.flow = FLOW_NONE;
	trap_run(TRAP_RETURN);
	if (on_return)
		trap_unhide(TRAP_RETURN, on_return);
	free(sh.params.owned);
	sh.params = outer;
	frame_pop(&frame);
	sh.loop_depth = loops;
	sh.func_depth--;
	func_put(f);
	return sh.status;
}

void func_export(struct func *f, int how)
{
	f->exported = how;
	var_environ_changed();
}

// The definition that is all of the list, or NULL.
static const struct command *only_definition(const struct list *l)
{
	const struct and_or *a = l->first;
	const struct pipeline *p = a ? a->first : NULL;

	if (!p || a->next || a->async || p->next || p->count != 1 || p->bang || p->timed)
		return NULL;
	return p->commands->kind == CMD_FUNCTION && !p->commands->redirs ? p->commands
	                                                                 : NULL;
}

void func_import(const char *name, size_t n, const char *body)
{
	auto_free char *text = xasprintf("%.*s %s\n", (int)n, name, body);
	struct source *src = source_create("environment", text, strlen(text), 1);
	struct parser *p = script_parser(src);
	const struct command *def = NULL;
	const struct list *list;
	struct unit *unit = NULL;

	if (parser_next(p, &unit, &list) > 0) {
		def = only_definition(list);
		if (def && strlen(def->function.name) == n &&
		    !memcmp(def->function.name, name, n) && parser_at_end(p)) {
			struct func *f;

			func_define(def);
			f = func_find(def->function.name);
			if (f)
				f->exported = 1;
		}
		unit_put(unit);
	}
	parser_destroy(p);
	source_put(src);
}

void func_forget(void)
{
	for (int i = 0; i < FUNC_BUCKETS; i++)
		while (functions[i])
			func_unset(functions[i]->name);
}
