/* test_growth.c - calls in flight in parts of the window, where they are known exactly and as they
 * must add up to what the window as a whole says. */
#include "models/growth.h"
#include "tests/models/scenario.h"

/* Two calls a second at a server that takes one: after t seconds 2t have come and t have gone. */
static void test_overload(void **state)
{
    struct trial t;
    (void)state;
    trial_open(&t, "workloads: {w: {enters: q, arrivals: {constant: {rate: 2/s}}}}\n"
                   "components: {q: {type: service, time: 1s}}\n");
    struct simulation *sim = simulation_new(t.plan, 0);
    assert_true(simulation_run(sim, 120 * SIM_SECOND, 1320 * SIM_SECOND, NULL));
    assert_int_equal(sim->growth.parts, GROWTH_PARTS);
    const struct growth *g = &sim->growth.growth[0];
    /* Where the first call comes and who is first at equal times move each figure by one or two. */
    assert_true(fabs(g->begun - 120) <= 2);
    assert_true(fabs(g->ended - 1320) <= 2);
    for (int i = 0; i < GROWTH_PARTS; i++) {
        assert_true(fabs(g->in_flight[i] - (120 + 100 * i + 50)) <= 2);
        assert_true(fabs(g->came[i] - 200) <= 1);
    }
    simulation_free(sim);
    trial_close(&t);
}

/* Any traffic: the parts add up to the window's own figures, for every component. */
static void test_sums(void **state)
{
    struct trial t;
    (void)state;
    trial_open(&t, "workloads: {w: {enters: f, arrivals: {poisson: {rate: 5/s}}}}\n"
                   "components:\n"
                   "  f: {type: function, timeout: 60s, does: [{call: q}, {call: q}]}\n"
                   "  q: {type: service, servers: 2, time: {exponential: {mean: 150ms}}}\n");
    for (uint64_t replication = 0; replication < 5; replication++) {
        struct simulation *sim = simulation_new(t.plan, replication);
        struct measures m = {.arena = t.arena};
        /* A window that twelve does not divide. */
        assert_true(simulation_run(sim, 7 * SIM_SECOND, 307 * SIM_SECOND + 11, NULL));
        simulation_report(sim, &m);
        for (size_t c = 0; c < 2; c++) {
            const struct growth *g = &sim->growth.growth[c];
            const char *name = c == 0 ? "f" : "q";
            double came = 0;
            double mean = 0;
            for (int i = 0; i < GROWTH_PARTS; i++) {
                came += g->came[i];
                mean += g->in_flight[i] / GROWTH_PARTS;
            }
            assert_true(came > 1000);
            assert_true(came == metric(&m, arena_format(t.arena, "%s.calls", name)));
            const double whole = metric(&m, arena_format(t.arena, "%s.in_flight.mean", name));
            assert_true(fabs(mean - whole) <= 1e-6 * whole);
            assert_true(g->ended == (double)sim->components[c]->in_flight.value);
        }
        simulation_free(sim);
    }
    trial_close(&t);
}

/* An interrupt leaves parts out, and says so by their number. */
static void test_interrupt(void **state)
{
    struct trial t;
    (void)state;
    trial_open(&t, "workloads: {w: {enters: q, arrivals: {constant: {rate: 2/s}}}}\n"
                   "components: {q: {type: service, time: 1s}}\n");
    const volatile int stop = 1;
    struct simulation *sim = simulation_new(t.plan, 0);
    assert_false(simulation_run(sim, 0, 100 * SIM_SECOND, &stop));
    assert_true(sim->growth.parts < GROWTH_PARTS);
    simulation_free(sim);
    trial_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_overload),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_interrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
