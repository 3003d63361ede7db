#include "sim/events.h"
#include "tests/sim/random_bits.h"

#include <stdlib.h>

/* ---- the engine against a list searched from end to end ---- */

#define ENTRIES_MOST 1024
#define STALE_KEPT   64

struct model;

struct entry {
    struct model *model;
    event_id id; /* 0: not pending */
    sim_time at;
    uint64_t order;
};

struct model {
    struct events *events;
    uint64_t random;
    struct entry entries[ENTRIES_MOST];
    size_t pending;
    size_t target; /* how many pending events the operations tend to */
    uint64_t order;
    sim_time now;
    event_id running;
    event_id stale[STALE_KEPT];
    uint64_t operations;
    uint64_t run;
};

static void keep_stale(struct model *m, event_id id)
{
    m->stale[random_up_to(&m->random, STALE_KEPT)] = id;
}

/* Most times tie with others; some lie far ahead. */
static sim_time pick_time(struct model *m)
{
    const uint64_t choice = random_up_to(&m->random, 16);
    if (choice == 0) return m->now;
    if (choice == 1) return m->now + (sim_time)random_up_to(&m->random, UINT64_C(1) << 40);
    return m->now + (sim_time)random_up_to(&m->random, 6);
}

static struct entry *pick_entry(struct model *m, bool pending)
{
    const size_t from = random_up_to(&m->random, ENTRIES_MOST);
    for (size_t i = 0; i < ENTRIES_MOST; i++) {
        struct entry *entry = &m->entries[(from + i) % ENTRIES_MOST];
        if ((entry->id != 0) == pending) return entry;
    }
    return NULL;
}

static const struct entry *earliest_entry(const struct model *m)
{
    const struct entry *best = NULL;
    for (size_t i = 0; i < ENTRIES_MOST; i++) {
        const struct entry *entry = &m->entries[i];
        if (entry->id == 0) continue;
        if (best == NULL || entry->at < best->at ||
            (entry->at == best->at && entry->order < best->order))
            best = entry;
    }
    return best;
}

static void model_handle(void *context, sim_time now);

static void model_add(struct model *m)
{
    struct entry *entry = pick_entry(m, false);
    if (entry == NULL) return;
    entry->at = pick_time(m);
    entry->order = ++m->order;
    entry->id = events_add(m->events, entry->at, model_handle, entry);
    assert_int_not_equal(entry->id, 0);
    m->pending++;
}

static void model_cancel(struct model *m)
{
    struct entry *entry = pick_entry(m, true);
    if (entry == NULL) return;
    assert_true(events_cancel(m->events, entry->id));
    assert_false(events_cancel(m->events, entry->id));
    keep_stale(m, entry->id);
    entry->id = 0;
    m->pending--;
}

static void model_reschedule(struct model *m)
{
    struct entry *entry = pick_entry(m, true);
    if (entry == NULL) return;
    const event_id before = entry->id;
    entry->at = pick_time(m);
    entry->order = ++m->order;
    assert_true(events_reschedule(m->events, &entry->id, entry->at));
    assert_int_not_equal(entry->id, before);
    assert_false(events_cancel(m->events, before));
    keep_stale(m, before);
}

static void model_use_stale(struct model *m)
{
    const event_id ids[] = {m->stale[random_up_to(&m->random, STALE_KEPT)], m->running, 0,
                            UINT64_MAX, next_random(&m->random) >> 48};
    event_id id = ids[random_up_to(&m->random, sizeof ids / sizeof ids[0])];
    const event_id before = id;
    assert_false(events_reschedule(m->events, &id, m->now + 1));
    assert_int_equal(id, before);
    assert_false(events_cancel(m->events, id));
}

static void model_operate(struct model *m)
{
    const uint64_t choice = random_up_to(&m->random, 16);
    m->operations++;
    if (choice < 2)
        model_use_stale(m);
    else if (choice < 4)
        model_reschedule(m);
    else if (choice < 7)
        model_cancel(m);
    else if (m->pending < m->target || choice == 7)
        model_add(m);
    else
        model_cancel(m);
    assert_int_equal(events_pending(m->events), m->pending);
}

static void model_handle(void *context, sim_time now)
{
    struct entry *entry = context;
    struct model *m = entry->model;
    assert_ptr_equal(entry, earliest_entry(m));
    assert_int_equal(now, entry->at);
    assert_int_equal(now, events_now(m->events));
    m->now = now;
    m->running = entry->id;
    m->run++;
    entry->id = 0;
    m->pending--;
    for (uint64_t i = random_up_to(&m->random, 5); i > 0; i--) model_operate(m);
    keep_stale(m, m->running);
    m->running = 0;
}

static void model_step(struct model *m)
{
    const bool some = m->pending > 0;
    const uint64_t before = m->run;
    assert_int_equal(events_step(m->events), some);
    assert_int_equal(m->run, before + some);
}

