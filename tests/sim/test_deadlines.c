#include "sim/deadlines.h"
#include "tests/sim/random_bits.h"

#include <stdlib.h>

/* ---- lists against a table searched from end to end ---- */

#define LISTS 4
#define NODES 40

struct model;

struct timer {
    struct deadline node; /* first: a pointer to it is one to the timer */
    struct model *model;
    struct deadlines *list;
    bool running;
    sim_time at;
    uint64_t order;
};

struct model {
    struct events *events;
    struct deadlines lists[LISTS];
    struct timer timers[LISTS][NODES];
    uint64_t random;
    uint64_t order;
    uint64_t expired;
    uint64_t cancelled;
    uint64_t shared; /* expiries at the instant of the one before */
    sim_time last;
    uint64_t steps;
};

static void timer_start(struct model *m, struct timer *timer, sim_time now)
{
    if (timer->running) return;
    deadlines_start(timer->list, &timer->node, now);
    timer->running = true;
    timer->at = now + timer->list->delay;
    timer->order = ++m->order;
    assert_ptr_equal(deadlines_newest(timer->list), &timer->node);
    assert_true(deadline_running(&timer->node));
}

static void timer_cancel(struct model *m, struct timer *timer)
{
    assert_int_equal(deadlines_cancel(timer->list, &timer->node), timer->running);
    m->cancelled += timer->running;
    timer->running = false;
    assert_false(deadline_running(&timer->node));
    assert_false(deadlines_cancel(timer->list, &timer->node));
}

static void model_operate(struct model *m, sim_time now)
{
    const uint64_t bits = next_random(&m->random);
    struct timer *timer = &m->timers[bits % LISTS][(bits >> 8) % NODES];
    if ((bits >> 32 & 1) != 0)
        timer_start(m, timer, now);
    else
        timer_cancel(m, timer);
}

static void model_expire(struct deadline *expired, sim_time now)
{
    struct timer *timer = (struct timer *)expired;
    struct model *m = timer->model;
    assert_true(timer->running);
    assert_int_equal(timer->at, now);
    assert_int_equal(events_now(m->events), now);
    for (size_t i = 0; i < NODES; i++) {
        const struct timer *peer = &m->timers[timer->list - m->lists][i];
        assert_false(peer->running && peer->order < timer->order);
    }
    m->shared += m->expired > 0 && now == m->last;
    m->last = now;
    m->expired++;
    timer->running = false;
    assert_false(deadline_running(expired));
    for (uint64_t i = next_random(&m->random) % 4; i > 0; i--) model_operate(m, now);
}

static void model_drive(void *context, sim_time now)
{
    struct model *m = context;
    for (size_t l = 0; l < LISTS; l++)
        for (size_t i = 0; i < NODES; i++)
            assert_false(m->timers[l][i].running && m->timers[l][i].at < now);
    for (uint64_t i = next_random(&m->random) % 8; i > 0; i--) model_operate(m, now);
    if (++m->steps < 60000)
        events_add(m->events, now + (sim_time)(next_random(&m->random) % 4), model_drive, m);
}

static void test_agrees_with_table(void **state)
{
    static const sim_time delays[LISTS] = {0, 1, 7, 50};
    struct model *m = calloc(1, sizeof *m);
    (void)state;
    assert_non_null(m);
    m->random = 5;
    m->events = events_new();
    for (size_t l = 0; l < LISTS; l++) {
        deadlines_init(&m->lists[l], m->events, delays[l], model_expire);
        for (size_t i = 0; i < NODES; i++) {
            m->timers[l][i].model = m;
            m->timers[l][i].list = &m->lists[l];
            deadline_clear(&m->timers[l][i].node);
        }
    }
    events_add(m->events, 0, model_drive, m);
    events_run(m->events, 40000, NULL);
    for (size_t l = 0; l < LISTS; l++)
        for (size_t i = 0; i < NODES; i++)
            assert_false(m->timers[l][i].running && m->timers[l][i].at <= 40000);
    /* Handlers start timers of their own, so this ends only by cancelling what is left. */
    for (size_t l = 0; l < LISTS; l++)
        for (size_t i = 0; i < NODES; i++) timer_cancel(m, &m->timers[l][i]);
    assert_in_range(events_pending(m->events), 0, 1); /* the driver at most */
    assert_true(m->expired > 10000);
    assert_true(m->cancelled > 10000);
    assert_true(m->shared > 1000);
    events_free(m->events);
    free(m);
}

