/* vector_index.h - a vector database: replicas, workers, throttles, and search whose work is
 * measured by the ANN kernel. */
#ifndef MODELS_VECTOR_INDEX_H
#define MODELS_VECTOR_INDEX_H

extern const struct component_type vector_index_type;

#endif
