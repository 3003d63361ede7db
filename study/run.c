#include "study/run.h"

#include "base/arena.h"
#include "base/crew.h"
#include "models/plan.h"
#include "sim/statistics.h"
#include "study/cost.h"
#include "study/merge.h"
#include "study/run_lanes.h"
#include "study/warmup.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

/* Replications of one or several scenarios as one pile of jobs. Job j is replication j / lanes of
 * scenario j % lanes, so that an interrupt leaves all scenarios about equally far. */
struct pile {
    struct lane *lanes;
    size_t count;
    const struct run_options *options;
    size_t jobs_before;       /* done in earlier rounds */
    size_t jobs_planned;      /* in all rounds, as far as known */
    atomic_ullong millionths; /* of jobs done in this round */
    atomic_ullong events;
    atomic_flag telling;
};

struct lane {
    const struct scenario *scenario;
    struct warmup warmup;
    bool warmup_found;
    struct replication *replications;
    size_t done;   /* before this round */
    size_t wanted; /* after this round */
    size_t capacity;
    bool met; /* the relative error is met */
    const char *stopped_by;
};

struct job_progress {
    struct pile *pile;
    unsigned long long millionths;
    uint64_t events;
};

static void tell(void *context, double fraction, uint64_t events)
{
    struct job_progress *job = context;
    struct pile *pile = job->pile;
    const unsigned long long millionths = (unsigned long long)(fraction * 1e6);
    const unsigned long long more = millionths - job->millionths;
    const unsigned long long all = atomic_fetch_add(&pile->millionths, more) + more;
    const uint64_t total =
        atomic_fetch_add(&pile->events, events - job->events) + events - job->events;
    job->millionths = millionths;
    job->events = events;
    if (!pile->options->progress || atomic_flag_test_and_set(&pile->telling)) return;
    const double done = (double)pile->jobs_before + (double)all / 1e6;
    pile->options->progress(pile->options->progress_context, done / (double)pile->jobs_planned,
                            total);
    atomic_flag_clear(&pile->telling);
}

static bool stopped(const struct pile *pile)
{
    return pile->options->stop && *pile->options->stop;
}

static void run_job(void *context, size_t worker, size_t index)
{
    (void)worker;
    struct pile *pile = context;
    struct lane *lane = &pile->lanes[index % pile->count];
    const size_t number = lane->done + index / pile->count;
    struct replication *out = &lane->replications[number];
    if (number >= lane->wanted) return;
    *out = (struct replication){0};
    if (stopped(pile)) return;
    struct job_progress progress = {.pile = pile};
    const struct replication_settings settings = {
        .number = number,
        .warmup = lane->warmup.length,
        .end = lane->scenario->simulate.duration,
        .stop = pile->options->stop,
        .progress = tell,
        .progress_context = &progress,
    };
    replication_run(lane->scenario->plan, &settings, out);
    cost_measure(out->arena, lane->scenario->plan, out);
}

/* More replications that a metric needs, seen after `lane->done` of them: the growth that the
 * present half-width asks for, at most doubling. */
static size_t more_replications(struct lane *lane)
{
    const struct simulate_settings *s = &lane->scenario->simulate;
    double *values = NULL;
    struct arena *arena = arena_new();
    values = arena_array(arena, double, lane->done);
    for (size_t i = 0; i < lane->done; i++) {
        const struct measures *m = &lane->replications[i].measures;
        values[i] = NO_SAMPLES;
        for (size_t k = 0; k < m->count; k++)
            if (strcmp(m->items[k].path, s->until_metric) == 0) values[i] = m->items[k].value;
    }
    const struct estimate e = merge_estimate("", UNIT_COUNT, values, lane->done);
    arena_free(arena);
    if (!e.interval_known) {
        lane->met = isfinite(e.value);
        return lane->met ? 0 : lane->done;
    }
    const double error = (e.high - e.low) / 2 / fabs(e.value);
    lane->met = error <= s->relative_error;
    if (lane->met) return 0;
    const double wanted =
        (double)lane->done * (error / s->relative_error) * (error / s->relative_error);
    const double more = ceil(fmin(wanted, 2.0 * (double)lane->done)) - (double)lane->done;
    return more < 1 ? 1 : (size_t)more;
}

/* False when no lane wants more. */
static bool next_round(struct arena *arena, struct pile *pile)
{
    bool any = false;
    for (size_t i = 0; i < pile->count; i++) {
        struct lane *lane = &pile->lanes[i];
        const struct simulate_settings *s = &lane->scenario->simulate;
        lane->done = lane->wanted;
        if (!s->until_metric || lane->met) continue;
        size_t more = more_replications(lane);
        if (lane->done + more > s->at_most) more = s->at_most - lane->done;
        lane->stopped_by = lane->met ? "relative_error" : "at_most";
        if (more == 0) continue;
        while (lane->capacity < lane->done + more) {
            struct replication *larger =
                arena_array(arena, struct replication, 2 * lane->capacity + more);
            memcpy(larger, lane->replications, lane->done * sizeof *larger);
            lane->replications = larger;
            lane->capacity = 2 * lane->capacity + more;
        }
        lane->wanted = lane->done + more;
        any = true;
    }
    return any;
}

