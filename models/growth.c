#include "models/growth.h"

#include "base/arena.h"
#include "models/component.h"
#include "models/plan.h"
#include "models/simulation.h"

void growth_begin(struct simulation *sim, sim_time now)
{
    struct growth_watch *w = &sim->growth;
    const size_t count = sim->plan->component_count;
    w->parts = 0;
    w->since = now;
    w->areas = arena_array(sim->arena, int128, count);
    w->came = arena_array(sim->arena, uint64_t, count);
    w->growth = arena_array(sim->arena, struct growth, count);
    for (size_t i = 0; i < count; i++)
        w->growth[i].begun = (double)sim->components[i]->in_flight.value;
}

void growth_mark(struct simulation *sim, sim_time now)
{
    struct growth_watch *w = &sim->growth;
    const double length = (double)(now - w->since);
    if (w->parts == GROWTH_PARTS) return;
    for (size_t i = 0; i < sim->plan->component_count; i++) {
        const struct component *c = sim->components[i];
        struct growth *g = &w->growth[i];
        const int128 area = time_average_area(&c->in_flight, now);
        g->in_flight[w->parts] = length > 0 ? (double)(area - w->areas[i]) / length : g->ended;
        g->came[w->parts] = (double)(c->submitted - w->came[i]);
        g->ended = (double)c->in_flight.value;
        w->areas[i] = area;
        w->came[i] = c->submitted;
    }
    w->since = now;
    w->parts++;
}
