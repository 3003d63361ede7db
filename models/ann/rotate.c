#include "models/ann/rotate.h"

#include "base/arena.h"
#include "models/ann/hash.h"

#include <math.h>

enum { ROUNDS = 4, LANES = 16, ALIGNMENT = 64 };

typedef float lanes __attribute__((vector_size(64), may_alias));

typedef void apply_fn(const struct rotation *rotation, float *values);

struct rotation {
    apply_fn *apply;
    size_t columns;
    size_t power; /* the largest power of two up to columns */
    float *signs; /* ROUNDS * columns: -s, 0 or s, s making the transform keep lengths */
};

/* Pairs of columns (a, b) at a distance become (a + b, a - b): the first gets b + a, the second
 * a + -b. */
#define PAIRS(values, signs, ...) \
    (__builtin_shufflevector(values, values, __VA_ARGS__) + (values) * (signs))

static inline __attribute__((always_inline)) void transform(lanes *values, size_t count)
{
    static const lanes by_1 = {1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1};
    static const lanes by_2 = {1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1};
    static const lanes by_4 = {1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1};
    static const lanes by_8 = {1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1};
    for (size_t i = 0; i < count; i++) {
        lanes v = values[i];
        v = PAIRS(v, by_1, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
        v = PAIRS(v, by_2, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
        v = PAIRS(v, by_4, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
        v = PAIRS(v, by_8, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
        values[i] = v;
    }
    for (size_t half = 1; half < count; half *= 2) {
        for (size_t i = 0; i < count; i += 2 * half) {
            for (size_t j = i; j < i + half; j++) {
                lanes a = values[j];
                lanes b = values[j + half];
                values[j] = a + b;
                values[j + half] = a - b;
            }
        }
    }
}

static inline __attribute__((always_inline)) void apply(const struct rotation *rotation,
                                                        float *values)
{
    lanes *vectors = (lanes *)(void *)values;
    size_t count = rotation->columns / LANES;
    size_t power = rotation->power / LANES;
    for (size_t round = 0; round < ROUNDS; round++) {
        const lanes *signs =
            (const lanes *)(const void *)(rotation->signs + round * rotation->columns);
        for (size_t i = 0; i < count; i++) vectors[i] *= signs[i];
        transform(vectors + (round % 2 ? count - power : 0), power);
    }
}

/* The same for different targets: sums of the same numbers in the same order. */
static void baseline_apply(const struct rotation *rotation, float *values)
{
    apply(rotation, values);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void avx2_apply(const struct rotation *rotation,
                                                       float *values)
{
    apply(rotation, values);
}

__attribute__((target("avx512f"))) static void avx512_apply(const struct rotation *rotation,
                                                            float *values)
{
    apply(rotation, values);
}
#endif

static void scalar_transform(float *values, size_t power)
{
    for (size_t half = 1; half < power; half *= 2) {
        for (size_t i = 0; i < power; i++) {
            if (i & half) continue;
            float a = values[i];
            float b = values[i + half];
            values[i] = a + b;
            values[i + half] = a - b;
        }
    }
}

static void scalar_apply(const struct rotation *rotation, float *values)
{
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < rotation->columns; i++) {
            values[i] *= rotation->signs[round * rotation->columns + i];
        }
        size_t first = round % 2 ? rotation->columns - rotation->power : 0;
        scalar_transform(values + first, rotation->power);
    }
}

static apply_fn *apply_of(enum simd_level level)
{
#if defined(__x86_64__)
    if (level >= SIMD_AVX512 && __builtin_cpu_supports("avx512f")) return avx512_apply;
    if (level >= SIMD_AVX2 && __builtin_cpu_supports("avx2")) return avx2_apply;
#endif
    return level >= SIMD_BASELINE ? baseline_apply : scalar_apply;
}

struct rotation *rotation_new(struct arena *arena, size_t columns, uint64_t seed,
                              enum simd_level level)
{
    struct rotation *rotation = arena_new_item(arena, struct rotation);
    rotation->columns = columns;
    rotation->apply = apply_of(level);
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

void rotation_apply(const struct rotation *rotation, float *values)
{
    rotation->apply(rotation, values);
}

size_t rotation_size_bytes(const struct rotation *rotation)
{
    return sizeof *rotation + ROUNDS * rotation->columns * sizeof *rotation->signs;
}
