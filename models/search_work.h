/* search_work.h - what a query of a vector index costs: measured by the ANN kernel, carried to the
 * configured size.
 *
 * Several small indexes of the configured kind are built of synthetic vectors and queried;
 * distances, hops and recall are counted. Work at the configured size comes from a fit over those
 * sizes; its spread over queries is that of the largest one built. Work becomes time by a
 * calibrated cost of a distance, so a run is reproducible to the byte anywhere.
 */
#ifndef MODELS_SEARCH_WORK_H
#define MODELS_SEARCH_WORK_H

#include "base/error.h"
#include "models/ann/ann.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct preparation;

struct search_work {
    double distances; /* mean of a query, at the configured size */
    double hops;
    double recall;           /* of the largest index built */
    size_t measured_vectors; /* its size */
    double error_ratio;      /* of the fit, at the configured size; 0 when built at full size */
    const float *spread;     /* a query's work over the mean, ascending, spread_count of them */
    size_t spread_count;
};

/* Measures, or finds an equal measurement made before. `vectors` is the size of one shard. */
bool search_work_measure(struct preparation *preparation, const struct ann_settings *settings,
                         size_t vectors, size_t top_k, struct search_work *out, struct error *err);

#endif
