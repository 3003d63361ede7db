/* function.h - functions as a service: instances, warm pools, cold starts, concurrency limits,
 * billing by duration. */
#ifndef MODELS_FUNCTION_H
#define MODELS_FUNCTION_H

extern const struct component_type function_type;

#endif
