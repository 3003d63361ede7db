/* pricing.h - a month of usage becomes a bill, line by line.
 *
 * Components meter quantities in the units that providers bill; nothing multiplies a price while
 * simulating. Here a window's quantities are scaled to a month of 30 days (720 hours), pass through
 * the month's tiers, free tier (only if asked for) and minimums, and become lines. The total is the
 * sum of the lines, in their order.
 */
#ifndef MODELS_PRICING_H
#define MODELS_PRICING_H

#include "models/catalog.h"

#include <stdbool.h>
#include <stddef.h>

#define MONTH_SECONDS (30.0 * 24.0 * 3600.0)

struct arena;

struct usage {
    const char *component; /* who used it */
    const struct price *price;
    double quantity; /* in price->unit, in the window */
};

struct bill_line {
    const char *component;
    const char *item; /* price id */
    const char *unit;
    size_t tier;     /* from 1; a usage that crosses tiers makes a line for each */
    double quantity; /* a month's, billed (after the free tier) */
    double unit_price_usd;
    double usd;
};

struct bill {
    struct bill_line *lines; /* in the order of the usage; lines of zero quantity are left out */
    size_t count;
    double usd; /* the sum of the lines */
};

/* What `quantity` of one price costs in a month; lines may be NULL (room for CATALOG_TIERS + 1
 * otherwise); returns the number of lines. */
size_t price_month(const struct price *price, double quantity, bool free_tier,
                   struct bill_line *lines, double *usd);

/* Tiers are those of the whole bill: equal price ids of several components share them, in the order
 * of the usage. `scale` turns the window's quantities into a month's (MONTH_SECONDS / window
 * seconds). */
void bill_make(struct arena *arena, const struct usage *usage, size_t count, double scale,
               bool free_tier, struct bill *out);

/* Quantities rounded as providers round them: to the next multiple of `step` (e.g. 1 ms, 100 ms, 64
 * KB), at least one `least`. Exact for whole numbers. */
long long metered(long long amount, long long step, long long least);
/* Whole steps begun in `amount`, for where that is asked for every call. `step` is above 0. */
static inline int64_t metered_steps(int64_t amount, int64_t step)
{
    return amount > 0 ? (amount - 1) / step + 1 : 0;
}

#endif
