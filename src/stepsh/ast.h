// The tree of a script, as the parser makes it. It is never changed afterwards.
//
// Nodes lie in the arena of their unit (one complete command as read) and carry the range
// of the source they came from. Names of nodes are those of the grammar, XCU 2.10.
#ifndef STEPSH_AST_H
#define STEPSH_AST_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

// A text that commands were read from. Counted: a unit holds it as long as it lives.
struct source {
	int refs;
	const char *name; // step, path, "sh", ...; interned, lives for ever
	char *text;       // grows while lines are read
	size_t len, cap;
	uint32_t line;   // of the first byte, from 1
	uint32_t column; // of the first byte, from 1
};

struct source *source_create(const char *name, const char *text, size_t len,
                             uint32_t line);
struct source *source_get(struct source *s);
void source_put(struct source *s);

// Bytes begin..end of the source; line and column (in bytes, from 1) of the first one.
struct range {
	struct source *src;
	uint32_t begin, end, line, column;
};

// One complete command with all its nodes. Function definitions inside keep it alive.
struct unit {
	int refs;
	struct arena arena;
	struct source *src;
	struct source_link {
		struct source_link *next;
		struct source *src;
	} * more; // texts inside: bodies of here-documents and `...`
};

struct unit *unit_create(struct source *src);
struct unit *unit_get(struct unit *u);
void unit_put(struct unit *u);
void unit_keep_source(struct unit *u,
                      struct source *src); // takes over the caller's count

struct list;
struct word;
struct assign;

enum part_kind {
	PART_LIT,     // bytes; quoted or not
	PART_TILDE,   // ~user, with the text as written
	PART_PARAM,   // ${...}
	PART_COMMAND, // $(...) or `...`
	PART_ARITH,   // $((...))
	PART_PROCESS, // <(...) >(...)
};

enum {
	PART_QUOTED = 1,
	PART_IN_VALUE = 2, // TILDE after '=' or ':': counts only in an assignment
	PART_OUTPUT = 4,   // PROCESS: >( )
	PART_FILE = 8,     // COMMAND: $(<file), the body has only that redirection
	PART_GLOB = 16,    // LIT, unquoted: contains a special character
	PART_PURE = 32,    // COMMAND: one plain command that may be run without a process
};

struct part {
	const struct part *next;
	uint8_t kind, flags;
	uint32_t line; // where it begins
	uint32_t off;  // offset in the source
	union {
		struct {
			const char *p;
			size_t n;
		} lit;
		const struct param *param;
		const struct list *body;
		const struct word *arith;
	};
};

enum {
	WORD_QUOTED = 1, // some part of it was quoted
	WORD_ASSIGN = 2, // looks like NAME=...
	WORD_VALUE = 4,  // an assignment that is an argument of a declaration utility
};

struct word {
	struct range range;
	const struct part *parts;
	const char *plain; // what it expands to, when that never changes; else NULL
	uint32_t plain_len;
	uint8_t flags;
	const struct word *next;
	const struct assign *array; // NAME=(...) as an argument of declare and the like
};

enum param_kind { PARAM_NAME, PARAM_POSITIONAL, PARAM_SPECIAL };

enum param_op {
	OP_NONE,
	OP_LENGTH,       // ${#x}
	OP_DEFAULT,      // ${x-w}
	OP_ASSIGN,       // ${x=w}
	OP_ERROR,        // ${x?w}
	OP_ALTERNATE,    // ${x+w}
	OP_PREFIX,       // ${x#w}
	OP_PREFIX_LONG,  // ${x##w}
	OP_SUFFIX,       // ${x%w}
	OP_SUFFIX_LONG,  // ${x%%w}
	OP_SLICE,        // ${x:arg:arg2}
	OP_REPLACE,      // ${x/arg/arg2}
	OP_REPLACE_ALL,  // ${x//arg/arg2}
	OP_REPLACE_HEAD, // ${x/#arg/arg2}
	OP_REPLACE_TAIL, // ${x/%arg/arg2}
	OP_UPPER_FIRST,  // ${x^}
	OP_UPPER,        // ${x^^}
	OP_LOWER_FIRST,  // ${x,}
	OP_LOWER,        // ${x,,}
	OP_TOGGLE_FIRST, // ${x~}
	OP_TOGGLE,       // ${x~~}
	OP_TRANSFORM,    // ${x@Q}; the letter is in `letter`
	OP_NAMES,        // ${!prefix*} ${!prefix@}
	OP_KEYS,         // ${!name[@]} ${!name[*]}
	OP_BAD, // no expansion that this shell knows: an error when it is expanded
};

