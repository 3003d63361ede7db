/* bench.h - what the benchmarks share: a CPU clock, repeated measurement, a table or JSON.
 *
 * A figure is CPU nanoseconds per unit of work inside the measured phase. Every case is measured
 * BENCH_ROUNDS times, all cases in turn, so that a disturbance of the machine falls on one round of
 * many cases instead of on all rounds of one; shown are the median and the best.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BENCH_ROUNDS 5
#define BENCH_CASES  64 /* at most */

struct bench_case {
    const char *name;
    const char *unit;               /* what one figure is for: event, customer... */
    double size;                    /* pending events, calls in flight...; 0: has none */
    double budget;                  /* nanoseconds to stay under; 0: none is set */
    double (*measure)(double size); /* warms up, measures once: nanoseconds per unit */
};

struct bench_figure {
    double median;
    double best;
};

/* Seconds of processor time of the calling thread. */
static inline double bench_clock(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Makes the compiler believe that the value is used. */
static inline void bench_use(uint64_t value)
{
    __asm__ volatile("" : : "r"(value));
}

static inline void *bench_memory(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory != NULL) return memory;
    (void)fputs("bench: out of memory\n", stderr);
    exit(1);
}

static inline struct bench_figure bench_summarize(double *values, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const double value = values[i];
        size_t j = i;
        for (; j > 0 && values[j - 1] > value; j--) values[j] = values[j - 1];
        values[j] = value;
    }
    return (struct bench_figure){.median = 0.5 * (values[(count - 1) / 2] + values[count / 2]),
                                 .best = values[0]};
}

static inline void bench_print_table(const struct bench_case *c, const struct bench_figure *figure)
{
    char budget[32] = "-";
    char size[32] = "-";
    if (c->budget > 0) (void)snprintf(budget, sizeof budget, "%.0f", c->budget);
    if (c->size > 0) (void)snprintf(size, sizeof size, "%.0f", c->size);
    printf("%-26s %9s %9.1f %9.1f %8s %10.2f  %s%s\n", c->name, size, figure->median, figure->best,
           budget, 1e3 / figure->median, c->unit,
           c->budget > 0 && figure->median > c->budget ? "  (over budget)" : "");
}

static inline void bench_print_json(const struct bench_case *c, const struct bench_figure *figure,
                                    bool last)
{
    printf("  {\"name\": \"%s\", \"size\": %.0f, \"unit\": \"%s\", \"median_ns\": %.3f, "
           "\"best_ns\": %.3f, \"budget_ns\": %.0f}%s\n",
           c->name, c->size, c->unit, figure->median, figure->best, c->budget, last ? "" : ",");
}

static inline void bench_report(const struct bench_case *cases, const struct bench_figure *figures,
                                size_t count, bool json)
{
    if (json)
        puts("[");
    else
        printf("%-26s %9s %9s %9s %8s %10s  %s\n", "case", "size", "median ns", "best ns", "budget",
               "million/s", "unit");
    for (size_t i = 0; i < count; i++) {
        if (json)
            bench_print_json(&cases[i], &figures[i], i + 1 == count);
        else
            bench_print_table(&cases[i], &figures[i]);
    }
    if (json) puts("]");
}

static inline bool bench_wants(const struct bench_case *c, int argc, char **argv)
{
    char label[64];
    (void)snprintf(label, sizeof label, "%s %.0f ", c->name, c->size);
    for (int a = 1; a < argc; a++)
        if (argv[a][0] != '-' && strstr(label, argv[a]) == NULL) return false;
    return true;
}

/* The whole program. Arguments: --json, --rounds=N (1 to 99), and words that "NAME SIZE " of the
 * cases to run must contain. */
static inline int bench_main(const struct bench_case *cases, size_t count, int argc, char **argv)
{
    static const struct bench_figure none;
    struct bench_case chosen[BENCH_CASES];
    struct bench_figure figures[BENCH_CASES];
    double values[BENCH_CASES][99];
    size_t rounds = BENCH_ROUNDS;
    size_t used = 0;
    bool json = false;
    for (size_t i = 0; i < count && used < BENCH_CASES; i++)
        if (bench_wants(&cases[i], argc, argv)) chosen[used++] = cases[i];
    for (int a = 1; a < argc; a++) {
        if (strcmp(argv[a], "--json") == 0) json = true;
        if (strncmp(argv[a], "--rounds=", 9) == 0) rounds = (size_t)strtoul(argv[a] + 9, NULL, 10);
    }
    if (rounds < 1 || rounds > 99) rounds = BENCH_ROUNDS;
    for (size_t r = 0; r < rounds; r++)
        for (size_t i = 0; i < used; i++) values[i][r] = chosen[i].measure(chosen[i].size);
    for (size_t i = 0; i < used; i++) {
        figures[i] = none;
        figures[i] = bench_summarize(values[i], rounds);
    }
    bench_report(chosen, figures, used, json);
    return 0;
}

#endif
