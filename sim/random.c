/* random.c - see random.h. */
#include "sim/random.h"

#include "base/compiler.h"
#include "base/elementary.h"

#include <limits.h>
#include <stdbool.h>

/* Multipliers and key increments of Philox4x64 (Salmon et al. 2011, table 2 and section 3.3; the
 * increments are the golden ratio and sqrt(3) - 1). */
#define MULTIPLIER_0 UINT64_C(0xd2e7470ee14c6c93)
#define MULTIPLIER_1 UINT64_C(0xca5a826395121157)
#define INCREMENT_0  UINT64_C(0x9e3779b97f4a7c15)
#define INCREMENT_1  UINT64_C(0xbb67ae8584caa73b)
#define ROUNDS       10

static inline void philox(const uint64_t key[2], const uint64_t counter[4], uint64_t out[4])
{
    uint64_t k0 = key[0], k1 = key[1];
    uint64_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    /* A loop leaves too few registers: a word would go through memory in every round. The brackets
     * keep all but one exclusive or out of the chain from product to product. */
#pragma GCC unroll 10
    for (int round = 0; round < ROUNDS; round++) {
        const uint128 p0 = (uint128)MULTIPLIER_0 * c0;
        const uint128 p1 = (uint128)MULTIPLIER_1 * c2;
        c0 = (uint64_t)(p1 >> 64) ^ (c1 ^ k0);
        c1 = (uint64_t)p1;
        c2 = (uint64_t)(p0 >> 64) ^ (c3 ^ k1);
        c3 = (uint64_t)p0;
        k0 += INCREMENT_0;
        k1 += INCREMENT_1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

void random_philox(const uint64_t key[2], const uint64_t counter[4], uint64_t out[4])
{
    philox(key, counter, out);
}

void random_refill(struct random_stream *stream)
{
    philox(stream->key, stream->counter, stream->block);
    stream->counter[3]++;
    stream->used = 0;
}

/* Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019. */
uint64_t random_below(struct random_stream *stream, uint64_t bound)
{
    uint128 product = (uint128)random_bits(stream) * bound;
    if (UNLIKELY((uint64_t)product < bound)) {
        const uint64_t least = -bound % bound;
        while ((uint64_t)product < least) product = (uint128)random_bits(stream) * bound;
    }
    return (uint64_t)(product >> 64);
}

/* A point of layer i that is not inside the layer above: true if it is under the curve. The height
 * is uniform in the layer. */
static bool ziggurat_accepts(struct random_stream *stream, const double *heights, uint32_t layer,
                             double density)
{
    const double bottom = heights[layer];
    return bottom + random_unit(stream) * (heights[layer - 1] - bottom) < density;
}

double random_exponential_rest(struct random_stream *stream, uint64_t bits)
{
    double beyond = 0.0;
    for (;;) {
        const uint32_t layer = bits % ZIGGURAT_LAYERS;
        const uint64_t m = bits >> 11;
        const double x = (double)(int64_t)m * ziggurat_exponential[layer].width;
        if (m < ziggurat_exponential[layer].threshold) return beyond + x;
        if (layer == 0) {
            beyond += ZIGGURAT_EXPONENTIAL_TAIL; /* no memory: the tail is the whole again */
        } else if (ziggurat_accepts(stream, ziggurat_exponential_heights, layer,
                                    elementary_exp(-x))) {
            return beyond + x;
        }
        bits = random_bits(stream);
    }
}

/* The normal's tail (Marsaglia 1964). */
static double normal_tail(struct random_stream *stream)
{
    for (;;) {
        const double x = -elementary_log(random_unit_open(stream)) / ZIGGURAT_NORMAL_TAIL;
        const double y = -elementary_log(random_unit_open(stream));
        if (y + y >= x * x) return ZIGGURAT_NORMAL_TAIL + x;
    }
}

double random_normal_rest(struct random_stream *stream, uint64_t bits)
{
    for (;;) {
        const uint32_t layer = bits % ZIGGURAT_LAYERS;
        const uint64_t m = bits >> 11;
        const double x = (double)(int64_t)m * ziggurat_normal[layer].width;
        if (m < ziggurat_normal[layer].threshold) return random_signed(x, bits);
        if (layer == 0) return random_signed(normal_tail(stream), bits);
        if (ziggurat_accepts(stream, ziggurat_normal_heights, layer, elementary_exp(-0.5 * x * x)))
            return random_signed(x, bits);
        bits = random_bits(stream);
    }
}

/* GSL keeps a generator's state as bytes it may copy; so it is the stream itself, or the address of
 * one. */
struct gsl_state {
    struct random_stream *bound; /* NULL: own */
    struct random_stream own;
};

static struct random_stream *gsl_stream(void *bytes)
{
    struct gsl_state *state = bytes;
    return state->bound ? state->bound : &state->own;
}

static void gsl_set(void *bytes, unsigned long seed)
{
    struct gsl_state *state = bytes;
    state->bound = NULL;
    random_begin(&state->own, (struct random_key){.seed = seed, .replication = 0}, 0, 0, 0);
}

static unsigned long gsl_get(void *bytes)
{
    return (unsigned long)(random_bits(gsl_stream(bytes)) >>
                           (64 - CHAR_BIT * sizeof(unsigned long)));
}

static double gsl_get_double(void *bytes)
{
    return random_unit(gsl_stream(bytes));
}

static const gsl_rng_type gsl_type = {
    .name = "philox4x64",
    .max = ULONG_MAX,
    .min = 0,
    .size = sizeof(struct gsl_state),
    .set = gsl_set,
    .get = gsl_get,
    .get_double = gsl_get_double,
};

const gsl_rng_type *const random_gsl_type = &gsl_type;

void random_gsl_bind(gsl_rng *rng, struct random_stream *stream)
{
    struct gsl_state *state = rng->state;
    state->bound = stream;
}
