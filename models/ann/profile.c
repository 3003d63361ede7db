#include "models/ann/profile.h"

#include "models/ann/distance.h"

#include <math.h>

enum { LINE = 64 };

static const char *const access_names[] = {"scan", "gather", "gather_ahead"};
static const char *const class_names[] = {"flat",       "hnsw",      "ivf_flat", "flat_codes",
                                          "hnsw_codes", "ivf_codes", "products", "bits"};
static const char *const cost_names[] = {
    "query_ns", "dimension_ns", "centroid_value_ns", "hop_ns",   "list_ns",
    "row_ns",   "line_ns",      "rerank_ns",         "order_ns", "kernel_ratio"};

const char *profile_access_name(enum profile_access access)
{
    return access_names[access];
}

const char *profile_class_name(enum profile_class class)
{
    return class_names[class];
}

const char *profile_cost_name(enum profile_cost cost)
{
    return cost_names[cost];
}

/* log2 of a positive number, by a line between powers of two: 0.09 too small at most, and the same
 * bits on every machine, which the library's logarithm is not. */
static double log2_about(double x)
{
    int exponent;
    double fraction = frexp(x, &exponent);
    return exponent - 2 + 2 * fraction;
}

/* --- kernels --- */

/* The place of `value` among ascending points: below points[*at + 1], by how much of the way. */
static double place_of(const double *points, size_t count, double value, size_t *at)
{
    *at = 0;
    if (count < 2 || value <= points[0]) return 0;
    while (*at + 2 < count && points[*at + 1] <= value) ++*at;
    double share = (value - points[*at]) / (points[*at + 1] - points[*at]);
    return share < 1 ? share : 1;
}

/* Between working sets, by the logarithm of their size. */
static double ns_at_stride(const struct profile_kernel *kernel, size_t stride, double set_bytes)
{
    double points[PROFILE_SETS_MAX];
    size_t at;
    for (size_t i = 0; i < kernel->set_count; i++) points[i] = log2_about(kernel->set_bytes[i]);
    double share =
        place_of(points, kernel->set_count, log2_about(set_bytes > 1 ? set_bytes : 1), &at);
    const double *ns = kernel->ns[stride];
    return share > 0 ? ns[at] + share * (ns[at + 1] - ns[at]) : ns[at];
}

static double ns_of(const struct profile_kernel *kernel, double stride_bytes, double set_bytes)
{
    size_t at;
    size_t count = kernel->stride_count;
    double share = place_of(kernel->stride_bytes, count, stride_bytes, &at);
    double low = ns_at_stride(kernel, at, set_bytes);
    double ns = low;
    if (share > 0) ns += share * (ns_at_stride(kernel, at + 1, set_bytes) - low);
    double longest = kernel->stride_bytes[count - 1];
    return stride_bytes > longest ? ns * stride_bytes / longest : ns;
}

double profile_kernel_ns(const struct ann_profile *profile, const struct profile_kernel *wanted,
                         double stride_bytes, double set_bytes)
{
    const struct profile_kernel *found = NULL;
    for (size_t i = 0; i < profile->kernel_count; i++) {
        const struct profile_kernel *kernel = &profile->kernels[i];
        if (kernel->code != wanted->code || kernel->access != wanted->access) continue;
        if (!found || kernel->squared == wanted->squared) found = kernel;
    }
    return found ? ns_of(found, stride_bytes, set_bytes) : 0;
}

size_t profile_stride(enum ann_code code, enum ann_metric metric, uint32_t dimensions)
{
    size_t header = metric == ANN_L2 ? sizeof(float) : 0;
    size_t values = dimensions;
    switch (code) {
    case ANN_FLOAT32:
    case ANN_RABITQ:
    case ANN_SIGN: return distance_stride(dimensions) * sizeof(float);
    case ANN_FLOAT16: return (2 * values + LINE - 1) / LINE * LINE;
    case ANN_INT8: break;
    case ANN_LVQ8: header += 2 * sizeof(float); break;
    case ANN_LVQ4:
        header += 2 * sizeof(float);
        values = (values + 1) / 2;
        break;
    }
    return (header + values + LINE - 1) / LINE * LINE;
}

/* --- searches --- */

