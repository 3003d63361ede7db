/* jsonata_unit.h - what the tests of JSONata share. */
#ifndef TESTS_ASL_JSONATA_UNIT_H
#define TESTS_ASL_JSONATA_UNIT_H

#include "base/arena.h"
#include "models/asl/jsonata.h"
#include "models/asl/value.h"
#include "tests/base/unit.h"

#include <string.h>

struct jsonata_case {
    const char *expression;
    const char *result; /* JSON; "": nothing; "!CODE": a fault that begins with it */
};

static inline const struct value *json_value(struct arena *arena, const char *json)
{
    struct error err;
    const struct value *value = value_from_json(arena, json, strlen(json), &err);
    if (!value) fail_msg("%s: %s", json, err.message);
    return value;
}

struct outcome {
    bool ok;
    const struct value *value; /* NULL: nothing */
    const char *fault;
};

/* With $i (and $states.input) as `input`, seed 1, at 2023-11-14T22:13:20.123Z. */
static inline struct outcome evaluate_seeded(struct arena *arena, const char *text,
                                             const struct value *input, uint64_t seed)
{
    struct outcome outcome = {0};
    size_t offset = 0;
    const struct jsonata *expression = jsonata_compile(arena, text, &offset, &outcome.fault);
    if (!expression) return outcome;
    struct value_map states = {0};
    value_map_put(&states, arena, "input", input);
    const struct jsonata_binding bindings[] = {{"states", value_map_end(&states, arena)},
                                               {"i", input}};
    outcome.ok = jsonata_evaluate(expression, arena, bindings, 2, seed, 1700000000.123,
                                  &outcome.value, &outcome.fault);
    return outcome;
}

static inline struct outcome evaluate(struct arena *arena, const char *text,
                                      const struct value *input)
{
    return evaluate_seeded(arena, text, input, 1);
}

/* An expression that yields this JSON, "" for nothing, or "!..." for a fault that begins so. */
static inline void assert_yields(struct arena *arena, const char *text, const struct value *input,
                                 const char *wanted)
{
    const struct outcome outcome = evaluate(arena, text, input);
    if (wanted[0] == '!') {
        if (outcome.ok || strncmp(outcome.fault, wanted + 1, strlen(wanted + 1)) != 0)
            fail_msg("%s: wanted the fault %s, got %s", text, wanted + 1,
                     outcome.ok ? "none" : outcome.fault);
        return;
    }
    if (!outcome.ok) fail_msg("%s: wanted %s, got the fault %s", text, wanted, outcome.fault);
    const char *got = outcome.value ? value_to_json(arena, outcome.value) : "";
    const bool same = !wanted[0] || !outcome.value
                          ? strcmp(wanted, got) == 0
                          : value_equal(json_value(arena, wanted), outcome.value);
    if (!same) fail_msg("%s: wanted %s, got %s", text, wanted, got);
}

static inline void assert_all_yield(const struct jsonata_case *cases, size_t count,
                                    const char *input)
{
    struct arena *shared = arena_new();
    const struct value *value = json_value(shared, input);
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        assert_yields(arena, cases[i].expression, value, cases[i].result);
        arena_free(arena);
    }
    arena_free(shared);
}

#endif
