/* Map: its settings compiled, its items, its children's inputs. */
#include "base/arena.h"
#include "base/document.h"
#include "models/asl/data_internal.h"
#include "models/asl/data_source.h"

#include <math.h>
#include <string.h>

enum { BATCH_BYTES_MOST = 262144 };

static void compile_reader(struct data_compiler *compiler, struct reader *reader)
{
    const struct node *node = node_get(compiler->state->node, "ItemReader");
    if (!node || node->type != NODE_MAP) return;
    const struct node *config = node_get(node, "ReaderConfig");
    reader->given = true;
    reader->request = data_template(compiler, node, compiler->jsonata ? "Arguments" : "Parameters");
    reader->items_most = data_setting(compiler, config, "MaxItems");
    const struct node *headers = node_get(config, "CSVHeaders");
    if (headers) reader->headers = value_from_node(compiler->arena, headers);
    reader->delimiter = data_source_delimiter(asl_text(config, "CSVDelimiter"));
    reader->pointer_text = asl_text(config, "ItemsPointer");
    reader->type = data_source_type(asl_text(node, "Resource"), asl_text(config, "InputType"));
}

static void compile_batcher(struct data_compiler *compiler, struct batcher *batcher)
{
    const struct node *node = node_get(compiler->state->node, "ItemBatcher");
    if (!node || node->type != NODE_MAP) return;
    batcher->given = true;
    batcher->items = data_setting(compiler, node, "MaxItemsPerBatch");
    batcher->bytes = data_setting(compiler, node, "MaxInputBytesPerBatch");
    batcher->input = data_template(compiler, node, "BatchInput");
}

void data_compile_map(struct data_compiler *compiler, struct state_data *data)
{
    const struct node *node = compiler->state->node;
    const struct node *config = node_get(asl_processor(node), "ProcessorConfig");
    data->distributed = strcmp(asl_text(config, "Mode"), "DISTRIBUTED") == 0;
    if (compiler->jsonata)
        data->items = data_template(compiler, node, "Items");
    else
        data->items = data_path(compiler, node, "ItemsPath", false);
    data->item_selector = data_template(compiler, node, "ItemSelector");
    if (!data->item_selector && !compiler->jsonata)
        data->item_selector = data_template(compiler, node, "Parameters");
    data->concurrency = data_setting(compiler, node, "MaxConcurrency");
    data->tolerated_count = data_setting(compiler, node, "ToleratedFailureCount");
    data->tolerated_percentage = data_setting(compiler, node, "ToleratedFailurePercentage");
    compile_batcher(compiler, &data->batcher);
    compile_reader(compiler, &data->reader);
}

bool asl_data_reader(struct asl_run *run, const struct asl_flow *flow,
                     const struct asl_state *state, const struct value **request,
                     double *items_most, struct asl_error *err)
{
    const struct reader *reader = &data_of(run, state)->reader;
    const struct value *effective = NULL;
    *request = NULL;
    *items_most = -1;
    if (!reader->given) return true;
    if (!asl_data_enter(run, flow, state, &effective, err)) return false;
    struct evaluation eval = data_evaluation(run, flow, state, effective, err);
    *request = reader->request ? expression_evaluate(reader->request, &eval) : &value_empty_map;
    if (!*request) return false;
    if (!reader->items_most.expression) return true;
    const struct setting_range range = {-HUGE_VAL, HUGE_VAL, true};
    if (!data_setting_value(&reader->items_most, &eval, range, items_most)) return false;
    if (*items_most < 0)
        return evaluation_fail(&eval, "States.ItemReaderFailed", "field MaxItems must be positive");
    if (*items_most < 1) *items_most = -1; /* 0 is all: recorded */
    return true;
}

