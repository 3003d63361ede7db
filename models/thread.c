#include "models/thread.h"

#include "models/component.h"
#include "models/errors.h"
#include "models/plan.h"
#include "models/simulation.h"
#include "models/workload.h"

/* One flow of a program. Where it stands is `step`; what it waits for is `pending` (a call),
 * `timer` (time), or `running` flows below it. */
struct thread {
    struct call *call;
    const struct program *program;
    struct thread *parent; /* the Parallel or Map that waits for it; NULL for the program itself */
    struct thread *children; /* flows below it that run */
    struct thread *next;     /* in its parent's list */
    struct thread *previous;
    struct ledger *ledger; /* its own, in a branch; NULL: the call's */
    struct call *pending;
    event_id timer;
    uint64_t occurrence;
    sim_time charge_from; /* the end of the throttled part of a transition */
    uint32_t attempt;     /* of the present step, from 0 */
    uint32_t next_item;   /* of the present Map */
    uint32_t items;
    uint16_t step;
    uint16_t error;  /* of the present step's last attempt; ERROR_NONE */
    uint8_t outcome; /* of the last call */
    bool hit;
    bool stepping; /* inside advance: what happens at once is noted and taken up there */
    bool ready;    /* the present step's attempt is over */
    bool known;    /* and its host knows */
    bool begins;   /* the present step is the first of a Map's iteration */
    uint32_t attempts[STEP_RETRIERS];
};

size_t thread_size(void)
{
    return sizeof(struct thread);
}

static void advance(struct thread *thread, sim_time now);

static struct component *host_of(const struct thread *thread)
{
    return thread->call->callee;
}

static struct ledger *ledger_of(const struct thread *thread)
{
    return thread->ledger ? thread->ledger : thread->call->ledger;
}

static const struct step *step_of(const struct thread *thread)
{
    return &thread->program->steps[thread->step];
}

static struct thread *take(struct call *call, const struct program *program)
{
    struct thread *thread =
        pool_take_zeroed(&call->callee->sim->threads, offsetof(struct thread, attempts));
    thread->call = call;
    thread->program = program;
    thread->occurrence = call->occurrence;
    return thread;
}

static void unlink_thread(struct thread *thread)
{
    if (!thread->parent) return;
    if (thread->previous)
        thread->previous->next = thread->next;
    else
        thread->parent->children = thread->next;
    if (thread->next) thread->next->previous = thread->previous;
}

/* Ends a flow and all below it; what they wait for goes on without them. */
static void discard(struct thread *thread)
{
    struct component *host = host_of(thread);
    while (thread->children) discard(thread->children);
    if (thread->pending) call_abandon(thread->pending);
    if (thread->timer) events_cancel(host->events, thread->timer);
    unlink_thread(thread);
    if (thread->ledger) simulation_ledger_give(host->sim, thread->ledger);
    pool_give(&host->sim->threads, thread);
}

/* Back to where it was before, in a loop, it has new luck. */
static void go_to(struct thread *thread, uint16_t next)
{
    if (next != STEP_END && thread->program->steps[next].rank >= step_of(thread)->rank)
        thread->occurrence = occurrence_add(thread->occurrence, OCCURRENCE_ROUND, 1);
    thread->step = next;
}

/* A new visit of the step at hand: counters start afresh. */
static void begin_visit(struct thread *thread)
{
    thread->attempt = 0;
    thread->outcome = OUTCOME_OK;
    if (thread->step == STEP_END) return;
    const uint8_t retriers = step_of(thread)->retrier_count;
    for (uint8_t i = 0; i < retriers; i++) thread->attempts[i] = 0;
}

/* The present step's attempt is over. Takes effect at once, or when `advance` comes round to it. */
static void attempt_over(struct thread *thread, uint16_t error, sim_time now)
{
    thread->error = error;
    thread->ready = true;
    if (!thread->stepping) advance(thread, now);
}

