/* test_random.c - Philox, streams, ziggurats, the GSL generator. */
#include "sim/random.h"
#include "tests/sim/statistical.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <stdbool.h>

#define DRAWS       4000000
#define CELLS       1000
/* A double's rounding, and what 64 bits lose on the way down 255 layers. */
#define TABLE_ERROR 0x1p-51L

/* Known answers of the Random123 distribution (kat_vectors, philox4x64 10). */
static void philox_gives_the_published_answers(void **state)
{
    (void)state;
    static const struct {
        uint64_t counter[4], key[2], out[4];
    } answers[] = {
        {{0, 0, 0, 0},
         {0, 0},
         {0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}},
        {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX},
         {UINT64_MAX, UINT64_MAX},
         {0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}},
        {{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
         {0x452821e638d01377, 0xbe5466cf34e90c6c},
         {0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}},
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        uint64_t out[4];
        random_philox(answers[i].key, answers[i].counter, out);
        assert_memory_equal(out, answers[i].out, sizeof out);
    }
}

/* A stream is Philox with the counter (request, what, occurrence, block) and the key (seed,
 * replication). */
static void a_stream_is_its_key_and_counter(void **state)
{
    (void)state;
    struct random_stream stream;
    random_begin(&stream, (struct random_key){11, 22}, 33, 44, 55);
    for (uint64_t block = 0; block < 5; block++) {
        const uint64_t key[2] = {11, 22};
        const uint64_t counter[4] = {33, 44, 55, block};
        uint64_t out[4];
        random_philox(key, counter, out);
        for (int i = 0; i < 4; i++) assert_int_equal(random_bits(&stream), out[i]);
    }
    random_begin(&stream, (struct random_key){1, 2}, 3, 4, 5);
    assert_true(random_bits(&stream) == UINT64_C(0x3f285085eb60e36d));
}

static void purposes_of_a_name_differ(void **state)
{
    (void)state;
    const uint64_t name = UINT64_C(0x1234567890abcdef);
    assert_int_equal(random_what(name, 0), name);
    for (uint32_t a = 0; a < 300; a++) {
        for (uint32_t b = 0; b < a; b++)
            assert_int_not_equal(random_what(name, a), random_what(name, b));
    }
}

static void units_are_in_their_intervals(void **state)
{
    (void)state;
    struct random_stream stream = {.block = {0, UINT64_MAX, 0, UINT64_MAX}};
    assert_true(random_unit(&stream) == 0.0);
    assert_true(random_unit(&stream) == 1.0 - 0x1p-53);
    assert_true(random_unit_open(&stream) == 0x1p-53);
    assert_true(random_unit_open(&stream) == 1.0);

    static uint64_t counts[CELLS];
    memset(counts, 0, sizeof counts);
    random_begin(&stream, (struct random_key){5, 0}, 0, 0, 0);
    for (int i = 0; i < DRAWS; i++) counts[(size_t)(random_unit(&stream) * CELLS)]++;
    assert_true(fabs(uniform_deviate(counts, CELLS, DRAWS)) < FIVE_SIGMA);
}

static void below_is_unbiased(void **state)
{
    (void)state;
    struct random_stream stream;
    random_begin(&stream, (struct random_key){6, 0}, 0, 0, 0);
    static const uint64_t bounds[] = {1, 2, 3, 7, 10, 999};
    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
        uint64_t counts[CELLS] = {0};
        for (int i = 0; i < 200000; i++) {
            const uint64_t value = random_below(&stream, bounds[b]);
            assert_true(value < bounds[b]);
            counts[value]++;
        }
        if (bounds[b] > 1)
            assert_true(fabs(uniform_deviate(counts, bounds[b], 200000)) < FIVE_SIGMA);
    }
    /* 3/4 of 2^64: without the rejection the values 0 mod 3 would come twice as often. */
    const uint64_t bound = UINT64_C(3) << 62;
    uint64_t counts[3] = {0};
    for (int i = 0; i < 200000; i++) {
        const uint64_t value = random_below(&stream, bound);
        assert_true(value < bound);
        counts[value % 3]++;
    }
    assert_true(fabs(uniform_deviate(counts, 3, 200000)) < FIVE_SIGMA);
}

