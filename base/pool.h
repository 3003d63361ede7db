/* pool.h - items of one size that come and go within a run.
 *
 * A free list over chunks of an arena: taking and giving back cost a few instructions and allocate
 * nothing once the pool has seen its peak, so memory follows what is in flight. Under
 * AddressSanitizer an item that was given back is poisoned.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/arena.h"
#include "base/compiler.h"

#include <stddef.h>
#include <stdint.h>

#if ADDRESS_SANITIZER
#    include <sanitizer/asan_interface.h>
#endif

struct pool {
    void *free;          /* the first free item; its first word points to the next */
    struct arena *arena; /* where chunks come from */
    size_t item_size;    /* bytes, a multiple of 16 */
    size_t chunk_items;  /* how many the next chunk brings */
    size_t in_use;
};

/* `item_size` is rounded up to a multiple of 16. */
void pool_init(struct pool *pool, struct arena *arena, size_t item_size);

/* Slow half of pool_take: one more chunk. */
void pool_refill(struct pool *pool);

/* Not zeroed: the caller sets every field it reads. */
static inline void *pool_take(struct pool *pool)
{
    if (UNLIKELY(!pool->free)) pool_refill(pool);
    void *item = pool->free;
#if ADDRESS_SANITIZER
    __asan_unpoison_memory_region(item, pool->item_size);
#endif
    pool->free = *(void **)item;
    pool->in_use++;
    return item;
}

/* As pool_take, zeroed. `size` is a constant of at most what the pool's items have. Written out in
 * stores of 16 bytes: compilers make a string instruction of memset, which takes longer to get
 * going than the whole. */
static inline __attribute__((always_inline)) void *pool_take_zeroed(struct pool *pool, size_t size)
{
    typedef uint64_t pair __attribute__((vector_size(16), may_alias));
    pair *item = pool_take(pool);
#pragma GCC unroll 16
    for (size_t i = 0; i < (size + sizeof *item - 1) / sizeof *item; i++) item[i] = (pair){0, 0};
    return item;
}

static inline void pool_give(struct pool *pool, void *item)
{
    *(void **)item = pool->free;
    pool->free = item;
    pool->in_use--;
#if ADDRESS_SANITIZER
    __asan_poison_memory_region(item, pool->item_size);
#endif
}

#endif
