#include "cli/ann_grid.h"

#include "base/arena.h"
#include "base/error.h"
#include "models/ann/setting.h"

#include <string.h>

enum { POINTS_MOST = 10000 };

static bool fail(const char *name, const char *message)
{
    struct error err = {0};
    error_set(&err, "%.60s %s", name, message);
    return ann_input_fail(&err, "--vary");
}

/* "16,32,64" */
static void split_values(struct arena *arena, const char *text, struct ann_axis *axis)
{
    size_t room = 1;
    for (const char *at = text; *at; at++) room += *at == ',';
    axis->values = arena_array(arena, const char *, room);
    for (const char *at = text;; at++) {
        const size_t length = strcspn(at, ",");
        axis->values[axis->count++] = arena_copy_n(arena, at, length);
        at += length;
        if (!*at) return;
    }
}

static bool read_axis(const struct ann_input *input, const struct override *given,
                      struct ann_axis *axis)
{
    struct ann_settings settings = input->settings;
    struct error err = {0};
    *axis = (struct ann_axis){.name = given->path, .builds = ann_setting_builds(given->path)};
    split_values(input->arena, given->value, axis);
    for (size_t i = 0; i < axis->count; i++) {
        if (!ann_setting_read(&settings, axis->name, axis->values[i], &err) ||
            !ann_check_settings(&settings, &err))
            return ann_input_fail(&err, "--vary");
    }
    return true;
}

static bool is_named(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || (strcasecmp(a, "m") == 0 && strcasecmp(b, "m") == 0);
}

static bool check_name(const struct options *o, size_t at)
{
    const char *name = o->variations[at].path;
    for (size_t i = 0; i < at; i++)
        if (is_named(o->variations[i].path, name)) return fail(name, "is varied twice");
    for (size_t i = 0; i < o->override_count; i++)
        if (is_named(o->overrides[i].path, name))
            return fail(name, "is set and varied; expected one of the two");
    return true;
}

bool ann_grid_read(const struct ann_input *input, struct ann_grid *grid)
{
    const struct options *o = input->options;
    struct ann_axis *given = arena_array(input->arena, struct ann_axis, o->variation_count + 1);
    *grid = (struct ann_grid){.points = 1, .period = 1};
    grid->axes = arena_array(input->arena, struct ann_axis, o->variation_count + 1);
    for (size_t i = 0; i < o->variation_count; i++) {
        if (!check_name(o, i) || !read_axis(input, &o->variations[i], &given[i])) return false;
        if (grid->points > POINTS_MOST / given[i].count)
            return fail(given[i].name, "makes more than 10,000 points; expected fewer values");
        grid->points *= given[i].count;
        if (!given[i].builds) grid->period *= given[i].count;
        if (given[i].builds) grid->axes[grid->axis_count++] = given[i];
    }
    for (size_t i = 0; i < o->variation_count; i++)
        if (!given[i].builds) grid->axes[grid->axis_count++] = given[i];
    /* Two settings may not go together, such as a code and a kind's own. */
    for (size_t i = 0; i < grid->points; i++) {
        struct ann_settings settings = input->settings;
        struct error err = {0};
        ann_grid_at(grid, i, &settings, NULL);
        if (!ann_check_settings(&settings, &err)) return ann_input_fail(&err, "--vary");
    }
    return true;
}

void ann_grid_at(const struct ann_grid *grid, size_t point, struct ann_settings *settings,
                 struct ann_choice *choices)
{
    for (size_t i = grid->axis_count; i-- > 0;) {
        const struct ann_axis *axis = &grid->axes[i];
        const char *value = axis->values[point % axis->count];
        struct error never;
        ann_setting_read(settings, axis->name, value, &never);
        if (choices) choices[i] = (struct ann_choice){axis->name, value};
        point /= axis->count;
    }
}
