#include "base/crew.h"
#include "sim/deadlines.h"
#include "sim/events.h"
#include "tests/sim/random_bits.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

/* ---- jobs that simulate: results must not depend on the threads ---- */

#define JOBS 60

struct result {
    uint64_t hash;
    uint64_t runs; /* how often the job was run */
};

struct simulation {
    struct events *events;
    struct deadlines timeouts;
    struct deadline nodes[32];
    uint64_t random;
    uint64_t hash;
    uint64_t steps;
};

static void simulate_timeout(struct deadline *expired, sim_time now)
{
    (void)expired;
    (void)now;
}

static void simulate_step(void *context, sim_time now)
{
    struct simulation *s = context;
    struct deadline *node = &s->nodes[next_random(&s->random) % 32];
    s->hash = (s->hash ^ (uint64_t)now) * UINT64_C(0x100000001b3);
    s->hash += deadlines_cancel(&s->timeouts, node);
    deadlines_start(&s->timeouts, node, now);
    if (++s->steps % 4096 == 0) return;
    events_add(s->events, now + (sim_time)(next_random(&s->random) % 100), simulate_step, s);
}

static void simulate(void *context, size_t worker, size_t index)
{
    (void)worker;
    struct result *results = context;
    struct simulation s = {.events = events_new(), .random = index, .hash = 1};
    deadlines_init(&s.timeouts, s.events, 300, simulate_timeout);
    for (size_t i = 0; i < 1 + index % 7; i++) events_add(s.events, 0, simulate_step, &s);
    events_run(s.events, SIM_NEVER, NULL);
    results[index].hash = s.hash + events_count(s.events);
    results[index].runs++;
    events_free(s.events);
}

static void test_results_do_not_depend_on_threads(void **state)
{
    static const size_t threads[] = {2, 7, 0, 1000000};
    struct result alone[JOBS] = {{0}};
    (void)state;
    crew_run(simulate, alone, JOBS, 1);
    for (size_t i = 0; i < JOBS; i++) {
        assert_int_equal(alone[i].runs, 1);
        if (i > 0) assert_int_not_equal(alone[i].hash, alone[i - 1].hash);
    }
    for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++) {
        struct result results[JOBS] = {{0}};
        crew_run(simulate, results, JOBS, threads[t]);
        assert_memory_equal(results, alone, sizeof alone);
    }
}

/* ---- who runs what ---- */

struct roll {
    pthread_t caller;
    size_t next;
};

static void check_alone(void *context, size_t worker, size_t index)
{
    (void)worker;
    struct roll *roll = context;
    assert_true(pthread_equal(pthread_self(), roll->caller));
    assert_int_equal(index, roll->next);
    roll->next++;
}

static void test_one_thread_is_the_caller_in_order(void **state)
{
    struct roll roll = {.caller = pthread_self()};
    (void)state;
    crew_run(check_alone, &roll, 100, 1);
    assert_int_equal(roll.next, 100);
}

static void test_single_job_needs_no_thread(void **state)
{
    struct roll roll = {.caller = pthread_self()};
    (void)state;
    crew_run(check_alone, &roll, 1, 8);
    assert_int_equal(roll.next, 1);
}

static void test_no_jobs(void **state)
{
    struct roll roll = {.caller = pthread_self()};
    (void)state;
    crew_run(check_alone, &roll, 0, 0);
    crew_run(check_alone, &roll, 0, 5);
    assert_int_equal(roll.next, 0);
}

struct meeting {
    pthread_barrier_t barrier;
    int met[3];
};

static void meet(void *context, size_t worker, size_t index)
{
    (void)worker;
    struct meeting *meeting = context;
    pthread_barrier_wait(&meeting->barrier);
    meeting->met[index] = 1;
}

/* Three jobs that wait for each other end only if three threads run them at once. */
static void test_threads_run_at_once(void **state)
{
    struct meeting meeting = {.met = {0}};
    (void)state;
    assert_int_equal(pthread_barrier_init(&meeting.barrier, NULL, 3), 0);
    crew_run(meet, &meeting, 3, 3);
    for (size_t i = 0; i < 3; i++) assert_int_equal(meeting.met[i], 1);
    pthread_barrier_destroy(&meeting.barrier);
}

static void test_processors_follow_affinity(void **state)
{
    cpu_set_t before;
    cpu_set_t one;
    size_t first = 0;
    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    assert_int_equal(crew_processors(), CPU_COUNT(&before));
    while (!CPU_ISSET(first, &before)) first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(crew_processors(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results_do_not_depend_on_threads),
        cmocka_unit_test(test_one_thread_is_the_caller_in_order),
        cmocka_unit_test(test_single_job_needs_no_thread),
        cmocka_unit_test(test_no_jobs),
        cmocka_unit_test(test_threads_run_at_once),
        cmocka_unit_test(test_processors_follow_affinity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
