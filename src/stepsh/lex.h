// Inside the parser: the state shared by lex.c (characters, tokens), lexword.c (words),
// brace.c, parse.c and parse_bash.c.
#ifndef STEPSH_LEX_H
#define STEPSH_LEX_H

#include "base/str.h"
#include "stepsh/parse.h"

enum token_type {
	TOK_EOF,
	TOK_NEWLINE,
	TOK_WORD,
	TOK_IO_NUMBER, // digits right before < or >
	TOK_IO_VAR,    // {name} right before < or >
	TOK_SEMI,
	TOK_AMP,
	TOK_PIPE,
	TOK_LPAREN,
	TOK_RPAREN,
	TOK_AND_IF,    // &&
	TOK_OR_IF,     // ||
	TOK_DSEMI,     // ;;
	TOK_SEMI_AND,  // ;&
	TOK_DSEMI_AND, // ;;&
	TOK_PIPE_AMP,  // |&
	TOK_LESS,
	TOK_GREAT,
	TOK_CLOBBER,
	TOK_DGREAT,
	TOK_LESSGREAT,
	TOK_LESSAND,
	TOK_GREATAND,
	TOK_DLESS,
	TOK_DLESSDASH,
	TOK_TLESS,     // <<<
	TOK_ANDGREAT,  // &>
	TOK_ANDDGREAT, // &>>
};

enum keyword {
	KW_NONE,
	KW_IF,
	KW_THEN,
	KW_ELSE,
	KW_ELIF,
	KW_FI,
	KW_DO,
	KW_DONE,
	KW_CASE,
	KW_ESAC,
	KW_WHILE,
	KW_UNTIL,
	KW_FOR,
	KW_LBRACE,
	KW_RBRACE,
	KW_BANG,
	KW_IN,
	KW_SELECT,
	KW_TEST,
	KW_TEST_END,
	KW_FUNCTION,
	KW_COPROC,
	KW_TIME,
	KW_COUNT,
};
extern const char *const keywords[];

struct token {
	int type;
	int keyword; // enum keyword of a WORD
	struct range range;
	struct word *word;         // WORD, IO_NUMBER, IO_VAR
	const struct layer *layer; // where it begins
	char text[8];              // of an operator
};

// Where characters come from: the source, or the value of an alias on top of it.
struct layer {
	struct layer *below;
	const struct layer *outer; // where the word stood that this replaces
	const char *cur, *end;     // what was being read below
	const char *alias;         // name, to stop recursion
	struct range at;           // the word in the source that it stands for
	int blank_end; // the value ends in a blank: the next word is looked up too
};

struct here_doc {
	struct here_doc *next;
	struct redir *redir;
	const char *delim;
	size_t delim_len;
	int strip, quoted;
};

struct parser {
	struct source *src;
	struct parse_hooks hooks;
	struct unit *unit;
	struct arena *arena;       // of the unit
	const char *cur, *end;     // in the source's text or an alias's value
	struct layer *layer;       // NULL = the source itself
	uint32_t line, line_start; // of cur in the source
	int keyword_function;      // `function` came before the name
	struct str scratch;        // a stack of literal bytes (see struct wordbuf)
	struct token tok;
	int have_tok;
	int alias_next; // the next word is looked up as an alias
	int assign_ok;  // NAME=( begins an array here
	int depth;      // of nested constructs
	int flags;      // PARSE_* that hold for this unit
	int at_eof;     // refill has said there is no more
	int in_command; // a command has begun: more text continues it
	struct here_doc *here, **here_tail;
	uint32_t last_end; // offset after the token consumed last
	int failed;
	struct parse_error err;
	struct source *err_src; // holds err.range.src
};

enum { PARSE_DEPTH_MAX = 1000 };

