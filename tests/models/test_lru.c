/* test_lru.c - the cache's keys: against a naive model, known answers, Che's approximation, memory.
 */
#include "base/arena.h"
#include "models/lru.h"
#include "sim/distribution.h"
#include "sim/random.h"
#include "tests/models/che.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
/* clang-format off: needs those above */
#include <cmocka.h>
/* clang-format on */

/* The naive model: an array in order of use, freshest last; everything by searching. */
struct naive_key {
    uint64_t key;
    sim_time expires;
};

struct naive {
    struct naive_key keys[512];
    size_t count;
    size_t capacity;
    uint64_t evictions;
    uint64_t expirations;
};

static void naive_remove(struct naive *n, size_t at)
{
    for (size_t i = at + 1; i < n->count; i++) n->keys[i - 1] = n->keys[i];
    n->count--;
}

static void naive_expire(struct naive *n, sim_time now)
{
    for (size_t i = 0; i < n->count;) {
        if (n->keys[i].expires <= now) {
            naive_remove(n, i);
            n->expirations++;
        } else {
            i++;
        }
    }
}

static size_t naive_find(const struct naive *n, uint64_t key)
{
    size_t i = 0;
    while (i < n->count && n->keys[i].key != key) i++;
    return i;
}

static bool naive_get(struct naive *n, uint64_t key, sim_time now)
{
    naive_expire(n, now);
    const size_t at = naive_find(n, key);
    if (at == n->count) return false;
    const struct naive_key found = n->keys[at];
    naive_remove(n, at);
    n->keys[n->count++] = found;
    return true;
}

static bool naive_delete(struct naive *n, uint64_t key, sim_time now)
{
    naive_expire(n, now);
    const size_t at = naive_find(n, key);
    if (at == n->count) return false;
    naive_remove(n, at);
    return true;
}

static void naive_put(struct naive *n, uint64_t key, sim_time ttl, sim_time now)
{
    if (!naive_delete(n, key, now) && n->count == n->capacity) {
        naive_remove(n, 0);
        n->evictions++;
    }
    n->keys[n->count++] = (struct naive_key){key, ttl == SIM_NEVER ? SIM_NEVER : now + ttl};
}

static struct random_stream stream_of(uint64_t number)
{
    struct random_stream stream;
    random_begin(&stream, (struct random_key){7, 0}, number, 0, 0);
    return stream;
}

/* Random operations on both; answers, counts and counters must agree after each. `spread` shifts
 * the keys apart, so that low bits alone do not tell them apart. */
static void compare(uint32_t capacity, sim_time ttl, sim_time other, uint64_t distinct,
                    unsigned spread, size_t operations)
{
    struct arena *arena = arena_new();
    struct lru *lru = lru_new(arena, capacity);
    struct naive naive = {.capacity = capacity};
    struct random_stream stream = stream_of(capacity * 1000 + distinct);
    const sim_time lives[] = {ttl, ttl, other};
    sim_time now = 0;
    for (size_t i = 0; i < operations; i++) {
        const uint64_t key = random_below(&stream, distinct) << spread;
        now += (sim_time)random_below(&stream, 4);
        switch (random_below(&stream, 8)) {
        case 0: assert_int_equal(lru_delete(lru, key, now), naive_delete(&naive, key, now)); break;
        case 1:
        case 2:
        case 3:
            lru_put(lru, key, lives[i % 3], now);
            naive_put(&naive, key, lives[i % 3], now);
            break;
        default: assert_int_equal(lru_get(lru, key, now), naive_get(&naive, key, now));
        }
        assert_int_equal(lru_count(lru), naive.count);
        assert_int_equal(lru_evictions(lru), naive.evictions);
        assert_int_equal(lru_expirations(lru), naive.expirations);
    }
    arena_free(arena);
}

static void test_naive_model(void **state)
{
    (void)state;
    compare(1, SIM_NEVER, SIM_NEVER, 3, 0, 50000);
    compare(2, 5, 9, 4, 61, 50000);
    compare(17, SIM_NEVER, SIM_NEVER, 30, 0, 200000);
    compare(17, 40, 40, 30, 32, 200000);
    compare(64, 100, SIM_NEVER, 100, 57, 300000);
    compare(300, 1000, 300, 400, 0, 200000);
    compare(100, 1, 2, 50, 0, 50000);
}

static void test_order_of_use(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct lru *lru = lru_new(arena, 3);
    lru_put(lru, 1, SIM_NEVER, 0);
    lru_put(lru, 2, SIM_NEVER, 0);
    lru_put(lru, 3, SIM_NEVER, 0);
    assert_true(lru_get(lru, 1, 0)); /* 2 is now the stalest */
    lru_put(lru, 4, SIM_NEVER, 0);
    assert_false(lru_get(lru, 2, 0));
    lru_put(lru, 3, SIM_NEVER, 0); /* a second put is a use: 1 is now the stalest */
    lru_put(lru, 5, SIM_NEVER, 0);
    assert_false(lru_get(lru, 1, 0));
    assert_true(lru_get(lru, 3, 0));
    assert_true(lru_get(lru, 4, 0));
    assert_true(lru_get(lru, 5, 0));
    assert_int_equal(lru_evictions(lru), 2);
    arena_free(arena);
}

