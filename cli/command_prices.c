#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "models/catalog.h"

static const struct command_usage usage = {
    .name = "prices",
    .operands = "[WORD]",
    .summary = "the catalogue: value, unit, region, date, source; entries whose name or text has the word",
    .examples = "  ragtime prices lambda\n  ragtime prices gpt-4 \n  ragtime prices pinecone --region eu-west-1\n",
    .options = "p",
    .operands_least = 0,
    .operands_most = 1,
};

static void add_price(struct text *out, const struct price *price)
{
    for (size_t i = 0; i < price->tier_count; i++) {
        text_format(out, "%s$%.10g", i ? ", then " : "", price->tiers[i].usd);
        if (i + 1 < price->tier_count) text_format(out, " to %.10g", price->tiers[i].up_to);
    }
}

static bool add_entry(struct text *out, const struct catalog *catalog,
                      const struct catalog_entry *entry, const char *region)
{
    struct price price;
    struct error err;
    double number = 0;
    if (entry->kind == CATALOG_PROFILE) return false;
    text_format(out, "%s\n  ", entry->id);
    if (entry->kind == CATALOG_PRICE && catalog_price(catalog, entry->id, region, &price, &err))
        add_price(out, &price);
    else if (entry->kind == CATALOG_DISTRIBUTION) text_add(out, "a distribution");
    else if (catalog_number(catalog, entry->id, region, &number, &err))
        text_format(out, "%.10g", number);
    else text_format(out, "not in %s", region);
    text_format(out, " per %s in %s since %s%s\n  %s\n  source: %s\n", entry->unit, region,
                entry->from, strchr("GD", entry->confidence) ? " (unverified)" : "", entry->doc,
                entry->source);
    return true;
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
        const char *word = options.operand_count ? options.operands[0] : "";
        size_t found = 0;
        code = EXIT_DONE;
        if (!catalog_load(arena, &catalog, &err)) {
            fprintf(stderr, "ragtime: %s\n", err.message);
            code = EXIT_SYSTEM;
        }
        for (size_t i = 0; catalog && i < catalog_count(catalog); i++) {
            const struct catalog_entry *entry = catalog_at(catalog, i);
            if (strcasestr(entry->id, word) || strcasestr(entry->doc, word))
                found += add_entry(&text, catalog, entry, options.region);
        }
        if (catalog && found == 0) {
            fprintf(stderr, "ragtime prices: nothing in the catalogue has '%s'\n", word);
            code = EXIT_BAD_INPUT;
        }
        if (!output_print(&text)) code = EXIT_SYSTEM;
    }
    text_free(&text);
    arena_free(arena);
    return code;
}
