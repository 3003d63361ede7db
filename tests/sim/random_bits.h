/* random_bits.h - random numbers for tests of what stands below sim/random.h, and cmocka in the
 * order it wants.
 */
#ifndef TESTS_SIM_RANDOM_BITS_H
#define TESTS_SIM_RANDOM_BITS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* cmocka.h needs the others before it. */
#include <cmocka.h>

/* splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline uint64_t random_up_to(uint64_t *state, uint64_t bound)
{
    return next_random(state) % bound;
}

#endif
