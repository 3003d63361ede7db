#include "reports/sparkline.h"

#include <math.h>

#define CELLS 12

struct cells {
    double counts[CELLS];
    double width; /* ns */
};

static void count_cell(void *context, sim_time low, sim_time high, uint64_t count)
{
    struct cells *c = context;
    const double at = ((double)low + (double)high) / 2 / c->width;
    const size_t cell = at < CELLS ? (size_t)at : CELLS - 1;
    c->counts[cell] += (double)count;
}

void add_sparkline(struct text *line, const struct histogram *h, double end_s,
                   const struct style *style)
{
    static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const ascii[] = {" ", ".", ":", "-", "=", "+", "*", "#", "@"};
    struct cells c = {.width = end_s * 1e9 / CELLS};
    double most = 0;
    if (!(end_s > 0) || h->count == 0) return;
    histogram_visit(h, count_cell, &c);
    for (size_t i = 0; i < CELLS; i++) most = fmax(most, c.counts[i]);
    for (size_t i = 0; i < CELLS; i++) {
        const size_t level = c.counts[i] > 0 ? 1 + (size_t)(c.counts[i] / most * 7.0) : 0;
        text_add(line, (style->unicode ? blocks : ascii)[level]);
    }
}

/* A round number of seconds at or above the 99.5th percentile: where the distribution's picture
 * ends. */
double sparkline_end(const struct histogram *h)
{
    if (h->count == 0) return 0;
    const double top = histogram_quantile(h, 0.995);
    const double unit = pow(10, floor(log10(fmax(top, 1e-9))));
    return ceil(top / unit) * unit;
}
