/* arrivals.h - when the next request comes: the arrival processes of a scenario.
 *
 * Open processes give times; `closed` has users who think, ask and wait; `trace` replays rows of a
 * CSV file, whose columns may also bring token counts.
 */
#ifndef MODELS_ARRIVALS_H
#define MODELS_ARRIVALS_H

#include "sim/distribution.h"
#include "sim/random.h"
#include "sim/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct compiler;
struct node;

enum arrival_kind {
    ARRIVAL_POISSON,  /* rate */
    ARRIVAL_CONSTANT, /* rate: equal gaps, the first after one gap */
    ARRIVAL_GAMMA,    /* renewal with gamma gaps: rate, cv */
    ARRIVAL_MMPP, /* Poisson whose rate is that of a state; states change after exponential stays */
    ARRIVAL_DIURNAL, /* Poisson whose rate changes by the hour, 24 rates, over and over */
    ARRIVAL_SPIKE,   /* Poisson: base rate, and peak rate from `at` for `duration` */
    ARRIVAL_TRACE,
    ARRIVAL_CLOSED, /* users, think */
    ARRIVAL_BATCH   /* `items` requests at once every so often, the first batch at time 0 */
};

struct trace_row {
    sim_time time;          /* since the first row */
    uint32_t prompt_tokens; /* UINT32_MAX: no such column */
    uint32_t output_tokens;
    uint64_t query; /* UINT64_MAX: no such column */
};

struct arrival_plan {
    enum arrival_kind kind;
    double rate;               /* per second; the mean one where it varies */
    struct distribution gap;   /* POISSON, GAMMA: seconds; CLOSED: think time; BATCH: constant */
    size_t state_count;        /* MMPP */
    const double *rates;       /* MMPP: by state; DIURNAL: 24 by hour; SPIKE: base, peak */
    const double *stays;       /* MMPP: mean seconds in each state */
    const double *transitions; /* MMPP: state_count x state_count, cumulated rows, diagonal 0; NULL:
                                  to the next in a ring */
    sim_time spike_at;
    sim_time spike_for;
    uint32_t users; /* CLOSED */
    uint32_t items; /* BATCH */
    const struct trace_row *rows;
    size_t row_count;
};

struct arrival_state {
    const struct arrival_plan *plan;
    struct random_stream stream;       /* gaps */
    struct random_stream state_stream; /* MMPP states */
    sim_time next;
    size_t state;
    sim_time state_until;
    size_t row;
    uint32_t left; /* of a batch */
};

/* `arrivals:` of a workload. */
void arrivals_compile(struct compiler *compiler, const struct node *node, const char *path,
                      struct arrival_plan *out);

void arrivals_start(struct arrival_state *state, const struct arrival_plan *plan,
                    struct random_key key, uint64_t workload_hash);

/* Time of the next arrival of an open process, not before the previous one; SIM_NEVER when there
 * are no more (and always for ARRIVAL_CLOSED). *row (may be NULL) is the trace's row, or NULL. */
sim_time arrivals_next(struct arrival_state *state, const struct trace_row **row);

/* Rows of a CSV file with named columns (trace.c). Time columns: seconds as numbers, or timestamps
 * such as 2023-11-16 18:17:03.9799600 or RFC 3339. One error a malformed row, with file:line, at
 * most 20, then how many more. */
struct trace_columns {
    const char *time;
    const char *prompt_tokens; /* NULL: not read */
    const char *output_tokens;
    const char *query;
    double time_scale; /* seconds for one unit of a numeric time; 1 */
};
bool trace_read(struct compiler *compiler, const struct node *node, const char *path,
                const char *file, const struct trace_columns *columns,
                const struct trace_row **rows, size_t *count);

#endif
