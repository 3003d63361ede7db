/* catalog_unit.h - the shipped catalogue as a fixture: set_up and tear_down for cmocka_unit_test_setup or a group. */
#ifndef TESTS_MODELS_CATALOG_UNIT_H
#define TESTS_MODELS_CATALOG_UNIT_H

#include "base/arena.h"
#include "models/catalog.h"

#include <stdio.h>

#define US "us-east-1"
#define EU "eu-west-1"
#define AP "ap-southeast-1"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct fixture {
    struct arena *arena;
    const struct catalog *catalog;
};

static inline int set_up(void **state)
{
    struct arena *arena = arena_new();
    struct fixture *fixture = arena_new_item(arena, struct fixture);
    struct error err;
    fixture->arena = arena;
    if (!catalog_load(arena, &fixture->catalog, &err)) {
        fprintf(stderr, "%s:%d: %s\n", err.place.file, err.place.line, err.message);
        return 1;
    }
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;
    arena_free(fixture->arena);
    return 0;
}

#endif
