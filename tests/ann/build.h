/* build.h - for tests of models/ann/: an index that must build. */
#ifndef TESTS_ANN_BUILD_H
#define TESTS_ANN_BUILD_H

#include "base/error.h"
#include "models/ann/ann.h"
#include "tests/ann/unit.h"

static inline struct ann_index *build(struct arena *arena, const struct ann_settings *settings,
                                      const float *rows, size_t count)
{
    struct error err;
    struct ann_index *index = ann_build(arena, settings, rows, count, &err);
    if (!index) fail_msg("%s", err.message);
    return index;
}

#endif
