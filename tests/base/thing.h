/* thing.h - a struct with a member of every kind of field, and its table. */
#ifndef TESTS_BASE_THING_H
#define TESTS_BASE_THING_H

#include "base/fields.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct throttle {
    double rate;
    int64_t burst;
    struct {
        bool strict;
    } mode;
};

struct thing {
    double memory;
    double failure;
    double price;
    double factor;
    double offset;
    int64_t timeout;
    int64_t delay;
    int64_t skew;
    int64_t count;
    int64_t shards;
    bool snapstart;
    bool on;
    const char *service;
    const char *label;
    int metric;
    struct throttle throttle;
    const struct node *does;
    char custom[32];
    char bare[32];
};

/* Keeps the text of a string or number, and the keys of a map. */
static void parse_custom(struct field_reader *reader, const struct node *node, const char *path,
                         void *destination)
{
    char *out = destination;
    if (node->type == NODE_LIST) {
        fields_fault(reader, node, path, "expected a distribution, found %s",
                     node_type_name(node->type));
        return;
    }
    (void)snprintf(out, 32, "%s:%s", node->type == NODE_MAP ? node->first->key : node->text,
                   strrchr(path, '.') ? strrchr(path, '.') + 1 : path);
    if (node->type == NODE_NUMBER && node->number != 3) fields_fault(reader, node, path, "not 3");
}

static const char *const metrics[] = {"cosine", "l2", "inner_product", NULL};

static const struct field mode_fields[] = {
    {.name = "strict",
     .type = FIELD_BOOL,
     .offset = offsetof(struct throttle, mode.strict) - offsetof(struct throttle, mode),
     .fallback = "true",
     .doc = "Refuse at once"},
    {0}};

static const struct field throttle_fields[] = {{.name = "rate",
                                                .type = FIELD_QUANTITY,
                                                .dimension = DIMENSION_RATE,
                                                .offset = offsetof(struct throttle, rate),
                                                .fallback = "1000/s",
                                                .minimum = 0,
                                                .maximum = 1e6,
                                                .doc = "Calls admitted"},
                                               {.name = "burst",
                                                .type = FIELD_COUNT,
                                                .offset = offsetof(struct throttle, burst),
                                                .fallback = "2k",
                                                .minimum = 1,
                                                .doc = "Size of the bucket"},
                                               {.name = "mode",
                                                .type = FIELD_RECORD,
                                                .offset = offsetof(struct throttle, mode),
                                                .record = mode_fields,
                                                .doc = "How"},
                                               {0}};

#define AT(member) .offset = offsetof(struct thing, member)

static const struct field fields[] = {
    {.name = "memory",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_SIZE,
     AT(memory),
     .fallback = "512MB",
     .minimum = 128 * 1048576.0,
     .maximum = 10240 * 1048576.0,
     .doc = "Memory of an instance"},
    {.name = "failure",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_RATIO,
     AT(failure),
     .fallback = "0",
     .minimum = 0,
     .maximum = 1,
     .doc = "Share that fails | at random"},
    {.name = "price",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_PRICE,
     AT(price),
     .doc = "For one call"},
    {.name = "factor",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_NONE,
     AT(factor),
     .minimum = -HUGE_VAL,
     .maximum = -1,
     .fallback = "-2.5",
     .doc = "Below"},
    {.name = "offset",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_NONE,
     AT(offset),
     .minimum = 0,
     .maximum = HUGE_VAL,
     .doc = "Above"},
    {.name = "timeout",
     .type = FIELD_DURATION,
     AT(timeout),
     .fallback = "3s",
     .minimum = 0.001,
     .maximum = 900,
     .doc = "Longest run"},
    {.name = "delay", .type = FIELD_DURATION, AT(delay), .doc = "Wait"},
    {.name = "skew",
     .type = FIELD_DURATION,
     AT(skew),
     .minimum = -10,
     .maximum = 10,
     .doc = "Clock"},
    {.name = "count", .type = FIELD_COUNT, AT(count), .fallback = "7", .doc = "How many"},
    {.name = "shards",
     .type = FIELD_COUNT,
     AT(shards),
     .minimum = 1,
     .maximum = 100,
     .fallback = "1",
     .doc = "Parts"},
    {.name = "snapstart", .type = FIELD_BOOL, AT(snapstart), .doc = "From a snapshot"},
    {.name = "on", .type = FIELD_BOOL, AT(on), .fallback = "true", .doc = "In use"},
    {.name = "service", .type = FIELD_TEXT, AT(service), .required = true, .doc = "Entry"},
    {.name = "label", .type = FIELD_TEXT, AT(label), .fallback = "none", .doc = "Name"},
    {.name = "metric",
     .type = FIELD_CHOICE,
     AT(metric),
     .choices = metrics,
     .fallback = "l2",
     .doc = "Distance"},
    {.name = "throttle",
     .type = FIELD_RECORD,
     AT(throttle),
     .record = throttle_fields,
     .doc = "Limit"},
    {.name = "does", .type = FIELD_NODE, AT(does), .type_name = "steps", .doc = "Body"},
    {.name = "custom",
     .type = FIELD_CUSTOM,
     AT(custom),
     .parse = parse_custom,
     .fallback = "{lognormal: {median: 3ms}}",
     .type_name = "a distribution",
     .doc = "Time"},
    {.name = "bare",
     .type = FIELD_CUSTOM,
     AT(bare),
     .parse = parse_custom,
     .fallback = "3",
     .type_name = "a distribution",
     .doc = "Time"},
    {0}};

#endif
