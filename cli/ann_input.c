#include "cli/ann_input.h"

#include "base/arena.h"
#include "base/crew.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/output.h"
#include "models/ann/filter_file.h"
#include "models/ann/setting.h"

#include <stdio.h>

bool ann_input_fail(const struct error *err, const char *file)
{
    struct text text;
    struct text about;
    text_init(&text);
    text_init(&about);
    text_add(&text, err->message);
    if (err->hint[0]) text_format(&text, "; %s", err->hint);
    if (err->place.file) file = err->place.file;
    if (file) text_add(&about, file);
    if (file && err->place.line) text_format(&about, ":%d", err->place.line);
    output_message(file ? about.data : NULL, text.data);
    text_free(&text);
    text_free(&about);
    return false;
}

static bool needs(const struct ann_input *input, const char *value, const char *what)
{
    if (value) return true;
    options_refuse(input->usage, what, NULL, NULL);
    return false;
}

static bool read_settings(struct ann_input *input)
{
    const struct options *o = input->options;
    struct ann_settings *s = &input->settings;
    struct error err = {0};
    size_t threads = o->threads ? o->threads : crew_processors();
    s->threads = (uint32_t)(threads < ANN_THREADS_MAX ? threads : ANN_THREADS_MAX);
    if (!ann_kind_read(o->index ? o->index : "hnsw", &s->kind, &err))
        return ann_input_fail(&err, "--index");
    if (!ann_metric_read(o->metric ? o->metric : "cosine", &s->metric, &err))
        return ann_input_fail(&err, "--metric");
    for (size_t i = 0; i < o->override_count; i++) {
        const struct override *set = &o->overrides[i];
        if (!ann_setting_read(s, set->path, set->value, &err)) return ann_input_fail(&err, "--set");
    }
    return true;
}

static bool read_vectors(struct ann_input *input, const char *path, struct vector_set *out)
{
    struct error err = {0};
    if (vector_file_read(input->arena, path, 0, out, &err)) return true;
    return ann_input_fail(&err, path);
}

/* What ann_check_vector refuses, so that the message names the file and the row. */
static bool check_queries(const struct ann_input *input, enum ann_metric metric)
{
    const struct vector_set *queries = &input->queries;
    const struct ann_settings settings = {
        .kind = ANN_FLAT, .metric = metric, .dimensions = queries->dimensions};
    struct error err = {0};
    if (!queries->rows) {
        error_set(&err, "the file has no rows; expected a query or more");
        return ann_input_fail(&err, input->options->queries);
    }
    struct arena *passing = arena_new();
    const bool good = ann_build(passing, &settings, queries->values, queries->rows, &err) != NULL;
    arena_free(passing);
    return good ? true : ann_input_fail(&err, input->options->queries);
}

static bool read_queries(struct ann_input *input)
{
    const struct options *o = input->options;
    const uint32_t dimensions = input->settings.dimensions;
    struct error err = {0};
    TRY(needs(input, o->queries, "needs --queries FILE"));
    TRY(read_vectors(input, o->queries, &input->queries));
    if (input->queries.dimensions != dimensions) {
        error_set(&err, "the queries have %u dimensions; expected %u, as the rows have",
                  (unsigned)input->queries.dimensions, (unsigned)dimensions);
        return ann_input_fail(&err, o->queries);
    }
    return check_queries(input, input->settings.metric);
}

static bool read_filter(struct ann_input *input, size_t rows)
{
    const struct options *o = input->options;
    struct error err = {0};
    input->top_k = o->top_k;
    if (!o->filter) return true;
    if (filter_file_read(input->arena, o->filter, rows, &input->filter, &err)) return true;
    return ann_input_fail(&err, o->filter);
}

bool ann_input_read_base(struct ann_input *input, struct arena *arena,
                         const struct options *options, const struct command_usage *usage)
{
    *input = (struct ann_input){.arena = arena, .options = options, .usage = usage};
    struct error err = {0};
    TRY(needs(input, options->base, "needs --base FILE"));
    TRY(read_settings(input));
    TRY(read_vectors(input, options->base, &input->base));
    input->settings.dimensions = input->base.dimensions;
    if (!ann_check_settings(&input->settings, &err)) return ann_input_fail(&err, NULL);
    if (input->base.rows) return true;
    error_set(&err, "the file has no rows; expected one or more");
    return ann_input_fail(&err, options->base);
}

bool ann_input_read(struct ann_input *input, struct arena *arena, const struct options *options,
                    const struct command_usage *usage)
{
    return ann_input_read_base(input, arena, options, usage) && read_queries(input) &&
           read_filter(input, input->base.rows);
}

bool ann_input_read_for(struct ann_input *input, size_t rows)
{
    const struct options *o = input->options;
    struct error err = {0};
    for (size_t i = 0; i < o->override_count; i++) {
        const struct override *set = &o->overrides[i];
        if (ann_setting_read(&input->settings, set->path, set->value, &err) &&
            !ann_setting_builds(set->path))
            continue;
        if (!err.message[0])
            error_set(&err, "%.60s was decided when the index was built", set->path);
        return ann_input_fail(&err, "--set");
    }
    if (!ann_check_settings(&input->settings, &err)) return ann_input_fail(&err, "--set");
    return read_queries(input) && read_filter(input, rows);
}

void ann_input_prepare(struct ann_input *input, struct arena *arena, const struct ann_index *index)
{
    if (input->options->filter) ann_filter_prepare(arena, index, &input->filter);
}

const struct ann_filter *ann_input_filter(const struct ann_input *input)
{
    return input->options->filter ? &input->filter : NULL;
}
