/* test_cli.c - the program as a user or a script meets it: streams, files, exit codes. RAGTIME
 * names the program. */
#include "tests/cli/program.h"

static const char queue[] = "simulate: {duration: 2m, warmup: 10s, replications: 3}\n"
                            "workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n"
                            "components: {q: {type: service, time: {exponential: {mean: 100ms}}}}\n"
                            "budgets: {w.latency.p95: < 100s}\n";
static const char alien[] = "workloads: {v: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n"
                            "components: {q: {type: service, time: 1ms}}\n";
static const char faulty[] = "workloads: {w: {enters: q, arrivals: {poisson: {rate: 9}}}}\n"
                             "components: {q: {type: service, tyme: 5}}\n";

static int set_up(void **state)
{
    (void)state;
    enter_folder();
    put("queue.yaml", queue);
    put("other.yaml", queue);
    put("alien.yaml", alien);
    put("faulty.yaml", faulty);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {
        "queue.yaml",         "other.yaml",      "alien.yaml",
        "faulty.yaml",        "stdout",          "stderr",
        "out/result.json",    "out/metrics.csv", "out/timeseries.csv",
        "out/comparison.json"};
    unlink("again/result.json");
    unlink("again/metrics.csv");
    unlink("again/timeseries.csv");
    rmdir("again");
    return leave_folder(names, sizeof names / sizeof *names);
}

static void expect(const char *words, int code, const char *in_out, const char *in_err)
{
    struct outcome o = run(words);
    if (o.code != code) fail_msg("%s: exit %d, expected %d\n%s", words, o.code, code, o.err);
    if (!strstr(o.out, in_out)) fail_msg("%s: no '%s' in\n%s", words, in_out, o.out);
    if (!strstr(o.err, in_err)) fail_msg("%s: no '%s' in\n%s", words, in_err, o.err);
    assert_null(strchr(o.out, '\033'));
    assert_null(strchr(o.err, '\033'));
    done(&o);
}

static void test_exit_codes(void **state)
{
    (void)state;
    expect("run queue.yaml", 0, "LATENCY of w", "");
    expect("compare queue.yaml other.yaml --set components.q.servers=2", 0, "CHANGE", "");
    expect("lint queue.yaml", 0, "queue.yaml: ok (1 component, 1 workload, 1 budget)", "");
    expect("lint faulty.yaml", 2, "", "2 errors in faulty.yaml");
    expect("run faulty.yaml --out never", 2, "", "faulty.yaml:2:33: components.q.tyme");
    assert_int_equal(access("never", F_OK), -1);
    expect("run missing.yaml", 2, "", "cannot read missing.yaml");
    expect("run", 2, "", "needs SCENARIO");
    expect("rum queue.yaml", 2, "", "did you mean 'run'?");
    expect("run queue.yaml --sead 5", 2, "", "did you mean '--seed'?");
    expect("run queue.yaml --set oops", 2, "", "PATH=VALUE");
    expect("run queue.yaml --threads none", 2, "", "from 1 to 4096");
    expect("compare queue.yaml queue.yaml", 2, "", "is given twice");
    expect("compare queue.yaml alien.yaml", 2, "", "no workload is in all of them");
    expect("compare queue.yaml", 2, "", "needs SCENARIO SCENARIO");
    expect("explain functoin", 2, "", "did you mean 'function'?");
    expect("explain service", 0, "queue_limit", "");
    expect("prices lambda.request", 0, "aws.lambda.request", "");
    expect("run --help", 0, "Examples:", "");
    expect("run queue.yaml --out queue.yaml/below", 4, "", "ragtime: ");
    assert_int_equal(access("queue.yaml", F_OK), 0);
    expect("--version", 0, "ragtime ", "");
    expect("--help", 0, "compare", "");
    expect("help lint", 0, "ragtime lint SCENARIO...", "");
    expect("run queue.yaml other.yaml", 2, "", "one too many");
    expect("run queue.yaml --seed", 2, "", "--seed needs N");
    expect("run queue.yaml --json=yes", 2, "", "takes no value");
    expect("run queue.yaml --reference x", 2, "", "unknown option '--reference'");
    expect("run -- --help", 2, "", "--help");
    expect("lint queue.yaml faulty.yaml", 2, "queue.yaml: ok", "2 errors in faulty.yaml");
    expect("prices lambda.request --region mars-1", 0, "no value in mars-1", "");
    expect("prices zzzz", 2, "", "'zzzz'");
    expect("explain", 0, "vector_index", "");
    expect("explain retry", 0, "retry:", "");
    expect("explain hnsw", 0, "ef_search", "");
    expect("explain scann", 0, "anisotropy", "");
}

