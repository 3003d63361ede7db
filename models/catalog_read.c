#include "base/arena.h"
#include "base/document.h"
#include "base/names.h"
#include "models/catalog_load.h"

#include <math.h>
#include <string.h>

bool catalog_known_keys(const struct node *map, const char *what, const char *const *keys,
                        struct error *err)
{
    if (!map || map->type != NODE_MAP)
        return error_at(err, map ? map->place : (struct place){0}, "%s is %s, expected a map", what,
                        map ? node_type_name(map->type) : "absent");
    size_t count = 0;
    while (keys[count]) count++;
    for (const struct node *node = map->first; node; node = node->next) {
        size_t i = 0;
        while (i < count && strcmp(keys[i], node->key) != 0) i++;
        if (i < count) continue;
        error_at(err, node->key_place, "%s has no key '%s'", what, node->key);
        const char *near = name_nearest(node->key, keys, count);
        if (near) error_hint(err, "did you mean '%s'?", near);
        return false;
    }
    return true;
}

struct place catalog_place(const struct node *map, const char *key)
{
    const struct node *node = node_get(map, key);
    return node ? node->place : map->place;
}

bool catalog_need_text(const struct node *map, const char *what, const char *key, const char **out,
                       struct error *err)
{
    const struct node *node = node_get(map, key);
    if (!node) return error_at(err, map->place, "%s lacks '%s'", what, key);
    if (node->type != NODE_STRING)
        return error_at(err, node->place, "'%s' is %s, expected a string", key,
                        node_type_name(node->type));
    if (node->text[0] == '\0') return error_at(err, node->place, "'%s' is empty", key);
    *out = node->text;
    return true;
}

/* YYYY, YYYY-MM or YYYY-MM-DD, with months and days that exist in some year. */
static bool is_date(const char *text)
{
    static const char shape[] = "dddd-dd-dd";
    size_t length = strlen(text);
    if (length != 4 && length != 7 && length != 10) return false;
    for (size_t i = 0; i < length; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == 'd' ? !digit : text[i] != '-') return false;
    }
    int month = length >= 7 ? (text[5] - '0') * 10 + text[6] - '0' : 1;
    int day = length == 10 ? (text[8] - '0') * 10 + text[9] - '0' : 1;
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool catalog_need_date(const struct node *map, const char *what, const char *key, const char **out,
                       struct error *err)
{
    TRY(catalog_need_text(map, what, key, out, err));
    if (is_date(*out)) return true;
    return error_at(err, catalog_place(map, key),
                    "'%s' is '%s', expected a date such as 2026-08-21 or 2026-08", key, *out);
}

static bool is_amount(const struct node *node)
{
    return node->type == NODE_NUMBER && isfinite(node->number) && node->number >= 0;
}

static bool read_tier(const struct node *node, double per, struct price *price, struct error *err)
{
    static const char *const keys[] = {"up_to", "usd", NULL};
    TRY(catalog_known_keys(node, "a tier", keys, err));
    const struct node *usd = node_get(node, "usd");
    const struct node *up_to = node_get(node, "up_to");
    if (!usd || !is_amount(usd))
        return error_at(err, node->place, "a tier needs 'usd', a number that is not negative");
    struct price_tier *tier = &price->tiers[price->tier_count];
    tier->usd = usd->number / per;
    tier->up_to = HUGE_VAL;
    if (up_to) {
        double before = price->tier_count > 0 ? tier[-1].up_to : 0;
        if (up_to->type != NODE_NUMBER || !(up_to->number > before))
            return error_at(err, up_to->place, "tiers do not rise: 'up_to' %s after %g",
                            up_to->text, before);
        tier->up_to = up_to->number;
    }
    if (!up_to != !node->next)
        return error_at(err, node->place, "all tiers but the last have 'up_to', the last has none");
    price->tier_count++;
    return true;
}

static bool read_optional_amount(const struct node *map, const char *key, double *out,
                                 struct error *err)
{
    const struct node *node = node_get(map, key);
    if (!node) return true;
    if (!is_amount(node))
        return error_at(err, node->place, "'%s' needs a number that is not negative", key);
    *out = node->number;
    return true;
}