/* A draw of this step: keyed by the host, the step's ordinal and the attempt. */
static void step_stream(const struct thread *thread, enum purpose purpose,
                        struct random_stream *stream)
{
    const struct component *host = host_of(thread);
    uint64_t occurrence =
        occurrence_add(thread->occurrence, OCCURRENCE_ORDINAL, step_of(thread)->ordinal);
    occurrence = occurrence_add(occurrence, OCCURRENCE_ATTEMPT, thread->attempt);
    random_begin(stream, host->random_key, thread->call->request->id,
                 random_what(host->name_hash, (uint32_t)purpose), occurrence);
}

/* ---- time that passes in the host ---- */

static void served(void *context, sim_time now)
{
    struct thread *thread = context;
    thread->timer = 0;
    ledger_charge(ledger_of(thread), host_of(thread)->index, PART_SERVICE, now);
    attempt_over(thread, ERROR_NONE, now);
}

static sim_time compute_time(const struct component *host, const struct step *step,
                             struct random_stream *stream)
{
    const double cpu = distribution_draw(&step->compute.cpu, stream);
    const double io = distribution_draw(&step->compute.io, stream);
    return time_from_seconds(cpu * host->host->slowness + io);
}

static void compute(struct thread *thread, const struct step *step, sim_time now)
{
    struct random_stream stream;
    step_stream(thread, PURPOSE_COMPUTE, &stream);
    const sim_time time = compute_time(host_of(thread), step, &stream);
    thread->timer = events_add(host_of(thread)->events, now + time, served, thread);
}

static void wait_step(struct thread *thread, const struct step *step, sim_time now)
{
    struct random_stream stream;
    step_stream(thread, PURPOSE_WAIT, &stream);
    const sim_time time = distribution_draw_time(&step->wait.time, &stream);
    thread->timer = events_add(host_of(thread)->events, now + time, served, thread);
}

/* ---- calls ---- */

static void call_over(struct call *call, sim_time now)
{
    struct thread *thread = call->context;
    thread->pending = NULL;
    if (thread->timer) {
        events_cancel(host_of(thread)->events, thread->timer);
        thread->timer = 0;
    }
    thread->hit = call->payload.hit;
    thread->outcome = call->outcome;
    uint16_t error = call_error(call);
    if (step_of(thread)->call.job && error != ERROR_NONE && call->outcome != OUTCOME_THROTTLED)
        error = ERROR_TASK_FAILED;
    attempt_over(thread, error, now);
}

/* The step's own time-out: the callee goes on, nobody waits. What was not yet charged is lost time
 * of the callee. */
static void call_timed_out(void *context, sim_time now)
{
    struct thread *thread = context;
    struct call *call = thread->pending;
    thread->timer = 0;
    thread->pending = NULL;
    const uint32_t callee = call->callee->index;
    call_abandon(call);
    ledger_charge(ledger_of(thread), callee, PART_RETRY, now);
    thread->outcome = OUTCOME_TIMED_OUT;
    attempt_over(thread, ERROR_TIMEOUT, now);
}

static void fill_payload(const struct thread *thread, const struct step *step,
                         struct payload *payload)
{
    const struct request *request = thread->call->request;
    payload->operation = step->call.operation;
    payload->items = step->call.items;
    payload->bytes = step->call.bytes;
    payload->ttl = step->call.ttl;
    payload->key = step->call.key_is_query ? request->query : request->id;
    payload->input_tokens = request->prompt_tokens + step->call.context_tokens;
    payload->output_tokens = request->output_tokens;
}

static void start_call(struct thread *thread, const struct step *step, sim_time now)
{
    struct component *host = host_of(thread);
    struct component *callee = host->sim->components[step->call.component];
    const bool detached = step->kind == STEP_START;
    struct call *call = detached ? call_new_detached(host->sim, thread->call->request, callee)
                                 : call_new(host->sim, thread->call, callee, call_over, thread);
    fill_payload(thread, step, &call->payload);
    uint64_t occurrence = occurrence_add(thread->occurrence, OCCURRENCE_ORDINAL, step->ordinal);
    call->occurrence = occurrence_add(occurrence, OCCURRENCE_ATTEMPT, thread->attempt);
    if (detached) {
        const uint64_t refused = callee->outcomes[OUTCOME_THROTTLED];
        call_submit(call, now);
        const bool seen = step->call.execution && callee->outcomes[OUTCOME_THROTTLED] > refused;
        if (seen) thread->outcome = OUTCOME_THROTTLED;
        attempt_over(thread, seen ? ERROR_THROTTLED : ERROR_NONE, now);
        return;
    }
    call->ledger = ledger_of(thread);
    thread->pending = call;
    if (step->timeout != SIM_NEVER)
        thread->timer = events_add(host->events, now + step->timeout, call_timed_out, thread);
    call_submit(call, now);
}