/* ---- single properties ---- */

struct fixture;

struct tagged {
    struct deadline node;
    struct fixture *fixture;
    size_t number;
};

struct fixture {
    struct events *events;
    struct deadlines list;
    struct tagged nodes[4];
    struct tagged *victim; /* what the next expiry cancels */
    size_t restarts;       /* how many expiries start their node again */
    size_t seen[16];
    sim_time times[16];
    size_t count;
};

static void note_expiry(struct deadline *expired, sim_time now)
{
    struct tagged *tagged = (struct tagged *)expired;
    struct fixture *f = tagged->fixture;
    assert_in_range(f->count, 0, 15);
    f->seen[f->count] = tagged->number;
    f->times[f->count++] = now;
    if (f->victim != NULL) assert_true(deadlines_cancel(&f->list, &f->victim->node));
    f->victim = NULL;
    if (f->restarts > 0) {
        f->restarts--;
        deadlines_start(&f->list, expired, now);
    }
}

static void fixture_init(struct fixture *f, sim_time delay)
{
    *f = (struct fixture){.events = events_new()};
    deadlines_init(&f->list, f->events, delay, note_expiry);
    for (size_t i = 0; i < 4; i++) {
        f->nodes[i].fixture = f;
        f->nodes[i].number = i;
        deadline_clear(&f->nodes[i].node);
    }
    assert_null(deadlines_newest(&f->list));
}

static void start(struct fixture *f, size_t i, sim_time now)
{
    deadlines_start(&f->list, &f->nodes[i].node, now);
}

static void test_equal_starts_expire_in_order_in_one_event(void **state)
{
    struct fixture f;
    (void)state;
    fixture_init(&f, 10);
    start(&f, 2, 0);
    start(&f, 0, 0);
    start(&f, 3, 0);
    start(&f, 1, 5);
    assert_int_equal(events_pending(f.events), 1);
    assert_true(events_step(f.events));
    assert_int_equal(f.count, 3);
    assert_int_equal(f.seen[0], 2);
    assert_int_equal(f.seen[1], 0);
    assert_int_equal(f.seen[2], 3);
    assert_true(events_step(f.events));
    assert_int_equal(f.seen[3], 1);
    assert_int_equal(f.times[3], 15);
    assert_false(events_step(f.events));
    events_free(f.events);
}

static void test_expiry_cancels_one_due_at_the_same_instant(void **state)
{
    struct fixture f;
    (void)state;
    for (size_t last = 0; last < 2; last++) { /* the victim is the last on the list, or is not */
        fixture_init(&f, 10);
        start(&f, 0, 0);
        start(&f, 1, 0);
        if (last == 0) start(&f, 2, 0);
        f.victim = &f.nodes[1];
        events_run(f.events, SIM_NEVER, NULL);
        assert_int_equal(f.count, 2 - last);
        assert_int_equal(f.seen[0], 0);
        if (last == 0) assert_int_equal(f.seen[1], 2);
        assert_int_equal(events_pending(f.events), 0);
        events_free(f.events);
    }
}

static void test_cancelled_timers_do_not_move_the_clock(void **state)
{
    struct fixture f;
    (void)state;
    fixture_init(&f, 10);
    start(&f, 0, 0);
    start(&f, 1, 0);
    assert_true(deadlines_cancel(&f.list, &f.nodes[0].node));
    assert_true(deadlines_cancel(&f.list, &f.nodes[1].node));
    assert_int_equal(events_pending(f.events), 0);
    events_run(f.events, SIM_NEVER, NULL);
    assert_int_equal(events_now(f.events), 0);
    assert_int_equal(events_count(f.events), 0);
    assert_int_equal(f.count, 0);
    events_free(f.events);
}

