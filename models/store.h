/* store.h - a key-value or object store: latency by operation, capacity units with their limits,
 * money by unit or request.
 */
#ifndef MODELS_STORE_H
#define MODELS_STORE_H

#include "models/component.h"

extern const struct component_type store_type;

#endif
