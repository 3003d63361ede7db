/* elementary.h - exp, log and pow that give the same bits everywhere.
 *
 * The C library's differ in the last bit between versions and vendors; draws that pass through them
 * would differ between machines. These use only additions, multiplications, divisions and table
 * entries in IEEE double precision without contraction, so they do not. Error below 1 unit in the
 * last place for exp and log, below 4 for pow in the range samplers use.
 */
#ifndef BASE_ELEMENTARY_H
#define BASE_ELEMENTARY_H

double elementary_exp(double x);
double elementary_log(double x);
double elementary_pow(double x, double y);

#endif
