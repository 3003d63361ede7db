#include "models/thread_data.h"
#include "models/thread_flow.h"

struct fan *thread_fan_take(struct thread *thread)
{
    struct fan *fan =
        pool_take_zeroed(&thread_component(thread)->sim->threads.fans, sizeof(struct fan));
    thread->fan = fan;
    thread->waits_for = WAIT_FLOWS;
    return fan;
}

void thread_fan_give(struct thread *thread)
{
    struct fan *fan = thread->fan;
    while (fan->children) thread_discard(&fan->children->flow);
    pool_give(&thread_component(thread)->sim->threads.fans, fan);
    thread->waits_for = WAIT_NONE;
}

static void unlink_branch(struct branch *branch)
{
    struct fan *fan = branch->parent->fan;
    if (branch->previous)
        branch->previous->next = branch->next;
    else
        fan->children = branch->next;
    if (branch->next) branch->next->previous = branch->previous;
}

void thread_branch_discard(struct branch *branch)
{
    unlink_branch(branch);
    simulation_ledger_give(thread_component(&branch->flow)->sim, branch->ledger);
}

/* A flow below the present step, whose retries bring new luck to all below it. */
static struct branch *fork_flow(struct thread *parent, struct ledger *ledger, uint16_t start,
                                uint64_t occurrence, sim_time now)
{
    struct fan *fan = parent->fan;
    struct branch *branch =
        pool_take_zeroed(&thread_component(parent)->sim->threads.branches, sizeof(struct branch));
    branch->flow.call = parent->call;
    branch->flow.program = parent->program;
    branch->flow.occurrence = occurrence_add(occurrence, OCCURRENCE_RERUN, thread_attempt(parent));
    branch->flow.step = start;
    branch->flow.nested = true;
    branch->parent = parent;
    branch->ledger = ledger;
    branch->began = now;
    branch->index = fan->next++;
    branch->bytes = *thread_bytes(parent);
    branch->next = fan->children;
    if (fan->children) fan->children->previous = branch;
    fan->children = branch;
    return branch;
}

void thread_fork_branches(struct thread *thread, const struct step *step, sim_time now)
{
    struct simulation *sim = thread_component(thread)->sim;
    struct fan *fan = thread_fan_take(thread);
    fan->count = step->parallel.count;
    for (uint16_t i = 0; i < step->parallel.count && !thread->ready; i++) {
        struct branch *branch = fork_flow(thread, simulation_ledger_take(sim, now),
                                          step->parallel.starts[i], thread->occurrence, now);
        if (UNLIKELY(thread->data != NULL)) data_fork(thread, branch, now);
        thread_advance(&branch->flow, now);
    }
}

/* ---- items ---- */

static void begin_item(void *context, sim_time now)
{
    struct thread *flow = context;
    flow->timer = 0;
    thread_advance(flow, now);
}

/* The next item of a Map, on the ledger of the flow whose place it takes (or a fresh one). It
 * begins by an event, so that items that take no time do not pile up on the stack. False, and the
 * Map's attempt is over, if its data cannot be made. */
static bool fork_item(struct thread *parent, struct ledger *ledger, sim_time now)
{
    const struct step *step = thread_step(parent);
    const uint64_t occurrence =
        occurrence_add(parent->occurrence, OCCURRENCE_ITEM, parent->fan->next);
    struct branch *branch = fork_flow(parent, ledger, step->map.start, occurrence, now);
    if (UNLIKELY(parent->data != NULL) && !data_fork(parent, branch, now)) {
        const uint16_t error = parent->error;
        thread_fan_give(parent);
        thread_attempt_over(parent, error, now);
        return false;
    }
    branch->flow.begins = true;
    branch->flow.timer =
        events_add(thread_component(parent)->events, now, begin_item, &branch->flow);
    return true;
}

