#include "reports/blocks.h"

#include <math.h>

#include "reports/numbers.h"

void add_span(struct text *out, double seconds)
{
    if (seconds >= 7200 && fmod(seconds, 3600) == 0) text_format(out, "%.0f h", seconds / 3600);
    else if (seconds >= 120) text_format(out, "%.4g min", seconds / 60);
    else text_format(out, "%.4g s", seconds);
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
    text_format(&line, "  %s", left);
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
        text_format(&line, "  INCONSISTENT  %s", r->violations[i]);
        end_line(out, &line, style);
    }
    if (!r->complete) {
        text_format(&line, "  INCOMPLETE, interrupted at %.0f%%", r->fraction_done * 100);
        end_line(out, &line, style);
    }
    text_free(&line);
}

void add_heading(struct text *line, const char *heading, const struct style *style)
{
    text_format(line, style->colour ? "  \033[1m%s\033[0m" : "  %s", heading);
}
