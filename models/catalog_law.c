#include "base/arena.h"
#include "base/document.h"
#include "models/catalog_load.h"
#include "base/elementary.h"

#include <math.h>
#include <string.h>

#define NORMAL_P95 1.6448536269514722 /* the standard normal law's quantile of 0.95 */

/* The number under `key`, inside [least, infinity). */
static bool need_number(const struct node *map, const char *key, double least, double *out,
                        struct error *err)
{
    const struct node *node = node_get(map, key);
    if (!node) return error_at(err, map->place, "'%s' lacks '%s'", map->key, key);
    if (node->type != NODE_NUMBER)
        return error_at(err, node->place, "'%s' is %s, expected a number", key,
                        node_type_name(node->type));
    if (!isfinite(node->number) || node->number < least)
        return error_at(err, node->place, "'%s' is %s, expected at least %g", key, node->text,
                        least);
    *out = node->number;
    return true;
}

static bool read_constant(struct arena *arena, const struct node *node, struct distribution *out,
                          struct error *err)
{
    (void)arena;
    if (node->type != NODE_NUMBER || !isfinite(node->number) || node->number < 0)
        return error_at(err, node->place, "'constant' needs a number that is not negative");
    distribution_constant(out, node->number);
    return true;
}

static bool read_exponential(struct arena *arena, const struct node *node, struct distribution *out,
                             struct error *err)
{
    (void)arena;
    double mean = 0;
    static const char *const keys[] = {"mean", NULL};
    TRY(catalog_known_keys(node, "an exponential law", keys, err));
    TRY(need_number(node, "mean", 0, &mean, err));
    distribution_exponential(out, mean);
    return true;
}

static bool read_uniform(struct arena *arena, const struct node *node, struct distribution *out,
                         struct error *err)
{
    (void)arena;
    double least = 0;
    double most = 0;
    static const char *const keys[] = {"least", "most", NULL};
    TRY(catalog_known_keys(node, "a uniform law", keys, err));
    TRY(need_number(node, "least", 0, &least, err));
    TRY(need_number(node, "most", least, &most, err));
    distribution_uniform(out, least, most);
    return true;
}

static bool read_lognormal(struct arena *arena, const struct node *node, struct distribution *out,
                           struct error *err)
{
    (void)arena;
    double median = 0;
    double spread = 0;
    static const char *const keys[] = {"median", "p95", "sigma", NULL};
    TRY(catalog_known_keys(node, "a lognormal law", keys, err));
    TRY(need_number(node, "median", 0, &median, err));
    if (median <= 0) return error_at(err, node->place, "'median' is 0, expected a positive number");
    bool by_p95 = node_get(node, "p95") != NULL;
    if (by_p95 == (node_get(node, "sigma") != NULL))
        return error_at(err, node->place, "'lognormal' needs one of 'p95' and 'sigma'");
    TRY(need_number(node, by_p95 ? "p95" : "sigma", by_p95 ? median : 0, &spread, err));
    double sigma = by_p95 ? elementary_log(spread / median) / NORMAL_P95 : spread;
    distribution_lognormal(out, elementary_log(median), sigma);
    return true;
}

/* One point [p, value] of a quantile law. */
static bool read_point(const struct node *point, double *probability, double *value,
                       struct error *err)
{
    const struct node *p = point->type == NODE_LIST ? point->first : NULL;
    const struct node *v = p ? p->next : NULL;
    if (!v || point->count != 2 || p->type != NODE_NUMBER || v->type != NODE_NUMBER)
        return error_at(err, point->place, "a quantile is a pair [probability, value]");
    *probability = p->number;
    *value = v->number;
    return true;
}

static bool read_quantiles(struct arena *arena, const struct node *node, struct distribution *out,
                           struct error *err)
{
    if (node->type != NODE_LIST || node->count < 2)
        return error_at(err, node->place, "'quantiles' needs a list of at least 2 pairs");
    double *probabilities = arena_array(arena, double, node->count);
    double *values = arena_array(arena, double, node->count);
    size_t n = 0;
    for (const struct node *point = node->first; point; point = point->next, n++) {
        TRY(read_point(point, &probabilities[n], &values[n], err));
        if (values[n] < 0)
            return error_at(err, point->place, "a quantile is negative: %g", values[n]);
        if (n == 0) continue;
        if (!(probabilities[n] > probabilities[n - 1]) || !(values[n] >= values[n - 1]))
            return error_at(err, point->place, "quantiles do not rise: [%g, %g] after [%g, %g]",
                            probabilities[n], values[n], probabilities[n - 1], values[n - 1]);
    }
    if (probabilities[0] != 0 || probabilities[n - 1] != 1)
        return error_at(err, node->place, "quantiles must go from probability 0 to 1");
    distribution_empirical(out, probabilities, values, n);
    return true;
}

typedef bool law_read_fn(struct arena *arena, const struct node *node, struct distribution *out,
                         struct error *err);

static const struct {
    const char *name;
    bool map; /* its argument is a map */
    law_read_fn *read;
} laws[] = {
    {"constant", false, read_constant},   {"exponential", true, read_exponential},
    {"uniform", true, read_uniform},      {"lognormal", true, read_lognormal},
    {"quantiles", false, read_quantiles},
};

bool catalog_read_law(struct arena *arena, const struct node *node, struct distribution *out,
                      struct error *err)
{
    if (node->type != NODE_MAP || node->count != 1)
        return error_at(err, node->place, "a law is a map with one key, such as {\"constant\": 1}");
    const struct node *law = node->first;
    for (size_t i = 0; i < sizeof laws / sizeof laws[0]; i++) {
        if (strcmp(laws[i].name, law->key) != 0) continue;
        if (laws[i].map && law->type != NODE_MAP)
            return error_at(err, law->place, "'%s' is %s, expected a map", law->key,
                            node_type_name(law->type));
        return laws[i].read(arena, law, out, err);
    }
    return error_at(err, law->key_place,
                    "unknown law '%s'; expected constant, exponential, uniform, lognormal or "
                    "quantiles",
                    law->key);
}
