#include "models/asl/data_source.h"

#include "base/arena.h"

#include <string.h>

char data_source_delimiter(const char *name)
{
    static const struct {
        const char *name;
        char delimiter;
    } known[] = {{"PIPE", '|'}, {"SEMICOLON", ';'}, {"SPACE", ' '}, {"TAB", '\t'}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(name, known[i].name) == 0) return known[i].delimiter;
    return ',';
}

enum reader_type data_source_type(const char *resource, const char *input_type)
{
    if (strstr(resource, "listObjects")) return READER_LIST;
    if (strcmp(input_type, "CSV") == 0) return READER_CSV;
    if (strcmp(input_type, "JSONL") == 0) return READER_JSONL;
    return strcmp(input_type, "JSON") == 0 ? READER_JSON : READER_OTHER;
}

static bool fail_reading(struct evaluation *eval, const char *cause)
{
    *eval->err = (struct asl_error){.error = "States.ItemReaderFailed", .cause = cause};
    return false;
}

/* CSV (RFC 4180) being read field by field. */
struct csv {
    struct arena *arena;
    const char *at;
    const char *end;
    char delimiter;
};

/* One field, without its quotes; *last when the row ends behind it. */
static const struct value *read_field(struct csv *csv, bool *last)
{
    char *out = arena_alloc(csv->arena, 1);
    size_t used = 0;
    const char *begin = csv->at;
    if (csv->at < csv->end && *csv->at == '"') {
        const char *close = ++csv->at;
        while (close < csv->end && (*close != '"' || (close + 1 < csv->end && close[1] == '"')))
            close += *close == '"' ? 2 : 1;
        if (close > csv->end) close = csv->end;
        out = arena_alloc(csv->arena, (size_t)(close - csv->at) + 1);
        for (; csv->at < close; csv->at++) {
            out[used++] = *csv->at;
            if (*csv->at == '"') csv->at++;
        }
        begin = csv->at = close < csv->end ? close + 1 : close;
    }
    while (csv->at < csv->end && *csv->at != csv->delimiter && *csv->at != '\n' && *csv->at != '\r')
        csv->at++;
    const bool plain = used == 0;
    const struct value *field =
        plain ? value_string_clean(csv->arena, begin, (size_t)(csv->at - begin))
              : value_string_clean(csv->arena, out, used);
    *last = csv->at == csv->end || *csv->at != csv->delimiter;
    if (csv->at < csv->end && *csv->at == '\r') csv->at++;
    if (csv->at < csv->end && (!*last || *csv->at == '\n')) csv->at++;
    return field;
}

static const struct value *read_row(struct csv *csv)
{
    struct value_list row = {0};
    for (bool last = false; !last;) value_list_add(&row, csv->arena, read_field(csv, &last));
    return value_list_end(&row, csv->arena);
}

static bool has_duplicates(const struct value *headers, struct arena *arena)
{
    struct value_map seen = {0};
    for (uint32_t i = 0; i < headers->count; i++)
        if (headers->items[i]->type == VALUE_STRING)
            value_map_put(&seen, arena, headers->items[i]->text, &value_null);
    return seen.count < headers->count;
}

/* Columns without a header are left out; a short row has empty strings: recorded. */
static const struct value *row_object(const struct value *headers, const struct value *row,
                                      struct arena *arena)
{
    struct value_map map = {0};
    for (uint32_t i = 0; i < headers->count; i++)
        if (headers->items[i]->type == VALUE_STRING)
            value_map_put(&map, arena, headers->items[i]->text,
                          i < row->count ? row->items[i] : &value_empty_string);
    return value_map_end(&map, arena);
}

static bool read_csv(const struct reader *reader, const struct asl_source *source, size_t most,
                     struct evaluation *eval, struct value_list *items)
{
    struct arena *arena = eval->run->arena;
    struct csv csv = {arena, source->text, source->text + source->length, reader->delimiter};
    const struct value *headers = reader->headers;
    if (!headers) headers = csv.at < csv.end ? read_row(&csv) : &value_empty_list;
    if (has_duplicates(headers, arena))
        return fail_reading(eval, "CSV headers cannot contain duplicates.");
    while (csv.at < csv.end && items->count < most) {
        const struct value *row = read_row(&csv);
        const bool blank = row->count == 1 && row->items[0]->count == 0;
        if (!blank) value_list_add(items, arena, row_object(headers, row, arena));
    }
    return true;
}

static bool read_lines(const struct asl_source *source, size_t most, struct evaluation *eval,
                       struct value_list *items)
{
    const char *end = source->text + source->length;
    for (const char *at = source->text; at < end && items->count < most;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const size_t length = (size_t)((stop ? stop : end) - at);
        struct error err;
        const struct value *value = value_from_json(eval->run->arena, at, length, &err);
        if (!value && length > strspn(at, " \t\r\n"))
            return fail_reading(
                eval, arena_format(eval->run->arena, "The line is no JSON: %s", err.message));
        if (value) value_list_add(items, eval->run->arena, value);
        at += length + 1;
    }
    return true;
}

/* ItemsPointer is a JSON pointer (RFC 6901) without escapes: "/a/b". */
static const struct value *follow_pointer(const struct value *value, const char *pointer,
                                          struct arena *arena)
{
    while (value && *pointer == '/') {
        const size_t length = strcspn(++pointer, "/");
        value = value_get(value, arena_copy_n(arena, pointer, length));
        pointer += length;
    }
    return value;
}

static bool read_json(const struct reader *reader, const struct asl_source *source, size_t most,
                      struct evaluation *eval, struct value_list *items)
{
    struct arena *arena = eval->run->arena;
    struct error err;
    const struct value *value = value_from_json(arena, source->text, source->length, &err);
    if (!value)
        return fail_reading(eval, arena_format(arena, "The file is no JSON: %s", err.message));
    value = follow_pointer(value, reader->pointer_text, arena);
    if (!value || value->type != VALUE_LIST)
        return fail_reading(eval, "Attempting to map over non-iterable node.");
    for (uint32_t i = 0; i < value->count && items->count < most; i++)
        value_list_add(items, arena, value->items[i]);
    return true;
}

bool data_source_read(const struct reader *reader, const struct asl_source *source, double most,
                      struct evaluation *eval, struct asl_map *map)
{
    const size_t limit = most >= 0 && most < 1e9 ? (size_t)most : 1000 * 1000 * 1000;
    map->source = source->name;
    struct value_list items = {0};
    if (source->list) {
        if (source->list->type != VALUE_LIST)
            return fail_reading(eval, "Attempting to map over non-iterable node.");
        for (uint32_t i = 0; i < source->list->count && items.count < limit; i++)
            value_list_add(&items, eval->run->arena, source->list->items[i]);
    } else if (!source->text) {
        map->count = source->count < limit ? source->count : limit;
        return true;
    } else if (!(reader->type == READER_CSV     ? read_csv(reader, source, limit, eval, &items)
                 : reader->type == READER_JSONL ? read_lines(source, limit, eval, &items)
                                                : read_json(reader, source, limit, eval, &items))) {
        return false;
    }
    map->items = value_list_end(&items, eval->run->arena);
    return true;
}
