#include "models/measures.h"

#include "base/arena.h"

#include <stdarg.h>

const char *const unit_names[] = {"s", "ratio", "count", "1/s", "USD", "tokens", "bytes"};

void measures_add(struct measures *m, const char *name, const char *statistic, enum unit unit,
                  double value)
{
    m->items = arena_grow(m->arena, m->items, m->count, &m->capacity, sizeof *m->items);
    m->items[m->count++] = (struct measure){
        .path = arena_format(m->arena, "%s.%s", name, statistic), .unit = unit, .value = value};
}

void measures_use(struct measures *m, const char *component, const struct price *price,
                  double quantity)
{
    if (!price) return;
    m->usage = arena_grow(m->arena, m->usage, m->usage_count, &m->usage_capacity, sizeof *m->usage);
    m->usage[m->usage_count++] = (struct measured_usage){component, price, quantity};
}

void measures_violation(struct measures *m, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_vformat(m->arena, format, arguments);
    va_end(arguments);
    m->violations = arena_grow(m->arena, m->violations, m->violation_count, &m->violation_capacity,
                               sizeof *m->violations);
    m->violations[m->violation_count++] = text;
}
