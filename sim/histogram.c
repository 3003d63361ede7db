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
    h->sum_of_squares = 0;
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

void histogram_record(struct histogram *h, sim_time value)
{
    value = clamp(value);
    unsigned cell;
    const unsigned row = locate(value, &cell);
    uint64_t *cells = h->rows[row];
    if (UNLIKELY(!cells)) cells = new_row(h, row);
    cells[cell]++;
    h->count++;
    h->sum += (uint64_t)value;
    h->sum_of_squares += (uint128)(uint64_t)value * (uint64_t)value;
    if (value < h->least) h->least = value;
    if (value > h->most) h->most = value;
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
    into->sum_of_squares += from->sum_of_squares;
    if (from->least < into->least) into->least = from->least;
    if (from->most > into->most) into->most = from->most;
}

double histogram_mean(const struct histogram *h)
{
    return h->count ? (double)h->sum / (double)h->count / NANOSECONDS : (double)NAN;
}

/* With m the mean's whole part and rest = sum - n m, sum (x - m)^2 = squares - m (sum + rest):
 * exact modulo 2^128, and smaller than that. What the fraction takes away is rest^2 / n. */
double histogram_deviation(const struct histogram *h)
{
    if (h->count == 0) return (double)NAN;
    if (h->count == 1) return 0.0;
    const uint128 whole = h->sum / h->count;
    const uint128 rest = h->sum % h->count;
    const uint128 about_whole = h->sum_of_squares - whole * (h->sum + rest);
    const double n = (double)h->count;
    const double squares = (double)about_whole - (double)rest * (double)rest / n;
    return squares > 0.0 ? sqrt(squares / (n - 1.0)) / NANOSECONDS : 0.0;
}

/* Nanoseconds `rank` values deep into a cell of `count`. Its values are low .. low + 2^row - 1. */
static double within_cell(unsigned row, unsigned cell, double rank, uint64_t count)
{
    const double span = (double)(((sim_time)1 << row) - 1);
    return (double)cell_low(row, cell) + span * rank / (double)count;
}

static double quantile_ns(const struct histogram *h, double rank)
{
    uint64_t before = 0;
    for (unsigned r = 0; r < HISTOGRAM_ROWS; r++) {
        const uint64_t *cells = h->rows[r];
        for (unsigned i = 0; cells && i < cells_of(r); i++) {
            if (cells[i] && (double)(before + cells[i]) >= rank)
                return within_cell(r, i, rank - (double)before, cells[i]);
            before += cells[i];
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
        value = quantile_ns(h, p * (double)h->count);
    }
    if (value < least) value = least;
    if (value > most) value = most;
    return value / NANOSECONDS;
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
