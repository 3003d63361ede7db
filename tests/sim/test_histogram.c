/* test_histogram.c - against sorted arrays, and exact merging. */
#include "base/arena.h"
#include "sim/histogram.h"
#include "sim/random.h"
#include "tests/sim/statistical.h"

#include <stdbool.h>

#define VALUES  20000
#define LARGEST ((sim_time)1 << 47)

struct sample {
    struct arena *arena;
    struct histogram whole;
    sim_time values[VALUES]; /* sorted */
    size_t count;
};

static int compare_times(const void *a, const void *b)
{
    sim_time x;
    sim_time y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* Times of every size: uniform in the logarithm, in one octave, or few and equal. */
static sim_time draw_time(struct random_stream *stream, int kind)
{
    if (kind == 0) return (sim_time)(random_bits(stream) >> (17 + random_below(stream, 47)));
    if (kind == 1) return 1000000 + (sim_time)random_below(stream, 1000000);
    if (kind == 2) return (sim_time)random_below(stream, 700);
    return 123456789 * (sim_time)random_below(stream, 4);
}

static void fill(struct sample *sample, int kind, size_t count)
{
    sample->arena = arena_new();
    sample->count = count;
    histogram_init(&sample->whole, sample->arena);
    struct random_stream stream;
    random_begin(&stream, (struct random_key){1, (uint64_t)kind}, count, 0, 0);
    for (size_t i = 0; i < count; i++) {
        sample->values[i] = draw_time(&stream, kind);
        histogram_record(&sample->whole, sample->values[i]);
    }
    qsort(sample->values, count, sizeof *sample->values, compare_times);
}

static struct sample sample;

/* A bucket is at most 1/256 of its value wide, so the quantile is that close to the value of its
 * rank; exact below 512. */
static void quantiles_are_within_a_bucket(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 3, 10, 1000, VALUES};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        for (int kind = 0; kind < 4; kind++) {
            fill(&sample, kind, counts[c]);
            double before = -1.0;
            for (int k = 0; k <= 1000; k++) {
                const double p = k / 1000.0;
                const double got = histogram_quantile(&sample.whole, p) * 1e9;
                size_t rank = (size_t)ceil(p * (double)sample.count);
                if (rank == 0) rank = 1;
                const double wanted = (double)sample.values[rank - 1];
                assert_true(fabs(got - wanted) <= (wanted < 512.0 ? 1e-6 : wanted / 256.0));
                assert_true(got >= before * (1.0 - 1e-15));
                assert_true(got >= (double)sample.values[0] * (1.0 - 1e-15));
                assert_true(got <= (double)sample.values[sample.count - 1] * (1.0 + 1e-15));
                before = got;
            }
            arena_free(sample.arena);
        }
    }
}

static void the_mean_is_exact(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        fill(&sample, kind, VALUES);
        long double sum = 0.0L;
        for (size_t i = 0; i < VALUES; i++) sum += (long double)sample.values[i];
        const long double mean = sum / VALUES;
        assert_true(fabs(histogram_mean(&sample.whole) - (double)mean / 1e9) <=
                    1e-15 * (double)mean / 1e9);
        assert_true(sample.whole.sum == (uint128)sum);
        arena_free(sample.arena);
    }
}

static void counts_below_are_right_to_the_bucket(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        fill(&sample, kind, 2000);
        for (size_t i = 0; i < 2000; i += 7) {
            const sim_time at = sample.values[i];
            uint64_t least = 0;
            uint64_t most = 0;
            for (size_t k = 0; k < 2000; k++) {
                least += sample.values[k] <= at;
                most += sample.values[k] <= at + (at < 512 ? 0 : at / 256);
            }
            const uint64_t got = histogram_count_below(&sample.whole, at);
            assert_true(got >= least && got <= most);
        }
        assert_int_equal(histogram_count_below(&sample.whole, -1), 0);
        assert_int_equal(histogram_count_below(&sample.whole, SIM_NEVER), 2000);
        arena_free(sample.arena);
    }
}

static bool same(const struct histogram *a, const struct histogram *b)
{
    bool equal =
        a->count == b->count && a->least == b->least && a->most == b->most && a->sum == b->sum;
    for (int r = 0; r < HISTOGRAM_ROWS; r++) {
        for (int i = 0; i < (r == 0 ? 512 : 256); i++) {
            const uint64_t x = a->rows[r] ? a->rows[r][i] : 0;
            const uint64_t y = b->rows[r] ? b->rows[r][i] : 0;
            equal = equal && x == y;
        }
    }
    return equal;
}

/* However a sample is divided and in whatever order the parts come together. */
static void merging_is_exact(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        fill(&sample, kind, VALUES);
        struct histogram parts[3];
        struct histogram left;
        struct histogram right;
        for (int i = 0; i < 3; i++) histogram_init(&parts[i], sample.arena);
        histogram_init(&left, sample.arena);
        histogram_init(&right, sample.arena);
        for (size_t i = 0; i < VALUES; i++)
            histogram_record(&parts[i * i % 7 % 3], sample.values[i]);
        for (int i = 0; i < 3; i++) histogram_merge(&left, &parts[i]); /* ((0 1) 2) */
        histogram_merge(&parts[2], &parts[1]);                         /* (0 (1 2)) */
        histogram_merge(&right, &parts[2]);
        histogram_merge(&right, &parts[0]);
        assert_true(same(&left, &sample.whole));
        assert_true(same(&right, &sample.whole));
        assert_true(histogram_quantile(&left, 0.9) == histogram_quantile(&sample.whole, 0.9));
        histogram_clear(&left);
        histogram_merge(&right, &left); /* an empty one changes nothing */
        assert_true(same(&right, &sample.whole));
        histogram_merge(&left, &right);
        assert_true(same(&left, &sample.whole));
        arena_free(sample.arena);
    }
}