/* ---- ziggurats ---- */

static long double exponential_height(long double x)
{
    return expl(-x);
}
static long double exponential_inverse(long double y)
{
    return -logl(y);
}
static long double normal_height(long double x)
{
    return expl(-0.5L * x * x);
}
static long double normal_inverse(long double y)
{
    return sqrtl(-2.0L * logl(y));
}

static void near(double got, long double wanted, long double relative)
{
    assert_true(fabsl((long double)got - wanted) <= relative * fabsl(wanted));
}

/* Every entry again from the tail's begin, downwards; `volume` is a layer's area. */
static void check_tables(const struct ziggurat_layer *layers, const double *heights,
                         long double tail, long double tail_area,
                         long double (*height)(long double), long double (*inverse)(long double))
{
    const long double volume = tail * height(tail) + tail_area;
    const long double base = volume / height(tail);
    near(layers[0].width * 0x1p53, base, TABLE_ERROR);
    assert_true(fabsl((long double)layers[0].threshold - tail / base * 0x1p53L) <= 4.0L);
    long double x = tail;
    for (int i = ZIGGURAT_LAYERS - 1; i > 0; i--) {
        near(layers[i].width * 0x1p53, x, TABLE_ERROR);
        near(heights[i], height(x), TABLE_ERROR);
        const long double above = i > 1 ? inverse(volume / x + height(x)) : 0.0L;
        assert_true(fabsl((long double)layers[i].threshold - above / x * 0x1p53L) <= 4.0L);
        if (i > 1) {
            x = above;
        } else { /* the layers fill the curve up to its top */
            near((double)(volume / x + height(x)), 1.0L, 1e-15L);
        }
    }
    assert_true(heights[0] == 1.0);
}

static void ziggurat_tables_are_right(void **state)
{
    (void)state;
    const long double r = 7.697117470131049714044628L;
    near(ZIGGURAT_EXPONENTIAL_TAIL, r, 0x1p-53L);
    check_tables(ziggurat_exponential, ziggurat_exponential_heights, r, expl(-r),
                 exponential_height, exponential_inverse);
    const long double n = 3.65415288536100877164543L;
    near(ZIGGURAT_NORMAL_TAIL, n, 0x1p-53L);
    check_tables(ziggurat_normal, ziggurat_normal_heights, n,
                 sqrtl(acosl(-1.0L) / 2.0L) * erfcl(n / sqrtl(2.0L)), normal_height,
                 normal_inverse);
}

/* 1,000 cells of equal probability, and the tail where the ziggurat's own begins. */
static void exponential_has_its_law(void **state)
{
    (void)state;
    struct random_stream stream;
    random_begin(&stream, (struct random_key){7, 1}, 0, 0, 0);
    static uint64_t counts[CELLS];
    memset(counts, 0, sizeof counts);
    double tail = 0.0;
    double far = 0.0;
    double sum = 0.0;
    for (int i = 0; i < DRAWS; i++) {
        const double x = random_exponential(&stream);
        assert_true(x >= 0.0);
        const size_t cell = (size_t)(-expm1(-x) * CELLS);
        counts[cell < CELLS ? cell : CELLS - 1]++;
        tail += x > ZIGGURAT_EXPONENTIAL_TAIL;
        far += x > 9.0;
        sum += x;
    }
    assert_true(fabs(uniform_deviate(counts, CELLS, DRAWS)) < FIVE_SIGMA);
    assert_true(fabs(binomial_deviate(tail, DRAWS, exp(-ZIGGURAT_EXPONENTIAL_TAIL))) < FIVE_SIGMA);
    assert_true(fabs(binomial_deviate(far, DRAWS, exp(-9.0))) < FIVE_SIGMA);
    assert_true(fabs(sum / DRAWS - 1.0) < FIVE_SIGMA / sqrt(DRAWS));
}

