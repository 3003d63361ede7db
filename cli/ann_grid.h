/* ann_grid.h - the points of --vary: every combination of the values, in an order in which an index
 * is built as seldom as can be. */
#ifndef CLI_ANN_GRID_H
#define CLI_ANN_GRID_H

#include "cli/ann_input.h"
#include "reports/ann_report.h"

#include <stdbool.h>
#include <stddef.h>

struct ann_axis {
    const char *name;
    const char **values;
    size_t count;
    bool builds; /* another value needs another index */
};

struct ann_grid {
    struct ann_axis *axes; /* those that build first, else as given */
    size_t axis_count;
    size_t points; /* 1 without an axis */
    size_t period; /* this many points after each other share an index */
};

/* Reads --vary; all is in input->arena. Every value is checked. False after a message. */
bool ann_grid_read(const struct ann_input *input, struct ann_grid *grid);

/* The settings of a point, and its choices (an array of axis_count), which may be NULL. */
void ann_grid_at(const struct ann_grid *grid, size_t point, struct ann_settings *settings,
                 struct ann_choice *choices);

#endif
