#include "models/ann/vectors.h"

#include "models/ann/hash.h"

enum {
    MIX_TERMS = 4,  /* patch coordinates that one column mixes */
    FIELD_BITS = 16 /* a 64-bit hash is used as four fields */
};

/* What a hash is for, so that no two uses share one. */
enum purpose {
    PURPOSE_CLUSTER = 1,
    PURPOSE_CENTRE,
    PURPOSE_PATCH,
    PURPOSE_MIX_CENTRES,
    PURPOSE_MIX_PATCH,
    PURPOSE_NOISE
};

/* Sizes of the parts of a value; the patch has standard deviation 1 in every column. */
static const double centre_scale = 1.0;
static const double noise_scale = 0.05;

/* The stream of one (seed, purpose, item); its i-th number is hash_mix(stream + i * odd constant),
 * as in SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
static uint64_t stream_of(uint64_t seed, enum purpose purpose, uint64_t item)
{
    return hash_mix(hash_mix(seed + 0x9e3779b97f4a7c15u * (uint64_t)purpose) ^
                    hash_mix(item + 0x632be59bd9b4e019u));
}

static uint64_t draw(uint64_t stream, uint64_t i)
{
    return hash_mix(stream + (i + 1) * 0x9e3779b97f4a7c15u);
}

static uint64_t field(uint64_t bits, unsigned i)
{
    return bits >> (FIELD_BITS * i) & 0xffff;
}

/* About normal, mean 0 and variance 1: the sum of the four fields, each uniform on 0 .. 65535 with
 * variance (65536^2 - 1) / 12. Exact up to one rounding. */
static double normal(uint64_t bits)
{
    uint64_t sum = field(bits, 0) + field(bits, 1) + field(bits, 2) + field(bits, 3);
    return ((double)sum - 131070.0) * (1.0 / 37837.22716);
}

/* Sizes fall off: the first x of the clusters hold the share x^(1/3) of the rows, so that however
 * many rows there are, some are alone, as rare words are. */
static uint64_t cluster_of(const struct vectors_source *source, uint64_t row)
{
    uint64_t bits = draw(stream_of(source->seed, PURPOSE_CLUSTER, row), 0);
    double uniform = (double)(bits >> 11) * 0x1p-53;
    return (uint64_t)(uniform * uniform * uniform * (double)source->clusters);
}

/* A column of the patch: a few of its coordinates with signs, as the cluster's own hash chooses.
 * (Sparse random projection: Achlioptas, "Database-friendly random projections", JCSS 2003.) */
static double mix_column(const double *coordinates, uint32_t intrinsic, uint64_t bits)
{
    double sum = 0;
    for (unsigned i = 0; i < MIX_TERMS; i++) {
        uint64_t choice = field(bits, i);
        double value = coordinates[(choice >> 1) * intrinsic >> (FIELD_BITS - 1)];
        sum += choice & 1 ? value : -value;
    }
    return sum * 0.5; /* 1 / sqrt(MIX_TERMS) */
}

static void draw_coordinates(uint32_t intrinsic, uint64_t stream, double *coordinates)
{
    for (uint32_t i = 0; i < intrinsic; i++) coordinates[i] = normal(draw(stream, i));
}

static void generate_row(const struct vectors_source *source, uint64_t row, float *out)
{
    uint64_t cluster = cluster_of(source, row);
    double centre[VECTORS_INTRINSIC_MAX];
    double patch[VECTORS_INTRINSIC_MAX];
    draw_coordinates(source->intrinsic, stream_of(source->seed, PURPOSE_CENTRE, cluster), centre);
    draw_coordinates(source->intrinsic, stream_of(source->seed, PURPOSE_PATCH, row), patch);

    uint64_t mix_all = stream_of(source->seed, PURPOSE_MIX_CENTRES, 0);
    uint64_t mix_own = stream_of(source->seed, PURPOSE_MIX_PATCH, cluster);
    uint64_t noise = stream_of(source->seed, PURPOSE_NOISE, row);
    for (uint32_t i = 0; i < source->dimensions; i++) {
        double value = centre_scale * mix_column(centre, source->intrinsic, draw(mix_all, i));
        value += mix_column(patch, source->intrinsic, draw(mix_own, i));
        value += noise_scale * normal(draw(noise, i));
        out[i] = (float)value;
    }
}

void vectors_generate(const struct vectors_source *source, uint64_t first_row, size_t count,
                      float *rows)
{
    struct vectors_source s = *source;
    if (!s.intrinsic) s.intrinsic = VECTORS_INTRINSIC_DEFAULT;
    if (s.intrinsic > VECTORS_INTRINSIC_MAX) s.intrinsic = VECTORS_INTRINSIC_MAX;
    if (!s.clusters) s.clusters = VECTORS_CLUSTERS_DEFAULT;
    for (size_t i = 0; i < count; i++) {
        generate_row(&s, first_row + i, rows + i * s.dimensions);
    }
}
