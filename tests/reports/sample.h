/* sample.h - a small result with known values, for tests of reports. */
#ifndef TESTS_REPORTS_SAMPLE_H
#define TESTS_REPORTS_SAMPLE_H

/* cmocka.h needs these before it */
/* clang-format off */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#include "base/arena.h"
#include "base/text.h"
#include "models/catalog.h"
#include "models/plan.h"
#include "reports/style.h"
#include "study/result.h"
#include "study/scenario.h"

static const struct style plain = {.width = 100};
static const struct style pretty = {.width = 100, .unicode = true};

/* A mean of two replications, half a half-width either side, and its interval. */
static inline struct estimate sample_estimate(struct arena *arena, const char *path, enum unit unit,
                                              double value, double half)
{
    double *replications = arena_array(arena, double, 2);
    replications[0] = value - half / 2;
    replications[1] = value + half / 2;
    return (struct estimate){.path = path,
                             .unit = unit,
                             .value = value,
                             .low = value - half,
                             .high = value + half,
                             .interval_known = half > 0,
                             .replications = replications,
                             .count = 2};
}

static inline const char *sample_path(struct arena *arena, const char *owner, const char *statistic)
{
    return arena_format(arena, "%s.%s", owner, statistic);
}

static inline void sample_metrics(struct arena *arena, struct result *r, const char *load,
                                  const char *part)
{
    static const struct {
        const char *statistic;
        enum unit unit;
        double value;
        double half;
    } of_load[] = {
        {"latency.mean", UNIT_SECONDS, 0.685, 0.0042},
        {"latency.p50", UNIT_SECONDS, 0.628, 0.0071},
        {"latency.p95", UNIT_SECONDS, 1.1204, 0.022},
        {"latency.p99", UNIT_SECONDS, 1.7123, 0.024},
        {"latency.p999", UNIT_SECONDS, 2.48, 0.09},
        {"success_ratio", UNIT_RATIO, 0.996, 0.001},
        {"arrival_rate", UNIT_PER_SECOND, 2, 0.01},
        {"cold_start.ratio", UNIT_RATIO, 0.02, 0},
        {"arrival_rate.peak", UNIT_PER_SECOND, 14.3, 0},
        {"goodput", UNIT_PER_SECOND, 1.96, 0},
    };
    const size_t loads = sizeof of_load / sizeof *of_load;
    r->metrics = arena_array(arena, struct estimate, loads + 3);
    for (size_t i = 0; i < loads; i++)
        r->metrics[i] = sample_estimate(arena, sample_path(arena, load, of_load[i].statistic),
                                        of_load[i].unit, of_load[i].value, of_load[i].half);
    r->metrics[4].low_n = true;
    r->metrics[loads] =
        sample_estimate(arena, sample_path(arena, part, "concurrency.max"), UNIT_COUNT, 37, 0);
    r->metrics[loads + 1] =
        sample_estimate(arena, sample_path(arena, part, "cold_start.ratio"), UNIT_RATIO, 0.011, 0);
    r->metrics[loads + 2] = (struct estimate){.path = sample_path(arena, part, "idle.mean"),
                                              .value = (double)NAN,
                                              .low = (double)NAN,
                                              .high = (double)NAN};
    r->metric_count = loads + 3;
}

static inline void sample_workload(struct arena *arena, struct result *r, const char *load,
                                   const char *part)
{
    struct workload_result *w = r->workloads = arena_new_item(arena, struct workload_result);
    r->workload_count = 1;
    w->name = load;
    histogram_init(&w->latency, arena);
    histogram_init(&w->ttft, arena);
    histogram_init(&w->tpot, arena);
    /* mean 0.685 s: three at 0.5, one at 1.24 */
    for (int i = 0; i < 3; i++) histogram_record(&w->latency, 500000000);
    histogram_record(&w->latency, 1240000000);
    w->outcomes[0] = 4;
    w->outcomes[1] = 1;
    w->attribution = arena_array(arena, struct attribution, 2);
    w->attribution[0] = (struct attribution){part, "service", NULL,        0.445,      0.65,
                                             0.9,  1.2,       (double)NAN, (double)NAN};
    w->attribution[1] =
        (struct attribution){part, "cold start", NULL, 0.24, 0.35, 0.1, 0.3, 0.011, 2.364};
    w->attribution_count = 2;
}

static inline void sample_cost(struct arena *arena, struct result *r, const char *part)
{
    struct cost_result *c = &r->cost;
    c->window_usd = 0.5;
    c->per_1k_requests_usd = sample_estimate(arena, "cost.per_1k_requests", UNIT_USD, 4.82, 0.07);
    c->per_1k_successful_usd =
        sample_estimate(arena, "cost.per_1k_successful", UNIT_USD, 4.83, 0.07);
    c->per_month_usd = sample_estimate(arena, "cost.per_month", UNIT_USD, 24987, 300);
    c->components = arena_new_item(arena, struct component_cost);
    c->component_count = 1;
    c->components[0] = (struct component_cost){part, c->per_1k_requests_usd, c->per_month_usd, 1};
    c->bill.lines = arena_new_item(arena, struct bill_line);
    c->bill.count = 1;
    c->bill.usd = 24987;
    c->bill.lines[0] =
        (struct bill_line){part, "lambda.gb_second.arm64", "GB-s", 1, 100, 249.87, 24987};
}