void thread_fork_fan(struct thread *thread, struct fan *fan, sim_time now)
{
    struct simulation *sim = thread_component(thread)->sim;
    const uint32_t batch = fan->batch ? fan->batch : 1;
    if (!fan->count) fan->count = (uint32_t)((fan->items + batch - 1) / batch);
    if (fan->count == 0) {
        thread_fan_give(thread);
        thread_attempt_over(thread, ERROR_NONE, now);
        return;
    }
    for (uint32_t i = 0; i < fan->limit && fan->next < fan->count; i++)
        if (!fork_item(thread, simulation_ledger_take(sim, now), now)) return;
}

void thread_fork_items(struct thread *thread, const struct step *step, sim_time now)
{
    struct random_stream stream;
    thread_step_stream(thread, PURPOSE_ITEMS, &stream);
    const double items = distribution_draw(&step->map.items, &stream);
    struct fan *fan = thread_fan_take(thread);
    fan->items = items < 1e9 ? (uint64_t)(items + 0.5) : 1000000000;
    fan->batch = step->map.batch;
    fan->limit = step->map.concurrency ? step->map.concurrency : UINT32_MAX;
    fan->distributed = step->map.distributed;
    fan->tolerated_count = step->map.tolerated_count;
    fan->tolerated_ratio = step->map.tolerated_ratio;
    thread_fork_fan(thread, fan, now);
}

/* ---- the end of a flow ---- */

/* The flow that ended last held its parent up: its account becomes the parent's. */
static void adopt_ledger(struct thread *parent, const struct ledger *from)
{
    struct ledger *into = thread_ledger(parent);
    ledger_add(into->cells, from, thread_component(parent)->sim->component_count);
    into->cursor = from->cursor;
}

/* Items of one flow: all of a batch, the last of which may be smaller. */
static uint64_t items_of(const struct fan *fan, uint32_t index)
{
    const uint64_t batch = fan->batch ? fan->batch : 1;
    const uint64_t rest = fan->items - batch * index;
    return rest < batch ? rest : batch;
}

/* What the failure of a child execution makes of a Map Run: an error once more items have failed
 * than are tolerated. */
static uint16_t error_of_run(struct fan *fan, uint64_t items)
{
    fan->failed += items;
    const double failed = (double)fan->failed;
    if (failed <= fan->tolerated_count && failed <= fan->tolerated_ratio * (double)fan->items)
        return ERROR_NONE;
    return ERROR_TOLERANCE;
}

static void tell_host(const struct thread *parent, const struct branch *branch, uint16_t error,
                      sim_time now)
{
    struct component *host = thread_component(parent);
    if (!host->host->child) return;
    const struct child_execution child = {
        .map = thread_step(parent), .began = branch->began, .error = error};
    host->host->child(host, parent->call, &child, now);
}

void thread_branch_over(struct branch *branch, uint16_t error, sim_time now)
{
    struct thread *parent = branch->parent;
    struct fan *fan = parent->fan;
    struct simulation *sim = thread_component(parent)->sim;
    struct ledger *ledger = branch->ledger;
    if (fan->distributed) {
        tell_host(parent, branch, error, now);
        if (error != ERROR_NONE)
            error = error_of_run(fan, parent->data ? data_items_of(parent, branch->index)
                                                   : items_of(fan, branch->index));
    }
    thread_bytes_join(fan, branch);
    unlink_branch(branch);
    thread_give(&branch->flow);
    fan->over++;
    const bool last = fan->over == fan->count;
    if (error == ERROR_NONE && fan->next < fan->count && thread_step(parent)->kind == STEP_MAP) {
        fork_item(parent, ledger, now);
        return;
    }
    if (last || error != ERROR_NONE) {
        if (error == ERROR_NONE) thread_bytes_result(parent, fan->bytes);
        thread_fan_give(parent);
        adopt_ledger(parent, ledger);
        thread_attempt_over(parent, error, now);
    }
    simulation_ledger_give(sim, ledger);
}