static void test_full_disk(void **state)
{
    (void)state;
    static const char *const words[] = {"run queue.yaml",   "run queue.yaml --json",
                                        "lint queue.yaml",  "prices",
                                        "explain function", "run --help",
                                        "--version",        "compare queue.yaml other.yaml"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct outcome o = end(begin(words[i], "/dev/full"));
        assert_int_equal(o.code, 4);
        assert_non_null(strstr(o.err, "No space left"));
        done(&o);
    }
}

static void test_json(void **state)
{
    (void)state;
    struct outcome o = run("run queue.yaml --json");
    cJSON *root = cJSON_Parse(o.out);
    assert_non_null(root);
    const cJSON *metrics = cJSON_GetObjectItem(root, "metrics");
    const cJSON *p95 = cJSON_GetObjectItem(metrics, "w.latency.p95");
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(p95, "value")) > 0.5);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(p95, "replications")), 3);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(root, "schema")),
                        "ragtime.result/1");
    cJSON_Delete(root);
    done(&o);
    o = run("prices aws.lambda.request --json --region us-east-1");
    root = cJSON_Parse(o.out);
    const cJSON *price = cJSON_GetArrayItem(root, 0);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(price, "id")),
                        "aws.lambda.request");
    const cJSON *tier = cJSON_GetArrayItem(cJSON_GetObjectItem(price, "tiers"), 0);
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(tier, "usd")) > 0);
    cJSON_Delete(root);
    done(&o);
    o = run("compare queue.yaml other.yaml --json");
    root = cJSON_Parse(o.out);
    assert_non_null(root);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(root, "results")), 2);
    cJSON_Delete(root);
    done(&o);
}

static void test_same_bytes(void **state)
{
    (void)state;
    struct outcome a = run("run queue.yaml --threads 1 --out out");
    struct outcome b = run("run queue.yaml --threads 3 --out again");
    char *first = slurp("out/result.json");
    char *second = slurp("again/result.json");
    assert_int_equal(a.code, 0);
    assert_non_null(strstr(a.out, "written: out/ (result.json"));
    assert_true(strlen(first) > 1000);
    assert_string_equal(first, second);
    free(first);
    free(second);
    first = slurp("out/metrics.csv");
    assert_memory_equal(first, "architecture,metric,unit,value,", 31);
    free(first);
    done(&b);
    b = run("run queue.yaml --seed 7");
    assert_string_not_equal(a.out, b.out);
    done(&a);
    done(&b);
}

static void test_closed_pipe(void **state)
{
    (void)state;
    int ends[2];
    const int err = open_output("stderr");
    unlink("stdout");
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    const pid_t child = begin_on("prices", ends[1], err);
    close(ends[1]);
    close(err);
    struct outcome o = end(child);
    assert_int_equal(o.code, 0);
    assert_string_equal(o.err, "");
    done(&o);
}

