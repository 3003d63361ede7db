/* ann.h - nearest-neighbour search over float32 vectors: exact (flat) or approximate (HNSW).
 *
 * An index is built from rows in memory. Row i has id i. Any number of threads may search it at the
 * same time, each with a scratch of its own, while none inserts or deletes.
 *
 * Kinds differ in what a search looks at, and so in speed and in what it may miss:
 *
 *   ANN_FLAT       every row, or every row's code
 *   ANN_HNSW       a walk through a graph of near rows
 *   ANN_IVF_FLAT   the rows, or their codes, of the clusters nearest to the query (`probes` lists)
 *   ANN_IVF_PQ     codes of 4 bits for 2 or more columns of the same, then `rerank` rows
 *   ANN_SCANN      the same with codes chosen so that what is lost hardly changes inner products
 *                  with near queries (anisotropic: Guo et al., ICML 2020)
 *
 * The codes ANN_RABITQ and ANN_SIGN, of a bit a value, are for ANN_FLAT and ANN_IVF_FLAT. RaBitQ
 * has a bound on its error: candidates beyond it are not compared by row.
 *
 * Everything is deterministic. Distances to rows are summed in one fixed order whatever the SIMD
 * level the machine offers (RAGTIME_SIMD=scalar, baseline, avx2 or avx512 lowers it), those to
 * codes are sums of integers, ties are broken by id, the levels of the graph and the luck of
 * clustering come from a hash of the seed, and the threads of a build only share out work whose
 * results do not depend on one another; so the same settings and rows give the same index, hits and
 * work on any machine and compiler and with any number of threads.
 *
 * What to take: flat with ANN_LVQ8 up to some thousands of rows; ANN_SCANN beyond, the fastest and
 * the smallest at about 100 dimensions; ANN_IVF_FLAT with ANN_RABITQ from about 256 dimensions.
 * Where rows come and go, HNSW with ANN_LVQ4, or ANN_LVQ8 where dimensions are few or recall must
 * be near 1: rows inserted into the IVF kinds are compared one by one until the next build. A
 * filter costs less than a search without one where few rows pass (those are compared). Prepared
 * (ann_filter_prepare) it costs at most about twice as much whatever passes, and finds as much;
 * unprepared, twice as much where a tenth to a half of the rows pass, and up to six times, or less
 * found, where they lie far from the query.
 *
 * A distance is smaller for nearer rows, and squared under L2:
 *
 *   ANN_COSINE          1 - cos(a, b)       0 .. 2, give or take a rounding of 1e-6
 *   ANN_INNER_PRODUCT   -(a . b)            any sign
 *   ANN_L2              |a - b|^2           from 0
 */
#ifndef MODELS_ANN_ANN_H
#define MODELS_ANN_ANN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct error;

struct ann_index;
struct ann_scratch;
struct ann_prepared;

enum ann_metric { ANN_COSINE, ANN_INNER_PRODUCT, ANN_L2 };
enum ann_kind { ANN_FLAT, ANN_HNSW, ANN_IVF_FLAT, ANN_IVF_PQ, ANN_SCANN };

/* What a search compares with before it looks at the rows themselves. Codes take less memory
 * traffic; the nearest by code are compared again by row (`rerank`), so that the distances reported
 * are always exact. */
enum ann_code {
    ANN_FLOAT32, /* the rows themselves */
    ANN_FLOAT16,
    ANN_INT8,   /* one range for all rows */
    ANN_LVQ8,   /* 8 bits a value in a range of each row's own */
    ANN_LVQ4,   /* 4 bits: one cache line a row up to 112 dimensions, 104 under L2 */
    ANN_RABITQ, /* 1 bit a value after a rotation, and two floats a row */
    ANN_SIGN    /* 1 bit a value, and two floats a row */
};

enum {
    ANN_DIMENSIONS_MAX = 4096,
    ANN_M_MIN = 2,
    ANN_M_MAX = 128,
    ANN_M_DEFAULT = 16,
    ANN_EF_CONSTRUCTION_MAX = 4096,
    ANN_EF_CONSTRUCTION_DEFAULT = 200,
    ANN_EF_SEARCH_DEFAULT = 100,
    ANN_BEAM_MAX = 16384, /* the most of ef_search, of top_k and of rerank */
    ANN_THREADS_MAX = 256,
    ANN_SPILL_MAX = 2,
    ANN_CURVE_POINTS = 8
};

/* A bit a value. */
static inline bool ann_code_is_bits(enum ann_code code)
{
    return code == ANN_RABITQ || code == ANN_SIGN;
}

