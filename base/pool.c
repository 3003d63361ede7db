#include "base/pool.h"

#include <stdlib.h>

enum {
    ITEM_UNIT = 16,
    FIRST_ITEMS = 32,
    LARGEST_CHUNK = 256 * 1024, /* bytes after which chunks stop doubling */
    CACHE_LINE = 64
};

void pool_init(struct pool *pool, struct arena *arena, size_t item_size)
{
    if (item_size == 0) item_size = 1;
    if (item_size > SIZE_MAX - ITEM_UNIT) arena_exhausted(item_size);
    *pool = (struct pool){
        .arena = arena,
        .item_size = (item_size + ITEM_UNIT - 1) / ITEM_UNIT * ITEM_UNIT,
        .chunk_items = FIRST_ITEMS,
    };
}

NOINLINE_COLD void pool_refill(struct pool *pool)
{
    size_t size = pool->item_size;
    size_t count = pool->chunk_items;
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) arena_exhausted(SIZE_MAX);
    char *chunk = arena_alloc_aligned(pool->arena, bytes, CACHE_LINE);
    if (bytes < LARGEST_CHUNK) pool->chunk_items *= 2;

    /* Backwards, so that items are taken in rising addresses. */
    for (size_t i = count; i-- > 0;) {
        void *item = chunk + i * size;
        *(void **)item = pool->free;
        pool->free = item;
    }
#if ADDRESS_SANITIZER
    __asan_poison_memory_region(chunk, bytes);
#endif
}
