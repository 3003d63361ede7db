#include "base/arena.h"

#include "base/compiler.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if ADDRESS_SANITIZER
#    include <sanitizer/asan_interface.h>
#endif

enum {
    FIRST_CHUNK = 8 * 1024,
    LARGEST_CHUNK = 4 * 1024 * 1024,
    LARGEST_ALIGNMENT = 4096,
    FIRST_CAPACITY = 8,
    /* Bytes left poisoned behind every allocation, so that AddressSanitizer sees an overflow. */
    RED_ZONE = ADDRESS_SANITIZER ? 16 : 0
};

struct chunk {
    struct chunk *next;
    size_t size; /* bytes of `bytes` */
    _Alignas(max_align_t) char bytes[];
};

struct arena {
    struct chunk *chunks; /* newest first; the first one is being filled */
    char *at;             /* the next free byte of the first chunk */
    char *end;
    size_t next_size; /* of the next ordinary chunk */
    size_t total;     /* bytes asked of the system */
};

/* The one process-wide setting: what to do without memory cannot hang off a pointer that every
 * caller passes on, since the process as a whole is out of memory. Set once, before the first
 * thread. */
static _Atomic(arena_exhaustion_fn *) exhaustion_handler;

void arena_on_exhaustion(arena_exhaustion_fn *handler)
{
    atomic_store(&exhaustion_handler, handler);
}

void arena_exhausted(size_t wanted)
{
    arena_exhaustion_fn *handler = atomic_load(&exhaustion_handler);
    if (handler) handler(wanted);
    abort();
}

static void poison(void *bytes, size_t size)
{
#if ADDRESS_SANITIZER
    __asan_poison_memory_region(bytes, size);
#else
    (void)bytes;
    (void)size;
#endif
}

static void unpoison(void *bytes, size_t size)
{
#if ADDRESS_SANITIZER
    __asan_unpoison_memory_region(bytes, size);
#else
    (void)bytes;
    (void)size;
#endif
}

struct arena *arena_new(void)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena) arena_exhausted(sizeof *arena);
    arena->next_size = FIRST_CHUNK;
    arena->total = sizeof *arena;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena) return;
    for (struct chunk *chunk = arena->chunks; chunk;) {
        struct chunk *next = chunk->next;
        unpoison(chunk->bytes, chunk->size);
        free(chunk);
        chunk = next;
    }
    free(arena);
}

static struct chunk *chunk_new(struct arena *arena, size_t size)
{
    /* calloc: fresh pages of the system are zero already and cost nothing to clear. */
    struct chunk *chunk =
        size <= PTRDIFF_MAX - sizeof *chunk ? calloc(1, sizeof *chunk + size) : NULL;
    if (!chunk) arena_exhausted(size);
    chunk->size = size;
    arena->total += sizeof *chunk + size;
    poison(chunk->bytes, size);
    return chunk;
}

static char *align_up(char *at, size_t alignment)
{
    size_t past = (uintptr_t)at & (alignment - 1);
    return past ? at + (alignment - past) : at;
}

/* Slow half: the first chunk cannot hold `size` bytes at `alignment`. */
static NOINLINE_COLD void *alloc_from_new_chunk(struct arena *arena, size_t size, size_t alignment)
{
    if (size > PTRDIFF_MAX - alignment - RED_ZONE) arena_exhausted(size);
    size_t wanted = size + alignment + RED_ZONE;
    if (wanted > arena->next_size / 4) {
        /* Its own chunk, behind the one being filled, which keeps its room. */
        struct chunk *own = chunk_new(arena, wanted);
        if (arena->chunks) {
            own->next = arena->chunks->next;
            arena->chunks->next = own;
        } else {
            arena->chunks = own;
            arena->at = arena->end = own->bytes + own->size;
        }
        char *result = align_up(own->bytes, alignment);
        unpoison(result, size);
        return result;
    }
    struct chunk *chunk = chunk_new(arena, arena->next_size);
    if (arena->next_size < LARGEST_CHUNK) arena->next_size *= 2;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->end = chunk->bytes + chunk->size;
    char *result = align_up(chunk->bytes, alignment);
    arena->at = result + size + RED_ZONE;
    unpoison(result, size);
    return result;
}

static void *alloc(struct arena *arena, size_t size, size_t alignment)
{
    if (size == 0) size = 1;
    size_t past = (uintptr_t)arena->at & (alignment - 1);
    size_t gap = past ? alignment - past : 0;
    size_t room = (size_t)(arena->end - arena->at);
    if (UNLIKELY(room < gap + RED_ZONE || size > room - gap - RED_ZONE))
        return alloc_from_new_chunk(arena, size, alignment);
    char *result = arena->at + gap;
    arena->at = result + size + RED_ZONE;
    unpoison(result, size);
    return result;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return alloc(arena, size, _Alignof(max_align_t));
}

void *arena_alloc_aligned(struct arena *arena, size_t size, size_t alignment)
{
    bool power_of_two = alignment && !(alignment & (alignment - 1));
    if (!power_of_two || alignment > LARGEST_ALIGNMENT) abort(); /* a mistake of the caller */
    return alloc(arena, size, alignment);
}

void *arena_calloc(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) arena_exhausted(SIZE_MAX);
    return arena_alloc(arena, bytes);
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) return items;
    size_t larger = *capacity < FIRST_CAPACITY ? FIRST_CAPACITY : *capacity;
    while (larger <= count) {
        if (larger > SIZE_MAX / 2) arena_exhausted(SIZE_MAX);
        larger *= 2;
    }
    void *copy = arena_calloc(arena, larger, size);
    if (items && *capacity) memcpy(copy, items, *capacity * size);
    *capacity = larger;
    return copy;
}

char *arena_copy(struct arena *arena, const char *text)
{
    return text ? arena_copy_n(arena, text, strlen(text)) : NULL;
}

char *arena_copy_n(struct arena *arena, const char *text, size_t length)
{
    if (length == SIZE_MAX) arena_exhausted(length);
    char *copy = alloc(arena, length + 1, 1);
    if (length) memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_vformat(arena, format, arguments);
    va_end(arguments);
    return text;
}

char *arena_vformat(struct arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0) abort(); /* a broken format, or a text beyond INT_MAX */
    char *text = alloc(arena, (size_t)length + 1, 1);
    (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

size_t arena_size(const struct arena *arena)
{
    return arena->total;
}
