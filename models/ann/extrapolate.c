#include "models/ann/extrapolate.h"

#include "base/elementary.h"
#include "base/error.h"

#include <math.h>
#include <stdint.h>

/* A quantity as its law makes it a line, and back. */
static double straighten(enum ann_law law, double value, double vectors)
{
    switch (law) {
    case ANN_LAW_LOG:
    case ANN_LAW_SETTLE: return value;
    case ANN_LAW_SHARE: return value / vectors;
    case ANN_LAW_ROOT: return value / sqrt(vectors);
    case ANN_LAW_MISS: return sqrt(value < 1 ? 1 - value : 0);
    }
    return value;
}

static double bend(enum ann_law law, double line, double vectors)
{
    if (!(line > 0)) line = 0;
    switch (law) {
    case ANN_LAW_LOG:
    case ANN_LAW_SETTLE: return line;
    case ANN_LAW_SHARE: return line * vectors;
    case ANN_LAW_ROOT: return line * sqrt(vectors);
    case ANN_LAW_MISS: return line < 1 ? 1 - line * line : 0;
    }
    return line;
}

static size_t count_sizes(const struct ann_sample *samples, size_t count)
{
    size_t sizes = 0;
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < i && samples[j].vectors != samples[i].vectors) j++;
        sizes += j == i;
    }
    return sizes;
}

/* A line through (x, y) by least squares, as sums over the points. */
struct line {
    double count;
    double mean_x;
    double mean_y;
    double slope;
    double sum_xx;    /* of squares of x - mean_x */
    double residuals; /* sum of squares about the line */
};

struct fitting {
    const struct ann_sample *samples;
    size_t count;
    enum ann_law law;
};

static double place_of(enum ann_law law, size_t vectors)
{
    return law == ANN_LAW_SETTLE ? 1 / sqrt((double)vectors) : elementary_log((double)vectors);
}

static double x_of(const struct fitting *f, size_t i)
{
    return place_of(f->law, f->samples[i].vectors);
}

/* 1 on average over the samples of less than `below` vectors. */
static double weight_of(const struct fitting *f, size_t i, size_t below)
{
    double sum = 0;
    double count = 0;
    if (f->law != ANN_LAW_SETTLE && f->law != ANN_LAW_SHARE) return 1;
    for (size_t j = 0; j < f->count; j++) {
        if (f->samples[j].vectors >= below) continue;
        sum += (double)f->samples[j].vectors;
        count++;
    }
    return (double)f->samples[i].vectors * count / sum;
}

static double y_of(const struct fitting *f, size_t i)
{
    return straighten(f->law, f->samples[i].value, (double)f->samples[i].vectors);
}

/* Through the samples of less than `below` vectors, which are of at least two sizes. */
static struct line fit_line(const struct fitting *f, size_t below)
{
    struct line line = {0};
    for (size_t i = 0; i < f->count; i++) {
        if (f->samples[i].vectors >= below) continue;
        const double weight = weight_of(f, i, below);
        line.count++;
        line.mean_x += weight * x_of(f, i);
        line.mean_y += weight * y_of(f, i);
    }
    line.mean_x /= line.count;
    line.mean_y /= line.count;
    double sum_xy = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (f->samples[i].vectors >= below) continue;
        const double weight = weight_of(f, i, below);
        double x = x_of(f, i) - line.mean_x;
        line.sum_xx += weight * x * x;
        sum_xy += weight * x * (y_of(f, i) - line.mean_y);
    }
    line.slope = sum_xy / line.sum_xx;
    for (size_t i = 0; i < f->count; i++) {
        if (f->samples[i].vectors >= below) continue;
        double residual = y_of(f, i) - line.mean_y - line.slope * (x_of(f, i) - line.mean_x);
        line.residuals += weight_of(f, i, below) * residual * residual;
    }
    return line;
}

static double at(const struct line *line, double x)
{
    return line->mean_y + line->slope * (x - line->mean_x);
}

