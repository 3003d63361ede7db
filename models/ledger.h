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

static inline void ledger_charge(struct ledger *ledger, uint32_t component, enum part part,
                                 sim_time until)
{
    ledger->cells[component * PART_COUNT + part] += until - ledger->cursor;
    ledger->cursor = until;
}

#endif
