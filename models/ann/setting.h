/* setting.h - settings of an index by name, as a command line gives them. */
#ifndef MODELS_ANN_SETTING_H
#define MODELS_ANN_SETTING_H

#include "models/ann/ann.h"

#include <stdbool.h>

struct error;

/* "hnsw", "cosine" (or "ip" for inner_product): false and *err for any other word. */
bool ann_kind_read(const char *word, enum ann_kind *kind, struct error *err);
bool ann_metric_read(const char *word, enum ann_metric *metric, struct error *err);

/* Sets the field called `name`: m (or M), ef_construction, ef_search, code, lists, probes, rerank,
 * spill, anisotropy, recall, seed. False and *err if there is none, if settings->kind has no use
 * for it, and if the value is no number or code; ranges are ann_check_settings' matter. */
bool ann_setting_read(struct ann_settings *settings, const char *name, const char *value,
                      struct error *err);

/* Whether another value needs another build; false for what a search can say itself (ef_search,
 * probes, rerank). */
bool ann_setting_builds(const char *name);

/* What a search says so that it searches as `settings` has it: defaults are the index's. */
struct ann_query ann_setting_query(const struct ann_settings *settings, size_t top_k);

#endif
