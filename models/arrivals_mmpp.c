#include "base/arena.h"
#include "models/arrivals_compile.h"

#include <math.h>

enum { STATES_MOST = 256 };

/* One that changes its state more often for each arrival would spend its time on that alone. */
#define CHANGES_MOST 1e6

struct mmpp_settings {
    const struct node *states;
    const struct node *transitions;
};

struct mmpp_state_settings {
    double rate;
    int64_t stay;
};

static const struct field mmpp_fields[] = {
    {.name = "states",
     .type = FIELD_NODE,
     .offset = offsetof(struct mmpp_settings, states),
     .required = true,
     .type_name = "a list of {rate, stay}",
     .doc = "rate in each state and how long it stays there in the mean; the first state is first"},
    {.name = "transitions",
     .type = FIELD_NODE,
     .offset = offsetof(struct mmpp_settings, transitions),
     .type_name = "a list of rows",
     .doc = "row i: with what probability state i is followed by each state; default: the next"},
    {.name = NULL}};

static const struct field mmpp_state_fields[] = {
    {.name = "rate",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_RATE,
     .required = true,
     .offset = offsetof(struct mmpp_state_settings, rate),
     .minimum = 0,
     .maximum = ARRIVAL_RATE_MOST,
     .doc = "requests a second in this state"},
    {.name = "stay",
     .type = FIELD_DURATION,
     .required = true,
     .offset = offsetof(struct mmpp_state_settings, stay),
     .minimum = 1e-6,
     .maximum = ARRIVAL_DURATION_MOST,
     .doc = "mean time in this state"},
    {.name = NULL}};

/* A row of probabilities, cumulated into `row`. */
static bool read_transition_row(const struct arrival_reading *r, const struct node *list,
                                const char *path, size_t from, double *row)
{
    const size_t count = r->plan->state_count;
    if (!arrivals_check_list(r, list, path, count, count)) return false;
    double sum = 0;
    size_t to = 0;
    for (const struct node *item = list->first; item; item = item->next) {
        double p;
        struct error err;
        if (!quantity_read(item, DIMENSION_RATIO, &p, &err)) {
            diagnostics_add_error(r->compiler->diagnostics, path, &err);
            return false;
        }
        if (p < 0 || p > 1 || (to == from && p != 0)) {
            compiler_fault(r->compiler, item, path,
                           to == from ? "a state does not follow itself: this must be 0, found %s"
                                      : "a probability lies from 0 to 1, found %s",
                           item->text);
            return false;
        }
        sum += p;
        row[to++] = sum;
    }
    if (fabs(sum - 1) > 1e-6) {
        compiler_fault(r->compiler, list, path,
                       "the probabilities of a row sum to %.7g, and they must sum to 1", sum);
        return false;
    }
    for (size_t i = 0; i < count; i++) row[i] /= sum;
    return true;
}

static double transition(const struct arrival_plan *plan, size_t from, size_t to)
{
    if (!plan->transitions) return to == (from + 1) % plan->state_count ? 1 : 0;
    const double *row = &plan->transitions[from * plan->state_count];
    return to > 0 ? row[to] - row[to - 1] : row[0];
}

/* How many states can be reached from the first one, following transitions or going against them.
 */
static size_t count_reached(const struct arrival_plan *plan, bool against)
{
    bool reached[STATES_MOST] = {true};
    size_t pending[STATES_MOST] = {0};
    size_t count = 1;
    for (size_t done = 0; done < count; done++) {
        for (size_t j = 0; j < plan->state_count; j++) {
            const double p =
                against ? transition(plan, j, pending[done]) : transition(plan, pending[done], j);
            if (reached[j] || !(p > 0)) continue;
            reached[j] = true;
            pending[count++] = j;
        }
    }
    return count;
}

/* The shares of time in the states: those of visits, by the algorithm of Grassmann, Taksar and
 * Heyman (Operations Research 33, 1985), which subtracts nothing, weighted by the stays. */
