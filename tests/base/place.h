/* place.h - a folder of its own for each test: set up by make_place, gone with remove_place.
 */
#ifndef TESTS_BASE_PLACE_H
#define TESTS_BASE_PLACE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A folder of its own for each test; *state is its path. */
static inline int make_place(void **state)
{
    char *path = strdup("/tmp/ragtime_test.XXXXXX");
    *state = path;
    return path && mkdtemp(path) ? 0 : -1;
}

static inline int remove_place(void **state)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf -- '%s'", (char *)*state);
    int status = system(command);
    free(*state);
    return status;
}

struct path {
    char text[200];
};

static inline struct path below(void **state, const char *name)
{
    struct path path;
    snprintf(path.text, sizeof path.text, "%s/%s", (const char *)*state, name);
    return path;
}

#endif
