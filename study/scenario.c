#include "study/scenario.h"

#include "base/arena.h"
#include "base/fields.h"
#include "base/file.h"
#include "base/names.h"
#include "base/units.h"
#include "models/catalog.h"
#include "models/compiler.h"
#include "study/budget.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define EXTENDS_MOST 16

/* ---- reading: extends and overrides ---- */

static const char *beside(struct arena *arena, const char *file, const char *other)
{
    const char *slash = strrchr(file, '/');
    if (other[0] == '/' || !slash) return arena_copy(arena, other);
    return arena_format(arena, "%.*s/%s", (int)(slash - file), file, other);
}

struct reading {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const char *files[EXTENDS_MOST]; /* open now: a file that extends itself would never end */
    size_t depth;
    const struct override *overrides;
    size_t override_count;
};

static const struct node *without(struct arena *arena, const struct node *map, const char *key)
{
    struct node *copy = arena_new_item(arena, struct node);
    *copy = *map;
    copy->first = NULL;
    copy->count = 0;
    struct node **end = &copy->first;
    for (const struct node *item = map->first; item; item = item->next) {
        if (strcmp(item->key, key) == 0) continue;
        struct node *kept = arena_new_item(arena, struct node);
        *kept = *item;
        kept->next = NULL;
        *end = kept;
        end = &kept->next;
        copy->count++;
    }
    return copy;
}

static const struct node *read_extended(struct reading *r, const char *file,
                                        const struct node *from)
{
    for (size_t i = 0; i < r->depth; i++)
        if (strcmp(r->files[i], file) == 0) {
            diagnostics_add(r->diagnostics, SEVERITY_ERROR, from->place, "extends",
                            "%s extends itself in the end", file);
            return NULL;
        }
    struct node *root = NULL;
    struct error err;
    if (!document_read_file(r->arena, file, &root, &err)) {
        if (from && err.place.line == 0) err.place = from->place;
        diagnostics_add_error(r->diagnostics, from ? "extends" : "", &err);
        return NULL;
    }
    if (root->type != NODE_MAP) {
        diagnostics_add(r->diagnostics, SEVERITY_ERROR, root->place, "",
                        "a scenario is a map of name, workloads, components, ...; found %s",
                        node_type_name(root->type));
        return NULL;
    }
    const struct node *extends = node_get(root, "extends");
    if (!extends) return root;
    if (extends->type != NODE_STRING || !extends->text[0] || r->depth + 1 == EXTENDS_MOST) {
        diagnostics_add(r->diagnostics, SEVERITY_ERROR, extends->place, "extends",
                        r->depth + 1 == EXTENDS_MOST ? "more than 15 files extend each other"
                                                     : "expected the name of a scenario file");
        return NULL;
    }
    r->files[r->depth++] = file;
    const struct node *base = read_extended(r, beside(r->arena, file, extends->text), extends);
    r->depth--;
    return base ? node_merge(r->arena, base, without(r->arena, root, "extends")) : NULL;
}

/* As it was given: the file of its value's place. */
static const char *override_text(const struct reading *r, const struct override *o)
{
    const bool set = strcmp(o->option, "--set") == 0;
    return set ? arena_format(r->arena, "--set %s=%s", o->path, o->value)
               : arena_format(r->arena, "%s %s", o->option, o->value);
}

/* A map of one item. */
static struct node *map_of(struct arena *arena, const char *key, const struct node *value)
{
    struct node *item = arena_new_item(arena, struct node);
    struct node *map = arena_new_item(arena, struct node);
    *item = *value;
    item->key = key;
    item->key_place = value->key_place.line ? value->key_place : value->place;
    item->next = NULL;
    *map = (struct node){.type = NODE_MAP, .text = "", .place = value->place, .count = 1};
    map->first = item;
    return map;
}

/* The names of metrics have dots: below `budgets` the rest of the path is one key. NULL if the path
 * is not one of these. */
