#include "base/arena.h"
#include "base/document_internal.h"

#include <cjson/cJSON.h>
#include <string.h>

/* cJSON's tree walked together with the marks of the scan, which come in the same order. */
struct builder {
    struct source *source;
    const struct json_mark *next;
    const struct json_mark *end;
};

static bool fault_out_of_step(struct builder *builder)
{
    return error_at(builder->source->err, (struct place){.file = builder->source->file},
                    "the JSON cannot be read: its values could not be matched with their places");
}

/* Places come out in rising order, so that finding them is linear. */
static bool take_mark(struct builder *builder, struct json_mark *mark, struct place *place)
{
    if (builder->next == builder->end) return fault_out_of_step(builder);
    *mark = *builder->next++;
    *place = source_place(builder->source, mark->offset);
    return true;
}

static bool build(struct builder *builder, const cJSON *from, struct node *node);

static bool build_items(struct builder *builder, const cJSON *from, struct node *node)
{
    struct arena *arena = builder->source->arena;
    struct node **end = &node->first;
    node->text = "";
    for (const cJSON *child = from->child; child; child = child->next) {
        struct node *item = arena_new_item(arena, struct node);
        if (node->type == NODE_MAP) {
            struct json_mark mark = {0};
            TRY(take_mark(builder, &mark, &item->key_place));
            item->key = arena_copy(arena, child->string);
        }
        TRY(build(builder, child, item));
        *end = item;
        end = &item->next;
        node->count++;
    }
    return node->type != NODE_MAP || document_check_keys(builder->source, node);
}

static bool build(struct builder *builder, const cJSON *from, struct node *node)
{
    struct source *source = builder->source;
    struct json_mark mark = {0};
    TRY(take_mark(builder, &mark, &node->place));
    if (cJSON_IsArray(from) || cJSON_IsObject(from)) {
        node->type = cJSON_IsArray(from) ? NODE_LIST : NODE_MAP;
        return build_items(builder, from, node);
    }
    if (cJSON_IsString(from)) {
        node->type = NODE_STRING;
        node->quoted = true;
        node->text = arena_copy(source->arena, from->valuestring);
        return true;
    }
    node->text = arena_copy_n(source->arena, source->text + mark.offset, mark.length);
    if (cJSON_IsNumber(from)) {
        node->type = NODE_NUMBER;
        return document_number(node->text, node->place, &node->number, source->err);
    }
    node->type = cJSON_IsBool(from) ? NODE_BOOL : NODE_NULL;
    node->boolean = cJSON_IsTrue(from);
    return true;
}

bool document_read_json(struct source *source, struct node **out)
{
    const char *text = json_blank_comments(source);
    if (!text) return false;
    source->text = text;
    struct json_marks marks = {0};
    TRY(json_scan(source, &marks));

    /* Not cJSON_GetErrorPtr, which is one for the whole process. */
    const char *stop = NULL;
    cJSON *tree = cJSON_ParseWithLengthOpts(text, source->length + 1, &stop, 1);
    if (!tree) {
        size_t offset = stop ? (size_t)(stop - text) : 0;
        return error_at(source->err, source_place(source, offset), "the JSON cannot be read here");
    }
    struct builder builder = {source, marks.items, marks.items + marks.count};
    struct node *root = arena_new_item(source->arena, struct node);
    bool done = build(&builder, tree, root);
    if (done && builder.next != builder.end) done = fault_out_of_step(&builder);
    cJSON_Delete(tree);
    if (done) *out = root;
    return done;
}
