/* law.c - distributions as scenarios write them. Declared in compiler.h. */
#include "base/arena.h"
#include "base/names.h"
#include "models/compiler.h"
#include "models/program.h"
#include "base/elementary.h"

#include <math.h>
#include <string.h>

/* Standard normal quantile of 0.95: turns a lognormal's median and p95 into its sigma. */
#define NORMAL_P95 1.6448536269514722

const struct distribution distribution_zero = {.kind = DISTRIBUTION_CONSTANT};

/* What one law needs: its parameters by name, each a quantity of the law's dimension or a plain
 * number. */
struct parameter {
    const char *name;
    bool plain;   /* a number without unit */
    double value; /* NaN: absent */
};

struct reading {
    struct compiler *compiler;
    const struct node *node; /* the law's map */
    const char *path;
    enum dimension dimension;
};

static bool read_parameters(const struct reading *r, struct parameter *parameters, size_t count)
{
    const size_t before = r->compiler->diagnostics->errors;
    if (r->node->type != NODE_MAP) {
        compiler_fault(r->compiler, r->node, r->path, "expected a map such as {%s: ...}, found %s",
                       parameters[0].name, node_type_name(r->node->type));
        return false;
    }
    const char *names[8];
    for (size_t i = 0; i < count; i++) {
        names[i] = parameters[i].name;
        parameters[i].value = (double)NAN;
    }
    for (const struct node *item = r->node->first; item; item = item->next) {
        size_t at = 0;
        while (at < count && strcmp(parameters[at].name, item->key) != 0) at++;
        const char *path = arena_format(r->compiler->arena, "%s.%s", r->path, item->key);
        if (at == count) {
            fields_unknown_key(&r->compiler->reader, item, path, "this distribution", names, count);
            continue;
        }
        struct error err;
        const enum dimension dimension = parameters[at].plain ? DIMENSION_NONE : r->dimension;
        if (!quantity_read(item, dimension, &parameters[at].value, &err))
            diagnostics_add_error(r->compiler->diagnostics, path, &err);
        else if (parameters[at].value < 0)
            compiler_fault(r->compiler, item, path, "must not be negative, found %s", item->text);
    }
    return r->compiler->diagnostics->errors == before;
}

static bool need(const struct reading *r, bool there, const char *what)
{
    if (!there) compiler_fault(r->compiler, r->node, r->path, "needs %s", what);
    return there;
}

static bool positive(const struct reading *r, const struct parameter *p)
{
    if (p->value > 0) return true;
    compiler_fault(r->compiler, r->node, r->path, "%s must be greater than 0", p->name);
    return false;
}

static bool read_constant(const struct reading *r, struct distribution *out)
{
    double value;
    struct error err;
    if (!quantity_read(r->node, r->dimension, &value, &err)) {
        diagnostics_add_error(r->compiler->diagnostics, r->path, &err);
        return false;
    }
    if (value < 0) {
        compiler_fault(r->compiler, r->node, r->path, "must not be negative, found %s",
                       r->node->text);
        return false;
    }
    distribution_constant(out, value);
    return true;
}

static bool read_exponential(const struct reading *r, struct distribution *out)
{
    struct parameter p[] = {{"mean", false, 0}};
    if (!read_parameters(r, p, 1) || !need(r, !isnan(p[0].value), "a mean")) return false;
    distribution_exponential(out, p[0].value);
    return true;
}

/* "median, p95 and sigma", "nothing" */
static const char *list_found(struct arena *arena, const struct parameter *p, size_t count)
{
    const char *list = "";
    size_t left = 0;
    for (size_t i = 0; i < count; i++) left += isnan(p[i].value) ? 0 : 1;
    if (left == 0) return "nothing";
    for (size_t i = 0; i < count; i++) {
        if (isnan(p[i].value)) continue;
        left--;
        list = arena_format(arena, "%s%s%s", list, p[i].name,
                            left > 1    ? ", "
                            : left == 1 ? " and "
                                        : "");
    }
    return list;
}

static bool read_lognormal(const struct reading *r, struct distribution *out)
{
    struct parameter p[] = {{"median", false, 0}, {"p95", false, 0}, {"sigma", true, 0}};
    if (!read_parameters(r, p, 3)) return false;
    if (isnan(p[0].value) || isnan(p[1].value) == isnan(p[2].value)) {
        compiler_fault(r->compiler, r->node, r->path,
                       "needs median and p95, or median and sigma; found %s",
                       list_found(r->compiler->arena, p, 3));
        return false;
    }
    if (!positive(r, &p[0])) return false;
    if (p[1].value < p[0].value) {
        compiler_fault(r->compiler, r->node, r->path, "p95 must not be below the median");
        return false;
    }
    const double sigma =
        isnan(p[2].value) ? elementary_log(p[1].value / p[0].value) / NORMAL_P95 : p[2].value;
    distribution_lognormal(out, elementary_log(p[0].value), sigma);
    return true;
}