static void test_cancelled_head_hands_over(void **state)
{
    struct fixture f;
    (void)state;
    fixture_init(&f, 10);
    start(&f, 0, 0);
    start(&f, 1, 4);
    assert_true(deadlines_cancel(&f.list, &f.nodes[0].node));
    events_run(f.events, 13, NULL);
    assert_int_equal(f.count, 0);
    events_run(f.events, SIM_NEVER, NULL);
    assert_int_equal(f.count, 1);
    assert_int_equal(f.times[0], 14);
    assert_int_equal(events_now(f.events), 14);
    events_free(f.events);
}

static void test_handler_starts_again(void **state)
{
    static const sim_time delays[] = {10, 0};
    struct fixture f;
    (void)state;
    for (size_t d = 0; d < 2; d++) {
        fixture_init(&f, delays[d]);
        f.restarts = 3;
        start(&f, 0, 0);
        start(&f, 1, 0);
        while (events_step(f.events)) /* the head is one event, never two */
            assert_int_equal(events_pending(f.events), f.count < 5);
        assert_int_equal(f.count, 5);
        for (size_t i = 0; i < 5; i++) {
            assert_int_equal(f.seen[i], i % 2);
            assert_int_equal(f.times[i], (sim_time)(1 + i / 2) * delays[d]);
        }
        events_free(f.events);
    }
}

struct spinner {
    struct deadline node;
    struct deadlines list;
    uint64_t spins;
    int stop;
};

static void spin(struct deadline *expired, sim_time now)
{
    struct spinner *spinner = (struct spinner *)expired;
    if (++spinner->spins == 10) spinner->stop = 1;
    deadlines_start(&spinner->list, expired, now);
}

static void test_lone_timer_started_again_is_one_event(void **state)
{
    struct fixture f;
    (void)state;
    fixture_init(&f, 10);
    f.restarts = 2;
    start(&f, 0, 0);
    for (size_t i = 1; i <= 3; i++) {
        assert_true(events_step(f.events));
        assert_int_equal(f.count, i);
        assert_int_equal(events_pending(f.events), i < 3);
    }
    events_free(f.events);
}

/* A timer without delay that starts itself again is an endless run, but one that can be stopped. */
static void test_endless_run_can_be_stopped(void **state)
{
    struct spinner spinner = {.spins = 0};
    struct events *events = events_new();
    (void)state;
    deadlines_init(&spinner.list, events, 0, spin);
    deadline_clear(&spinner.node);
    deadlines_start(&spinner.list, &spinner.node, 0);
    events_run(events, SIM_NEVER, &spinner.stop);
    assert_in_range(spinner.spins, 10, 1100);
    events_free(events);
}

static void test_never_is_no_event(void **state)
{
    struct fixture f;
    (void)state;
    fixture_init(&f, SIM_NEVER);
    start(&f, 0, 0);
    start(&f, 1, 1000);
    assert_int_equal(events_pending(f.events), 0);
    events_run(f.events, SIM_NEVER, NULL);
    assert_int_equal(f.count, 0);
    assert_ptr_equal(deadlines_newest(&f.list), &f.nodes[1].node);
    assert_true(deadlines_cancel(&f.list, &f.nodes[1].node));
    assert_true(deadlines_cancel(&f.list, &f.nodes[0].node));
    events_free(f.events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_table),
        cmocka_unit_test(test_equal_starts_expire_in_order_in_one_event),
        cmocka_unit_test(test_expiry_cancels_one_due_at_the_same_instant),
        cmocka_unit_test(test_cancelled_timers_do_not_move_the_clock),
        cmocka_unit_test(test_cancelled_head_hands_over),
        cmocka_unit_test(test_handler_starts_again),
        cmocka_unit_test(test_lone_timer_started_again_is_one_event),
        cmocka_unit_test(test_endless_run_can_be_stopped),
        cmocka_unit_test(test_never_is_no_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
