/* unit.h - what the tests of models/ann/ share: cmocka with what it needs before it, and luck with
 * a seed. */
#ifndef TESTS_ANN_UNIT_H
#define TESTS_ANN_UNIT_H

/* cmocka.h asks for the others first. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Uniform on [-1, 1), in steps of 2^-23. */
static inline float next_float(uint64_t *state)
{
    return (float)((double)(next_random(state) >> 40) * 0x1p-23 - 1.0);
}

/* FNV-1a of some bytes, continuing from `hash` (at first 14695981039346656037). */
static inline uint64_t hash_bytes(uint64_t hash, const void *data, size_t length)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < length; i++) hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

#define HASH_START UINT64_C(14695981039346656037)

#endif
