#include "base/arena.h"
#include "base/document.h"
#include "base/names.h"
#include "base/number.h"
#include "base/text.h"
#include "models/arrivals.h"
#include "models/compiler.h"
#include "models/trace_value.h"

#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK = 65536,         /* bytes read at a time */
    FIELD_LONGEST = 65536, /* a longer one is a quote that was never closed */
    COLUMNS_MOST = 1000,
    ROWS_MOST = 50000000,
    FAULTS_LISTED = 20,
    EXCERPT = 60
};

#define TOKENS_MOST (UINT64_C(1) << 31)
#define QUERY_MOST  (UINT64_MAX >> 1)

enum column { COLUMN_TIME, COLUMN_PROMPT, COLUMN_OUTPUT, COLUMN_QUERY, COLUMN_COUNT };

/* As trace_fields in arrivals_compile.c spells them. */
static const char *const column_keys[COLUMN_COUNT] = {"time", "prompt_tokens", "output_tokens",
                                                      "query"};

struct trace_reader {
    struct compiler *compiler;
    const struct node *node; /* of the scenario */
    const char *path;
    const char *file;
    int64_t unit;

    const char *wanted[COLUMN_COUNT]; /* names; NULL: not read */
    size_t index[COLUMN_COUNT];       /* in the header */
    const char **header;
    size_t header_count;
    size_t header_capacity;
    bool header_read;

    int line;     /* of the next byte */
    int row_line; /* where the present row began */
    bool in_row;
    bool after_return; /* the last byte was a carriage return */
    size_t field;      /* of the present row: the next one's index */
    bool malformed;    /* the present row has had its fault */
    bool stopped;
    struct trace_row row;
    enum trace_time_form form;

    struct trace_row *rows; /* times as read */
    size_t count;
    size_t capacity;
    size_t faults;
    size_t unordered; /* rows that are earlier than the one before */
    int unordered_line;
};

static const struct node *node_for(const struct trace_reader *r, const char *key)
{
    const struct node *node = node_get(r->node, key);
    return node ? node : r->node;
}

static const char *path_for(const struct trace_reader *r, const char *key)
{
    return arena_format(r->compiler->arena, "%s.%s", r->path, key);
}

/* One fault of the present row, at most; listed only while there are few. */
static void row_fault(struct trace_reader *r, const char *message)
{
    if (r->malformed) return;
    r->malformed = true;
    if (++r->faults > FAULTS_LISTED) return;
    const struct place place = {.file = r->file, .line = r->row_line};
    diagnostics_add(r->compiler->diagnostics, SEVERITY_ERROR, place, r->path, "%s", message);
}

/* A fault after which nothing more is read. */
static void stop(struct trace_reader *r, const char *message)
{
    const struct place place = {.file = r->file, .line = r->row_line};
    diagnostics_add(r->compiler->diagnostics, SEVERITY_ERROR, place, r->path, "%s", message);
    r->stopped = true;
}

static void value_fault(struct trace_reader *r, enum column column, const char *text,
                        const char *expected)
{
    char name[EXCERPT];
    char excerpt[EXCERPT];
    text_excerpt(name, sizeof name, r->wanted[column]);
    text_excerpt(excerpt, sizeof excerpt, text);
    row_fault(r, arena_format(r->compiler->arena, "column '%s': found '%s', expected %s", name,
                              excerpt, expected));
}

static void time_fault(struct trace_reader *r, const char *text)
{
    static const char *const expected[] = {
        [TRACE_TIME_UNKNOWN] = "a number, or a time such as 2026-01-31 12:00:00.5 from 1950 on",
        [TRACE_TIME_NUMBER] = "a number, as in the rows before",
        [TRACE_TIME_STAMP] = "a time such as 2026-01-31 12:00:00.5, as in the rows before",
    };
    const size_t length = number_length(text);
    const bool too_large = r->form != TRACE_TIME_STAMP && length > 0 && text[length] == '\0';
    value_fault(r, COLUMN_TIME, text,
                too_large ? "at most 4e9 seconds; is time_unit right?" : expected[r->form]);
}

