/* scan_x86.h - the kernels of scan.h for x86-64; for scan.c alone. */
#ifndef MODELS_ANN_SCAN_X86_H
#define MODELS_ANN_SCAN_X86_H

#include "models/ann/scan.h"

#if defined(__x86_64__)
#    define SCAN_X86 1
#else
#    define SCAN_X86 0
#endif

#if SCAN_X86
scan_dots_fn avx2_dots, avx512_dots;
scan_count_fn avx2_count, avx512_count;
scan_weigh_fn avx2_weigh, avx512_weigh;
scan_collect_fn avx512_collect;
scan_codes_fn avx2_codes, avx512_codes;
#endif

#endif