static bool read_price_map(const struct node *node, double per, struct price *price,
                           struct error *err)
{
    static const char *const keys[] = {"tiers", "free_each_month", "least_each_month",
                                       "least_group", NULL};
    TRY(catalog_known_keys(node, "a price", keys, err));
    const struct node *tiers = node_get(node, "tiers");
    if (!tiers || tiers->type != NODE_LIST || tiers->count == 0 || tiers->count > CATALOG_TIERS)
        return error_at(err, node->place, "a price needs 'tiers', a list of 1 to %d",
                        CATALOG_TIERS);
    for (const struct node *tier = tiers->first; tier; tier = tier->next)
        TRY(read_tier(tier, per, price, err));
    TRY(read_optional_amount(node, "free_each_month", &price->free_each_month, err));
    TRY(read_optional_amount(node, "least_each_month", &price->least_each_month, err));
    if (!node_get(node, "least_group")) return true;
    return catalog_need_text(node, "a price", "least_group", &price->least_group, err);
}

static bool read_price(struct arena *arena, const struct node *node, double per,
                       const struct catalog_entry *entry, const struct price **out,
                       struct error *err)
{
    struct price *price = arena_new_item(arena, struct price);
    price->id = entry->id;
    price->unit = entry->unit;
    *out = price;
    if (node->type == NODE_MAP) return read_price_map(node, per, price, err);
    if (!is_amount(node))
        return error_at(err, node->place,
                        "the price of '%s' in %s is '%s', expected a number that is not negative",
                        entry->id, node->key, node->text);
    price->tier_count = 1;
    price->tiers[0] = (struct price_tier){.up_to = HUGE_VAL, .usd = node->number / per};
    return true;
}

static bool read_value(struct arena *arena, const struct node *node, double per,
                       const struct catalog_entry *entry, struct catalog_value *out,
                       struct error *err)
{
    if (entry->kind == CATALOG_PRICE) return read_price(arena, node, per, entry, &out->price, err);
    if (entry->kind == CATALOG_DISTRIBUTION) {
        struct distribution *law = arena_new_item(arena, struct distribution);
        out->law = law;
        return catalog_read_law(arena, node, law, err);
    }
    if (entry->kind == CATALOG_MACHINE) {
        out->machine = node->text;
        if (node->type == NODE_STRING && node->text[0]) return true;
        return error_at(err, node->place, "'%s' in %s is %s, expected the name of a machine",
                        entry->id, out->region, node_type_name(node->type));
    }
    if (!is_amount(node))
        return error_at(err, node->place,
                        "'%s' in %s is '%s', expected a number that is not "
                        "negative",
                        entry->id, out->region, node->text);
    out->number = node->number;
    return true;
}

static bool read_per(const struct node *node, enum catalog_kind kind, double *out,
                     struct error *err)
{
    const struct node *per = node_get(node, "per");
    *out = 1;
    if (!per) return true;
    if (kind != CATALOG_PRICE) return error_at(err, per->place, "only a price has 'per'");
    if (per->type != NODE_NUMBER || !(per->number > 0) || !isfinite(per->number))
        return error_at(err, per->place, "'per' is '%s', expected a positive number", per->text);
    *out = per->number;
    return true;
}

/* Values stand under "regions", or (a distribution that is the same everywhere) under "law". */
static bool read_values(struct arena *arena, const struct node *node, struct catalog_item *item,
                        struct error *err)
{
    const struct node *regions = node_get(node, "regions");
    const struct node *law = node_get(node, "law");
    if (law && item->entry.kind != CATALOG_DISTRIBUTION)
        return error_at(err, law->key_place, "only a distribution has 'law'");
    if (!regions == !law)
        return error_at(err, node->place,
                        "'%s' needs its values: 'regions', or 'law' for a "
                        "distribution",
                        item->entry.id);
    if (regions && (regions->type != NODE_MAP || regions->count == 0))
        return error_at(err, regions->place, "'regions' needs a map with at least one region");

    double per = 1;
    TRY(read_per(node, item->entry.kind, &per, err));
    size_t count = regions ? regions->count : 1;
    struct catalog_value *values = arena_array(arena, struct catalog_value, count);
    const char **names = arena_array(arena, const char *, count + 1);
    const struct node *value = regions ? regions->first : law;
    for (size_t i = 0; i < count; i++, value = value->next) {
        names[i] = regions ? value->key : "*";
        values[i].region = names[i];
        TRY(read_value(arena, value, per, &item->entry, &values[i], err));
    }
    item->entry.regions = names;
    item->values = values;
    item->value_count = count;
    return true;
}

static bool read_parameters(struct arena *arena, const struct node *map,
                            struct catalog_profile *out, struct error *err)
{
    if (map->type != NODE_MAP || map->count == 0)
        return error_at(err, map->place, "'parameters' needs a map of names to entries");
    struct catalog_parameter *parameters = arena_array(arena, struct catalog_parameter, map->count);
    out->parameters = parameters;
    for (const struct node *node = map->first; node; node = node->next) {
        if (node->type != NODE_STRING)
            return error_at(err, node->place, "'%s' is %s, expected the id of an entry", node->key,
                            node_type_name(node->type));
        parameters[out->count++] = (struct catalog_parameter){
            .name = node->key, .entry = node->text, .place = node->place};
    }
    return true;
}

