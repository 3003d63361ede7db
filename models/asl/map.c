#include "base/arena.h"
#include "models/asl/check.h"

#include <math.h>
#include <string.h>

enum { LABEL_LONGEST = 40 };
#define BATCH_BYTES_MOST 262144.0

/* A map within a Map state: its path from the state on and what it is called. */
struct part {
    const struct node *node;
    const char *field;
    const char *what;
};

/* `node` as a part; NULL node when it is absent, or no map, which is a fault. */
static struct part part_of(struct asl_scope *scope, const struct node *owner, const char *prefix,
                           const char *key)
{
    struct arena *arena = scope->checker->reader.arena;
    struct part part = {node_get(owner, key), arena_format(arena, "%s%s", prefix, key), key};
    if (!part.node) return part;
    if (part.node->type != NODE_MAP) {
        /* Fields of the state itself have been told before. */
        if (*prefix) asl_refuse(scope, part.node, part.field, "a map");
        part.node = NULL;
    }
    return part;
}

static const char *below(struct asl_scope *scope, const struct part *part, const char *key)
{
    return arena_format(scope->checker->reader.arena, "%s.%s", part->field, key);
}

/* The keys that the part may have, and only those. */
static void check_part(struct asl_scope *scope, const struct part *part, const char *const *valid)
{
    struct arena *arena = scope->checker->reader.arena;
    asl_check_keys(scope, part->node, arena_format(arena, "%s.", part->field), part->what, valid);
}

/* A key that must be one of the words (NULL at the end); true if it is given. */
static bool check_word(struct asl_scope *scope, const struct part *part, const char *key,
                       const char *const *words)
{
    const struct node *node = node_get(part->node, key);
    if (!node) return false;
    struct arena *arena = scope->checker->reader.arena;
    const char *list = NULL;
    for (size_t i = 0; words[i]; i++) {
        if (node->type == NODE_STRING && strcmp(node->text, words[i]) == 0) return true;
        list = list ? arena_format(arena, "%s%s%s", list, words[i + 1] ? ", " : " or ", words[i])
                    : words[i];
    }
    if (asl_is_placeholder(node)) return true;
    asl_fault(scope, node, below(scope, part, key), "%s is %s, and it must be %s", key,
              asl_show(arena, node), list);
    return true;
}

/* KEY or KEYPath, not both; true if one is given. */
static bool check_amount(struct asl_scope *scope, const struct part *part, const char *key,
                         struct asl_range range)
{
    struct arena *arena = scope->checker->reader.arena;
    const char *twin = arena_format(arena, "%sPath", key);
    const struct node *node = node_get(part->node, key);
    const struct node *path = scope->jsonata ? NULL : node_get(part->node, twin);
    if (node) asl_check_value(scope, node, below(scope, part, key), ASL_WHOLE, range);
    if (path) asl_check_value(scope, path, below(scope, part, twin), ASL_PLACE, range);
    if (node && path)
        asl_fault(scope, path, below(scope, part, twin),
                  "has both %s and %s, and only one may be given", key, twin);
    return node || path;
}

static void check_processor(struct asl_scope *scope)
{
    static const char *const valid[] = {"Mode", "ExecutionType", NULL};
    static const char *const modes[] = {"INLINE", "DISTRIBUTED", NULL};
    static const char *const types[] = {"STANDARD", "EXPRESS", NULL};
    const struct node *processor = asl_processor(scope->state->node);
    if (!processor) return;
    struct arena *arena = scope->checker->reader.arena;
    const struct part config =
        part_of(scope, processor, arena_format(arena, "%s.", processor->key), "ProcessorConfig");
    if (!config.node) return;
    check_part(scope, &config, valid);
    check_word(scope, &config, "Mode", modes);
    check_word(scope, &config, "ExecutionType", types);
}

