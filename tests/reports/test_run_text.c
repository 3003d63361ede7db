/* test_run_text.c - the layouts of a run and of a comparison: exact text, and rules that hold for
 * any names and widths. */
#include "reports/compare_text.h"
#include "reports/run_text.h"
#include "tests/reports/sample.h"

/* The first differing line, for a message. */
static void assert_text(const char *actual, const char *expected)
{
    if (strcmp(actual, expected) != 0) fail_msg("got\n%s\nexpected\n%s", actual, expected);
}

#define PRICES_DATE "@DATE@"

static void check_exact(const struct style *style, const char *expected)
{
    struct arena *arena = arena_new();
    const struct catalog *catalog = sample_catalog(arena);
    struct result *r = sample_result(arena, catalog, "rag.yaml", "chat", "answer");
    struct text out;
    struct text want;
    const char *date = strstr(expected, PRICES_DATE);
    text_init(&out);
    text_init(&want);
    if (date) {
        text_add_n(&want, expected, (size_t)(date - expected));
        text_add(&want, catalog_date(r->scenario->plan->catalog));
        expected = date + strlen(PRICES_DATE);
    }
    text_add(&want, expected);
    run_text(&out, r, style);
    assert_text(out.data, want.data);
    text_free(&out);
    text_free(&want);
    arena_free(arena);
}

static void test_unicode(void **state)
{
    (void)state;
    check_exact(
        &pretty,
        "  rag.yaml · rag.yaml                                        6 h simulated, warm-up 22 "
        "min (found)\n"
        "  2 replications · seed 42 · prices us-east-1 of @DATE@ · 431,900 requests\n"
        "\n"
        "  ✗ FAIL  1 of 1 budgets broken: chat.latency.p99 1.71 s, limit < 1.6s\n"
        "\n"
        "  LATENCY of chat, ms         mean       p50       p95       p99     p99.9   0–2 s\n"
        "  end to end                 685.0     628.0     1,120     1,712      n/a*     █    ▃\n"
        "                              ±4.2      ±7.1       ±22       ±24\n"
        "  * p99.9 needs ≥ 10,000 requests per replication\n"
        "\n"
        "  WHY, ms of the mean       mean    share   of p95\n"
        "  answer   service           445    65.0%      900   ██████████\n"
        "  answer   cold start        240    35.0%      100   █████▍     1.1% of calls, 2,364 ms "
        "each\n"
        "\n"
        "  COST, USD         per 1k requests   per month    share\n"
        "  answer              4.82 ±0.07         24,987   100.0%   ████████████████\n"
        "  total               4.82 ±0.07         24,987   100.0%\n"
        "\n"
        "  TRAFFIC   chat: 2.00 /s mean · peak 14.3 /s · success 99.6% · cold starts met by 2.0% of "
        "requests\n            · goodput 1.96 /s meet every latency budget\n"
        "  SCALE     answer: peak concurrency 37 · cold starts 1.1% · throttled n/a\n");
}

static void test_ascii_80(void **state)
{
    const struct style style = {.width = 80};
    (void)state;
    check_exact(&style,
                "  rag.yaml | rag.yaml                    6 h simulated, warm-up 22 min (found)\n"
                "  2 replications | seed 42 | prices us-east-1 of @DATE@ | 431,900 requests\n"
                "\n"
                "  FAIL  1 of 1 budgets broken: chat.latency.p99 1.71 s, limit < 1.6s\n"
                "\n"
                "  LATENCY of chat, ms         mean       p50       p95       p99\n"
                "  end to end                 685.0     628.0     1,120     1,712\n"
                "                            +/-4.2    +/-7.1     +/-22     +/-24\n"
                "\n"
                "  WHY, ms of the mean       mean    share   of p95\n"
                "  answer   service           445    65.0%      900\n"
                "  answer   cold start        240    35.0%      100   1.1%, 2,364 ms each\n"
                "\n"
                "  COST, USD         per 1k requests    share\n"
                "  answer              4.82 +/-0.07    100.0%\n"
                "  total               4.82 +/-0.07    100.0%\n"
                "\n"
                "  TRAFFIC   chat: 2.00 /s mean | peak 14.3 /s | success 99.6% | cold starts met\n"
                "            by 2.0% of requests | goodput 1.96 /s meet every latency budget\n"
                "  SCALE     answer: peak concurrency 37 | cold starts 1.1% | throttled n/a\n");
}