static void read_value(struct trace_reader *r, enum column column, const char *text)
{
    uint64_t value = 0;
    if (column == COLUMN_TIME) {
        if (!trace_time_read(text, r->unit, &r->form, &r->row.time)) time_fault(r, text);
    } else if (column == COLUMN_QUERY) {
        if (!trace_count_read(text, QUERY_MOST, &r->row.query))
            value_fault(r, column, text, "a whole number from 0 to 9223372036854775807");
    } else if (!trace_count_read(text, TOKENS_MOST, &value)) {
        value_fault(r, column, text, "a whole number from 0 to 2147483648");
    } else if (column == COLUMN_PROMPT) {
        r->row.prompt_tokens = (uint32_t)value;
    } else {
        r->row.output_tokens = (uint32_t)value;
    }
}

static void add_name(struct trace_reader *r, const char *text)
{
    if (r->header_count == COLUMNS_MOST) {
        if (!r->stopped) stop(r, "the header has more than 1000 columns");
        return;
    }
    r->header = arena_grow(r->compiler->arena, r->header, r->header_count, &r->header_capacity,
                           sizeof *r->header);
    r->header[r->header_count++] = arena_copy(r->compiler->arena, text);
}

/* libcsv: a field ends. */
static void take_field(void *bytes, size_t length, void *context)
{
    struct trace_reader *r = context;
    const char *text = bytes ? bytes : "";
    if (r->stopped) return;
    if (strlen(text) != length) {
        row_fault(r, "a zero byte: this is no text");
    } else if (!r->header_read) {
        add_name(r, text);
    } else {
        for (int i = 0; i < COLUMN_COUNT; i++)
            if (r->wanted[i] && r->index[i] == r->field) read_value(r, (enum column)i, text);
    }
    r->field++;
}

static const char *list_header(const struct trace_reader *r)
{
    enum { LISTED = 30 };
    struct text list;
    text_init(&list);
    for (size_t i = 0; i < r->header_count && i < LISTED; i++) {
        char name[EXCERPT];
        text_excerpt(name, sizeof name, r->header[i]);
        text_format(&list, "%s%s", i ? ", " : "", name);
    }
    if (r->header_count > LISTED) text_add(&list, ", ...");
    const char *copy = arena_copy(r->compiler->arena, list.data);
    text_free(&list);
    return copy;
}

static void resolve_columns(struct trace_reader *r)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (!r->wanted[i]) continue;
        size_t at = 0;
        while (at < r->header_count && strcmp(r->header[at], r->wanted[i]) != 0) at++;
        r->index[i] = at;
        if (at < r->header_count) continue;
        r->stopped = true;
        char name[EXCERPT];
        char near_name[EXCERPT];
        const char *nearest = name_nearest(r->wanted[i], r->header, r->header_count);
        text_excerpt(name, sizeof name, r->wanted[i]);
        text_excerpt(near_name, sizeof near_name, nearest ? nearest : "");
        compiler_fault(r->compiler, node_for(r, column_keys[i]), path_for(r, column_keys[i]),
                       "%s has no column '%s'; it has %s%s%s%s", r->file, name, list_header(r),
                       nearest ? "; did you mean '" : "", near_name, nearest ? "'?" : "");
    }
}

static void add_row(struct trace_reader *r)
{
    if (r->count == ROWS_MOST) {
        stop(r, "the file has more than 50 million rows, the most that are read");
        return;
    }
    if (r->count > 0 && r->row.time < r->rows[r->count - 1].time && r->unordered++ == 0)
        r->unordered_line = r->row_line;
    r->rows = arena_grow(r->compiler->arena, r->rows, r->count, &r->capacity, sizeof *r->rows);
    r->rows[r->count++] = r->row;
}