static bool read_normal(const struct reading *r, struct distribution *out)
{
    struct parameter p[] = {{"mean", false, 0}, {"deviation", false, 0}};
    if (!read_parameters(r, p, 2) || !need(r, !isnan(p[0].value), "a mean") ||
        !need(r, !isnan(p[1].value), "a deviation"))
        return false;
    distribution_normal(out, p[0].value, p[1].value);
    return true;
}

static bool read_gamma(const struct reading *r, struct distribution *out)
{
    struct parameter p[] = {{"mean", false, 0}, {"cv", true, 0}};
    if (!read_parameters(r, p, 2) || !need(r, !isnan(p[0].value), "a mean") ||
        !need(r, !isnan(p[1].value), "a cv (deviation over mean)") || !positive(r, &p[0]) ||
        !positive(r, &p[1]))
        return false;
    const double shape = 1.0 / (p[1].value * p[1].value);
    distribution_gamma(out, shape, p[0].value / shape);
    return true;
}

static bool read_weibull(const struct reading *r, struct distribution *out)
{
    struct parameter p[] = {{"scale", false, 0}, {"shape", true, 0}};
    if (!read_parameters(r, p, 2) || !need(r, !isnan(p[0].value), "a scale") ||
        !need(r, !isnan(p[1].value), "a shape") || !positive(r, &p[0]) || !positive(r, &p[1]))
        return false;
    distribution_weibull(out, p[0].value, p[1].value);
    return true;
}

static bool read_uniform(const struct reading *r, struct distribution *out)
{
    struct parameter p[] = {{"from", false, 0}, {"to", false, 0}};
    if (!read_parameters(r, p, 2) ||
        !need(r, !isnan(p[0].value) && !isnan(p[1].value), "from and to"))
        return false;
    if (p[1].value < p[0].value) {
        compiler_fault(r->compiler, r->node, r->path, "'to' must not be below 'from'");
        return false;
    }
    distribution_uniform(out, p[0].value, p[1].value);
    return true;
}

static bool read_pareto(const struct reading *r, struct distribution *out)
{
    struct parameter p[] = {{"scale", false, 0}, {"exponent", true, 0}};
    if (!read_parameters(r, p, 2) || !need(r, !isnan(p[0].value), "a scale (the least value)") ||
        !need(r, !isnan(p[1].value), "an exponent") || !positive(r, &p[0]) || !positive(r, &p[1]))
        return false;
    distribution_pareto(out, p[1].value, p[0].value);
    return true;
}

static bool read_zipf(const struct reading *r, struct distribution *out)
{
    struct parameter p[] = {{"exponent", true, 0}, {"distinct", true, 0}};
    if (r->dimension != DIMENSION_NONE) {
        compiler_fault(r->compiler, r->node, r->path,
                       "zipf draws whole numbers from 1 on, where %s is wanted",
                       dimension_describe(r->dimension));
        return false;
    }
    if (!read_parameters(r, p, 2) || !need(r, !isnan(p[0].value), "an exponent") ||
        !need(r, !isnan(p[1].value), "distinct (how many there are)"))
        return false;
    if (p[1].value < 1 || p[1].value > 1e9 || p[1].value != floor(p[1].value)) {
        compiler_fault(r->compiler, r->node, r->path,
                       "distinct must be a whole number from 1 to 1000000000");
        return false;
    }
    distribution_zipf(out, p[0].value, p[1].value);
    return true;
}

/* {quantiles: {p50: 3ms, p95: 8ms, ...}}: from the least to the most named quantile, linear
 * between. */
static bool read_empirical(const struct reading *r, struct distribution *out)
{
    const struct node *quantiles = node_get(r->node, "quantiles");
    if (!need(r, quantiles && quantiles->type == NODE_MAP && quantiles->count >= 2,
              "quantiles: a map of at least two, such as {p0: 1ms, p50: 3ms, p100: 20ms}"))
        return false;
    double *p = arena_array(r->compiler->arena, double, quantiles->count + 2);
    double *v = arena_array(r->compiler->arena, double, quantiles->count + 2);
    size_t count = 0;
    for (const struct node *item = quantiles->first; item; item = item->next) {
        const char *path = arena_format(r->compiler->arena, "%s.quantiles.%s", r->path, item->key);
        struct error err;
        double percent = (double)NAN;
        if (item->key[0] != 'p' || !quantity_parse(item->key + 1, DIMENSION_NONE, &percent, &err) ||
            percent < 0 || percent > 100) {
            compiler_fault(r->compiler, item, path, "'%s' is no quantile; write p0 to p100",
                           item->key);
            return false;
        }
        if (!quantity_read(item, r->dimension, &v[count], &err)) {
            diagnostics_add_error(r->compiler->diagnostics, path, &err);
            return false;
        }
        p[count] = percent / 100;
        if (v[count] < 0 || (count && (p[count] <= p[count - 1] || v[count] < v[count - 1]))) {
            compiler_fault(r->compiler, item, path, "quantiles must rise");
            return false;
        }
        count++;
    }
    if (p[0] > 0 || p[count - 1] < 1) {
        compiler_fault(r->compiler, quantiles, r->path,
                       "quantiles must begin with p0 and end with p100");
        return false;
    }
    distribution_empirical(out, p, v, count);
    return true;
}

