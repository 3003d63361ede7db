#include "models/ann/setting.h"

#include "base/error.h"
#include "base/names.h"
#include "base/number.h"

#include <stddef.h>
#include <string.h>

enum {
    OF_FLAT = 1 << ANN_FLAT,
    OF_HNSW = 1 << ANN_HNSW,
    OF_LISTS = 1 << ANN_IVF_FLAT | 1 << ANN_IVF_PQ | 1 << ANN_SCANN,
    OF_SCANN = 1 << ANN_SCANN,
    OF_ALL = OF_FLAT | OF_HNSW | OF_LISTS
};

enum value_type { VALUE_COUNT, VALUE_WIDE, VALUE_RATIO, VALUE_CODE };

struct setting {
    const char *name;
    enum value_type type;
    size_t offset;
    unsigned kinds; /* that have a use for it */
    bool of_search;
};

#define AT(member) offsetof(struct ann_settings, member)
static const struct setting settings_known[] = {
    {"m", VALUE_COUNT, AT(m), OF_HNSW, false},
    {"ef_construction", VALUE_COUNT, AT(ef_construction), OF_HNSW, false},
    {"ef_search", VALUE_COUNT, AT(ef_search), OF_HNSW, true},
    {"code", VALUE_CODE, AT(code), OF_ALL, false},
    {"lists", VALUE_COUNT, AT(lists), OF_LISTS, false},
    {"probes", VALUE_COUNT, AT(probes), OF_LISTS, true},
    {"rerank", VALUE_COUNT, AT(rerank), OF_ALL, true},
    {"spill", VALUE_COUNT, AT(spill), OF_LISTS, false},
    {"anisotropy", VALUE_RATIO, AT(anisotropy), OF_SCANN, false},
    {"recall", VALUE_RATIO, AT(recall), OF_LISTS, false},
    {"seed", VALUE_WIDE, AT(seed), OF_HNSW | OF_LISTS, false},
};
#undef AT
#define SETTINGS (sizeof settings_known / sizeof *settings_known)

static const char *const kind_words[] = {"flat", "hnsw", "ivf_flat", "ivf_pq", "scann"};
static const char *const metric_words[] = {"cosine", "inner_product", "l2"};
static const char *const code_words[] = {"float32", "float16", "int8", "lvq8",
                                         "lvq4",    "rabitq",  "sign"};
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* --- words --- */

static bool refuse_word(const char *what, const char *word, const char *const *words, size_t count,
                        struct error *err)
{
    const char *near = name_nearest(word, words, count);
    error_set(err, "'%.60s' is no %s%s%s%s; expected %s", word, what,
              near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "", words[0]);
    size_t length = strlen(err->message);
    for (size_t i = 1; i < count && length + 40 < sizeof err->message; i++) {
        const char *between = i + 1 < count ? ", " : " or ";
        memcpy(err->message + length, between, strlen(between) + 1);
        length += strlen(between);
        memcpy(err->message + length, words[i], strlen(words[i]) + 1);
        length += strlen(words[i]);
    }
    return false;
}

static bool find_word(const char *word, const char *const *words, size_t count, size_t *at)
{
    for (*at = 0; *at < count; ++*at) {
        if (strcmp(words[*at], word) == 0) return true;
    }
    return false;
}

bool ann_kind_read(const char *word, enum ann_kind *kind, struct error *err)
{
    size_t at;
    if (!find_word(word, kind_words, COUNT_OF(kind_words), &at)) {
        return refuse_word("kind of index", word, kind_words, COUNT_OF(kind_words), err);
    }
    *kind = (enum ann_kind)at;
    return true;
}

bool ann_metric_read(const char *word, enum ann_metric *metric, struct error *err)
{
    size_t at;
    if (strcmp(word, "ip") == 0) word = "inner_product";
    if (!find_word(word, metric_words, COUNT_OF(metric_words), &at)) {
        return refuse_word("metric", word, metric_words, COUNT_OF(metric_words), err);
    }
    *metric = (enum ann_metric)at;
    return true;
}

/* --- settings --- */

static const struct setting *find_setting(const char *name)
{
    if (strcmp(name, "M") == 0) name = "m";
    for (size_t i = 0; i < SETTINGS; i++) {
        if (strcmp(settings_known[i].name, name) == 0) return &settings_known[i];
    }
    return NULL;
}

static bool refuse_name(const char *name, struct error *err)
{
    const char *names[SETTINGS];
    for (size_t i = 0; i < SETTINGS; i++) names[i] = settings_known[i].name;
    return refuse_word("setting of an index", name, names, SETTINGS, err);
}

static bool read_number(const struct setting *setting, const char *value, double most,
                        double *number, struct error *err)
{
    size_t length = strlen(value);
    bool whole = setting->type != VALUE_RATIO;
    bool good = length && number_length(value) == length && number_read(value, length, 0, number) &&
                *number >= 0 && *number <= most;
    if (good && whole) good = *number == (double)(uint64_t)*number;
    if (good) return true;
    return error_set(err, "%s is '%.60s'; expected a %snumber from 0 to %.0f", setting->name, value,
                     whole ? "whole " : "", most);
}

bool ann_setting_read(struct ann_settings *settings, const char *name, const char *value,
                      struct error *err)
{
    const struct setting *setting = find_setting(name);
    if (!setting) return refuse_name(name, err);
    if (!(setting->kinds >> settings->kind & 1)) {
        error_set(err, "an index of the kind %s has no %s", ann_kind_name(settings->kind),
                  setting->name);
        error_hint(err, "leave it out, or choose another kind");
        return false;
    }
    char *at = (char *)settings + setting->offset;
    double number = 0;
    if (setting->type == VALUE_CODE) {
        size_t code;
        if (!find_word(value, code_words, COUNT_OF(code_words), &code)) {
            return refuse_word("code", value, code_words, COUNT_OF(code_words), err);
        }
        settings->code = (enum ann_code)code;
        return true;
    }
    /* Seeds up to 2^53 are exact as numbers. */
    double most = setting->type == VALUE_WIDE ? 0x1p53 : (double)UINT32_MAX;
    TRY(read_number(setting, value, most, &number, err));
    if (setting->type == VALUE_COUNT) memcpy(at, &(uint32_t){(uint32_t)number}, sizeof(uint32_t));
    if (setting->type == VALUE_WIDE) memcpy(at, &(uint64_t){(uint64_t)number}, sizeof(uint64_t));
    if (setting->type == VALUE_RATIO) memcpy(at, &(float){(float)number}, sizeof(float));
    return true;
}

bool ann_setting_builds(const char *name)
{
    const struct setting *setting = find_setting(name);
    return setting && !setting->of_search;
}

struct ann_query ann_setting_query(const struct ann_settings *settings, size_t top_k)
{
    return (struct ann_query){.top_k = top_k,
                              .ef_search = settings->ef_search,
                              .probes = settings->probes,
                              .rerank = settings->rerank};
}