/* ---- choices ---- */

static void choose(struct thread *thread, const struct step *step)
{
    uint16_t way = 0;
    switch (step->choice.kind) {
    case CHOICE_HIT: way = thread->hit ? 0 : 1; break;
    case CHOICE_WORKLOAD: way = (uint16_t)thread->call->request->workload->plan->index; break;
    case CHOICE_PROBABILITY: {
        struct random_stream stream;
        step_stream(thread, PURPOSE_CHOICE, &stream);
        const double u = random_unit(&stream);
        while (way + 1 < step->choice.count && u >= step->choice.cumulated[way]) way++;
        break;
    }
    }
    go_to(thread, step->choice.targets[way]);
}

/* ---- flows beside each other ---- */

/* A flow below the present step, whose retries bring new luck to all below it. */
static struct thread *fork_flow(struct thread *parent, struct ledger *ledger, uint16_t start,
                                uint64_t occurrence)
{
    struct thread *flow = take(parent->call, parent->program);
    flow->parent = parent;
    flow->ledger = ledger;
    flow->step = start;
    flow->occurrence = occurrence_add(occurrence, OCCURRENCE_RERUN, parent->attempt);
    flow->next = parent->children;
    if (parent->children) parent->children->previous = flow;
    parent->children = flow;
    begin_visit(flow);
    return flow;
}

static void begin_item(void *context, sim_time now)
{
    struct thread *flow = context;
    flow->timer = 0;
    advance(flow, now);
}

/* The next item of a Map, on the ledger of the flow whose place it takes (or a fresh one). It
 * begins by an event, so that items that take no time do not pile up on the stack. */
static void fork_item(struct thread *parent, struct ledger *ledger, sim_time now)
{
    const uint64_t occurrence =
        occurrence_add(parent->occurrence, OCCURRENCE_ITEM, parent->next_item++);
    struct thread *flow = fork_flow(parent, ledger, step_of(parent)->map.start, occurrence);
    flow->begins = true;
    flow->timer = events_add(host_of(parent)->events, now, begin_item, flow);
}

static void fork_branches(struct thread *thread, const struct step *step, sim_time now)
{
    struct simulation *sim = host_of(thread)->sim;
    thread->items = step->parallel.count;
    for (uint16_t i = 0; i < step->parallel.count && !thread->ready; i++)
        advance(fork_flow(thread, simulation_ledger_take(sim, now), step->parallel.starts[i],
                          thread->occurrence),
                now);
}

static void fork_items(struct thread *thread, const struct step *step, sim_time now)
{
    struct simulation *sim = host_of(thread)->sim;
    struct random_stream stream;
    step_stream(thread, PURPOSE_ITEMS, &stream);
    const double items = distribution_draw(&step->map.items, &stream);
    thread->items = items < 1e9 ? (uint32_t)(items + 0.5) : 1000000000;
    thread->next_item = 0;
    const uint32_t limit = step->map.concurrency ? step->map.concurrency : UINT32_MAX;
    if (thread->items == 0) attempt_over(thread, ERROR_NONE, now);
    for (uint32_t i = 0; i < limit && thread->next_item < thread->items; i++)
        fork_item(thread, simulation_ledger_take(sim, now), now);
}

/* The flow that ended last held its parent up: its account becomes the parent's. */
static void adopt_ledger(struct thread *parent, const struct ledger *from)
{
    struct ledger *into = ledger_of(parent);
    ledger_add(into->cells, from, host_of(parent)->sim->component_count);
    into->cursor = from->cursor;
}

