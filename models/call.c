#include "models/call.h"

#include "models/component.h"
#include "models/errors.h"
#include "models/simulation.h"

const char *const outcome_names[OUTCOME_COUNT] = {"ok",        "throttled", "refused",
                                                  "timed_out", "failed",    "too_large"};

static struct call *take(struct simulation *sim, struct component *callee)
{
    struct call *call = pool_take_zeroed(&sim->calls, sizeof *call);
    call->callee = callee;
    call->outcome = OUTCOME_COUNT;
    call->payload.items = 1;
    return call;
}

struct call *call_new(struct simulation *sim, struct call *parent, struct component *callee,
                      call_done_fn *done, void *context)
{
    struct call *call = take(sim, callee);
    call->done = done;
    call->context = context;
    if (parent) {
        call->parent = parent;
        call->request = parent->request;
        call->ledger = parent->ledger;
        call->occurrence = parent->occurrence;
        call->next_sibling = parent->children;
        if (parent->children) parent->children->previous_sibling = call;
        parent->children = call;
    }
    return call;
}

struct call *call_new_detached(struct simulation *sim, struct request *request,
                               struct component *callee)
{
    struct call *call = take(sim, callee);
    call->request = request;
    call->ledger = sim->sink;
    call->holds_request = true;
    request->references++;
    return call;
}

static void unlink_from_parent(struct call *call)
{
    if (!call->parent) return;
    if (call->previous_sibling)
        call->previous_sibling->next_sibling = call->next_sibling;
    else
        call->parent->children = call->next_sibling;
    if (call->next_sibling) call->next_sibling->previous_sibling = call->previous_sibling;
    call->parent = call->next_sibling = call->previous_sibling = NULL;
}

static void network_passed(void *context, sim_time now)
{
    struct call *call = context;
    call_charge(call, PART_NETWORK, now);
    call->callee->type->submit(call->callee, call, now);
}

static NOINLINE_COLD void submit_over_network(struct call *call, sim_time now)
{
    const struct network_plan *network = &call->callee->plan->network;
    struct random_stream stream;
    call_stream(call, PURPOSE_NETWORK, &stream);
    const double round_trip = distribution_draw(&network->round_trip, &stream);
    const double seconds = round_trip * (1.0 + network->handshake_round_trips);
    events_add(call->callee->events, now + time_from_seconds(seconds), network_passed, call);
}

void call_submit(struct call *call, sim_time now)
{
    struct component *callee = call->callee;
    call->issued = now;
    callee->submitted++;
    callee->spent -= (uint64_t)now;
    time_average_add(&callee->in_flight, 1, now);
    if (UNLIKELY(callee->plan->network.present))
        submit_over_network(call, now);
    else
        callee->type->submit(callee, call, now);
}

static void release_request(struct simulation *sim, struct request *request)
{
    if (--request->references == 0) pool_give(&sim->requests, request);
}

void call_finish(struct call *call, enum outcome outcome, uint16_t error, sim_time now)
{
    struct component *callee = call->callee;
    struct simulation *sim = callee->sim;
    if (UNLIKELY(call->outcome != OUTCOME_COUNT)) {
        sim->finished_twice++;
        return;
    }
    call->outcome = (uint8_t)outcome;
    call->error = error;
    callee->spent += (uint64_t)now;
    callee->outcomes[outcome]++;
    time_average_add(&callee->in_flight, -1, now);
    if (outcome == OUTCOME_OK) histogram_record(&callee->latency, now - call->issued);
    unlink_from_parent(call);
    if (call->done) call->done(call, now);
    if (call->holds_request) release_request(sim, call->request);
    pool_give(&sim->calls, call);
}

uint16_t call_error(const struct call *call)
{
    if (call->outcome == OUTCOME_OK) return ERROR_NONE;
    if (call->error != ERROR_NONE) return call->error;
    switch ((enum outcome)call->outcome) {
    case OUTCOME_THROTTLED: return ERROR_THROTTLED;
    case OUTCOME_REFUSED: return ERROR_UNAVAILABLE;
    case OUTCOME_TIMED_OUT: return ERROR_TIMEOUT;
    case OUTCOME_TOO_LARGE: return ERROR_DATA_LIMIT;
    case OUTCOME_OK:
    case OUTCOME_FAILED:
    case OUTCOME_COUNT: break;
    }
    return ERROR_EXCEPTION;
}

/* Whatever writes into `from` below this call writes into the sink from now on. Branches with
 * ledgers of their own keep them: they end in a ledger that has been exchanged here. */
static void orphan(struct call *call, const struct ledger *from, struct ledger *sink)
{
    if (call->ledger == from) call->ledger = sink;
    for (struct call *child = call->children; child; child = child->next_sibling)
        orphan(child, from, sink);
}

void call_abandon(struct call *call)
{
    unlink_from_parent(call);
    call->done = NULL;
    call->context = NULL;
    if (!call->holds_request) {
        call->holds_request = true;
        call->request->references++;
    }
    orphan(call, call->ledger, call->callee->sim->sink);
}

void call_abandon_children(struct call *call)
{
    while (call->children) call_abandon(call->children);
}