/* Clusters rows, and looks through the nearest clusters. */
static inline bool ann_kind_has_lists(enum ann_kind kind)
{
    return kind == ANN_IVF_FLAT || kind == ANN_IVF_PQ || kind == ANN_SCANN;
}

/* Has codes of its own, whatever `code` is. */
static inline bool ann_kind_has_products(enum ann_kind kind)
{
    return kind == ANN_IVF_PQ || kind == ANN_SCANN;
}

/* Values may not be larger in size than this: no sum of squares can then overflow a float. */
#define ANN_VALUE_MAX 1e15f
/* Ids take 31 bits. */
#define ANN_ROWS_MAX  ((size_t)INT32_MAX)

/* What to build. Zeros stand for defaults; m to seed matter to HNSW alone. */
struct ann_settings {
    enum ann_kind kind;
    enum ann_metric metric;
    uint32_t dimensions; /* 1 .. ANN_DIMENSIONS_MAX */
    uint32_t m; /* links a new row gets a layer, ANN_M_MIN .. ANN_M_MAX; 2 m fit in layer 0 */
    uint32_t ef_construction; /* candidates kept while inserting, m .. ANN_EF_CONSTRUCTION_MAX */
    uint32_t ef_search;       /* candidates kept while searching, 1 .. ANN_BEAM_MAX */
    uint64_t seed;            /* of the levels of the graph, and of clustering */
    enum ann_code code;
    uint32_t threads; /* to build with, 1 .. ANN_THREADS_MAX; the index is the same with any */
    size_t capacity;  /* rows to have room for; 0, or less than there are: for those alone */
    /* Of the IVF kinds. */
    uint32_t lists;   /* clusters, at most a list a row; 0: about 3 sqrt(rows) */
    uint32_t probes;  /* lists a search looks through, unless it says; 0: a 16th, at least 8 */
    uint32_t rerank;  /* candidates by code to compare again by row, unless it says; 0: 80 */
    uint32_t spill;   /* lists each row is in, 1 .. ANN_SPILL_MAX; more find more in fewer probes */
    float anisotropy; /* of ANN_SCANN: weight of a code's error along its row beyond that of all
                         errors; 0: (dimensions - 1) / 24 - 1, Guo et al.'s for T = 0.2 */
    float recall;     /* 0 .. 1: probes and rerank are chosen for so much recall@10, and a curve is
                         kept: ann_recall_curve; 0: not */
};

/* Rows that may be hits. */
struct ann_filter {
    const uint64_t *bits; /* a bit an id, 64 to a word, lowest first, for every row of the index */
    size_t passing;       /* how many are set */
    const struct ann_prepared *prepared; /* NULL, or ann_filter_prepare's */
};

/* What to do about a filter. The last two are for measurements that stand for an index of another
 * size. */
enum ann_filtering {
    ANN_FILTER_CHEAPER, /* whichever should cost less */
    ANN_FILTER_SCAN,    /* compare every row that passes */
    ANN_FILTER_SEARCH   /* search among all rows for those that pass */
};

/* One search. Fields added later will mean "as before" when zero. */
struct ann_query {
    const float *vector; /* `dimensions` values; need not be of unit length */
    size_t top_k;        /* hits wanted, at most ANN_BEAM_MAX: a larger value is taken as that */
    uint32_t ef_search;  /* 0: the index's own; raised to top_k where it is less */
    bool exact;          /* compare with every row, whatever the kind of the index */
    uint32_t probes;     /* lists to look through; 0: the index's own */
    uint32_t rerank; /* candidates by code to compare again by row; 0: enough to lose hardly any; of
                        the IVF kinds twice as many under a filter */
    const struct ann_filter *filter; /* NULL: every row may be a hit */
    enum ann_filtering filtering;
};

struct ann_hit {
    uint32_t id;
    float distance;
};

/* What one search did, counted exactly. */
struct ann_work {
    uint64_t distances;      /* to rows */
    uint64_t code_distances; /* to codes */
    uint64_t hops;  /* rows of the graph whose links were followed, all layers; 0 if exact */
    uint64_t bytes; /* bytes of rows and codes (padded to 64) and of links read, cached or not */
    uint64_t lists; /* looked through, of the IVF kinds */
};

/* Checks what ann_build checks before it looks at rows. */
bool ann_check_settings(const struct ann_settings *settings, struct error *err);