// Set the error, once; later ones are consequences.
void parse_fail(struct parser *p, struct range at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
// 0, or -1 when constructs are nested too deep; pair with p->depth--.
int parse_enter(struct parser *p);

// lex.c
int lex_peek_slow(struct parser *p);
int lex_raw_slow(struct parser *p);
void lex_take(struct parser *p);               // step over what was peeked
struct range lex_here(const struct parser *p); // empty range at the current place
void lex_close_range(const struct parser *p,
                     struct range *r);           // ends at the current place
const struct token *lex_token(struct parser *p); // look
void lex_next(struct parser *p);                 // consume
int lex_alias(struct parser *p); // replace the current token: 1 if it was one
void lex_read_here_docs(struct parser *p);
const char *token_name(const struct token *t, char *buf, size_t n);
int lex_ahead(struct parser *p, size_t n); // n-th character from here, -1 = none

// The next character with line continuations removed, -1 at the end.
static inline int lex_peek(struct parser *p)
{
	if (p->cur < p->end && *p->cur != '\\' && *p->cur != '\0')
		return (unsigned char)*p->cur;
	return lex_peek_slow(p);
}

// The next character as it is.
static inline int lex_raw(struct parser *p)
{
	if (p->cur < p->end && *p->cur != '\0')
		return (unsigned char)*p->cur;
	return lex_raw_slow(p);
}

// lexword.c
enum word_mode {
	MODE_WORD,        // a token
	MODE_BRACE,       // word of ${x-word}: up to }
	MODE_SLASH,       // pattern of ${x/pattern/word}: up to / or }
	MODE_SLASH_FIRST, // the same, and the first character is not the end
	MODE_SLICE,       // ${x:offset:length}: up to : or }
	MODE_SUBSCRIPT,   // up to ]
	MODE_ARITH,       // up to ))
	MODE_ARITH_SEMI,  // up to ; or )) : for ((;;))
	MODE_HERE,        // a whole here-document
	MODE_REGEX,       // right side of =~
};

struct word *lex_word(struct parser *p, int mode, int dq);
// Is the word these unquoted bytes?
int word_is(const struct word *w, const char *s);
const struct part *part_new_lit(struct parser *p, const char *s, size_t n, int flags);
void word_finish(struct parser *p, struct word *w); // sets plain
int lex_word_end(int c); // an unquoted metacharacter or the end

static inline int is_name_start(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static inline int is_name_char(int c)
{
	return is_name_start(c) || (c >= '0' && c <= '9');
}

// lexparam.c: what follows "${", up to and with the closing brace.
void lex_brace_param(struct parser *p, struct param *pm, int dq, struct range open);
int lex_param_name(struct parser *p, struct param *pm); // -1: there is none

// brace.c: {a,b} and {1..9}: one word to a list of words; returns the last one.
const struct word **brace_expand(struct parser *p, struct word *w,
                                 const struct word **tail);

// parse.c
void parse_close_range(struct parser *p,
                       struct range *r);         // ends with the token consumed last
int parse_is_closer(struct parser *p);           // a reserved word that ends a list
void parse_aliases(struct parser *p);            // replaced, where a command may begin
const struct list *parse_list(struct parser *p); // may be empty
// parse_simple.c
int parse_io_redirect(struct parser *p,
                      const struct redir ***tail); // 1 when there was one
const struct command *parse_simple_command(struct parser *p, struct command *c);
// name ( ) body, from the parenthesis.
const struct command *parse_function(struct parser *p, struct command *c,
                                     const struct word *name);
// parse_compound.c and parse.c
const struct list *parse_compound_list(struct parser *p);
const struct command *parse_command(struct parser *p);
// $( ... ) and `...`: from after the opening to just after the closing.
const struct list *parse_substitution(struct parser *p, struct range open,
                                      const char *what);
const struct list *parse_text(struct parser *p, struct source *src, int dq);
static inline int token_is(struct parser *p, int keyword)
{
	return lex_token(p)->keyword == keyword;
}
int parse_expect(struct parser *p, int keyword, const struct range *open,
                 const char *what);
void parse_unexpected(struct parser *p, const char *wanted);
void parse_newlines(struct parser *p);
const struct list *parse_do_group(struct parser *p, const struct range *open,
                                  const char *what);

// parse_bash.c
struct command *parse_double_bracket(struct parser *p, struct command *c);
// 1 when it was (( )), 0 when the parenthesis opens a subshell (nothing was consumed).
int parse_arith_command(struct parser *p, struct command *c);
int parse_arith_for(struct parser *p, struct command *c);
const struct assign *parse_array_elements(struct parser *p);
// Is "((", with its second parenthesis n characters ahead, closed by "))"?
int lex_is_arith(struct parser *p, size_t n);
// The inside of (( )) and the closing: from after the opening.
const struct word *lex_arith_body(struct parser *p, struct range open);

#endif
