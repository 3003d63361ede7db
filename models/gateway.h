/* gateway.h - the door: throttles, adds its overhead, passes the call on and gives up after a
 * time-out. */
#ifndef MODELS_GATEWAY_H
#define MODELS_GATEWAY_H

#include "models/component.h"

extern const struct component_type gateway_type;

#endif
