#include "sim/events.h"
#include "tests/sim/random_bits.h"

#include <stdlib.h>

/* ---- a queue with one server against Lindley's recursion (Lindley, "The theory of queues with a
 * single server", 1952): departure n is max(arrival n, departure n - 1) + service n ---- */

#define CUSTOMERS 200000

struct queue {
    struct events *events;
    sim_time *gaps;
    sim_time *services;
    sim_time *departures;
    size_t arrived;
    size_t departed;
};

static void queue_depart(void *context, sim_time now)
{
    struct queue *queue = context;
    queue->departures[queue->departed++] = now;
    if (queue->departed < queue->arrived)
        events_add(queue->events, now + queue->services[queue->departed], queue_depart, queue);
}

static void queue_arrive(void *context, sim_time now)
{
    struct queue *queue = context;
    const size_t customer = queue->arrived++;
    if (queue->arrived < CUSTOMERS)
        events_add(queue->events, now + queue->gaps[queue->arrived], queue_arrive, queue);
    if (customer == queue->departed)
        events_add(queue->events, now + queue->services[customer], queue_depart, queue);
}

/* A sum of a geometric number of bits is near enough to exponential; many services and gaps are
 * equal or 0. */
static sim_time draw_duration(uint64_t *random, sim_time unit)
{
    sim_time sum = 0;
    uint64_t bits;
    do {
        bits = next_random(random);
        sum += (sim_time)(bits >> 8) % unit;
    } while ((bits & 3) != 0);
    return sum;
}

static void test_queue_follows_recursion_exactly(void **state)
{
    struct queue queue = {.events = events_new()};
    uint64_t random = 3;
    sim_time arrival = 0;
    sim_time departure = 0;
    uint64_t waited = 0;
    (void)state;
    queue.gaps = calloc(CUSTOMERS, sizeof *queue.gaps);
    queue.services = calloc(CUSTOMERS, sizeof *queue.services);
    queue.departures = calloc(CUSTOMERS, sizeof *queue.departures);
    assert_true(queue.gaps && queue.services && queue.departures);
    for (size_t i = 0; i < CUSTOMERS; i++) {
        queue.gaps[i] = draw_duration(&random, 11);
        queue.services[i] = draw_duration(&random, 10);
    }
    events_add(queue.events, queue.gaps[0], queue_arrive, &queue);
    events_run(queue.events, SIM_NEVER, NULL);
    assert_int_equal(queue.departed, CUSTOMERS);
    for (size_t i = 0; i < CUSTOMERS; i++) {
        arrival += queue.gaps[i];
        waited += departure > arrival;
        departure = (departure > arrival ? departure : arrival) + queue.services[i];
        assert_int_equal(queue.departures[i], departure);
    }
    assert_in_range(waited, CUSTOMERS / 2, CUSTOMERS - 1000); /* neither empty nor overloaded */
    assert_int_equal(events_now(queue.events), departure);
    events_free(queue.events);
    free(queue.gaps);
    free(queue.services);
    free(queue.departures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queue_follows_recursion_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
