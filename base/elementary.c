/* elementary.c - see elementary.h. Tables with short polynomials (Tang, "Table-driven
 * implementation of the exponential function in IEEE floating-point arithmetic", ACM TOMS 15(2),
 * 1989, and of the logarithm, 16(4), 1990). All roundings are those of single IEEE operations
 * written here: compile without contraction.
 */
#include "base/elementary.h"

#include "base/compiler.h"
#include "base/elementary_table.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define LN2_HIGH  0x1.62e42fefa38p-1 /* a multiple of 2^-42: times an exponent it stays exact */
#define LN2_LOW   0x1.ef35793c7673p-45
#define STEP_HIGH 0x1.62e42fefcp-8 /* ln 2 / 128, 35 bits: exact times 18 */
#define STEP_LOW  -0x1.c610ca86c3899p-44
#define STEPS     0x1.71547652b82fep+7 /* 128 / ln 2 */
#define TO_WHOLE  0x1.8p+52            /* added and subtracted: rounds to a whole number */

#define EXPONENT_SHIFT 52
#define FIRST_INTERVAL \
    UINT64_C(0x3fe5f00000000000) /* where the logarithm's first interval begins */
#define INTERVAL_SHIFT (EXPONENT_SHIFT - ELEMENTARY_TABLE_BITS)
#define HIGH_PART      (~UINT64_C(0x3ffffff)) /* 27 of 53 bits */
#define LEAST_NORMAL   0x1p-1022
#define EXP_OVERFLOWS  0x1.62e42fefa39efp+9 /* the greatest argument with a finite result */
#define EXP_UNDERFLOWS \
    -0x1.74910d52d3052p+9 /* below it the result is nearer to 0 than to anything else */

static inline uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double double_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* exp(x + low), |low| far below |x|. */
static inline double exp_of_sum(double x, double low)
{
    if (UNLIKELY(!(x <= EXP_OVERFLOWS))) return x > 0.0 ? HUGE_VAL : x;
    if (UNLIKELY(x < EXP_UNDERFLOWS)) return 0.0;
    const double steps = (x * STEPS + TO_WHOLE) - TO_WHOLE;
    const double r = (x - steps * STEP_HIGH) - steps * STEP_LOW + low;
    /* Taylor's series of exp(r) - 1, |r| < 0.0028: what is left out is below 2^-60. In pairs
     * (Estrin), as one chain would wait for each step. */
    const double r2 = r * r;
    const double tail = r2 * ((0.5 + r * 0x1.5555555555555p-3) +
                              r2 * (0x1.5555555555555p-5 + r * 0x1.1111111111111p-7));
    const int64_t whole = (int64_t)steps;
    const struct power_entry *entry = &elementary_powers[(uint64_t)whole % ELEMENTARY_TABLE_SIZE];
    const double result = entry->value + entry->value * (entry->tail + tail + r);
    const int64_t exponent = whole >> ELEMENTARY_TABLE_BITS;
    /* In two factors, as 2^exponent alone may be out of range where the result is not. */
    const int64_t half = exponent / 2;
    return result * double_of((uint64_t)(1023 + half) << EXPONENT_SHIFT) *
           double_of((uint64_t)(1023 + exponent - half) << EXPONENT_SHIFT);
}

/* The logarithm as high + *low to about 2^-63 of it; x positive, finite, normal. */
static inline double log_in_parts(uint64_t bits, double shift, double *low)
{
    const uint64_t above = bits - FIRST_INTERVAL;
    const double exponent = shift + (double)((int64_t)above >> EXPONENT_SHIFT);
    const uint64_t reduced = bits - (above & ~((UINT64_C(1) << EXPONENT_SHIFT) - 1));
    const struct logarithm_entry *entry =
        &elementary_logarithms[above >> INTERVAL_SHIFT & (ELEMENTARY_TABLE_SIZE - 1)];

    /* r = z * reciprocal - 1 in two parts: 27 by 20 bits is exact, and so is the subtraction.
     * Around 1, where the reciprocal is 1, their sum is exact. */
    const double z = double_of(reduced);
    const double z_high = double_of(reduced & HIGH_PART);
    const double r_high = z_high * entry->reciprocal - 1.0;
    const double r_low = (z - z_high) * entry->reciprocal;
    const double r = r_high + r_low;
    const double r_error = (r_high - r) + r_low;

    /* Taylor's series of log(1 + r) - r, |r| <= 1/256: what is left out is below 2^-58 of r. */
    const double r2 = r * r;
    const double series = r2 * ((-0.5 + r * 0x1.5555555555555p-2) +
                                r2 * ((-0.25 + r * 0x1.999999999999ap-3) +
                                      r2 * (-0x1.5555555555555p-3 + r * 0x1.2492492492492p-3)));
    const double base = exponent * LN2_HIGH + entry->high;
    const double sum = base + r; /* |base| > |r| or base = 0 */
    const double rest = (base - sum) + r;
    const double tail = exponent * LN2_LOW + entry->low + (r_error + series) + rest;
    const double result = sum + tail;
    *low = (sum - result) + tail;
    return result;
}

/* log x for anything that is not positive, finite and normal: true and *result, or false with the
 * bits of a normal number that is x * 2^-*shift. */
static bool log_special(double x, double *result, uint64_t *bits, double *shift)
{
    *shift = 0.0;
    *bits = bits_of(x);
    if (x > 0.0 && x < LEAST_NORMAL) {
        *shift = -54.0;
        *bits = bits_of(x * 0x1p54);
    }
    if (x > 0.0 && x <= 0x1.fffffffffffffp+1023) return false;
    *result = x == 0.0 ? -HUGE_VAL : x > 0.0 ? x : (double)NAN;
    return true;
}

double elementary_exp(double x)
{
    return exp_of_sum(x, 0.0);
}

double elementary_log(double x)
{
    uint64_t bits = bits_of(x);
    double shift = 0.0;
    double low;
    if (UNLIKELY(!(x >= LEAST_NORMAL && x <= 0x1.fffffffffffffp+1023)) &&
        log_special(x, &low, &bits, &shift))
        return low;
    return log_in_parts(bits, shift, &low);
}

/* a * b as a rounded product and its error (Dekker 1971), |a| and |b| below 2^996. */
static inline double product_in_parts(double a, double b, double *low)
{
    const double splitter = 0x1p27 + 1.0;
    const double a_scaled = a * splitter;
    const double b_scaled = b * splitter;
    const double a_high = a_scaled - (a_scaled - a);
    const double b_high = b_scaled - (b_scaled - b);
    const double a_low = a - a_high;
    const double b_low = b - b_high;
    const double product = a * b;
    *low = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return product;
}

double elementary_pow(double x, double y)
{
    uint64_t bits = bits_of(x);
    double shift = 0.0;
    double low;
    if (y == 0.0 || x == 1.0) return 1.0;
    if (UNLIKELY(!(x >= LEAST_NORMAL && x <= 0x1.fffffffffffffp+1023)) &&
        log_special(x, &low, &bits, &shift))
        return exp_of_sum(y * low, 0.0);
    const double high = log_in_parts(bits, shift, &low);
    /* Beyond 2^64 the power of anything but 1 is 0 or infinite, and the exact product could
     * overflow. */
    if (UNLIKELY(!(y > -0x1p64 && y < 0x1p64))) return exp_of_sum(high * y, 0.0);
    double error;
    const double product = product_in_parts(high, y, &error);
    return exp_of_sum(product, error + low * y);
}
