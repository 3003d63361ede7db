#include "models/search_cost.h"

#include "models/compiler.h"

#include <math.h>

void search_machine_read(struct compiler *c, const struct catalog_profile *profile,
                         struct search_machine *out)
{
    out->distance = compiler_number_required(c, profile, "seconds_per_distance");
    out->byte = compiler_number_required(c, profile, "seconds_per_distance_byte");
    out->scanned = compiler_number(c, profile, "seconds_per_scanned_distance", out->distance);
    out->hop = compiler_number(c, profile, "seconds_per_hop", 0);
    out->list = compiler_number(c, profile, "seconds_per_list", 0);
    out->cached_byte = compiler_number(c, profile, "seconds_per_cached_byte", out->byte);
    out->cache_bytes = compiler_number(c, profile, "cache_bytes", 0);
    out->row_read = compiler_number(c, profile, "seconds_per_row_read", 0);
}

/* Coarse centres have a byte a value. */
static double centres_seconds(const struct search_machine *m, const struct search_question *q,
                              const struct search_figures *f)
{
    const double bytes = f->centres * q->settings.dimensions;
    const double byte = bytes > m->cache_bytes ? m->byte : m->cached_byte;
    return f->centres * m->scanned + bytes * byte;
}

struct search_cost search_cost_of(const struct search_machine *m, const struct search_question *q,
                                  const struct search_figures *f, double memory_bytes, bool on_disk)
{
    const bool coded = f->mean.codes > 0;
    const bool graph = f->mean.hops > 0;
    const double cached = fmin(1, m->cache_bytes / fmax(1, memory_bytes));
    struct search_cost cost = {.distance = coded || graph ? m->distance : m->scanned,
                               .code = graph ? m->distance : m->scanned,
                               .hop = m->hop,
                               .list = m->list,
                               .byte = cached * m->cached_byte + (1 - cached) * m->byte,
                               .query = centres_seconds(m, q, f)};
    if (coded && on_disk) cost.distance += m->row_read;
    return cost;
}

double search_cost_seconds(const struct search_cost *cost, const struct search_counts *counts)
{
    return cost->query + counts->distances * cost->distance + counts->codes * cost->code +
           counts->hops * cost->hop + counts->lists * cost->list + counts->bytes * cost->byte;
}
