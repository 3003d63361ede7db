#include "models/registry.h"

#include "models/cache.h"
#include "models/component.h"
#include "models/function.h"
#include "models/gateway.h"
#include "models/model.h"
#include "models/service.h"
#include "models/store.h"
#include "models/vector_index.h"
#include "models/workflow.h"

#include <string.h>

const struct component_type *const component_types[] = {
    &gateway_type,      &function_type, &workflow_type, &cache_type, &store_type,
    &vector_index_type, &model_type,    &service_type,  NULL,
};

const struct component_type *component_type_find(const char *name)
{
    for (size_t i = 0; component_types[i]; i++)
        if (strcmp(component_types[i]->name, name) == 0) return component_types[i];
    return NULL;
}
