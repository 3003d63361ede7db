/* ziggurat.h - the tables of the exponential and normal ziggurats (Marsaglia and Tsang, "The
 * ziggurat method for generating random variables", JSS 5(8), 2000): 256 layers of equal area under
 * exp(-x) and exp(-x^2/2).
 *
 * Layer i > 0 spans [0, x_i] across and [f(x_i), f(x_(i-1))] up, where x_255 is the tail's begin
 * and x_0 = 0; layer 0 is the rectangle under f(x_255) with the tail, as wide as their area asks. A
 * 53-bit integer m gives x = m * width; below `threshold` (the next layer's edge) x needs no
 * further test.
 */
#ifndef SIM_ZIGGURAT_H
#define SIM_ZIGGURAT_H

#include <stdint.h>

#define ZIGGURAT_LAYERS           256
#define ZIGGURAT_EXPONENTIAL_TAIL 0x1.ec9d9297ebb83p+2 /* 7.69711747013104971 */
#define ZIGGURAT_NORMAL_TAIL      0x1.d3bb48209ad33p+1 /* 3.65415288536100877 */

struct ziggurat_layer {
    uint64_t threshold;
    double width; /* x_i / 2^53 */
};

extern const struct ziggurat_layer ziggurat_exponential[ZIGGURAT_LAYERS];
extern const struct ziggurat_layer ziggurat_normal[ZIGGURAT_LAYERS];

/* f(x_i); [0] is f(0) = 1. */
extern const double ziggurat_exponential_heights[ZIGGURAT_LAYERS];
extern const double ziggurat_normal_heights[ZIGGURAT_LAYERS];

#endif
