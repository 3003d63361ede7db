/* Traces: CSV files read, refused with exact messages, sorted; a real one's known answers. */
#include "models/arrivals.h"
#include "models/trace_value.h"
#include "tests/models/arrivals_bench.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A file with these bytes, whose name goes to `path` (32 bytes). */
static void write_file(char *path, const char *bytes, size_t length)
{
    strcpy(path, "/tmp/ragtime-trace-XXXXXX");
    const int descriptor = mkstemp(path);
    if (descriptor < 0) fail_msg("mkstemp: %s", strerror(errno));
    FILE *stream = fdopen(descriptor, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, length, stream), length);
    assert_int_equal(fclose(stream), 0);
}

/* `trace: {file, ...}` over a file with these bytes; its name goes to `path`. */
static void read_bytes(struct bench *b, char *path, const char *bytes, size_t length,
                       const char *columns)
{
    char yaml[400];
    write_file(path, bytes, length);
    snprintf(yaml, sizeof yaml, "{trace: {file: %s, %s}}", path, columns);
    bench_make(b, yaml);
    assert_int_equal(remove(path), 0);
}

static const struct {
    const char *columns;
    const char *csv;
    const char *faults;
} malformed[] = {
#define ALL "time: t, prompt_tokens: p, output_tokens: o, query: q"
    {"time: t", "",
     "1:16: w.arrivals.trace.file: FILE is empty; its first row must name the columns"},
    {"time: t", "\n\n\n",
     "1:16: w.arrivals.trace.file: FILE is empty; its first row must name the columns"},
    {"time: t", "t\n", "1:16: w.arrivals.trace.file: FILE has a header and no rows"},
    {"time: t", "x,y\n1,2\n",
     "1:49: w.arrivals.trace.time: FILE has no column 't'; it has x, y"},
    {"time: TIMESTMP", "TIMESTAMP,ContextTokens\n1,2\n",
     "1:49: w.arrivals.trace.time: FILE has no column 'TIMESTMP'; it has TIMESTAMP, ContextTokens; "
     "did you mean 'TIMESTAMP'?"},
    {ALL, "t,q\n1,2\n",
     "1:67: w.arrivals.trace.prompt_tokens: FILE has no column 'p'; it has t, q\n"
     "1:85: w.arrivals.trace.output_tokens: FILE has no column 'o'; it has t, q"},
    {"time: t", "t\nabc\n",
     "FILE:2: column 't': found 'abc', expected a number, or a time such as 2026-01-31 12:00:00.5 "
     "from 1950 on"},
    {"time: t", "t\n1\nabc\n\n2x\n",
     "FILE:3: column 't': found 'abc', expected a number, as in the rows before\n"
     "FILE:5: column 't': found '2x', expected a number, as in the rows before"},
    {"time: t", "t\n1\n2023-11-16 18:17:03\n",
     "FILE:3: column 't': found '2023-11-16 18:17:03', expected a number, as in the rows before"},
    {"time: t", "t\n2023-11-16 18:17:03\n5\n",
     "FILE:3: column 't': found '5', expected a time such as 2026-01-31 12:00:00.5, as in the rows "
     "before"},
    {"time: t", "t\n2023-13-16 18:17:03\n",
     "FILE:2: column 't': found '2023-13-16 18:17:03', expected a number, or a time such as "
     "2026-01-31 12:00:00.5 from 1950 on"},
    {"time: t", "t\n2023-02-29 18:17:03\n",
     "FILE:2: column 't': found '2023-02-29 18:17:03', expected a number, or a time such as "
     "2026-01-31 12:00:00.5 from 1950 on"},
    {"time: t", "t\n2023-11-16 24:00:00\n",
     "FILE:2: column 't': found '2023-11-16 24:00:00', expected a number, or a time such as "
     "2026-01-31 12:00:00.5 from 1950 on"},
    {"time: t", "t\n2023-11-16 18:17\n",
     "FILE:2: column 't': found '2023-11-16 18:17', expected a number, or a time such as "
     "2026-01-31 12:00:00.5 from 1950 on"},
    {"time: t", "t\n2023-11-16 18:17:03.\n",
     "FILE:2: column 't': found '2023-11-16 18:17:03.', expected a number, or a time such as "
     "2026-01-31 12:00:00.5 from 1950 on"},
    {"time: t", "t\n2023-11-16T18:17:03+2:00\n",
     "FILE:2: column 't': found '2023-11-16T18:17:03+2:00', expected a number, or a time such as "
     "2026-01-31 12:00:00.5 from 1950 on"},
    {"time: t", "t\n1923-11-16 18:17:03\n",
     "FILE:2: column 't': found '1923-11-16 18:17:03', expected a number, or a time such as "
     "2026-01-31 12:00:00.5 from 1950 on"},
    {"time: t", "t\n5000000000\n",
     "FILE:2: column 't': found '5000000000', expected at most 4e9 seconds; is time_unit right?"},
    {"time: t", "t\n1e400\n",
     "FILE:2: column 't': found '1e400', expected at most 4e9 seconds; is time_unit right?"},
    {"time: t", "t\n\"\"\n",
     "FILE:2: column 't': found '', expected a number, or a time such as 2026-01-31 12:00:00.5 "
     "from 1950 on"},
    {ALL, "t,p,o,q\n1,-1,2,3\n",
     "FILE:2: column 'p': found '-1', expected a whole number from 0 to 2147483648"},
    {ALL, "t,p,o,q\n1,2147483649,2,3\n",
     "FILE:2: column 'p': found '2147483649', expected a whole number from 0 to 2147483648"},
    {ALL, "t,p,o,q\n1,1.5,2,3\n",
     "FILE:2: column 'p': found '1.5', expected a whole number from 0 to 2147483648"},
    {ALL, "t,p,o,q\n1,1,two,3\n",
     "FILE:2: column 'o': found 'two', expected a whole number from 0 to 2147483648"},
    {ALL, "t,p,o,q\n1,1,,3\n",
     "FILE:2: column 'o': found '', expected a whole number from 0 to 2147483648"},
    {ALL, "t,p,o,q\n1,1,2,9223372036854775808\n",
     "FILE:2: column 'q': found '9223372036854775808', expected a whole number from 0 to "
     "9223372036854775807"},
    {ALL, "t,p,o,q\n1,2,3\n", "FILE:2: the row has 3 fields, and the header has 4"},
    {ALL, "t,p,o,q\n1,2,3,4,5\n", "FILE:2: the row has 5 fields, and the header has 4"},
    {ALL, "t,p,o,q\nx,y,z,w\n1,2\n",
     "FILE:2: column 't': found 'x', expected a number, or a time such as 2026-01-31 12:00:00.5 "
     "from 1950 on\n"
     "FILE:3: the row has 2 fields, and the header has 4"},
    {"time: t", "t,note\n1,\"two\nlines\"\nx,y\n",
     "FILE:4: column 't': found 'x', expected a number, as in the rows before"},
    {"time: t", "t,note\r\n1,a\r\n\r\nx,y\r\n",
     "FILE:4: column 't': found 'x', expected a number, as in the rows before"},
    {"time: t", "t,note\n1,a\"b\n2,c\n",
     "FILE:2: a quote stands within a field: a field with quotes must begin and end with one, and "
     "have those inside it doubled; the rest of the file was not read"},
    {"time: t", "t,note\n1,\"a\n2,c\n",
     "FILE:2: a field that begins with a quote has no closing one"},
    {"time: t", "t\n\x1b[31m\xff\n",
     "FILE:2: column 't': found '?[31m?', expected a number, or a time such as 2026-01-31 "
     "12:00:00.5 from 1950 on"},
    {"time: t", "t\n3\n1\n2\n2\n5\n4\n",
     "warning: FILE:3: 2 rows are earlier than the one before; the rows are sorted by time"},
};

