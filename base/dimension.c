#include "base/dimension.h"

#include <math.h>
#include <string.h>

#define READ_ONLY HUGE_VAL /* people write it, we do not */

#define KIB 1024.0
#define MIB (1024.0 * KIB)
#define GIB (1024.0 * MIB)
#define TIB (1024.0 * GIB)

static const struct unit plain_units[] = {{"", 0, 1, 1, 0}, {0}};

static const struct unit count_units[] = {
    {"M", 6, 1, 1, 1e6}, {"k", 3, 1, 1, READ_ONLY}, {"", 0, 1, 1, 0}, {0}};

static const struct unit duration_units[] = {
    {"d", 0, 86400, 1, 0}, {"h", 0, 3600, 1, 0}, {"m", 0, 60, 1, 0},  {"s", 0, 1, 1, 0},
    {"ms", -3, 1, 1, 0},   {"us", -6, 1, 1, 0},  {"ns", -9, 1, 1, 0}, {0}};

/* Platforms write 10,240 MB, not 10 GB: the large units only from 16 on. */
static const struct unit size_units[] = {{"TB", 0, TIB, 1, 16 * TIB},
                                         {"GB", 0, GIB, 1, 16 * GIB},
                                         {"MB", 0, MIB, 1, 0},
                                         {"KB", 0, KIB, 1, 0},
                                         {"B", 0, 1, 1, 0},
                                         {"TiB", 0, TIB, 1, READ_ONLY},
                                         {"GiB", 0, GIB, 1, READ_ONLY},
                                         {"MiB", 0, MIB, 1, READ_ONLY},
                                         {"KiB", 0, KIB, 1, READ_ONLY},
                                         {0}};

static const struct unit rate_units[] = {{"/s", 0, 1, 1, 0},
                                         {"k/s", 3, 1, 1, READ_ONLY},
                                         {"M/s", 6, 1, 1, READ_ONLY},
                                         {"/m", 0, 1, 60, 0},
                                         {"k/m", 3, 1, 60, READ_ONLY},
                                         {"M/m", 6, 1, 60, READ_ONLY},
                                         {"/h", 0, 1, 3600, 0},
                                         {"k/h", 3, 1, 3600, READ_ONLY},
                                         {"M/h", 6, 1, 3600, READ_ONLY},
                                         {"/d", 0, 1, 86400, 0},
                                         {"k/d", 3, 1, 86400, READ_ONLY},
                                         {"M/d", 6, 1, 86400, READ_ONLY},
                                         {0}};

static const struct unit ratio_units[] = {{"%", -2, 1, 1, 0}, {"", 0, 1, 1, 0}, {0}};

/* What follows the amount; only quantity_format reads these rows. */
static const struct unit price_units[] = {
    {"", 0, 1, 1, 0}, {"/1k", 0, 1, 1e3, 0}, {"/1M", 0, 1, 1e6, 0}, {0}};

static const struct alias no_aliases[] = {{0}};

static const struct alias count_aliases[] = {
    {"thousand", "k"}, {"million", "M"}, {"mio", "M"}, {0}};

static const struct alias duration_aliases[] = {{"sec", "s"},
                                                {"secs", "s"},
                                                {"second", "s"},
                                                {"seconds", "s"},
                                                {"min", "m"},
                                                {"mins", "m"},
                                                {"minute", "m"},
                                                {"minutes", "m"},
                                                {"hr", "h"},
                                                {"hrs", "h"},
                                                {"hour", "h"},
                                                {"hours", "h"},
                                                {"day", "d"},
                                                {"days", "d"},
                                                {"msec", "ms"},
                                                {"msecs", "ms"},
                                                {"millis", "ms"},
                                                {"usec", "us"},
                                                {"milliseconds", "ms"},
                                                {"microseconds", "us"},
                                                {"nsec", "ns"},
                                                {"micros", "us"},
                                                {"nanoseconds", "ns"},
                                                {"\xC2\xB5s", "us"},
                                                {"\xCE\xBCs", "us"},
                                                {0}};

static const struct alias size_aliases[] = {
    {"byte", "B"}, {"bytes", "B"}, {"k", "KB"},  {"m", "MB"},  {"g", "GB"}, {"t", "TB"},
    {"ki", "KB"},  {"mi", "MB"},   {"gi", "GB"}, {"ti", "TB"}, {0}};

static const struct alias rate_aliases[] = {
    {"/sec", "/s"}, {"/second", "/s"},    {"per second", "/s"}, {"rps", "/s"},
    {"qps", "/s"},  {"tps", "/s"},        {"/min", "/m"},       {"/minute", "/m"},
    {"rpm", "/m"},  {"per minute", "/m"}, {"/hr", "/h"},        {"/hour", "/h"},
    {"/day", "/d"}, {"per hour", "/h"},   {"per day", "/d"},    {0}};

static const struct alias ratio_aliases[] = {{"percent", "%"}, {"pct", "%"}, {0}};

static const struct dimension_row rows[] = {
    [DIMENSION_NONE] = {"a number",
                        "a number such as 0.5",
                        "3, 0.5 or 1e6",
                        "",
                        {NULL, NULL},
                        "",
                        plain_units,
                        no_aliases},
    [DIMENSION_COUNT] = {"a count",
                         "a whole number such as 1000",
                         "1000, 50k or 10M",
                         "count",
                         {NULL, NULL},
                         "",
                         count_units,
                         count_aliases},
    [DIMENSION_DURATION] = {"a duration",
                            "a duration such as 250ms",
                            "250ms, 1.5s or 10m",
                            "s",
                            {"s", "ms"},
                            "",
                            duration_units,
                            duration_aliases},
    [DIMENSION_SIZE] = {"a size",
                        "a size such as 512MB",
                        "64KB, 512MB or 2GB",
                        "bytes",
                        {"MB", "KB"},
                        "",
                        size_units,
                        size_aliases},
    [DIMENSION_RATE] = {"a rate",
                        "a rate such as 20/s",
                        "20/s, 300/m or 10k/s",
                        "1/s",
                        {"/s", "/m"},
                        "",
                        rate_units,
                        rate_aliases},
    [DIMENSION_RATIO] = {"a ratio",
                         "a ratio such as 0.25 or 25%",
                         "0.25, 25% or 99.9%",
                         "ratio",
                         {NULL, NULL},
                         "",
                         ratio_units,
                         ratio_aliases},
    [DIMENSION_MONEY] = {"an amount of money",
                         "an amount of money such as $20",
                         "$20 or $0.25",
                         "USD",
                         {"", NULL},
                         "$",
                         plain_units,
                         no_aliases},
    [DIMENSION_PRICE] = {"a price",
                         "a price such as $3/1M",
                         "$3/1M, $0.05/10k or $0.5/h",
                         "USD",
                         {"", "/1M"},
                         "$",
                         price_units,
                         no_aliases},
};

const struct dimension_row *dimension_row(enum dimension dimension)
{
    return &rows[dimension];
}

const struct unit *dimension_unit_find(enum dimension dimension, const char *name)
{
    for (const struct unit *unit = rows[dimension].units; unit->name; unit++)
        if (strcmp(unit->name, name) == 0) return unit;
    return NULL;
}

const char *dimension_describe(enum dimension dimension)
{
    return rows[dimension].such_as;
}

const char *dimension_name(enum dimension dimension)
{
    return rows[dimension].name;
}

const char *dimension_unit(enum dimension dimension)
{
    return rows[dimension].base_unit;
}
