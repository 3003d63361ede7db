/* function_plan.h - a function compiled. Shared by function.c (which runs it) and
 * function_compile.c (which makes it) alone.
 */
#ifndef MODELS_FUNCTION_PLAN_H
#define MODELS_FUNCTION_PLAN_H

#include "models/component.h"
#include "models/pricing.h"
#include "models/program.h"

#include <stdbool.h>
#include <stdint.h>

enum architecture { ARCHITECTURE_X86_64, ARCHITECTURE_ARM64 };
struct concurrency_settings {
    int64_t reserved; /* -1: not reserved */
    int64_t provisioned;
    int64_t limit; /* -1: the platform's */
};

struct law_setting {
    bool present;
    struct distribution law;
};

struct function_plan {
    struct component_plan base;
    /* settings */
    const char *runtime;
    int architecture;
    double memory; /* bytes */
    double package;
    bool image;
    int64_t timeout; /* ns; -1: the platform's default */
    double failure;
    const struct node *does;
    struct concurrency_settings concurrency;
    struct law_setting keep_alive;
    struct law_setting init;
    struct law_setting cold_start;
    struct law_setting cold_invocation;
    /* compiled */
    struct program program;
    double cpu;                       /* vCPUs */
    struct distribution placement;    /* of a sandbox, code fetched: not billed */
    struct distribution runtime_init; /* measured, by runtime, package and architecture */
    double first_run;                 /* seconds that the first run of the handler takes longer */
    double package_seconds;
    double duration_step;  /* seconds, of billing */
    sim_time billing_step; /* the same */
    double provisioned_step;
    double provisioned_rate; /* calls a second that each provisioned unit takes */
    double scaling_burst;    /* new instances at once, and a second */
    double scaling_rate;
    const struct price *request_price;
    const struct price *duration_price;
    const struct price *held_price;
    const struct price *provisioned_duration_price;
    const struct price *provisioned_request_price;
};

extern const struct field function_fields[];

/* component_type's compile. */
void function_compile(struct compiler *compiler, struct component_plan *plan,
                      const struct node *config);

#endif