/* How far apart two values are: of a recall in itself, else relative to the second. */
static double apart(enum ann_law law, double a, double b)
{
    const double difference = fabs(a - b);
    if (law == ANN_LAW_MISS || difference == 0) return difference;
    return b > 0 ? difference / b : 1;
}

/* By how much the line through the other sizes misses what the largest one gave, so many times as
 * the size wanted is farther from the largest than that one is from the next (in ln n). */
static double miss_beyond(const struct fitting *f, size_t vectors)
{
    size_t largest = 0;
    size_t next = 0;
    for (size_t i = 0; i < f->count; i++)
        if (f->samples[i].vectors > largest) largest = f->samples[i].vectors;
    for (size_t i = 0; i < f->count; i++)
        if (f->samples[i].vectors < largest && f->samples[i].vectors > next)
            next = f->samples[i].vectors;
    const double ln_largest = elementary_log((double)largest);
    const double away = elementary_log((double)vectors) - ln_largest;
    const double step = ln_largest - elementary_log((double)next);
    const struct line line = fit_line(f, largest);
    const double foretold = bend(f->law, at(&line, place_of(f->law, largest)), (double)largest);
    double most = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (f->samples[i].vectors != largest) continue;
        const double miss = apart(f->law, foretold, f->samples[i].value);
        if (miss > most) most = miss;
    }
    return most * fmax(1, away / step);
}

/* No line is trusted farther, however well it fits: the logarithm of a size beyond the largest
 * makes this much of a difference at least. */
static double doubt(const struct fitting *f, size_t vectors)
{
    static const double doubt_each = 0.01;
    size_t largest = 0;
    if (f->law == ANN_LAW_MISS) return 0;
    for (size_t i = 0; i < f->count; i++)
        if (f->samples[i].vectors > largest) largest = f->samples[i].vectors;
    if (vectors <= largest) return 0;
    return doubt_each * (elementary_log((double)vectors) - elementary_log((double)largest));
}

/* The mean of the samples at exactly this size; false if there are none. */
static bool find_exact(const struct fitting *f, size_t vectors, struct ann_estimate *out)
{
    double sum = 0;
    double found = 0;
    bool zeros = true;
    for (size_t i = 0; i < f->count; i++) {
        zeros = zeros && f->samples[i].value == 0;
        if (f->samples[i].vectors != vectors) continue;
        sum += f->samples[i].value;
        found++;
    }
    if (found > 0) *out = (struct ann_estimate){.value = sum / found};
    if (zeros) *out = (struct ann_estimate){.value = 0};
    return found > 0 || zeros;
}

bool ann_extrapolate(const struct ann_sample *samples, size_t count, enum ann_law law,
                     size_t vectors, struct ann_estimate *out, struct error *err)
{
    const struct fitting f = {.samples = samples, .count = count, .law = law};
    if (!count || !vectors) {
        return error_set(err, "nothing to extrapolate from %zu measurements to %zu vectors", count,
                         vectors);
    }
    if (find_exact(&f, vectors, out)) return true;
    if (count_sizes(samples, count) < 3) {
        error_set(err, "%zu measurements of %zu sizes are too few for a fit; expected three sizes",
                  count, count_sizes(samples, count));
        error_hint(err, "measure at sizes such as a quarter, a half and all of the largest");
        return false;
    }
    const struct line line = fit_line(&f, SIZE_MAX);
    const double x = place_of(law, vectors);
    const double from_mean = x - line.mean_x;
    const double variance = line.residuals / (line.count - 2);
    const double spread =
        sqrt(variance * (1 + 1 / line.count + from_mean * from_mean / line.sum_xx));
    out->value = bend(law, at(&line, x), (double)vectors);
    const double up = bend(law, at(&line, x) + spread, (double)vectors);
    const double down = bend(law, at(&line, x) - spread, (double)vectors);
    const double scatter = fmax(apart(law, up, out->value), apart(law, down, out->value));
    out->error = fmin(1, fmax(doubt(&f, vectors), fmax(scatter, miss_beyond(&f, vectors))));
    if (law != ANN_LAW_MISS && out->value == 0) out->error = 1; /* off the line's end */
    return true;
}