static void test_quiet(void **state)
{
    const struct style style = {.width = 100, .quiet = true};
    (void)state;
    check_exact(&style, "  FAIL  1 of 1 budgets broken: chat.latency.p99 1.71 s, limit < 1.6s\n");
}

static struct comparison *sample_comparison(struct arena *arena, const struct catalog *catalog,
                                            const char *a, const char *b)
{
    struct comparison *c = arena_new_item(arena, struct comparison);
    c->count = 2;
    c->workload = "chat";
    c->results = arena_array(arena, struct result *, 2);
    c->results[0] = sample_result(arena, catalog, a, "chat", "answer");
    c->results[1] = sample_result(arena, catalog, b, "chat", "answer");
    c->standing = arena_array(arena, enum standing, 2);
    c->dominated_by = arena_array(arena, size_t, 2);
    c->standing[0] = STANDING_DOMINATED;
    c->standing[1] = STANDING_FRONT;
    c->dominated_by[0] = 1;
    c->changes = arena_array(arena, struct change, 2);
    c->change_count = 2;
    c->changes[0] = (struct change){.architecture = 1,
                                    .metric = "chat.latency.p95",
                                    .change = -0.033,
                                    .low = -0.068,
                                    .high = 0.003,
                                    .known = true,
                                    .p_value = 0.07,
                                    .lower_is_better = true,
                                    .verdict = CHANGE_NONE,
                                    .replications_needed = 11.2};
    c->changes[1] = (struct change){.architecture = 1,
                                    .metric = "cost.per_1k_requests",
                                    .change = -0.5,
                                    .low = -0.52,
                                    .high = -0.48,
                                    .known = true,
                                    .p_value = 0.001,
                                    .lower_is_better = true,
                                    .verdict = CHANGE_BETTER,
                                    .replications_needed = (double)NAN};
    return c;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part)) fail_msg("no '%s' in\n%s", part, text);
}

static void test_compare(void **state)
{
    struct arena *arena = arena_new();
    const struct catalog *catalog = sample_catalog(arena);
    struct comparison *c = sample_comparison(arena, catalog, "workflow", "cached");
    struct text out;
    (void)state;
    text_init(&out);
    compare_text(&out, c, &pretty);
    assert_tidy(out.data, &pretty);
    assert_has(out.data, "\n  workflow *  628.0   1,120   1,712       n/a    99.6%    n/a   2.0%   "
                         "  4.82     24,987  ✗ 1/1\n");
    assert_has(out.data, "\n  cached           −3.3% [−6.8, +0.3] ≈                        n/a    "
                         "−50.0% [−52.0, −48.0] ▼\n");
    assert_has(out.data,
               "\n  cached costs 2.00 times less than workflow; their p95 cannot be told apart\n");
    assert_has(out.data,
               "\n  Pareto front (cost, p95, recall): cached\n  workflow is dominated by cached\n");
    assert_has(
        out.data,
        "\n  To separate p95 of cached from workflow: about 12 replications (--replications 12)\n");
    text_free(&out);
    arena_free(arena);
}

/* What has no value shows none, at every place where it would stand, and the warning ends the
 * report. */
static void test_unstable(void **state)
{
    static const struct style quiet = {.width = 100, .quiet = true};
    struct arena *arena = arena_new();
    const struct catalog *catalog = sample_catalog(arena);
    struct result *r = sample_result(arena, catalog, "rag.yaml", "chat", "answer");
    struct text out;
    (void)state;
    sample_unstable(arena, r);
    text_init(&out);
    run_text(&out, r, &pretty);
    assert_tidy(out.data, &pretty);
    assert_has(out.data,
               "\n  ✗ FAIL  1 of 1 budgets broken: chat.latency.p99 unstable, limit < 1.6s\n");
    assert_has(out.data,
               "\n  LATENCY of chat, ms         mean       p50       p95       p99     p99.9\n"
               "  end to end              unstable  unstable  unstable  unstable  unstable\n\n");
    assert_has(out.data, "\n  answer   service      unstable    65.0% unstable   ██████████\n");
    assert_has(out.data, "\n\n  WARNING  rag.yaml:40:3: components.answer: unstable: it grew; send "
                         "it less\n");
    assert_null(strstr(out.data, "1,120"));
    text_clear(&out);
    run_text(&out, r, &quiet);
    assert_string_equal(out.data,
                        "  FAIL  1 of 1 budgets broken: chat.latency.p99 unstable, limit < 1.6s\n");
    text_free(&out);
    arena_free(arena);
}

