/* states.h - the states of an Amazon States Language definition, found by name.
 *
 * A definition holds machines in machines: the branches of Parallel, the processor of Map. They are
 * listed breadth first, so that a machine's states stand together; machine 0 is the definition
 * itself. Nothing is checked here: what has not the expected form is listed without what it should
 * hold.
 */
#ifndef MODELS_ASL_STATES_H
#define MODELS_ASL_STATES_H

#include "base/document.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* One bit each, so that a set of types is a word. */
enum asl_type {
    ASL_UNKNOWN = 0,
    ASL_TASK = 1,
    ASL_PARALLEL = 2,
    ASL_MAP = 4,
    ASL_PASS = 8,
    ASL_WAIT = 16,
    ASL_CHOICE = 32,
    ASL_SUCCEED = 64,
    ASL_FAIL = 128
};
enum { ASL_TYPE_COUNT = 8, ASL_NAME_LONGEST = 80 };

extern const char *const asl_type_names[ASL_TYPE_COUNT]; /* that of bit i at i */

struct asl_state {
    const char *name;
    const struct node *node;
    enum asl_type type;
    size_t machine;
    size_t index;        /* among all states */
    size_t nested;       /* its first branch among the machines, or its processor */
    size_t nested_count; /* 0 when it is neither Parallel nor Map */
};

struct asl_machine {
    const struct node *node;
    const char *path;        /* before "States": "" or "States.P.Branches.0." */
    const char *description; /* "the state machine", "branch 1 of state "P"" */
    bool processor;          /* of a Map */
    size_t first;            /* its states are items first .. first + count - 1 */
    size_t count;
};

struct asl_states {
    struct asl_state *items;
    size_t count;
    size_t capacity;
    struct asl_machine *machines;
    size_t machine_count;
    size_t machine_capacity;
    const struct asl_state **sorted; /* by name, then as listed */
};

/* `prefix` (kept, not copied) begins every path: "", or "components.rag.definition.". */
void asl_states_collect(struct asl_states *states, struct arena *arena,
                        const struct node *definition, const char *prefix);

/* The state of this name in a machine, or NULL. */
const struct asl_state *asl_states_find(const struct asl_states *states, size_t machine,
                                        const char *name);
/* The first listed of this name anywhere, or NULL. */
const struct asl_state *asl_states_find_any(const struct asl_states *states, const char *name);

/* The processor of a Map under either of its names, or NULL. */
const struct node *asl_processor(const struct node *state);

/* The text of a field of a map; "" without it. */
const char *asl_text(const struct node *map, const char *key);

/* The first item of a list that is a field of a map; NULL without. */
const struct node *asl_first(const struct node *map, const char *key);

/* A name for a message or a path: printable and not much longer than names may be. */
const char *asl_excerpt(struct arena *arena, const char *name);

/* "States.Embed", or with a field "States.Embed.Next". */
const char *asl_state_path(const struct asl_states *states, const struct asl_state *state,
                           struct arena *arena, const char *field);

/* The text is one JSONata expression: {% ... %}. */
bool asl_is_expression(const struct node *node);

/* "A" of "${A}", "${A.Arn}" and "${A.Arn}:live": what a template refers to; NULL for other texts.
 */
const char *asl_name_of_placeholder(struct arena *arena, const char *text);

/* Whether a name fits a pattern, in which * stands for any characters and ? for one. */
bool asl_pattern_fits(const char *pattern, const char *name);

/* The value is one ${NAME} outside quotes: what deployment puts there may be of any form. */
bool asl_is_placeholder(const struct node *node);

#endif