static void test_time_to_live(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct lru *lru = lru_new(arena, 10);
    lru_put(lru, 1, 100, 0);
    lru_put(lru, 2, 100, 30);
    assert_true(lru_get(lru, 1, 99));
    assert_false(lru_get(lru, 1, 100)); /* a get does not lengthen it */
    lru_put(lru, 2, 100, 120);          /* a put does */
    assert_true(lru_get(lru, 2, 219));
    assert_int_equal(lru_expirations(lru), 1);
    lru_put(lru, 3, 100, 219);
    assert_int_equal(lru_expire(lru, 219), SIM_NEVER);
    assert_int_equal(lru_expire(lru, 500), 220);
    assert_int_equal(lru_expire(lru, 500), 319);
    assert_int_equal(lru_expire(lru, 500), SIM_NEVER);
    assert_int_equal(lru_count(lru), 0);
    assert_int_equal(lru_evictions(lru), 0);
    arena_free(arena);
}

/* A time to live that reaches beyond the end of time is none. */
static void test_time_to_live_saturates(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct lru *lru = lru_new(arena, 10);
    lru_put(lru, 1, SIM_NEVER - 5, 10);
    assert_int_equal(lru_expire(lru, SIM_NEVER - 1), SIM_NEVER);
    assert_true(lru_get(lru, 1, SIM_NEVER - 1));
    arena_free(arena);
}

/* Growing past several sizes of the table and several chunks loses nothing. */
static void test_growth(void **state)
{
    (void)state;
    enum { KEYS = 300000 };
    struct arena *arena = arena_new();
    struct lru *lru = lru_new(arena, KEYS);
    for (uint64_t i = 0; i < KEYS; i++) lru_put(lru, i * i, SIM_NEVER, 0);
    assert_int_equal(lru_count(lru), KEYS);
    for (uint64_t i = 0; i < KEYS; i++) assert_true(lru_get(lru, i * i, 0));
    assert_false(lru_get(lru, 2, 0));
    lru_put(lru, 2, SIM_NEVER, 0);
    assert_false(lru_get(lru, 0, 0));
    assert_int_equal(lru_evictions(lru), 1);
    arena_free(arena);
}

/* 40 bytes an entry at full capacity, the arena's chunks included; a large cache that holds little
 * is small. */
static void test_memory(void **state)
{
    (void)state;
    static const uint32_t capacities[] = {100000, 262144, 300001, 1000000};
    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++) {
        struct arena *arena = arena_new();
        struct lru *lru = lru_new(arena, capacities[i]);
        for (uint64_t key = 0; key < capacities[i] + 1000; key++) lru_put(lru, key, SIM_SECOND, 0);
        assert_true((double)arena_size(arena) <= 40.0 * capacities[i]);
        arena_free(arena);
    }
    struct arena *arena = arena_new();
    struct lru *lru = lru_new(arena, 100000000);
    for (uint64_t key = 0; key < 1000; key++) lru_put(lru, key, SIM_SECOND, 0);
    assert_true(arena_size(arena) < 1000000);
    arena_free(arena);
}

/* Churn in a cache that is warm takes no memory. */
static void test_warm_is_warm(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct lru *lru = lru_new(arena, 20000);
    for (uint64_t key = 0; key < 40000; key++) lru_put(lru, key, 30000, (sim_time)key);
    const size_t before = arena_size(arena);
    for (uint64_t key = 40000; key < 200000; key++) lru_put(lru, key, 30000, (sim_time)key);
    assert_int_equal(arena_size(arena), before);
    arena_free(arena);
}

static double measured_hit_ratio(double exponent, size_t n, uint32_t capacity)
{
    enum { WARM = 100000, MEASURED = 500000 };
    struct arena *arena = arena_new();
    struct lru *lru = lru_new(arena, capacity);
    struct random_stream stream = stream_of(99);
    struct distribution zipf;
    distribution_zipf(&zipf, exponent, (double)n);
    size_t hits = 0;
    for (size_t i = 0; i < WARM + MEASURED; i++) {
        const uint64_t key = (uint64_t)distribution_draw(&zipf, &stream);
        if (lru_get(lru, key, 0))
            hits += i >= WARM;
        else
            lru_put(lru, key, SIM_NEVER, 0);
    }
    arena_free(arena);
    return (double)hits / MEASURED;
}

/* The binomial standard error is 0.0007 (hits of LRU are a little correlated); 0.01 is what the
 * approximation promises. */
static void test_che(void **state)
{
    (void)state;
    static const struct {
        double exponent;
        size_t n;
        uint32_t capacity;
    } cases[] = {{0.8, 10000, 500}, {0.9, 50000, 5000}, {1.0, 10000, 100}, {1.2, 20000, 1000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double che = che_hit_ratio(cases[i].exponent, cases[i].n, cases[i].capacity);
        const double measured =
            measured_hit_ratio(cases[i].exponent, cases[i].n, cases[i].capacity);
        print_message("zipf %.1f, %zu keys, %u held: hit ratio %.4f, Che %.4f\n", cases[i].exponent,
                      cases[i].n, cases[i].capacity, measured, che);
        assert_true(fabs(measured - che) < 0.01);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_naive_model),  cmocka_unit_test(test_order_of_use),
        cmocka_unit_test(test_time_to_live), cmocka_unit_test(test_time_to_live_saturates),
        cmocka_unit_test(test_growth),       cmocka_unit_test(test_memory),
        cmocka_unit_test(test_warm_is_warm), cmocka_unit_test(test_che),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
