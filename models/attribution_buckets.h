/* attribution_buckets.h - where the time of a workload's requests went, by how long they took.
 *
 * Latencies fall in buckets about 1 % wide; each holds how many requests it has and the sums of
 * their ledgers. So what a percentile is made of is known to the bucket, in constant memory.
 */
#ifndef MODELS_ATTRIBUTION_BUCKETS_H
#define MODELS_ATTRIBUTION_BUCKETS_H

#include "models/ledger.h"
#include "sim/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

#define ATTRIBUTION_SUB_BITS 6  /* 64 buckets an octave */
#define ATTRIBUTION_OCTAVES  42 /* to 2^47 ns; the first holds 0 .. 127 one by one */
#define ATTRIBUTION_BUCKETS  (ATTRIBUTION_OCTAVES << ATTRIBUTION_SUB_BITS)

/* Buckets of an octave lie side by side, each as the count and then the cells, ns: one cache miss
 * finds both. */
struct attribution_buckets {
    struct arena *arena;
    uint32_t components;
    int64_t *octaves[ATTRIBUTION_OCTAVES]; /* NULL until hit */
};

void attribution_init(struct attribution_buckets *a, struct arena *arena, uint32_t components);
void attribution_clear(struct attribution_buckets *a);
/* Into an initialized one of as many components that is empty. */
void attribution_copy(struct attribution_buckets *into, const struct attribution_buckets *from);

/* The bucket of a latency. */
size_t attribution_index(sim_time latency);

/* Adds a request's account to its latency's bucket; false if the account does not add up to the
 * latency. */
bool attribution_add(struct attribution_buckets *a, const struct ledger *ledger, sim_time latency);

/* How many requests a bucket has; *cells (components x PART_COUNT sums) is set unless it is 0. */
uint64_t attribution_get(const struct attribution_buckets *a, size_t index, const int64_t **cells);

#endif