static void normal_has_its_law(void **state)
{
    (void)state;
    struct random_stream stream;
    random_begin(&stream, (struct random_key){7, 2}, 0, 0, 0);
    static uint64_t counts[CELLS];
    memset(counts, 0, sizeof counts);
    double tails[2] = {0.0, 0.0};
    double far = 0.0;
    double sum = 0.0;
    double squares = 0.0;
    for (int i = 0; i < DRAWS; i++) {
        const double x = random_normal(&stream);
        const size_t cell = (size_t)(gsl_cdf_ugaussian_P(x) * CELLS);
        counts[cell < CELLS ? cell : CELLS - 1]++;
        tails[x > 0.0] += fabs(x) > ZIGGURAT_NORMAL_TAIL;
        far += fabs(x) > 4.0;
        sum += x;
        squares += x * x;
    }
    const double beyond = gsl_cdf_ugaussian_Q(ZIGGURAT_NORMAL_TAIL);
    assert_true(fabs(uniform_deviate(counts, CELLS, DRAWS)) < FIVE_SIGMA);
    assert_true(fabs(binomial_deviate(tails[0], DRAWS, beyond)) < FIVE_SIGMA);
    assert_true(fabs(binomial_deviate(tails[1], DRAWS, beyond)) < FIVE_SIGMA);
    assert_true(fabs(binomial_deviate(far, DRAWS, 2.0 * gsl_cdf_ugaussian_Q(4.0))) < FIVE_SIGMA);
    assert_true(fabs(sum / DRAWS) < FIVE_SIGMA / sqrt(DRAWS));
    assert_true(fabs(squares / DRAWS - 1.0) < FIVE_SIGMA * sqrt(2.0 / DRAWS));
}

/* The bits of a million draws, the same with every compiler and option. */
static void draws_are_the_same_bytes_everywhere(void **state)
{
    (void)state;
    struct random_stream stream;
    random_begin(&stream, (struct random_key){2024, 3}, 4, 5, 6);
    uint64_t exponentials = CHECKSUM_BEGIN;
    uint64_t normals = CHECKSUM_BEGIN;
    for (int i = 0; i < 1000000; i++) {
        exponentials = checksum(exponentials, random_exponential(&stream));
        normals = checksum(normals, random_normal(&stream));
    }
    if (exponentials != UINT64_C(0x2ddda51f3cf37bef) || normals != UINT64_C(0x7aef047a57e1d8d2))
        fail_msg("%#llx %#llx", (unsigned long long)exponentials, (unsigned long long)normals);
}

/* ---- independence ---- */

#define PAIRS 200000
#define SIDE  50

/* A family of streams numbered by i, neighbours differing in one coordinate only. */
static void begin_neighbour(struct random_stream *stream, int coordinate, uint64_t i)
{
    struct random_key key = {1, 1};
    uint64_t at[3] = {1, random_what(77, 1), 1};
    switch (coordinate) {
    case 0: key.seed = i; break;
    case 1: key.replication = i; break;
    case 2: at[0] = i; break;
    case 3: at[1] = random_what(77, (uint32_t)i); break;
    default: at[2] = i; break;
    }
    random_begin(stream, key, at[0], at[1], at[2]);
}

/* First draws of neighbouring streams, as pairs: correlation and chi-square of 2,500 cells; and the
 * second draw of one against the first of the next. */
