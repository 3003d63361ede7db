/* token_bucket.h - a rate limit with a burst: how gateways, quotas and models throttle.
 *
 * Tokens refill continuously at `rate` a second up to `burst`; a fresh bucket is full. Exact in
 * whole nanoseconds: tokens are kept as nanoseconds of refilling.
 */
#ifndef MODELS_TOKEN_BUCKET_H
#define MODELS_TOKEN_BUCKET_H

#include "sim/time.h"

#include <math.h>
#include <stdbool.h>

struct token_bucket {
    double rate;  /* tokens a nanosecond; infinity: no limit */
    double burst; /* tokens */
    double tokens;
    sim_time since;
};

static inline void token_bucket_init(struct token_bucket *bucket, double rate_per_s, double burst)
{
    bucket->rate = rate_per_s * 1e-9;
    bucket->burst = bucket->tokens = burst;
    bucket->since = 0;
}

static inline void token_bucket_refill(struct token_bucket *bucket, sim_time now)
{
    const double tokens = bucket->tokens + bucket->rate * (double)(now - bucket->since);
    bucket->tokens = tokens < bucket->burst ? tokens : bucket->burst;
    bucket->since = now;
}

/* Takes `tokens` if they are there. */
static inline bool token_bucket_take(struct token_bucket *bucket, double tokens, sim_time now)
{
    if (isinf(bucket->rate)) return true;
    token_bucket_refill(bucket, now);
    if (bucket->tokens < tokens) return false;
    bucket->tokens -= tokens;
    return true;
}

/* Takes `tokens` now or as soon as they will be there; returns the delay. Later takers queue behind
 * earlier ones. */
static inline sim_time token_bucket_delay(struct token_bucket *bucket, double tokens, sim_time now)
{
    if (isinf(bucket->rate)) return 0;
    token_bucket_refill(bucket, now);
    bucket->tokens -= tokens;
    if (bucket->tokens >= 0) return 0;
    return (sim_time)ceil(-bucket->tokens / bucket->rate);
}

/* When `tokens` will be there if nobody takes any, from now: what a retry-after header says. */
static inline sim_time token_bucket_wait(struct token_bucket *bucket, double tokens, sim_time now)
{
    if (isinf(bucket->rate)) return 0;
    token_bucket_refill(bucket, now);
    if (bucket->tokens >= tokens) return 0;
    return (sim_time)ceil((tokens - bucket->tokens) / bucket->rate);
}

#endif
