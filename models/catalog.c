#include "models/catalog.h"

#include "base/names.h"
#include "models/catalog_load.h"

#include <stdio.h>
#include <string.h>

bool catalog_load(struct arena *arena, const struct catalog **out, struct error *err)
{
    return catalog_load_texts(arena, catalog_files, catalog_file_count, out, err);
}

const char *catalog_date(const struct catalog *catalog)
{
    return catalog->date;
}

const char *catalog_sha256(const struct catalog *catalog)
{
    return catalog->sha256;
}

size_t catalog_count(const struct catalog *catalog)
{
    return catalog->count;
}

const struct catalog_entry *catalog_at(const struct catalog *catalog, size_t index)
{
    return index < catalog->count ? &catalog->items[index].entry : NULL;
}

const struct catalog_item *catalog_item_find(const struct catalog *catalog, const char *id)
{
    size_t low = 0;
    size_t high = catalog->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(id, catalog->items[middle].entry.id);
        if (order == 0) return &catalog->items[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct catalog_entry *catalog_find(const struct catalog *catalog, const char *id)
{
    const struct catalog_item *item = catalog_item_find(catalog, id);
    return item ? &item->entry : NULL;
}

static const char *kind_name(enum catalog_kind kind)
{
    switch (kind) {
    case CATALOG_PRICE: return "a price";
    case CATALOG_QUOTA: return "a quota";
    case CATALOG_NUMBER: return "a number";
    case CATALOG_DISTRIBUTION: return "a distribution";
    case CATALOG_MACHINE: return "a machine";
    case CATALOG_PROFILE: return "a profile";
    }
    return "nothing";
}

/* "us-east-1, eu-west-1" into `out`, cut where it does not fit. */
static void join(const char *const *names, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; names[i] && used < size; i++) {
        int n = snprintf(out + used, size - used, "%s%s", i ? ", " : "", names[i]);
        if (n < 0) return;
        used += (size_t)n;
    }
}

static bool find_value(const struct catalog *catalog, const char *id, const char *region,
                       const struct catalog_item **item, const struct catalog_value **out,
                       struct error *err)
{
    *item = catalog_item_find(catalog, id);
    if (!*item) {
        error_set(err, "the catalogue has no entry '%s'", id);
        const char *near = name_nearest(id, catalog->ids, catalog->count);
        if (near) error_hint(err, "did you mean '%s'?", near);
        return false;
    }
    const struct catalog_value *everywhere = NULL;
    for (size_t i = 0; i < (*item)->value_count; i++) {
        const struct catalog_value *value = &(*item)->values[i];
        if (strcmp(value->region, region) == 0) {
            *out = value;
            return true;
        }
        if (strcmp(value->region, "*") == 0) everywhere = value;
    }
    *out = everywhere;
    if (everywhere || (*item)->profile) return true;
    char regions[160];
    join((*item)->entry.regions, regions, sizeof regions);
    error_set(err, "the catalogue has no '%s' for the region '%s'", id, region);
    error_hint(err, "it has it for %s", regions);
    return false;
}

static bool wrong_kind(const struct catalog_item *item, const char *wanted, struct error *err)
{
    return error_set(err, "the catalogue's '%s' is %s, expected %s", item->entry.id,
                     kind_name(item->entry.kind), wanted);
}

bool catalog_price(const struct catalog *catalog, const char *id, const char *region,
                   struct price *out, struct error *err)
{
    const struct catalog_item *item = NULL;
    const struct catalog_value *value = NULL;
    TRY(find_value(catalog, id, region, &item, &value, err));
    if (item->entry.kind != CATALOG_PRICE || !value) return wrong_kind(item, "a price", err);
    *out = *value->price;
    return true;
}

bool catalog_number(const struct catalog *catalog, const char *id, const char *region, double *out,
                    struct error *err)
{
    const struct catalog_item *item = NULL;
    const struct catalog_value *value = NULL;
    TRY(find_value(catalog, id, region, &item, &value, err));
    if ((item->entry.kind != CATALOG_QUOTA && item->entry.kind != CATALOG_NUMBER) || !value)
        return wrong_kind(item, "a quota or a number", err);
    *out = value->number;
    return true;
}

bool catalog_distribution(const struct catalog *catalog, const char *id, const char *region,
                          struct distribution *out, struct error *err)
{
    const struct catalog_item *item = NULL;
    const struct catalog_value *value = NULL;
    TRY(find_value(catalog, id, region, &item, &value, err));
    if (item->entry.kind != CATALOG_DISTRIBUTION || !value)
        return wrong_kind(item, "a distribution", err);
    *out = *value->law;
    return true;
}

bool catalog_machine(const struct catalog *catalog, const char *id, const char *region,
                     const char **out, struct error *err)
{
    const struct catalog_item *item = NULL;
    const struct catalog_value *value = NULL;
    TRY(find_value(catalog, id, region, &item, &value, err));
    if (item->entry.kind != CATALOG_MACHINE || !value) return wrong_kind(item, "a machine", err);
    *out = value->machine;
    return true;
}

static const struct catalog_type *find_type(const struct catalog *catalog, const char *type)
{
    for (size_t i = 0; i < catalog->type_count; i++)
        if (strcmp(catalog->types[i].type, type) == 0) return &catalog->types[i];
    return NULL;
}

const char *const *catalog_profiles(const struct catalog *catalog, const char *type)
{
    static const char *const none[] = {NULL};
    const struct catalog_type *found = find_type(catalog, type);
    return found ? found->names : none;
}

bool catalog_profile(const struct catalog *catalog, const char *name, const char *type,
                     const struct catalog_profile **out, struct error *err)
{
    const struct catalog_item *item = catalog_item_find(catalog, name);
    const struct catalog_profile *profile = item ? item->profile : NULL;
    if (profile && strcmp(profile->type, type) == 0) {
        *out = profile;
        return true;
    }
    if (profile)
        error_set(err, "'%s' is a %s, expected a %s", name, profile->type, type);
    else
        error_set(err, "the catalogue has no service '%s'", name);
    const struct catalog_type *found = find_type(catalog, type);
    const char *near = found ? name_nearest(name, found->names, found->count) : NULL;
    if (near) {
        error_hint(err, "did you mean '%s'?", near);
    } else if (found) {
        char names[160];
        join(found->names, names, sizeof names);
        error_hint(err, "known for a %s: %s", type, names);
    }
    return false;
}

const char *catalog_profile_entry(const struct catalog_profile *profile, const char *parameter)
{
    for (size_t i = 0; i < profile->count; i++)
        if (strcmp(profile->parameters[i].name, parameter) == 0)
            return profile->parameters[i].entry;
    return NULL;
}