static void test_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(malformed); i++) {
        struct bench b;
        char path[32];
        read_bytes(&b, path, malformed[i].csv, strlen(malformed[i].csv), malformed[i].columns);
        const char *found = bench_faults(&b, path);
        if (strcmp(found, malformed[i].faults) != 0)
            fail_msg("%s\n  gives\n%s\n  and not\n%s", malformed[i].csv, found,
                     malformed[i].faults);
        bench_free(&b);
    }
}

/* Twenty malformed rows are shown, and how many more there are. */
static void test_many_faults(void **state)
{
    (void)state;
    struct bench b;
    char path[32];
    struct text csv;
    text_init(&csv);
    text_add(&csv, "t\n");
    for (int i = 0; i < 1000; i++) text_add(&csv, i % 2 ? "x\n" : "1\n");
    read_bytes(&b, path, csv.data, csv.length, "time: t");
    assert_int_equal(b.diagnostics.errors, 21);
    const struct diagnostic *last = b.diagnostics.last;
    assert_string_equal(last->message, "\xE2\x80\xA6 and 480 more");
    assert_string_equal(last->place.file, path);
    size_t line = 3;
    for (const struct diagnostic *d = b.diagnostics.first; d != last; d = d->next, line += 2) {
        assert_int_equal(d->place.line, line);
        assert_string_equal(d->place.file, path);
        assert_string_equal(d->message, "column 't': found 'x', expected a number, as in the rows "
                                        "before");
    }
    text_free(&csv);
    bench_free(&b);
}

