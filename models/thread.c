#include "models/thread.h"

#include "models/plan.h"
#include "models/thread_data.h"
#include "models/thread_flow.h"
#include "models/workload.h"

void thread_pools_init(struct simulation *sim)
{
    struct thread_pools *pools = &sim->threads;
    pool_init(&pools->flows, sim->arena, sizeof(struct thread));
    pool_init(&pools->branches, sim->arena, sizeof(struct branch));
    pool_init(&pools->fans, sim->arena, sizeof(struct fan));
    pool_init(&pools->attempts, sim->arena, sizeof(struct attempts));
}

static void forget_attempts(struct thread *thread)
{
    pool_give(&thread_component(thread)->sim->threads.attempts, thread->attempts);
    thread->attempts = NULL;
}

void thread_give(struct thread *thread)
{
    struct thread_pools *pools = &thread_component(thread)->sim->threads;
    if (UNLIKELY(thread->attempts != NULL)) forget_attempts(thread);
    if (thread->nested)
        pool_give(&pools->branches, thread);
    else
        pool_give(&pools->flows, thread);
}

void thread_discard(struct thread *thread)
{
    if (thread->waits_for == WAIT_FLOWS) thread_fan_give(thread);
    if (thread->waits_for == WAIT_CALL) call_abandon(thread->pending);
    if (thread->timer) events_cancel(thread_component(thread)->events, thread->timer);
    if (thread->nested) thread_branch_discard(thread_branch(thread));
    thread_give(thread);
}

void thread_go_to(struct thread *thread, uint16_t next)
{
    if (next != STEP_END && thread->program->steps[next].rank >= thread_step(thread)->rank)
        thread->occurrence = occurrence_add(thread->occurrence, OCCURRENCE_ROUND, 1);
    thread->step = next;
}

void thread_begin_visit(struct thread *thread)
{
    thread->outcome = OUTCOME_OK;
    if (UNLIKELY(thread->attempts != NULL)) forget_attempts(thread);
}

void thread_attempt_over(struct thread *thread, uint16_t error, sim_time now)
{
    thread->error = error;
    thread->ready = true;
    if (!thread->stepping) thread_advance(thread, now);
}

void thread_step_stream(const struct thread *thread, enum purpose purpose,
                        struct random_stream *stream)
{
    const struct component *host = thread_component(thread);
    uint64_t occurrence =
        occurrence_add(thread->occurrence, OCCURRENCE_ORDINAL, thread_step(thread)->ordinal);
    occurrence = occurrence_add(occurrence, OCCURRENCE_ATTEMPT, thread_attempt(thread));
    random_begin(stream, host->random_key, thread->call->request->id,
                 random_what(host->name_hash, (uint32_t)purpose), occurrence);
}

/* ---- from step to step ---- */

static void choose(struct thread *thread, const struct step *step)
{
    uint16_t way = 0;
    switch (step->choice.kind) {
    case CHOICE_HIT: way = thread->hit ? 0 : 1; break;
    case CHOICE_WORKLOAD: way = (uint16_t)thread->call->request->workload->plan->index; break;
    case CHOICE_PROBABILITY: {
        struct random_stream stream;
        thread_step_stream(thread, PURPOSE_CHOICE, &stream);
        const double u = random_unit(&stream);
        while (way + 1 < step->choice.count && u >= step->choice.cumulated[way]) way++;
        break;
    }
    }
    thread_go_to(thread, step->choice.targets[way]);
}

static bool run_step(struct thread *thread, const struct step *step, sim_time now)
{
    switch (step->kind) {
    case STEP_PASS: thread_go_to(thread, step->next); return true;
    case STEP_CHOICE: choose(thread, step); return true;
    case STEP_SUCCEED: thread->step = STEP_END; return true;
    case STEP_COMPUTE: thread_compute(thread, step, now); return false;
    case STEP_WAIT: thread_wait(thread, step, now); return false;
    case STEP_CALL:
    case STEP_START: thread_call(thread, step, step->timeout, now); return false;
    case STEP_PARALLEL: thread_fork_branches(thread, step, now); return false;
    case STEP_MAP: thread_fork_items(thread, step, now); return false;
    case STEP_FAIL: thread_attempt_over(thread, step->fail.error, now); return false;
    }
    return false;
}