static bool read_mixture(const struct reading *r, struct distribution *out)
{
    if (!need(r, r->node->type == NODE_LIST && r->node->count > 0,
              "a list such as [{weight: 0.9, of: 5ms}, {weight: 0.1, of: 80ms}]"))
        return false;
    struct arena *arena = r->compiler->arena;
    double *weights = arena_array(arena, double, r->node->count);
    struct distribution *parts = arena_array(arena, struct distribution, r->node->count);
    size_t count = 0;
    double sum = 0;
    for (const struct node *item = r->node->first; item; item = item->next, count++) {
        const char *path = arena_format(arena, "%s.%zu", r->path, count);
        struct error err;
        const struct node *weight = node_get(item, "weight");
        const struct node *of = node_get(item, "of");
        if (!weight || !of || item->count != 2) {
            compiler_fault(r->compiler, item, path, "expected {weight: ..., of: ...}");
            return false;
        }
        if (!quantity_read(weight, DIMENSION_RATIO, &weights[count], &err)) {
            diagnostics_add_error(r->compiler->diagnostics, path, &err);
            return false;
        }
        if (weights[count] < 0) {
            compiler_fault(r->compiler, weight, path, "a weight must not be negative");
            return false;
        }
        sum += weights[count];
        if (!law_read(r->compiler, of, path, r->dimension, &parts[count])) return false;
    }
    if (!need(r, sum > 0, "weights that are not all 0")) return false;
    distribution_mixture(out, arena, weights, parts, count);
    return true;
}

static const struct {
    const char *name;
    bool (*read)(const struct reading *r, struct distribution *out);
} laws[] = {
    {"constant", read_constant},   {"exponential", read_exponential},
    {"lognormal", read_lognormal}, {"normal", read_normal},
    {"gamma", read_gamma},         {"weibull", read_weibull},
    {"uniform", read_uniform},     {"pareto", read_pareto},
    {"zipf", read_zipf},           {"empirical", read_empirical},
    {"mixture", read_mixture},
};
#define LAW_COUNT (sizeof laws / sizeof *laws)

bool law_read(struct compiler *compiler, const struct node *node, const char *path,
              enum dimension dimension, struct distribution *out)
{
    struct reading r = {compiler, node, path, dimension};
    *out = distribution_zero;
    if (node->type != NODE_MAP && node->type != NODE_LIST) return read_constant(&r, out);
    if (node->type == NODE_LIST || node->count != 1) {
        compiler_fault(
            compiler, node, path,
            "expected %s or one distribution such as {lognormal: {median: ..., p95: ...}}",
            dimension_describe(dimension));
        return false;
    }
    const char *names[LAW_COUNT];
    for (size_t i = 0; i < LAW_COUNT; i++) {
        names[i] = laws[i].name;
        if (strcmp(laws[i].name, node->first->key) != 0) continue;
        r.node = node->first;
        r.path = arena_format(compiler->arena, "%s.%s", path, node->first->key);
        return laws[i].read(&r, out);
    }
    const char *near = name_nearest(node->first->key, names, LAW_COUNT);
    compiler_fault(compiler, node->first, path, "unknown distribution '%s'%s%s%s", node->first->key,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return false;
}

void law_parse_duration(struct field_reader *reader, const struct node *node, const char *path,
                        void *destination)
{
    law_read(reader->context, node, path, DIMENSION_DURATION, destination);
}

void law_parse_count(struct field_reader *reader, const struct node *node, const char *path,
                     void *destination)
{
    law_read(reader->context, node, path, DIMENSION_NONE, destination);
}

void law_parse_size(struct field_reader *reader, const struct node *node, const char *path,
                    void *destination)
{
    law_read(reader->context, node, path, DIMENSION_SIZE, destination);
}

bool law_read_items(struct compiler *compiler, const struct node *node, const char *path,
                    struct distribution *out)
{
    if (!law_read(compiler, node, path, DIMENSION_COUNT, out)) return false;
    if (distribution_mean(out) <= ITEMS_MOST) return true;
    compiler_fault(compiler, node, path, "one request can work on at most %.0f items on average",
                   ITEMS_MOST);
    return false;
}

void law_parse_items(struct field_reader *reader, const struct node *node, const char *path,
                     void *destination)
{
    law_read_items(reader->context, node, path, destination);
}
