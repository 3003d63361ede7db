#include "reports/blocks.h"

#include "reports/numbers.h"

#include <math.h>
#include <string.h>

void add_span(struct text *out, double seconds)
{
    if (seconds >= 7200 && fmod(seconds, 3600) == 0)
        text_format(out, "%.0f h", seconds / 3600);
    else if (seconds >= 120)
        text_format(out, "%.4g min", seconds / 60);
    else
        text_format(out, "%.4g s", seconds);
}

void add_header(struct text *out, const char *left, const struct result *r,
                const struct style *style)
{
    struct text right;
    struct text line;
    text_init(&right);
    text_init(&line);
    add_span(&right, r->simulated_s);
    text_add(&right, " simulated, warm-up ");
    add_span(&right, r->warmup_s);
    if (r->warmup_found) text_add(&right, " (found)");
    text_add(&line, "  ");
    add_plain(&line, left);
    const size_t used = text_columns(line.data) + text_columns(right.data) + 2;
    if (used + 2 > (size_t)style->width) {
        end_line(out, &line, style);
        text_add(&line, "  ");
    } else {
        text_repeat(&line, " ", (size_t)style->width - used);
    }
    text_add(&line, right.data);
    end_line(out, &line, style);
    text_free(&right);
    text_free(&line);
}

void add_alarms(struct text *out, const struct result *r, const struct style *style)
{
    struct text line;
    text_init(&line);
    for (size_t i = 0; i < r->violation_count && i < 10; i++) {
        text_add(&line, "  ");
        add_styled(&line, "31", "INCONSISTENT", style);
        text_add(&line, "  ");
        add_plain(&line, r->violations[i]);
        end_wrapped(out, &line, 4, style);
    }
    if (!r->complete) {
        text_add(&line, "  ");
        add_styled(&line, "33", "INCOMPLETE", style);
        text_format(&line, ", interrupted at %.0f%%", r->fraction_done * 100);
        end_wrapped(out, &line, 4, style);
    }
    text_free(&line);
}

void add_warnings(struct text *out, const struct result *r, const struct style *style)
{
    struct text line;
    text_init(&line);
    size_t shown = 0;
    for (const struct diagnostic *d = r->warnings.first; d && shown < 10; d = d->next, shown++) {
        text_add(&line, "  ");
        add_styled(&line, "33", "WARNING", style);
        text_add(&line, "  ");
        if (d->place.file) add_plain(&line, d->place.file);
        if (d->place.file && d->place.line > 0)
            text_format(&line, ":%d:%d", d->place.line, d->place.column);
        if (d->place.file) text_add(&line, ": ");
        if (d->path && d->path[0]) {
            add_plain(&line, d->path);
            text_add(&line, ": ");
        }
        add_plain(&line, d->message);
        if (d->hint && d->hint[0]) {
            text_add(&line, "; ");
            add_plain(&line, d->hint);
        }
        end_wrapped(out, &line, 4, style);
    }
    if (r->warnings.warnings > shown)
        text_format(out, "  and %zu more warnings\n", r->warnings.warnings - shown);
    text_free(&line);
}

void add_heading(struct text *line, const char *heading, const struct style *style)
{
    text_add(line, "  ");
    add_styled(line, "1", heading, style);
}

void add_value(struct text *line, double value, enum unit unit)
{
    char digits[NUMBER_SIZE];
    const bool milliseconds = unit == UNIT_SECONDS && value < 1;
    const double shown = milliseconds ? value * 1000 : value;
    if (unit == UNIT_RATIO)
        number_percent(value, digits);
    else if (unit == UNIT_USD)
        number_money(value, digits);
    else
        number_fixed(shown, number_places(shown, 0), digits);
    const bool any = isfinite(value);
    text_format(line, "%s%s%s", unit == UNIT_USD && any ? "$" : "", digits,
                unit != UNIT_SECONDS || !any ? ""
                : milliseconds               ? " ms"
                                             : " s");
}

void add_budget_value(struct text *line, const struct budget_result *budget)
{
    if (budget->unstable)
        text_add(line, "unstable");
    else
        add_value(line, budget->value, budget->unit);
}

void count_verdicts(const struct result *result, struct verdict_counts *out)
{
    *out = (struct verdict_counts){0};
    for (size_t i = 0; i < result->budget_count; i++) {
        const struct budget_result *b = &result->budgets[i];
        out->broken += b->verdict == VERDICT_FAIL;
        out->uncertain += b->verdict == VERDICT_UNCERTAIN;
        out->nodata += b->verdict == VERDICT_NODATA;
        if (b->verdict == VERDICT_FAIL && !out->first) out->first = b;
    }
}

bool has_latency_budget(const struct result *result, const char *workload)
{
    static const char *const latencies[] = {"latency.", "ttft.", "tpot."};
    const size_t length = strlen(workload);
    for (size_t i = 0; i < result->budget_count; i++) {
        const struct budget_result *b = &result->budgets[i];
        if (!b->below || strncmp(b->metric, workload, length) != 0 || b->metric[length] != '.')
            continue;
        for (size_t k = 0; k < sizeof latencies / sizeof *latencies; k++)
            if (strncmp(b->metric + length + 1, latencies[k], strlen(latencies[k])) == 0)
                return true;
    }
    return false;
}
