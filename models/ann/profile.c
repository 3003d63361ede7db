#include "models/ann/profile.h"

#include "models/ann/distance.h"

#include <math.h>

enum { LINE = 64 };

/* Rows compared in a step of a graph, between which the measured ones say something. */
static const double lot_least = 2;
static const double lot_most = 32;

static const char *const access_names[] = {"scan", "gather", "gather_ahead", "gather_ahead_few"};
static const char *const class_names[] = {"flat",       "hnsw",      "ivf_flat", "flat_codes",
                                          "hnsw_codes", "ivf_codes", "products", "bits"};
static const char *const cost_names[] = {
    "query_ns", "dimension_ns", "centroid_value_ns", "hop_ns",  "list_ns",     "row_ns",
    "line_ns",  "rerank_ns",    "order_ns",          "test_ns", "kernel_ratio"};

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

/* Neither links nor lists led anywhere: all that pass were compared. */
static bool is_scan(const struct profile_effort *effort)
{
    return effort->passing && !(effort->hops > 0) && !(effort->lists > 0);
}

enum profile_class profile_class_of(const struct profile_effort *effort)
{
    const struct ann_settings *settings = effort->settings;
    bool coded = settings->code != ANN_FLOAT32;
    if (is_scan(effort)) return effort->code_distances > 0 ? PROFILE_FLAT_CODES : PROFILE_FLAT;
    if (ann_code_is_bits(settings->code)) return PROFILE_BITS;
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

/* What is read, all by one query: means of the effort. */
struct reading {
    const struct ann_profile *profile;
    const struct profile_effort *effort;
    enum profile_class class;
    double rows; /* compared, by row or by code */
    double reranked;
    double lines; /* of product and bit codes */
    double hops;
};

static double ns_at(const struct reading *r, enum ann_code code, enum profile_access access,
                    double stride, double set_bytes)
{
    const struct profile_kernel wanted = {
        .code = code, .squared = r->effort->settings->metric == ANN_L2, .access = access};
    return profile_kernel_ns(r->profile, &wanted, stride, set_bytes);
}

static double stride_of(const struct reading *r, enum ann_code code)
{
    const struct ann_settings *s = r->effort->settings;
    return (double)profile_stride(code, s->metric, s->dimensions);
}

/* ns a row of a graph whose steps compare `lot` rows each, which is a row's share of the step's own
 * time beside what each row takes. */
static double ns_of_lot(const struct reading *r, enum ann_code code, double stride,
                        double set_bytes, double lot)
{
    const double many = ns_at(r, code, PROFILE_AHEAD, stride, set_bytes);
    const double few = ns_at(r, code, PROFILE_AHEAD_FEW, stride, set_bytes);
    const double each = 1.0 / PROFILE_LOT;
    double part = 1 / fmin(fmax(lot, lot_least), lot_most);
    if (!(few > many)) return many;
    return many + (few - many) * (part - each) / (1.0 / PROFILE_LOT_FEW - each);
}

/* Rows that queries look at: with a filter, the same one for many queries, those that pass. */
static double count_hot(const struct profile_effort *effort)
{
    return (double)(effort->passing ? effort->passing : effort->rows);
}

/* Links are read as rows are, and take room beside them in the caches. */
static double graph_ns(const struct reading *r, enum ann_code code)
{
    const struct profile_effort *e = r->effort;
    const double m = e->settings->m ? e->settings->m : ANN_M_DEFAULT;
    const double links = 2 * m * sizeof(uint32_t);
    const double stride = stride_of(r, code);
    const double lot = e->passing ? PROFILE_LOT : r->rows / fmax(1, r->hops);
    const double set = count_hot(e) * stride + (double)e->rows * links;
    return r->rows * ns_of_lot(r, code, stride, set, lot);
}

/* Rows that pass lie in order: reading them takes no longer than reading all. */
static double passing_ns(const struct reading *r, enum ann_code code)
{
    const double stride = stride_of(r, code);
    const double all = (double)r->effort->rows;
    const double hot = count_hot(r->effort);
    const double some = r->rows * ns_at(r, code, PROFILE_GATHER, stride, stride * hot);
    return fmin(some, all * ns_at(r, code, PROFILE_SCAN, stride, stride * all));
}

/* Codes of products lie in order, and cost what their lines do (COST_LINE) as long as they are in
 * the first cache: the rest is what a line more of any code takes beyond it. */
static double lines_ns(const struct reading *r)
{
    const double all = r->rows > 0 ? r->lines * LINE / r->rows * (double)r->effort->rows : 0;
    return r->lines * (ns_at(r, ANN_LVQ4, PROFILE_SCAN, LINE, all) -
                       ns_at(r, ANN_LVQ4, PROFILE_SCAN, LINE, 1));
}

static double kernels_ns(const struct reading *r)
{
    const struct profile_effort *e = r->effort;
    const double all = (double)e->rows;
    const double hot = count_hot(e);
    const bool packed = r->class == PROFILE_PRODUCTS || r->class == PROFILE_BITS;
    const enum ann_code code = e->code_distances > 0 ? e->settings->code : ANN_FLOAT32;
    const double stride = stride_of(r, code);
    double ns = 0;
    if (r->reranked > 0) {
        const double row = stride_of(r, ANN_FLOAT32);
        ns += r->reranked * ns_at(r, ANN_FLOAT32, PROFILE_GATHER, row, row * hot);
    }
    if (packed) return ns + lines_ns(r);
    if (is_scan(e)) return ns + passing_ns(r, code);
    switch (e->settings->kind) {
    case ANN_HNSW: return ns + graph_ns(r, code);
    case ANN_FLAT:
        if (e->passing) return ns + passing_ns(r, code);
        return ns + r->rows * ns_at(r, code, PROFILE_SCAN, stride, stride * all);
    case ANN_IVF_FLAT:
    case ANN_IVF_PQ:
    case ANN_SCANN: break;
    }
    return ns + r->rows * ns_at(r, code, PROFILE_GATHER, stride, stride * hot);
}

/* How often a filter was looked at. */
static double count_tests(const struct reading *r, double links)
{
    enum { WORD_BITS = 64 };
    const struct profile_effort *e = r->effort;
    if (!e->passing) return 0;
    if (is_scan(e) || e->settings->kind == ANN_FLAT)
        return ceil((double)e->rows / WORD_BITS) + r->rows;
    if (e->settings->kind == ANN_HNSW) return links;
    if (r->class == PROFILE_PRODUCTS || r->class == PROFILE_BITS) return r->rows;
    return r->rows * (double)e->rows / (double)e->passing;
}

static struct reading reading_of(const struct ann_profile *profile,
                                 const struct profile_effort *effort)
{
    const double queries = effort->queries > 0 ? effort->queries : 1;
    struct reading r = {.profile = profile,
                        .effort = effort,
                        .class = profile_class_of(effort),
                        .rows = effort->distances / queries,
                        .hops = effort->hops / queries};
    if (effort->code_distances > 0) {
        r.reranked = r.rows;
        r.rows = effort->code_distances / queries;
    }
    if (r.class == PROFILE_PRODUCTS || r.class == PROFILE_BITS) {
        const double rows = stride_of(&r, ANN_FLOAT32) * effort->distances;
        r.lines = fmax(0, effort->bytes - rows) / LINE / queries;
    }
    return r;
}

void profile_amounts(const struct ann_profile *profile, const struct profile_effort *effort,
                     double *amounts)
{
    const struct ann_settings *s = effort->settings;
    const struct reading r = reading_of(profile, effort);
    const double queries = effort->queries > 0 ? effort->queries : 1;
    const bool graph = r.hops > 0;
    const bool coded = effort->code_distances > 0;
    const double read = r.rows * stride_of(&r, coded ? s->code : ANN_FLOAT32) +
                        r.reranked * stride_of(&r, ANN_FLOAT32);
    const double links = fmax(0, effort->bytes / queries - read) / sizeof(uint32_t);

    for (size_t i = 0; i < PROFILE_COST_COUNT; i++) amounts[i] = 0;
    amounts[COST_QUERY] = 1;
    amounts[COST_DIMENSION] = s->dimensions;
    amounts[COST_HOP] = r.hops;
    amounts[COST_LIST] = effort->lists / queries;
    if (effort->lists > 0) amounts[COST_CENTROID] = (double)s->lists * s->dimensions;
    amounts[COST_ROW] = r.rows;
    amounts[COST_LINE] = r.lines;
    amounts[COST_RERANK] = r.reranked;
    amounts[COST_ORDER] = graph
                              ? (r.hops > 1 ? r.hops * log2_about(r.hops) : 0)
                              : count_entering(r.rows, coded ? r.reranked : (double)effort->top_k);
    amounts[COST_TEST] = count_tests(&r, links);
    amounts[COST_KERNEL] = kernels_ns(&r);
}

double ann_profile_predict(const struct ann_profile *profile, const struct profile_effort *effort)
{
    double amounts[PROFILE_COST_COUNT];
    const double *costs = profile->costs[profile_class_of(effort)];
    double sum = 0;
    profile_amounts(profile, effort, amounts);
    for (size_t i = 0; i < PROFILE_COST_COUNT; i++) sum += costs[i] * amounts[i];
    return sum;
}
