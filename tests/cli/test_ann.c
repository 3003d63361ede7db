/* test_ann.c - `ragtime ann` on small files that the test writes; the answers come from a search of
 * the test's own. */
#include "tests/cli/program.h"

#include <math.h>

enum { ROWS = 300, QUERIES = 20, DIMENSIONS = 8, TOP_K = 3, ALL_K = 5 };

static unsigned char rows[ROWS][DIMENSIONS];
static unsigned char queries[QUERIES][DIMENSIONS];
static uint32_t truth[QUERIES][ALL_K];

static const char *const names[] = {"base.u8bin", "base.bvecs", "base.fbin",    "queries.u8bin",
                                    "truth.ibin", "wrong.ibin", "queries.fbin", "few.u8bin",
                                    "ids.txt",    "bad.txt",    "zero.fbin",    "base.index",
                                    "stdout",     "stderr"};

static void write_bytes(const char *name, const void *header, size_t header_length,
                        const void *body, size_t length)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(header, 1, header_length, file), header_length);
    assert_int_equal(fwrite(body, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void write_set(const char *name, uint32_t count, uint32_t columns, const void *body,
                      size_t length)
{
    const uint32_t header[] = {count, columns};
    write_bytes(name, header, sizeof header, body, length);
}

static void write_floats(const char *name, uint32_t count, unsigned char from[][DIMENSIONS])
{
    float *values = malloc(count * DIMENSIONS * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < (size_t)count * DIMENSIONS; i++)
        values[i] = (float)from[i / DIMENSIONS][i % DIMENSIONS];
    write_set(name, count, DIMENSIONS, values, count * DIMENSIONS * sizeof *values);
    free(values);
}

static void write_bvecs(const char *name)
{
    FILE *file = fopen(name, "wb");
    const uint32_t columns = DIMENSIONS;
    assert_non_null(file);
    for (size_t i = 0; i < ROWS; i++) {
        assert_int_equal(fwrite(&columns, sizeof columns, 1, file), 1);
        assert_int_equal(fwrite(rows[i], 1, DIMENSIONS, file), DIMENSIONS);
    }
    assert_int_equal(fclose(file), 0);
}

/* |a - b|^2, with the row's number below it: no two are equal. */
static uint64_t key_of(size_t query, size_t row)
{
    uint64_t sum = 0;
    for (size_t j = 0; j < DIMENSIONS; j++) {
        const int difference = queries[query][j] - rows[row][j];
        sum += (uint64_t)(difference * difference);
    }
    return sum << 32 | row;
}

static void find_truth(void)
{
    for (size_t q = 0; q < QUERIES; q++) {
        uint64_t last = 0;
        for (size_t k = 0; k < ALL_K; k++) {
            uint64_t best = UINT64_MAX;
            for (size_t i = 0; i < ROWS; i++) {
                const uint64_t key = key_of(q, i);
                if ((k == 0 || key > last) && key < best) best = key;
            }
            truth[q][k] = (uint32_t)best;
            last = best;
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    uint32_t wrong[QUERIES][ALL_K];
    uint32_t luck = 1;
    enter_folder();
    for (size_t i = 0; i < sizeof rows; i++)
        rows[i / DIMENSIONS][i % DIMENSIONS] =
            (unsigned char)((luck = luck * 1664525 + 1013904223) >> 24);
    for (size_t i = 0; i < sizeof queries; i++)
        queries[i / DIMENSIONS][i % DIMENSIONS] =
            (unsigned char)((luck = luck * 1664525 + 1013904223) >> 24);
    find_truth();
    /* Of the nearest three, every query's first is given as another row. */
    memcpy(wrong, truth, sizeof wrong);
    for (size_t q = 0; q < QUERIES; q++) wrong[q][0] = wrong[q][4];
    write_set("base.u8bin", ROWS, DIMENSIONS, rows, sizeof rows);
    write_bvecs("base.bvecs");
    write_floats("base.fbin", ROWS, rows);
    write_set("queries.u8bin", QUERIES, DIMENSIONS, queries, sizeof queries);
    write_floats("queries.fbin", QUERIES, queries);
    write_set("few.u8bin", 1, 4, "abcd", 4);
    write_set("zero.fbin", 1, DIMENSIONS, (float[DIMENSIONS]){0}, DIMENSIONS * sizeof(float));
    write_set("truth.ibin", QUERIES, ALL_K, truth, sizeof truth);
    write_set("wrong.ibin", QUERIES, ALL_K, wrong, sizeof wrong);
    put("ids.txt", "# rows that pass\n7\tseven\n12\n299\n\n");
    put("bad.txt", "7\n300\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return leave_folder(names, sizeof names / sizeof *names);
}

#define FILES "--base base.u8bin --queries queries.u8bin --metric l2 "

static void expect(const char *words, int code, const char *in_out, const char *in_err)
{
    struct outcome o = run(words);
    if (o.code != code) fail_msg("%s: exit %d, expected %d\n%s", words, o.code, code, o.err);
    if (!strstr(o.out, in_out)) fail_msg("%s: no '%s' in\n%s", words, in_out, o.out);
    if (!strstr(o.err, in_err)) fail_msg("%s: no '%s' in\n%s", words, in_err, o.err);
    done(&o);
}

static void refusals_name_file_and_reason(void **state)
{
    (void)state;
    expect("ann", 2, "", "needs a command");
    expect("ann serch", 2, "", "did you mean 'search'?");
    expect("ann --help", 0, "Examples:", "");
    expect("help ann", 0, "ragtime ann bench", "");
    expect("ann bench --help", 0, "--vary NAME=V1,V2", "");
    expect("ann search --help", 0, "Examples:", "");
    expect("ann search --vary ef_search=1", 2, "", "unknown option '--vary'");
    expect("ann bench --queries queries.u8bin", 2, "", "needs --base FILE");
    expect("ann search --base base.u8bin", 2, "", "needs --queries FILE");
    expect("ann search --base none.fbin --queries queries.u8bin", 2, "", "none.fbin: the file");
    expect("ann search --base ids.txt --queries queries.u8bin", 2, "",
           "ids.txt: the name's ending");
    expect("ann search --base base.u8bin --queries few.u8bin", 2, "",
           "few.u8bin: the queries have 4 dimensions; expected 8");
    expect("ann search --base base.u8bin --queries zero.fbin", 2, "", "zero.fbin: row 0");
    expect("ann search " FILES "--filter bad.txt", 2, "", "bad.txt:2: the id is 300");
    expect("ann search " FILES "--filter base.u8bin", 2, "", "base.u8bin");
    expect("ann bench " FILES "--truth base.u8bin", 2, "", "base.u8bin: ");
    expect("ann bench " FILES "--truth truth.ibin --top-k 6", 2, "", "expected 6 or more");
    expect("ann bench " FILES "--index tree", 2, "", "expected flat, hnsw, ivf_flat");
    expect("ann bench " FILES "--metric cosin", 2, "", "did you mean 'cosine'?");
    expect("ann bench " FILES "--set ef_serch=3", 2, "", "did you mean 'ef_search'?");
    expect("ann bench " FILES "--set M", 2, "", "--set takes NAME=VALUE, such as M=16");
    expect("ann bench " FILES "--vary M", 2, "", "--vary takes NAME=V1,V2");
    expect("ann bench " FILES "--vary M=4,x", 2, "", "m is 'x'; expected a whole number");
    expect("ann bench " FILES "--vary M=4,1", 2, "", "m is 1; expected 2 to 128");
    expect("ann bench " FILES "--vary M=4 --vary m=5", 2, "", "varied twice");
    expect("ann bench " FILES "--vary M=4 --set m=5", 2, "", "set and varied");
    expect("ann bench " FILES "--index scann --set code=lvq8", 2, "", "cannot be had");
    expect("ann bench " FILES "--index flat --set probes=8", 2, "", "flat has no probes");
}

static void calibrate_says_what_it_needs(void **state)
{
    (void)state;
    expect("calibrate", 2, "", "needs --ann");
    expect("calibrate --help", 0, "--date TEXT", "");
    expect("calibrate --an", 2, "", "did you mean '--ann'?");
    expect("calibrate --ann --rounds 0", 2, "", "from 1 to 1000");
}

static void check_hits(const char *words)
{
    struct outcome o = run(words);
    assert_int_equal(o.code, 0);
    const char *at = o.out;
    for (unsigned q = 0; q < QUERIES; q++) {
        for (unsigned k = 0; k < TOP_K; k++) {
            char line[100];
            const double distance = (double)(key_of(q, truth[q][k]) >> 32);
            snprintf(line, sizeof line, "%u\t%u\t%u\t%.9g\n", q, k + 1, truth[q][k], distance);
            if (strncmp(at, line, strlen(line)) != 0)
                fail_msg("%s: no '%s' at %.40s", words, line, at);
            at += strlen(line);
        }
    }
    assert_int_equal(*at, '\0');
    done(&o);
}

static void search_prints_the_nearest(void **state)
{
    (void)state;
    check_hits(
        "ann search --base base.u8bin --queries queries.u8bin --metric l2 --index flat --top-k 3");
    check_hits(
        "ann search --base base.bvecs --queries queries.fbin --metric l2 --index hnsw --top-k 3");
    check_hits("ann search --base base.fbin --queries queries.u8bin --metric l2 --index scann "
               "--set probes=52 --set rerank=300 --top-k 3");
    struct outcome o = run("ann search " FILES "--top-k 2 --json");
    cJSON *root = cJSON_Parse(o.out);
    const cJSON *results = cJSON_GetObjectItem(root, "results");
    assert_int_equal(cJSON_GetArraySize(results), QUERIES);
    for (int q = 0; q < QUERIES; q++) {
        const cJSON *ids = cJSON_GetObjectItem(cJSON_GetArrayItem(results, q), "ids");
        assert_int_equal(cJSON_GetArraySize(ids), 2);
        assert_int_equal((uint32_t)cJSON_GetArrayItem(ids, 1)->valuedouble, truth[q][1]);
    }
    cJSON_Delete(root);
    done(&o);
}

static void a_built_file_is_searched(void **state)
{
    (void)state;
    expect("ann build --base base.u8bin --metric l2", 2, "", "needs --out FILE");
    expect("ann build --base none.fbin --out base.index", 2, "", "none.fbin");
    expect("ann build --base base.u8bin --metric l2 --out no/base.index", 4, "", "ragtime: ");
    static const char *const kinds[] = {"flat", "hnsw", "ivf_flat"};
    for (size_t i = 0; i < 3; i++) {
        char words[200];
        snprintf(words, sizeof words, "ann build --base base.u8bin --metric l2 --index %s %s",
                 kinds[i], "--out base.index");
        expect(words, 0, "300 rows of 8 dimensions", "");
        check_hits(i == 2 ? "ann search --index-file base.index --queries queries.u8bin --top-k 3 "
                            "--set probes=52"
                          : "ann search --index-file base.index --queries queries.u8bin --top-k 3");
    }
    expect("ann search --index-file ids.txt --queries queries.u8bin", 2, "", "ids.txt");
    expect("ann search --index-file base.index --queries few.u8bin", 2, "", "4 dimensions");
    expect("ann search --index-file base.index --queries queries.u8bin --metric l2", 2, "",
           "leave these out");
    expect("ann search --index-file base.index --queries queries.u8bin --set lists=4", 2, "",
           "lists was decided when the index was built");
}

static void a_filter_leaves_its_rows(void **state)
{
    (void)state;
    struct outcome o = run("ann search " FILES "--filter ids.txt --json");
    cJSON *root = cJSON_Parse(o.out);
    const cJSON *results = cJSON_GetObjectItem(root, "results");
    for (int q = 0; q < QUERIES; q++) {
        const cJSON *ids = cJSON_GetObjectItem(cJSON_GetArrayItem(results, q), "ids");
        assert_int_equal(cJSON_GetArraySize(ids), 3);
        int sum = 0;
        for (int k = 0; k < 3; k++) sum += (int)cJSON_GetArrayItem(ids, k)->valuedouble;
        assert_int_equal(sum, 7 + 12 + 299);
    }
    cJSON_Delete(root);
    done(&o);
}

static double number_at(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItem(object, name);
    if (!cJSON_IsNumber(item)) fail_msg("no number '%s'", name);
    return cJSON_GetNumberValue(item);
}

static cJSON *bench(const char *words, int code, int row_count)
{
    struct outcome o = run(words);
    if (o.code != code) fail_msg("%s: exit %d\n%s", words, o.code, o.err);
    cJSON *root = cJSON_Parse(o.out);
    assert_non_null(root);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(root, "schema")),
                        "ragtime.ann-bench/1");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(root, "rows")), row_count);
    done(&o);
    return root;
}

static void bench_has_a_row_for_each_setting(void **state)
{
    (void)state;
    cJSON *root = bench("ann bench " FILES "--top-k 3 --rounds 1 --vary ef_search=3,300 "
                        "--vary M=4,8 --json",
                        0, 4);
    static const int m[] = {4, 4, 8, 8};
    static const int ef[] = {3, 300, 3, 300};
    const cJSON *rows_found = cJSON_GetObjectItem(root, "rows");
    for (int i = 0; i < 4; i++) {
        const cJSON *row = cJSON_GetArrayItem(rows_found, i);
        assert_int_equal((int)number_at(row, "M"), m[i]);
        assert_int_equal((int)number_at(row, "ef_search"), ef[i]);
        assert_true(number_at(row, "mean_us") > 0);
        assert_true(number_at(row, "p99_us") >= number_at(row, "p50_us"));
        assert_true(number_at(row, "qps") > 0);
        assert_true(number_at(row, "build_s") > 0);
        assert_true(number_at(row, "index_bytes") > ROWS * DIMENSIONS * 4);
        const cJSON *work = cJSON_GetObjectItem(row, "work");
        assert_true(number_at(work, "hops") > 0);
        if (ef[i] == 300) assert_true(number_at(row, "recall_at_3") == 1);
        if (ef[i] == 300) assert_true(number_at(work, "distances") >= ROWS);
    }
    cJSON_Delete(root);
}

/* Computed or read, ids agree; a wrong file lowers recall by just what is wrong in it. */
static void recall_is_by_the_truth_given(void **state)
{
    (void)state;
    static const struct {
        const char *option;
        double recall;
    } cases[] = {{"", 1}, {"--truth truth.ibin", 1}, {"--truth wrong.ibin", 2.0 / 3}};
    for (size_t i = 0; i < 3; i++) {
        char words[300];
        snprintf(words, sizeof words,
                 "ann bench " FILES "--top-k 3 --index flat --threads 2 --json --rounds 1%s%s",
                 *cases[i].option ? " " : "", cases[i].option);
        cJSON *root = bench(words, 0, 1);
        const cJSON *row = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "rows"), 0);
        assert_true(fabs(number_at(row, "recall_at_3") - cases[i].recall) < 1e-9);
        assert_int_equal((int)number_at(cJSON_GetObjectItem(row, "work"), "distances"), ROWS);
        cJSON_Delete(root);
    }
}

