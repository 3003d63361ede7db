/* beam.h - the nearest rows seen so far, in order.
 *
 * A key holds a distance and an id in one integer, so that one comparison orders by distance and
 * then by id. Its lowest bit is free for a mark ("links followed"). The beam is a sorted array:
 * beams are short, and moving a few hundred bytes costs less than a heap's jumps.
 */
#ifndef MODELS_ANN_BEAM_H
#define MODELS_ANN_BEAM_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* `distance` is not NaN and not -0. */
static inline uint64_t key_make(float distance, uint32_t id)
{
    uint32_t bits;
    memcpy(&bits, &distance, sizeof bits);
    bits = bits >> 31 ? ~bits : bits | 0x80000000u; /* ordered as the floats are */
    return (uint64_t)bits << 32 | (uint64_t)id << 1;
}

static inline uint32_t key_id(uint64_t key)
{
    return (uint32_t)key >> 1;
}

static inline float key_distance(uint64_t key)
{
    uint32_t bits = (uint32_t)(key >> 32);
    bits = bits >> 31 ? bits & 0x7fffffffu : ~bits;
    float distance;
    memcpy(&distance, &bits, sizeof distance);
    return distance;
}

struct beam {
    uint64_t *keys; /* sorted, nearest first; room for `limit` */
    size_t length;
    size_t limit;  /* from 1 */
    size_t cursor; /* no key before it is unmarked */
};

static inline void beam_reset(struct beam *beam, size_t limit)
{
    beam->length = 0;
    beam->limit = limit;
    beam->cursor = 0;
}

/* What a key must be below to get in. */
static inline uint64_t beam_bound(const struct beam *beam)
{
    return beam->length < beam->limit ? UINT64_MAX : beam->keys[beam->limit - 1];
}

/* No key of a greater distance gets in. */
static inline float beam_bound_distance(const struct beam *beam)
{
    return beam->length < beam->limit ? INFINITY : key_distance(beam->keys[beam->limit - 1]);
}

/* Puts an unmarked key in its place; a full beam loses its last. `key` is below beam_bound and its
 * id is not in the beam. Returns its place. */
static inline size_t beam_add(struct beam *beam, uint64_t key)
{
    /* Binary search without a branch to mispredict: `low` grows past all keys that are less. */
    const uint64_t *low = beam->keys;
    size_t rest = beam->length;
    while (rest > 1) {
        size_t half = rest / 2;
        low += low[half - 1] < key ? half : 0;
        rest -= half;
    }
    size_t place = (size_t)(low - beam->keys) + (rest && *low < key);
    size_t kept = beam->length < beam->limit ? beam->length : beam->limit - 1;
    memmove(beam->keys + place + 1, beam->keys + place, (kept - place) * sizeof *beam->keys);
    beam->keys[place] = key;
    beam->length = kept + 1;
    if (place < beam->cursor) beam->cursor = place;
    return place;
}

#endif
