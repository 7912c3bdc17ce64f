#include "engine/model.h"

#include "base/jsonw.h"

static void dump_transfers(struct jsonw *w, const char *key,
                           const struct model_transfer *t, size_t n)
{
	jsonw_key(w, key);
	jsonw_open(w, '[');
	for (size_t i = 0; i < n; i++, t++) {
		jsonw_open(w, '{');
		jsonw_kstr(w, "port", t->port);
		jsonw_kstr(w, "what", t->what);
		jsonw_kstr(w, "name", t->name);
		jsonw_kstr(w, "phase", t->phase);
		jsonw_kstr(w, "from", t->from);
		jsonw_kstr(w, "ware", t->ware);
		jsonw_kint(w, "read", t->read);
		jsonw_kint(w, "total", t->total);
		jsonw_kint(w, "content", t->content);
		jsonw_kint(w, "entries", t->entries);
		jsonw_kint(w, "begin_us", t->begin_us);
		jsonw_kint(w, "end_us", t->end_us);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static void dump_texts(struct jsonw *w, const char *key, const char *const *texts,
                       size_t n)
{
	jsonw_key(w, key);
	jsonw_open(w, '[');
	for (size_t i = 0; i < n; i++)
		jsonw_str(w, texts[i]);
	jsonw_close(w, ']');
}

static void dump_stack(struct jsonw *w, const struct model_frame *fr, size_t n)
{
	jsonw_key(w, "stack");
	jsonw_open(w, '[');
	for (size_t i = 0; i < n; i++, fr++) {
		jsonw_open(w, '{');
		jsonw_kstr(w, "name", fr->name);
		jsonw_kstr(w, "source", fr->source);
		jsonw_kstr(w, "what", fr->what);
		jsonw_kint(w, "line", fr->line);
		jsonw_kint(w, "column", fr->column);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static void dump_failure(struct jsonw *w, const struct model_failure *f)
{
	jsonw_open(w, '{');
	jsonw_kstr(w, "kind", f->kind);
	dump_texts(w, "argv", f->argv.items, f->argv.n);
	dump_texts(w, "redirections", f->redirections.items, f->redirections.n);
	jsonw_key(w, "pipestatus");
	jsonw_open(w, '[');
	for (size_t i = 0; i < f->pipestatus.n; i++)
		jsonw_int(w, f->pipestatus.items[i]);
	jsonw_close(w, ']');
	dump_stack(w, f->stack.items, f->stack.n);
	jsonw_kstr(w, "text", f->text);
	jsonw_kstr(w, "cwd", f->cwd);
	jsonw_kstr(w, "path", f->path);
	jsonw_kstr(w, "variable", f->variable);
	jsonw_kstr(w, "loader", f->loader);
	jsonw_kstr(w, "snippet", f->snippet);
	jsonw_kstr(w, "source", f->source);
	jsonw_kint(w, "errno", f->error);
	jsonw_kint(w, "line", f->line);
	jsonw_kint(w, "column", f->column);
	jsonw_kint(w, "end_line", f->end_line);
	jsonw_kint(w, "end_column", f->end_column);
	jsonw_kint(w, "depth", f->depth);
	jsonw_kstr(w, "tail", f->tail);
	jsonw_close(w, '}');
}

static void dump_step(struct jsonw *w, const struct model_step *s)
{
	static const char *const states[] = { "pending", "running", "ok", "failed" };

	jsonw_open(w, '{');
	jsonw_kint(w, "number", s->number);
	jsonw_kstr(w, "text", s->text);
	jsonw_kstr(w, "source", s->source);
	jsonw_kint(w, "line", s->line);
	jsonw_kint(w, "column", s->column);
	jsonw_kstr(w, "state", states[s->state]);
	jsonw_kint(w, "begin_us", s->begin_us);
	jsonw_kint(w, "end_us", s->end_us);
	jsonw_kint(w, "status", s->status);
	jsonw_kint(w, "signal", s->signal);
	jsonw_kint(w, "out_bytes", s->out_bytes);
	jsonw_kint(w, "err_bytes", s->err_bytes);
	jsonw_kint(w, "user_us", s->user_us);
	jsonw_kint(w, "sys_us", s->sys_us);
	jsonw_kint(w, "maxrss_kb", s->maxrss_kb);
	if (s->failure) {
		jsonw_key(w, "failure");
		dump_failure(w, s->failure);
	}
	jsonw_close(w, '}');
}

static void dump_error(struct jsonw *w, const struct model_error *e)
{
	if (!e->code)
		return;
	jsonw_key(w, "error");
	jsonw_open(w, '{');
	jsonw_kstr(w, "code", e->code);
	jsonw_kstr(w, "message", e->message);
	jsonw_kstr(w, "hint", e->hint);
	jsonw_close(w, '}');
}

static void dump_asks(struct jsonw *w, const struct model_ask *a, size_t n)
{
	jsonw_key(w, "asks");
	jsonw_open(w, '[');
	for (size_t i = 0; i < n; i++, a++) {
		jsonw_open(w, '{');
		jsonw_kstr(w, "what", a->what);
		jsonw_kstr(w, "consequence", a->consequence);
		jsonw_kbool(w, "granted", a->granted);
		jsonw_kstr(w, "by", a->by);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static void dump_formula(struct jsonw *w, const struct model_formula *f)
{
	static const char *const states[] = { "new", "inputs", "steps", "outputs",
		                              "ended" };

	jsonw_open(w, '{');
	jsonw_kint(w, "number", f->number);
	jsonw_kstr(w, "document", f->document);
	jsonw_kstr(w, "formulaID", f->id);
	jsonw_kstr(w, "action", f->action);
	jsonw_kstr(w, "interpreter", f->interpreter);
	jsonw_kstr(w, "shell", f->shell);
	jsonw_kstr(w, "state", states[f->state]);
	dump_transfers(w, "inputs", f->inputs.items, f->inputs.n);
	jsonw_key(w, "steps");
	jsonw_open(w, '[');
	for (size_t i = 0; i < f->steps.n; i++)
		dump_step(w, &f->steps.items[i]);
	jsonw_close(w, ']');
	dump_transfers(w, "outputs", f->outputs.items, f->outputs.n);
	dump_asks(w, f->asks.items, f->asks.n);
	dump_texts(w, "notes", f->notes.items, f->notes.n);
	jsonw_key(w, "results");
	jsonw_open(w, '{');
	for (size_t i = 0; i < f->results.n; i++)
		jsonw_kstr(w, f->results.items[i].name, f->results.items[i].ware);
	jsonw_close(w, '}');
	jsonw_kint(w, "running", f->running);
	jsonw_kint(w, "begin_us", f->begin_us);
	jsonw_kint(w, "end_us", f->end_us);
	jsonw_kbool(w, "memoized", f->memoized);
	jsonw_kint(w, "exitcode", f->exitcode);
	jsonw_kstr(w, "guid", f->guid);
	dump_error(w, &f->error);
	jsonw_close(w, '}');
}

void model_dump(const struct model *m, struct str *out)
{
	struct jsonw w;

	jsonw_init(&w, out, JSON_TABS);
	jsonw_open(&w, '{');
	jsonw_kstr(&w, "program", m->program);
	jsonw_kint(&w, "seq", (int64_t)m->seq);
	jsonw_kint(&w, "begin_us", m->begin_us);
	jsonw_kint(&w, "now_us", m->now_us);
	jsonw_kint(&w, "signal", m->signal);
	jsonw_kstr(&w, "timeout", m->timeout);
	jsonw_kbool(&w, "ended", m->ended);
	jsonw_kint(&w, "status", m->status);
	jsonw_key(&w, "formulas");
	jsonw_open(&w, '[');
	for (size_t i = 0; i < m->formulas.n; i++)
		dump_formula(&w, m->formulas.items[i]);
	jsonw_close(&w, ']');
	dump_error(&w, &m->error);
	jsonw_close(&w, '}');
}
