/* Stands in for the evaluator of JSONata until it is there. */
#include "models/asl/jsonata.h"

bool jsonata_evaluate(const struct jsonata *expression, struct arena *arena,
                      const struct jsonata_binding *bindings, size_t count, uint64_t seed,
                      double now_epoch_s, const struct value **out, const char **fault)
{
    (void)expression, (void)arena, (void)bindings, (void)count, (void)seed, (void)now_epoch_s;
    *out = NULL;
    *fault = "JSONata is not evaluated yet";
    return false;
}
