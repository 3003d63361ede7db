/* histogram.c - see histogram.h. */
#include "sim/histogram.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

#define CELLS       (1 << HISTOGRAM_SUB_BITS)
#define LARGEST     ((sim_time)1 << 47)
#define NANOSECONDS 1e9

static unsigned cells_of(unsigned row)
{
    return row == 0 ? 2 * CELLS : CELLS;
}

static sim_time cell_low(unsigned row, unsigned cell)
{
    return row == 0 ? (sim_time)cell : (sim_time)(CELLS + cell) << row;
}

void histogram_init(struct histogram *h, struct arena *arena)
{
    *h = (struct histogram){.arena = arena, .least = SIM_NEVER};
}

void histogram_clear(struct histogram *h)
{
    for (unsigned r = 0; r < HISTOGRAM_ROWS; r++) {
        if (h->rows[r]) memset(h->rows[r], 0, cells_of(r) * sizeof *h->rows[r]);
    }
    h->count = 0;
    h->least = SIM_NEVER;
    h->most = 0;
    h->sum = 0;
}

static sim_time clamp(sim_time value)
{
    if (value < 0) return 0;
    return value > LARGEST ? LARGEST : value;
}

/* The row of a value in range, and how far its cell is from the row's first. */
static inline unsigned locate(sim_time value, unsigned *cell)
{
    const uint64_t bits = (uint64_t)value;
    const unsigned width = 64 - (unsigned)__builtin_clzll(bits | (2 * CELLS - 1));
    const unsigned row = width - (HISTOGRAM_SUB_BITS + 1);
    *cell = (unsigned)(bits >> row) - (row == 0 ? 0 : CELLS);
    return row;
}

NOINLINE_COLD static uint64_t *new_row(struct histogram *h, unsigned row)
{
    h->rows[row] = arena_array(h->arena, uint64_t, cells_of(row));
    return h->rows[row];
}

static inline void count_value(struct histogram *h, uint64_t *cell, sim_time value)
{
    ++*cell;
    h->count++;
    h->sum += (uint64_t)value;
    if (value < h->least) h->least = value;
    if (value > h->most) h->most = value;
}

/* The slow half is a call at the end, so that the fast one need not save a register. */
static NOINLINE_COLD void record_in_new_row(struct histogram *h, sim_time value)
{
    unsigned cell;
    const unsigned row = locate(value, &cell);
    count_value(h, new_row(h, row) + cell, value);
}

void histogram_record(struct histogram *h, sim_time value)
{
    value = clamp(value);
    unsigned cell;
    uint64_t *cells = h->rows[locate(value, &cell)];
    if (LIKELY(cells))
        count_value(h, cells + cell, value);
    else
        record_in_new_row(h, value);
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    for (unsigned r = 0; r < HISTOGRAM_ROWS; r++) {
        const uint64_t *cells = from->rows[r];
        if (!cells) continue;
        uint64_t *sums = into->rows[r] ? into->rows[r] : new_row(into, r);
        for (unsigned i = 0; i < cells_of(r); i++) sums[i] += cells[i];
    }
    into->count += from->count;
    into->sum += from->sum;
    if (from->least < into->least) into->least = from->least;
    if (from->most > into->most) into->most = from->most;
}

void histogram_copy(struct histogram *into, const struct histogram *from)
{
    for (unsigned r = 0; r < HISTOGRAM_ROWS; r++) {
        if (!from->rows[r]) continue;
        uint64_t *cells = into->rows[r] ? into->rows[r] : new_row(into, r);
        memcpy(cells, from->rows[r], cells_of(r) * sizeof *cells);
    }
    into->count = from->count;
    into->sum = from->sum;
    into->least = from->least;
    into->most = from->most;
}

double histogram_mean(const struct histogram *h)
{
    return h->count ? (double)h->sum / (double)h->count / NANOSECONDS : (double)NAN;
}

/* Nanoseconds `rank` values deep into a cell of `count`. Its values are low .. low + 2^row - 1. */
static double within_cell(unsigned row, unsigned cell, double rank, uint64_t count)
{
    const double span = (double)(((sim_time)1 << row) - 1);
    return (double)cell_low(row, cell) + span * rank / (double)count;
}

/* `past`: what to leave out of account, or NULL. */
static double quantile_ns(const struct histogram *h, const struct histogram *past, double rank)
{
    uint64_t before = 0;
    for (unsigned r = 0; r < HISTOGRAM_ROWS; r++) {
        const uint64_t *cells = h->rows[r];
        const uint64_t *less = past ? past->rows[r] : NULL;
        for (unsigned i = 0; cells && i < cells_of(r); i++) {
            const uint64_t count = cells[i] - (less ? less[i] : 0);
            if (count && (double)(before + count) >= rank)
                return within_cell(r, i, rank - (double)before, count);
            before += count;
        }
    }
    return (double)h->most;
}

double histogram_quantile(const struct histogram *h, double p)
{
    if (h->count == 0) return (double)NAN;
    const double least = (double)h->least;
    const double most = (double)h->most;
    double value = least;
    if (p >= 1.0) {
        value = most;
    } else if (p > 0.0) {
        value = quantile_ns(h, NULL, p * (double)h->count);
    }
    if (value < least) value = least;
    if (value > most) value = most;
    return value / NANOSECONDS;
}

double histogram_quantile_since(const struct histogram *h, const struct histogram *before, double p)
{
    const uint64_t count = h->count - before->count;
    if (count == 0) return (double)NAN;
    return quantile_ns(h, before, p * (double)count) / NANOSECONDS;
}

uint64_t histogram_count_below(const struct histogram *h, sim_time value)
{
    if (h->count == 0 || value < h->least) return 0;
    if (value >= h->most) return h->count;
    unsigned last;
    const unsigned row = locate(value, &last);
    uint64_t count = 0;
    for (unsigned r = 0; r <= row; r++) {
        const unsigned end = r < row ? cells_of(r) : last + 1;
        for (unsigned i = 0; h->rows[r] && i < end; i++) count += h->rows[r][i];
    }
    return count;
}

void histogram_visit(const struct histogram *h, histogram_visit_fn *visit, void *context)
{
    for (unsigned r = 0; r < HISTOGRAM_ROWS; r++) {
        const uint64_t *cells = h->rows[r];
        for (unsigned i = 0; cells && i < cells_of(r); i++) {
            const sim_time low = cell_low(r, i);
            if (cells[i]) visit(context, low, low + ((sim_time)1 << r), cells[i]);
        }
    }
}
