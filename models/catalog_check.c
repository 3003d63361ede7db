#include "base/names.h"
#include "models/catalog_load.h"

#include <string.h>

static bool check_unique(const struct catalog *catalog, struct error *err)
{
    for (size_t i = 1; i < catalog->count; i++) {
        const struct catalog_item *first = &catalog->items[i - 1];
        const struct catalog_item *again = &catalog->items[i];
        if (strcmp(first->entry.id, again->entry.id) != 0) continue;
        error_at(err, again->place, "the id '%s' is there already (%s:%d)", again->entry.id,
                 first->place.file, first->place.line);
        error_hint(err, "remove one of the two entries or give it another id");
        return false;
    }
    return true;
}

static bool check_profile(const struct catalog *catalog, const struct catalog_profile *profile,
                          struct error *err)
{
    for (size_t i = 0; i < profile->count; i++) {
        const struct catalog_parameter *parameter = &profile->parameters[i];
        if (catalog_item_find(catalog, parameter->entry)) continue;
        error_at(err, parameter->place, "the profile '%s' has '%s' for '%s', which is no entry",
                 profile->name, parameter->entry, parameter->name);
        const char *near = name_nearest(parameter->entry, catalog->ids, catalog->count);
        if (near) error_hint(err, "did you mean '%s'?", near);
        return false;
    }
    return true;
}

bool catalog_check(const struct catalog *catalog, struct error *err)
{
    TRY(check_unique(catalog, err));
    for (size_t i = 0; i < catalog->count; i++) {
        const struct catalog_profile *profile = catalog->items[i].profile;
        if (profile) TRY(check_profile(catalog, profile, err));
    }
    return true;
}
