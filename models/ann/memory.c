#include "models/ann/memory.h"

#include "base/arena.h"
#include "models/ann/distance.h"

#include <sys/mman.h>

enum { HUGE_PAGE = 2 * 1024 * 1024, SMALL_PAGE = 4096 };

void *memory_large(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) arena_exhausted(SIZE_MAX);
    if (bytes < HUGE_PAGE) return arena_alloc_aligned(arena, bytes, ANN_ALIGNMENT);
    if (bytes > SIZE_MAX - HUGE_PAGE) arena_exhausted(SIZE_MAX);
    char *memory = arena_alloc_aligned(arena, bytes + HUGE_PAGE, SMALL_PAGE);
    memory += -(uintptr_t)memory & (HUGE_PAGE - 1);
#ifdef MADV_HUGEPAGE
    /* Only advice: where it is not taken nothing is lost. */
    (void)madvise(memory, bytes / SMALL_PAGE * SMALL_PAGE, MADV_HUGEPAGE);
#endif
    return memory;
}
