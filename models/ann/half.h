/* half.h - IEEE 754 half precision in integers, for numbers that are finite and in range. */
#ifndef MODELS_ANN_HALF_H
#define MODELS_ANN_HALF_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* The nearest half, ties to even; what is too large becomes the largest, 65,504. */
static inline uint16_t half_from_float(float value)
{
    const uint32_t sign = signbit(value) ? 0x8000u : 0;
    const double size = fabs((double)value);
    if (!(size < 65520.0)) return (uint16_t)(sign | 0x7bffu);
    if (size < 0x1p-14) return (uint16_t)(sign | (uint32_t)nearbyint(size * 0x1p24));
    int exponent;
    (void)frexp(size, &exponent); /* size = f 2^exponent, f from 1/2: the half has 11 bits of f */
    const uint32_t digits = (uint32_t)nearbyint(ldexp(size, 11 - exponent));
    /* 1,024 are implied; 2,048 carries into the exponent, as it should. */
    return (uint16_t)(sign | (((uint32_t)(exponent + 14) << 10) + (digits - 1024)));
}

/* Exact. The half's exponent and digits, moved in place, are a float 2^112 times too small; the
 * product mends that for subnormal ones too. */
static inline float half_to_float(uint16_t half)
{
    const uint32_t moved = (half & 0x7fffu) << 13;
    float size;
    memcpy(&size, &moved, sizeof size);
    size *= 0x1p112f;
    uint32_t bits;
    memcpy(&bits, &size, sizeof bits);
    bits |= (half & 0x8000u) << 16;
    memcpy(&size, &bits, sizeof size);
    return size;
}

#endif
