#include "models/ann/simd.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {[SIMD_SCALAR] = "scalar",
                                    [SIMD_BASELINE] = "baseline",
                                    [SIMD_AVX2] = "avx2",
                                    [SIMD_AVX512] = "avx512"};

bool simd_has(enum simd_level level)
{
    switch (level) {
    case SIMD_SCALAR:
    case SIMD_BASELINE: return true;
#if SIMD_X86
    case SIMD_AVX2: return __builtin_cpu_supports("avx2");
    case SIMD_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vnni");
#else
    case SIMD_AVX2:
    case SIMD_AVX512: return false;
#endif
    }
    return false;
}

enum simd_level simd_machine_level(void)
{
    enum simd_level level = SIMD_AVX512;
    while (!simd_has(level)) level--;
    return level;
}

enum simd_level simd_choose_level(void)
{
    enum simd_level most = simd_machine_level();
    const char *wish = getenv("RAGTIME_SIMD");
    if (!wish) return most;
    for (enum simd_level level = SIMD_SCALAR; level < most; level++) {
        if (strcmp(wish, names[level]) == 0) return level;
    }
    return most;
}

const char *simd_level_name(enum simd_level level)
{
    return (unsigned)level < SIMD_LEVEL_COUNT ? names[level] : "unknown";
}
