/* registry.h - every component type, by name. */
#ifndef MODELS_REGISTRY_H
#define MODELS_REGISTRY_H

#include <stddef.h>

struct component_type;

/* NULL-terminated, in the manual's order. */
extern const struct component_type *const component_types[];

const struct component_type *component_type_find(const char *name);

#endif