/* Resource and what is sent to it, of a reader or a writer. */
static void check_access(struct asl_scope *scope, const struct part *part,
                         const char *const *resources, bool needed)
{
    const struct node *resource = node_get(part->node, "Resource");
    const char *sends = scope->jsonata ? "Arguments" : "Parameters";
    const struct node *sent = node_get(part->node, sends);
    if (resource) {
        const char *at = resource->type == NODE_STRING ? strstr(resource->text, ":states:") : NULL;
        bool known = asl_is_placeholder(resource);
        for (size_t i = 0; at && resources[i]; i++)
            if (strcmp(strrchr(at, ':') + 1, strchr(resources[i], ':') + 1) == 0) known = true;
        if (!known)
            asl_fault(scope, resource, below(scope, part, "Resource"),
                      "Resource is %s, and it must be arn:aws:states:::%s%s%s",
                      asl_show(scope->checker->reader.arena, resource), resources[0],
                      resources[1] ? " or arn:aws:states:::" : "",
                      resources[1] ? resources[1] : "");
    } else if (needed || sent) {
        asl_fault(scope, part->node, part->field, "%s needs Resource", part->what);
    }
    if (sent)
        asl_check_payload(scope, sent, below(scope, part, sends));
    else if (resource)
        asl_fault(scope, part->node, part->field, "%s needs %s, where the data is", part->what,
                  sends);
}

static void check_headers(struct asl_scope *scope, const struct part *config)
{
    static const char *const locations[] = {"FIRST_ROW", "GIVEN", NULL};
    static const char *const delimiters[] = {"COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB", NULL};
    const char *type = asl_text(config->node, "InputType");
    const char *location = asl_text(config->node, "CSVHeaderLocation");
    const struct node *headers = node_get(config->node, "CSVHeaders");
    check_word(scope, config, "CSVDelimiter", delimiters);
    if (!check_word(scope, config, "CSVHeaderLocation", locations) && strcmp(type, "CSV") == 0)
        asl_fault(scope, config->node, config->field,
                  "a reader of CSV needs CSVHeaderLocation, FIRST_ROW or GIVEN");
    if (!headers && strcmp(location, "GIVEN") == 0)
        asl_fault(scope, config->node, config->field,
                  "CSVHeaderLocation GIVEN needs CSVHeaders, a list of names");
    if (!headers) return;
    bool names = headers->type == NODE_LIST && headers->count > 0;
    for (const struct node *name = headers->first; name; name = name->next)
        if (name->type != NODE_STRING) names = false;
    if (!names && !asl_is_placeholder(headers))
        asl_refuse(scope, headers, below(scope, config, "CSVHeaders"), "a list of names");
}

static void check_reader(struct asl_scope *scope)
{
    static const char *const with_paths[] = {"Resource", "Parameters", "ReaderConfig", "Comment",
                                             NULL};
    static const char *const with_expressions[] = {"Resource", "Arguments", "ReaderConfig",
                                                   "Comment", NULL};
    static const char *const resources[] = {"s3:getObject", "s3:listObjectsV2", NULL};
    static const char *const config_keys[] = {"InputType",
                                              "CSVHeaderLocation",
                                              "CSVHeaders",
                                              "CSVDelimiter",
                                              "MaxItems",
                                              "MaxItemsPath",
                                              "ItemsPointer",
                                              "Transformation",
                                              "ManifestType",
                                              "Comment",
                                              NULL};
    static const char *const types[] = {"CSV", "JSON", "JSONL", "PARQUET", "MANIFEST", NULL};
    static const char *const manifests[] = {"ATHENA_DATA", "S3_INVENTORY", NULL};
    static const char *const transformations[] = {"NONE", "LOAD_AND_FLATTEN", NULL};
    const struct part reader = part_of(scope, scope->state->node, "", "ItemReader");
    if (!reader.node) return;
    struct arena *arena = scope->checker->reader.arena;
    check_part(scope, &reader, scope->jsonata ? with_expressions : with_paths);
    check_access(scope, &reader, resources, true);
    const struct part config =
        part_of(scope, reader.node, arena_format(arena, "%s.", reader.field), "ReaderConfig");
    if (!config.node) return;
    check_part(scope, &config, config_keys);
    check_word(scope, &config, "InputType", types);
    check_word(scope, &config, "ManifestType", manifests);
    check_word(scope, &config, "Transformation", transformations);
    check_headers(scope, &config);
    /* 0 stands for all. */
    check_amount(scope, &config, "MaxItems", (struct asl_range){0, 100000000});
}

