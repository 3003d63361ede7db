/* cache.h - a cache in memory that really holds keys: hits, evictions and expirations are what its
 * traffic makes them.
 */
#ifndef MODELS_CACHE_H
#define MODELS_CACHE_H

#include "models/component.h"

extern const struct component_type cache_type;

#endif
