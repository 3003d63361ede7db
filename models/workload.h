/* workload.h - the traffic: who asks, when, and for what.
 *
 * A workload makes requests by an arrival process, gives each its query, prompt and output length
 * from streams keyed by the request's number (the same in every architecture), and records what
 * became of them.
 */
#ifndef MODELS_WORKLOAD_H
#define MODELS_WORKLOAD_H

#include "models/arrivals.h"
#include "models/attribution_buckets.h"
#include "models/call.h"
#include "sim/distribution.h"
#include "sim/histogram.h"
#include "sim/time_average.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct compiler;
struct measures;
struct node;
struct series;

struct workload_plan {
    const char *name;
    uint64_t name_hash;
    uint32_t index;
    uint32_t enters; /* component */
    struct arrival_plan arrivals;
    struct distribution queries;
    struct distribution prompt_tokens;
    struct distribution output_tokens;
    /* What the budgets ask of latencies, asked of each request for goodput; SIM_NEVER: nothing. */
    sim_time latency_limit;
    sim_time ttft_limit;
    sim_time tpot_limit;
};

extern const struct field workload_fields[];

struct arrival {
    sim_time at;                 /* SIM_NEVER: there is none */
    const struct trace_row *row; /* NULL: not from a trace */
};

struct workload {
    const struct workload_plan *plan;
    struct simulation *sim;
    struct arrival_state arrivals;
    struct arrival next;  /* its event is pending */
    struct arrival after; /* the one after it */
    uint64_t numbered;    /* requests made so far */
    uint64_t thoughts;    /* of the users of a closed workload, so far */
    struct time_average in_flight;
    uint64_t spent;   /* by requests within the window, as component.h has it */
    uint64_t arrived; /* in the window */
    uint64_t carried;
    uint64_t outcomes[OUTCOME_COUNT];
    uint64_t cold;
    uint64_t good;        /* of those that ended OK, within all limits */
    uint64_t unaccounted; /* requests whose ledger does not add up to their latency: must stay 0 */
    struct histogram latency; /* of requests that ended OK */
    struct histogram ttft;
    struct histogram tpot; /* a request's mean time per output token after the first */
    struct attribution_buckets attribution; /* of requests that ended OK */
};

void workload_compile(struct compiler *compiler, const struct node *node, const char *path,
                      struct workload_plan *out);
void workload_start(struct workload *workload, struct simulation *sim,
                    const struct workload_plan *plan);
void workload_restart(struct workload *workload, sim_time now);
void workload_report(struct workload *workload, struct measures *out, sim_time now);

#endif