static void test_agrees_with_list(void **state)
{
    static const size_t targets[] = {0, 1, 2, 5, 16, 17, 40, 70, 300, 1000};
    struct model *m = calloc(1, sizeof *m);
    (void)state;
    assert_non_null(m);
    m->random = 7;
    m->events = events_new();
    for (size_t i = 0; i < ENTRIES_MOST; i++) m->entries[i].model = m;
    while (m->operations < 1000000) {
        if (m->operations % 512 < 4) m->target = targets[random_up_to(&m->random, 10)];
        if (random_up_to(&m->random, 3) == 0)
            model_step(m);
        else
            model_operate(m);
    }
    while (m->pending > 0) {
        m->target = 0;
        assert_true(events_step(m->events));
    }
    assert_false(events_step(m->events));
    assert_true(m->run > 100000);
    assert_int_equal(events_count(m->events), m->run);
    events_free(m->events);
    free(m);
}

/* ---- orders ---- */

struct log {
    struct events *events;
    uint64_t seen[64];
    size_t count;
};

struct note {
    struct log *log;
    uint64_t value;
};

static void log_note(void *context, sim_time now)
{
    const struct note *note = context;
    (void)now;
    if (note->log->count < 64) note->log->seen[note->log->count] = note->value;
    note->log->count++;
}

static void test_ties_run_in_order_of_scheduling(void **state)
{
    struct log log = {.events = events_new()};
    struct note notes[60];
    (void)state;
    for (size_t i = 0; i < 60; i++) {
        notes[i] = (struct note){&log, i};
        events_add(log.events, i % 2 == 0 ? 10 : 5, log_note, &notes[i]);
    }
    events_run(log.events, 10, NULL);
    assert_int_equal(log.count, 60);
    for (size_t i = 0; i < 30; i++) {
        assert_int_equal(log.seen[i], 2 * i + 1);
        assert_int_equal(log.seen[30 + i], 2 * i);
    }
    events_free(log.events);
}

static void test_rescheduled_goes_behind_its_equals(void **state)
{
    struct log log = {.events = events_new()};
    struct note notes[3] = {{&log, 0}, {&log, 1}, {&log, 2}};
    event_id ids[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) ids[i] = events_add(log.events, 4, log_note, &notes[i]);
    assert_true(events_reschedule(log.events, &ids[0], 4));
    assert_true(events_reschedule(log.events, &ids[2], 3));
    events_run(log.events, SIM_NEVER, NULL);
    assert_int_equal(log.count, 3);
    assert_int_equal(log.seen[0], 2);
    assert_int_equal(log.seen[1], 1);
    assert_int_equal(log.seen[2], 0);
    events_free(log.events);
}

struct timed {
    struct events *events;
    sim_time at;
    size_t place;
};

