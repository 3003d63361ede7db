/* asl_skeleton.h - the scenario that a definition lacks, to be filled in.
 *
 * A workflow that runs the definition, with what the outside decides: the component of every task
 * (a service each, of one time), how likely each way of a Choice is (all alike), how many items a
 * Map has. It is a scenario as it stands.
 */
#ifndef MODELS_ASL_SKELETON_H
#define MODELS_ASL_SKELETON_H

#include "base/text.h"
#include "models/asl/wrapping.h"

struct arena;

/* Adds the scenario as YAML. `reference` is what its definition is called: FILE or FILE#NAME. The
 * definition has passed the check. */
void asl_skeleton(struct arena *arena, const char *reference,
                  const struct asl_definition *definition, struct text *out);

#endif
