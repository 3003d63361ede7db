/* arena.h - memory that lives and dies together: a plan's, a run's.
 *
 * Allocation is a pointer bump; nothing is freed piecemeal. Memory comes back zeroed. Running out
 * of memory does not return: it calls the process's one handler (arena_on_exhaustion), which cli/
 * sets; the default aborts. An arena belongs to one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/compiler.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL is allowed */

/* Zeroed, aligned for any type. Never NULL; size 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size);
/* As above, aligned to `alignment` (a power of two up to 4096). */
void *arena_alloc_aligned(struct arena *arena, size_t size, size_t alignment);
/* count * size with an overflow check. */
void *arena_calloc(struct arena *arena, size_t count, size_t size);
#define arena_new_item(arena, type)     ((type *)arena_calloc((arena), 1, sizeof(type)))
#define arena_array(arena, type, count) ((type *)arena_calloc((arena), (count), sizeof(type)))

/* Room for one more in a growing array: returns `items` or a larger copy of it (doubling); updates
 * *capacity. The old copy stays in the arena until it dies. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size);

char *arena_copy(struct arena *arena, const char *text);                  /* NULL gives NULL */
char *arena_copy_n(struct arena *arena, const char *text, size_t length); /* ends it with NUL */
char *arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vformat(struct arena *arena, const char *format, va_list arguments) PRINTF_LIKE(2, 0);

/* Bytes asked of the system so far. */
size_t arena_size(const struct arena *arena);

typedef void arena_exhaustion_fn(size_t wanted);
void arena_on_exhaustion(arena_exhaustion_fn *handler); /* must not return */
/* Calls that handler: for what takes memory from elsewhere. `wanted`: the bytes that could not be
 * had; SIZE_MAX: a limit that is not memory. */
_Noreturn void arena_exhausted(size_t wanted);

#endif
