#include "study/attribution.h"

#include "base/arena.h"
#include "models/component.h"
#include "models/ledger.h"
#include "models/plan.h"
#include "study/replication.h"
#include "study/result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sums of accounts in nanoseconds; doubles are exact to 2^53 and the sums are of integers, so the
 * order of adding is fixed. */
struct composition {
    double *cells;
    double count;
};

static void add_buckets(struct composition *c, const struct replication_workload *w, uint32_t cells,
                        size_t from, size_t to)
{
    for (size_t b = from; b <= to && b < ATTRIBUTION_BUCKETS; b++) {
        const int64_t *sums = NULL;
        const uint64_t count = attribution_get(&w->attribution, b, &sums);
        if (count == 0) continue;
        c->count += (double)count;
        for (uint32_t i = 0; i < cells; i++) c->cells[i] += (double)sums[i];
    }
}

/* Of the requests within 1 % of a quantile; of all for p < 0. */
static struct composition compose(struct arena *arena, const struct replication *replications,
                                  size_t count, size_t index, const struct histogram *latency,
                                  double p)
{
    size_t from = 0;
    size_t to = ATTRIBUTION_BUCKETS - 1;
    if (p >= 0 && latency->count > 0) {
        const double at = histogram_quantile(latency, p);
        from = attribution_index(time_from_seconds(at * 0.99));
        to = attribution_index(time_from_seconds(at * 1.01));
    }
    const uint32_t cells = count ? replications[0].cells : 0;
    struct composition c = {arena_array(arena, double, cells + 1), 0};
    for (size_t r = 0; r < count; r++)
        add_buckets(&c, &replications[r].workloads[index], cells, from, to);
    for (uint32_t i = 0; i < cells && c.count > 0; i++) c.cells[i] *= 1e-9 / c.count;
    return c;
}

static const char *const causes[PART_COUNT] = {
    [PART_SERVICE] = "service",       [PART_DECODE] = "service",  [PART_QUEUEING] = "queueing",
    [PART_COLD_START] = "cold start", [PART_NETWORK] = "network", [PART_THROTTLING] = "throttling",
    [PART_RETRY] = "retry",           [PART_SPARE] = "other",
};

static double metric_value(struct arena *arena, const struct result *result, const char *component,
                           const char *statistic)
{
    const struct estimate *e =
        result_metric(result, arena_format(arena, "%s.%s", component, statistic));
    return e ? e->value : NO_SAMPLES;
}

static int by_mean(const void *a, const void *b)
{
    const struct attribution *x = a;
    const struct attribution *y = b;
    if (x->mean_s != y->mean_s) return x->mean_s < y->mean_s ? 1 : -1;
    const int order = strcmp(x->component, y->component);
    return order ? order : strcmp(x->cause, y->cause);
}

void attribution_summarize(struct arena *arena, const struct plan *plan,
                           const struct replication *replications, size_t count, size_t index,
                           const struct result *result, struct workload_result *out)
{
    const struct histogram *latency = &out->latency;
    const struct composition mean = compose(arena, replications, count, index, latency, -1);
    const struct composition p95 = compose(arena, replications, count, index, latency, 0.95);
    const struct composition p99 = compose(arena, replications, count, index, latency, 0.99);
    const double total = histogram_mean(latency);
    out->attribution =
        arena_array(arena, struct attribution, plan->component_count * PART_COUNT + 1);
    for (size_t c = 0; mean.count > 0 && c < plan->component_count; c++)
        for (size_t part = 0; part < PART_COUNT; part++) {
            const size_t cell = c * PART_COUNT + part;
            if (mean.cells[cell] <= 0) continue;
            const char *name = plan->components[c]->name;
            const bool decodes = mean.cells[c * PART_COUNT + PART_DECODE] > 0;
            const bool cold = part == PART_COLD_START;
            out->attribution[out->attribution_count++] = (struct attribution){
                .component = name,
                .cause = causes[part],
                .part = part == PART_DECODE               ? "decode"
                        : part == PART_SERVICE && decodes ? "first token"
                                                          : NULL,
                .mean_s = mean.cells[cell],
                .share = measure_ratio(mean.cells[cell], total),
                .p95_s = p95.cells[cell],
                .p99_s = p99.cells[cell],
                .calls_ratio =
                    cold ? metric_value(arena, result, name, "cold_start.ratio") : NO_SAMPLES,
                .per_occurrence_s =
                    cold ? metric_value(arena, result, name, "cold_start.mean") : NO_SAMPLES,
            };
        }
    qsort(out->attribution, out->attribution_count, sizeof *out->attribution, by_mean);
}
