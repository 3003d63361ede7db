/* intrinsic.h - the intrinsic functions, States.Format and others. */
#ifndef MODELS_ASL_INTRINSIC_H
#define MODELS_ASL_INTRINSIC_H

#include "models/asl/data.h"

struct intrinsic_call {
    struct arena *arena;
    struct asl_run *run; /* for random numbers */
    const struct value *const *arguments;
    size_t count;
    const char *fault; /* set on failure */
};

typedef const struct value *intrinsic_fn(struct intrinsic_call *call);

struct intrinsic {
    const char *name;
    size_t least; /* arguments */
    size_t most;
    intrinsic_fn *call;
};

/* "States.Format"; NULL if there is none. */
const struct intrinsic *intrinsic_find(const char *name, size_t length);

/* The functions of lists and numbers (intrinsic_list.c). */
intrinsic_fn intrinsic_array, intrinsic_array_partition, intrinsic_array_contains,
    intrinsic_array_range, intrinsic_array_get_item, intrinsic_array_length, intrinsic_array_unique,
    intrinsic_math_random, intrinsic_math_add, intrinsic_json_merge;

/* Sets the fault; NULL. */
const struct value *intrinsic_fail(struct intrinsic_call *call, const char *fault);

#endif
