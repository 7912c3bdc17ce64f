#include "stepsh/report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "stepsh/redir.h"
#include "stepsh/sh.h"
#include "stepsh/var.h"

int report_on;

enum {
	FRAMES_MAX = 64,
	WORDS_MAX = 16 * 1024, // bytes of argv that are kept
	SLOTS = 64,
	SLOT_BYTES = 32 * 1024,
};

struct place {
	const char *name, *source; // interned
	uint32_t line, column;
	uint8_t kind; // enum frame_kind
};

// The last failure.
static struct {
	uint64_t serial;
	int status, signal, kind, error, depth;
	struct range at;    // holds its source
	struct str words;   // argv, each with its NUL
	struct str redirs;  // the same for redirections
	struct str details; // wire fields
	struct str cwd;
	struct place frames[FRAMES_MAX];
	int n_frames;
	int *pipe, n_pipe;
	struct str blob; // of a child: the whole report as wire fields, or empty
} last;

// What is known about the failure that will be reported next.
static struct {
	int kind, error;
	struct str details;
} pending;

// One record of a child, in memory that all shells of the session share.
struct slot {
	uint32_t pid;   // 0 = free; claimed by compare-and-swap
	int32_t status; // -1: the process became a program
	uint32_t n;
	char bytes[SLOT_BYTES - 12];
};
static struct slot *slots;

