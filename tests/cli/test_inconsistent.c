/* test_inconsistent.c - a simulation that finds itself inconsistent ends with exit code 3. No
 * scenario does that; so this program has a registry of its own with a component type that
 * miscounts its calls. */
#include "cli/commands.h"
#include "models/component.h"
#include "models/registry.h"
#include "models/service.h"
#include "tests/cli/program.h"

/* A service that counts every call twice. */
static struct component_type miscounting;

/* In place of models/registry.c. */
const struct component_type *const component_types[] = {&miscounting, &service_type, NULL};

const struct component_type *component_type_find(const char *name)
{
    for (size_t i = 0; component_types[i]; i++)
        if (strcmp(component_types[i]->name, name) == 0) return component_types[i];
    return NULL;
}

static void submit(struct component *self, struct call *call, sim_time now)
{
    self->submitted++;
    service_type.submit(self, call, now);
}

static const char scenario[] = "simulate: {duration: 2m, warmup: 10s, replications: 3}\n"
                               "workloads: {w: {enters: q, arrivals: {poisson: {rate: 9/s}}}}\n"
                               "components: {q: {type: %s, time: {exponential: {mean: 50ms}}}}\n";

static int set_up(void **state)
{
    (void)state;
    char text[1000];
    miscounting = service_type;
    miscounting.name = "miscounting";
    miscounting.submit = submit;
    enter_folder();
    snprintf(text, sizeof text, scenario, "miscounting");
    put("wrong.yaml", text);
    snprintf(text, sizeof text, scenario, "service");
    put("right.yaml", text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {
        "wrong.yaml",      "right.yaml",        "stdout", "stderr", "out/result.json",
        "out/metrics.csv", "out/timeseries.csv"};
    return leave_folder(names, sizeof names / sizeof *names);
}

/* A command in a process of its own. */
static struct outcome run_command(command_fn *command, int argc, char **argv)
{
    const int out = open_output("stdout");
    const int err = open_output("stderr");
    fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(99);
        _exit(command(argc, argv));
    }
    close(out);
    close(err);
    return end(child);
}

static char run_name[] = "run";
static char compare_name[] = "compare";
static char wrong[] = "wrong.yaml";
static char right[] = "right.yaml";
static char to_folder[] = "--out=out";
static char as_json[] = "--json";

static void test_run(void **state)
{
    (void)state;
    struct outcome o = run_command(command_run, 3, (char *[]){run_name, wrong, to_folder, NULL});
    assert_int_equal(o.code, 3);
    assert_non_null(strstr(o.out, "replication 1: q: calls are not conserved"));
    /* What was found is written all the same: it shows what went wrong. */
    char *text = slurp("out/result.json");
    assert_non_null(strstr(text, "calls are not conserved"));
    free(text);
    done(&o);
    o = run_command(command_run, 3, (char *[]){run_name, wrong, as_json, NULL});
    cJSON *root = cJSON_Parse(o.out);
    assert_int_equal(o.code, 3);
    assert_non_null(root);
    cJSON_Delete(root);
    done(&o);
    o = run_command(command_run, 2, (char *[]){run_name, right, NULL});
    assert_int_equal(o.code, 0);
    assert_null(strstr(o.out, "conserved"));
    done(&o);
}

static void test_compare(void **state)
{
    (void)state;
    struct outcome o =
        run_command(command_compare, 3, (char *[]){compare_name, right, wrong, NULL});
    assert_int_equal(o.code, 3);
    assert_non_null(strstr(o.out, "calls are not conserved"));
    done(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_compare),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
