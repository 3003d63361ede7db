/* execution_value.h - an execution told as JSON: its outcome, what it entered, its history. */
#ifndef MODELS_EXECUTION_VALUE_H
#define MODELS_EXECUTION_VALUE_H

#include "models/execution.h"

/* {"id", "prev", "type", "at" (simulated seconds) and what the event has}. */
const struct value *execution_event_value(struct arena *arena, const struct history_event *event);

/* {"status", "output", "error", "cause", "entered", "attempts", "transitions", "children",
 * "seconds", "events"}; without output, error or cause where there is none. */
const struct value *execution_value(struct arena *arena, const struct execution_result *result);

#endif