static void neighbouring_streams_are_independent(void **state)
{
    (void)state;
    static uint64_t counts[2][SIDE * SIDE];
    for (int coordinate = 0; coordinate < 5; coordinate++) {
        memset(counts, 0, sizeof counts);
        double products = 0.0;
        for (uint64_t i = 0; i < PAIRS; i++) {
            struct random_stream stream;
            begin_neighbour(&stream, coordinate, 2 * i);
            const double x = random_unit(&stream);
            const double second = random_unit(&stream);
            begin_neighbour(&stream, coordinate, 2 * i + 1);
            const double y = random_unit(&stream);
            counts[0][(size_t)(x * SIDE) * SIDE + (size_t)(y * SIDE)]++;
            counts[1][(size_t)(second * SIDE) * SIDE + (size_t)(y * SIDE)]++;
            products += (x - 0.5) * (y - 0.5);
        }
        assert_true(fabs(uniform_deviate(counts[0], SIDE * SIDE, PAIRS)) < FIVE_SIGMA);
        assert_true(fabs(uniform_deviate(counts[1], SIDE * SIDE, PAIRS)) < FIVE_SIGMA);
        assert_true(fabs(products * 12.0 / sqrt(PAIRS)) < FIVE_SIGMA);
    }
}

/* A counter or key that differs in one bit changes half the bits of the block. */
static void one_bit_changes_half_the_block(void **state)
{
    (void)state;
    for (int bit = 0; bit < 384; bit++) {
        double changed = 0.0;
        for (uint64_t trial = 0; trial < 100; trial++) {
            uint64_t words[6] = {trial, 2 * trial, 3, 4, 5, trial * trial};
            uint64_t before[4];
            uint64_t after[4];
            random_philox(words + 4, words, before);
            words[bit / 64] ^= UINT64_C(1) << (bit % 64);
            random_philox(words + 4, words, after);
            for (int i = 0; i < 4; i++) changed += __builtin_popcountll(before[i] ^ after[i]);
        }
        assert_true(fabs(binomial_deviate(changed, 100 * 256, 0.5)) < FIVE_SIGMA);
    }
}

/* ---- GSL ---- */

static void gsl_draws_from_the_stream(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(random_gsl_type);
    assert_non_null(rng);
    gsl_rng_set(rng, 99);
    struct random_stream stream;
    random_begin(&stream, (struct random_key){99, 0}, 0, 0, 0);
    for (int i = 0; i < 10; i++)
        assert_true(gsl_rng_get(rng) == (unsigned long)random_bits(&stream));

    gsl_rng *copy = gsl_rng_clone(rng);
    const unsigned long next = gsl_rng_get(rng);
    assert_true(gsl_rng_get(copy) == next);
    gsl_rng_free(copy);

    struct random_stream bound;
    random_begin(&bound, (struct random_key){1, 2}, 3, 4, 5);
    stream = bound;
    random_gsl_bind(rng, &bound);
    for (int i = 0; i < 10; i++) assert_true(gsl_rng_uniform(rng) == random_unit(&stream));
    assert_true(random_bits(&bound) == random_bits(&stream));
    assert_true(gsl_rng_uniform_int(rng, 10) < 10);

    double sum = 0.0;
    for (int i = 0; i < 100000; i++) sum += gsl_ran_beta(rng, 2.0, 3.0);
    assert_true(fabs(sum / 100000 - 0.4) < FIVE_SIGMA * 0.2 / sqrt(100000));
    gsl_rng_set(rng, 99); /* unbinds */
    random_begin(&stream, (struct random_key){99, 0}, 0, 0, 0);
    assert_true(gsl_rng_get(rng) == (unsigned long)random_bits(&stream));
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_answers),
        cmocka_unit_test(a_stream_is_its_key_and_counter),
        cmocka_unit_test(purposes_of_a_name_differ),
        cmocka_unit_test(units_are_in_their_intervals),
        cmocka_unit_test(below_is_unbiased),
        cmocka_unit_test(ziggurat_tables_are_right),
        cmocka_unit_test(exponential_has_its_law),
        cmocka_unit_test(normal_has_its_law),
        cmocka_unit_test(draws_are_the_same_bytes_everywhere),
        cmocka_unit_test(neighbouring_streams_are_independent),
        cmocka_unit_test(one_bit_changes_half_the_block),
        cmocka_unit_test(gsl_draws_from_the_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