static void test_unclosed(void **state)
{
    (void)state;
    struct bench b;
    char path[32];
    struct text csv;
    text_init(&csv);
    text_add(&csv, "t,n\n1,\"");
    text_repeat(&csv, "line\n", 100000);
    read_bytes(&b, path, csv.data, csv.length, "time: t");
    assert_string_equal(bench_faults(&b, path),
                        "FILE:2: a field has more than 65536 bytes: perhaps its closing quote is "
                        "missing; the rest of the file was not read");
    text_free(&csv);
    bench_free(&b);
}

static void test_zero_byte(void **state)
{
    static const char csv[] = "t,n\n1,a\0b\n";
    (void)state;
    struct bench b;
    char path[32];
    read_bytes(&b, path, csv, sizeof csv - 1, "time: t");
    assert_string_equal(bench_faults(&b, path), "FILE:2: a zero byte: this is no text");
    bench_free(&b);
}

/* One file in many dresses. */
static void test_dialects(void **state)
{
    static const char *const same[] = {
        "t,p,o,q\n10,1,2,3\n10.25,2147483648,0,9223372036854775807\n11.5,7,8,9\n",
        "\xEF\xBB\xBFt,p,o,q\r\n10,1,2,3\r\n10.25,2147483648,0,9223372036854775807\r\n11.5,7,8,9",
        "q,extra,o,p,t\n3,,2,1,10\n\n9223372036854775807,\"a,\n\"\"b\",0,2147483648,10.25\n"
        "9,c,8,7,11.5\n",
        "\"t\", p ,o,q\n10,\"1\", 2 ,3\n1025e-2,2147483648,0,9223372036854775807\n11.50,7,8,9\n",
        "t,p,o,q\n2023-12-31 23:59:59,1,2,3\n2023-12-31T23:59:59.25,2147483648,0,"
        "9223372036854775807\n2024-01-01T01:00:00.500000000999+01:00,7,8,9\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        struct bench b;
        char path[32];
        read_bytes(&b, path, same[i], strlen(same[i]), ALL);
        if (b.diagnostics.first) fail_msg("%zu: %s", i, b.diagnostics.first->message);
        const struct trace_row *rows = b.plan.rows;
        assert_int_equal(b.plan.row_count, 3);
        assert_int_equal(rows[0].time, 0);
        assert_int_equal(rows[1].time, 250 * SIM_MILLISECOND);
        assert_int_equal(rows[2].time, 1500 * SIM_MILLISECOND);
        assert_int_equal(rows[0].prompt_tokens, 1);
        assert_int_equal(rows[1].prompt_tokens, UINT32_C(2147483648));
        assert_int_equal(rows[2].output_tokens, 8);
        assert_int_equal(rows[1].query, INT64_MAX);
        assert_true(fabs(b.plan.rate - 2 / 1.5) < 1e-12);
        bench_free(&b);
    }
}

