#include "models/workflow_hub.h"

#include "sim/random.h"

enum { WORKERS_DRAWN = 64 }; /* more of them poll all but continuously */

void hub_init(struct hub *hub, const struct hub_plan *plan)
{
    *hub = (struct hub){.plan = plan};
}

/* The interval that a queue empty for so long has come to, and how many polls it has had. */
static sim_time interval_after(const struct hub_plan *plan, sim_time idle, uint64_t *polls)
{
    sim_time interval = plan->least < plan->longest ? plan->least : plan->longest;
    sim_time at = 0;
    *polls = 0;
    while (interval < plan->longest && at + interval <= idle) {
        at += interval;
        interval = interval < plan->longest / 2 ? 2 * interval : plan->longest;
        (*polls)++;
    }
    if (at + interval <= idle) *polls += (uint64_t)((idle - at) / interval);
    return interval;
}

/* The wait for the next poll of a queue by any of `pollers`, whose phases are as good as uniform.
 */
static sim_time poll(struct hub_queue *queue, const struct hub_plan *plan, int64_t pollers,
                     struct random_stream *stream, sim_time now)
{
    uint64_t polls;
    if (now <= queue->last) return queue->last - now;
    const sim_time interval = interval_after(plan, now - queue->last, &polls);
    double first = 1;
    for (int64_t i = 0; i < pollers && i < WORKERS_DRAWN; i++) {
        const double phase = random_unit(stream);
        if (phase < first) first = phase;
    }
    const sim_time wait = (sim_time)(first * (double)interval);
    queue->polls += polls - queue->counted;
    queue->counted = 0;
    queue->last = now + wait;
    return wait;
}

static sim_time pass(const struct hub *hub, struct hub_queue *queue, int64_t pollers, bool timed,
                     struct random_stream *stream, sim_time now)
{
    const sim_time hop = distribution_draw_time(&hub->plan->hop, stream);
    const bool woken = !timed && random_unit(stream) * (double)hub->plan->workers < 1;
    if (!woken) return hop + poll(queue, hub->plan, pollers, stream, now);
    if (now > queue->last) {
        uint64_t polls;
        (void)interval_after(hub->plan, now - queue->last, &polls);
        queue->polls += polls - queue->counted;
        queue->counted = 0;
        queue->last = now;
    }
    return hop;
}

sim_time hub_control(struct hub *hub, uint64_t key, bool timed, struct random_stream *stream,
                     sim_time now)
{
    const uint64_t mixed = key * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    struct hub_queue *queue = &hub->control[mixed % (uint64_t)hub->plan->partitions];
    return pass(hub, queue, 1, timed, stream, now);
}

sim_time hub_work(struct hub *hub, struct random_stream *stream, sim_time now)
{
    return pass(hub, &hub->work, hub->plan->workers, false, stream, now);
}

/* Polls of one queue by one poller. */
static uint64_t polls_of(const struct hub_queue *queue, const struct hub_plan *plan, sim_time now)
{
    uint64_t polls = 0;
    if (now > queue->last) (void)interval_after(plan, now - queue->last, &polls);
    return queue->polls + polls - queue->counted;
}

double hub_polls(const struct hub *hub, sim_time now)
{
    double all = (double)polls_of(&hub->work, hub->plan, now) * (double)hub->plan->workers;
    for (int64_t i = 0; i < hub->plan->partitions; i++)
        all += (double)polls_of(&hub->control[i], hub->plan, now);
    return all;
}

static void restart_queue(struct hub_queue *queue, const struct hub_plan *plan, sim_time now)
{
    queue->polls = queue->counted = 0;
    if (now > queue->last) (void)interval_after(plan, now - queue->last, &queue->counted);
}

void hub_restart(struct hub *hub, sim_time now)
{
    restart_queue(&hub->work, hub->plan, now);
    for (int64_t i = 0; i < hub->plan->partitions; i++)
        restart_queue(&hub->control[i], hub->plan, now);
}