/* Lanes that want less than the one that wants most have jobs that do nothing. */
static size_t jobs_of_round(const struct pile *pile)
{
    size_t most = 0;
    for (size_t i = 0; i < pile->count; i++) {
        const size_t jobs = pile->lanes[i].wanted - pile->lanes[i].done;
        if (jobs > most) most = jobs;
    }
    return most * pile->count;
}

static size_t threads_of(const struct pile *pile)
{
    return pile->options->threads ? pile->options->threads : crew_processors();
}

static void run_pile(struct arena *arena, struct pile *pile)
{
    do {
        const size_t jobs = jobs_of_round(pile);
        pile->jobs_planned = pile->jobs_before + jobs;
        atomic_store(&pile->millionths, 0);
        crew_run(run_job, pile, jobs, threads_of(pile));
        pile->jobs_before += jobs;
    } while (!stopped(pile) && next_round(arena, pile));
}

/* Replications that ended; where an interrupt left none, those that got beyond the warm-up. */
static size_t keep(struct lane *lane)
{
    size_t kept = 0;
    bool any_complete = false;
    for (size_t i = 0; i < lane->wanted; i++) any_complete |= lane->replications[i].complete;
    for (size_t i = 0; i < lane->wanted; i++) {
        struct replication *r = &lane->replications[i];
        const bool good = r->complete || (!any_complete && r->arena && r->requests > 0);
        if (good)
            lane->replications[kept++] = *r;
        else
            arena_free(r->arena);
    }
    return kept;
}

/* There is no warm-up to be found then, and longer runs are no way out. */
static bool is_unstable(const struct result *result)
{
    for (size_t i = 0; i < result->component_count; i++)
        if (result->components[i].unstable) return true;
    return false;
}

static struct result *reduce(struct arena *arena, const struct pile *pile, struct lane *lane)
{
    const struct scenario *s = lane->scenario;
    struct result *result = arena_new_item(arena, struct result);
    const size_t planned = lane->wanted;
    double reached = 0;
    for (size_t i = 0; i < planned; i++) reached += lane->replications[i].reached_s;
    const size_t kept = keep(lane);
    result->scenario = s;
    result->complete = !stopped(pile);
    result->fraction_done = reached / ((double)planned * time_to_seconds(s->simulate.duration));
    result->seed = s->plan->seed;
    result->replications = (uint32_t)kept;
    result->simulated_s = time_to_seconds(s->simulate.duration);
    result->warmup_s = time_to_seconds(lane->warmup.length);
    result->warmup_found = lane->warmup_found;
    result->stopped_by = result->complete ? lane->stopped_by : "interrupt";
    merge_replications(arena, s, lane->replications, kept, result);
    if (lane->warmup_found && !is_unstable(result))
        warmup_warn(s, &lane->warmup, &result->warnings);
    for (size_t i = 0; i < kept; i++) arena_free(lane->replications[i].arena);
    return result;
}

static void find_warmup(void *context, size_t worker, size_t index)
{
    (void)worker;
    struct pile *pile = context;
    struct lane *lane = &pile->lanes[index];
    const struct simulate_settings *s = &lane->scenario->simulate;
    lane->warmup_found = s->warmup_kind == WARMUP_FOUND;
    lane->warmup.length = s->warmup;
    if (!lane->warmup_found) return;
    struct job_progress progress = {.pile = pile};
    const struct replication_settings settings = {
        .stop = pile->options->stop, .progress = tell, .progress_context = &progress};
    lane->warmup = warmup_find(lane->scenario, &settings);
}

static void find_warmups(struct pile *pile)
{
    sim_time longest = 0;
    size_t pilots = 0;
    for (size_t i = 0; i < pile->count; i++)
        pilots += pile->lanes[i].scenario->simulate.warmup_kind == WARMUP_FOUND;
    pile->jobs_planned = pilots + jobs_of_round(pile);
    crew_run(find_warmup, pile, pile->count, threads_of(pile));
    for (size_t i = 0; i < pile->count; i++)
        if (pile->lanes[i].warmup.length > longest) longest = pile->lanes[i].warmup.length;
    pile->jobs_before = pilots;
    /* Paired comparisons look at the same stretch of time. */
    for (size_t i = 0; i < pile->count; i++) pile->lanes[i].warmup.length = longest;
}

void run_lanes(struct arena *arena, struct scenario *const *scenarios, size_t count,
               const struct run_options *options, struct result **results)
{
    struct pile pile = {.count = count, .options = options};
    atomic_flag_clear(&pile.telling);
    pile.lanes = arena_array(arena, struct lane, count);
    for (size_t i = 0; i < count; i++) {
        struct lane *lane = &pile.lanes[i];
        lane->scenario = scenarios[i];
        lane->wanted = lane->capacity = scenarios[i]->simulate.replications;
        lane->replications = arena_array(arena, struct replication, lane->capacity);
        lane->stopped_by = "replications";
    }
    find_warmups(&pile);
    run_pile(arena, &pile);
    for (size_t i = 0; i < count; i++) results[i] = reduce(arena, &pile, &pile.lanes[i]);
}

struct result *run_scenario(struct arena *arena, struct scenario *scenario,
                            const struct run_options *options)
{
    struct result *result = NULL;
    run_lanes(arena, &scenario, 1, options, &result);
    return result;
}
