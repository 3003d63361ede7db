/* test_time_series.c - against sums kept for every observation. */
#include "base/arena.h"
#include "sim/random.h"
#include "sim/time_series.h"
#include "tests/sim/statistical.h"

#include <stdbool.h>

#define OBSERVATIONS 5000

struct observation {
    sim_time at;
    double value; /* whole numbers: sums are exact in any order */
};

static struct observation observations[OBSERVATIONS];

static void draw_observations(uint64_t what, sim_time span)
{
    struct random_stream stream;
    random_begin(&stream, (struct random_key){1, 0}, 0, what, 0);
    for (int i = 0; i < OBSERVATIONS; i++) {
        observations[i].at = (sim_time)random_below(&stream, (uint64_t)span);
        observations[i].value = (double)random_below(&stream, 1000) - 300.0;
    }
}

/* Every interval as if the observations [0, count) that `which` divides had been summed anew. */
static void check(const struct time_series *s, int which)
{
    uint64_t counted = 0;
    size_t used = 0;
    for (size_t k = 0; k < s->capacity; k++) {
        double sum = 0.0;
        uint64_t count = 0;
        for (int i = 0; i < OBSERVATIONS; i++) {
            if (i % which || (size_t)(observations[i].at / s->interval) != k) continue;
            sum += observations[i].value;
            count++;
        }
        assert_true(s->sums[k] == sum && s->counts[k] == count);
        if (count) used = k + 1;
        counted += count;
    }
    assert_int_equal(s->used, used);
    assert_int_equal(counted, (OBSERVATIONS + which - 1) / which);
}

static void sums_survive_halving(void **state)
{
    (void)state;
    static const sim_time spans[] = {1, 64, 65, 1000, 123456789, SIM_NEVER};
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        struct arena *arena = arena_new();
        struct time_series s;
        draw_observations(i, spans[i]);
        time_series_init(&s, arena, 1, 64);
        for (int k = 0; k < OBSERVATIONS; k++)
            time_series_add(&s, observations[k].at, observations[k].value);
        check(&s, 1);
        /* no coarser than need be */
        assert_true(s.interval == 1 || s.used > s.capacity / 2);
        const sim_time interval = s.interval;
        if (interval < SIM_NEVER / 2) {
            time_series_halve(&s);
            assert_true(s.interval == 2 * interval);
            check(&s, 1);
        }
        arena_free(arena);
    }
}

/* A merge equals the series of all, whichever had to become coarser and whichever is longer. */
static void merging_equals_adding(void **state)
{
    (void)state;
    static const struct {
        size_t capacity[2];
        sim_time span[2];
    } cases[] = {
        {{64, 64}, {64, 64}},     {{64, 64}, {50, 5000}},   {{64, 64}, {5000, 50}},
        {{16, 64}, {5000, 5000}}, {{64, 16}, {5000, 5000}}, {{16, 64}, {10, 60}},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct arena *arena = arena_new();
        struct time_series parts[2];
        for (int i = 0; i < 2; i++) time_series_init(&parts[i], arena, 1, cases[c].capacity[i]);
        draw_observations(100 + c, 1000000);
        for (int i = 0; i < OBSERVATIONS; i++) {
            const int part = i % 2;
            observations[i].at %= cases[c].span[part];
            time_series_add(&parts[part], observations[i].at, observations[i].value);
        }
        time_series_merge(&parts[0], &parts[1]);
        assert_true(parts[0].interval == parts[1].interval);
        check(&parts[0], 1);
        arena_free(arena);
    }
}

static void small_and_odd_arguments(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct time_series s;
    struct time_series other;
    time_series_init(&s, arena, 10, 3);
    assert_true(s.capacity == 4 && s.used == 0);
    time_series_add(&s, -7, 1.0);
    assert_true(s.used == 1 && s.sums[0] == 1.0);
    time_series_init(&other, arena, 0, 0);
    assert_true(other.capacity == 2 && other.interval == 1);
    time_series_add(&other, SIM_NEVER, 2.0);
    assert_true(other.used == 2 && other.sums[1] == 2.0 && other.interval == (sim_time)1 << 62);

    /* an empty one: nothing but the resolution */
    time_series_init(&other, arena, 20, 4);
    time_series_merge(&s, &other);
    assert_true(s.interval == 20 && s.used == 1 && s.sums[0] == 1.0 && s.counts[0] == 1);

    /* resolutions that never agree still keep every observation */
    time_series_init(&other, arena, 30, 4);
    time_series_add(&other, 95, 5.0);
    time_series_merge(&s, &other);
    double sum = 0.0;
    uint64_t count = 0;
    for (size_t i = 0; i < s.capacity; i++) {
        sum += s.sums[i];
        count += s.counts[i];
    }
    assert_true(sum == 6.0 && count == 2);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_survive_halving),
        cmocka_unit_test(merging_equals_adding),
        cmocka_unit_test(small_and_odd_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
