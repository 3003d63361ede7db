/* compiler.h - from a scenario's tree to a plan: what component types use while compiling.
 *
 * All faults go to the diagnostics; compiling goes on, so that a scenario shows all of them at
 * once.
 */
#ifndef MODELS_COMPILER_H
#define MODELS_COMPILER_H

#include "base/fields.h"
#include "models/catalog.h"
#include "models/component.h"
#include "models/plan.h"

#include <stdbool.h>
#include <stdint.h>

#define COMPONENT_NONE UINT32_MAX

struct compiler {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct field_reader reader; /* its context is this compiler */
    const struct catalog *catalog;
    struct plan *plan;
    const char *file;               /* the scenario's, for values that came from the command line */
    const struct node *components;  /* the scenario's section */
    struct component_plan *current; /* the component being compiled */
    const char *current_path;       /* "components.embed" */
};

/* Compiles `scenario` (a checked-out tree: extends and --set already applied). The plan is valid
 * only if diagnostics has no errors. Keys of the scenario that are not the models' (simulate,
 * budgets, ...) are left to the caller. */
void plan_compile(struct compiler *compiler, const struct node *scenario);

/* Gives a plan the fixed error names, once, before any is interned. Part of plan_compile. */
void plan_name_errors(struct plan *plan, struct arena *arena);

/* One fault at a node. */
void compiler_fault(struct compiler *compiler, const struct node *node, const char *path,
                    const char *format, ...) PRINTF_LIKE(4, 5);

/* The component that a scalar names, as something that the current component calls and waits for
 * (`waits`) or only feeds. COMPONENT_NONE after a fault (unknown, or not a scalar). */
uint32_t compiler_component(struct compiler *compiler, const struct node *node, const char *path,
                            bool waits);
/* The plan of a component by index, already allocated though perhaps not yet compiled; its type is
 * known. */
const struct component_plan *compiler_plan(const struct compiler *compiler, uint32_t index);

/* The index of an operation of a component's type ("upsert"); 0 and a fault when there is none. */
uint16_t compiler_operation(struct compiler *compiler, uint32_t component, const struct node *node,
                            const char *path);

/* The number of an error name, interned; ERROR_EXCEPTION and a fault when there are too many. */
uint16_t compiler_error(struct compiler *compiler, const struct node *node, const char *path,
                        const char *name);

/* A profile by name for the current component's type; NULL after a fault at `node`. */
const struct catalog_profile *compiler_profile(struct compiler *compiler, const struct node *node,
                                               const char *path, const char *name);
/* What a look-up in the catalogue reported, at `node` (or nowhere). */
void compiler_catalog_fault(struct compiler *compiler, const struct node *node, const char *path,
                            struct error *err);
/* Values by profile parameter. `required`: a profile without it is a fault; else `fallback`
 * (numbers) or false (prices, laws) without one. */
double compiler_number(struct compiler *compiler, const struct catalog_profile *profile,
                       const char *parameter, double fallback);
const char *compiler_machine(struct compiler *compiler, const struct catalog_profile *profile,
                             const char *parameter, const char *fallback);
double compiler_number_required(struct compiler *compiler, const struct catalog_profile *profile,
                                const char *parameter);
bool compiler_law(struct compiler *compiler, const struct catalog_profile *profile,
                  const char *parameter, struct distribution *out);
/* The price in the plan's arena, for measures_use; NULL without one. */
const struct price *compiler_price(struct compiler *compiler, const struct catalog_profile *profile,
                                   const char *parameter);
/* The same by entry id instead of profile and parameter. */
const struct price *compiler_price_of(struct compiler *compiler, const char *id);
double compiler_number_of(struct compiler *compiler, const char *id);
bool compiler_law_of(struct compiler *compiler, const char *id, struct distribution *out);

/* The file that a scalar names: a relative one is looked for beside the file in which the scalar
 * stands. In the arena. */
const char *compiler_file(const struct compiler *compiler, const struct node *node);

/* Distributions as scenarios write them (law.c): `250ms`, `{lognormal: {median: 3ms, p95: 8ms}}`,
 * ... */
bool law_read(struct compiler *compiler, const struct node *node, const char *path,
              enum dimension dimension, struct distribution *out);
/* Custom parsers for field tables: into a struct distribution. */
field_parse_fn law_parse_duration;
field_parse_fn law_parse_count;
field_parse_fn law_parse_size;
/* How many items an `each` step or a Map state has: a law of counts whose mean is at most
 * ITEMS_MOST, so that a request ends. */
#define ITEMS_MOST 1e6
bool law_read_items(struct compiler *compiler, const struct node *node, const char *path,
                    struct distribution *out);
field_parse_fn law_parse_items;
/* Reads throttle {rate, burst} into this; rate infinity when absent; burst defaults to max(1,
 * rate). */
struct throttle_settings {
    double rate;
    double burst;
};
extern const struct field throttle_fields[];
#define THROTTLE_FIELD(plan_type, member)                                                      \
    {                                                                                          \
        .name = "throttle", .type = FIELD_RECORD, .offset = offsetof(plan_type, member),       \
        .record = throttle_fields, .doc = "token bucket: calls beyond it are refused with 429" \
    }

#endif
