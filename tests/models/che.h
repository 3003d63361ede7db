/* che.h - the hit ratio of a least-recently-used cache under independent references, for tests. */
#ifndef TESTS_MODELS_CHE_H
#define TESTS_MODELS_CHE_H

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

/* H. Che, Y. Tung, Z. Wang, "Hierarchical Web caching systems", IEEE JSAC 20(7), 2002: with the
 * characteristic time T that solves sum(1 - exp(-p_i T)) = capacity, item i hits with probability 1
 * - exp(-p_i T). */
static inline double che_hit_ratio(double exponent, size_t n, double capacity)
{
    double *p = malloc(n * sizeof *p);
    double total = 0;
    if (!p) abort();
    for (size_t i = 0; i < n; i++) total += p[i] = pow((double)(i + 1), -exponent);
    double low = 0;
    double high = 1e12;
    for (int step = 0; step < 100; step++) {
        const double middle = 0.5 * (low + high);
        double held = 0;
        for (size_t i = 0; i < n; i++) held -= expm1(-p[i] / total * middle);
        if (held < capacity)
            low = middle;
        else
            high = middle;
    }
    double hits = 0;
    for (size_t i = 0; i < n; i++) hits -= p[i] / total * expm1(-p[i] / total * low);
    free(p);
    return hits;
}

#endif