/* libcsv: a row ends. */
static void take_row(int terminator, void *context)
{
    (void)terminator;
    struct trace_reader *r = context;
    if (r->stopped) return;
    if (!r->header_read) {
        r->header_read = true;
        resolve_columns(r);
    } else {
        if (r->field != r->header_count)
            row_fault(r, arena_format(r->compiler->arena,
                                      "the row has %zu field%s, and the header has %zu", r->field,
                                      r->field == 1 ? "" : "s", r->header_count));
        if (!r->malformed) add_row(r);
    }
    r->in_row = false;
    r->malformed = false;
    r->field = 0;
    r->row = (struct trace_row){
        .prompt_tokens = UINT32_MAX, .output_tokens = UINT32_MAX, .query = UINT64_MAX};
}

static bool is_blank(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr(" \t\r\n", bytes[i]) || bytes[i] == '\0') return false;
    return true;
}

/* A piece that holds no end of line but perhaps at its end. */
static void feed_piece(struct trace_reader *r, struct csv_parser *parser, const char *bytes,
                       size_t length)
{
    if (!r->in_row) {
        r->row_line = r->line;
        r->in_row = !is_blank(bytes, length);
    }
    if (csv_parse(parser, bytes, length, take_field, take_row, r) != length) {
        if (csv_error(parser) != CSV_EPARSE) arena_exhausted(length);
        stop(r, "a quote stands within a field: a field with quotes must begin and end with one, "
                "and have those inside it doubled; the rest of the file was not read");
    } else if (csv_get_buffer_size(parser) > (size_t)2 * FIELD_LONGEST) {
        stop(r, "a field has more than 65536 bytes: perhaps its closing quote is missing; the rest "
                "of the file was not read");
    }
    const char last = bytes[length - 1];
    if (last == '\r' || (last == '\n' && !r->after_return)) r->line++;
    r->after_return = last == '\r';
}

static void feed(struct trace_reader *r, struct csv_parser *parser, const char *bytes,
                 size_t length)
{
    size_t begin = 0;
    for (size_t i = 0; i < length && !r->stopped; i++) {
        if (bytes[i] != '\n' && bytes[i] != '\r' && i + 1 < length) continue;
        feed_piece(r, parser, bytes + begin, i + 1 - begin);
        begin = i + 1;
    }
}

static void file_fault(struct trace_reader *r, int number)
{
    const struct node *node = node_for(r, "file");
    struct diagnostic *fault = diagnostics_add(
        r->compiler->diagnostics, SEVERITY_ERROR, node ? node->place : (struct place){0},
        path_for(r, "file"), "cannot read %s: %s", r->file, strerror(number));
    if (strstr(r->file, "azure-llm-2023"))
        diagnostics_hint(r->compiler->diagnostics, fault,
                         "the trace is data/AzureLLMInferenceTrace_code.csv of "
                         "https://github.com/Azure/AzurePublicDataset (CC-BY-4.0); put it into "
                         "traces/azure-llm-2023 of your data folder, and name that folder in "
                         "RAGTIME_DATA");
    else if (strstr(r->file, "traces/"))
        diagnostics_hint(r->compiler->diagnostics, fault,
                         "RAGTIME_DATA names the data folder that ${RAGTIME_DATA} stands for");
}

static void read_bytes(struct trace_reader *r, FILE *stream, struct csv_parser *parser)
{
    static const char mark[] = "\xEF\xBB\xBF";
    char *bytes = arena_alloc(r->compiler->arena, CHUNK);
    bool first = true;
    while (!r->stopped) {
        size_t length = fread(bytes, 1, CHUNK, stream);
        if (length == 0) break;
        const size_t skipped = first && length >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
        first = false;
        feed(r, parser, bytes + skipped, length - skipped);
    }
    if (r->stopped) return;
    if (ferror(stream)) {
        file_fault(r, errno);
        r->stopped = true;
    } else if (csv_fini(parser, take_field, take_row, r) != 0) {
        stop(r, "a field that begins with a quote has no closing one");
    }
}