static void retry_now(void *context, sim_time now)
{
    struct thread *thread = context;
    const struct step *step = thread_step(thread);
    thread->timer = 0;
    const uint32_t to_blame =
        step->kind == STEP_CALL ? step->call.component : thread_component(thread)->index;
    const bool throttled = step->kind == STEP_CALL && thread->outcome == OUTCOME_THROTTLED;
    ledger_charge(thread_ledger(thread), to_blame, throttled ? PART_THROTTLING : PART_RETRY, now);
    thread_advance(thread, now);
}

static void again_later(struct thread *thread, uint8_t which, sim_time now)
{
    const struct retrier *retrier = &thread_step(thread)->retriers[which];
    struct component *host = thread_component(thread);
    struct random_stream stream;
    thread_step_stream(thread, PURPOSE_JITTER, &stream);
    if (!thread->attempts)
        thread->attempts = pool_take_zeroed(&host->sim->threads.attempts, sizeof *thread->attempts);
    const uint32_t already = thread->attempts->by_retrier[which]++;
    thread->attempts->total++;
    thread->error = ERROR_NONE;
    const sim_time delay = retrier_delay(retrier, already, &stream);
    thread->timer = events_add(host->events, thread_later(now, delay), retry_now, thread);
}

/* True if the step will be tried again. The first matching retrier decides, even when it is used
 * up. */
static bool try_again(struct thread *thread, const struct step *step, sim_time now)
{
    for (uint8_t i = 0; i < step->retrier_count; i++) {
        const struct retrier *retrier = &step->retriers[i];
        if (!error_matches(retrier->errors, &retrier->others, thread->error)) continue;
        const uint32_t already = thread->attempts ? thread->attempts->by_retrier[i] : 0;
        if (already >= retrier->attempts) return false;
        again_later(thread, i, now);
        return true;
    }
    return false;
}

static bool caught(struct thread *thread, const struct step *step, sim_time now)
{
    for (uint8_t i = 0; i < step->catcher_count; i++) {
        const struct catcher *catcher = &step->catchers[i];
        if (!error_matches(catcher->errors, &catcher->others, thread->error)) continue;
        if (UNLIKELY(thread->data != NULL) && !data_caught(thread, i, now)) return false;
        thread_go_to(thread, catcher->next);
        return true;
    }
    return false;
}

void thread_over(struct thread *thread, uint16_t error, sim_time now)
{
    if (UNLIKELY(thread->data != NULL) && !data_flow_over(thread, error, now)) return;
    if (thread->nested) {
        thread_branch_over(thread_branch(thread), error, now);
        return;
    }
    struct call *call = thread->call;
    const struct thread_host *host = call->callee->host;
    call->thread = NULL;
    thread_give(thread);
    const enum outcome outcome = error == ERROR_NONE      ? OUTCOME_OK
                                 : error == ERROR_TIMEOUT ? OUTCOME_TIMED_OUT
                                                          : OUTCOME_FAILED;
    host->end(call->callee, call, outcome, error, now);
}

/* Runs the step at hand; true if the flow can go on at once. */
static bool take_step(struct thread *thread, sim_time now)
{
    const struct step *step = thread_step(thread);
    thread->stepping = true;
    const bool passed = UNLIKELY(thread->data != NULL) ? data_run_step(thread, step, now)
                                                       : run_step(thread, step, now);
    thread->stepping = false;
    if (passed) thread_begin_visit(thread);
    return passed || thread->ready;
}

