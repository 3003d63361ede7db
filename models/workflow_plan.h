/* workflow_plan.h - a workflow compiled and running: what workflow.c, workflow_compile.c and
 * workflow_report.c share.
 *
 * One machinery serves every flavour. What differs is data: the laws and limits of its profile in
 * the catalogue, and what each state adds to the size of an execution, which stands for what the
 * flavour counts: events of the history (Standard), flows that hold data (Express), turns of the
 * orchestrator (Durable Functions), steps (Google Workflows).
 */
#ifndef MODELS_WORKFLOW_PLAN_H
#define MODELS_WORKFLOW_PLAN_H

#include "models/component.h"
#include "models/data_host.h"
#include "models/program.h"
#include "models/thread.h"
#include "models/token_bucket.h"
#include "models/workflow_hub.h"
#include "sim/deadlines.h"

#include <stdbool.h>
#include <stdint.h>

struct compiler;
struct price;
struct task_results;

enum flavour { FLAVOUR_STANDARD, FLAVOUR_EXPRESS, FLAVOUR_AZURE_DURABLE, FLAVOUR_GOOGLE_WORKFLOWS };

/* What a state adds to its execution. */
struct step_cost {
    uint16_t entered;  /* to the size, once a visit */
    uint8_t attempted; /* by every attempt */
    uint8_t retried;   /* by every attempt but the first, beside that */
    bool action;       /* it asks a component */
    bool timer;        /* it waits for time to pass */
    bool external;     /* it asks a component beyond the platform */
};

/* Quotas; 0 where the scenario says nothing. */
struct workflow_limits {
    double transition_rate; /* beyond these, transitions are delayed */
    double transition_burst;
    double start_rate; /* beyond these, starts are refused */
    double start_burst;
    double open;        /* executions at once; beyond, starts are refused */
    double synchronous; /* the same of those that somebody waits for, Express alone */
};

struct workflow_prices {
    const struct price *transition;
    const struct price *internal_step;
    const struct price *external_step;
    const struct price *replay;
    const struct price *replay_duration;
    const struct price *queue_operation;
    const struct price *table_operation;
};

/* What Express bills, for its executions and for the children of a distributed Map. */
struct express_terms {
    const struct price *request;
    const struct price *duration;
    double duration_step;  /* seconds; 0: not billed by duration */
    sim_time billing_step; /* the same */
    double memory_step;    /* bytes */
    double memory_base;    /* bytes of an execution without data */
    struct distribution transition;
};

/* What its executions work on (workflow_data.c). */
struct workflow_data {
    bool with_data;       /* the input is a JSON value */
    uint32_t input_bytes; /* without data; 0: not declared */
    struct thread_data thread;
    const struct task_results *results; /* by state */
};

struct workflow_plan {
    struct component_plan base;
    int flavour;
    const struct node *definition;
    const struct node *tasks;
    const struct node *branches;
    const struct node *items;
    const struct node *external;
    struct workflow_limits limits;    /* as the scenario says */
    struct workflow_limits catalogue; /* the profile's; infinity: none */
    double payload;                   /* bytes of data that each flow holds */
    double duplicate_ratio;           /* of asynchronous Express executions */
    int64_t start_transitions;        /* billed for the start itself; negative: the profile's */
    struct hub_plan hub;
    const struct node *input;
    const struct node *results;
    const struct node *epoch;
    double payload_limit; /* bytes */

    struct program program;
    struct workflow_data data;
    const struct step_cost *costs; /* by step */
    uint32_t size_base;            /* what an execution counts before its first state */
    uint32_t size_iteration;       /* what each iteration of a Map adds */
    uint32_t size_most;            /* beyond, it fails; UINT32_MAX: no limit */
    sim_time timeout;
    uint32_t payload_most;           /* bytes; UINT32_MAX: no limit */
    struct distribution transition;  /* seconds that entering a state takes */
    struct distribution job_latency; /* seconds from a job's end to its task's */
    double start_billed;             /* transitions, for the start */
    struct express_terms express;    /* its own, or its Map's children's */
    double replay_gb_seconds;        /* of one turn of the orchestrator */
    double queue_operations;         /* of one message */
    double table_operations;         /* of one turn */
    struct workflow_prices prices;
};

/* What all workflows of one flavour share, as quotas are the account's; of Durable Functions each
 * has its own. */
struct workflow_quota {
    struct token_bucket transitions;
    struct token_bucket starts;
    double open_most;
    double synchronous_most;
    uint64_t open;
    uint64_t synchronous;
};

struct workflow {
    struct component base;
    struct thread_host host;
    struct deadlines timeouts;
    struct deadlines endings; /* of executions that have come to their largest size, at once */
    struct workflow_quota own;
    struct workflow_quota *quota;
    struct hub hub;
    /* Of the window: */
    uint64_t entered; /* states, retries included */
    uint64_t actions;
    uint64_t external;
    uint64_t size;
    uint64_t executions; /* over */
    uint64_t synchronous;
    uint64_t started;
    uint64_t delayed;  /* transitions */
    uint64_t too_long; /* executions that failed at their largest size */
    uint64_t duplicates;
    uint64_t child_entered;  /* states of Express children */
    uint64_t child_requests; /* Express children over */
    int64_t billed;          /* steps of duration times steps of memory */
    int64_t billed_steps;    /* of duration */
};

static inline const struct workflow_plan *workflow_plan_of(const struct workflow *w)
{
    return (const struct workflow_plan *)w->base.plan;
}

extern const struct field workflow_fields[];
void workflow_compile(struct compiler *compiler, struct component_plan *plan,
                      const struct node *config);
void workflow_restart(struct component *self, sim_time now);
void workflow_report(struct component *self, struct measures *out, sim_time now);

struct asl_binding;
struct asl_program_data;
/* What the workflow's `input`, `results` and `epoch` say, for the binding of its definition; `out`
 * is where the definition's expressions go if there is data. */
void workflow_data_bind(struct compiler *compiler, struct workflow_plan *plan,
                        struct asl_binding *binding, struct asl_program_data *out);
/* After the definition is compiled. */
void workflow_data_compile(struct compiler *compiler, struct workflow_plan *plan,
                           const struct asl_program_data *data);

#endif
