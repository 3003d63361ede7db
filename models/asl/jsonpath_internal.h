/* jsonpath_internal.h - a compiled path, for the parts of jsonpath.h. */
#ifndef MODELS_ASL_JSONPATH_INTERNAL_H
#define MODELS_ASL_JSONPATH_INTERNAL_H

#include "models/asl/jsonpath.h"
#include "models/asl/value.h"

#include <stdint.h>

enum step_type {
    STEP_NAMES,    /* one or several members */
    STEP_INDICES,  /* one or several items; negative ones from the end */
    STEP_SLICE,    /* from (inclusive), to (exclusive), by */
    STEP_ALL,      /* every item or member */
    STEP_DEEP,     /* what follows, here and everywhere below */
    STEP_FILTER,   /* items for which the condition holds */
    STEP_FUNCTION, /* of the value so far; last */
};

enum path_function {
    FUNCTION_LENGTH,
    FUNCTION_MIN,
    FUNCTION_MAX,
    FUNCTION_AVERAGE,
    FUNCTION_SUM,
    FUNCTION_DEVIATION,
    FUNCTION_KEYS,
    FUNCTION_FIRST,
    FUNCTION_LAST,
    FUNCTION_COUNT
};

enum { SLICE_OPEN = INT32_MIN }; /* an end of a slice that is not given */

struct step {
    enum step_type type;
    enum path_function function;
    size_t count;
    const char **names;
    int32_t *indices;
    int32_t from;
    int32_t to;
    int32_t by;
    const struct condition *condition;
    const char *text; /* as messages have it: "['a']", "[0]" */
};

struct jsonpath {
    const struct step *steps;
    size_t count;
    bool definite;
    bool reference;
    bool relative; /* begins with @ */
};

enum condition_type {
    CONDITION_AND,
    CONDITION_OR,
    CONDITION_NOT,
    CONDITION_EXISTS,
    CONDITION_EQUAL,
    CONDITION_UNEQUAL,
    CONDITION_LESS,
    CONDITION_LESS_EQUAL,
    CONDITION_GREATER,
    CONDITION_GREATER_EQUAL,
    CONDITION_MATCHES,
    CONDITION_IN,
    CONDITION_NOT_IN,
    CONDITION_ANY_OF,
    CONDITION_NONE_OF,
    CONDITION_SUBSET_OF,
    CONDITION_CONTAINS,
    CONDITION_SIZE,
    CONDITION_EMPTY
};

/* A literal or a path. */
struct operand {
    const struct value *literal;
    const struct jsonpath *path;
    const struct pattern *pattern;
};

struct condition {
    enum condition_type type;
    const struct condition *first; /* AND, OR, NOT */
    const struct condition *second;
    struct operand left;
    struct operand right;
};

/* Text being compiled. */
struct path_reader {
    struct arena *arena;
    const char *text;
    size_t length;
    size_t at;
    int depth;
    const char *fault;
};

int path_peek(const struct path_reader *reader); /* -1 at the end */
void path_skip_blanks(struct path_reader *reader);
/* Takes the character if it is next. */
bool path_take(struct path_reader *reader, char c);
/* Sets the fault, the first one holds; false. */
bool path_fault(struct path_reader *reader, const char *fault);
/* A string in quotes. Only \' and \" (the quote itself) are resolved. */
const char *path_read_quoted(struct path_reader *reader);
/* A path from $ or @, as far as it goes. */
const struct jsonpath *path_read(struct path_reader *reader);
/* What stands between [?( and )]; NULL and a fault. */
const struct condition *path_read_condition(struct path_reader *reader);

/* What one evaluation may cost, over all its filters and deep steps. */
struct path_work {
    struct arena *arena;
    const struct value *root;
    size_t left; /* steps */
};

const struct value *path_evaluate(const struct jsonpath *path, struct path_work *work,
                                  const struct value *start, const char **fault);
bool path_holds(const struct condition *condition, struct path_work *work,
                const struct value *item);
const struct value *path_call(enum path_function function, struct arena *arena,
                              const struct value *value);

/* A regular expression of =~ . NULL and *fault. */
const struct pattern *path_pattern_compile(struct arena *arena, const char *text, size_t length,
                                           bool any_case, const char **fault);
/* Whether it matches the whole of a string. */
bool path_pattern_matches(const struct pattern *pattern, struct path_work *work,
                          const struct value *string);

#endif
