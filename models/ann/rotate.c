#include "models/ann/rotate.h"

#include "base/arena.h"
#include "models/ann/hash.h"

#include <math.h>

enum { ROUNDS = 4, LANES = 16, ALIGNMENT = 64 };

typedef float lanes __attribute__((vector_size(64), may_alias));

struct rotation {
    size_t columns;
    size_t power;     /* the largest power of two up to columns */
    float *signs;     /* ROUNDS * columns: -s, 0 or s, s making the transform keep lengths */
};

struct rotation *rotation_new(struct arena *arena, size_t columns, uint64_t seed)
{
    struct rotation *rotation = arena_new_item(arena, struct rotation);
    rotation->columns = columns;
    rotation->power = LANES;
    while (rotation->power * 2 <= columns) rotation->power *= 2;
    size_t count = ROUNDS * columns;
    rotation->signs = arena_alloc_aligned(arena, count * sizeof *rotation->signs, ALIGNMENT);
    float scale = (float)(1 / sqrt((double)rotation->power));
    for (size_t i = 0; i < count; i++) {
        size_t round = i / columns;
        size_t first = round % 2 ? columns - rotation->power : 0;
        size_t column = i % columns;
        float size = column >= first && column < first + rotation->power ? scale : 1.0f;
        rotation->signs[i] = hash_of(seed, i) >> 63 ? size : -size;
    }
    return rotation;
}

/* Within 16 columns: pairs at distances 1, 2, 4 and 8. */
static inline void transform_lanes(float *values)
{
    for (size_t half = 1; half < LANES; half *= 2) {
        for (size_t i = 0; i < LANES; i += 2 * half) {
            for (size_t j = i; j < i + half; j++) {
                float a = values[j];
                float b = values[j + half];
                values[j] = a + b;
                values[j + half] = a - b;
            }
        }
    }
}

static void transform(float *values, size_t power)
{
    for (size_t i = 0; i < power; i += LANES) transform_lanes(values + i);
    lanes *vectors = (lanes *)(void *)values;
    size_t count = power / LANES;
    for (size_t half = 1; half < count; half *= 2) {
        for (size_t i = 0; i < count; i += 2 * half) {
            for (size_t j = i; j < i + half; j++) {
                lanes a = vectors[j];
                lanes b = vectors[j + half];
                vectors[j] = a + b;
                vectors[j + half] = a - b;
            }
        }
    }
}

void rotation_apply(const struct rotation *rotation, float *values)
{
    for (size_t round = 0; round < ROUNDS; round++) {
        const lanes *signs = (const lanes *)(const void *)(rotation->signs +
                                                           round * rotation->columns);
        lanes *vectors = (lanes *)(void *)values;
        for (size_t i = 0; i < rotation->columns / LANES; i++) vectors[i] *= signs[i];
        transform(values + (round % 2 ? rotation->columns - rotation->power : 0),
                  rotation->power);
    }
}

size_t rotation_size_bytes(const struct rotation *rotation)
{
    return sizeof *rotation + ROUNDS * rotation->columns * sizeof *rotation->signs;
}