/* The quantile since a copy is that of a histogram of the later values alone, but for the ends of
 * the first and last bucket, which such a histogram knows exactly. */
static void quantiles_since_a_copy(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        fill(&sample, kind, 0);
        struct random_stream stream;
        random_begin(&stream, (struct random_key){2, (uint64_t)kind}, 0, 0, 0);
        struct histogram before;
        struct histogram later;
        histogram_init(&before, sample.arena);
        histogram_init(&later, sample.arena);
        for (int round = 0; round < 5; round++) {
            histogram_copy(&before, &sample.whole);
            assert_true(same(&before, &sample.whole));
            assert_true(isnan(histogram_quantile_since(&sample.whole, &before, 0.5)));
            histogram_clear(&later);
            for (int i = 0; i < 700; i++) {
                const sim_time time = draw_time(&stream, kind);
                histogram_record(&sample.whole, time);
                histogram_record(&later, time);
            }
            for (int k = 1; k < 100; k++) {
                const double got = histogram_quantile_since(&sample.whole, &before, k / 100.0);
                const double wanted = histogram_quantile(&later, k / 100.0);
                assert_true(fabs(got - wanted) <= wanted / 256.0 + 1e-15);
            }
        }
        arena_free(sample.arena);
    }
}

struct walk {
    sim_time last;
    uint64_t count;
    const struct histogram *whole;
};

static void step(void *context, sim_time low, sim_time high, uint64_t count)
{
    struct walk *walk = context;
    assert_true(low >= walk->last && high > low && count > 0);
    assert_true(high - low == 1 || (high - low) * 256 <= low);
    walk->last = high;
    walk->count += count;
    assert_int_equal(histogram_count_below(walk->whole, low), walk->count);
    assert_int_equal(histogram_count_below(walk->whole, high - 1), walk->count);
}

static void visiting_rises_and_misses_nothing(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        fill(&sample, kind, VALUES);
        struct walk walk = {.last = 0, .count = 0, .whole = &sample.whole};
        /* the outermost buckets' bounds are wider than [least, most] */
        sample.whole.least = 0;
        sample.whole.most = SIM_NEVER;
        histogram_visit(&sample.whole, step, &walk);
        assert_int_equal(walk.count, VALUES);
        arena_free(sample.arena);
    }
}

/* The first and last value of every bucket fall into it. */
static void bucket_edges(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct histogram h;
    histogram_init(&h, arena);
    for (int octave = 0; octave < 47; octave++) {
        const sim_time low = (sim_time)1 << octave;
        const sim_time width = octave < 9 ? 1 : (sim_time)1 << (octave - 8);
        for (sim_time v = low; v < 2 * low; v += width) {
            histogram_clear(&h);
            histogram_record(&h, v);
            histogram_record(&h, v + width - 1);
            const int row = octave < 9 ? 0 : octave - 8;
            const sim_time cell = octave < 9 ? v : (v >> row) - 256;
            assert_non_null(h.rows[row]);
            assert_int_equal(h.rows[row][cell], 2);
            assert_int_equal(histogram_count_below(&h, v - 1), 0);
        }
    }
    arena_free(arena);
}

static void outliers_and_emptiness(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct histogram h;
    histogram_init(&h, arena);
    assert_true(isnan(histogram_mean(&h)));
    assert_true(isnan(histogram_quantile(&h, 0.5)));
    assert_int_equal(histogram_count_below(&h, 5), 0);
    assert_true(h.least == SIM_NEVER);

    histogram_record(&h, -5);
    histogram_record(&h, INT64_MIN);
    assert_true(h.least == 0 && h.most == 0 && histogram_quantile(&h, 0.9) == 0.0);
    histogram_record(&h, SIM_NEVER);
    histogram_record(&h, LARGEST);
    histogram_record(&h, LARGEST + 1);
    assert_true(h.most == LARGEST && h.sum == 3 * (uint128)LARGEST);
    assert_true(histogram_quantile(&h, 1.0) == (double)LARGEST / 1e9);
    assert_int_equal(histogram_count_below(&h, LARGEST - 1), 2);
    assert_int_equal(histogram_count_below(&h, LARGEST), 5);

    /* out of range levels are the ends; one value is every quantile */
    histogram_clear(&h);
    histogram_record(&h, 1234567);
    static const double levels[] = {-1.0, 0.0, 1e-9, 0.5, 1.0, 2.0};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        assert_true(histogram_quantile(&h, levels[i]) == 1234567 / 1e9);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_within_a_bucket),
        cmocka_unit_test(the_mean_is_exact),
        cmocka_unit_test(counts_below_are_right_to_the_bucket),
        cmocka_unit_test(merging_is_exact),
        cmocka_unit_test(quantiles_since_a_copy),
        cmocka_unit_test(visiting_rises_and_misses_nothing),
        cmocka_unit_test(bucket_edges),
        cmocka_unit_test(outliers_and_emptiness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
