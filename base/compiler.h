/* compiler.h - the few places where the project goes beyond C17. */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define PRINTF_LIKE(string, first) __attribute__((format(printf, string, first)))
#define NOINLINE_COLD              __attribute__((noinline, cold))
#define NOINLINE                   __attribute__((noinline))
/* The empty statement keeps gcc from taking a function that only prefetches for one without effect,
 * whose calls it then drops. */
#define PREFETCH(address)            \
    do {                             \
        __builtin_prefetch(address); \
        __asm__ volatile("");        \
    } while (0)
/* The compiler must compute the variable here and forget how: it cannot rearrange across this. */
#define OPAQUE(variable) __asm__("" : "+r"(variable))

#if defined(__SANITIZE_ADDRESS__)
#    define ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer)
#        define ADDRESS_SANITIZER 1
#    endif
#endif
#ifndef ADDRESS_SANITIZER
#    define ADDRESS_SANITIZER 0
#endif

/* 128-bit integers hold event keys and time-weighted areas exactly. */
__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

#endif
