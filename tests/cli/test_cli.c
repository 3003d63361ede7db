/* test_cli.c - the program as a user or a script meets it: streams, files, exit codes. RAGTIME
 * names the program. */
#include "base/arena.h"
#include "base/document.h"
#include "base/file.h"

/* clang-format off: cmocka.h needs these before it */
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
    assert_true(file_write("queue.yaml", queue, strlen(queue), &err));
    assert_true(file_write("faulty.yaml", faulty, strlen(faulty), &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"queue.yaml",
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

/* Starts the program with its words separated by blanks; output goes to files (or `out_path`). */
static pid_t begin(const char *words, const char *out_path)
{
    const pid_t child = fork();
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
    const int out = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const int err = open("stderr", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(99);
    execv(program, argv);
    _exit(98);
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
    expect("compare queue.yaml queue.yaml --set components.q.servers=2", 0, "CHANGE", "");
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
    expect("compare queue.yaml", 2, "", "needs SCENARIO SCENARIO");
    expect("explain functoin", 2, "", "did you mean 'function'?");
    expect("explain service", 0, "queue_limit", "");
    expect("prices lambda.request", 0, "aws.lambda.request", "");
    expect("run --help", 0, "Examples:", "");
    expect("run queue.yaml --out queue.yaml/below", 4, "", "ragtime: ");
    expect("--version", 0, "ragtime ", "");
}

static void test_full_disk(void **state)
{
    (void)state;
    struct outcome o = end(begin("run queue.yaml", "/dev/full"));
    assert_int_equal(o.code, 4);
    assert_non_null(strstr(o.err, "No space left"));
    done(&o);
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
    o = run("compare queue.yaml queue.yaml --json");
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

static void test_interrupt(void **state)
{
    (void)state;
    const pid_t child =
        begin("run queue.yaml --duration 100000h --set simulate.warmup=1s --out out", "stdout");
    usleep(1500000);
    kill(child, SIGINT);
    struct outcome o = end(child);
    char *text = slurp("out/result.json");
    cJSON *root = cJSON_Parse(text);
    assert_int_equal(o.code, 130);
    assert_non_null(strstr(o.out, "INCOMPLETE"));
    assert_non_null(root);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(root, "complete")));
    cJSON_Delete(root);
    free(text);
    done(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_codes), cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_json),       cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_interrupt),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