static void a_profile_predicts(void **state)
{
    (void)state;
    static const char *const kinds[] = {"flat", "hnsw", "ivf_flat", "ivf_pq", "scann"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char words[300];
        snprintf(words, sizeof words,
                 "ann bench " FILES "--rounds 1 --json --profile x86-64-avx512 --index %s",
                 kinds[i]);
        cJSON *root = bench(words, 0, 1);
        const cJSON *row = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "rows"), 0);
        const double predicted = number_at(row, "predicted_us");
        assert_true(predicted > 0);
        const double ratio = predicted / number_at(row, "mean_us") - 1;
        assert_true(fabs(number_at(row, "error_ratio") - ratio) < 1e-9);
        cJSON_Delete(root);
    }
    expect("ann bench " FILES "--rounds 1 --profile arm64-neon", 0, "pred us", "");
    expect("ann bench " FILES "--profile none.json", 2, "", "none.json");
    expect("ann bench " FILES "--profile ids.txt", 2, "", "ids.txt:1");
    expect("ann bench " FILES "--rounds 1 --filter ids.txt --profile x86-64-avx512", 0, "pred us",
           "");
}

static void the_table_fits(void **state)
{
    (void)state;
    struct outcome o = run("ann bench " FILES "--index ivf_flat --set lists=20 --rounds 1 "
                           "--vary probes=1,20 --vary rerank=10,20 --vary code=float32,lvq8");
    assert_int_equal(o.code, 0);
    assert_non_null(strstr(o.out, "ivf_flat, l2: 300 rows of 8 dimensions, 20 queries"));
    assert_non_null(strstr(o.out, "recall"));
    assert_non_null(strstr(o.out, "100.0%"));
    for (char *line = strtok(o.out, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(text_columns(line) <= 100);
    done(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_name_file_and_reason),
        cmocka_unit_test(search_prints_the_nearest),
        cmocka_unit_test(a_built_file_is_searched),
        cmocka_unit_test(a_filter_leaves_its_rows),
        cmocka_unit_test(bench_has_a_row_for_each_setting),
        cmocka_unit_test(recall_is_by_the_truth_given),
        cmocka_unit_test(calibrate_says_what_it_needs),
        cmocka_unit_test(a_profile_predicts),
        cmocka_unit_test(the_table_fits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
