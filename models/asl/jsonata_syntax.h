/* jsonata_syntax.h - the inside of a compiled JSONata expression: its tree, and the lexer's
 * interface. For jsonata_*.c alone. */
#ifndef MODELS_ASL_JSONATA_SYNTAX_H
#define MODELS_ASL_JSONATA_SYNTAX_H

#include "base/compiler.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct jsonata_regex;
struct value;

enum {
    JSONATA_LENGTH_MOST = 256 * 1024, /* of an expression's text, bytes */
    JSONATA_NESTING_MOST = 250        /* of an expression's tree, levels */
};

enum expr_type {
    EXPR_NAME,       /* text */
    EXPR_VARIABLE,   /* text: without the $; "" and "$" are the context and the root */
    EXPR_STRING,     /* value */
    EXPR_NUMBER,     /* value */
    EXPR_LITERAL,    /* value: true, false, null */
    EXPR_REGEX,      /* regex */
    EXPR_WILDCARD,   /* * */
    EXPR_DESCENDANT, /* ** */
    EXPR_PARENT,     /* %: slot */
    EXPR_PATH,       /* items: the steps */
    EXPR_SORT,       /* items: terms, as a step of a path; descending */
    EXPR_BINARY,     /* operator, left, right */
    EXPR_NEGATE,     /* left */
    EXPR_ARRAY,      /* items */
    EXPR_OBJECT,     /* items: keys and values in turn */
    EXPR_BLOCK,      /* items */
    EXPR_CONDITION,  /* left ? right : other (may be NULL) */
    EXPR_BIND,       /* text := right */
    EXPR_CALL,       /* left(items) */
    EXPR_PARTIAL,    /* left(items), some of which are EXPR_PLACEHOLDER */
    EXPR_PLACEHOLDER,
    EXPR_LAMBDA,   /* names, count; right: the body; text: its signature or NULL */
    EXPR_TRANSFORM /* |left|right,other| */
};

enum expr_operator {
    OPERATOR_NONE,
    OPERATOR_ADD,
    OPERATOR_SUBTRACT,
    OPERATOR_MULTIPLY,
    OPERATOR_DIVIDE,
    OPERATOR_MODULO,
    OPERATOR_EQUAL,
    OPERATOR_DIFFERENT,
    OPERATOR_LESS,
    OPERATOR_LESS_EQUAL,
    OPERATOR_GREATER,
    OPERATOR_GREATER_EQUAL,
    OPERATOR_CONCATENATE,
    OPERATOR_AND,
    OPERATOR_OR,
    OPERATOR_IN,
    OPERATOR_RANGE,
    OPERATOR_APPLY,   /* ~> */
    OPERATOR_DEFAULT, /* ?: */
    OPERATOR_COALESCE /* ?? */
};

/* The place where a step leaves its input for a % further on. */
struct expr_slot {
    const char *label; /* the name of a variable that no expression can spell */
    int level;         /* steps still to go up while the tree is built */
    struct expr_slot *next;
};

/* What follows a step or an expression: [predicate], or #$name after a predicate. */
struct expr_stage {
    const struct expr *filter; /* NULL: an index */
    const char *index;
    struct expr_stage *next;
};

struct expr {
    enum expr_type type;
    enum expr_operator operator;
    uint32_t offset;  /* in the text */
    uint16_t depth;   /* levels of the tree below and with this */
    bool keep_array;  /* [] stands behind it, or, for a path, behind a step of it */
    bool array_first; /* an array constructor as the first step: its items are the context */
    bool array_whole; /* as the first or last step: its array is not flattened */
    bool tuple;       /* the step binds names for the steps behind it */
    bool tail;        /* a call whose result is the result of the function around it */
    const char *text;
    const struct value *value;
    const struct jsonata_regex *regex;
    struct expr *left;
    struct expr *right;
    struct expr *other;
    struct expr **items;
    const char **names;
    uint64_t descending; /* of EXPR_SORT: one bit a term */
    uint32_t count;
    size_t capacity;              /* of items */
    const char *focus;            /* @$name */
    const char *index;            /* #$name */
    const struct expr_slot *slot; /* of EXPR_PARENT */
    struct expr_slot *ancestor;   /* of a step that some % refers to */
    struct expr_slot *seeking;    /* of % below, whose step was not found yet */
    struct expr_stage *stages;
    struct expr *group; /* {...} behind it: EXPR_OBJECT */
};

struct jsonata {
    const struct expr *root;
};

/* --- The lexer ----------------------------------------------------------------------------- */

enum token_type {
    TOKEN_END,
    TOKEN_NAME,     /* text */
    TOKEN_VARIABLE, /* text */
    TOKEN_STRING,   /* text */
    TOKEN_NUMBER,   /* number */
    TOKEN_REGEX,    /* text, flags */
    TOKEN_OPERATOR  /* text: the symbol, or and, or, in */
};

struct token {
    enum token_type type;
    bool quoted;     /* a name in backquotes */
    uint32_t offset; /* of its first byte */
    const char *text;
    double number;
    bool ignore_case; /* of a regex */
    bool multiline;
};

struct lexer {
    struct arena *arena;
    const char *text;
    size_t length;
    size_t at;
    size_t fault_offset;
    const char *fault; /* NULL: none */
};

/* The next token. `operand`: an operand may begin here, so that / begins a regex. False on a fault,
 * which the lexer then holds. */
bool lexer_next(struct lexer *lexer, bool operand, struct token *token);
/* Notes the first fault and returns false. */
bool lexer_fail(struct lexer *lexer, size_t offset, const char *format, ...) PRINTF_LIKE(3, 4);

/* --- The tree ------------------------------------------------------------------------------ */

/* The whole text as a tree; NULL on a fault, which the lexer then holds. */
struct expr *expr_parse(struct lexer *lexer);

/* An operation on `lexer` returns NULL when it notes a fault. */
struct expr *expr_new(struct lexer *lexer, enum expr_type type, size_t offset);
/* `left` followed by `right`, as one path. */
struct expr *expr_join(struct lexer *lexer, struct expr *left, struct expr *right, size_t offset);
/* `left[filter]`. */
struct expr *expr_filter(struct lexer *lexer, struct expr *left, struct expr *filter,
                         size_t offset);
/* `left{group}`. */
struct expr *expr_group(struct lexer *lexer, struct expr *left, struct expr *group, size_t offset);
/* `left^(sort)`. */
struct expr *expr_order(struct lexer *lexer, struct expr *left, struct expr *sort);
/* `left@$name` and `left#$name`. */
struct expr *expr_focus(struct lexer *lexer, struct expr *left, const char *name, size_t offset);
struct expr *expr_index(struct lexer *lexer, struct expr *left, const char *name);
/* `left[]`. */
struct expr *expr_keep_array(struct expr *left);
/* A path of one step, or `step` itself if it is a path. */
struct expr *expr_path(struct lexer *lexer, struct expr *step);

/* `parent` takes over what `child` seeks, and stands above it. False: too deep, or no child. */
bool expr_adopt(struct lexer *lexer, struct expr *parent, struct expr *child);
/* As above, and `child` is the next of parent's items. */
bool expr_add(struct lexer *lexer, struct expr *parent, struct expr *child);

/* What Step Functions refuses of a whole tree: $, $$ and field names at the top level. */
bool expr_check_context(struct lexer *lexer, const struct expr *root);

/* --- Regular expressions ------------------------------------------------------------------- */

/* NULL with *fault on a pattern that cannot be compiled. */
const struct jsonata_regex *jsonata_regex_compile(struct arena *arena, const struct token *token,
                                                  const char **fault);

#endif
