/* call_inline.h - the parts of call.h that need the component's body. Included by call.h alone. */
#ifndef MODELS_CALL_INLINE_H
#define MODELS_CALL_INLINE_H

#include "models/call.h"
#include "models/component.h"
#include "models/simulation.h"

static inline void call_charge(struct call *call, enum part part, sim_time now)
{
    ledger_charge(call->ledger, call->callee->index, part, now);
}

static inline bool call_is_orphan(const struct call *call)
{
    return call->ledger == call->callee->sim->sink;
}

static inline void call_stream(const struct call *call, enum purpose purpose,
                               struct random_stream *stream)
{
    random_begin(stream, call->callee->random_key, call->request->id,
                 random_what(call->callee->name_hash, (uint32_t)purpose), call->occurrence);
}

#endif
