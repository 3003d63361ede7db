/* elementary_table.h - the tables behind elementary.h, correctly rounded from 300-bit arithmetic.
 */
#ifndef BASE_ELEMENTARY_TABLE_H
#define BASE_ELEMENTARY_TABLE_H

#define ELEMENTARY_TABLE_BITS 7
#define ELEMENTARY_TABLE_SIZE 128

/* 2^(j/128) is value * (1 + tail): together about 105 bits. */
struct power_entry {
    double value;
    double tail;
};

/* For the i-th of 128 intervals of [0.6855, 1.371): a 20-bit reciprocal of its middle and minus
 * that reciprocal's logarithm, `high` a multiple of 2^-42. The interval around 1 has reciprocal 1.
 */
struct logarithm_entry {
    double reciprocal;
    double high;
    double low;
};

extern const struct power_entry elementary_powers[ELEMENTARY_TABLE_SIZE];
extern const struct logarithm_entry elementary_logarithms[ELEMENTARY_TABLE_SIZE];

#endif
