// peer_faiss.cpp - faiss (github.com/facebookresearch/faiss) for the comparison, on one thread.
#include "bench/ann/engine.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexRefine.h>
#include <omp.h>

#include <cmath>
#include <memory>

namespace {

enum { HNSW, IVF_FLAT, IVF_PQ, FLAT };

struct peer {
    std::unique_ptr<faiss::IndexFlat> coarse;
    std::unique_ptr<faiss::Index> index;
    std::unique_ptr<faiss::IndexRefineFlat> refined;
    int variant;
    double size;
};

std::size_t lists_for(std::size_t count)
{
    std::size_t lists = 64;
    while (static_cast<double>(lists) < 2.3 * std::sqrt(static_cast<double>(count))) lists *= 2;
    return lists;
}

void build_ivf(peer *p, const engine_data *data, faiss::MetricType metric)
{
    const auto d = static_cast<int>(data->dimensions);
    const std::size_t lists = lists_for(data->count);
    p->coarse.reset(new faiss::IndexFlat(d, metric));
    const double rows = 4.0 * d + 8;
    if (p->variant == IVF_FLAT) {
        p->index.reset(new faiss::IndexIVFFlat(p->coarse.get(), d, lists, metric));
        p->size = static_cast<double>(data->count) * rows;
        return;
    }
    p->index.reset(new faiss::IndexIVFPQFastScan(p->coarse.get(), d, lists, d / 2, 4, metric));
    p->size = static_cast<double>(data->count) * (rows + d / 4.0);
}

void *build(const engine_data *data, const engine *engine)
{
    omp_set_num_threads(1);
    const auto d = static_cast<int>(data->dimensions);
    const auto n = static_cast<faiss::Index::idx_t>(data->count);
    const auto metric = data->cosine ? faiss::METRIC_INNER_PRODUCT : faiss::METRIC_L2;
    auto *p = new peer;
    p->variant = engine->variant;
    if (p->variant == HNSW) {
        auto *graph = new faiss::IndexHNSWFlat(d, 16, metric);
        graph->hnsw.efConstruction = 200;
        p->index.reset(graph);
        p->size = static_cast<double>(n) * (4.0 * d + 4 * 34 + 16);
    } else if (p->variant == FLAT) {
        p->index.reset(new faiss::IndexFlat(d, metric));
        p->size = 4.0 * static_cast<double>(n) * d;
    } else {
        build_ivf(p, data, metric);
    }
    if (p->variant == IVF_PQ) {
        p->index->train(n, data->rows);
        p->refined.reset(new faiss::IndexRefineFlat(p->index.get()));
        p->refined->add(n, data->rows);
    } else {
        p->index->train(n, data->rows);
        p->index->add(n, data->rows);
    }
    return p;
}

// IVF-PQ: effort is 1,000 times the candidates refined for each hit, plus the lists probed.
size_t search(void *index, uint32_t effort, const float *query, uint32_t *ids)
{
    auto *p = static_cast<peer *>(index);
    faiss::Index::idx_t labels[ENGINE_TOP_K];
    float distances[ENGINE_TOP_K];
    faiss::Index *asked = p->index.get();
    if (p->variant == HNSW) {
        static_cast<faiss::IndexHNSW *>(asked)->hnsw.efSearch = static_cast<int>(effort);
    } else if (p->variant == IVF_FLAT) {
        static_cast<faiss::IndexIVF *>(asked)->nprobe = effort;
    } else if (p->variant == IVF_PQ) {
        static_cast<faiss::IndexIVF *>(asked)->nprobe = effort % 1000;
        p->refined->k_factor = static_cast<float>(effort / 1000);
        asked = p->refined.get();
    }
    asked->search(1, query, ENGINE_TOP_K, distances, labels);
    size_t count = 0;
    for (auto label : labels) {
        if (label >= 0) ids[count++] = static_cast<uint32_t>(label);
    }
    return count;
}

double bytes(void *index)
{
    return static_cast<peer *>(index)->size;
}

void drop(void *index)
{
    delete static_cast<peer *>(index);
}

} // namespace

extern "C" size_t engines_faiss(const engine **engines)
{
    static const engine peers[] = {
        {"faiss hnsw", build, search, bytes, drop,
         {10, 16, 24, 32, 48, 64, 100, 128, 160, 200, 300, 400, 600}, HNSW},
        {"faiss ivf-flat", build, search, bytes, drop,
         {1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 200}, IVF_FLAT},
        {"faiss ivf-pq fast-scan", build, search, bytes, drop,
         {4002, 4004, 4008, 8008, 8016, 8024, 8032, 8048, 16032, 16048, 16064, 16096, 32064, 32096,
          32128, 32200},
         IVF_PQ},
        {"faiss flat", build, search, bytes, drop, {1}, FLAT},
    };
    *engines = peers;
    return sizeof peers / sizeof peers[0];
}
