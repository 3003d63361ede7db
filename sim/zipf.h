/* zipf.h - ranks 1..n with probability proportional to rank^-exponent, in constant memory.
 *
 * Rejection-inversion (Hoermann and Derflinger, "Rejection-inversion to generate variates from
 * monotone discrete distributions", ACM TOMACS 6(3), 1996): the law is exact for any exponent >= 0,
 * 1 included, and any n up to 2^53 (rounding moves a rank's probability by less than 1e-5 of itself
 * at n = 1e9). Hardly ever more than two tries are needed.
 */
#ifndef SIM_ZIPF_H
#define SIM_ZIPF_H

#include "sim/random.h"

/* `n` is a whole number >= 1. */
void zipf_prepare(double exponent, double n, double constants[3]);
double zipf_draw(double exponent, double n, const double constants[3],
                 struct random_stream *stream);

#endif
