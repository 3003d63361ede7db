/* data_internal.h - the compiled states, for the parts of data.h. */
#ifndef MODELS_ASL_DATA_INTERNAL_H
#define MODELS_ASL_DATA_INTERNAL_H

#include "models/asl/data.h"
#include "models/asl/expression.h"
#include "models/asl/states.h"

/* InputPath, OutputPath. */
struct path_field {
    const struct expression *path; /* NULL: the whole */
    bool nothing;                  /* null: an empty object */
};

/* ResultPath. */
struct result_field {
    const struct jsonpath *path; /* NULL: replaces all */
    const char *text;
    bool discard; /* null */
};

/* A number that stands as such, at a path (FieldPath), or is JSONata. */
struct setting {
    const struct expression *expression; /* NULL: not given */
    const char *field;                   /* "TimeoutSecondsPath" */
    bool by_path;
};

/* What a rule of a Choice, and its parts, compare. */
struct rule {
    const struct operator_entry *op; /* NULL: And, Or, Not, Condition */
    char joint;                      /* '&', '|', '!' or 0 */
    size_t count;                    /* rules within */
    const struct rule *rules;
    const struct expression *variable;
    const struct expression *with; /* the value or the path it is compared with */
    const struct expression *condition;
    /* Of a rule of Choices. */
    const struct expression *assign;
    const struct expression *output;
};

struct catcher {
    const struct expression *assign;
    const struct expression *output;
    struct result_field result_path;
};

struct batcher {
    bool given;
    struct setting items;
    struct setting bytes;
    const struct expression *input;
};

enum reader_type { READER_JSON, READER_CSV, READER_JSONL, READER_LIST, READER_OTHER };

struct reader {
    bool given;
    enum reader_type type;
    char delimiter;
    const struct value *headers; /* a list; NULL: the first row */
    const struct expression *request;
    const struct expression *pointer; /* ItemsPointer, ItemsPath */
    struct setting items_most;
    const char *pointer_text;
};

struct state_data {
    bool jsonata;
    struct path_field input_path;
    struct path_field output_path;
    struct result_field result_path;
    const struct value *result;        /* of Pass */
    const struct expression *sent;     /* Parameters, Arguments */
    const struct expression *selector; /* ResultSelector */
    const struct expression *assign;
    const struct expression *output;
    const struct expression *credentials;
    struct setting timeout;
    struct setting heartbeat;
    struct setting seconds; /* of Wait */
    const struct expression *timestamp;
    const char *timestamp_field;
    const struct expression *error; /* of Fail */
    const struct expression *cause;
    size_t catcher_count;
    const struct catcher *catchers;
    size_t rule_count;
    const struct rule *rules;
    bool has_default;
    bool distributed;
    const struct expression *items; /* ItemsPath, Items */
    const struct expression *item_selector;
    struct setting concurrency;
    struct setting tolerated_count;
    struct setting tolerated_percentage;
    struct batcher batcher;
    struct reader reader;
};

struct asl_data {
    const struct state_data *states; /* by index */
    size_t count;
};

/* One definition being compiled. */
struct data_compiler {
    struct arena *arena;
    struct diagnostics *faults;
    const struct asl_states *states;
    const struct asl_state *state; /* the present one */
    bool jsonata;
};

/* A fault of the present state at `node`. */
void data_fault(struct data_compiler *compiler, const struct node *node, const char *field,
                const char *fault);
/* A field of a map by the language of the state; NULL if it is not there. */
const struct expression *data_template(struct data_compiler *compiler, const struct node *map,
                                       const char *field);
/* The same for a path (or an intrinsic function if `calls`). */
const struct expression *data_path(struct data_compiler *compiler, const struct node *map,
                                   const char *field, bool calls);
/* `field`, or `field`Path in a JSONPath state. */
struct setting data_setting(struct data_compiler *compiler, const struct node *map,
                            const char *field);
struct result_field data_result_path(struct data_compiler *compiler, const struct node *map);

/* Choices (data_rules.c) and Map (data_map_compile.c). */
void data_compile_rules(struct data_compiler *compiler, struct state_data *data);
void data_compile_map(struct data_compiler *compiler, struct state_data *data);

/* Whether the rule matches; false too with eval->err set and *failed. */
bool data_rule_matches(const struct rule *rule, struct evaluation *eval, bool *failed);

/* An evaluation at a state with $ = `dollar`. */
struct evaluation data_evaluation(struct asl_run *run, const struct asl_flow *flow,
                                  const struct asl_state *state, const struct value *dollar,
                                  struct asl_error *err);
const struct state_data *data_of(const struct asl_run *run, const struct asl_state *state);

/* The number of a setting that is given, finite. Whole and in [least, most], or an error. */
struct setting_range {
    double least;
    double most;
    bool whole;
};
bool data_setting_value(const struct setting *setting, struct evaluation *eval,
                        struct setting_range range, double *out);

/* The value at a path, or "Invalid path '$.a' : No results ...". NULL and the error. */
const struct value *data_find(const struct expression *expression, struct evaluation *eval);

/* The value if it does not nest too deeply; else NULL and the error. */
const struct value *data_checked(const struct value *value, struct evaluation *eval);

/* Assigns what `assign` (may be NULL) gives; *assigned is that or NULL. */
bool data_assign(const struct expression *assign, struct evaluation *eval, struct asl_flow *flow,
                 const struct value **assigned);

#endif
