/* asl_translation.h - a definition on its way to a program: what asl.c and asl_work.c share. */
#ifndef MODELS_ASL_TRANSLATION_H
#define MODELS_ASL_TRANSLATION_H

#include "models/asl.h"
#include "models/asl/states.h"
#include "models/asl_bind.h"

struct translation {
    struct compiler *compiler;
    const struct asl_binding *binding;
    const struct asl_states *states;
    struct asl_binder binder;
    struct program_builder builder;
    uint16_t *steps; /* by state */
};

/* A number that is a field of a map, or `fallback` when it is anything else. */
double asl_number(const struct node *map, const char *key, double fallback);
/* The step of the state of a machine by name; asl_check has seen that there is one. */
uint16_t asl_step_named(const struct translation *t, size_t machine, const char *name);
/* The first step of a machine. */
uint16_t asl_start_of(const struct translation *t, size_t machine);

/* How the machine of a state is run: by the innermost distributed Map around it. */
enum step_child asl_child_of(const struct translation *t, const struct asl_state *state);

/* asl_work.c: what each type of state does. */
void asl_translate_task(struct translation *t, const struct asl_state *state, struct step *step);
void asl_translate_wait(struct translation *t, const struct asl_state *state, struct step *step);
void asl_translate_choice(struct translation *t, const struct asl_state *state, struct step *step);
void asl_translate_parallel(struct translation *t, const struct asl_state *state,
                            struct step *step);
void asl_translate_map(struct translation *t, const struct asl_state *state, struct step *step);

#endif