static inline const struct catalog *sample_catalog(struct arena *arena)
{
    const struct catalog *catalog = NULL;
    struct error err;
    assert_true(catalog_load(arena, &catalog, &err));
    return catalog;
}

/* A run of workload `load` on the function `part`; the catalogue outlives it. */
static inline struct result *sample_result(struct arena *arena, const struct catalog *catalog,
                                           const char *name, const char *load, const char *part)
{
    struct result *r = arena_new_item(arena, struct result);
    struct scenario *s = arena_new_item(arena, struct scenario);
    s->name = name;
    s->stem = name;
    s->file = name;
    strcpy(s->sha256, "9f2c");
    strcpy(s->workload_sha256, "c0de");
    s->plan = arena_new_item(arena, struct plan);
    s->plan->provider = "aws";
    s->plan->region = "us-east-1";
    s->plan->catalog = catalog;
    *r = (struct result){.scenario = s,
                         .complete = true,
                         .fraction_done = 1,
                         .seed = 42,
                         .replications = 2,
                         .simulated_s = 21600,
                         .warmup_s = 1320,
                         .warmup_found = true,
                         .stopped_by = "replications",
                         .requests = 431900,
                         .events = UINT64_C(61234567)};
    sample_metrics(arena, r, load, part);
    sample_workload(arena, r, load, part);
    sample_cost(arena, r, part);
    r->components = arena_new_item(arena, struct component_result);
    r->components[0] = (struct component_result){.name = part, .type = "function"};
    r->component_count = 1;
    r->series = (struct series_result){.interval_s = 60, .samples = 2, .columns = 1};
    r->series.names = arena_array(arena, const char *, 1);
    r->series.names[0] = sample_path(arena, part, "running");
    r->series.values = arena_array(arena, double *, 1);
    r->series.values[0] = arena_array(arena, double, 2);
    r->series.values[0][0] = 0.1;
    r->series.values[0][1] = (double)NAN;
    r->budgets = arena_new_item(arena, struct budget_result);
    r->budget_count = 1;
    r->budgets[0] = (struct budget_result){.metric = r->metrics[3].path,
                                           .limit = "< 1.6s",
                                           .limit_value = 1.6,
                                           .below = true,
                                           .value = 1.7123,
                                           .low = 1.6883,
                                           .high = 1.7363,
                                           .margin_ratio = -0.07,
                                           .verdict = VERDICT_FAIL,
                                           .unit = UNIT_SECONDS,
                                           .place = {"rag.yaml", 51, 3}};
    return r;
}

/* The same where calls pile up at the function: no latency, a budget that cannot be met, a warning.
 */
static inline void sample_unstable(struct arena *arena, struct result *r)
{
    for (size_t i = 0; i < 5; i++) r->metrics[i].unstable = true;
    r->metrics[4].low_n = false;
    r->workloads[0].unstable = true;
    r->components[0].unstable = true;
    struct budget_result *b = &r->budgets[0];
    b->value = b->low = b->high = b->margin_ratio = (double)NAN;
    b->unstable = true;
    diagnostics_init(&r->warnings, arena);
    struct diagnostic *d = diagnostics_add(
        &r->warnings, SEVERITY_WARNING, (struct place){"rag.yaml", 40, 3},
        arena_format(arena, "components.%s", r->components[0].name), "unstable: it grew");
    diagnostics_hint(&r->warnings, d, "send it less");
}

/* What must hold for any text: no line wider than the width, no blank at a line's end, no control
 * byte but LF and, with colour, our escapes. */
static inline void assert_tidy(const char *text, const struct style *style)
{
    while (*text) {
        char line[2048];
        const size_t length = strcspn(text, "\n");
        size_t kept = 0;
        assert_int_equal(text[length], '\n');
        assert_true(length < sizeof line);
        for (size_t i = 0; i < length; i++) {
            const unsigned char c = (unsigned char)text[i];
            if (c == 0x1b) {
                assert_true(style->colour);
                assert_int_equal(text[i + 1], '[');
                i += strcspn(text + i, "m");
                continue;
            }
            assert_true(c >= 0x20 && c != 0x7f);
            line[kept++] = text[i];
        }
        line[kept] = '\0';
        if (text_columns(line) > (size_t)style->width) fail_msg("too wide: %s", line);
        if (kept && line[kept - 1] == ' ') fail_msg("trailing blank: '%s'", line);
        text += length + 1;
    }
}

/* Names that attack terminals, formats, quoting and layouts. */
static const char *const hostile[] = {
    "`touch x`",
    "$(x)",
    "<b>",
    "\"",
    "'",
    "_^{}",
    "%n%s%d",
    "\u202eevil",
    "\U0001F600\U0001F600",
    "a\033[31mred\033[2J",
    "two\nlines\r\ttab",
    "\xff\xfe\xc3",
    "\xc2\x9b"
    "31m",
    "a,b;c",
    "</script>",
    "",
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
    "nnnnnn"
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
    "nnnnnn",
};
#define HOSTILE (sizeof hostile / sizeof *hostile)

#endif
