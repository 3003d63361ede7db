/* simd.h - which instructions the kernels of the index may use.
 *
 * A level is chosen once, when an index is built, and kept with it: the best the machine has, or
 * less if the environment variable RAGTIME_SIMD (scalar, baseline, avx2 or avx512) says so. Every
 * level gives the same results, bit for bit.
 */
#ifndef MODELS_ANN_SIMD_H
#define MODELS_ANN_SIMD_H

#include <stdbool.h>

#if defined(__x86_64__)
#    define SIMD_X86 1
#else
#    define SIMD_X86 0
#endif

/* Slowest first. The second is vector code for the machine the program was compiled for (SSE2 on
 * x86-64). The last asks for AVX-512 with F, BW, DQ, VL, VBMI and VNNI: servers since 2019 (Intel)
 * and 2022 (AMD). */
enum simd_level { SIMD_SCALAR, SIMD_BASELINE, SIMD_AVX2, SIMD_AVX512 };

enum { SIMD_LEVEL_COUNT = SIMD_AVX512 + 1 };

/* Whether this machine and this build have a level. */
bool simd_has(enum simd_level level);
/* The best of them. */
enum simd_level simd_machine_level(void);
/* The level for a new index: the machine's, lowered by RAGTIME_SIMD. Unknown words are ignored. */
enum simd_level simd_choose_level(void);
/* "scalar", "baseline", "avx2", "avx512". */
const char *simd_level_name(enum simd_level level);

#endif
