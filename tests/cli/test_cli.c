/* test_cli.c - the program as a user or a script meets it: streams, files, exit codes. RAGTIME
 * names the program. */
#include "base/arena.h"
#include "base/document.h"
#include "base/file.h"

/* cmocka.h needs these before it. */
/* clang-format off */
#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
/* clang-format on */

static char folder[] = "/tmp/ragtime-XXXXXX";
static char program[2048];

static const char queue[] = "simulate: {duration: 2m, warmup: 10s, replications: 3}\n"
                            "workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n"
                            "components: {q: {type: service, time: {exponential: {mean: 100ms}}}}\n"
                            "budgets: {w.latency.p95: < 100s}\n";
static const char alien[] = "workloads: {v: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n"
                            "components: {q: {type: service, time: 1ms}}\n";
static const char faulty[] = "workloads: {w: {enters: q, arrivals: {poisson: {rate: 9}}}}\n"
                             "components: {q: {type: service, tyme: 5}}\n";

struct outcome {
    int code;
    char *out;
    char *err;
};

static int set_up(void **state)
{
    (void)state;
    struct error err;
    const char *given = getenv("RAGTIME") ? getenv("RAGTIME") : "build/gcc/ragtime";
    assert_non_null(realpath(given, program));
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    static const char *const unset[] = {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS"};
    for (size_t i = 0; i < sizeof unset / sizeof *unset; i++) unsetenv(unset[i]);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TERM", "xterm", 1);
    assert_true(file_write("queue.yaml", queue, strlen(queue), &err));
    assert_true(file_write("other.yaml", queue, strlen(queue), &err));
    assert_true(file_write("alien.yaml", alien, strlen(alien), &err));
    assert_true(file_write("faulty.yaml", faulty, strlen(faulty), &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"queue.yaml",
                                        "other.yaml",
                                        "alien.yaml",
                                        "faulty.yaml",
                                        "stdout",
                                        "stderr",
                                        "out/result.json",
                                        "out/metrics.csv",
                                        "out/timeseries.csv",
                                        "out/comparison.json",
                                        "again/result.json",
                                        "again/metrics.csv",
                                        "again/timeseries.csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) unlink(names[i]);
    rmdir("out");
    rmdir("again");
    if (chdir("/") != 0) return 1;
    return rmdir(folder);
}

static char *slurp(const char *path)
{
    struct arena *arena = arena_new();
    struct error err;
    char *text = NULL;
    size_t length = 0;
    char *copy = strdup(document_load(arena, path, &text, &length, &err) ? text : "");
    arena_free(arena);
    return copy;
}

/* Starts the program with its words separated by blanks. */
static pid_t begin_on(const char *words, int out, int err)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child != 0) return child;
    char copy[1000];
    char *argv[40] = {program};
    int argc = 1;
    snprintf(copy, sizeof copy, "%s", words);
    for (char *word = copy; argc < 39;) {
        argv[argc++] = word;
        word = strchr(word, ' ');
        if (!word) break;
        *word++ = '\0';
    }
    if (dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(99);
    execv(program, argv);
    _exit(98);
}

static int open_output(const char *path)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(file >= 0);
    return file;
}

/* Its standard output goes to `out_path`, its standard error to the file "stderr". */
static pid_t begin(const char *words, const char *out_path)
{
    const int out = open_output(out_path);
    const int err = open_output("stderr");
    const pid_t child = begin_on(words, out, err);
    close(out);
    close(err);
    return child;
}

static struct outcome end(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0) assert_int_equal(errno, EINTR);
    assert_true(WIFEXITED(status));
    return (struct outcome){WEXITSTATUS(status), slurp("stdout"), slurp("stderr")};
}

static struct outcome run(const char *words)
{
    return end(begin(words, "stdout"));
}

static void done(struct outcome *o)
{
    free(o->out);
    free(o->err);
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

/* Until the process catches SIGINT: before, the signal would just end it. */
static void await_handler(pid_t child)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", (int)child);
    for (int i = 0; i < 3000; i++) {
        char line[200];
        unsigned long long caught = 0;
        FILE *status = fopen(path, "r");
        assert_non_null(status);
        while (fgets(line, sizeof line, status))
            if (sscanf(line, "SigCgt: %llx", &caught) == 1) break;
        fclose(status);
        if (caught >> (SIGINT - 1) & 1) return;
        usleep(10000);
    }
    fail_msg("the program never caught SIGINT");
}

static void check_whole_csv(const char *path)
{
    char *text = slurp(path);
    const size_t length = strlen(text);
    assert_true(length > 0 && text[length - 1] == '\n');
    free(text);
}

static void interrupt_after(useconds_t wait)
{
    const pid_t child =
        begin("run queue.yaml --duration 100000h --set simulate.warmup=1s --out out", "stdout");
    await_handler(child);
    usleep(wait);
    kill(child, SIGINT);
    struct outcome o = end(child);
    char *text = slurp("out/result.json");
    cJSON *root = cJSON_Parse(text);
    assert_int_equal(o.code, 130);
    assert_non_null(strstr(o.out, "INCOMPLETE"));
    assert_non_null(root);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(root, "complete")));
    check_whole_csv("out/metrics.csv");
    check_whole_csv("out/timeseries.csv");
    cJSON_Delete(root);
    free(text);
    done(&o);
}

static void test_interrupt(void **state)
{
    (void)state;
    interrupt_after(500000);
    interrupt_after(0);
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
        cmocka_unit_test(test_exit_codes),    cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_closed_pipe),   cmocka_unit_test(test_json),
        cmocka_unit_test(test_same_bytes),    cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_colour),        cmocka_unit_test(test_symbols),
        cmocka_unit_test(test_timing),        cmocka_unit_test(test_interrupt),
        cmocka_unit_test(test_compare_files),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
