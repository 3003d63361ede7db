/* check.h - what the parts of the checker of definitions share.
 *
 * check.c walks machines and transitions; fields.c knows which field may stand in which
 * state, forms.c what its value may be; errors.c reads Retry and Catch, rules.c the rules of a
 * Choice, map.c what only a Map has, resource.c which integrations there are, payload.c templates
 * and expressions, path.c paths, functions.c intrinsic functions.
 */
#ifndef MODELS_ASL_CHECK_H
#define MODELS_ASL_CHECK_H

#include "base/compiler.h"
#include "base/fields.h"
#include "models/asl/states.h"

#include <stdbool.h>
#include <stddef.h>

struct asl_checker {
    struct field_reader reader; /* arena and diagnostics */
    struct asl_states states;
    bool jsonata; /* the definition's own query language */
};

/* One state being checked. */
struct asl_scope {
    struct asl_checker *checker;
    const struct asl_machine *machine;
    const struct asl_state *state;
    bool jsonata;    /* its query language */
    bool unresolved; /* one of its transitions is broken: reachability cannot be told */
};

/* Which whole numbers the specification allows for seconds. */
#define ASL_SECONDS_MOST 99999999.0

/* One fault of a state at a node; `field` ("Retry.0.IntervalSeconds") ends the path, or is NULL.
 * The message begins with the state's name. */
struct diagnostic *asl_fault(struct asl_scope *scope, const struct node *node, const char *field,
                             const char *format, ...) PRINTF_LIKE(4, 5);

/* A fault unless `node`, the value of a Next or Default, names a state of the same machine. */
void asl_check_target(struct asl_scope *scope, const struct node *node, const char *field);

/* All fields of the state: known, allowed here, of the right form; those that exclude or need each
 * other. */
void asl_check_fields(struct asl_scope *scope);

/* Retry and Catch of the state. */
void asl_check_errors(struct asl_scope *scope);

/* Choices of a Choice state. */
void asl_check_choices(struct asl_scope *scope);

/* What a value may be. */
enum asl_value {
    ASL_ANY,
    ASL_WORD, /* a string that is never an expression */
    ASL_TEXT,
    ASL_BOOL,
    ASL_WHOLE,  /* a whole number in a range */
    ASL_NUMBER, /* a number in a range */
    ASL_OBJECT,
    ASL_LIST,
    ASL_PATH,      /* a path */
    ASL_PATH_NULL, /* a path or null */
    ASL_REFERENCE, /* a reference path or null: it names one place */
    ASL_PLACE,     /* a path to one place, of the context or a variable too */
    ASL_TEXT_PATH, /* a path, or an intrinsic function that gives a string */
    ASL_TEMPLATE,  /* a payload template: keys that end in .$ hold paths or intrinsic functions */
    ASL_PAYLOAD,   /* any value, with expressions in it in a JSONata state */
    ASL_ASSIGN,    /* a template of variables by name */
    ASL_LABEL,     /* of a distributed Map */
    ASL_TIMESTAMP
};

struct asl_range {
    double least;
    double most;
};

/* A fault if the value has not this form. A JSONata expression stands for anything in a JSONata
 * state. */
void asl_check_value(struct asl_scope *scope, const struct node *node, const char *field,
                     enum asl_value value, struct asl_range range);

/* "FIELD is ..., and it must be ...". */
void asl_refuse(struct asl_scope *scope, const struct node *node, const char *field,
                const char *expected);

/* A fault unless the value is a number in the range itself, no expression. */
void asl_check_number(struct asl_scope *scope, const struct node *node, const char *field,
                      bool whole, struct asl_range range);

/* A fault unless it is a path or an intrinsic function; `text_only`: one that gives a string. */
void asl_check_text_path(struct asl_scope *scope, const struct node *node, const char *field,
                         bool text_only);

/* True if the value is a JSONata expression in a JSONata state, or was meant as one: a fault is
 * added when it is not well formed, and nothing more is to be said of it. */
bool asl_check_expression(struct asl_scope *scope, const struct node *node, const char *field);

/* What a state sends or makes: keys that end in .$ in a JSONPath state, expressions in a JSONata
 * state. */
void asl_check_payload(struct asl_scope *scope, const struct node *node, const char *field);

/* Variables by name. */
void asl_check_assign(struct asl_scope *scope, const struct node *node, const char *field);

void asl_check_label(struct asl_scope *scope, const struct node *node, const char *field);

/* Resource of a Task; map.c: what only a Map has. */
void asl_check_resource(struct asl_scope *scope);
void asl_check_map(struct asl_scope *scope);

/* Faults of the Express children of distributed Maps. */
void asl_check_children(struct asl_checker *checker);

/* One fault for each key of the map `node` that is not in `valid`; `what` is it, `prefix` begins
 * its keys' paths
 * ("Retry.0."). */
void asl_check_keys(struct asl_scope *scope, const struct node *node, const char *prefix,
                    const char *what, const char *const *valid);

/* A scalar as it stands in a message: "'abc'", "-3", "a list". */
const char *asl_show(struct arena *arena, const struct node *node);

/* Paths: whether the text has the form. */
bool asl_path_is_valid(const char *text);
bool asl_path_is_reference(const char *text); /* of the state's data */
bool asl_path_is_place(const char *text);     /* of data, context or variables */
/* NULL, or what is wrong: "has no closing parenthesis", ... in the arena. `text_only`: it must give
 * a string. */
const char *asl_intrinsic_fault(struct arena *arena, const char *text, bool text_only);
bool asl_timestamp_is_valid(const char *text);

#endif
