/* random.h - counter-based random streams keyed by what they are for, not by the order of draws.
 *
 * Philox4x64-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): the key is
 * (seed, replication), the counter (request, component ^ purpose, occurrence, block). The same
 * request thus has the same luck in every architecture compared, whatever else happens. A stream is
 * 88 bytes on the stack, made where it is used, and costs one block of four draws (about 16 ns) to
 * begin.
 */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include "base/compiler.h"
#include "sim/ziggurat.h"

#include <gsl/gsl_rng.h>
#include <stdint.h>
#include <string.h>

struct random_key {
    uint64_t seed;
    uint64_t replication;
};

struct random_stream {
    uint64_t key[2];
    uint64_t counter[4]; /* of the next block */
    uint64_t block[4];   /* the present block */
    uint32_t used;       /* words of it already given out; 4: none left */
};

/* `what` names the thing that draws (a component's name hash combined with a purpose by
 * random_what); `occurrence` tells repeated uses for one request apart. Two streams are equal only
 * if all of these are. */
static inline void random_begin(struct random_stream *stream, struct random_key key,
                                uint64_t request, uint64_t what, uint64_t occurrence)
{
    stream->key[0] = key.seed;
    stream->key[1] = key.replication;
    stream->counter[0] = request;
    stream->counter[1] = what;
    stream->counter[2] = occurrence;
    stream->counter[3] = 0;
    stream->used = 4;
}

/* A name hash and a small purpose number as one word (a bijection of the purpose for a fixed name).
 */
static inline uint64_t random_what(uint64_t name_hash, uint32_t purpose)
{
    return name_hash ^ ((uint64_t)purpose * UINT64_C(0x9e3779b97f4a7c15));
}

/* The bijection itself: four words from a key and a counter. Known answers are in the tests. */
void random_philox(const uint64_t key[2], const uint64_t counter[4], uint64_t out[4]);

/* Slow half of random_bits: computes the next block. */
void random_refill(struct random_stream *stream);

static inline uint64_t random_bits(struct random_stream *stream)
{
    if (stream->used == 4) random_refill(stream);
    return stream->block[stream->used++];
}

/* Uniform in [0, 1), 53 bits. */
static inline double random_unit(struct random_stream *stream)
{
    return (double)(random_bits(stream) >> 11) * 0x1p-53;
}
/* Uniform in (0, 1]. */
static inline double random_unit_open(struct random_stream *stream)
{
    return (double)((random_bits(stream) >> 11) + 1) * 0x1p-53;
}
/* Uniform in [0, bound), bound > 0, without bias (Lemire 2019). */
uint64_t random_below(struct random_stream *stream, uint64_t bound);

/* Standard exponential (mean 1) and standard normal, by 256-layer ziggurats (Marsaglia and Tsang
 * 2000). 98 draws of 100 take one word and one multiplication; the _rest functions are the others'
 * slow half. */
double random_exponential_rest(struct random_stream *stream, uint64_t bits);
double random_normal_rest(struct random_stream *stream, uint64_t bits);

static inline double random_exponential(struct random_stream *stream)
{
    const uint64_t bits = random_bits(stream);
    const struct ziggurat_layer *layer = &ziggurat_exponential[bits % ZIGGURAT_LAYERS];
    const uint64_t m = bits >> 11;
    if (LIKELY(m < layer->threshold)) return (double)(int64_t)m * layer->width;
    return random_exponential_rest(stream, bits);
}

/* x with bit 8 of the word as its sign: a branch there would be a coin flip. */
static inline double random_signed(double x, uint64_t bits)
{
    uint64_t word;
    memcpy(&word, &x, sizeof word);
    word ^= (bits & 256) << 55;
    memcpy(&x, &word, sizeof x);
    return x;
}

static inline double random_normal(struct random_stream *stream)
{
    const uint64_t bits = random_bits(stream);
    const struct ziggurat_layer *layer = &ziggurat_normal[bits % ZIGGURAT_LAYERS];
    const uint64_t m = bits >> 11;
    if (LIKELY(m < layer->threshold)) return random_signed((double)(int64_t)m * layer->width, bits);
    return random_normal_rest(stream, bits);
}

/* The generator for GSL's distributions: random_gsl_bind makes `rng` draw from `stream`.
 * gsl_rng_alloc (random_gsl_type) gives one that seeds itself by gsl_rng_set, as GSL's own do. */
extern const gsl_rng_type *const random_gsl_type;
void random_gsl_bind(gsl_rng *rng, struct random_stream *stream);

#endif
