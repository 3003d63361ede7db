/* rotate.h - a fixed pseudo-random rotation, applied fast.
 *
 * Rounds of random signs and a Walsh-Hadamard transform of as many columns as the largest power of
 * two has, at the front and at the back in turn (as in Fast Johnson-Lindenstrauss transforms: Ailon
 * and Chazelle, SIAM J. Comput. 2009): O(d log d) where a matrix takes d^2.
 */
#ifndef MODELS_ANN_ROTATE_H
#define MODELS_ANN_ROTATE_H

#include "models/ann/distance.h"

#include <stddef.h>
#include <stdint.h>

struct arena;
struct rotation;

/* Of vectors of `columns` values, a multiple of 16. Lives in `arena`. */
struct rotation *rotation_new(struct arena *arena, size_t columns, uint64_t seed,
                              enum simd_level level);
/* In place; lengths and inner products stay. `values` is aligned to 64. */
void rotation_apply(const struct rotation *rotation, float *values);
size_t rotation_size_bytes(const struct rotation *rotation);

#endif
