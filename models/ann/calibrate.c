#include "models/ann/calibrate.h"

#include "base/arena.h"
#include "models/ann/distance.h"

#include <stdio.h>
#include <string.h>

enum { SETS_A_KERNEL = 2 }; /* kernels are measured before every second set of vectors */

/* The value of "model name" of /proc/cpuinfo; other systems and processors may have none. */
static const char *machine_name(struct arena *arena)
{
    static const char key[] = "model name";
    char line[256];
    const char *name = "unknown processor";
    FILE *file = fopen("/proc/cpuinfo", "re");
    if (!file) return name;
    while (fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, key, sizeof key - 1) != 0 || !colon) continue;
        colon += 1 + strspn(colon + 1, " \t");
        name = arena_copy_n(arena, colon, strcspn(colon, "\n"));
        break;
    }
    fclose(file);
    return name;
}

static const char *simd_name(void)
{
    static const char *const names[] = {[SIMD_SCALAR] = "scalar",
                                        [SIMD_BASELINE] = "baseline",
                                        [SIMD_AVX2] = "avx2",
                                        [SIMD_AVX512] = "avx512"};
    return names[distance_level_chosen()];
}

/* A machine's slow moments last seconds, and should not hit only kernels or only searches: both are
 * measured in turn, over and over. */
bool ann_calibrate(struct arena *arena, const struct calibration *calibration,
                   struct ann_profile *out, struct calibration_fit *fits)
{
    const struct calibration *c = calibration;
    *out = (struct ann_profile){.machine = machine_name(arena), .simd = simd_name()};
    calibrate_name_kernels(arena, c, out);
    struct arena *passing = arena_new();
    struct calibrate_points *points = calibrate_points_new(passing);
    char *memory = calibrate_memory(passing, c);
    size_t sets = calibrate_set_count();
    bool whole = true;
    for (size_t i = 0; i < c->rounds * sets && whole; i++) {
        if (i % sets % SETS_A_KERNEL == 0) whole = calibrate_kernels(c, memory, out);
        whole = whole && calibrate_searches(c, i % sets, points);
        double done = (double)(i + 1) / (double)(c->rounds * sets);
        if (c->progress) c->progress(c->progress_context, done);
    }
    calibrate_smooth(out);
    if (whole) calibrate_costs(points, out, fits);
    arena_free(passing);
    return whole;
}
