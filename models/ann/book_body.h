/* book_body.h - the vector kernels of one SIMD level; book_kernels.c includes it once a level, as
 * distance_body.h is. KERNEL(name) names a function of the level, KERNEL_TARGET is its target
 * attribute. */

/* The least of 16, and for positive floats read as integers with a word's number in the last bits,
 * which word it is. */
KERNEL_TARGET static inline __attribute__((always_inline)) int32_t
KERNEL(least)(const integers *values)
{
    integers v = *values;
    integers other =
        __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    integers less = v < other;
    v = (v & less) | (other & ~less);
    other = __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
    less = v < other;
    v = (v & less) | (other & ~less);
    other = __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
    less = v < other;
    v = (v & less) | (other & ~less);
    return v[0] < v[1] ? v[0] : v[1];
}

KERNEL_TARGET static inline __attribute__((always_inline)) unsigned
KERNEL(choose)(const floats *losses)
{
    integers marked = ((integers)*losses & ~15) | word_numbers;
    return (unsigned)KERNEL(least)(&marked) & 15u;
}

KERNEL_TARGET static void KERNEL(tables)(const struct book *book, const float *query,
                                         struct book_tables *tables)
{
    floats *products = (floats *)(void *)tables->products;
    float widest = 0;
    float offset = 0;
    for (size_t piece = 0; piece < book->pieces; piece++, query += book->width) {
        const floats *words = (const floats *)(const void *)(book->words + piece * book->stride);
        floats sum = words[0] * query[0];
        for (size_t i = 1; i < book->width; i++) sum += words[i] * query[i];
        integers keys = (integers)sum;
        keys ^= (keys >> 31) & 0x7fffffff;
        integers negated = ~keys;
        float low = book_value(KERNEL(least)(&keys));
        float high = book_value(~KERNEL(least)(&negated));
        if (high - low > widest) widest = high - low;
        offset += low;
        products[piece] = sum - low;
    }
    float unit = widest > BOOK_RANGE_MIN ? 255.0f / widest : 1;
    for (size_t piece = 0; piece < book->pieces; piece++) {
        integers rounded = __builtin_convertvector(products[piece] * unit + 0.5f, integers);
        bytes entries = __builtin_convertvector(rounded, bytes);
        *(bytes *)(void *)(tables->entries + piece * BOOK_WORDS) = entries;
    }
    tables->unit = unit;
    tables->offset = offset * unit;
}

KERNEL_TARGET static void KERNEL(encode)(const struct book *book, const float *residual,
                                         const float *direction, float weight, uint8_t *codes)
{
    floats squares[BOOK_PIECES_MAX];
    floats along[BOOK_PIECES_MAX];
    float sum = 0; /* e . direction */
    for (size_t piece = 0; piece < book->pieces; piece++) {
        const floats *words = (const floats *)(const void *)(book->words + piece * book->stride);
        floats square = {0};
        floats dot = {0};
        for (size_t i = 0; i < book->width; i++) {
            size_t column = piece * book->width + i;
            floats error = residual[column] - words[i];
            square += error * error;
            if (weight > 0) dot += error * direction[column];
        }
        squares[piece] = square;
        along[piece] = dot;
        codes[piece] = (uint8_t)KERNEL(choose)(&square);
        sum += dot[codes[piece]];
    }
    if (!(weight > 0)) return;
    for (int round = 0; round < ENCODE_ROUNDS; round++) {
        bool changed = false;
        for (size_t piece = 0; piece < book->pieces; piece++) {
            float others = sum - along[piece][codes[piece]];
            floats total = along[piece] + others;
            floats losses = squares[piece] + weight * (total * total);
            uint8_t code = (uint8_t)KERNEL(choose)(&losses);
            changed = changed || code != codes[piece];
            codes[piece] = code;
            sum = others + along[piece][code];
        }
        if (!changed) return;
    }
}

KERNEL_TARGET static void KERNEL(keys)(const int32_t *dots, const float *scale, const float *bias,
                                       float query_scale, size_t count, int32_t *keys)
{
    for (size_t i = 0; i < count; i += BOOK_WORDS) {
        floats value = __builtin_convertvector(*(const integers *)(const void *)(dots + i), floats);
        value *= *(const floats *)(const void *)(scale + i) * query_scale;
        value += *(const floats *)(const void *)(bias + i);
        integers key = (integers)value;
        *(integers *)(void *)(keys + i) = key ^ ((key >> 31) & 0x7fffffff);
    }
}

KERNEL_TARGET static size_t KERNEL(best)(const int32_t *keys, size_t count)
{
    integers most = *(const integers *)(const void *)keys;
    integers at = word_numbers;
    integers here = word_numbers;
    for (size_t i = BOOK_WORDS; i < count; i += BOOK_WORDS) {
        integers key = *(const integers *)(const void *)(keys + i);
        here += BOOK_WORDS;
        integers more = key > most;
        most = (key & more) | (most & ~more);
        at = (here & more) | (at & ~more);
    }
    int best = 0;
    for (int i = 1; i < BOOK_WORDS; i++) {
        if (most[i] > most[best] || (most[i] == most[best] && at[i] < at[best])) best = i;
    }
    return (size_t)at[best];
}

KERNEL_TARGET static float KERNEL(round)(const float *values, size_t count, int8_t *out)
{
    integers most = {0};
    for (size_t i = 0; i < count; i += BOOK_WORDS) {
        /* Sizes of floats order as integers do. */
        integers size = *(const integers *)(const void *)(values + i) & 0x7fffffff;
        integers more = size > most;
        most = (size & more) | (most & ~more);
    }
    integers negated = -most;
    float largest = book_value(-KERNEL(least)(&negated));
    float inverse = largest >= BOOK_SIZE_MIN ? 127.0f / largest : 0;
    for (size_t i = 0; i < count; i += BOOK_WORDS) {
        floats value = *(const floats *)(const void *)(values + i) * inverse + 128.5f;
        integers rounded = __builtin_convertvector(value, integers) - 128;
        *(signed_bytes *)(void *)(out + i) = __builtin_convertvector(rounded, signed_bytes);
    }
    return inverse > 0 ? largest / 127.0f : 0;
}

static const struct book_kernels KERNEL(kernels) = {
    .tables = KERNEL(tables),
    .encode = KERNEL(encode),
    .keys = KERNEL(keys),
    .best = KERNEL(best),
    .round = KERNEL(round),
};

#undef KERNEL
#undef KERNEL_TARGET