enum profile_class profile_class_of(const struct ann_settings *settings)
{
    if (ann_code_is_bits(settings->code)) return PROFILE_BITS;
    bool coded = settings->code != ANN_FLOAT32;
    switch (settings->kind) {
    case ANN_FLAT: return coded ? PROFILE_FLAT_CODES : PROFILE_FLAT;
    case ANN_HNSW: return coded ? PROFILE_HNSW_CODES : PROFILE_HNSW;
    case ANN_IVF_FLAT: return coded ? PROFILE_IVF_CODES : PROFILE_IVF_FLAT;
    case ANN_IVF_PQ:
    case ANN_SCANN: break;
    }
    return PROFILE_PRODUCTS;
}

/* Of `compared` rows in any order, how many are among the `kept` nearest so far: all at first, then
 * kept / i of row i. */
static double count_entering(double compared, double kept)
{
    static const double ln2 = 0.69314718055994531;
    if (compared <= kept || kept <= 0) return compared;
    return kept * (1 + ln2 * log2_about(compared / kept));
}

/* ns of `count` distances to rows, or to their codes. */
static double kernels_ns(const struct ann_profile *profile, const struct profile_effort *e,
                         enum ann_code code, enum profile_access access, double count)
{
    const struct ann_settings *s = e->settings;
    const struct profile_kernel wanted = {
        .code = code, .squared = s->metric == ANN_L2, .access = access};
    double stride = (double)profile_stride(code, s->metric, s->dimensions);
    return count * profile_kernel_ns(profile, &wanted, stride, stride * (double)e->rows);
}

void profile_amounts(const struct ann_profile *profile, const struct profile_effort *effort,
                     double *amounts)
{
    static const enum profile_access accesses[] = {
        [ANN_FLAT] = PROFILE_SCAN, [ANN_HNSW] = PROFILE_AHEAD, [ANN_IVF_FLAT] = PROFILE_GATHER};
    const struct ann_settings *s = effort->settings;
    enum profile_class class = profile_class_of(s);
    bool packed = class == PROFILE_PRODUCTS || class == PROFILE_BITS;
    bool coded = packed || s->code != ANN_FLOAT32;
    double queries = effort->queries > 0 ? effort->queries : 1;
    double row_bytes = (double)profile_stride(ANN_FLOAT32, s->metric, s->dimensions);
    double kernels = 0;
    double reranked = 0;

    for (size_t i = 0; i < PROFILE_COST_COUNT; i++) amounts[i] = 0;
    amounts[COST_QUERY] = 1;
    amounts[COST_DIMENSION] = s->dimensions;
    amounts[COST_HOP] = effort->hops / queries;
    amounts[COST_LIST] = effort->lists / queries;
    if (packed || s->kind == ANN_IVF_FLAT) {
        amounts[COST_CENTROID] = (double)s->lists * s->dimensions;
    }
    if (packed) {
        amounts[COST_LINE] = (effort->bytes - effort->distances * row_bytes) / LINE / queries;
        amounts[COST_ROW] = effort->code_distances / queries;
    } else {
        amounts[COST_ROW] = (coded ? effort->code_distances : effort->distances) / queries;
        kernels = kernels_ns(profile, effort, s->code, accesses[s->kind], amounts[COST_ROW]);
    }
    if (coded) {
        reranked = effort->distances / queries;
        kernels += kernels_ns(profile, effort, ANN_FLOAT32, PROFILE_GATHER, reranked);
    }
    double hops = amounts[COST_HOP];
    double kept = coded ? reranked : (double)effort->top_k;
    if (packed || s->kind == ANN_HNSW) amounts[COST_RERANK] = reranked;
    if (!packed) amounts[COST_ORDER] = count_entering(amounts[COST_ROW], kept);
    if (s->kind == ANN_HNSW) amounts[COST_ORDER] = hops > 1 ? hops * log2_about(hops) : 0;
    amounts[COST_KERNEL] = kernels;
}

double ann_profile_predict(const struct ann_profile *profile, const struct profile_effort *effort)
{
    double amounts[PROFILE_COST_COUNT];
    const double *costs = profile->costs[profile_class_of(effort->settings)];
    double sum = 0;
    profile_amounts(profile, effort, amounts);
    for (size_t i = 0; i < PROFILE_COST_COUNT; i++) sum += costs[i] * amounts[i];
    return sum;
}
