/* steps_reading.h - what the readers of `does:` steps share. Used by steps.c and steps_call.c
 * alone.
 */
#ifndef MODELS_STEPS_READING_H
#define MODELS_STEPS_READING_H

#include "models/compiler.h"
#include "models/program.h"

/* One step being read. */
struct step_reading {
    struct program_builder *builder;
    const struct node *node;  /* the step's map */
    const struct node *value; /* of its first key */
    const char *path;
    uint16_t next;
};

static inline struct compiler *compiler_of(const struct step_reading *r)
{
    return r->builder->compiler;
}

static inline struct step *step_at(const struct step_reading *r, uint16_t index)
{
    return &r->builder->steps[index];
}

/* Readers of steps that call components: add the step (and what belongs to it) and return its
 * index, STEP_END after a fault. */
uint16_t steps_read_call(const struct step_reading *r);
uint16_t steps_read_start(const struct step_reading *r);
uint16_t steps_read_cached(const struct step_reading *r);

#endif
