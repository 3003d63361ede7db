#include "sim/deadlines.h"

#include <assert.h>

/* Invariant between calls: an empty list has no armed event; a list with a head to expire has one,
 * not later than the head is due. */

static inline bool list_is_empty(const struct deadlines *d)
{
    return d->list.next == &d->list;
}

static void fire(void *context, sim_time now);

static inline void arm_head(struct deadlines *d)
{
    const sim_time at = d->list.next->at;
    if (at != SIM_NEVER) d->armed = events_add(d->events, at, fire, d);
}

static inline void unlink_node(struct deadlines *d, struct deadline *node)
{
    node->previous->next = node->next;
    node->next->previous = node->previous;
    node->previous = NULL;
    /* Left armed, the event of an empty list would be the one that ends a run, at a time when
     * nothing happens. */
    if (list_is_empty(d) && d->armed != 0) {
        events_cancel(d->events, d->armed);
        d->armed = 0;
    }
}

static void fire(void *context, sim_time now)
{
    struct deadlines *d = context;
    d->armed = 0;
    while (!list_is_empty(d) && d->list.next->at <= now) {
        struct deadline *head = d->list.next;
        unlink_node(d, head);
        d->expire(head, now);
        /* With no delay a handler could start its node again and again: let other events in
         * between. */
        if (d->delay == 0) break;
    }
    if (!list_is_empty(d) && d->armed == 0) arm_head(d);
}

void deadlines_init(struct deadlines *d, struct events *events, sim_time delay, deadline_fn *expire)
{
    assert(delay >= 0);
    d->events = events;
    d->delay = delay;
    d->expire = expire;
    d->list.next = &d->list;
    d->list.previous = &d->list;
    d->list.at = SIM_NEVER;
    d->armed = 0;
}

void deadlines_start(struct deadlines *d, struct deadline *node, sim_time now)
{
    struct deadline *const last = d->list.previous;
    const bool first = list_is_empty(d);
    node->at = d->delay < SIM_NEVER - now ? now + d->delay : SIM_NEVER;
    assert(first || last->at <= node->at);
    node->next = &d->list;
    node->previous = last;
    last->next = node;
    d->list.previous = node;
    if (first) arm_head(d);
}

bool deadlines_cancel(struct deadlines *d, struct deadline *node)
{
    if (node->previous == NULL) return false;
    unlink_node(d, node);
    return true;
}
