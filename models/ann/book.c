#include "models/ann/book.h"

#include "base/arena.h"
#include "base/crew.h"
#include "models/ann/hash.h"

#include <string.h>

enum { ALIGNMENT = 64, ROUNDS = 12 };

struct book_job {
    const struct book_training *training;
    const struct book_kernels *kernels;
    float *words;
};

/* The words of a piece become other rows' residuals, as the seed draws them. */
static void draw_words(const struct book_training *t, size_t piece, float *words)
{
    for (size_t k = 0; k < BOOK_WORDS; k++) {
        size_t row = (size_t)(hash_of(t->seed, piece * BOOK_WORDS + k) % t->count);
        const float *residual = t->residuals + row * t->stride + piece * t->width;
        for (size_t i = 0; i < t->width; i++) words[i * BOOK_WORDS + k] = residual[i];
    }
}

static void train_piece(const struct book_job *job, size_t piece)
{
    const struct book_training *t = job->training;
    float *words = job->words + piece * t->width * BOOK_WORDS;
    draw_words(t, piece, words);
    const struct book book = {.words = words, .pieces = 1, .width = t->width};
    for (int round = 0; round < ROUNDS; round++) {
        double sums[BOOK_WIDTH_MAX * BOOK_WORDS] = {0};
        uint32_t counts[BOOK_WORDS] = {0};
        for (size_t row = 0; row < t->count; row++) {
            const float *residual = t->residuals + row * t->stride + piece * t->width;
            uint8_t code;
            job->kernels->encode(&book, residual, NULL, 0, &code);
            counts[code]++;
            for (size_t i = 0; i < t->width; i++) {
                sums[i * BOOK_WORDS + code] += (double)residual[i];
            }
        }
        /* A word that nothing chose stays as it is. */
        for (size_t k = 0; k < BOOK_WORDS; k++) {
            for (size_t i = 0; i < t->width && counts[k]; i++) {
                words[i * BOOK_WORDS + k] = (float)(sums[i * BOOK_WORDS + k] / counts[k]);
            }
        }
    }
}

static void train_job(void *context, size_t worker, size_t piece)
{
    (void)worker;
    train_piece(context, piece);
}

struct book book_train(struct arena *arena, const struct book_training *training,
                       enum simd_level level)
{
    size_t stride = training->width * BOOK_WORDS;
    struct book_job job = {
        .training = training,
        .kernels = book_kernels_of(level),
        .words =
            arena_alloc_aligned(arena, training->pieces * stride * sizeof *job.words, ALIGNMENT),
    };
    if (training->count) {
        crew_run(train_job, &job, training->pieces, training->threads);
    }
    return (struct book){
        .words = job.words, .pieces = training->pieces, .width = training->width, .stride = stride};
}

struct book book_of_signs(struct arena *arena, size_t pieces)
{
    enum { WIDTH = 4 };
    float *words = arena_alloc_aligned(arena, WIDTH * BOOK_WORDS * sizeof *words, ALIGNMENT);
    for (size_t i = 0; i < WIDTH; i++) {
        for (size_t k = 0; k < BOOK_WORDS; k++) {
            words[i * BOOK_WORDS + k] = k >> i & 1 ? 1.0f : -1.0f;
        }
    }
    return (struct book){.words = words, .pieces = pieces, .width = WIDTH};
}

void book_decode(const struct book *book, const uint8_t *codes, float *out)
{
    for (size_t piece = 0; piece < book->pieces; piece++) {
        const float *words = book->words + piece * book->stride;
        for (size_t i = 0; i < book->width; i++) {
            *out++ = words[i * BOOK_WORDS + codes[piece]];
        }
    }
}