void report_start(void)
{
	slots = mmap(NULL, SLOTS * sizeof(struct slot), PROT_READ | PROT_WRITE,
	             MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (slots == MAP_FAILED)
		slots = NULL;
	report_on = 1;
}

uint64_t report_serial(void)
{
	return last.serial;
}

static void add_field(struct str *s, int tag, const void *p, size_t n)
{
	struct wire_msg m = { .body = *s };

	wire_add(&m, tag, p, n);
	*s = m.body;
}

void report_note(int kind, int tag, const char *p, size_t n, int error)
{
	if (!report_on)
		return;
	pending.kind = kind;
	pending.error = error;
	str_clear(&pending.details);
	if (tag)
		add_field(&pending.details, tag, p, n < WORDS_MAX ? n : WORDS_MAX);
}

void report_note_more(int tag, const char *p, size_t n)
{
	if (report_on)
		add_field(&pending.details, tag, p, n < WORDS_MAX ? n : WORDS_MAX);
}

void report_note_clear(void)
{
	pending.kind = pending.error = 0;
	str_clear(&pending.details);
}

void report_forget(void)
{
	if (!report_on)
		return;
	if (last.at.src)
		source_put(last.at.src);
	last.at = (struct range){ 0 };
	last.status = 0;
	str_clear(&last.blob);
	report_note_clear();
}

static void copy_frames(void)
{
	last.n_frames = 0;
	for (const struct frame *f = sh.frame; f && last.n_frames < FRAMES_MAX; f = f->up)
		last.frames[last.n_frames++] = (struct place){
			f->name,      f->call.src ? f->call.src->name : "",
			f->call.line, f->call.column,
			f->kind,
		};
}

static void copy_redirs(const struct plan *plan)
{
	static const char *const ops[] = {
		[REDIR_IN] = "<",
		[REDIR_OUT] = ">",
		[REDIR_CLOBBER] = ">|",
		[REDIR_APPEND] = ">>",
		[REDIR_INOUT] = "<>",
		[REDIR_DUP_IN] = "<&",
		[REDIR_DUP_OUT] = ">&",
		[REDIR_HERE] = "<<",
		[REDIR_HERE_STRING] = "<<<",
		[REDIR_BOTH] = "&>",
		[REDIR_BOTH_APPEND] = "&>>",
	};

	str_clear(&last.redirs);
	for (int i = 0; plan && i < plan->n && last.redirs.len < WORDS_MAX; i++) {
		const struct act *a = &plan->acts[i];
		int kind = a->redir->kind;
		int out = kind != REDIR_IN && kind != REDIR_INOUT &&
		          kind != REDIR_DUP_IN && kind != REDIR_HERE &&
		          kind != REDIR_HERE_STRING;

		if (i && a->redir == plan->acts[i - 1].redir)
			continue;
		if (a->fd != out)
			str_addf(&last.redirs, "%d", a->fd);
		str_addf(&last.redirs, "%s%.4096s", ops[kind], a->word ? a->word : "");
		str_addc(&last.redirs, '\0');
	}
}

void report_failure(const struct range *at, char **argv, int argc,
                    const struct plan *plan, int status, int signal)
{
	if (!report_on || !status)
		return;
	last.serial++;
	last.status = status;
	last.signal = signal;
	last.kind = signal         ? WIRE_FAIL_KILLED
	            : pending.kind ? pending.kind
	                           : WIRE_FAIL_STATUS;
	last.error = pending.error;
	last.depth = sh.subshell;
	str_clear(&last.blob);
	str_clear(&last.details);
	str_addn(&last.details, str_cstr(&pending.details), pending.details.len);
	report_note_clear();
	if (at->src)
		source_get(at->src);
	if (last.at.src)
		source_put(last.at.src);
	last.at = *at;
	str_clear(&last.words);
	for (int i = 0; i < argc && last.words.len < WORDS_MAX; i++) {
		size_t n = strlen(argv[i]);

		str_addn(&last.words, argv[i], n < 4096 ? n : 4096);
		str_addc(&last.words, '\0');
	}
	copy_redirs(plan);
	{
		const char *pwd = var_get("PWD");

		str_clear(&last.cwd);
		str_add(&last.cwd, pwd ? pwd : "");
	}
	copy_frames();
	last.n_pipe = 0;
}

void report_pipeline(const int *statuses, int n)
{
	if (!report_on)
		return;
	last.pipe = xreallocarray(last.pipe, (size_t)n, sizeof(int));
	memcpy(last.pipe, statuses, (size_t)n * sizeof(int));
	last.n_pipe = n;
}

// ---- as wire fields -----------------------------------------------------------------

// Where a range ends, as line and column.
static void end_of(const struct range *r, uint32_t *line, uint32_t *column)
{
	*line = r->line;
	*column = r->column;
	for (uint32_t i = r->begin; i < r->end && i < r->src->len; i++) {
		if (r->src->text[i] == '\n') {
			++*line;
			*column = 1;
		} else {
			++*column;
		}
	}
}

static void add_words(struct wire_msg *m, enum wire_tag tag, const struct str *s)
{
	for (size_t i = 0; i < s->len;) {
		size_t n = strlen(s->p + i);

		wire_add(m, tag, s->p + i, n);
		i += n + 1;
	}
}

static void add_frame(struct wire_msg *m, const struct place *f)
{
	struct wire_msg in = { 0 };

	wire_add_str(&in, WIRE_T_NAME, f->name ? f->name : "");
	wire_add_str(&in, WIRE_T_SOURCE, f->source);
	wire_add_num(&in, WIRE_T_LINE, f->line);
	wire_add_num(&in, WIRE_T_COLUMN, f->column);
	wire_add_num(&in, WIRE_T_KIND, f->kind);
	wire_add(m, WIRE_T_FRAME, str_cstr(&in.body), in.body.len);
	wire_finish(&in);
}

static void add_place(struct wire_msg *m)
{
	struct str snippet = { 0 };
	uint32_t line, column;

	if (!last.at.src)
		return;
	end_of(&last.at, &line, &column);
	wire_add_str(m, WIRE_T_SOURCE, last.at.src->name);
	wire_add_num(m, WIRE_T_LINE, last.at.line);
	wire_add_num(m, WIRE_T_COLUMN, last.at.column);
	wire_add_num(m, WIRE_T_END_LINE, line);
	wire_add_num(m, WIRE_T_END_COLUMN, column);
	range_snippet(&snippet, &last.at, 0);
	wire_add(m, WIRE_T_SNIPPET, str_cstr(&snippet), snippet.len);
	str_finish(&snippet);
}

static void add_record(struct wire_msg *m)
{
	wire_add_num(m, WIRE_T_KIND, (uint64_t)last.kind);
	if (last.signal)
		wire_add_num(m, WIRE_T_SIGNAL, (uint64_t)last.signal);
	if (last.error)
		wire_add_num(m, WIRE_T_ERRNO, (uint64_t)last.error);
	add_words(m, WIRE_T_ARG, &last.words);
	add_words(m, WIRE_T_REDIR, &last.redirs);
	wire_add(m, WIRE_T_CWD, str_cstr(&last.cwd), last.cwd.len);
	str_addn(&m->body, str_cstr(&last.details), last.details.len);
	add_place(m);
	for (int i = 0; i < last.n_frames; i++)
		add_frame(m, &last.frames[i]);
	wire_add_num(m, WIRE_T_DEPTH, (uint64_t)last.depth);
}

void report_fill(struct wire_msg *m, int status)
{
	if (!report_on)
		return;
	if (last.status != status) {
		wire_add_num(m, WIRE_T_KIND, WIRE_FAIL_STATUS);
		return;
	}
	if (last.blob.len)
		str_addn(&m->body, last.blob.p, last.blob.len);
	else
		add_record(m);
	for (int i = 0; i < last.n_pipe; i++)
		wire_add_num(m, WIRE_T_PIPESTATUS, (uint64_t)last.pipe[i]);
}

// ---- between processes --------------------------------------------------------------

// A slot for this process: its own, a free one, or by turns one that is old.
static struct slot *claim(void)
{
	static uint32_t turn;
	uint32_t me = (uint32_t)getpid();

	for (int i = 0; i < SLOTS; i++) {
		uint32_t none = 0;

		if (slots[i].pid == me ||
		    __atomic_compare_exchange_n(&slots[i].pid, &none, me, 0,
		                                __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return &slots[i];
	}
	turn = (turn + me) % SLOTS;
	__atomic_store_n(&slots[turn].pid, me, __ATOMIC_RELEASE);
	return &slots[turn];
}

static void leave_record(int status)
{
	struct wire_msg m = { 0 };
	struct slot *s;

	report_fill(&m, last.status);
	if (m.body.len <= sizeof(s->bytes)) {
		s = claim();
		s->status = status;
		s->n = (uint32_t)m.body.len;
		memcpy(s->bytes, str_cstr(&m.body), m.body.len);
	}
	wire_finish(&m);
}

void report_leave(int status)
{
	if (report_on && slots && status && sh.subshell && last.status == status)
		leave_record(status);
}

void report_before_exec(const struct range *at, char **argv, int argc,
                        const struct plan *plan)
{
	if (!report_on || !slots || !sh.subshell)
		return;
	report_failure(at, argv, argc, plan, 1, 0);
	leave_record(-1);
	report_forget();
}

static struct slot *slot_of(pid_t pid)
{
	for (int i = 0; slots && i < SLOTS; i++)
		if (slots[i].pid == (uint32_t)pid)
			return &slots[i];
	return NULL;
}

void report_take(pid_t pid, int status)
{
	struct slot *s = slot_of(pid);
	uint32_t n;

	if (!s)
		return;
	n = s->n;
	if ((s->status == status || s->status == -1) && n <= sizeof(s->bytes)) {
		struct wire_field f;
		size_t pos = 0;
		int r;

		// Other processes of the session can write there: believe only what is whole.
		str_clear(&last.blob);
		str_addn(&last.blob, s->bytes, n);
		while ((r = wire_next(str_cstr(&last.blob), last.blob.len, &pos, &f)) > 0)
			;
		if (r < 0) {
			str_clear(&last.blob);
		} else {
			last.serial++;
			last.status = status;
			last.n_pipe = 0;
		}
	}
	__atomic_store_n(&s->pid, 0, __ATOMIC_RELEASE);
}

void report_take_drop(pid_t pid)
{
	struct slot *s = slot_of(pid);

	if (s)
		__atomic_store_n(&s->pid, 0, __ATOMIC_RELEASE);
}