static void find_stationary(struct arena *arena, const struct arrival_plan *plan, double *share)
{
    const size_t n = plan->state_count;
    double *p = arena_array(arena, double, n *n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) p[i * n + j] = transition(plan, i, j);
    for (size_t k = n - 1; k > 0; k--) {
        double leaves = 0;
        for (size_t j = 0; j < k; j++) leaves += p[k * n + j];
        for (size_t i = 0; i < k; i++) p[i * n + k] /= leaves;
        for (size_t i = 0; i < k; i++)
            for (size_t j = 0; j < k; j++) p[i * n + j] += p[i * n + k] * p[k * n + j];
    }
    share[0] = 1;
    for (size_t k = 1; k < n; k++) {
        share[k] = 0;
        for (size_t i = 0; i < k; i++) share[k] += share[i] * p[i * n + k];
    }
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += share[i] *= plan->stays[i];
    for (size_t i = 0; i < n; i++) share[i] /= sum;
}

/* Sets the mean rate of a chain whose states, stays and transitions are known. */
static void finish_mmpp(const struct arrival_reading *r)
{
    struct arrival_plan *plan = r->plan;
    if (count_reached(plan, false) < plan->state_count ||
        count_reached(plan, true) < plan->state_count) {
        compiler_fault(r->compiler, r->node, r->path,
                       "from some state another can never be reached: every state must lead, "
                       "perhaps through others, to every other");
        return;
    }
    double *share = arena_array(r->compiler->arena, double, plan->state_count);
    find_stationary(r->compiler->arena, plan, share);
    double changes = 0; /* of state, a second */
    plan->rate = 0;
    for (size_t i = 0; i < plan->state_count; i++) {
        plan->rate += share[i] * plan->rates[i];
        changes += share[i] / plan->stays[i];
    }
    if (!(plan->rate >= ARRIVAL_RATE_LEAST))
        compiler_fault(r->compiler, r->node, r->path,
                       "no state has a rate above 0: nothing would ever arrive");
    else if (plan->state_count > 1 && changes > CHANGES_MOST * plan->rate)
        compiler_fault(r->compiler, r->node, r->path,
                       "the state changes %.3g times for each arrival: write longer stays, or "
                       "poisson with a rate of %.6g/s, which it cannot be told from",
                       changes / plan->rate, plan->rate);
}

void arrivals_read_mmpp(const struct arrival_reading *r)
{
    struct compiler *c = r->compiler;
    struct mmpp_settings settings = {NULL, NULL};
    if (!arrivals_read_table(r, mmpp_fields, "mmpp", &settings)) return;
    const char *path = arena_format(c->arena, "%s.states", r->path);
    if (!arrivals_check_list(r, settings.states, path, 1, STATES_MOST)) return;
    const size_t count = r->plan->state_count = settings.states->count;
    double *rates = arena_array(c->arena, double, count);
    double *stays = arena_array(c->arena, double, count);
    bool good = true;
    size_t i = 0;
    for (const struct node *item = settings.states->first; item; item = item->next, i++) {
        struct mmpp_state_settings state = {0, SIM_SECOND};
        const char *below = arena_format(c->arena, "%s.%zu", path, i);
        if (!fields_read(&c->reader, mmpp_state_fields, item, below, "a state of mmpp", NULL,
                         &state))
            good = false;
        rates[i] = state.rate;
        stays[i] = time_to_seconds(state.stay);
    }
    r->plan->rates = rates;
    r->plan->stays = stays;
    path = arena_format(c->arena, "%s.transitions", r->path);
    if (settings.transitions && arrivals_check_list(r, settings.transitions, path, count, count)) {
        double *matrix = arena_array(c->arena, double, count *count);
        i = 0;
        for (const struct node *row = settings.transitions->first; row; row = row->next, i++)
            if (!read_transition_row(r, row, arena_format(c->arena, "%s.%zu", path, i), i,
                                     &matrix[i * count]))
                good = false;
        r->plan->transitions = matrix;
    } else if (settings.transitions) {
        good = false;
    }
    if (good) finish_mmpp(r);
}
