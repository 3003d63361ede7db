/* replay.h - recorded executions compared with what the interpreter makes of them: values with
 * placeholders for what differs from run to run, sequences of events with the liberties that
 * concurrency has. */
#ifndef TESTS_MODELS_REPLAY_H
#define TESTS_MODELS_REPLAY_H

#include "base/arena.h"
#include "models/asl/value.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What stands for something else in one trace, beside what looks like a placeholder: the input was
 * recorded with placeholders, and is also there without. */
struct placeholders {
    struct arena *arena;
    const char *recorded[500];
    const char *found[500];
    size_t count;
};

static inline bool is_text(const struct value *value)
{
    return value && value->type == VALUE_STRING;
}

static inline void learn(struct placeholders *p, const struct value *recorded,
                         const struct value *found)
{
    if (!recorded || !found || recorded->type != found->type) return;
    if (recorded->type == VALUE_STRING && !value_equal(recorded, found) && p->count < 500) {
        p->recorded[p->count] = recorded->text;
        p->found[p->count++] = found->text;
    }
    for (uint32_t i = 0; recorded->type == VALUE_LIST && i < recorded->count && i < found->count;
         i++)
        learn(p, recorded->items[i], found->items[i]);
    for (uint32_t i = 0; recorded->type == VALUE_MAP && i < recorded->count; i++)
        learn(p, recorded->members[i].value, value_get(found, recorded->members[i].key));
}

/* Words that the recordings have in place of what varies. */
static inline bool is_word(const char *text)
{
    static const char *const words[] = {
        "timestamp",        "date",         "sfn_role_arn", "snf_role_arn",
        "start-time",       "entered-time", "a_task_token", "RandomNumberGenerated",
        "x-amzn-RequestId", "activity_arn"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i]) == 0) return true;
    return false;
}

/* The end of a placeholder that begins here ("<uuid:1>", "<<task_token>:1>", and a name that is
 * found without brackets too); NULL: there is none. */
static inline const char *placeholder_end(const char *at)
{
    static const char bare[] = "lambda_function_name";
    if (strncmp(at, bare, sizeof bare - 1) == 0) return at + sizeof bare - 1;
    int depth = 0;
    for (; *at; at++) {
        depth += *at == '<';
        if (*at == '>' && --depth == 0) return at + 1;
        if (depth == 0) return NULL;
    }
    return NULL;
}

/* As a pattern in which placeholders stand for any text. */
static inline bool text_fits(const char *pattern, const char *text)
{
    const char *after = NULL; /* where to go on when what was tried fails */
    const char *from = NULL;
    for (;;) {
        const char *end = placeholder_end(pattern);
        if (end) {
            after = pattern = end;
            from = text;
        } else if (*pattern == *text) {
            if (!*text) return true;
            pattern++;
            text++;
        } else if (after && *from) {
            pattern = after;
            text = ++from;
        } else {
            return false;
        }
    }
}

static inline bool fits(struct placeholders *p, const struct value *recorded,
                        const struct value *found);

/* Both JSON texts of things that fit. */
static inline bool json_fits(struct placeholders *p, const struct value *recorded,
                             const struct value *found)
{
    struct error err;
    const char *text = recorded->text;
    if (text[0] != '{' && text[0] != '[') return false;
    const struct value *a = value_from_json(p->arena, text, recorded->count, &err);
    const struct value *b = a ? value_from_json(p->arena, found->text, found->count, &err) : NULL;
    return b && fits(p, a, b);
}

/* Some part of the text is what an input's placeholder stood for. */
static inline bool learned_fits(struct placeholders *p, const char *recorded, const char *found)
{
    for (size_t i = 0; i < p->count; i++) {
        const char *at = strstr(recorded, p->recorded[i]);
        if (!at || !p->recorded[i][0]) continue;
        const char *whole = arena_format(p->arena, "%.*s%s%s", (int)(at - recorded), recorded,
                                         p->found[i], at + strlen(p->recorded[i]));
        if (text_fits(whole, found)) return true;
    }
    return false;
}

static inline bool text_value_fits(struct placeholders *p, const struct value *recorded,
                                   const struct value *found)
{
    if (is_word(recorded->text)) return true;
    if (!is_text(found)) {
        const char *end = placeholder_end(recorded->text);
        return end && !*end;
    }
    return text_fits(recorded->text, found->text) || learned_fits(p, recorded->text, found->text) ||
           json_fits(p, recorded, found);
}

static inline bool fits(struct placeholders *p, const struct value *recorded,
                        const struct value *found)
{
    if (!recorded || !found) return recorded == found;
    if (is_text(recorded)) return text_value_fits(p, recorded, found);
    if (recorded->type == VALUE_MAP && recorded->count == 1 && value_get(recorded, "$raw"))
        return fits(p, value_get(recorded, "$raw"), found);
    if (recorded->type != found->type) return false;
    if (recorded->type != VALUE_MAP && recorded->type != VALUE_LIST)
        return value_equal(recorded, found);
    if (recorded->count != found->count) return false;
    for (uint32_t i = 0; recorded->type == VALUE_LIST && i < recorded->count; i++)
        if (!fits(p, recorded->items[i], found->items[i])) return false;
    for (uint32_t i = 0; recorded->type == VALUE_MAP && i < recorded->count; i++)
        if (!fits(p, recorded->members[i].value, value_get(found, recorded->members[i].key)))
            return false;
    return true;
}

/* What a recording has decoded where the history has JSON text: causes, variables. */
static inline bool decoded_fits(struct placeholders *p, const struct value *recorded,
                                const struct value *found)
{
    struct error err;
    if (fits(p, recorded, found)) return true;
    if (!is_text(found)) return false;
    const struct value *read = value_from_json(p->arena, found->text, found->count, &err);
    const struct value *told =
        is_text(recorded) ? value_from_json(p->arena, recorded->text, recorded->count, &err) : NULL;
    return read && (fits(p, recorded, read) || (told && fits(p, told, read)));
}

#endif
