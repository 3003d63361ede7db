/* plan.h - a scenario compiled: immutable, shared by all replications and threads.
 */
#ifndef MODELS_PLAN_H
#define MODELS_PLAN_H

#include "models/errors.h"
#include "sim/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct catalog;
struct component_plan;
struct error;
struct measurement;
struct workload_plan;

struct account_plan {
    double concurrency;      /* executions at once */
    double request_rate;     /* synchronous invocations a second */
    double unreserved_least; /* executions that no reservation may take */
};

struct plan {
    struct arena *arena;
    const struct catalog *catalog;
    const char *provider; /* "aws" */
    const char *region;   /* "us-east-1" */
    struct component_plan **components;
    size_t component_count;
    struct workload_plan **workloads;
    size_t workload_count;
    struct account_plan account;
    uint64_t seed;
    const char **error_names; /* by error number */
    size_t error_count;
    size_t error_capacity;
};

/* What preparing plans may share: equal measurements are made once. Zero-initialised but for the
 * arena, which must outlive the plans. */
struct preparation {
    struct arena *arena;
    size_t threads;    /* to measure with; 0: one for each processor */
    double effort;     /* size of the indexes measured, relative to the usual; 0: as usual */
    const char *cache; /* folder of measurements kept on disk; NULL: none are */
    struct measurement *measurements; /* list, of search_work.c */
};

/* Does what must be done once before running: measurements of the vector indexes. */
bool plan_prepare(struct plan *plan, struct preparation *preparation, struct error *err);

#endif
