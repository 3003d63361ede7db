/* Any bytes as a scenario, up to its plan: read, extended, overridden, checked, compiled; never
 * run, and its indexes never measured. The first byte picks what the rest is: a scenario in YAML
 * ('y') or JSON ('j'), a YAML scenario below a line PATH=VALUE for --set ('s'), or an Amazon States
 * Language definition ('d'). Run from the project's root: a scenario may extend the shipped ones.
 *
 * What is refused must say why; what is accepted must be accepted again, with the same hash, in its
 * resolved form; a definition that compiles must pass the check. */
#include "base/arena.h"
#include "base/file.h"
#include "models/asl.h"
#include "models/asl/asl.h"
#include "models/catalog.h"
#include "models/compiler.h"
#include "models/component.h"
#include "study/scenario.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char folder[] = "/dev/shm/ragtime-fuzz-XXXXXX";
static const char *const shipped[] = {"base.yaml", "function.yaml", "workflow.yaml", "express.yaml",
                                      "rag.asl.yaml"};
/* Made once, alive to the end. */
static struct arena *shared;
static const struct catalog *catalog;
static struct plan bound; /* what definitions are bound to */

static void require(bool holds)
{
    if (!holds) abort();
}

/* Not file_write, which waits for the disk. */
static void put(const char *name, const void *bytes, size_t length)
{
    FILE *file = fopen(name, "w");
    require(file && fwrite(bytes, 1, length, file) == length);
    require(fclose(file) == 0);
}

static void remove_folder(void)
{
    static const char *const own[] = {"input.yaml", "input.json", "resolved.json"};
    if (chdir(folder) != 0) return;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) unlink(own[i]);
    for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) unlink(shipped[i]);
    (void)rmdir(folder);
}

static const struct node *read_text(struct arena *arena, const char *text)
{
    struct node *root = NULL;
    struct error err;
    require(document_read_text(arena, "text", DOCUMENT_YAML, text, strlen(text), &root, &err));
    return root;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    struct error err;
    struct diagnostics d;
    shared = arena_new();
    require(mkdtemp(folder) != NULL);
    atexit(remove_folder);
    for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
        char *text = NULL;
        size_t length = 0;
        const char *from = arena_format(shared, "scenarios/rag-chat/%s", shipped[i]);
        require(document_load(shared, from, &text, &length, &err));
        put(arena_format(shared, "%s/%s", folder, shipped[i]), text, length);
    }
    require(catalog_load(shared, &catalog, &err));
    diagnostics_init(&d, shared);
    struct compiler compiler = {
        .arena = shared, .diagnostics = &d, .plan = &bound, .catalog = catalog};
    plan_compile(&compiler,
                 read_text(shared,
                           "components: {a: {type: service, time: 1ms}, b: {type: service}}\n"
                           "workloads: {w: {enters: a, arrivals: {constant: {rate: 1/s}}}}\n"));
    require(d.errors == 0);
    return 0;
}

static void check_diagnostics(const struct diagnostics *d)
{
    size_t errors = 0;
    for (const struct diagnostic *x = d->first; x; x = x->next) {
        require(x->message && x->message[0]);
        errors += x->severity == SEVERITY_ERROR;
    }
    require(errors == d->errors);
}

/* The scenario in `file`; NULL if it was refused. */
static const struct scenario *load(struct arena *arena, const char *file,
                                   const struct override *set, size_t count)
{
    struct diagnostics d;
    diagnostics_init(&d, arena);
    const struct scenario *s = scenario_load_with(arena, catalog, file, set, count, &d);
    check_diagnostics(&d);
    if (d.errors) return NULL;
    require(s->plan && s->resolved && strlen(s->sha256) == 64 && strlen(s->workload_sha256) == 64);
    require(s->plan->component_count > 0 && s->plan->workload_count > 0);
    return s;
}

static void check_scenario(struct arena *arena, const char *name, const char *bytes, size_t length,
                           const struct override *set, size_t count)
{
    const char *file = arena_format(arena, "%s/%s", folder, name);
    put(file, bytes, length);
    const struct scenario *s = load(arena, file, set, count);
    if (!s) return;
    const char *again = arena_format(arena, "%s/resolved.json", folder);
    put(again, s->resolved, strlen(s->resolved));
    const struct scenario *same = load(arena, again, NULL, 0);
    require(same != NULL && strcmp(same->sha256, s->sha256) == 0);
}

static void check_override(struct arena *arena, const char *bytes, size_t length)
{
    const char *end = memchr(bytes, '\n', length);
    if (!end) return;
    char *path = arena_copy_n(arena, bytes, (size_t)(end - bytes));
    char *equals = strchr(path, '=');
    if (!equals) return;
    *equals = '\0';
    const struct override set = {.path = path, .value = equals + 1, .option = "--set"};
    check_scenario(arena, "input.yaml", end + 1, length - (size_t)(end + 1 - bytes), &set, 1);
}

static size_t compile(struct arena *arena, const struct node *root, bool express)
{
    struct diagnostics d;
    struct plan plan = bound;
    struct component_plan workflow = {0};
    struct program program = {0};
    const struct asl_binding binding = {.path = "components.rag",
                                        .tasks = read_text(arena, "{A: a, B: b, Task: a}"),
                                        .map_concurrency = 4,
                                        .express = express};
    diagnostics_init(&d, arena);
    struct compiler compiler = {.arena = arena,
                                .diagnostics = &d,
                                .plan = &plan,
                                .catalog = catalog,
                                .current = &workflow,
                                .current_path = "components.rag"};
    compiler.reader = (struct field_reader){arena, &d, &compiler};
    asl_compile(&compiler, root, &binding, &program);
    check_diagnostics(&d);
    return d.errors;
}

static void check_definition(struct arena *arena, const char *bytes, size_t length)
{
    struct node *root = NULL;
    struct error err;
    struct diagnostics d;
    if (!document_read_text(arena, "input", DOCUMENT_YAML, bytes, length, &root, &err)) return;
    diagnostics_init(&d, arena);
    asl_check(&d, arena, root, "");
    check_diagnostics(&d);
    const size_t standard = compile(arena, root, false);
    const size_t express = compile(arena, root, true);
    require(d.errors == 0 || (standard > 0 && express > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    struct arena *arena = arena_new();
    /* From a block of exactly this size, so that a read beyond its end is seen. */
    const size_t length = size - 1;
    char *bytes = malloc(length + 1);
    require(bytes != NULL);
    memcpy(bytes, data + 1, length);
    switch (data[0] & 3) {
    case 'y' & 3: check_scenario(arena, "input.yaml", bytes, length, NULL, 0); break;
    case 'j' & 3: check_scenario(arena, "input.json", bytes, length, NULL, 0); break;
    case 's' & 3: check_override(arena, bytes, length); break;
    default: check_definition(arena, bytes, length); break;
    }
    free(bytes);
    arena_free(arena);
    return 0;
}