static void read_file(struct trace_reader *r)
{
    struct csv_parser parser;
    FILE *stream = fopen(r->file, "rb");
    if (!stream) {
        file_fault(r, errno);
        r->stopped = true;
        return;
    }
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
        arena_exhausted(sizeof parser);
    read_bytes(r, stream, &parser);
    csv_free(&parser);
    (void)fclose(stream);
}

/* Merges the runs [begin, middle) and [middle, end) of `from` into `to`; of equals, the first stays
 * first. */
static void merge(const struct trace_row *from, struct trace_row *to, size_t begin, size_t middle,
                  size_t end)
{
    size_t left = begin;
    size_t right = middle;
    for (size_t i = begin; i < end; i++) {
        const bool take_left =
            left < middle && (right == end || from[left].time <= from[right].time);
        to[i] = take_left ? from[left++] : from[right++];
    }
}

static void sort_rows(struct trace_reader *r)
{
    struct trace_row *from = r->rows;
    struct trace_row *to = arena_array(r->compiler->arena, struct trace_row, r->count);
    for (size_t width = 1; width < r->count; width *= 2) {
        for (size_t begin = 0; begin < r->count; begin += 2 * width) {
            const size_t middle = begin + width < r->count ? begin + width : r->count;
            const size_t end = middle + width < r->count ? middle + width : r->count;
            merge(from, to, begin, middle, end);
        }
        struct trace_row *swap = from;
        from = to;
        to = swap;
    }
    r->rows = from;
    const struct place place = {.file = r->file, .line = r->unordered_line};
    diagnostics_add(r->compiler->diagnostics, SEVERITY_WARNING, place, r->path,
                    "%zu row%s earlier than the one before; the rows are sorted by time",
                    r->unordered, r->unordered == 1 ? " is" : "s are");
}

/* The rows as the caller gets them; false after a fault. */
static bool finish(struct trace_reader *r)
{
    if (r->faults > FAULTS_LISTED) {
        const struct place place = {.file = r->file};
        diagnostics_add(r->compiler->diagnostics, SEVERITY_ERROR, place, r->path,
                        "\xE2\x80\xA6 and %zu more", r->faults - FAULTS_LISTED);
    }
    if (r->stopped || r->faults > 0) return false;
    if (r->count == 0) {
        compiler_fault(r->compiler, node_for(r, "file"), path_for(r, "file"),
                       r->header_read ? "%s has a header and no rows"
                                      : "%s is empty; its first row must name the columns",
                       r->file);
        return false;
    }
    if (r->unordered > 0) sort_rows(r);
    const sim_time first = r->rows[0].time;
    for (size_t i = 0; i < r->count; i++) r->rows[i].time -= first;
    return true;
}

/* Where the file is: ${RAGTIME_DATA} is the data folder, other relative paths are the scenario's.
 */
static const char *locate(const struct compiler *compiler, const struct node *node,
                          const char *file)
{
    static const char variable[] = "${RAGTIME_DATA}";
    const char *at = strstr(file, variable);
    const struct node *named = node_get(node, "file");
    if (!at) return named ? compiler_file(compiler, named) : file;
    const char *folder = getenv("RAGTIME_DATA");
    return arena_format(compiler->arena, "%.*s%s%s", (int)(at - file), file,
                        folder && *folder ? folder : "../shared/data", at + strlen(variable));
}

bool trace_read(struct compiler *compiler, const struct node *node, const char *path,
                const char *file, const struct trace_columns *columns,
                const struct trace_row **rows, size_t *count)
{
    struct trace_reader reader = {
        .compiler = compiler,
        .node = node,
        .path = path,
        .file = locate(compiler, node, file),
        .unit = llrint(columns->time_scale * 1e9),
        .wanted = {columns->time, columns->prompt_tokens, columns->output_tokens, columns->query},
        .line = 1,
        .row = {.prompt_tokens = UINT32_MAX, .output_tokens = UINT32_MAX, .query = UINT64_MAX},
    };
    read_file(&reader);
    if (!finish(&reader)) return false;
    *rows = reader.rows;
    *count = reader.count;
    return true;
}
