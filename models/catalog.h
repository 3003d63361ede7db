/* catalog.h - prices, quotas, measured latencies and service profiles as data.
 *
 * The catalogue is a set of JSON files in models/catalog/ (one a provider and service), embedded
 * into the program. Each entry has an id ("aws.lambda.request"), a kind, a unit, values by region,
 * the date from which it holds, a source and a confidence letter (O official, P published price
 * list, T third party, M measured, D derived, G unverified). No price, quota or latency stands in C
 * code. Loading checks the whole; a fault in it is a fault of the program's own data.
 *
 * A profile ("openai/gpt-4", "elasticache/cache.t4g.small", "aws/lambda") is a named map from a
 * component type's parameters to entries: what `service: openai/gpt-4` in a scenario stands for.
 */
#ifndef MODELS_CATALOG_H
#define MODELS_CATALOG_H

#include "base/error.h"
#include "sim/distribution.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct catalog;

enum catalog_kind {
    CATALOG_PRICE,        /* US dollars a unit, in tiers of a month's quantity */
    CATALOG_QUOTA,        /* a limit: a number in `unit` */
    CATALOG_NUMBER,       /* a measured or documented number */
    CATALOG_DISTRIBUTION, /* a law, in seconds unless `unit` says otherwise */
    CATALOG_MACHINE,      /* one that searches run on: a profile's name (models/ann/profile.h) */
    CATALOG_PROFILE
};

#define CATALOG_TIERS 8

struct price_tier {
    double up_to; /* of the month's quantity; infinity in the last */
    double usd;   /* for one unit */
};

struct price {
    const char *id;
    const char *unit;  /* "request", "GB-s", "token", "hour" */
    size_t tier_count; /* at least 1 */
    struct price_tier tiers[CATALOG_TIERS];
    double free_each_month;  /* quantity, applied only where a bill asks for free tiers */
    double least_each_month; /* USD: a minimum charge of the line; 0 without */
    const char
        *least_group; /* prices of one group share the minimum; NULL: it is this price's alone */
};

/* A profile has no unit, date and source of its own ("" each, confidence '-'): its entries have. */
struct catalog_entry {
    const char *id;
    enum catalog_kind kind;
    const char *unit;
    const char *doc;
    const char *from;   /* date, YYYY-MM-DD or coarser */
    const char *source; /* what and where, in words */
    char confidence;
    const char *const *regions; /* NULL-terminated; "*" is everywhere */
};

/* Loads the embedded files into the arena. */
bool catalog_load(struct arena *arena, const struct catalog **out, struct error *err);

/* The newest date of any entry: what reports call the prices' date. */
const char *catalog_date(const struct catalog *catalog);
/* SHA-256 of the files, 64 hexadecimal digits. */
const char *catalog_sha256(const struct catalog *catalog);

const struct catalog_entry *catalog_find(const struct catalog *catalog, const char *id);
size_t catalog_count(const struct catalog *catalog);
const struct catalog_entry *catalog_at(const struct catalog *catalog, size_t index);

/* Values of one entry in one region ("us-east-1"). False with a message (and the nearest id, or the
 * regions that have it) if there is none of that kind. */
bool catalog_price(const struct catalog *catalog, const char *id, const char *region,
                   struct price *out, struct error *err);
bool catalog_number(const struct catalog *catalog, const char *id, const char *region, double *out,
                    struct error *err);
bool catalog_distribution(const struct catalog *catalog, const char *id, const char *region,
                          struct distribution *out, struct error *err);
bool catalog_machine(const struct catalog *catalog, const char *id, const char *region,
                     const char **out, struct error *err);

/* A profile by its scenario name; `type` is the component type it must be for ("model"). False with
 * a message that names the nearest profile of that type. */
struct catalog_profile;
bool catalog_profile(const struct catalog *catalog, const char *name, const char *type,
                     const struct catalog_profile **out, struct error *err);
/* The id of the entry that stands for `parameter` in it ("ttft" -> "openai.gpt-4.ttft"); NULL if
 * the profile has none. */
const char *catalog_profile_entry(const struct catalog_profile *profile, const char *parameter);
/* Names of all profiles of a type, NULL-terminated, sorted. */
const char *const *catalog_profiles(const struct catalog *catalog, const char *type);

#endif
