#include "models/ann/measure.h"

#include "base/arena.h"
#include "base/error.h"
#include "models/ann/vectors.h"

#include <math.h>
#include <stdlib.h>

/* Queries are rows of the same endless set, so far out that no base reaches them. */
static const uint64_t first_query_row = (uint64_t)1 << 40;

static bool check_experiment(const struct ann_experiment *experiment, struct error *err)
{
    TRY(ann_check_settings(&experiment->settings, err));
    if (!experiment->vectors || experiment->vectors > ANN_ROWS_MAX) {
        return error_set(err, "an index of %zu vectors cannot be measured; expected 1 to %zu",
                         experiment->vectors, ANN_ROWS_MAX);
    }
    if (!experiment->queries) {
        return error_set(err, "no queries to measure; expected 1 or more");
    }
    size_t most = experiment->vectors < ANN_BEAM_MAX ? experiment->vectors : ANN_BEAM_MAX;
    if (!experiment->top_k || experiment->top_k > most) {
        return error_set(err, "top_k is %zu; expected 1 to %zu for %zu vectors", experiment->top_k,
                         most, experiment->vectors);
    }
    if (experiment->intrinsic > VECTORS_INTRINSIC_MAX) {
        return error_set(err, "the intrinsic dimension is %u; expected %u at most",
                         (unsigned)experiment->intrinsic, (unsigned)VECTORS_INTRINSIC_MAX);
    }
    return true;
}

static struct vectors_source source_of(const struct ann_experiment *experiment)
{
    return (struct vectors_source){.dimensions = experiment->settings.dimensions,
                                   .intrinsic = experiment->intrinsic,
                                   .clusters = experiment->clusters,
                                   .seed = experiment->seed};
}

static struct ann_index *build_index(struct arena *arena, const struct ann_experiment *experiment,
                                     struct error *err)
{
    struct vectors_source source = source_of(experiment);
    struct arena *passing = arena_new();
    float *rows = arena_calloc(passing, experiment->vectors, source.dimensions * sizeof *rows);
    vectors_generate(&source, 0, experiment->vectors, rows);
    struct ann_index *index =
        ann_build(arena, &experiment->settings, rows, experiment->vectors, err);
    arena_free(passing);
    return index;
}

static int compare_counts(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Room for one query and its hits. */
struct trial {
    struct ann_scratch *scratch;
    float *vector;
    struct ann_hit *truth;
    struct ann_hit *hits;
};

/* Runs one query both ways; returns how many of the true nearest were found. */
static size_t run_query(const struct ann_index *index, size_t top_k, struct trial *trial,
                        struct ann_work *work)
{
    struct ann_query query = {.vector = trial->vector, .top_k = top_k, .exact = true};
    size_t wanted = ann_search(index, &query, trial->scratch, trial->truth, NULL);
    query.exact = false;
    size_t found = ann_search(index, &query, trial->scratch, trial->hits, work);
    if (!wanted) return 0;
    float farthest = trial->truth[wanted - 1].distance;
    while (found && trial->hits[found - 1].distance > farthest) found--;
    return found;
}

static void run_queries(struct arena *arena, const struct ann_index *index,
                        const struct ann_experiment *experiment, struct ann_measurement *out)
{
    struct arena *passing = arena_new();
    struct vectors_source source = source_of(experiment);
    struct trial trial = {
        .scratch = ann_scratch_new(passing, index),
        .vector = arena_array(passing, float, source.dimensions),
        .truth = arena_array(passing, struct ann_hit, experiment->top_k),
        .hits = arena_array(passing, struct ann_hit, experiment->top_k),
    };
    struct ann_work total = {0};
    uint64_t found = 0;
    out->distances = arena_array(arena, uint32_t, experiment->queries);
    for (uint32_t i = 0; i < experiment->queries; i++) {
        struct ann_work work;
        vectors_generate(&source, first_query_row + i, 1, trial.vector);
        found += run_query(index, experiment->top_k, &trial, &work);
        out->distances[i] = (uint32_t)(work.distances + work.code_distances);
        total.distances += work.distances + work.code_distances;
        total.hops += work.hops;
        total.bytes += work.bytes;
    }
    arena_free(passing);

    double queries = (double)experiment->queries;
    qsort(out->distances, experiment->queries, sizeof *out->distances, compare_counts);
    size_t rank = ((size_t)experiment->queries * 99 + 99) / 100; /* ceil(0.99 n), from 1 */
    out->query_count = experiment->queries;
    out->recall = (double)found / (queries * (double)experiment->top_k);
    out->distances_mean = (double)total.distances / queries;
    out->distances_p99 = (double)out->distances[rank - 1];
    out->hops_mean = (double)total.hops / queries;
    out->bytes_mean = (double)total.bytes / queries;
}

bool ann_measure(struct arena *arena, const struct ann_experiment *experiment,
                 struct ann_measurement *out, struct error *err)
{
    TRY(check_experiment(experiment, err));
    struct arena *passing = arena_new();
    struct ann_index *index = build_index(passing, experiment, err);
    if (index) {
        *out = (struct ann_measurement){.kind = experiment->settings.kind,
                                        .vectors = experiment->vectors,
                                        .size_bytes = ann_size_bytes(index)};
        run_queries(arena, index, experiment, out);
    }
    arena_free(passing);
    return index != NULL;
}

/* --- sizes not measured --- */

/* ln(x), x > 0, to a few units in the last place: x = 2^e f with f near 1, and
 * ln f = 2 atanh((f - 1) / (f + 1)) by its series. The library's logarithm may differ in the last
 * bit from one machine to another. */
static double natural_log(double x)
{
    int exponent;
    double fraction = frexp(x, &exponent);
    if (fraction < 0.70710678118654752) {
        fraction *= 2;
        exponent--;
    }
    double s = (fraction - 1) / (fraction + 1); /* at most 0.172 in size: 12 terms leave 1e-19 */
    double square = s * s;
    double sum = 0;
    for (int term = 23; term >= 1; term -= 2) sum = sum * square + 1.0 / term;
    return exponent * 0.69314718055994531 + 2 * s * sum;
}

static size_t count_sizes(const struct ann_measurement *points, size_t count)
{
    size_t sizes = 0;
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < i && points[j].vectors != points[i].vectors) j++;
        sizes += j == i;
    }
    return sizes;
}