static void flow_over(struct thread *flow, uint16_t error, sim_time now)
{
    struct thread *parent = flow->parent;
    struct simulation *sim = host_of(flow)->sim;
    struct ledger *ledger = flow->ledger;
    flow->ledger = NULL;
    unlink_thread(flow);
    pool_give(&sim->threads, flow);
    const bool map = step_of(parent)->kind == STEP_MAP;
    if (error == ERROR_NONE && map && parent->next_item < parent->items) {
        fork_item(parent, ledger, now);
        return;
    }
    const bool last = map ? parent->children == NULL : --parent->items == 0;
    if (last || error != ERROR_NONE) {
        while (parent->children) discard(parent->children);
        adopt_ledger(parent, ledger);
        attempt_over(parent, error, now);
    }
    simulation_ledger_give(sim, ledger);
}

/* ---- from step to step ---- */

static bool run_step(struct thread *thread, const struct step *step, sim_time now)
{
    switch (step->kind) {
    case STEP_PASS: go_to(thread, step->next); return true;
    case STEP_CHOICE: choose(thread, step); return true;
    case STEP_SUCCEED: thread->step = STEP_END; return true;
    case STEP_COMPUTE: compute(thread, step, now); return false;
    case STEP_WAIT: wait_step(thread, step, now); return false;
    case STEP_CALL:
    case STEP_START: start_call(thread, step, now); return false;
    case STEP_PARALLEL: fork_branches(thread, step, now); return false;
    case STEP_MAP: fork_items(thread, step, now); return false;
    case STEP_FAIL: attempt_over(thread, step->fail.error, now); return false;
    }
    return false;
}

static void retry_now(void *context, sim_time now)
{
    struct thread *thread = context;
    const struct step *step = step_of(thread);
    thread->timer = 0;
    const uint32_t to_blame =
        step->kind == STEP_CALL ? step->call.component : host_of(thread)->index;
    const bool throttled = step->kind == STEP_CALL && thread->outcome == OUTCOME_THROTTLED;
    ledger_charge(ledger_of(thread), to_blame, throttled ? PART_THROTTLING : PART_RETRY, now);
    advance(thread, now);
}

/* True if the step will be tried again. The first matching retrier decides, even when it is used
 * up. */
static bool try_again(struct thread *thread, const struct step *step, sim_time now)
{
    for (uint8_t i = 0; i < step->retrier_count; i++) {
        const struct retrier *retrier = &step->retriers[i];
        if (!(retrier->errors & ERROR_SET(thread->error))) continue;
        if (thread->attempts[i] >= retrier->attempts) return false;
        struct random_stream stream;
        step_stream(thread, PURPOSE_JITTER, &stream);
        const sim_time delay = retrier_delay(retrier, thread->attempts[i], &stream);
        thread->attempts[i]++;
        thread->attempt++;
        thread->error = ERROR_NONE;
        thread->timer = events_add(host_of(thread)->events, now + delay, retry_now, thread);
        return true;
    }
    return false;
}

static bool caught(struct thread *thread, const struct step *step)
{
    for (uint8_t i = 0; i < step->catcher_count; i++)
        if (step->catchers[i].errors & ERROR_SET(thread->error)) {
            go_to(thread, step->catchers[i].next);
            return true;
        }
    return false;
}

static void thread_over(struct thread *thread, uint16_t error, sim_time now)
{
    if (thread->parent) {
        flow_over(thread, error, now);
        return;
    }
    struct call *call = thread->call;
    const struct thread_host *host = call->callee->host;
    call->thread = NULL;
    pool_give(&call->callee->sim->threads, thread);
    const enum outcome outcome = error == ERROR_NONE      ? OUTCOME_OK
                                 : error == ERROR_TIMEOUT ? OUTCOME_TIMED_OUT
                                                          : OUTCOME_FAILED;
    host->end(call->callee, call, outcome, error, now);
}

