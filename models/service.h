/* service.h - any system that is known by its servers, a queue, a service time, a rate limit and a
 * price.
 *
 * Calls that find no server free wait in order of arrival: G/G/c/K. A failure is found out at the
 * end of service.
 */
#ifndef MODELS_SERVICE_H
#define MODELS_SERVICE_H

#include "models/component.h"

extern const struct component_type service_type;

#endif