/* Columns that are not read, and how rows come out of arrivals_next. */
static void test_replay(void **state)
{
    (void)state;
    struct bench b;
    char path[32];
    static const char csv[] = "ms,out\n-2500,1\n-2499.9995,2\n0,3\n";
    read_bytes(&b, path, csv, sizeof csv - 1, "time: ms, time_unit: ms, output_tokens: out");
    assert_null(b.diagnostics.first);
    static const sim_time times[] = {0, 500, 2500 * SIM_MILLISECOND};
    struct arrival_state arrivals;
    const struct trace_row *row;
    arrivals_start(&arrivals, &b.plan, (struct random_key){1, 0}, 1);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(arrivals_next(&arrivals, &row), times[i]);
        assert_int_equal(row->output_tokens, i + 1);
        assert_int_equal(row->prompt_tokens, UINT32_MAX);
        assert_true(row->query == UINT64_MAX);
    }
    assert_int_equal(arrivals_next(&arrivals, &row), SIM_NEVER);
    assert_null(row);
    bench_free(&b);
}

/* Sorting is stable: rows of one time stay in the file's order. */
static void test_sorting(void **state)
{
    (void)state;
    uint64_t luck = 7;
    for (size_t count = 1; count < 300; count += 13) {
        struct bench b;
        char path[32];
        struct text csv;
        text_init(&csv);
        text_add(&csv, "t,q\n");
        for (size_t i = 0; i < count; i++) {
            luck = luck * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            text_format(&csv, "%u,%zu\n", (unsigned)(luck >> 60), i);
        }
        read_bytes(&b, path, csv.data, csv.length, "time: t, query: q");
        assert_int_equal(b.diagnostics.errors, 0);
        assert_int_equal(b.plan.row_count, count);
        const struct trace_row *rows = b.plan.rows;
        assert_int_equal(rows[0].time, 0);
        for (size_t i = 1; i < count; i++) {
            assert_true(rows[i].time >= rows[i - 1].time);
            if (rows[i].time == rows[i - 1].time) assert_true(rows[i].query > rows[i - 1].query);
        }
        text_free(&csv);
        bench_free(&b);
    }
}

static void test_values(void **state)
{
    static const struct {
        const char *text;
        int64_t time;
    } times[] = {
        {"1970-01-01 00:00:00", 0},
        {"1969-12-31 23:59:59.999999999", -1},
        {"2000-02-29T12:00:00Z", INT64_C(951825600000000000)},
        {"2023-11-16 18:17:03.9799600", INT64_C(1700158623979960000)},
        {"2023-11-16T18:17:03.9799600-05:30", INT64_C(1700178423979960000)},
        {"2100-03-01 00:00:00", INT64_C(4107542400000000000)},
        {"2016-12-31 23:59:60", INT64_C(1483228800000000000)},
        {"1700158623.9799600", INT64_C(1700158623979960000)},
        {"-0.0000000019", -1},
        {"00012", INT64_C(12000000000)},
        {"1.5e3", INT64_C(1500000000000)},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        enum trace_time_form form = TRACE_TIME_UNKNOWN;
        int64_t time = 0;
        if (!trace_time_read(times[i].text, SIM_SECOND, &form, &time) || time != times[i].time)
            fail_msg("%s is %lld", times[i].text, (long long)time);
    }
    /* Every day follows the one before by 24 hours. */
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t expected = INT64_C(-631152000000000000); /* 1950-01-01 */
    for (int year = 1950; year < 2200; year++) {
        for (int month = 0; month < 12; month++) {
            const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            const int length = lengths[month] + (month == 1 && leap ? 1 : 0);
            for (int day = 1; day <= 31; day++) {
                char text[64];
                enum trace_time_form form = TRACE_TIME_STAMP;
                int64_t time = 0;
                snprintf(text, sizeof text, "%04d-%02d-%02d 00:00:00", year, month + 1, day);
                const bool read = trace_time_read(text, SIM_SECOND, &form, &time);
                assert_int_equal(read, day <= length);
                if (!read) continue;
                assert_int_equal(time, expected);
                expected += 86400 * SIM_SECOND;
            }
        }
    }
}

