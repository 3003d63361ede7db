/* vector_index_plan.h - a vector index compiled; for vector_index*.c.
 */
#ifndef MODELS_VECTOR_INDEX_PLAN_H
#define MODELS_VECTOR_INDEX_PLAN_H

#include "models/ann/profile.h"
#include "models/compiler.h"
#include "models/component.h"
#include "models/index_shape.h"
#include "models/search_work.h"
#include "models/vector_data.h"
#include "sim/distribution.h"

/* A service that publishes no capacity serves whatever its rate limit lets in. */
#define WORKERS_UNLIMITED 0

struct price;

struct vector_index_plan {
    struct component_plan base;
    const char *service;
    int64_t vectors;
    int64_t dimensions;
    int metric;
    struct index_shape index;
    int quantization;
    int originals; /* 0: in memory, 1: on disk */
    double selectivity;
    struct vector_data_settings data_settings;
    const char *search_cost; /* "work", "wall", or a machine's profile */
    int64_t top_k;
    double metadata; /* bytes a record, beside its vector */
    int64_t shards;
    int64_t replicas;
    int64_t workers; /* of a replica, or WORKERS_UNLIMITED */
    int64_t queue_limit;
    struct throttle_settings throttle;
    struct distribution latency; /* of a call, search work apart */
    /* compiled */
    const struct vector_data *data; /* NULL: synthetic */
    struct ann_profile machine;     /* that searches run on */
    double row_read_seconds;        /* of a vector on disk, with the others of its query */
    struct search_work work;
    const float *search_seconds; /* of each query of the work, as one shard takes it */
    double upsert_seconds;       /* of one vector, in one replica */
    double cost_error;           /* relative, of the machine's profile for such searches */
    double memory_bytes;         /* of one replica of one shard */
    double record_bytes;
    double query_units; /* read units of a query */
    double write_unit_bytes;
    double least_write_units;
    double records_per_read_unit;
    const struct price *hour_price; /* of one replica of one shard */
    const struct price *read_unit_price;
    const struct price *write_unit_price;
    const struct price *storage_price;
};

extern const struct field vector_index_fields[];
void vector_index_compile(struct compiler *compiler, struct component_plan *plan,
                          const struct node *config);
bool vector_index_prepare(struct preparation *preparation, struct component_plan *plan,
                          struct error *err);

#endif
