/* catalog_load.h - how the catalogue's texts become a catalogue: for catalog*.c and their tests
 * only.
 *
 * A file holds sources and entries (models/catalog/schema/catalog.schema.json). Everything is
 * checked: unknown keys, ids twice, an entry without unit, date, source or confidence, tiers and
 * quantiles that do not rise, negative prices, profiles that name no entry. Loading stops at the
 * first fault and names its place.
 */
#ifndef MODELS_CATALOG_LOAD_H
#define MODELS_CATALOG_LOAD_H

#include "base/error.h"
#include "models/catalog.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct node;

struct catalog_text {
    const char *name; /* what faults call the file */
    const char *text;
    size_t length;
};

/* The files embedded by models/catalog/data.S. */
extern const struct catalog_text catalog_files[];
extern const size_t catalog_file_count;

struct catalog_value {
    const char *region;
    const struct price *price;      /* CATALOG_PRICE */
    double number;                  /* CATALOG_QUOTA, CATALOG_NUMBER */
    const struct distribution *law; /* CATALOG_DISTRIBUTION */
    const char *machine;            /* CATALOG_MACHINE */
};

struct catalog_parameter {
    const char *name;
    const char *entry; /* the id that stands for it */
    struct place place;
};

struct catalog_profile {
    const char *name;
    const char *type; /* of component: "model", "cache" */
    const struct catalog_parameter *parameters;
    size_t count;
};

struct catalog_item {
    struct catalog_entry entry;
    struct place place;
    const struct catalog_value *values;
    size_t value_count;
    const struct catalog_profile *profile; /* CATALOG_PROFILE; else NULL */
};

struct catalog_type {
    const char *type;
    const char **names; /* of its profiles, sorted, NULL at the end */
    size_t count;
};

struct catalog {
    struct catalog_item *items; /* sorted by id */
    const char **ids;           /* theirs, in the same order */
    size_t count;
    struct catalog_type *types;
    size_t type_count;
    const char *date;
    char sha256[65];
};

struct catalog_source {
    const char *key;
    const char *text; /* title, address and date, in words */
};

/* Loads the given texts. Their bytes are copied. */
bool catalog_load_texts(struct arena *arena, const struct catalog_text *texts, size_t count,
                        const struct catalog **out, struct error *err);

/* Reads one entry; `sources` ends with a NULL key. */
bool catalog_read_entry(struct arena *arena, const struct node *node,
                        const struct catalog_source *sources, struct catalog_item *out,
                        struct error *err);
/* Reads one law: {"lognormal": {"median": 0.02, "p95": 0.05}}. */
bool catalog_read_law(struct arena *arena, const struct node *node, struct distribution *out,
                      struct error *err);

/* Shared by the readers. */
bool catalog_known_keys(const struct node *map, const char *what, const char *const *keys,
                        struct error *err);
/* Where a key's value is; the map's own place without it. */
struct place catalog_place(const struct node *map, const char *key);
/* A string that is not empty. */
bool catalog_need_text(const struct node *map, const char *what, const char *key, const char **out,
                       struct error *err);
/* YYYY, YYYY-MM or YYYY-MM-DD. */
bool catalog_need_date(const struct node *map, const char *what, const char *key, const char **out,
                       struct error *err);

/* The item of an id; NULL without one. */
const struct catalog_item *catalog_item_find(const struct catalog *catalog, const char *id);

/* What can be said of the whole only: ids are unique, profiles name entries. Items are sorted. */
bool catalog_check(const struct catalog *catalog, struct error *err);

#endif
