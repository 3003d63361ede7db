#include "models/station.h"

#include "models/call.h"
#include "models/component.h"
#include "models/measures.h"
#include "models/simulation.h"

void station_init(struct station *s, struct component *owner, station_begin_fn *begin,
                  int64_t servers, int64_t queue_limit)
{
    *s = (struct station){
        .owner = owner, .begin = begin, .servers = servers, .queue_limit = queue_limit};
    histogram_init(&s->wait, owner->sim->arena);
}

static void begin(struct station *s, struct call *call, sim_time wait, sim_time now)
{
    call->started = now;
    histogram_record(&s->wait, wait);
    s->begin(s->owner, call, now);
}

bool station_admit(struct station *s, struct call *call, sim_time now)
{
    if (s->busy.value < s->servers) {
        time_average_add(&s->busy, 1, now);
        begin(s, call, 0, now);
        return true;
    }
    if (s->waiting.value >= s->queue_limit) return false;
    call->deadline.at = now;
    call->next_waiting = NULL;
    if (s->last_waiting)
        s->last_waiting->next_waiting = call;
    else
        s->first_waiting = call;
    s->last_waiting = call;
    time_average_add(&s->waiting, 1, now);
    return true;
}

/* The part of a call's wait that lies within the window. */
static sim_time wait_in_window(const struct station *s, const struct call *call, sim_time now)
{
    const sim_time start = s->owner->sim->window_start;
    return now - (call->deadline.at > start ? call->deadline.at : start);
}

void station_release(struct station *s, sim_time now)
{
    struct call *next = s->first_waiting;
    if (!next) {
        time_average_add(&s->busy, -1, now);
        return;
    }
    s->first_waiting = next->next_waiting;
    if (!s->first_waiting) s->last_waiting = NULL;
    time_average_add(&s->waiting, -1, now);
    s->waited += wait_in_window(s, next, now);
    call_charge(next, PART_QUEUEING, now);
    begin(s, next, now - next->deadline.at, now);
}

void station_restart(struct station *s, sim_time now)
{
    time_average_restart(&s->waiting, now);
    time_average_restart(&s->busy, now);
    histogram_clear(&s->wait);
    s->waited = 0;
}

/* The area under the queue's length is the sum of the waits within the window: Little's law, exact.
 */
static void check(const struct station *s, struct measures *out, sim_time now)
{
    int128 waited = s->waited;
    int64_t count = 0;
    for (const struct call *call = s->first_waiting; call; call = call->next_waiting, count++)
        waited += wait_in_window(s, call, now);
    if (count != s->waiting.value || waited != time_average_area(&s->waiting, now))
        measures_violation(out, "%s: Little's law does not hold for its queue",
                           s->owner->plan->name);
}

void station_report(const struct station *s, struct measures *out, sim_time now)
{
    const char *name = s->owner->plan->name;
    measures_add(out, name, "wait.mean", UNIT_SECONDS, histogram_mean(&s->wait));
    measures_add(out, name, "wait.p95", UNIT_SECONDS, histogram_quantile(&s->wait, 0.95));
    out->items[out->count - 1].low_n = s->wait.count < 200; /* ten beyond it */
    measures_add(out, name, "queue.mean", UNIT_COUNT, time_average_mean(&s->waiting, now));
    measures_add(out, name, "queue.max", UNIT_COUNT, (double)s->waiting.most);
    measures_add(out, name, "utilization", UNIT_RATIO,
                 s->servers == STATION_UNLIMITED
                     ? NO_SAMPLES
                     : time_average_mean(&s->busy, now) / (double)s->servers);
    check(s, out, now);
}
