// peer_hnswlib.cpp - hnswlib (github.com/nmslib/hnswlib) for the comparison, at its best: rows padded
// to a multiple of 16 dimensions, which lets it take its widest kernels, and no threads.
#include "bench/ann/engine.h"

#include <hnswlib/hnswlib.h>

#include <cstring>
#include <memory>
#include <vector>

namespace {

struct peer {
    std::unique_ptr<hnswlib::SpaceInterface<float>> space;
    std::unique_ptr<hnswlib::HierarchicalNSW<float>> graph;
    std::vector<float> query;
    std::size_t dimensions;
};

void *build(const engine_data *data, const engine *)
{
    auto *p = new peer;
    p->dimensions = data->dimensions;
    const std::size_t padded = (data->dimensions + 15) / 16 * 16;
    p->query.assign(padded, 0.0f);
    if (data->cosine) {
        p->space.reset(new hnswlib::InnerProductSpace(padded));
    } else {
        p->space.reset(new hnswlib::L2Space(padded));
    }
    p->graph.reset(new hnswlib::HierarchicalNSW<float>(p->space.get(), data->count, 16, 200));
    for (std::size_t i = 0; i < data->count; i++) {
        std::memcpy(p->query.data(), data->rows + i * p->dimensions, p->dimensions * sizeof(float));
        p->graph->addPoint(p->query.data(), i);
    }
    return p;
}

size_t search(void *index, uint32_t effort, const float *query, uint32_t *ids)
{
    auto *p = static_cast<peer *>(index);
    std::memcpy(p->query.data(), query, p->dimensions * sizeof(float));
    p->graph->setEf(effort);
    auto hits = p->graph->searchKnn(p->query.data(), ENGINE_TOP_K);
    const std::size_t count = hits.size();
    for (std::size_t i = count; i > 0; i--) {
        ids[i - 1] = static_cast<uint32_t>(hits.top().second);
        hits.pop();
    }
    return count;
}

double bytes(void *index)
{
    auto *p = static_cast<peer *>(index);
    double sum = static_cast<double>(p->graph->max_elements_ * p->graph->size_data_per_element_);
    for (std::size_t i = 0; i < p->graph->cur_element_count; i++) {
        sum += static_cast<double>(p->graph->element_levels_[i]) *
               static_cast<double>(p->graph->size_links_per_element_);
    }
    return sum;
}

void drop(void *index)
{
    delete static_cast<peer *>(index);
}

} // namespace

extern "C" size_t engines_hnswlib(const engine **engines)
{
    static const engine peers[] = {
        {"hnswlib", build, search, bytes, drop,
         {10, 12, 16, 24, 32, 40, 48, 64, 80, 100, 128, 160, 200, 300, 400, 600}, 0},
    };
    *engines = peers;
    return 1;
}