static void test_missing(void **state)
{
    (void)state;
    struct bench b;
    const char *data = getenv("RAGTIME_DATA");
    char *kept = data ? strdup(data) : NULL;
    static const char yaml[] =
        "{trace: {file: \"${RAGTIME_DATA}/traces/azure-llm-2023/none.csv\", time: t}}";

    assert_int_equal(setenv("RAGTIME_DATA", "/nowhere", 1), 0);
    bench_make(&b, yaml);
    assert_string_equal(bench_faults(&b, NULL),
                        "1:16: w.arrivals.trace.file: cannot read "
                        "/nowhere/traces/azure-llm-2023/none.csv: No such file or directory");
    assert_string_equal(b.diagnostics.first->hint,
                        "the trace is data/AzureLLMInferenceTrace_code.csv of "
                        "https://github.com/Azure/AzurePublicDataset (CC-BY-4.0); put it into "
                        "traces/azure-llm-2023 of your data folder, and name that folder in "
                        "RAGTIME_DATA");
    bench_free(&b);

    assert_int_equal(unsetenv("RAGTIME_DATA"), 0);
    bench_make(&b, yaml);
    assert_string_equal(bench_faults(&b, NULL),
                        "1:16: w.arrivals.trace.file: cannot read ../shared/data/traces/"
                        "azure-llm-2023/none.csv: No such file or directory");
    bench_free(&b);

    bench_make(&b, "{trace: {file: /tmp, time: t}}");
    assert_string_equal(bench_faults(&b, NULL),
                        "1:16: w.arrivals.trace.file: cannot read /tmp: Is a directory");
    bench_free(&b);
    if (kept) assert_int_equal(setenv("RAGTIME_DATA", kept, 1), 0);
    free(kept);
}

/* Any bytes give rows or faults. */
static void test_any_bytes(void **state)
{
    static const char alphabet[] = "0123456789,,,\n\n\r\"\"tpoq -:T.Ze\t\xff";
    (void)state;
    uint64_t luck = 3;
    for (int i = 0; i < 3000; i++) {
        char csv[200];
        char path[32];
        struct bench b;
        size_t length = 0;
        if (i % 2) length = (size_t)snprintf(csv, sizeof csv, "t,p,o,q\n");
        while (length < sizeof csv - 1 && (luck >> 58 || length < 20)) {
            luck = luck * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            csv[length++] = alphabet[(luck >> 33) % (sizeof alphabet)];
        }
        read_bytes(&b, path, csv, length, ALL);
        assert_true(b.diagnostics.errors > 0 || b.plan.row_count > 0);
        bench_free(&b);
    }
}

/* The figures of the data set's own description. */
static void test_azure(void **state)
{
    (void)state;
    const char *data = getenv("RAGTIME_DATA");
    char path[600];
    snprintf(path, sizeof path, "%s/traces/azure-llm-2023/AzureLLMInferenceTrace_code.csv",
             data ? data : "../shared/data");
    if (access(path, R_OK) != 0) {
        print_message("SKIPPED: no %s; set RAGTIME_DATA to the data folder\n", path);
        skip();
        return;
    }
    struct bench b;
    bench_good(&b, "{trace: {file: \"${RAGTIME_DATA}/traces/azure-llm-2023/"
                   "AzureLLMInferenceTrace_code.csv\", time: TIMESTAMP, prompt_tokens: "
                   "ContextTokens, output_tokens: GeneratedTokens}}");
    assert_int_equal(b.plan.row_count, 8819);
    const struct trace_row *rows = b.plan.rows;
    assert_true(fabs(time_to_seconds(rows[8818].time) - 3435.9) < 0.05);
    /* 18:17:03.9799600 to 18:17:04.0319600 */
    assert_int_equal(rows[1].time, 52 * SIM_MILLISECOND);
    double sum = 0;
    for (size_t i = 0; i < 8819; i++) {
        assert_true(i == 0 || rows[i].time >= rows[i - 1].time);
        assert_int_equal(rows[i].time % 100, 0);
        sum += rows[i].prompt_tokens;
    }
    assert_true(fabs(sum / 8819 - 2047.8) < 0.05);
    assert_int_equal(rows[0].prompt_tokens, 4808);
    assert_int_equal(rows[0].output_tokens, 10);
    bench_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_malformed), cmocka_unit_test(test_many_faults),
        cmocka_unit_test(test_unclosed),  cmocka_unit_test(test_zero_byte),
        cmocka_unit_test(test_dialects),  cmocka_unit_test(test_replay),
        cmocka_unit_test(test_sorting),   cmocka_unit_test(test_values),
        cmocka_unit_test(test_missing),   cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_azure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
