/* run_file.h - a scenario file run for ten minutes, four times. */
#ifndef TESTS_STUDY_RUN_FILE_H
#define TESTS_STUDY_RUN_FILE_H

#include "base/arena.h"
#include "study/run.h"

/* cmocka.h needs these before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

static inline struct scenario *load(struct arena *arena, const char *file, const char *seed,
                                    const char *warmup)
{
    struct diagnostics d;
    diagnostics_init(&d, arena);
    struct override *o = arena_array(arena, struct override, 4);
    o[0] = (struct override){"simulate.duration", "10m", "--duration"};
    o[1] = (struct override){"simulate.warmup", warmup, "--set"};
    o[2] = (struct override){"simulate.replications", "4", "--replications"};
    o[3] = (struct override){"simulate.seed", seed, "--seed"};
    struct scenario *s = scenario_load(arena, file, o, 4, &d);
    for (const struct diagnostic *x = d.first; x; x = x->next) fprintf(stderr, "%s\n", x->message);
    assert_int_equal(d.errors, 0);
    return s;
}

/* Equal indexes are measured once for all runs that share a preparation. */
static inline struct result *run_file(struct preparation *preparation, const char *file,
                                      const char *seed, const char *warmup, size_t threads)
{
    struct arena *arena = preparation->arena;
    struct scenario *s = load(arena, file, seed, warmup);
    struct error err;
    assert_true(plan_prepare(s->plan, preparation, &err));
    const struct run_options options = {.threads = threads};
    struct result *r = run_scenario(arena, s, &options);
    assert_int_equal(r->violation_count, 0);
    return r;
}

static inline int same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

#endif
