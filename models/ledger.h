/* ledger.h - where a request's time went, to the nanosecond.
 *
 * A ledger belongs to one sequential flow of a request: the request itself, or a branch that runs
 * beside others. It has a cursor, the moment up to which time is accounted for, and a cell for each
 * component and part. Whoever a flow has been waiting for charges the time since the cursor to
 * itself and moves the cursor on; so the cells always add up to the time that has passed, by
 * construction. When branches join, the one that finished last hands its ledger over and the others
 * are dropped: what is left is the critical path.
 *
 * Work that nobody waits for any more (its caller gave up) writes into the run's sink, which nobody
 * reads.
 */
#ifndef MODELS_LEDGER_H
#define MODELS_LEDGER_H

#include "sim/time.h"

#include <stddef.h>
#include <stdint.h>

/* Causes of reports, with the model's service split in two (first token, decode). */
enum part {
    PART_SERVICE,
    PART_DECODE, /* output tokens after the first: shown as service, "decode" */
    PART_QUEUEING,
    PART_COLD_START,
    PART_NETWORK,
    PART_THROTTLING,
    PART_RETRY,
    PART_SPARE, /* makes a component's row one cache line */
    PART_COUNT
};

struct ledger {
    sim_time cursor;
    int64_t cells[]; /* component * PART_COUNT + part */
};

/* Two cells, for what is done to all: as wide as every 64-bit machine has registers. */
typedef int64_t ledger_pair __attribute__((vector_size(16), aligned(8), may_alias));

enum { LEDGER_PAIRS = PART_COUNT / 2 };

/* Bytes of a ledger for `components`. */
static inline size_t ledger_size(uint32_t components)
{
    return sizeof(struct ledger) + components * PART_COUNT * sizeof(int64_t);
}

static inline void ledger_clear(struct ledger *ledger, uint32_t components)
{
    ledger_pair *pair = (ledger_pair *)(void *)ledger->cells;
    for (uint32_t i = 0; i < components * LEDGER_PAIRS; i++) pair[i] = (ledger_pair){0, 0};
}

/* Adds a ledger's cells to as many others; returns all time that it accounts for. One by one: a
 * cell was written alone a moment ago, and a wider load would have to wait until it has left the
 * store buffer. */
static inline sim_time ledger_add(int64_t *cells, const struct ledger *ledger, uint32_t components)
{
    sim_time sum = 0;
    for (uint32_t i = 0; i < components * PART_COUNT; i += PART_COUNT) {
#pragma GCC unroll 8
        for (uint32_t part = 0; part < PART_COUNT; part++) {
            const sim_time time = ledger->cells[i + part];
            cells[i + part] += time;
            sum += time;
        }
    }
    return sum;
}

/* All time accounted for. */
static inline sim_time ledger_sum(const struct ledger *ledger, uint32_t components)
{
    sim_time sum = 0;
    for (uint32_t i = 0; i < components * PART_COUNT; i++) sum += ledger->cells[i];
    return sum;
}

static inline void ledger_charge(struct ledger *ledger, uint32_t component, enum part part,
                                 sim_time until)
{
    ledger->cells[component * PART_COUNT + part] += until - ledger->cursor;
    ledger->cursor = until;
}

#endif
