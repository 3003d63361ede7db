#include "reports/csv.h"

#include "reports/numbers.h"
#include "study/scenario.h"

#include <math.h>
#include <string.h>

/* Quoted where RFC 4180 asks for it. */
static void add_field(struct text *out, const char *value)
{
    if (!strpbrk(value, ",\"\r\n")) {
        text_add(out, value);
        return;
    }
    text_add_char(out, '"');
    for (; *value; value++) {
        if (*value == '"') text_add_char(out, '"');
        text_add_char(out, *value);
    }
    text_add_char(out, '"');
}

static void add_value(struct text *out, double value)
{
    char digits[NUMBER_SIZE];
    text_add_char(out, ',');
    if (!isfinite(value)) return;
    number_shortest(value, digits);
    text_add(out, digits);
}

void metrics_csv(struct text *out, struct result *const *results, size_t count)
{
    text_add(out, "architecture,metric,unit,value,ci_low,ci_high,replications\n");
    for (size_t r = 0; r < count; r++)
        for (size_t i = 0; i < results[r]->metric_count; i++) {
            const struct estimate *e = &results[r]->metrics[i];
            add_field(out, results[r]->scenario->stem);
            text_add_char(out, ',');
            add_field(out, e->path);
            text_format(out, ",%s", unit_names[e->unit]);
            const bool shown = !e->low_n && !e->unstable;
            const bool interval = e->interval_known && shown;
            add_value(out, shown ? e->value : NO_SAMPLES);
            add_value(out, interval ? e->low : NO_SAMPLES);
            add_value(out, interval ? e->high : NO_SAMPLES);
            text_format(out, ",%zu\n", e->count);
        }
}

static void add_series(struct text *out, const struct result *r, bool named)
{
    const struct series_result *s = &r->series;
    for (size_t i = 0; i < s->samples; i++)
        for (size_t c = 0; c < s->columns; c++) {
            char time[NUMBER_SIZE];
            if (named) {
                add_field(out, r->scenario->stem);
                text_add_char(out, ',');
            }
            number_shortest((double)(i + 1) * s->interval_s, time);
            text_format(out, "%s,", time);
            add_field(out, s->names[c]);
            add_value(out, s->values[c][i]);
            text_add_char(out, '\n');
        }
}

void timeseries_csv(struct text *out, struct result *const *results, size_t count)
{
    text_add(out, count > 1 ? "architecture,time_s,metric,value\n" : "time_s,metric,value\n");
    for (size_t r = 0; r < count; r++) add_series(out, results[r], count > 1);
}