static void test_compare_unstable(void **state)
{
    struct arena *arena = arena_new();
    const struct catalog *catalog = sample_catalog(arena);
    struct comparison *c = sample_comparison(arena, catalog, "workflow", "cached");
    struct text out;
    (void)state;
    sample_unstable(arena, c->results[0]);
    c->standing[0] = STANDING_UNSTABLE;
    c->changes[0].known = false;
    text_init(&out);
    compare_text(&out, c, &pretty);
    assert_has(out.data, "\n  workflow *               unstable       n/a    99.6%");
    assert_has(out.data, "\n  cached      628.0   1,120   1,712       n/a    99.6%");
    assert_has(out.data, "\n  workflow breaks chat.latency.p99: unstable, limit < 1.6s\n");
    assert_has(out.data,
               "\n  Pareto front (cost, p95, recall): cached\n  workflow is not on it: its "
               "latency is unstable\n");
    assert_has(out.data, "\n\n  WARNING  rag.yaml:40:3: components.answer: unstable: it grew; send "
                         "it less\n");
    for (int width = 80; width <= 120; width += 20) {
        const struct style style = {.width = width, .verbose = true};
        text_clear(&out);
        compare_text(&out, c, &style);
        assert_tidy(out.data, &style);
    }
    text_free(&out);
    arena_free(arena);
}

/* Any names, at every width, in every style. */
static void test_hostile(void **state)
{
    static const int widths[] = {80, 100, 120};
    struct arena *shared = arena_new();
    const struct catalog *catalog = sample_catalog(shared);
    (void)state;
    for (size_t i = 0; i < HOSTILE; i++) {
        struct arena *arena = arena_new();
        struct result *r = sample_result(arena, catalog, hostile[i], hostile[i], hostile[i]);
        struct comparison *c =
            sample_comparison(arena, catalog, hostile[i], hostile[HOSTILE - 1 - i]);
        const char *violations[] = {hostile[i]};
        r->violations = violations;
        r->violation_count = 1;
        r->complete = i % 2;
        if (i % 3 == 0) {
            sample_unstable(arena, r);
            sample_unstable(arena, c->results[1]);
            c->standing[1] = STANDING_UNSTABLE;
        }
        for (unsigned k = 0; k < 24; k++) {
            const struct style style = {.width = widths[k % 3],
                                        .unicode = k / 3 % 2,
                                        .colour = k / 6 % 2,
                                        .verbose = k / 12 % 2};
            struct text out;
            text_init(&out);
            run_text(&out, r, &style);
            compare_text(&out, c, &style);
            assert_tidy(out.data, &style);
            assert_true(style.colour || !strchr(out.data, '\033'));
            text_free(&out);
        }
        arena_free(arena);
    }
    arena_free(shared);
}

/* Nothing finished: no number is made up. */
static void test_empty(void **state)
{
    struct arena *arena = arena_new();
    const struct catalog *catalog = sample_catalog(arena);
    struct result *r = sample_result(arena, catalog, "rag.yaml", "chat", "answer");
    struct text out;
    (void)state;
    histogram_init(&r->workloads[0].latency, arena);
    r->workloads[0].attribution_count = 0;
    r->cost.component_count = 0;
    r->metric_count = 0;
    r->budget_count = 0;
    text_init(&out);
    run_text(&out, r, &plain);
    assert_tidy(out.data, &plain);
    assert_null(strstr(out.data, "nan"));
    assert_has(out.data, "n/a");
    text_free(&out);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unicode),  cmocka_unit_test(test_ascii_80),
        cmocka_unit_test(test_quiet),    cmocka_unit_test(test_compare),
        cmocka_unit_test(test_hostile),  cmocka_unit_test(test_empty),
        cmocka_unit_test(test_unstable), cmocka_unit_test(test_compare_unstable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
