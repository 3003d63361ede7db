#include "models/program.h"

#include "base/arena.h"
#include "models/compiler.h"

#define STEPS_MOST 10000

void program_builder_init(struct program_builder *builder, struct compiler *compiler)
{
    *builder = (struct program_builder){.compiler = compiler};
}

uint16_t program_builder_add(struct program_builder *b, enum step_kind kind,
                             const struct node *node, const char *path)
{
    if (b->count >= STEPS_MOST) {
        compiler_fault(b->compiler, node, path, "more than %d steps in one program", STEPS_MOST);
        return STEP_END;
    }
    b->steps = arena_grow(b->compiler->arena, b->steps, b->count, &b->capacity, sizeof *b->steps);
    b->steps[b->count] = (struct step){.kind = kind, .next = STEP_END, .timeout = SIM_NEVER};
    return (uint16_t)b->count++;
}

/* Steps that draw from the same stream or call the same component are told apart by how many of
 * them came before. */
static bool same_luck(const struct step *a, const struct step *b)
{
    const bool calls_a = a->kind == STEP_CALL || a->kind == STEP_START;
    const bool calls_b = b->kind == STEP_CALL || b->kind == STEP_START;
    if (calls_a != calls_b) return false;
    if (!calls_a) return true;
    return a->call.component == b->call.component && a->call.operation == b->call.operation;
}

void program_builder_finish(struct program_builder *b, uint16_t start, struct program *out)
{
    for (size_t i = 0; i < b->count; i++)
        for (size_t j = 0; j < i; j++)
            if (same_luck(&b->steps[j], &b->steps[i])) b->steps[b->backwards ? j : i].ordinal++;
    const struct step *first = b->steps;
    const bool only_computes = b->count == 1 && start == 0 && first->kind == STEP_COMPUTE &&
                               first->next == STEP_END && !first->counted &&
                               first->timeout == SIM_NEVER;
    *out = (struct program){b->steps, (uint16_t)b->count, start, only_computes};
}

sim_time retrier_delay(const struct retrier *retrier, uint32_t already,
                       struct random_stream *stream)
{
    double delay = (double)retrier->interval;
    for (uint32_t i = 0; i < already && delay < 9e18; i++) delay *= retrier->backoff;
    if (delay > (double)retrier->longest) delay = (double)retrier->longest;
    if (retrier->jitter) delay *= random_unit(stream);
    return delay < 9e18 ? (sim_time)delay : SIM_NEVER / 2;
}