static void check_batcher(struct asl_scope *scope)
{
    static const char *const with_paths[] = {"BatchInput",
                                             "MaxItemsPerBatch",
                                             "MaxItemsPerBatchPath",
                                             "MaxInputBytesPerBatch",
                                             "MaxInputBytesPerBatchPath",
                                             "Comment",
                                             NULL};
    static const char *const with_expressions[] = {"BatchInput", "MaxItemsPerBatch",
                                                   "MaxInputBytesPerBatch", "Comment", NULL};
    const struct part batcher = part_of(scope, scope->state->node, "", "ItemBatcher");
    if (!batcher.node) return;
    check_part(scope, &batcher, scope->jsonata ? with_expressions : with_paths);
    const bool items =
        check_amount(scope, &batcher, "MaxItemsPerBatch", (struct asl_range){1, ASL_SECONDS_MOST});
    const bool bytes = check_amount(scope, &batcher, "MaxInputBytesPerBatch",
                                    (struct asl_range){1, BATCH_BYTES_MOST});
    if (!items && !bytes)
        asl_fault(scope, batcher.node, batcher.field,
                  "ItemBatcher needs MaxItemsPerBatch or MaxInputBytesPerBatch");
    const struct node *input = node_get(batcher.node, "BatchInput");
    if (input) asl_check_payload(scope, input, below(scope, &batcher, "BatchInput"));
}

static void check_writer(struct asl_scope *scope)
{
    static const char *const with_paths[] = {"Resource", "Parameters", "WriterConfig", "Comment",
                                             NULL};
    static const char *const with_expressions[] = {"Resource", "Arguments", "WriterConfig",
                                                   "Comment", NULL};
    static const char *const resources[] = {"s3:putObject", NULL};
    static const char *const config_keys[] = {"Transformation", "OutputType", "Comment", NULL};
    static const char *const transformations[] = {"NONE", "COMPACT", "FLATTEN", NULL};
    static const char *const types[] = {"JSON", "JSONL", NULL};
    const struct part writer = part_of(scope, scope->state->node, "", "ResultWriter");
    if (!writer.node) return;
    struct arena *arena = scope->checker->reader.arena;
    check_part(scope, &writer, scope->jsonata ? with_expressions : with_paths);
    const bool configured = node_get(writer.node, "WriterConfig") != NULL;
    check_access(scope, &writer, resources, !configured);
    const struct part config =
        part_of(scope, writer.node, arena_format(arena, "%s.", writer.field), "WriterConfig");
    if (!config.node) return;
    check_part(scope, &config, config_keys);
    check_word(scope, &config, "Transformation", transformations);
    if (!check_word(scope, &config, "OutputType", types))
        asl_fault(scope, config.node, config.field, "WriterConfig needs OutputType, JSON or JSONL");
}

/* Whether a character may not stand in a label: blanks, wildcards, brackets, special and control
 * characters; U+0080 to U+009F are C2 80 to C2 9F. */
static bool is_refused(const char *at)
{
    const unsigned char c = (unsigned char)at[0];
    if (c < 0x80) return c <= ' ' || c == 0x7F || strchr("?*<>{}[]:;,\\|^~$#%&`\"/", (char)c);
    return c == 0xC2 && (unsigned char)at[1] < 0xA0;
}

void asl_check_label(struct asl_scope *scope, const struct node *node, const char *field)
{
    if (node->type != NODE_STRING) {
        asl_refuse(scope, node, field, "a string");
        return;
    }
    size_t characters = 0;
    for (const char *at = node->text; *at; at++) {
        characters += ((unsigned char)*at & 0xC0) != 0x80;
        if (!is_refused(at)) continue;
        asl_fault(scope, node, field,
                  "Label is %s, and it must not have blanks, wildcards, brackets, control "
                  "characters or any of : ; , \\ | ^ ~ $ # %% & ` \" /",
                  asl_show(scope->checker->reader.arena, node));
        return;
    }
    if (characters == 0 || characters > LABEL_LONGEST)
        asl_fault(scope, node, field, "Label has %zu characters, and it must have 1 to %d",
                  characters, LABEL_LONGEST);
}

void asl_check_map(struct asl_scope *scope)
{
    const struct node *selector = node_get(scope->state->node, "ItemSelector");
    if (selector && node_get(scope->state->node, "Parameters"))
        asl_fault(scope, selector, selector->key,
                  "has both Parameters and ItemSelector, and only one may be given");
    const struct node *items = node_get(scope->state->node, "Items");
    if (items && scope->jsonata && items->type != NODE_LIST && items->type != NODE_MAP &&
        !asl_is_expression(items) && !asl_is_placeholder(items))
        asl_refuse(scope, items, "Items", "a list, a map or an expression");
    check_processor(scope);
    check_reader(scope);
    check_batcher(scope);
    check_writer(scope);
}