struct param {
	uint8_t kind;     // enum param_kind
	uint8_t op;       // enum param_op
	uint8_t colon;    // ${x:-w} and the like
	uint8_t indirect; // ${!x}
	char letter;      // of OP_TRANSFORM, or '@' '*' of OP_NAMES
	char special;     // PARAM_SPECIAL: @ * # ? - $ ! 0
	char all;         // subscript [@] or [*]
	uint32_t number;  // PARAM_POSITIONAL
	const char *name; // also set for the others, for messages
	const struct word *subscript;
	const struct word *arg, *arg2;
	struct range range;
};

enum redir_kind {
	REDIR_IN,          // <
	REDIR_OUT,         // >
	REDIR_CLOBBER,     // >|
	REDIR_APPEND,      // >>
	REDIR_INOUT,       // <>
	REDIR_DUP_IN,      // <&
	REDIR_DUP_OUT,     // >&
	REDIR_HERE,        // << and <<-
	REDIR_HERE_STRING, // <<<
	REDIR_BOTH,        // &>
	REDIR_BOTH_APPEND, // &>>
};

struct redir {
	const struct redir *next;
	struct range range;
	uint8_t kind;
	int fd;                  // the descriptor that is redirected
	const char *var;         // {var}>file
	const struct word *word; // the file, the digits, or the text of a here-document
};

// NAME=word, NAME+=word, NAME[sub]=word, NAME=(...); also an element of the latter
// (name NULL).
struct assign {
	const struct assign *next;
	struct range range;
	const char *name;
	uint32_t name_len;
	uint8_t append;
	uint8_t is_array;
	const struct word *subscript;
	const struct word *value;
	const struct assign *elements; // is_array
};

enum command_kind {
	CMD_SIMPLE,
	CMD_GROUP,    // { list; }
	CMD_SUBSHELL, // ( list )
	CMD_IF,
	CMD_WHILE,
	CMD_UNTIL,
	CMD_FOR,
	CMD_SELECT,
	CMD_CASE,
	CMD_FUNCTION,
	CMD_ARITH,     // (( ))
	CMD_ARITH_FOR, // for (( ; ; ))
	CMD_TEST,      // [[ ]]
	CMD_COPROC,
};

enum case_end { CASE_BREAK, CASE_FALL, CASE_NEXT }; // ;; ;& ;;&

struct case_item {
	const struct case_item *next;
	const struct word *patterns;
	const struct list *body;
	uint8_t end;
};

enum test_kind { TEST_WORD, TEST_UNARY, TEST_BINARY, TEST_NOT, TEST_AND, TEST_OR };

struct test_node {
	uint8_t kind;
	char op[8];
	struct range range;
	const struct word *a, *b;
	const struct test_node *left, *right;
};

struct elif {
	const struct elif *next;
	const struct list *cond, *body;
};

struct command {
	const struct command *next; // of the pipeline
	uint8_t kind;
	uint8_t pipe_stderr; // |& follows
	struct range range;
	const struct redir *redirs;
	union {
		struct {
			const struct assign *assigns;
			const struct word *words;
		} simple;
		const struct list *body; // GROUP, SUBSHELL
		struct {
			const struct list *cond, *body;
			const struct elif *elifs;
			const struct list *otherwise;
		} branch; // IF, WHILE, UNTIL
		struct {
			const char *name;
			int has_in;
			const struct word *words;
			const struct list *body;
		} loop; // FOR, SELECT
		struct {
			const struct word *word;
			const struct case_item *items;
		} match; // CASE
		struct {
			const char *name;
			const struct command *body;
			struct unit *unit;
		} function;               // FUNCTION; COPROC without unit
		const struct word *arith; // ARITH
		struct {
			const struct word *init, *cond, *step;
			const struct list *body;
		} arith_for;
		const struct test_node *test;
	};
};

enum { JOIN_AND = 1, JOIN_OR = 2 };

struct pipeline {
	const struct pipeline *next;
	uint8_t join;  // to the one before: JOIN_AND or JOIN_OR, 0 for the first
	uint8_t bang;  // number of ! modulo 2
	uint8_t timed; // `time`; 2 = time -p
	uint8_t count; // 0 (only `!` or `time`), 1, 2 = several
	struct range range;
	const struct command *commands;
};

struct and_or {
	const struct and_or *next;
	uint8_t async; // followed by &
	struct range range;
	const struct pipeline *first;
};

struct list {
	struct range range;
	const struct and_or *first;
};

#endif
