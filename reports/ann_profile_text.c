#include "reports/ann_profile_json.h"
#include "reports/blocks.h"
#include "reports/numbers.h"

#include <stdio.h>

/* A distance of 128 dimensions or so, with the working set in the first and second cache, the last
 * one, and memory. */
static const double sets_shown[] = {16384, 524288, 8388608, 268435456};
enum { SETS = sizeof sets_shown / sizeof *sets_shown, DIMENSIONS = 128, WIDTH = 8 };

static void add_cell(struct text *line, double value)
{
    char cell[NUMBER_SIZE];
    number_fixed(value, number_places(value, 0), cell);
    text_add(line, "  ");
    pad_right_aligned(line, cell, WIDTH);
}

static void add_kernels(struct text *out, struct text *line, const struct ann_profile *profile,
                        const struct style *style)
{
    add_heading(line, "NS A DISTANCE", style);
    text_format(line, " of %d dimensions, by working set", DIMENSIONS);
    end_line(out, line, style);
    text_add(line, "  code      metric  access           16 kB    512 kB      8 MB    256 MB");
    end_line(out, line, style);
    for (size_t i = 0; i < profile->kernel_count; i++) {
        const struct profile_kernel *kernel = &profile->kernels[i];
        const enum ann_metric metric = kernel->squared ? ANN_L2 : ANN_INNER_PRODUCT;
        const double stride = (double)profile_stride(kernel->code, metric, DIMENSIONS);
        text_add(line, "  ");
        pad_left_aligned(line, ann_code_name(kernel->code), 8);
        text_add(line, "  ");
        pad_left_aligned(line, kernel->squared ? "l2" : "dot", 6);
        text_add(line, "  ");
        pad_left_aligned(line, profile_access_name(kernel->access), 12);
        for (size_t j = 0; j < SETS; j++)
            add_cell(line, profile_kernel_ns(profile, kernel, stride, sets_shown[j]));
        end_line(out, line, style);
    }
}

static void add_searches(struct text *out, struct text *line, const struct ann_profile *profile,
                         const struct calibration_fit *fits, const struct style *style)
{
    char cell[NUMBER_SIZE];
    add_heading(line, "COSTS OF SEARCHES", style);
    text_add(line, " in ns (kernel: a ratio), and how far the searches measured are from the sum");
    end_line(out, line, style);
    text_add(
        line,
        "  search         query      list       row     order      line    kernel  error mean  "
        "largest");
    end_line(out, line, style);
    static const enum profile_cost shown[] = {COST_QUERY, COST_LIST, COST_ROW,
                                              COST_ORDER, COST_LINE, COST_KERNEL};
    for (int i = 0; i < PROFILE_CLASS_COUNT; i++) {
        text_add(line, "  ");
        pad_left_aligned(line, profile_class_name((enum profile_class)i), 10);
        for (size_t j = 0; j < sizeof shown / sizeof *shown; j++)
            add_cell(line, profile->costs[i][shown[j]]);
        number_percent(fits[i].error_mean, cell);
        text_add(line, "  ");
        pad_right_aligned(line, cell, 10);
        number_percent(fits[i].error_most, cell);
        text_add(line, "  ");
        pad_right_aligned(line, cell, 7);
        end_line(out, line, style);
    }
}

void ann_profile_text(struct text *out, const struct ann_profile *profile,
                      const struct calibration_fit *fits, const struct style *style)
{
    struct text line;
    text_init(&line);
    text_add(&line, "  ");
    add_plain(&line, profile->machine);
    text_format(&line, ", %s", profile->simd);
    end_wrapped(out, &line, 4, style);
    if (!style->quiet) {
        text_add(out, "\n");
        add_kernels(out, &line, profile, style);
        text_add(out, "\n");
    }
    add_searches(out, &line, profile, fits, style);
    text_free(&line);
}