/* Builds an index of `count` rows of `dimensions` values each. The rows are copied: the caller's
 * may go. The index lives in `arena`. NULL and *err on settings out of range, and on a row that
 * holds NaN, infinity or a value beyond ANN_VALUE_MAX, or that is zero under cosine; the message
 * names the row. No rows at all are allowed, and give an index that finds nothing. */
struct ann_index *ann_build(struct arena *arena, const struct ann_settings *settings,
                            const float *rows, size_t count, struct error *err);

/* Adds a row while there is room (settings.capacity); its id is the count before. Codes keep the
 * parameters learnt at the build. No search may run at the same time. False and *err, and nothing
 * changed, on a row that ann_build would refuse and when the index is full. Through inserts, rows
 * of a graph may rarely become such that only exact search finds them. */
bool ann_insert(struct ann_index *index, const float *row, struct ann_scratch *scratch,
                uint32_t *id, struct error *err);

/* Takes a row out of all later searches; its place is not used again. No search may run at the same
 * time. False if there is no such row (any more). */
bool ann_remove(struct ann_index *index, uint32_t id);

/* Whether `vector` can be searched for: as the rows, finite, in range, and under cosine not zero.
 */
bool ann_check_vector(const struct ann_index *index, const float *vector, struct error *err);

/* Makes searches of this index with the filter faster: the codes of rows that pass are laid side by
 * side, with links of their own in a graph, in `arena`. Takes the time of some hundred searches or
 * (a graph) two thousand, and memory for a copy of the passing rows' codes and links; of ANN_FLAT
 * with other codes than of a bit, nothing. The index must stay where it is while the filter is
 * used; other indexes are searched as if the filter were not prepared. The bits of rows that the
 * index has now must stay as they are; rows may be deleted, and inserted, with bits of their own,
 * but many of them are a reason to prepare anew. Under a prepared filter `probes` says how long to
 * look, in lists of a search without a filter, and half as many rows again as ef_search are kept.
 */
void ann_filter_prepare(struct arena *arena, const struct ann_index *index,
                        struct ann_filter *filter);

/* Working memory of one thread's searches of this index (or of another of the same kind that is no
 * larger, in rows, dimensions and lists), reused from one search to the next. Lives in `arena`. */
struct ann_scratch *ann_scratch_new(struct arena *arena, const struct ann_index *index);

/* Fills `hits` (room for top_k) with the nearest rows, by distance, then by id; returns how many:
 * min(top_k, rows that are not deleted and pass the filter), also from HNSW; 0 if ann_check_vector
 * refuses the vector. Distances are those of the rows, whatever the code. Allocates nothing. *work
 * is overwritten; it may be NULL. */
size_t ann_search(const struct ann_index *index, const struct ann_query *query,
                  struct ann_scratch *scratch, struct ann_hit *hits, struct ann_work *work);

/* The same for rows at a distance of at most `within`: the nearest top_k of them (room for which
 * `hits` has, whatever is found). With query->exact, and from ANN_FLAT with any code, all rows are
 * compared and none is missed. Other kinds are asked for more and more hits until one is farther
 * away; they may miss some as in a search, and *work is that of all these. */
size_t ann_search_range(const struct ann_index *index, const struct ann_query *query, float within,
                        struct ann_scratch *scratch, struct ann_hit *hits, struct ann_work *work);

/* What it takes to find a share of the nearest ten, as measured at the build. */
struct ann_curve_point {
    float target;
    float recall; /* measured, at least the target */
    uint32_t probes;
    uint32_t rerank;
};

/* The curve of an IVF index built with settings.recall, by ascending target (.5 to .995, as far as
 * they can be reached), measured by looking for up to 200 of its rows among the others. The points
 * belong to the index; returns how many, 0 without a curve. */
size_t ann_recall_curve(const struct ann_index *index, const struct ann_curve_point **points);

/* Rows of the index, deleted ones too: ids are below it. */
size_t ann_count(const struct ann_index *index);
/* The settings it was built with, defaults filled in. */
const struct ann_settings *ann_get_settings(const struct ann_index *index);
/* Bytes of memory the index takes, rows included, without allocator overhead. */
size_t ann_size_bytes(const struct ann_index *index);

/* What an index of so many rows, or lists, has where the settings leave it out. */
size_t ann_default_lists(size_t rows);
size_t ann_default_probes(size_t lists);

/* "flat", "hnsw"; "float32", "lvq4"...; "cosine", "inner_product", "l2". */
const char *ann_kind_name(enum ann_kind kind);
const char *ann_code_name(enum ann_code code);
const char *ann_metric_name(enum ann_metric metric);

#endif