static void entered(void *context, sim_time now)
{
    struct thread *thread = context;
    thread->timer = 0;
    thread->waits_for = WAIT_NONE;
    struct ledger *ledger = thread_ledger(thread);
    const uint32_t host = thread_component(thread)->index;
    if (thread->charge_from > ledger->cursor)
        ledger_charge(ledger, host, PART_THROTTLING, thread->charge_from);
    ledger_charge(ledger, host, PART_SERVICE, now);
    if (take_step(thread, now)) thread_advance(thread, now);
}

static struct transition transition_of(const struct thread *thread, const struct step *step)
{
    const uint32_t attempt = thread_attempt(thread);
    uint64_t occurrence = occurrence_add(thread->occurrence, OCCURRENCE_ORDINAL, step->ordinal);
    occurrence = occurrence_add(occurrence, OCCURRENCE_ATTEMPT, attempt);
    return (struct transition){
        .step = step, .occurrence = occurrence, .attempt = attempt, .error = thread->error};
}

/* True if the step has to wait for its transition. */
static bool enter(struct thread *thread, const struct step *step, sim_time now)
{
    struct component *component = thread_component(thread);
    const struct thread_host *host = component->host;
    if (!step->counted || !host->enter) return false;
    struct transition transition = transition_of(thread, step);
    transition.begins = thread->begins;
    thread->begins = false;
    const sim_time delay = host->enter(component, thread->call, &transition, now);
    if (delay <= 0) return false;
    thread->charge_from = now + transition.throttled;
    thread->waits_for = WAIT_TRANSITION;
    thread->timer = events_add(component->events, now + delay, entered, thread);
    return true;
}

static void left(void *context, sim_time now)
{
    struct thread *thread = context;
    thread->timer = 0;
    thread->known = true;
    ledger_charge(thread_ledger(thread), thread_component(thread)->index, PART_SERVICE, now);
    thread_advance(thread, now);
}

/* True if the host has yet to hear that the attempt is over. */
static bool leave(struct thread *thread, const struct step *step, sim_time now)
{
    struct component *component = thread_component(thread);
    const struct thread_host *host = component->host;
    if (thread->known || !step->counted || !host->leave) return false;
    struct transition transition = transition_of(thread, step);
    const sim_time delay = host->leave(component, thread->call, &transition, now);
    if (delay <= 0) return false;
    thread->timer = events_add(component->events, now + delay, left, thread);
    return true;
}

/* Takes up what the present step's attempt has come to; false if the flow waits or is over. */
static bool take_up(struct thread *thread, sim_time now)
{
    const struct step *step = thread_step(thread);
    if (leave(thread, step, now)) return false;
    thread->ready = thread->known = false;
    if (UNLIKELY(thread->data != NULL)) data_attempt_over(thread, step, now);
    if (UNLIKELY(thread->program->sized)) thread_bytes_limit(thread, step);
    if (thread->error == ERROR_NONE) {
        thread_go_to(thread, step->next);
    } else if (try_again(thread, step, now)) {
        return false;
    } else if (!caught(thread, step, now)) {
        thread_over(thread, thread->error, now);
        return false;
    }
    thread->error = ERROR_NONE;
    thread_begin_visit(thread);
    return true;
}

void thread_advance(struct thread *thread, sim_time now)
{
    for (;;) {
        if (thread->ready && !take_up(thread, now)) return;
        if (thread->step == STEP_END) {
            thread_over(thread, ERROR_NONE, now);
            return;
        }
        if (enter(thread, thread_step(thread), now) || !take_step(thread, now)) return;
    }
}

void thread_start(struct call *call, const struct program *program, sim_time now)
{
    struct thread *thread =
        pool_take_zeroed(&call->callee->sim->threads.flows, sizeof(struct thread));
    thread->call = call;
    thread->program = program;
    thread->occurrence = call->occurrence;
    thread->step = program->start;
    call->thread = thread;
    if (UNLIKELY(call->callee->host->data != NULL)) data_begin(thread, now);
    thread_advance(thread, now);
}

void thread_abort(struct call *call)
{
    if (!call->thread) return;
    struct thread *thread = call->thread;
    call->thread = NULL;
    if (thread->data) data_end(thread);
    thread_discard(thread);
}