/* Runs the step at hand; true if the flow can go on at once. */
static bool take_step(struct thread *thread, sim_time now)
{
    thread->stepping = true;
    const bool passed = run_step(thread, step_of(thread), now);
    thread->stepping = false;
    if (passed) begin_visit(thread);
    return passed || thread->ready;
}

static void entered(void *context, sim_time now)
{
    struct thread *thread = context;
    thread->timer = 0;
    struct ledger *ledger = ledger_of(thread);
    const uint32_t host = host_of(thread)->index;
    if (thread->charge_from > ledger->cursor)
        ledger_charge(ledger, host, PART_THROTTLING, thread->charge_from);
    ledger_charge(ledger, host, PART_SERVICE, now);
    if (take_step(thread, now)) advance(thread, now);
}

static struct transition transition_of(const struct thread *thread, const struct step *step)
{
    uint64_t occurrence = occurrence_add(thread->occurrence, OCCURRENCE_ORDINAL, step->ordinal);
    occurrence = occurrence_add(occurrence, OCCURRENCE_ATTEMPT, thread->attempt);
    return (struct transition){
        .step = step, .occurrence = occurrence, .attempt = thread->attempt, .error = thread->error};
}

/* True if the step has to wait for its transition. */
static bool enter(struct thread *thread, const struct step *step, sim_time now)
{
    const struct thread_host *host = host_of(thread)->host;
    if (!step->counted || !host->enter) return false;
    struct transition transition = transition_of(thread, step);
    transition.begins = thread->begins;
    thread->begins = false;
    const sim_time delay = host->enter(host_of(thread), thread->call, &transition, now);
    if (delay <= 0) return false;
    thread->charge_from = now + transition.throttled;
    thread->timer = events_add(host_of(thread)->events, now + delay, entered, thread);
    return true;
}

static void left(void *context, sim_time now)
{
    struct thread *thread = context;
    thread->timer = 0;
    thread->known = true;
    ledger_charge(ledger_of(thread), host_of(thread)->index, PART_SERVICE, now);
    advance(thread, now);
}

/* True if the host has yet to hear that the attempt is over. */
static bool leave(struct thread *thread, const struct step *step, sim_time now)
{
    const struct thread_host *host = host_of(thread)->host;
    if (thread->known || !step->counted || !host->leave) return false;
    struct transition transition = transition_of(thread, step);
    const sim_time delay = host->leave(host_of(thread), thread->call, &transition, now);
    if (delay <= 0) return false;
    thread->timer = events_add(host_of(thread)->events, now + delay, left, thread);
    return true;
}

/* Goes on until the flow has to wait or is over. */
static void advance(struct thread *thread, sim_time now)
{
    for (;;) {
        if (thread->ready) {
            const struct step *step = step_of(thread);
            if (leave(thread, step, now)) return;
            thread->ready = thread->known = false;
            if (thread->error == ERROR_NONE) {
                go_to(thread, step->next);
            } else if (try_again(thread, step, now)) {
                return;
            } else if (!caught(thread, step)) {
                thread_over(thread, thread->error, now);
                return;
            }
            thread->error = ERROR_NONE;
            begin_visit(thread);
        }
        if (thread->step == STEP_END) {
            thread_over(thread, ERROR_NONE, now);
            return;
        }
        if (enter(thread, step_of(thread), now) || !take_step(thread, now)) return;
    }
}

sim_time thread_compute_time(const struct component *host, const struct program *program,
                             uint64_t request, uint64_t occurrence)
{
    struct random_stream stream;
    random_begin(&stream, host->random_key, request, random_what(host->name_hash, PURPOSE_COMPUTE),
                 occurrence);
    return compute_time(host, program->steps, &stream);
}

void thread_start(struct call *call, const struct program *program, sim_time now)
{
    struct thread *thread = take(call, program);
    call->thread = thread;
    thread->step = program->start;
    begin_visit(thread);
    advance(thread, now);
}

void thread_abort(struct call *call)
{
    if (!call->thread) return;
    struct thread *thread = call->thread;
    call->thread = NULL;
    discard(thread);
}