static bool read_profile(struct arena *arena, const struct node *node, struct catalog_item *item,
                         struct error *err)
{
    static const char *const keys[] = {"id", "kind", "doc", "type", "parameters", NULL};
    static const char *const everywhere[] = {"*", NULL};
    TRY(catalog_known_keys(node, "a profile", keys, err));
    struct catalog_profile *profile = arena_new_item(arena, struct catalog_profile);
    profile->name = item->entry.id;
    TRY(catalog_need_text(node, "a profile", "type", &profile->type, err));
    const struct node *parameters = node_get(node, "parameters");
    if (!parameters) return error_at(err, node->place, "a profile lacks 'parameters'");
    TRY(read_parameters(arena, parameters, profile, err));
    item->profile = profile;
    /* A profile is a map of entries: each of them has its own unit, date and source. */
    item->entry.unit = "";
    item->entry.from = "";
    item->entry.source = "";
    item->entry.confidence = '-';
    item->entry.regions = everywhere;
    return true;
}

/* What is derived or unverified must say so to whoever reads its one line. */
static bool check_confidence(const struct node *node, struct catalog_entry *entry,
                             struct error *err)
{
    const char *letter = "";
    TRY(catalog_need_text(node, "an entry", "confidence", &letter, err));
    if (!strchr("OPTMDG", letter[0]) || letter[1] != '\0')
        return error_at(err, catalog_place(node, "confidence"),
                        "'confidence' is '%s', expected one of O, P, T, M, D and G", letter);
    entry->confidence = letter[0];
    const char *word = letter[0] == 'G' ? "unverified" : letter[0] == 'D' ? "derived" : NULL;
    if (word && !strstr(entry->doc, word))
        return error_at(err, node->place, "'%s' has confidence %s: its 'doc' must say '%s'",
                        entry->id, letter, word);
    return true;
}

static bool read_source(const struct node *node, const struct catalog_source *sources,
                        const char **out, struct error *err)
{
    const char *key = "";
    TRY(catalog_need_text(node, "an entry", "source", &key, err));
    for (; sources->key; sources++) {
        if (strcmp(sources->key, key) != 0) continue;
        *out = sources->text;
        return true;
    }
    return error_at(err, catalog_place(node, "source"), "'%s' is not among the file's sources",
                    key);
}

static bool read_kind(const struct node *node, enum catalog_kind *out, struct error *err)
{
    static const char *const names[] = {"price",        "quota",   "number",
                                        "distribution", "machine", "profile"};
    const char *kind = "";
    TRY(catalog_need_text(node, "an entry", "kind", &kind, err));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], kind) != 0) continue;
        *out = (enum catalog_kind)i;
        return true;
    }
    return error_at(
        err, catalog_place(node, "kind"),
        "'kind' is '%s', expected price, quota, number, distribution, machine or profile", kind);
}

/* An entry with values of its own: everything but a profile. */
static bool read_fact(struct arena *arena, const struct node *node,
                      const struct catalog_source *sources, struct catalog_item *out,
                      struct error *err)
{
    static const char *const keys[] = {"id",         "kind",    "doc", "unit", "from", "source",
                                       "confidence", "regions", "per", "law",  NULL};
    struct catalog_entry *entry = &out->entry;
    TRY(catalog_known_keys(node, "an entry", keys, err));
    TRY(catalog_need_text(node, "an entry", "unit", &entry->unit, err));
    TRY(catalog_need_date(node, "an entry", "from", &entry->from, err));
    TRY(read_source(node, sources, &entry->source, err));
    TRY(check_confidence(node, entry, err));
    return read_values(arena, node, out, err);
}

bool catalog_read_entry(struct arena *arena, const struct node *node,
                        const struct catalog_source *sources, struct catalog_item *out,
                        struct error *err)
{
    if (node->type != NODE_MAP)
        return error_at(err, node->place, "an entry is %s, expected a map",
                        node_type_name(node->type));
    struct catalog_entry *entry = &out->entry;
    out->place = node->place;
    TRY(catalog_need_text(node, "an entry", "id", &entry->id, err));
    TRY(read_kind(node, &entry->kind, err));
    TRY(catalog_need_text(node, "an entry", "doc", &entry->doc, err));
    if (entry->kind == CATALOG_PROFILE) return read_profile(arena, node, out, err);
    return read_fact(arena, node, sources, out, err);
}
