/* model.h - language and embedding models behind an API: time to first token, time per token, rate
 * limits, token prices. */
#ifndef MODELS_MODEL_H
#define MODELS_MODEL_H

extern const struct component_type model_type;

#endif
