#include "models/arrivals.h"

#include "models/call.h"

#include <math.h>

enum { HOURS = 24 };

#define HOUR_SECONDS 3600.0

/* Nobody waits longer than this for the next arrival. */
static const sim_time horizon = (sim_time)100 * 365 * 24 * 3600 * SIM_SECOND;

void arrivals_start(struct arrival_state *state, const struct arrival_plan *plan,
                    struct random_key key, uint64_t workload_hash)
{
    *state = (struct arrival_state){.plan = plan};
    random_begin(&state->stream, key, 0, random_what(workload_hash, PURPOSE_ARRIVAL), 0);
    random_begin(&state->state_stream, key, 0, random_what(workload_hash, PURPOSE_STATE), 0);
}

/* A gap of `seconds` after `from`. */
static sim_time after(sim_time from, double seconds)
{
    if (from == SIM_NEVER || !(seconds < time_to_seconds(horizon))) return SIM_NEVER;
    const sim_time time = from + time_from_seconds(seconds);
    return time < horizon ? time : SIM_NEVER;
}

/* Arrivals of a varying rate are those of a unit Poisson process in the cumulated rate (Cinlar,
 * "Introduction to stochastic processes", 1975, theorem 4.7.4): the next one is where the cumulated
 * rate has grown by an exponential with mean 1. The rate is constant between changes, so that this
 * is found exactly.
 *
 * Takes from *growth what the time to `until` at `rate` gives; true, with *time set, when the
 * arrival lies before `until`. */
static bool spend(double *growth, double rate, sim_time until, sim_time *time)
{
    const double area = rate * time_to_seconds(until - *time);
    if (*growth < area) {
        const sim_time next = *time + time_from_seconds(*growth / rate);
        *time = next < until ? next : until;
        return true;
    }
    *growth -= area;
    *time = until;
    return false;
}

/* Sets the end of the state that begins now. */
static void stay(struct arrival_state *state, sim_time now)
{
    const double seconds =
        state->plan->stays[state->state] * random_exponential(&state->state_stream);
    const sim_time until = after(now, seconds);
    state->state_until = until > now ? until : now + 1;
}

static size_t following(struct arrival_state *state)
{
    const struct arrival_plan *plan = state->plan;
    if (!plan->transitions) return (state->state + 1) % plan->state_count;
    const double *row = &plan->transitions[state->state * plan->state_count];
    const double u = random_unit(&state->state_stream);
    size_t to = 0;
    while (to + 1 < plan->state_count && u >= row[to]) to++;
    return to;
}

static sim_time next_mmpp(struct arrival_state *state)
{
    const struct arrival_plan *plan = state->plan;
    double growth = random_exponential(&state->stream);
    sim_time time = state->next;
    if (state->state_until == 0) stay(state, 0);
    while (!spend(&growth, plan->rates[state->state], state->state_until, &time)) {
        if (time >= horizon) return SIM_NEVER;
        state->state = following(state);
        stay(state, time);
    }
    return time < horizon ? time : SIM_NEVER;
}

static sim_time next_diurnal(struct arrival_state *state)
{
    const sim_time hour = time_from_seconds(HOUR_SECONDS);
    const double day_growth = state->plan->rate * HOURS * HOUR_SECONDS;
    double growth = random_exponential(&state->stream);
    sim_time time = state->next;
    /* A whole day gives the same whenever it begins. */
    const double days = floor(growth / day_growth);
    growth -= days * day_growth;
    time = after(time, days * HOURS * HOUR_SECONDS);
    while (time < horizon) {
        const double rate = state->plan->rates[(time / hour) % HOURS];
        if (spend(&growth, rate, (time / hour + 1) * hour, &time)) return time;
    }
    return SIM_NEVER;
}

static sim_time next_spike(struct arrival_state *state)
{
    const struct arrival_plan *plan = state->plan;
    const sim_time end = plan->spike_at + plan->spike_for;
    double growth = random_exponential(&state->stream);
    sim_time time = state->next;
    if (time < plan->spike_at && spend(&growth, plan->rates[0], plan->spike_at, &time)) return time;
    if (time < end && spend(&growth, plan->rates[1], end, &time)) return time;
    return plan->rates[0] > 0 ? after(time, growth / plan->rates[0]) : SIM_NEVER;
}

/* From the arrival's number, so that roundings do not add up. */
static sim_time next_constant(struct arrival_state *state)
{
    state->row++;
    return after(0, (double)state->row / state->plan->rate);
}

static sim_time next_batch(struct arrival_state *state)
{
    const struct arrival_plan *plan = state->plan;
    if (state->left == 0) {
        state->left = plan->items;
        if (state->row > 0) state->next = after(state->next, plan->gap.a);
        state->row++;
    }
    state->left--;
    return state->next;
}

static sim_time next_row(struct arrival_state *state, const struct trace_row **row)
{
    const struct arrival_plan *plan = state->plan;
    if (state->row >= plan->row_count) return SIM_NEVER;
    const struct trace_row *next = &plan->rows[state->row++];
    if (row) *row = next;
    return next->time;
}

static NOINLINE sim_time next_of_kind(struct arrival_state *state, const struct trace_row **row)
{
    switch (state->plan->kind) {
    case ARRIVAL_CONSTANT: return next_constant(state);
    case ARRIVAL_MMPP: return next_mmpp(state);
    case ARRIVAL_DIURNAL: return next_diurnal(state);
    case ARRIVAL_SPIKE: return next_spike(state);
    case ARRIVAL_TRACE: return next_row(state, row);
    case ARRIVAL_BATCH: return next_batch(state);
    case ARRIVAL_POISSON:
    case ARRIVAL_GAMMA:
    case ARRIVAL_CLOSED: break;
    }
    return SIM_NEVER;
}

sim_time arrivals_next(struct arrival_state *state, const struct trace_row **row)
{
    const struct arrival_plan *plan = state->plan;
    if (row) *row = NULL;
    if (state->next == SIM_NEVER) return SIM_NEVER;
    if (LIKELY(plan->kind == ARRIVAL_POISSON || plan->kind == ARRIVAL_GAMMA))
        state->next = after(state->next, distribution_draw(&plan->gap, &state->stream));
    else
        state->next = next_of_kind(state, row);
    return state->next;
}
