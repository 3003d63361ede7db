/* queueing.h - closed forms of queueing theory, for tests: what the simulated systems must come to.
 */
#ifndef TESTS_MODELS_QUEUEING_H
#define TESTS_MODELS_QUEUEING_H

#include <stddef.h>

/* M/M/c/K as a birth-death process, K calls at most in the system. */
struct markov_queue {
    double refused;     /* share of arrivals */
    double queue;       /* mean number waiting */
    double utilization; /* of a server */
    double wait;        /* mean, of those let in */
};

static inline struct markov_queue markov_queue(double arrivals, double service, size_t servers,
                                               size_t most)
{
    struct markov_queue q = {0, 0, 0, 0};
    double weight = 1;
    double total = 0;
    double busy = 0;
    for (size_t n = 0; n <= most; n++) {
        const size_t serving = n < servers ? n : servers;
        if (n > 0) weight *= arrivals / ((double)serving * service);
        total += weight;
        busy += weight * (double)serving;
        q.queue += weight * (double)(n - serving);
        q.refused = weight;
    }
    q.refused /= total;
    q.queue /= total;
    q.utilization = busy / total / (double)servers;
    q.wait = q.queue / (arrivals * (1 - q.refused)); /* Little */
    return q;
}

/* Erlang's C: the probability that an arrival of M/M/c waits (by the recursion of his B). */
static inline double erlang_c(double arrivals, double service, size_t servers)
{
    const double load = arrivals / service;
    double blocked = 1;
    for (size_t n = 1; n <= servers; n++) blocked = load * blocked / ((double)n + load * blocked);
    const double rho = load / (double)servers;
    return blocked / (1 - rho * (1 - blocked));
}

/* Pollaczek and Khinchine: mean wait of M/G/1 by the squared coefficient of variation of service.
 */
static inline double pollaczek_khinchine(double arrivals, double mean, double scv)
{
    const double rho = arrivals * mean;
    return rho * mean * (1 + scv) / (2 * (1 - rho));
}

/* The machine repairman M/M/1//N: `users` think for a mean time and ask one server. */
struct closed_queue {
    double throughput;
    double utilization;
    double response; /* mean, wait and service */
};

static inline struct closed_queue closed_queue(size_t users, double think, double mean)
{
    double weight = 1;
    double total = 1;
    for (size_t n = 1; n <= users; n++) {
        weight *= (double)(users - n + 1) * mean / think;
        total += weight;
    }
    struct closed_queue q = {0, 1 - 1 / total, 0};
    q.throughput = q.utilization / mean;
    q.response = (double)users / q.throughput - think;
    return q;
}

#endif
