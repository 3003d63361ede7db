#include "models/pricing.h"

#include "base/arena.h"

#include <limits.h>
#include <string.h>

/* Lines being written: to a caller's array, to a growing one, or nowhere. */
struct lines {
    struct arena *arena; /* NULL: `items` has room */
    struct bill_line *items;
    size_t count;
    size_t capacity;
};

static void add_line(struct lines *lines, const struct bill_line *line)
{
    if (lines->arena)
        lines->items =
            arena_grow(lines->arena, lines->items, lines->count, &lines->capacity, sizeof *line);
    if (lines->items) lines->items[lines->count] = *line;
    lines->count++;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}
static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* Charges `quantity` of one price, of which the month has seen `before` already: first what is left
 * of the free quantity, then tier by tier. Returns the dollars. */
static double charge(const struct usage *usage, double before, double quantity, bool free_tier,
                     struct lines *lines)
{
    const struct price *price = usage->price;
    double free_quantity = free_tier ? price->free_each_month : 0;
    double gratis = smaller(quantity, larger(0, free_quantity - before));
    double position = larger(0, before - free_quantity); /* among the tiers */
    double left = quantity - gratis;
    double usd = 0;
    for (size_t i = 0; i < price->tier_count && left > 0; i++) {
        const struct price_tier *tier = &price->tiers[i];
        double take = smaller(left, tier->up_to - position);
        if (!(take > 0)) continue;
        struct bill_line line = {.component = usage->component,
                                 .item = price->id,
                                 .unit = price->unit,
                                 .tier = i + 1,
                                 .quantity = take,
                                 .unit_price_usd = tier->usd,
                                 .usd = take * tier->usd};
        add_line(lines, &line);
        usd += line.usd;
        left -= take;
        position += take;
    }
    return usd;
}

/* The line that lifts `usd` to the month's minimum; nothing if it is there already. */
static double charge_minimum(const struct usage *usage, double usd, struct lines *lines)
{
    const struct price *price = usage->price;
    double missing = price->least_each_month - usd;
    if (!(missing > 0)) return 0;
    struct bill_line line = {.component = usage->component,
                             .item = price->least_group ? price->least_group : price->id,
                             .unit = "minimum",
                             .tier = 0,
                             .quantity = 1,
                             .unit_price_usd = missing,
                             .usd = missing};
    add_line(lines, &line);
    return missing;
}

size_t price_month(const struct price *price, double quantity, bool free_tier,
                   struct bill_line *lines, double *usd)
{
    struct usage usage = {.price = price, .quantity = quantity};
    struct lines out = {.items = lines};
    *usd = charge(&usage, 0, quantity, free_tier, &out);
    *usd += charge_minimum(&usage, *usd, &out);
    return out.count;
}

static bool same_minimum(const struct price *a, const struct price *b)
{
    const char *left = a->least_group ? a->least_group : a->id;
    const char *right = b->least_group ? b->least_group : b->id;
    return strcmp(left, right) == 0;
}

/* Minimums come last: each is for all usage of its price or its group, and is charged to who used
 * it first. */
static void charge_minimums(const struct usage *usage, size_t count, const double *spent,
                            struct lines *lines)
{
    for (size_t i = 0; i < count; i++) {
        if (!(usage[i].price->least_each_month > 0)) continue;
        double usd = 0;
        bool first = true;
        for (size_t j = 0; j < count && first; j++) {
            if (!same_minimum(usage[i].price, usage[j].price)) continue;
            if (j < i && usage[j].price->least_each_month > 0) first = false;
            usd += spent[j];
        }
        if (first) charge_minimum(&usage[i], usd, lines);
    }
}

void bill_make(struct arena *arena, const struct usage *usage, size_t count, double scale,
               bool free_tier, struct bill *out)
{
    struct lines lines = {.arena = arena};
    double *spent = arena_array(arena, double, count);
    for (size_t i = 0; i < count; i++) {
        double before = 0;
        for (size_t j = 0; j < i; j++)
            if (strcmp(usage[j].price->id, usage[i].price->id) == 0)
                before += usage[j].quantity * scale;
        spent[i] = charge(&usage[i], before, usage[i].quantity * scale, free_tier, &lines);
    }
    charge_minimums(usage, count, spent, &lines);
    out->lines = lines.items;
    out->count = lines.count;
    out->usd = 0;
    if (!lines.items) return; /* no line at all */
    for (size_t i = 0; i < lines.count; i++) out->usd += lines.items[i].usd;
}

long long metered(long long amount, long long step, long long least)
{
    if (step < 1) step = 1;
    if (amount < 0) amount = 0;
    long long beyond = amount % step;
    if (beyond != 0) {
        long long more = step - beyond;
        amount = amount > LLONG_MAX - more ? LLONG_MAX : amount + more;
    }
    return amount > least ? amount : least;
}
