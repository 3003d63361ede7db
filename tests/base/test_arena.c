#include "base/arena.h"
#include "base/pool.h"
#include "tests/base/unit.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    uint32_t random = 1;
    for (int i = 0; i < 5000; i++) {
        random = random * 1664525u + 1013904223u;
        size_t size = random >> 8 & 0x3FF;
        unsigned char *bytes = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++) assert_int_equal(bytes[k], 0);
        memset(bytes, 0xA5, size);
    }
    arena_free(arena);
}

static void alignments_up_to_a_page(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (size_t alignment = 1; alignment <= 4096; alignment *= 2) {
        arena_alloc_aligned(arena, 1, 1); /* so that the next one is out of line */
        char *bytes = arena_alloc_aligned(arena, 24, alignment);
        assert_int_equal((uintptr_t)bytes % alignment, 0);
        memset(bytes, 1, 24);
    }
    arena_free(arena);
}

/* Every allocation keeps what was written to it while others are made: none overlap. */
static void allocations_do_not_overlap(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    static const size_t sizes[] = {0, 1, 7, 16, 100, 1000, 5000, 40000};
    struct arena *arena = arena_new();
    unsigned char **all = arena_array(arena, unsigned char *, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        size_t size = sizes[i % 8];
        all[i] = arena_alloc(arena, size);
        memset(all[i], (int)(i & 0xFF), size);
    }
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t k = 0; k < sizes[i % 8]; k++) assert_int_equal(all[i][k], i & 0xFF);
        assert_non_null(all[i]);
    }
    arena_free(arena);
}

static void size_zero_gives_distinct_pointers(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    void *a = arena_alloc(arena, 0);
    void *b = arena_alloc(arena, 0);
    assert_non_null(a);
    assert_ptr_not_equal(a, b);
    arena_free(arena);
    arena_free(NULL);
}

/* A large request has a chunk of its own, and the chunk being filled is not thrown away for it. */
static void large_requests_waste_nothing(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    arena_alloc(arena, 16);
    size_t before = arena_size(arena);
    const size_t large = 10u << 20;
    char *bytes = arena_alloc(arena, large);
    bytes[0] = bytes[large - 1] = 1;
    size_t after = arena_size(arena);
    assert_in_range(after - before, large, large + 256);
    arena_alloc(arena, 16);
    assert_int_equal(arena_size(arena), after);
    arena_free(arena);
}

static void chunks_double_so_that_few_are_needed(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    size_t grown = 0;
    size_t last = arena_size(arena);
    for (int i = 0; i < 1000000; i++) {
        arena_alloc(arena, 16);
        if (arena_size(arena) != last) grown++;
        last = arena_size(arena);
    }
    assert_in_range(grown, 2, 30);
    assert_in_range(last, 16000000, 80000000);
    arena_free(arena);
}

static void growing_keeps_the_items(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    int *items = NULL;
    size_t capacity = 0;
    for (size_t i = 0; i < 10000; i++) {
        items = arena_grow(arena, items, i, &capacity, sizeof *items);
        assert_true(capacity > i);
        items[i] = (int)i * 3;
    }
    for (size_t i = 0; i < 10000; i++) assert_int_equal(items[i], i * 3);
    assert_true(capacity < 20000);
    arena_free(arena);
}

static void texts(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    assert_null(arena_copy(arena, NULL));
    assert_string_equal(arena_copy(arena, "ragtime"), "ragtime");
    assert_string_equal(arena_copy(arena, ""), "");
    assert_string_equal(arena_copy_n(arena, "ragtime", 3), "rag");
    assert_string_equal(arena_copy_n(arena, "", 0), "");
    assert_string_equal(arena_format(arena, "%d-%s", 42, "x"), "42-x");
    char *wide = arena_format(arena, "%0*d", 100000, 7);
    assert_int_equal(strlen(wide), 100000);
    assert_int_equal(wide[99999], '7');
    arena_free(arena);
}

static void leave_with_3(size_t wanted)
{
    _exit(wanted > 0 ? 3 : 4);
}

typedef void attempt_fn(struct arena *arena);

/* Runs `attempt` in a child; returns the status with which it ended. */
static int status_of(attempt_fn *attempt, struct arena *arena, arena_exhaustion_fn *handler)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL); /* cmocka catches it */
        close(STDERR_FILENO);     /* AddressSanitizer warns of the size asked for */
        arena_on_exhaustion(handler);
        attempt(arena);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void ask_for_a_product_beyond_size_t(struct arena *arena)
{
    volatile size_t count = SIZE_MAX / 2;
    arena_calloc(arena, count, 3);
}