static const struct node *set_budget(struct arena *arena, const struct node *root, const char *path,
                                     const struct node *value)
{
    const struct node *budgets = node_get(root, "budgets");
    if (strncmp(path, "budgets.", 8) != 0 || !path[8]) return NULL;
    if (budgets && budgets->type != NODE_MAP && budgets->type != NODE_NULL) return NULL;
    return node_merge(arena, root, map_of(arena, "budgets", map_of(arena, path + 8, value)));
}

/* What of a path begins with this name: the name itself or a step below it. */
static const char *behind(const char *path, const char *name)
{
    const size_t length = strlen(name);
    if (strncmp(path, name, length) != 0) return NULL;
    return path[length] == '.' || path[length] == '\0' ? path + length : NULL;
}

/* Whether an override is of a field of a component or workload that nobody defines: neither the
 * file nor an override, by setting it whole or `key` of it. Then that is a fault. */
static bool refuse_stranger(struct reading *r, const struct node *root, const struct override *o,
                            const char *section, const char *key)
{
    const char *rest = behind(o->path, section);
    const struct node *map = node_get(root, section);
    if (!rest || !*rest || !map || map->type != NODE_MAP) return false;
    const char *name = arena_copy_n(r->arena, rest + 1, strcspn(rest + 1, "."));
    if (!*name || !rest[1 + strlen(name)]) return false;
    const char **names = arena_array(r->arena, const char *, map->count + 1);
    size_t count = 0;
    for (const struct node *item = map->first; item; item = item->next) {
        if (behind(rest + 1, item->key)) return false;
        names[count++] = item->key;
    }
    const char *whole = arena_format(r->arena, "%s.%s", section, name);
    const char *defining = arena_format(r->arena, "%s.%s", whole, key);
    for (size_t i = 0; i < r->override_count; i++)
        if (strcmp(r->overrides[i].path, whole) == 0 || strcmp(r->overrides[i].path, defining) == 0)
            return false;
    const char *near = name_nearest(name, names, count);
    struct diagnostic *d =
        diagnostics_add(r->diagnostics, SEVERITY_ERROR, (struct place){override_text(r, o), 1, 1},
                        o->path, "there is no %.*s '%s'%s%s%s", (int)strlen(section) - 1, section,
                        name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    if (!near) diagnostics_hint(r->diagnostics, d, "to add one, set its %s as well", key);
    return true;
}

static const struct node *apply_override(struct reading *r, const struct node *root,
                                         const struct override *o)
{
    const char *option = override_text(r, o);
    struct node *value = NULL;
    struct error err;
    if (!o->value[0]) {
        const struct place place = {.file = option, .line = 1, .column = 1};
        diagnostics_add(r->diagnostics, SEVERITY_ERROR, place, o->path,
                        "no value is given; write PATH=VALUE");
        return root;
    }
    if (!document_read_text(r->arena, option, DOCUMENT_YAML, o->value, strlen(o->value), &value,
                            &err)) {
        diagnostics_add_error(r->diagnostics, o->path, &err);
        return root;
    }
    if (refuse_stranger(r, root, o, "components", "type") ||
        refuse_stranger(r, root, o, "workloads", "enters"))
        return root;
    const struct node *changed = set_budget(r->arena, root, o->path, value);
    if (!changed) changed = node_set(r->arena, root, o->path, value, &err);
    if (changed) return changed;
    err.place = value->place;
    diagnostics_add_error(r->diagnostics, o->path, &err);
    return root;
}

/* ---- settings ---- */

struct replication_rule {
    const struct node *until;
    int64_t at_most;
};

struct until_rule {
    const char *metric;
    double relative_error;
};

struct raw_settings {
    int64_t duration;
    const struct node *warmup;
    const struct node *replications;
    int64_t seed;
};

static const struct field simulate_fields[] = {
    {.name = "duration",
     .type = FIELD_DURATION,
     .fallback = "1h",
     .minimum = 1e-6,
     .maximum = UNITS_LONGEST_DURATION, /* keeps any sum of two times in range */
     .offset = offsetof(struct raw_settings, duration),
     .doc = "simulated time of a replication, warm-up included"},
    {.name = "warmup",
     .type = FIELD_NODE,
     .offset = offsetof(struct raw_settings, warmup),
     .type_name = "auto or a duration",
     .doc = "what is not counted at the start; found by MSER-5 if auto or absent"},
    {.name = "replications",
     .type = FIELD_NODE,
     .offset = offsetof(struct raw_settings, replications),
     .type_name = "a count or {until, at_most}",
     .doc = "independent runs; 10 if absent"},
    {.name = "seed",
     .type = FIELD_COUNT,
     .fallback = "42",
     .minimum = 0,
     .maximum = 9e15,
     .offset = offsetof(struct raw_settings, seed),
     .doc = "of all random draws"},
    {.name = NULL},
};

static const struct field rule_fields[] = {
    {.name = "until",
     .type = FIELD_NODE,
     .required = true,
     .offset = offsetof(struct replication_rule, until),
     .type_name = "{metric, relative_error}",
     .doc = "the metric that must be known well enough"},
    {.name = "at_most",
     .type = FIELD_COUNT,
     .fallback = "200",
     .minimum = 2,
     .maximum = 100000,
     .offset = offsetof(struct replication_rule, at_most),
     .doc = "replications at most"},
    {.name = NULL},
};

static const struct field until_fields[] = {
    {.name = "metric",
     .type = FIELD_TEXT,
     .required = true,
     .offset = offsetof(struct until_rule, metric),
     .doc = "its path"},
    {.name = "relative_error",
     .type = FIELD_QUANTITY,
     .dimension = DIMENSION_RATIO,
     .fallback = "2%",
     .minimum = 1e-6,
     .maximum = 1,
     .offset = offsetof(struct until_rule, relative_error),
     .doc = "half-width of the 95 % interval over the value"},
    {.name = NULL},
};

static void read_warmup(struct field_reader *reader, const struct node *node,
                        struct simulate_settings *out)
{
    out->warmup_kind = WARMUP_FOUND;
    if (!node || (node->type == NODE_STRING && strcmp(node->text, "auto") == 0)) return;
    double seconds = 0;
    struct error err;
    out->warmup_kind = WARMUP_GIVEN;
    if (!quantity_read(node, DIMENSION_DURATION, &seconds, &err)) {
        diagnostics_add_error(reader->diagnostics, "simulate.warmup", &err);
        return;
    }
    out->warmup = time_from_seconds(seconds);
    if (seconds < 0 || out->warmup >= out->duration)
        fields_fault(reader, node, "simulate.warmup",
                     "the warm-up must be shorter than the duration of %gs, found %s",
                     time_to_seconds(out->duration), node->text);
}

static void read_replications(struct field_reader *reader, const struct node *node,
                              struct simulate_settings *out)
{
    out->replications = 10;
    if (!node) return;
    struct replication_rule rule = {0};
    struct until_rule until = {0};
    if (node->type == NODE_MAP) {
        if (!fields_read(reader, rule_fields, node, "simulate.replications",
                         "the number of replications", NULL, &rule))
            return;
        if (!fields_read(reader, until_fields, rule.until, "simulate.replications.until", "until",
                         NULL, &until))
            return;
        out->until_metric = until.metric;
        out->relative_error = until.relative_error;
        out->at_most = (uint32_t)rule.at_most;
        out->replications = rule.at_most < 5 ? (uint32_t)rule.at_most : 5;
        return;
    }
    double count = 0;
    struct error err;
    if (!quantity_read(node, DIMENSION_COUNT, &count, &err))
        diagnostics_add_error(reader->diagnostics, "simulate.replications", &err);
    else if (count < 1 || count > 100000)
        fields_fault(reader, node, "simulate.replications", "must be from 1 to 100000, found %s",
                     node->text);
    else
        out->replications = (uint32_t)count;
}

static void read_simulate(struct field_reader *reader, const struct node *node,
                          struct simulate_settings *out)
{
    struct raw_settings raw = {0};
    fields_read(reader, simulate_fields, node, "simulate", "simulate", NULL, &raw);
    out->duration = raw.duration;
    out->seed = (uint64_t)raw.seed;
    read_warmup(reader, raw.warmup, out);
    read_replications(reader, raw.replications, out);
}

static void check_top_level(struct field_reader *reader, const struct node *root)
{
    static const char *const known[] = {"name",      "description", "platform", "simulate",
                                        "workloads", "components",  "budgets",  "account"};
    const size_t count = sizeof known / sizeof *known;
    for (const struct node *item = root->first; item; item = item->next) {
        size_t i = 0;
        while (i < count && strcmp(known[i], item->key) != 0) i++;
        if (i == count) fields_unknown_key(reader, item, item->key, "a scenario", known, count);
        if (i < 2 && item->type != NODE_STRING)
            fields_fault(reader, item, item->key, "expected a text, found %s",
                         node_type_name(item->type));
    }
}

/* ---- identity ---- */

static void hash_scenario(struct arena *arena, struct scenario *s, const struct node *root)
{
    s->resolved = node_to_json(arena, root);
    sha256_hex(s->resolved, strlen(s->resolved), s->sha256);
    const struct node *workloads = node_get(root, "workloads");
    const char *traffic = arena_format(arena, "%llu %lld %s", (unsigned long long)s->simulate.seed,
                                       (long long)s->simulate.duration,
                                       workloads ? node_to_json(arena, workloads) : "");
    sha256_hex(traffic, strlen(traffic), s->workload_sha256);
}

static const char *stem_of(struct arena *arena, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    const char *dot = strrchr(base, '.');
    return dot && dot != base ? arena_copy_n(arena, base, (size_t)(dot - base))
                              : arena_copy(arena, base);
}

static bool compile(struct arena *arena, const struct catalog *catalog, struct scenario *s,
                    const struct node *root, struct diagnostics *d)
{
    struct compiler compiler = {
        .arena = arena, .catalog = catalog, .diagnostics = d, .file = s->file};
    s->plan = compiler.plan = arena_new_item(arena, struct plan);
    compiler.reader = (struct field_reader){arena, d, &compiler};
    check_top_level(&compiler.reader, root);
    read_simulate(&compiler.reader, node_get(root, "simulate"), &s->simulate);
    s->plan->seed = s->simulate.seed;
    plan_compile(&compiler, root);
    budgets_read(&compiler.reader, root, s);
    return d->errors == 0;
}

struct scenario *scenario_load_with(struct arena *arena, const struct catalog *catalog,
                                    const char *file, const struct override *overrides,
                                    size_t override_count, struct diagnostics *diagnostics)
{
    struct scenario *s = arena_new_item(arena, struct scenario);
    s->file = arena_copy(arena, file);
    s->stem = s->name = stem_of(arena, file);
    s->overrides = overrides;
    s->override_count = override_count;
    struct reading r = {.arena = arena,
                        .diagnostics = diagnostics,
                        .overrides = overrides,
                        .override_count = override_count};
    const struct node *root = read_extended(&r, s->file, NULL);
    for (size_t i = 0; root && i < override_count; i++)
        root = apply_override(&r, root, &overrides[i]);
    if (root) {
        const struct node *name = node_get(root, "name");
        if (name && name->type == NODE_STRING) s->name = name->text;
        if (compile(arena, catalog, s, root, diagnostics)) hash_scenario(arena, s, root);
    }
    diagnostics_sort(diagnostics);
    return s;
}

struct scenario *scenario_load(struct arena *arena, const char *file,
                               const struct override *overrides, size_t override_count,
                               struct diagnostics *diagnostics)
{
    const struct catalog *catalog = NULL;
    struct error err;
    if (!catalog_load(arena, &catalog, &err)) {
        diagnostics_add_error(diagnostics, "", &err);
        return arena_new_item(arena, struct scenario);
    }
    return scenario_load_with(arena, catalog, file, overrides, override_count, diagnostics);
}
