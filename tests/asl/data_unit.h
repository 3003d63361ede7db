/* data_unit.h - one state with its data, for the tests of data.h. */
#ifndef TESTS_ASL_DATA_UNIT_H
#define TESTS_ASL_DATA_UNIT_H

#include "base/arena.h"
#include "base/document.h"
#include "models/asl/data.h"
#include "models/asl/states.h"
#include "tests/base/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    struct arena *arena;
    struct asl_states states;
    struct diagnostics faults;
    struct asl_run run;
    struct asl_flow flow;
    struct asl_stages stages;
    struct asl_error err;
};

static inline const struct value *unit_json(struct arena *arena, const char *text)
{
    struct error err = {0};
    const struct value *value = value_from_json(arena, text, strlen(text), &err);
    if (!value) print_error("%s: %s\n", err.message, text);
    assert_non_null(value);
    return value;
}

static inline struct node *unit_document(struct arena *arena, const char *text)
{
    struct node *root = NULL;
    struct error err;
    if (!document_read_text(arena, "test", DOCUMENT_JSON, text, strlen(text), &root, &err))
        print_error("%s\n", err.message);
    assert_non_null(root);
    return root;
}

/* Compiles a definition and stands ready to run its states. */
static inline void unit_open(struct unit *unit, struct arena *arena, const struct node *definition)
{
    *unit = (struct unit){.arena = arena};
    diagnostics_init(&unit->faults, arena);
    asl_states_collect(&unit->states, arena, definition, "");
    unit->run.data = asl_data_compile(arena, &unit->states, &unit->faults);
    if (!unit->run.data) print_error("%s\n", unit->faults.first->message);
    assert_non_null(unit->run.data);
    unit->run.arena = arena;
    unit->run.input = &value_empty_map;
    unit->run.stages = &unit->stages;
    unit->flow.input = &value_empty_map;
}

static inline const struct asl_state *unit_state(const struct unit *unit, const char *name)
{
    const struct asl_state *state = asl_states_find_any(&unit->states, name);
    assert_non_null(state);
    return state;
}

#endif
