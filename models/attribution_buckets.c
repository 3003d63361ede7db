#include "models/attribution_buckets.h"

#include "base/arena.h"
#include "base/compiler.h"

#include <string.h>

#define BUCKETS_AN_OCTAVE ((size_t)1 << ATTRIBUTION_SUB_BITS)

/* Words of a bucket. */
static inline size_t width(const struct attribution_buckets *a)
{
    return 1 + (size_t)a->components * PART_COUNT;
}

void attribution_init(struct attribution_buckets *a, struct arena *arena, uint32_t components)
{
    *a = (struct attribution_buckets){.arena = arena, .components = components};
}

void attribution_clear(struct attribution_buckets *a)
{
    for (size_t i = 0; i < ATTRIBUTION_OCTAVES; i++)
        if (a->octaves[i]) memset(a->octaves[i], 0, BUCKETS_AN_OCTAVE * width(a) * sizeof(int64_t));
}

static NOINLINE_COLD int64_t *new_octave(struct attribution_buckets *a, size_t octave)
{
    a->octaves[octave] = arena_array(a->arena, int64_t, BUCKETS_AN_OCTAVE * width(a));
    return a->octaves[octave];
}

void attribution_copy(struct attribution_buckets *into, const struct attribution_buckets *from)
{
    for (size_t i = 0; i < ATTRIBUTION_OCTAVES; i++)
        if (from->octaves[i])
            memcpy(new_octave(into, i), from->octaves[i],
                   BUCKETS_AN_OCTAVE * width(from) * sizeof(int64_t));
}

size_t attribution_index(sim_time latency)
{
    const uint64_t value = latency < 0 ? 0 : (uint64_t)latency;
    if (value < (2u << ATTRIBUTION_SUB_BITS)) return (size_t)value;
    const int shift = 63 - __builtin_clzll(value) - ATTRIBUTION_SUB_BITS;
    const size_t index = ((size_t)shift << ATTRIBUTION_SUB_BITS) + (size_t)(value >> shift);
    return index < ATTRIBUTION_BUCKETS ? index : ATTRIBUTION_BUCKETS - 1;
}

bool attribution_add(struct attribution_buckets *a, const struct ledger *ledger, sim_time latency)
{
    const size_t index = attribution_index(latency);
    int64_t *octave = a->octaves[index / BUCKETS_AN_OCTAVE];
    if (UNLIKELY(!octave)) octave = new_octave(a, index / BUCKETS_AN_OCTAVE);
    int64_t *bucket = octave + index % BUCKETS_AN_OCTAVE * width(a);
    bucket[0]++;
    return ledger_add(bucket + 1, ledger, a->components) == latency;
}

uint64_t attribution_get(const struct attribution_buckets *a, size_t index, const int64_t **cells)
{
    const int64_t *octave = a->octaves[index / BUCKETS_AN_OCTAVE];
    if (!octave) return 0;
    const int64_t *bucket = octave + index % BUCKETS_AN_OCTAVE * width(a);
    *cells = bucket + 1;
    return (uint64_t)bucket[0];
}
