#include "reports/ann_profile_json.h"

#include "base/number.h"
#include "reports/json_writer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* To four significant digits. */
static void add_rounded(struct json_writer *json, const char *key, double value)
{
    char digits[48];
    double rounded = 0;
    number_format(value, 4, digits);
    number_read(digits, strlen(digits), 0, &rounded);
    json_number(json, key, rounded);
}

static void add_list(struct json_writer *json, const char *key, const double *values, size_t count)
{
    json_open(json, key, '(');
    for (size_t i = 0; i < count; i++) add_rounded(json, NULL, values[i]);
    json_close(json, ')');
}

static void add_sizes(struct json_writer *json, const char *key, const double *values, size_t count)
{
    json_open(json, key, '(');
    for (size_t i = 0; i < count; i++) json_number(json, NULL, values[i]);
    json_close(json, ')');
}

static void add_kernel(struct json_writer *json, const struct profile_kernel *kernel)
{
    json_open(json, NULL, '{');
    json_text(json, "code", ann_code_name(kernel->code));
    json_bool(json, "squared", kernel->squared);
    json_text(json, "access", profile_access_name(kernel->access));
    add_sizes(json, "set_bytes", kernel->set_bytes, kernel->set_count);
    add_sizes(json, "stride_bytes", kernel->stride_bytes, kernel->stride_count);
    json_open(json, "ns", '[');
    for (size_t i = 0; i < kernel->stride_count; i++)
        add_list(json, NULL, kernel->ns[i], kernel->set_count);
    json_close(json, ']');
    json_close(json, '}');
}

static void add_search(struct json_writer *json, const struct ann_profile *profile,
                       enum profile_class class, const struct calibration_fit *fit)
{
    json_open(json, profile_class_name(class), '{');
    for (int i = 0; i < PROFILE_COST_COUNT; i++) {
        const double cost = profile->costs[class][i];
        if (cost > 0) add_rounded(json, profile_cost_name((enum profile_cost)i), cost);
    }
    json_count(json, "fit_points", fit->points);
    add_rounded(json, "fit_error_mean_ratio", fit->error_mean);
    add_rounded(json, "fit_error_most_ratio", fit->error_most);
    add_rounded(json, "filtered_error_mean_ratio", fit->filtered_error_mean);
    add_rounded(json, "filtered_error_most_ratio", fit->filtered_error_most);
    json_close(json, '}');
}

void ann_profile_json(struct text *out, const struct ann_profile *profile,
                      const struct calibration_fit *fits)
{
    struct json_writer json;
    json_begin(&json, out);
    json_open(&json, NULL, '{');
    json_text(&json, "schema", PROFILE_SCHEMA);
    json_text(&json, "machine", profile->machine);
    json_text(&json, "simd", profile->simd);
    json_text(&json, "origin", profile->origin);
    if (profile->date) json_text(&json, "date", profile->date);
    json_bool(&json, "verified", profile->verified);
    json_open(&json, "searches", '{');
    for (int i = 0; i < PROFILE_CLASS_COUNT; i++)
        add_search(&json, profile, (enum profile_class)i, &fits[i]);
    json_close(&json, '}');
    json_open(&json, "kernels", '[');
    for (size_t i = 0; i < profile->kernel_count; i++) add_kernel(&json, &profile->kernels[i]);
    json_close(&json, ']');
    json_close(&json, '}');
}