static void ask_for_nearly_size_max(struct arena *arena)
{
    volatile size_t size = SIZE_MAX - 8;
    arena_alloc(arena, size);
}

static void ask_for_a_text_of_size_max(struct arena *arena)
{
    volatile size_t size = SIZE_MAX;
    arena_copy_n(arena, "x", size);
}

static void ask_for_an_odd_alignment(struct arena *arena)
{
    volatile size_t alignment = 24;
    arena_alloc_aligned(arena, 8, alignment);
}

static void exhaustion_calls_the_handler(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    attempt_fn *const attempts[] = {ask_for_a_product_beyond_size_t, ask_for_nearly_size_max,
                                    ask_for_a_text_of_size_max};
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        int status = status_of(attempts[i], arena, leave_with_3);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 3);
        status = status_of(attempts[i], arena, NULL);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGABRT);
    }
    int status = status_of(ask_for_an_odd_alignment, arena, leave_with_3);
    assert_true(WIFSIGNALED(status));
    arena_free(arena);
}

#if ADDRESS_SANITIZER
static void overflows_are_seen(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char *first = arena_alloc(arena, 24);
    char *second = arena_alloc(arena, 24);
    assert_false(__asan_address_is_poisoned(first + 23));
    assert_true(__asan_address_is_poisoned(first + 24));
    assert_true(__asan_address_is_poisoned(second + 24));
    char *text = arena_copy(arena, "abc");
    assert_false(__asan_address_is_poisoned(text + 3));
    assert_true(__asan_address_is_poisoned(text + 4));

    struct pool pool;
    pool_init(&pool, arena, 32);
    char *item = pool_take(&pool);
    assert_false(__asan_address_is_poisoned(item));
    assert_true(__asan_address_is_poisoned(item + 32));
    pool_give(&pool, item);
    assert_true(__asan_address_is_poisoned(item));
    arena_free(arena);
}
#endif

static void pool_items_are_rounded_up_and_apart(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const size_t sizes[][2] = {{0, 16}, {1, 16}, {16, 16}, {17, 32}, {100, 112}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct pool pool;
        pool_init(&pool, arena, sizes[i][0]);
        assert_int_equal(pool.item_size, sizes[i][1]);
        char *a = pool_take(&pool);
        char *b = pool_take(&pool);
        assert_int_equal((uintptr_t)a % 16, 0);
        assert_int_equal(b - a, sizes[i][1]);
        assert_int_equal(pool.in_use, 2);
    }
    arena_free(arena);
}

/* Items in flight hold their owner's stamp whatever comes and goes around them. */
static void pool_items_never_overlap(void **state)
{
    (void)state;
    enum { MOST = 500 };
    struct arena *arena = arena_new();
    struct pool pool;
    pool_init(&pool, arena, 40);
    uint64_t *items[MOST] = {0};
    uint32_t random = 7;
    for (uint64_t step = 1; step < 200000; step++) {
        random = random * 1664525u + 1013904223u;
        size_t i = (random >> 8) % MOST;
        if (items[i]) {
            for (int k = 1; k < 5; k++) assert_int_equal(items[i][k], items[i][0]);
            pool_give(&pool, items[i]);
            items[i] = NULL;
        } else {
            items[i] = pool_take(&pool);
            for (int k = 0; k < 5; k++) items[i][k] = step;
        }
    }
    size_t held = 0;
    for (size_t i = 0; i < MOST; i++) held += items[i] != NULL;
    assert_int_equal(pool.in_use, held);
    arena_free(arena);
}

static void pool_allocates_nothing_once_warm(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct pool pool;
    pool_init(&pool, arena, 64);
    void *items[1000];
    size_t warm = 0;
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 1000; i++) items[i] = pool_take(&pool);
        for (int i = 0; i < 1000; i++) pool_give(&pool, items[i]);
        if (round == 0) warm = arena_size(arena);
    }
    assert_int_equal(arena_size(arena), warm);
    assert_int_equal(pool.in_use, 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(alignments_up_to_a_page),
        cmocka_unit_test(allocations_do_not_overlap),
        cmocka_unit_test(size_zero_gives_distinct_pointers),
        cmocka_unit_test(large_requests_waste_nothing),
        cmocka_unit_test(chunks_double_so_that_few_are_needed),
        cmocka_unit_test(growing_keeps_the_items),
        cmocka_unit_test(texts),
        cmocka_unit_test(exhaustion_calls_the_handler),
        cmocka_unit_test(pool_items_are_rounded_up_and_apart),
        cmocka_unit_test(pool_items_never_overlap),
        cmocka_unit_test(pool_allocates_nothing_once_warm),
#if ADDRESS_SANITIZER
        cmocka_unit_test(overflows_are_seen),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
