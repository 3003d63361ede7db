/* test_time_average.c - against a sum over the path, and Little's law. */
#include "sim/random.h"
#include "sim/time_average.h"
#include "tests/sim/statistical.h"

#include <stdbool.h>

static void a_path_by_hand(void **state)
{
    (void)state;
    struct time_average t = {0};
    time_average_add(&t, 2, 10);  /* 0 for 10 */
    time_average_add(&t, 3, 20);  /* 2 for 10 */
    time_average_add(&t, -4, 25); /* 5 for 5 */
    assert_int_equal(t.value, 1);
    assert_int_equal(t.most, 5);
    assert_true(time_average_area(&t, 45) == 20 + 25 + 20);
    assert_true(time_average_mean(&t, 45) == 65.0 / 45.0);
    time_average_set(&t, 7, 45);
    assert_true(time_average_area(&t, 45) == 65);
    time_average_restart(&t, 50); /* forgets, but holds 7 */
    assert_true(time_average_area(&t, 50) == 0 && time_average_mean(&t, 50) == 0.0);
    assert_int_equal(t.most, 7);
    time_average_set(&t, 1, 60);
    assert_true(time_average_mean(&t, 70) == (70.0 + 10.0) / 20.0);
}

/* Random steps, several at one time, negative values too; the naive sum goes over unit steps of
 * time. */
static void equals_the_naive_sum(void **state)
{
    (void)state;
    struct random_stream stream;
    random_begin(&stream, (struct random_key){1, 0}, 0, 0, 0);
    struct time_average t = {0};
    sim_time now = 0;
    int64_t value = 0;
    int64_t most = 0;
    int64_t area = 0;
    sim_time begun = 0;
    for (int i = 0; i < 20000; i++) {
        const sim_time until = now + (sim_time)random_below(&stream, 4);
        for (; now < until; now++) area += value;
        const int64_t change = (int64_t)random_below(&stream, 11) - 5;
        if (random_below(&stream, 100) == 0) {
            time_average_restart(&t, now);
            area = 0;
            begun = now;
            most = value;
        }
        time_average_add(&t, change, now);
        value += change;
        if (value > most) most = value;
        assert_true(t.value == value && t.most == most);
        assert_true(time_average_area(&t, now + 3) == area + 3 * value);
        if (now > begun)
            assert_true(time_average_mean(&t, now) == (double)area / (double)(now - begun));
    }
}

/* Little's law to the nanosecond: the area is the sum of the stays. */
static void area_is_the_sum_of_the_stays(void **state)
{
    (void)state;
    enum { CALLS = 1000 };
    static struct {
        sim_time at;
        int change;
    } steps[2 * CALLS];
    struct random_stream stream;
    random_begin(&stream, (struct random_key){2, 0}, 0, 0, 0);
    int128 stays = 0;
    const sim_time far = SIM_NEVER / 4; /* 73 years: beyond 64 bits in the sum */
    for (int i = 0; i < CALLS; i++) {
        const sim_time arrival = (sim_time)random_below(&stream, (uint64_t)far);
        const sim_time stay = (sim_time)random_below(&stream, (uint64_t)far);
        stays += stay;
        for (int k = 0; k < 2; k++) { /* insertion in time order */
            const sim_time at = arrival + (k ? stay : 0);
            int place = 2 * i + k;
            while (place > 0 && steps[place - 1].at > at) {
                steps[place] = steps[place - 1];
                place--;
            }
            steps[place].at = at;
            steps[place].change = k ? -1 : 1;
        }
    }
    struct time_average t = {0};
    for (int i = 0; i < 2 * CALLS; i++) time_average_add(&t, steps[i].change, steps[i].at);
    assert_int_equal(t.value, 0);
    assert_true(time_average_area(&t, SIM_NEVER) == stays);
    assert_true(stays > (int128)SIM_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_by_hand),
        cmocka_unit_test(equals_the_naive_sum),
        cmocka_unit_test(area_is_the_sum_of_the_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
