/* test_csv.c - CSV read back by an independent reader (libcsv), and exact. */
#include "reports/csv.h"
#include "tests/reports/sample.h"

#include <csv.h>

static void test_exact(void **state)
{
    struct arena *arena = arena_new();
    const struct catalog *catalog = sample_catalog(arena);
    struct result *r = sample_result(arena, catalog, "a,\"b\"", "chat", "answer");
    struct text out;
    (void)state;
    text_init(&out);
    r->metrics += 3; /* p99, too few p999, success_ratio */
    r->metrics[0].low = 1.5;
    r->metrics[0].high = 2;
    r->metrics[0].value = 1.75;
    r->metric_count = 2;
    metrics_csv(&out, &r, 1);
    assert_string_equal(out.data, "architecture,metric,unit,value,ci_low,ci_high,replications\n"
                                  "\"a,\"\"b\"\"\",chat.latency.p99,s,1.75,1.5,2,2\n"
                                  "\"a,\"\"b\"\"\",chat.latency.p999,s,,,,2\n");
    text_clear(&out);
    timeseries_csv(&out, &r, 1);
    assert_string_equal(out.data,
                        "time_s,metric,value\n60,answer.running,0.1\n120,answer.running,\n");
    text_free(&out);
    arena_free(arena);
}

struct reading {
    const char *name;
    size_t field;
    size_t rows;
};

static void on_field(void *data, size_t length, void *context)
{
    struct reading *reading = context;
    if (reading->rows > 0 && reading->field == 0) {
        assert_int_equal(length, strlen(reading->name));
        assert_memory_equal(data, reading->name, length);
    }
    reading->field++;
}

static void on_row(int character, void *context)
{
    struct reading *reading = context;
    (void)character;
    assert_int_equal(reading->field, 7);
    reading->field = 0;
    reading->rows++;
}

static void test_hostile(void **state)
{
    struct arena *shared = arena_new();
    const struct catalog *catalog = sample_catalog(shared);
    (void)state;
    for (size_t i = 0; i < HOSTILE; i++) {
        struct arena *arena = arena_new();
        struct result *r = sample_result(arena, catalog, hostile[i], hostile[i], "answer");
        struct reading reading = {.name = hostile[i]};
        struct csv_parser parser;
        struct text out;
        text_init(&out);
        metrics_csv(&out, &r, 1);
        assert_int_equal(csv_init(&parser, CSV_STRICT), 0);
        assert_int_equal(csv_parse(&parser, out.data, out.length, on_field, on_row, &reading),
                         out.length);
        csv_fini(&parser, on_field, on_row, &reading);
        csv_free(&parser);
        assert_int_equal(reading.rows, 1 + r->metric_count);
        text_free(&out);
        arena_free(arena);
    }
    arena_free(shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_exact),
                                       cmocka_unit_test(test_hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
