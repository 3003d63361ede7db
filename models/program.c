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
    b->steps[b->count] = (struct step){.kind = kind, .next = STEP_END, .timeout = SIM_NEVER, .timeout_error = ERROR_TIMEOUT};
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

/* ---- loops ---- */

static size_t successor_count(const struct step *step)
{
    const size_t first = 1u + step->catcher_count;
    if (step->kind == STEP_CHOICE) return first + step->choice.count;
    if (step->kind == STEP_PARALLEL) return first + step->parallel.count;
    return step->kind == STEP_MAP ? first + 1 : first;
}

static uint16_t successor(const struct step *step, size_t index)
{
    if (index == 0) return step->next;
    if (index <= step->catcher_count) return step->catchers[index - 1].next;
    index -= 1u + step->catcher_count;
    if (step->kind == STEP_CHOICE) return step->choice.targets[index];
    return step->kind == STEP_PARALLEL ? step->parallel.starts[index] : step->map.start;
}

struct visit {
    uint16_t step;
    size_t next; /* successor to look at */
};

/* Depth-first from `start`, without recursion: a step's rank is when it was left, so that only what
 * leads back to a step still open leads to one not lower. Returns the next rank. */
static uint16_t rank_from(struct step *steps, uint16_t start, bool *seen, struct visit *stack,
                          uint16_t rank)
{
    size_t depth = 0;
    if (start == STEP_END || seen[start]) return rank;
    seen[start] = true;
    stack[depth++] = (struct visit){.step = start};
    while (depth > 0) {
        struct visit *top = &stack[depth - 1];
        if (top->next == successor_count(&steps[top->step])) {
            steps[top->step].rank = rank++;
            depth--;
            continue;
        }
        const uint16_t to = successor(&steps[top->step], top->next++);
        if (to == STEP_END || seen[to]) continue;
        seen[to] = true;
        stack[depth++] = (struct visit){.step = to};
    }
    return rank;
}

static void rank_steps(struct program_builder *b, uint16_t start)
{
    bool *seen = arena_array(b->compiler->arena, bool, b->count + 1);
    struct visit *stack = arena_array(b->compiler->arena, struct visit, b->count + 1);
    uint16_t rank = rank_from(b->steps, start, seen, stack, 0);
    for (size_t i = 0; i < b->count; i++)
        rank = rank_from(b->steps, (uint16_t)i, seen, stack, rank);
}

void program_builder_finish(struct program_builder *b, uint16_t start, struct program *out)
{
    for (size_t i = 0; i < b->count; i++)
        for (size_t j = 0; j < i; j++)
            if (same_luck(&b->steps[j], &b->steps[i])) b->steps[b->backwards ? j : i].ordinal++;
    if (b->compiler->diagnostics->errors == 0) rank_steps(b, start);
    const struct step *first = b->steps;
    const bool only_computes = b->count == 1 && start == 0 && first->kind == STEP_COMPUTE &&
                               first->next == STEP_END && !first->counted &&
                               first->timeout == SIM_NEVER;
    *out = (struct program){.steps = b->steps,
                            .count = (uint16_t)b->count,
                            .start = start,
                            .only_computes = only_computes};
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
