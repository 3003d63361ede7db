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

enum { BEAM_BATCH = 256 };

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

/* Keys of the beam that are less than `key`. A binary search without a branch to mispredict: `low`
 * grows past keys that are less. */
static inline size_t beam_place(const struct beam *beam, uint64_t key)
{
    const uint64_t *low = beam->keys;
    size_t rest = beam->length;
    if (!rest) return 0;
    while (rest > 1) {
        size_t half = rest / 2;
        low += low[half - 1] < key ? half : 0;
        rest -= half;
    }
    return (size_t)(low - beam->keys) + (*low < key);
}

/* Puts an unmarked key in its place; a full beam loses its last. `key` is below beam_bound and its
 * id is not in the beam. Returns its place. */
static inline size_t beam_add(struct beam *beam, uint64_t key)
{
    size_t place = beam_place(beam, key);
    size_t kept = beam->length < beam->limit ? beam->length : beam->limit - 1;
    memmove(beam->keys + place + 1, beam->keys + place, (kept - place) * sizeof *beam->keys);
    beam->keys[place] = key;
    beam->length = kept + 1;
    if (place < beam->cursor) beam->cursor = place;
    return place;
}

/* In ascending order, by insertion: for a few. */
static inline void keys_sort(uint64_t *keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t key = keys[i];
        size_t at = i;
        for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

/* Adds up to BEAM_BATCH unmarked keys, ascending, none of them in the beam; the nearest `limit` of
 * all stay. Each key of the beam moves once. */
static inline void beam_merge(struct beam *beam, const uint64_t *keys, size_t count)
{
    size_t places[BEAM_BATCH];
    for (size_t i = 0; i < count; i++) places[i] = beam_place(beam, keys[i]);
    while (count && places[count - 1] + count > beam->limit) count--;
    if (!count) return;
    size_t end = beam->length + count < beam->limit ? beam->length + count : beam->limit;
    beam->length = end;
    for (size_t i = count; i > 0; i--) {
        /* What lies behind this key goes as far as there are keys up to it, or off the end. */
        size_t place = places[i - 1];
        memmove(beam->keys + place + i, beam->keys + place,
                (end - (place + i)) * sizeof *beam->keys);
        beam->keys[place + i - 1] = keys[i - 1];
        end = place + i - 1;
    }
    if (places[0] < beam->cursor) beam->cursor = places[0];
}

#endif