static int compare_timed(const void *a, const void *b)
{
    const struct timed *x = a;
    const struct timed *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

struct drain {
    const struct timed *expected;
    size_t count;
};

static void drain_check(void *context, sim_time now)
{
    struct drain *drain = context;
    assert_int_equal(now, drain->expected[drain->count].at);
    drain->count++;
}

/* From 16 to 262,144 leaves, at times from now to the end of time. */
static void test_growth_keeps_order(void **state)
{
    const size_t count = 100000;
    struct timed *timed = calloc(count, sizeof *timed);
    struct events *events = events_new();
    struct drain drain = {.expected = timed};
    uint64_t random = 11;
    (void)state;
    assert_non_null(timed);
    for (size_t i = 0; i < count; i++) {
        const unsigned shift = 1 + (unsigned)random_up_to(&random, 60);
        timed[i] = (struct timed){events, (sim_time)(next_random(&random) >> shift), i};
        events_add(events, timed[i].at, drain_check, &drain);
    }
    assert_int_equal(events_pending(events), count);
    qsort(timed, count, sizeof *timed, compare_timed);
    events_run(events, SIM_NEVER, NULL);
    assert_int_equal(drain.count, count);
    assert_int_equal(events_count(events), count);
    assert_int_equal(events_pending(events), 0);
    assert_int_equal(events_now(events), timed[count - 1].at);
    events_free(events);
    free(timed);
}

/* ---- ids ---- */

struct self {
    struct events *events;
    event_id id;
    bool again; /* schedules before it tries to cancel itself */
    bool cancelled;
    bool moved;
    size_t pending;
};

static void self_cancel(void *context, sim_time now)
{
    struct self *self = context;
    event_id id = self->id;
    if (self->again) {
        self->again = false;
        self->id = events_add(self->events, now + 1, self_cancel, self);
    }
    self->cancelled = self->cancelled || events_cancel(self->events, id);
    self->moved = self->moved || events_reschedule(self->events, &id, now + 5);
    self->pending = events_pending(self->events);
}

static void test_running_event_cannot_be_cancelled(void **state)
{
    struct self self = {.events = events_new(), .again = true};
    (void)state;
    self.id = events_add(self.events, 1, self_cancel, &self);
    assert_true(events_step(self.events));
    assert_int_equal(self.pending, 1);
    assert_true(events_step(self.events));
    assert_int_equal(self.pending, 0);
    assert_false(events_step(self.events));
    assert_false(self.cancelled);
    assert_false(self.moved);
    assert_int_equal(events_now(self.events), 2);
    /* A slot freed twice would be handed out twice. */
    struct log log = {.events = self.events};
    struct note notes[40];
    for (size_t i = 0; i < 40; i++) {
        notes[i] = (struct note){&log, i};
        events_add(self.events, 3, log_note, &notes[i]);
    }
    events_run(self.events, 3, NULL);
    assert_int_equal(log.count, 40);
    for (size_t i = 0; i < 40; i++) assert_int_equal(log.seen[i], i);
    events_free(self.events);
}

static void test_stale_ids_are_harmless(void **state)
{
    struct log log = {.events = events_new()};
    struct note note = {&log, 1};
    (void)state;
    event_id id = events_add(log.events, 1, log_note, &note);
    assert_false(events_cancel(log.events, 0));
    assert_false(events_cancel(log.events, UINT64_MAX));
    assert_false(events_cancel(log.events, id + 1));
    assert_true(events_step(log.events));
    assert_false(events_cancel(log.events, id));
    assert_false(events_reschedule(log.events, &id, 5));
    /* The slot's next tenant is safe from the old id. */
    const event_id next = events_add(log.events, 2, log_note, &note);
    assert_int_not_equal(next, id);
    assert_false(events_cancel(log.events, id));
    assert_true(events_cancel(log.events, next));
    assert_false(events_step(log.events));
    assert_int_equal(events_now(log.events), 1);
    events_free(log.events);
    events_free(NULL);
}

/* ---- runs ---- */

static void test_run_stops_at_its_end(void **state)
{
    struct log log = {.events = events_new()};
    struct note notes[4] = {{&log, 0}, {&log, 1}, {&log, 2}, {&log, 3}};
    static const sim_time times[4] = {0, 10, 11, SIM_NEVER};
    (void)state;
    for (size_t i = 0; i < 4; i++) events_add(log.events, times[i], log_note, &notes[i]);
    events_run(log.events, 0, NULL);
    assert_int_equal(log.count, 1);
    assert_int_equal(events_now(log.events), 0);
    events_run(log.events, 10, NULL);
    assert_int_equal(log.count, 2);
    events_run(log.events, 10, NULL);
    assert_int_equal(log.count, 2);
    assert_int_equal(events_now(log.events), 10);
    events_run(log.events, 5, NULL); /* the past: nothing happens */
    assert_int_equal(events_now(log.events), 10);
    events_run(log.events, 1000, NULL);
    assert_int_equal(log.count, 3);
    assert_int_equal(events_now(log.events), 1000);
    events_run(log.events, SIM_NEVER - 1, NULL);
    assert_int_equal(log.count, 3);
    assert_int_equal(events_pending(log.events), 1);
    events_run(log.events, SIM_NEVER, NULL);
    assert_int_equal(log.count, 4);
    events_free(log.events);
}

static void test_run_to_exhaustion_leaves_clock_at_last_event(void **state)
{
    struct log log = {.events = events_new()};
    struct note note = {&log, 0};
    (void)state;
    events_add(log.events, 42, log_note, &note);
    events_cancel(log.events, events_add(log.events, 99, log_note, &note));
    events_run(log.events, SIM_NEVER, NULL);
    assert_int_equal(log.count, 1);
    assert_int_equal(events_now(log.events), 42);
    events_free(log.events);
}

struct ticker {
    struct events *events;
    uint64_t ticks;
    uint64_t stop_at;
    int stop;
};

static void tick(void *context, sim_time now)
{
    struct ticker *ticker = context;
    if (++ticker->ticks == ticker->stop_at) ticker->stop = 1;
    events_add(ticker->events, now + 3, tick, ticker);
}

static void test_run_can_be_stopped(void **state)
{
    struct ticker ticker = {.events = events_new(), .stop_at = 5000};
    (void)state;
    events_add(ticker.events, 3, tick, &ticker);
    events_run(ticker.events, SIM_NEVER, &ticker.stop);
    assert_in_range(ticker.ticks, 5000, 5000 + 1024);
    assert_int_equal(events_count(ticker.events), ticker.ticks);
    assert_int_equal(events_now(ticker.events), 3 * ticker.ticks);
    const uint64_t before = ticker.ticks;
    events_run(ticker.events, SIM_NEVER, &ticker.stop); /* still set */
    assert_int_equal(ticker.ticks, before);
    assert_int_equal(events_now(ticker.events), 3 * before);
    ticker.stop = 0;
    events_run(ticker.events, events_now(ticker.events) + 6, &ticker.stop);
    assert_int_equal(ticker.ticks, before + 2);
    events_free(ticker.events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_list),
        cmocka_unit_test(test_ties_run_in_order_of_scheduling),
        cmocka_unit_test(test_rescheduled_goes_behind_its_equals),
        cmocka_unit_test(test_growth_keeps_order),
        cmocka_unit_test(test_running_event_cannot_be_cancelled),
        cmocka_unit_test(test_stale_ids_are_harmless),
        cmocka_unit_test(test_run_stops_at_its_end),
        cmocka_unit_test(test_run_to_exhaustion_leaves_clock_at_last_event),
        cmocka_unit_test(test_run_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