/* A line through (x, y) by least squares, as sums over the points. */
struct line {
    double count;
    double mean_x;
    double mean_y;
    double slope;
    double sum_xx;    /* of squares of x - mean_x */
    double residuals; /* sum of squares about the line */
};

/* Through the points of less than `below` vectors, which are of at least two sizes. */
static struct line fit_line(const struct ann_measurement *points, size_t count, size_t below)
{
    struct line line = {0};
    for (size_t i = 0; i < count; i++) {
        if (points[i].vectors >= below) continue;
        line.count++;
        line.mean_x += natural_log((double)points[i].vectors);
        line.mean_y += points[i].distances_mean;
    }
    line.mean_x /= line.count;
    line.mean_y /= line.count;
    double sum_xy = 0;
    for (size_t i = 0; i < count; i++) {
        if (points[i].vectors >= below) continue;
        double x = natural_log((double)points[i].vectors) - line.mean_x;
        line.sum_xx += x * x;
        sum_xy += x * (points[i].distances_mean - line.mean_y);
    }
    line.slope = sum_xy / line.sum_xx;
    for (size_t i = 0; i < count; i++) {
        if (points[i].vectors >= below) continue;
        double x = natural_log((double)points[i].vectors) - line.mean_x;
        double residual = points[i].distances_mean - line.mean_y - line.slope * x;
        line.residuals += residual * residual;
    }
    return line;
}

/* Relative miss of the largest size's mean when a line through the other sizes foretells it. */
static double miss_of_largest(const struct ann_measurement *points, size_t count)
{
    size_t largest = 0;
    for (size_t i = 0; i < count; i++) {
        if (points[i].vectors > largest) largest = points[i].vectors;
    }
    struct line line = fit_line(points, count, largest);
    double x = natural_log((double)largest) - line.mean_x;
    double foretold = line.mean_y + line.slope * x;
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        if (points[i].vectors != largest) continue;
        double miss = fabs(foretold / points[i].distances_mean - 1);
        if (miss > most) most = miss;
    }
    return most;
}

bool ann_extrapolate(const struct ann_measurement *points, size_t count, size_t vectors,
                     double *distances, double *error_ratio, struct error *err)
{
    if (!count || !vectors) {
        return error_set(err, "nothing to extrapolate from %zu measurements to %zu vectors", count,
                         vectors);
    }
    for (size_t i = 1; i < count; i++) {
        if (points[i].kind != points[0].kind) {
            return error_set(err, "measurements of %s and %s do not belong to one fit",
                             ann_kind_name(points[0].kind), ann_kind_name(points[i].kind));
        }
    }
    if (points[0].kind == ANN_FLAT) {
        *distances = (double)vectors;
        *error_ratio = 0;
        return true;
    }
    if (count_sizes(points, count) < 3) {
        error_set(err, "%zu measurements of %zu sizes are too few for a fit; expected three sizes",
                  count, count_sizes(points, count));
        error_hint(err, "measure at sizes such as a quarter, a half and all of the largest");
        return false;
    }
    struct line line = fit_line(points, count, SIZE_MAX);
    double x = natural_log((double)vectors) - line.mean_x;
    double fitted = line.mean_y + line.slope * x;
    if (!(fitted > 0)) {
        return error_set(err,
                         "the fit gives %g distances a query at %zu vectors; it holds only "
                         "nearer to the sizes measured",
                         fitted, vectors);
    }
    double variance = line.residuals / (line.count - 2);
    *distances = fitted;
    double scatter = sqrt(variance * (1 + 1 / line.count + x * x / line.sum_xx)) / fitted;
    double miss = miss_of_largest(points, count);
    *error_ratio = scatter > miss ? scatter : miss;
    return true;
}
