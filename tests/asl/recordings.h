/* recordings.h - the folder of recordings, and comparing with them. */
#ifndef TESTS_ASL_RECORDINGS_H
#define TESTS_ASL_RECORDINGS_H

#include "tests/asl/data_unit.h"

#include <dirent.h>

static inline const char *folder(void)
{
    const char *data = getenv("RAGTIME_DATA");
    return data && *data ? data : "../shared/data";
}

/* Files of a folder of the corpus, in the order of their names; NULL: there are none here. */
static inline struct dirent **list_files(const char *name, int *count, char path[600])
{
    struct dirent **files = NULL;
    (void)snprintf(path, 600, "%s/asl/%s", folder(), name);
    *count = scandir(path, &files, NULL, alphasort);
    if (*count >= 0) return files;
    print_message("SKIPPED: no %s; set RAGTIME_DATA to the data folder\n", path);
    return NULL;
}

static inline const struct node *load(struct arena *arena, const char *path, const char *name)
{
    char file[1200];
    struct node *root = NULL;
    struct error err;
    (void)snprintf(file, sizeof file, "%s/%s", path, name);
    return document_read_file(arena, file, &root, &err) ? root : NULL;
}

/* Recorded names and times differ from run to run. */
static inline bool is_wildcard(const char *text)
{
    static const char *const others[] = {"date",         "timestamp",
                                         "StateName",    "snf_role_arn",
                                         "sfn_role_arn", "RandomNumberGenerated",
                                         "start-time",   "entered-time",
                                         "table-name",   "someNonexistentBucketName"};
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (strcmp(text, others[i]) == 0) return true;
    return strchr(text, '<') != NULL;
}

static inline bool alike(const struct value *want, const struct value *got);

static inline bool members_alike(const struct value *want, const struct value *got)
{
    if (!got || got->type != want->type || got->count != want->count) return false;
    for (uint32_t i = 0; i < want->count; i++) {
        const struct value *other =
            want->type == VALUE_MAP ? value_get(got, want->members[i].key) : got->items[i];
        const struct value *mine =
            want->type == VALUE_MAP ? want->members[i].value : want->items[i];
        if (!alike(mine, other)) return false;
    }
    return true;
}

static inline bool alike(const struct value *want, const struct value *got)
{
    if (!got) return false;
    if (want->type == VALUE_STRING && is_wildcard(want->text)) return true;
    if (want->type == VALUE_LIST || want->type == VALUE_MAP) return members_alike(want, got);
    return value_equal(want, got);
}

#endif
