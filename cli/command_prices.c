#include "base/arena.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "models/catalog.h"
#include "reports/json_writer.h"

#include <string.h>

static const struct command_usage usage = {
    .name = "prices",
    .operands = "[WORD]",
    .summary = "the catalogue: value, unit, region, date and source of what has WORD in its name "
               "or text",
    .examples = "  ragtime prices lambda\n"
                "  ragtime prices gpt-4\n"
                "  ragtime prices pinecone --region eu-west-1\n",
    .options = "pj",
    .operands_least = 0,
    .operands_most = 1,
};

static void add_tiers(struct text *out, const struct price *price)
{
    for (size_t i = 0; i < price->tier_count; i++) {
        text_format(out, "%s$%.10g", i ? ", then " : "", price->tiers[i].usd);
        if (i + 1 < price->tier_count) text_format(out, " up to %.10g", price->tiers[i].up_to);
    }
    text_format(out, " per %s", price->unit);
    if (price->free_each_month > 0)
        text_format(out, ", %.10g a month free", price->free_each_month);
    if (price->least_each_month > 0)
        text_format(out, ", at least $%.10g a month", price->least_each_month);
}

static void add_regions(struct text *out, const char *const *regions)
{
    for (size_t i = 0; regions[i]; i++) text_format(out, "%s%s", i ? ", " : "", regions[i]);
}

static bool is_everywhere(const struct catalog_entry *entry)
{
    return entry->regions[0] && strcmp(entry->regions[0], "*") == 0 && !entry->regions[1];
}

/* G is a guess, D derived from others: neither was read off a source. */
static bool is_unverified(const struct catalog_entry *entry)
{
    return strchr("GD", entry->confidence) != NULL;
}

static void add_value(struct text *out, const struct catalog *catalog,
                      const struct catalog_entry *entry, const char *region)
{
    struct price price;
    struct distribution law;
    struct error err;
    const char *machine = NULL;
    double number = 0;
    if (entry->kind == CATALOG_PRICE && catalog_price(catalog, entry->id, region, &price, &err)) {
        add_tiers(out, &price);
    } else if (entry->kind == CATALOG_DISTRIBUTION &&
               catalog_distribution(catalog, entry->id, region, &law, &err)) {
        text_format(out, "mean %.3g %s, p50 %.3g, p99 %.3g", distribution_mean(&law), entry->unit,
                    distribution_quantile(&law, 0.5), distribution_quantile(&law, 0.99));
    } else if (entry->kind == CATALOG_MACHINE &&
               catalog_machine(catalog, entry->id, region, &machine, &err)) {
        text_add(out, machine);
    } else if ((entry->kind == CATALOG_QUOTA || entry->kind == CATALOG_NUMBER) &&
               catalog_number(catalog, entry->id, region, &number, &err)) {
        text_format(out, "%.10g %s", number, entry->unit);
    } else {
        text_format(out, "no value in %s, only in ", region);
        add_regions(out, entry->regions);
        return;
    }
    if (is_everywhere(entry))
        text_add(out, " everywhere");
    else
        text_format(out, " in %s", region);
}

static void add_entry(struct text *out, const struct catalog *catalog,
                      const struct catalog_entry *entry, const char *region)
{
    text_format(out, "%s\n  ", entry->id);
    add_value(out, catalog, entry, region);
    text_format(out, "; since %s%s\n  %s\n  source: %s\n", entry->from,
                is_unverified(entry) ? "; unverified" : "", entry->doc, entry->source);
}

static void add_json_value(struct json_writer *json, const struct catalog *catalog,
                           const struct catalog_entry *entry, const char *region)
{
    struct price price;
    struct distribution law;
    struct error err;
    const char *machine = NULL;
    double number = 0;
    if (catalog_price(catalog, entry->id, region, &price, &err)) {
        json_open(json, "tiers", '[');
        for (size_t i = 0; i < price.tier_count; i++) {
            json_open(json, NULL, '{');
            json_number(json, "up_to", price.tiers[i].up_to);
            json_number(json, "usd", price.tiers[i].usd);
            json_close(json, '}');
        }
        json_close(json, ']');
    } else if (catalog_distribution(catalog, entry->id, region, &law, &err)) {
        json_number(json, "mean", distribution_mean(&law));
        json_number(json, "p50", distribution_quantile(&law, 0.5));
        json_number(json, "p99", distribution_quantile(&law, 0.99));
    } else if (catalog_number(catalog, entry->id, region, &number, &err)) {
        json_number(json, "value", number);
    } else if (catalog_machine(catalog, entry->id, region, &machine, &err)) {
        json_text(json, "value", machine);
    }
}

/* Without value, tiers and mean: there is none in this region. */
static void add_json_entry(struct json_writer *json, const struct catalog *catalog,
                           const struct catalog_entry *entry, const char *region)
{
    const char letter[] = {entry->confidence, '\0'};
    json_open(json, NULL, '{');
    json_text(json, "id", entry->id);
    json_text(json, "doc", entry->doc);
    json_text(json, "unit", entry->unit);
    json_text(json, "region", is_everywhere(entry) ? "*" : region);
    add_json_value(json, catalog, entry, region);
    json_text(json, "from", entry->from);
    json_text(json, "source", entry->source);
    json_text(json, "confidence", letter);
    json_bool(json, "verified", !is_unverified(entry));
    json_close(json, '}');
}

static bool is_wanted(const struct catalog_entry *entry, const char *word)
{
    if (entry->kind == CATALOG_PROFILE) return false; /* its entries are listed by themselves */
    return strcasestr(entry->id, word) || strcasestr(entry->doc, word);
}

static int list(struct text *out, const struct catalog *catalog, const struct options *options)
{
    const char *word = options->operand_count ? options->operands[0] : "";
    struct json_writer json;
    size_t found = 0;
    json_begin(&json, out);
    if (options->json) json_open(&json, NULL, '[');
    for (size_t i = 0; i < catalog_count(catalog); i++) {
        const struct catalog_entry *entry = catalog_at(catalog, i);
        if (!is_wanted(entry, word)) continue;
        found++;
        if (options->json)
            add_json_entry(&json, catalog, entry, options->region);
        else
            add_entry(out, catalog, entry, options->region);
    }
    if (options->json) json_close(&json, ']');
    if (found) return EXIT_DONE;
    text_clear(out);
    return options_refuse(&usage, "nothing in the catalogue has the word", word, NULL);
}

int command_prices(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options;
    struct text text;
    struct error err;
    const struct catalog *catalog = NULL;
    int code = EXIT_BAD_INPUT;
    text_init(&text);
    if (options_read(arena, &usage, argc, argv, &options, &code)) {
        if (catalog_load(arena, &catalog, &err)) {
            code = list(&text, catalog, &options);
        } else {
            output_message("catalogue", err.message);
            code = EXIT_SYSTEM;
        }
        if (!output_print(&text)) code = EXIT_SYSTEM;
    }
    text_free(&text);
    arena_free(arena);
    return code;
}
