// Documents: Warpforge formulas, plots and modules as upstream writes them (spec §1),
// read strictly, with positions, and their identities (spec §2).
//
// A document and everything in it lives in one arena: document_destroy() frees all of it.
// Strings are bytes with a NUL behind; they contain none themselves (a NUL in a document
// is an error). Lists keep the order of the file.
#ifndef FORMULA_DOCUMENT_H
#define FORMULA_DOCUMENT_H

#include <stddef.h>

#include "formula/source.h"
#include "formula/ware.h"

struct err;
struct str;

enum port_kind { PORT_PATH, PORT_VAR };

struct port {
	enum port_kind kind;
	const char *text; // as written: "/src", "$NAME"
	const char *name; // without the first character: "src" ("" = the root), "NAME"
	struct doc_pos pos;
};

enum input_kind {
	INPUT_WARE,    // ware
	INPUT_MOUNT,   // mode, path
	INPUT_LITERAL, // text
	INPUT_PIPE,    // step ("" = an input of the plot), label       } plots only
	INPUT_CATALOG, // module, release, item                         }
	INPUT_INGEST,  // path, ref (git)                               }
};

enum mount_mode { MOUNT_RO, MOUNT_RW, MOUNT_OVERLAY };

struct doc_filter {
	const char *key, *value;
};

struct input {
	enum input_kind kind;
	struct wareid ware;
	enum mount_mode mode;
	const char *path; // mount, ingest: host path as written
	const char *text; // literal
	const char *step, *label;
	const char *module, *release, *item;
	const char *ref;
	const char *simple; // canonical text of the whole ("mount:ro:x"): what is hashed
	int map_form;       // written as {basis, filters}
	struct doc_filter *filters;
	size_t n_filters;
	struct doc_pos pos;
};

struct port_input {
	struct port port;
	struct input input;
};

enum action_kind { ACTION_ECHO, ACTION_EXEC, ACTION_SCRIPT };

struct doc_text {
	const char *text;
	struct doc_pos pos; // of the first byte after the opening quote
};

struct action {
	enum action_kind kind;
	struct doc_text *command; // exec
	size_t n_command;
	const char *interpreter;   // script
	struct doc_text *contents; // script: the steps
	size_t n_contents;
	int network; // -1 absent, 0 false, 1 true (absent and false hash apart)
	struct doc_pos pos;
};

struct gather {
	const char *name;
	struct port from;
	const char *packtype; // NULL when absent
	int has_filters;
	struct doc_filter *filters;
	size_t n_filters;
	struct doc_pos pos;
};

// Formula and protoformula: the latter may have pipe, catalog and ingest inputs.
struct formula {
	struct port_input *inputs;
	size_t n_inputs;
	struct action action;
	struct gather *outputs;
	size_t n_outputs;
	struct doc_pos pos;
};

struct doc_warehouse {
	struct wareid ware;
	const char *addr;
};

struct plot;

struct plot_step {
	const char *name;
	struct formula *formula; // one of the two
	struct plot *plot;
	struct doc_pos pos;
};

struct label_input {
	const char *label;
	struct input input;
};

struct plot_output {
	const char *label;
	const char *step, *from; // "pipe:STEP:FROM"
	struct doc_pos pos;
};

struct plot {
	struct label_input *inputs;
	size_t n_inputs;
	struct plot_step *steps;
	size_t n_steps;
	struct plot_output *outputs;
	size_t n_outputs;
};

enum document_kind { DOC_FORMULA, DOC_PLOT, DOC_MODULE };

struct doc_warning {
	struct doc_pos pos;
	const char *text;
};

struct document {
	enum document_kind kind; // told by content (spec §1.8 [R])
	const char *name;        // what to call it in messages: the path as given
	struct formula *formula; // DOC_FORMULA
	struct doc_warehouse *warehouses;
	size_t n_warehouses;
	int has_context;
	struct plot *plot;       // DOC_PLOT
	const char *module_name; // DOC_MODULE
	struct doc_pos module_pos;
	struct doc_warning *warnings; // lax commas and the like, in order
	size_t n_warnings;
	const char *source; // the whole text, for snippets
	size_t source_len;
	struct doc_private *priv;
};

// Read a document. The text is copied. Errors say NAME:LINE:COLUMN, show the line and a
// caret and suggest the nearest legal name; codes warpforge-error-serialization (not JSON
// or not the schema), -formula-invalid, -plot-invalid, -module-invalid, -datatoonew.
// Limits: 64 MiB, 200 levels.
enum { DOCUMENT_MAX = 64 << 20 };
struct document *document_parse(const char *name, const char *text, size_t n,
                                struct err *e);
// A file that cannot be read: code warpforge-error-invalid-argument.
struct document *document_read(const char *path, struct err *e);
void document_destroy(struct document *d);

// Errors of meaning that upstream finds (or crashes on) only at run time (spec §1.3):
// a variable that is not a literal, a literal at a path, an output from a variable,
// action echo, two ports at one place. Plots: pipes that lead nowhere, loops. -1 at the
// first.
int document_check(const struct document *d, struct err *e);

// The order in which the steps of a plot run (spec §4.9): n_steps indexes of p->steps
// into `order`. Steps without a tie run by name. Fails when a pipe leads nowhere or the
// steps go round in a loop. Subplots have an order of their own.
int plot_order(const struct document *d, const struct plot *p, size_t *order,
               struct err *e);

// Append the place of a path port in canonical form: "/", "/src" for "//src/".
void port_path(const struct port *port, struct str *out);

// The ID as text: formula ID, plot ID. `out` is appended to.
int document_id(const struct document *d, struct str *out, struct err *e);
void formula_id(const struct formula *f, struct str *out);
void plot_id(const struct plot *p, struct str *out);
// The dag-cbor that is hashed.
void formula_cbor(const struct formula *f, struct str *out);
void plot_cbor(const struct plot *p, struct str *out);

// Append the document in upstream's canonical layout (spec §1.1 "Writer").
void document_format(const struct document *d, struct str *out);

// "NAME:LINE:COLUMN: message", the line and a caret, as document_parse() makes errors,
// for whoever finds something wrong with a place later. Returns -1.
int document_error(const struct document *d, struct doc_pos pos, const char *code,
                   struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

#endif
