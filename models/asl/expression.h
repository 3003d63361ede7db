/* expression.h - what gives a value in a definition, compiled: a literal, a path, an intrinsic
 * function, JSONata, or a list or object of these. */
#ifndef MODELS_ASL_EXPRESSION_H
#define MODELS_ASL_EXPRESSION_H

#include "base/compiler.h"
#include "models/asl/data.h"

struct jsonata;
struct jsonpath;
struct node;

enum expression_type {
    EXPRESSION_LITERAL,
    EXPRESSION_PATH,
    EXPRESSION_CALL, /* of an intrinsic function */
    EXPRESSION_LIST,
    EXPRESSION_MAP,
    EXPRESSION_JSONATA
};

enum expression_root { ROOT_INPUT, ROOT_CONTEXT, ROOT_VARIABLE };

struct intrinsic;

struct expression {
    enum expression_type type;
    enum expression_root root; /* of a path */
    const char *text;          /* as written; of JSONata what stands within {% %} */
    const char *field;         /* "value.$", "Output/result" */
    const struct value *literal;
    const struct jsonpath *path; /* from $, which stands for the root */
    const char *variable;
    const struct intrinsic *function;
    const struct jsonata *jsonata;
    size_t count; /* arguments, items or members */
    const struct expression *const *items;
    const char *const *keys;
};

/* Compiling. NULL and *fault, in the arena, on what is none. */

/* "$.a", "$$.Execution.Id", "$variable.b". */
const struct expression *expression_path(struct arena *arena, const char *text, const char **fault);
/* A path or an intrinsic function: the value of a key that ends with ".$". */
const struct expression *expression_source(struct arena *arena, const char *text,
                                           const char **fault);
/* A payload template of a JSONPath state. */
const struct expression *expression_template(struct arena *arena, const struct node *node,
                                             const char **fault);
/* Any value of a JSONata state; `field` begins the fields of the expressions in it. */
const struct expression *expression_jsonata(struct arena *arena, const struct node *node,
                                            const char *field, const char **fault);

/* Evaluating. What expressions see; the rest of the fields NULL where there is none. */
struct evaluation {
    struct asl_run *run;
    const struct asl_flow *flow;
    const struct asl_state *state;
    const struct value *dollar;  /* $ of paths */
    const struct value *result;  /* $states.result */
    const struct value *caught;  /* $states.errorOutput */
    const struct asl_item *item; /* $$.Map.Item */
    const struct value *context; /* $$, made when first needed */
    struct asl_error *err;
};

/* NULL and eval->err. */
const struct value *expression_evaluate(const struct expression *expression,
                                        struct evaluation *eval);
/* The value of a path; NULL and *fault, in Jayway's words, without touching eval->err. */
const struct value *expression_find(const struct expression *expression, struct evaluation *eval,
                                    const char **fault);

/* Sets eval->err to this error, its cause beginning with the state's name and event; returns false.
 */
bool evaluation_fail(struct evaluation *eval, const char *error, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* The same for a JSONata expression: States.QueryEvaluationError at a field. */
bool evaluation_fail_query(struct evaluation *eval, const char *field, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* "Expected 'array', but was 'number' ..." */
bool evaluation_fail_type(struct evaluation *eval, const struct expression *expression,
                          const char *expected, const struct value *value);

/* The context object. */
const struct value *evaluation_context(struct evaluation *eval);
/* A variable's value; NULL if it is not assigned. */
const struct value *evaluation_variable(const struct evaluation *eval, const char *name);
/* 64 random bits of the execution's. */
uint64_t evaluation_draw(struct asl_run *run);

/* A JSON text of a value for a cause. */
const char *evaluation_show(struct evaluation *eval, const struct value *value);

/* Variables. */
struct asl_variables {
    const struct asl_variables *outer;
    const struct value *own; /* a map */
    size_t bytes;            /* of own and all outer ones, as JSON */
};

#endif
