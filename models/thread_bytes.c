#include "models/thread_flow.h"

void thread_bytes_result(struct thread *thread, uint64_t result)
{
    if (!thread->program->sized) return;
    uint32_t *bytes = thread_bytes(thread);
    const enum result_use use = (enum result_use)thread_step(thread)->result_use;
    if (use == RESULT_DISCARDED) return;
    const uint64_t sum = use == RESULT_ADDS ? *bytes + result : result;
    *bytes = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}

void thread_bytes_join(struct fan *fan, const struct branch *branch)
{
    const uint64_t sum = (uint64_t)fan->bytes + branch->bytes;
    fan->bytes = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}

void thread_bytes_limit(struct thread *thread, const struct step *step)
{
    if (thread->error != ERROR_NONE) return;
    if (step->kind == STEP_CALL) {
        thread_bytes_result(thread, step->result_bytes);
        if (step->result_bytes > thread->program->payload_limit) thread->error = ERROR_DATA_LIMIT;
    }
    if (*thread_bytes(thread) > thread->program->payload_limit) thread->error = ERROR_DATA_LIMIT;
}
