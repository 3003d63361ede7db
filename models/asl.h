/* asl.h - Amazon States Language to a program.
 *
 * Checks a definition (JSON or YAML tree) against the specification (models/asl/) and binds its
 * tasks to components. Without data, what data would decide must be given: probabilities of a
 * Choice state's ways and the number of items of a Map. With data (models/asl/data.h) both follow
 * from it.
 */
#ifndef MODELS_ASL_H
#define MODELS_ASL_H

#include "models/asl/data.h"
#include "models/program.h"

#include <stdbool.h>

/* A definition's data, where an execution has some. */
struct asl_program_data {
    const struct asl_states *states; /* state i is step i of the program */
    const struct asl_data *data;
};

struct asl_binding {
    const struct node *tasks; /* map: a resource, a function's name (the last part of its ARN) or a
                                 state's name -> component; may be NULL */
    const struct node
        *branches; /* map: Choice state -> map of next state -> probability; may be NULL */
    const struct node
        *items; /* map: Map state -> number of items (a count or a distribution); may be NULL */
    const char *path;   /* the component's path: "components.rag" */
    const char *prefix; /* of paths in the definition: "components.rag.definition." where it stands
                           in the scenario, "" for a file of its own */
    const struct node *results; /* map: state -> bytes of its result, without data; may be NULL */
    struct asl_program_data *data; /* filled: data decides what branches, items and results else
                                      would; NULL: there is none */
    bool dated;                    /* the simulated time 0 has a date: */
    double epoch;                  /* seconds since 1970 */
    bool mocked; /* component 0 serves every task; its operation is the state's index */
    uint32_t map_concurrency; /* how many iterations an inline Map runs at once at most */
    bool express;             /* refuse what Express cannot run */
};

/* Every fault goes to the compiler's diagnostics with its place in the definition, the state's name
 * and the rule broken. */
void asl_compile(struct compiler *compiler, const struct node *definition,
                 const struct asl_binding *binding, struct program *out);

/* The machine's own TimeoutSeconds; SIM_NEVER without. */
sim_time asl_timeout(const struct node *definition);

#endif
