/* memory.h - the large arrays of an index; for models/ann/ alone. */
#ifndef MODELS_ANN_MEMORY_H
#define MODELS_ANN_MEMORY_H

#include <stddef.h>

struct arena;

/* count * size zeroed bytes from `arena`, aligned to ANN_ALIGNMENT. A large array starts on a huge
 * page and asks the system for such: reads all over it then miss the address cache less. */
void *memory_large(struct arena *arena, size_t count, size_t size);

#endif