/* Reference path "$.a" must point to array: $$ and $name are told as $. */
static bool fail_no_array(struct evaluation *eval, const struct expression *path)
{
    const char *rest = "";
    if (path) {
        rest = path->text + 1;
        if (path->root == ROOT_CONTEXT) rest++;
        if (path->root == ROOT_VARIABLE) rest += strlen(path->variable);
    }
    return evaluation_fail(eval, "States.Runtime", "Reference path \"$%s\" must point to array.",
                           rest);
}

static bool items_by_path(const struct state_data *data, struct evaluation *eval,
                          struct asl_map *map)
{
    map->items = data->items ? data_find(data->items, eval) : eval->dollar;
    if (!map->items) return false;
    const bool object = map->items->type == VALUE_MAP && data->distributed && data->items &&
                        data->items->root != ROOT_CONTEXT;
    return map->items->type == VALUE_LIST || object || fail_no_array(eval, data->items);
}

static bool items_by_query(const struct state_data *data, struct evaluation *eval,
                           struct asl_map *map)
{
    map->items = data->items ? expression_evaluate(data->items, eval) : eval->flow->input;
    if (!map->items) return false;
    if (map->items->type == VALUE_LIST) return true;
    if (data->items) return evaluation_fail_type(eval, data->items, "array", map->items);
    return evaluation_fail_query(eval, NULL, "Map state input must be an array but was: %s",
                                 evaluation_show(eval, map->items));
}

static const struct value *item_at(const struct asl_map *map, size_t index)
{
    if (!map->items) return &value_empty_map;
    return map->items->type == VALUE_MAP ? map->items->members[index].value
                                         : map->items->items[index];
}

static bool settings_of(const struct state_data *data, struct evaluation *eval, struct asl_map *map)
{
    const struct setting_range any = {-HUGE_VAL, HUGE_VAL, false};
    const struct setting_range whole = {-HUGE_VAL, HUGE_VAL, true};
    map->concurrency = 0;
    map->tolerated_count = map->tolerated_percentage = -1;
    const struct setting_range natural = {0, 99999999, true};
    if (data->concurrency.expression &&
        !data_setting_value(&data->concurrency, eval, natural, &map->concurrency))
        return false;
    if (data->tolerated_count.expression) {
        if (!data_setting_value(&data->tolerated_count, eval, whole, &map->tolerated_count))
            return false;
        if (map->tolerated_count < 0)
            return evaluation_fail(eval, "States.Runtime",
                                   "ToleratedFailureCount cannot be negative.");
    }
    if (!data->tolerated_percentage.expression) return true;
    double *percentage = &map->tolerated_percentage;
    if (!data_setting_value(&data->tolerated_percentage, eval, any, percentage)) return false;
    return (*percentage >= 0 && *percentage <= 100) ||
           evaluation_fail(eval, "States.Runtime",
                           "ToleratedFailurePercentage must be between 0 and 100.");
}

/* What one child is given of one item: by ItemSelector, or the item. */
static const struct value *select_item(const struct state_data *data, struct evaluation *eval,
                                       const struct asl_map *map, size_t index,
                                       struct asl_item *item)
{
    *item = (struct asl_item){.index = index, .value = item_at(map, index), .source = map->source};
    if (map->items && map->items->type == VALUE_MAP) item->key = map->items->members[index].key;
    if (!data->item_selector) return item->value;
    eval->item = item;
    eval->context = NULL;
    return data_checked(expression_evaluate(data->item_selector, eval), eval);
}

/* Bytes of a batch without its items: {"BatchInput":...,"Items":[]}. */
static size_t batch_overhead(const struct asl_map *map)
{
    return sizeof "{\"Items\":[]}" - 1 +
           (map->batch_input ? value_json_length(map->batch_input) + sizeof "\"BatchInput\":," : 0);
}

