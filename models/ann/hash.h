/* hash.h - luck of the index: integers from a seed and a number, the same everywhere. */
#ifndef MODELS_ANN_HASH_H
#define MODELS_ANN_HASH_H

#include <stdint.h>

/* The mixer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
static inline uint64_t hash_mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* The number-th of the stream of a seed. */
static inline uint64_t hash_of(uint64_t seed, uint64_t number)
{
    return hash_mix(hash_mix(seed + 0x9e3779b97f4a7c15u) + (number + 1) * 0x9e3779b97f4a7c15u);
}

#endif