static void test_overrides(void **state)
{
    (void)state;
    struct outcome plain = run("run queue.yaml --json");
    static const char *const changes[] = {"--seed 7", "--seed=8", "--replications 2",
                                          "--duration 3m", "--set components.q.servers=2"};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char words[200];
        snprintf(words, sizeof words, "run queue.yaml --json %s", changes[i]);
        struct outcome changed = run(words);
        assert_int_equal(changed.code, 0);
        if (strcmp(plain.out, changed.out) == 0) fail_msg("%s changes nothing", changes[i]);
        done(&changed);
    }
    done(&plain);
    plain = run("run queue.yaml --quiet --seed 7 --set simulate.seed=9");
    struct outcome last = run("run queue.yaml --quiet --seed 9");
    assert_string_equal(plain.out, last.out);
    done(&plain);
    done(&last);
    expect("run queue.yaml --seed pi", 2, "", "--seed");
    expect("run queue.yaml --duration 5", 2, "", "--duration");
    expect("run queue.yaml --set components.q.serfers=2", 2, "", "did you mean 'servers'?");
}

static bool has_escape(const char *words)
{
    struct outcome o = run(words);
    const bool has = strchr(o.out, '\033') != NULL;
    assert_int_equal(o.code, 0);
    done(&o);
    return has;
}

static void test_colour(void **state)
{
    (void)state;
    assert_false(has_escape("run queue.yaml"));
    assert_true(has_escape("run queue.yaml --color always"));
    setenv("FORCE_COLOR", "1", 1);
    assert_true(has_escape("run queue.yaml"));
    assert_false(has_escape("run queue.yaml --color=never"));
    setenv("NO_COLOR", "1", 1);
    assert_false(has_escape("run queue.yaml"));
    assert_true(has_escape("run queue.yaml --color=always"));
    unsetenv("FORCE_COLOR");
    unsetenv("NO_COLOR");
    expect("run queue.yaml --color alwyas", 2, "", "did you mean 'always'?");
}

static void test_symbols(void **state)
{
    (void)state;
    setenv("LC_ALL", "C", 1);
    struct outcome o = run("run queue.yaml");
    for (const char *at = o.out; *at; at++) assert_true((unsigned char)*at < 0x80);
    done(&o);
    setenv("LC_ALL", "C.UTF-8", 1);
    o = run("run queue.yaml");
    assert_non_null(strstr(o.out, "✓"));
    done(&o);
}

static void test_timing(void **state)
{
    (void)state;
    struct outcome o = run("run queue.yaml -v --timing timing.json");
    char *text = slurp("timing.json");
    cJSON *root = cJSON_Parse(text);
    assert_int_equal(o.code, 0);
    assert_non_null(strstr(o.err, "events/s"));
    assert_null(strstr(o.out, "events/s"));
    assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(root, "events")) > 1000);
    cJSON_Delete(root);
    free(text);
    done(&o);
    unlink("timing.json");
    expect("run queue.yaml --timing queue.yaml/below", 4, "LATENCY of w", "ragtime: ");
}

static void test_compare_files(void **state)
{
    (void)state;
    struct outcome o = run("compare queue.yaml other.yaml --json --out out");
    char *text = slurp("out/comparison.json");
    assert_int_equal(o.code, 0);
    assert_string_equal(o.out, text);
    assert_non_null(strstr(o.err, "written: out/ (comparison.json"));
    check_whole_csv("out/metrics.csv");
    check_whole_csv("out/timeseries.csv");
    free(text);
    done(&o);
    expect("compare queue.yaml faulty.yaml missing.yaml", 2, "", "1 error in missing.yaml");
    expect("compare missing.yaml faulty.yaml", 2, "", "2 errors in faulty.yaml");
    expect("compare queue.yaml other.yaml --reference quue", 2, "", "did you mean 'queue'?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_codes),  cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_closed_pipe), cmocka_unit_test(test_json),
        cmocka_unit_test(test_same_bytes),  cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_colour),      cmocka_unit_test(test_symbols),
        cmocka_unit_test(test_timing),      cmocka_unit_test(test_compare_files),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
