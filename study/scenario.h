/* scenario.h - a scenario file made runnable: read, extended, overridden, checked whole, compiled.
 */
#ifndef STUDY_SCENARIO_H
#define STUDY_SCENARIO_H

#include "base/document.h"
#include "base/error.h"
#include "models/plan.h"
#include "sim/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct catalog;

/* One --set PATH=VALUE. Its value is read as YAML; its place is "--set PATH=VALUE". */
struct override {
    const char *path;
    const char *value;
    const char *
        option; /* the option as given: "--set", or "--seed" for those that are short for a --set */
};

struct budget {
    const char *metric; /* path */
    const char *limit;  /* as written: "< 2.5s" */
    bool below;         /* < or <=; else > or >= */
    bool inclusive;
    double value; /* base unit */
    struct place place;
};

enum warmup_kind { WARMUP_GIVEN, WARMUP_FOUND };

struct simulate_settings {
    sim_time duration;
    sim_time warmup; /* WARMUP_GIVEN */
    enum warmup_kind warmup_kind;
    uint32_t replications;    /* or, with a relative error to meet, the first batch */
    const char *until_metric; /* NULL: a fixed number */
    double relative_error;
    uint32_t at_most;
    uint64_t seed;
};

struct scenario {
    const char *name; /* its `name:`, or the file's stem */
    const char *stem; /* the file's name without folder and extension: how a comparison calls it */
    const char *file; /* as given */
    const char *resolved;     /* JSON of the whole, extends and overrides applied */
    char sha256[65];          /* of `resolved` */
    char workload_sha256[65]; /* of workloads and seed: two runs with equal ones can be paired */
    const struct override *overrides;
    size_t override_count;
    struct simulate_settings simulate;
    struct budget *budgets;
    size_t budget_count;
    struct plan *plan;
};

/* Reads, merges, checks and compiles. Every fault goes to the diagnostics; the scenario can be run
 * only if that has no errors. Lives in the arena. The diagnostics are sorted by place. */
struct scenario *scenario_load(struct arena *arena, const char *file,
                               const struct override *overrides, size_t override_count,
                               struct diagnostics *diagnostics);

/* The same with a catalogue that was loaded before: reading it takes longer than all the rest, and
 * many scenarios can share one. It must outlive them. */
struct scenario *scenario_load_with(struct arena *arena, const struct catalog *catalog,
                                    const char *file, const struct override *overrides,
                                    size_t override_count, struct diagnostics *diagnostics);

#endif