/* The smaller of both limits makes the batch; an item that is too long alone is one batch. */
static bool cut_batches(const struct state_data *data, struct evaluation *eval, struct asl_map *map,
                        double items_most, double bytes_most)
{
    size_t *ends = arena_array(eval->run->arena, size_t, map->count + 1);
    const size_t overhead = batch_overhead(map);
    size_t batches = 0, items = 0, bytes = overhead;
    for (size_t i = 0; i < map->count; i++) {
        size_t length = 0;
        if (bytes_most > 0) {
            struct asl_item item;
            const struct value *value = select_item(data, eval, map, i, &item);
            if (!value) return false;
            length = value_json_length(value) + 1;
        }
        const bool full = (items_most > 0 && (double)items >= items_most) ||
                          (bytes_most > 0 && (double)(bytes + length) > bytes_most);
        if (full && items > 0) {
            ends[++batches] = i;
            items = 0;
            bytes = overhead;
        }
        items++;
        bytes += length;
    }
    if (items > 0) ends[++batches] = map->count;
    map->batches = ends;
    map->children = batches;
    return true;
}

static bool batch(const struct state_data *data, struct evaluation *eval, struct asl_map *map)
{
    double items = -1, bytes = -1;
    const struct setting_range one = {1, 1e8, true};
    const struct setting_range size = {1, BATCH_BYTES_MOST, true};
    if (data->batcher.items.expression &&
        !data_setting_value(&data->batcher.items, eval, one, &items))
        return false;
    if (data->batcher.bytes.expression &&
        !data_setting_value(&data->batcher.bytes, eval, size, &bytes))
        return false;
    if (data->batcher.input) {
        map->batch_input = expression_evaluate(data->batcher.input, eval);
        if (!map->batch_input) return false;
    }
    return cut_batches(data, eval, map, items, bytes);
}

bool asl_data_map(struct asl_run *run, const struct asl_flow *flow, const struct asl_state *state,
                  const struct asl_source *source, struct asl_map *map, struct asl_error *err)
{
    const struct state_data *data = data_of(run, state);
    *map = (struct asl_map){0};
    if (!asl_data_enter(run, flow, state, &map->effective, err)) return false;
    struct evaluation eval = data_evaluation(run, flow, state, map->effective, err);
    if (data->reader.given && source) {
        const struct value *request = NULL;
        double most = -1;
        if (!asl_data_reader(run, flow, state, &request, &most, err)) return false;
        if (!data_source_read(&data->reader, source, most, &eval, map)) return false;
    } else if (!(data->jsonata ? items_by_query(data, &eval, map)
                               : items_by_path(data, &eval, map))) {
        return false;
    }
    if (map->items) {
        map->count = map->items->count;
        if (run->stages && !data->jsonata) run->stages->after_items_path = map->items;
    }
    map->children = map->count;
    /* The items are counted before the settings are looked at. */
    if (!settings_of(data, &eval, map)) return false;
    return !data->batcher.given || batch(data, &eval, map);
}

static const struct value *batch_of(const struct state_data *data, struct evaluation *eval,
                                    const struct asl_map *map, size_t index, struct asl_item *item)
{
    struct arena *arena = eval->run->arena;
    struct value_list items = {0};
    struct asl_item other;
    for (size_t i = map->batches[index]; i < map->batches[index + 1]; i++) {
        const struct value *value = select_item(data, eval, map, i, &other);
        if (!value) return NULL;
        if (items.count == 0) *item = other;
        value_list_add(&items, arena, value);
    }
    struct value_map out = {0};
    if (map->batch_input) value_map_put(&out, arena, "BatchInput", map->batch_input);
    value_map_put(&out, arena, "Items", value_list_end(&items, arena));
    return value_map_end(&out, arena);
}

bool asl_data_child(struct asl_run *run, const struct asl_flow *flow, const struct asl_state *state,
                    const struct asl_map *map, size_t index, struct asl_item *item,
                    const struct value **input, struct asl_error *err)
{
    const struct state_data *data = data_of(run, state);
    struct evaluation eval = data_evaluation(run, flow, state, map->effective, err);
    *item = (struct asl_item){0};
    *input = map->batches ? batch_of(data, &eval, map, index, item)
                          : select_item(data, &eval, map, index, item);
    return *input != NULL;
}
