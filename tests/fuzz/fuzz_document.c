/* Any bytes as a document. The first byte picks the format: even JSON ('j'), odd YAML ('y').
 *
 * What is read must survive being written as JSON and read again, being merged and having a value
 * set; what is refused must say why and where. The tree is handed out as well (fuzz_document_read),
 * so that targets of the floors above feed the same documents to their own readers. */
#include "base/arena.h"
#include "base/document.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
struct node *fuzz_document_read(struct arena *arena, const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

struct node *fuzz_document_read(struct arena *arena, const uint8_t *data, size_t size)
{
    if (size == 0) return NULL;
    enum document_format format = data[0] & 1 ? DOCUMENT_YAML : DOCUMENT_JSON;
    struct node *root = NULL;
    struct error err = {0};
    if (document_read_text(arena, "input", format, (const char *)data + 1, size - 1, &root, &err))
        return root;
    require(!root);
    require(err.message[0] != '\0');
    require(err.place.line >= 1 && err.place.column >= 1);
    require(strcmp(err.place.file, "input") == 0);
    return NULL;
}

/* Counts agree with the lists; places are set; every number is finite. */
static void check_tree(const struct node *node)
{
    require(node->place.line >= 1 && node->place.column >= 1);
    require(node->text != NULL);
    require(node->type != NODE_NUMBER || node->number - node->number == 0.0);
    size_t count = 0;
    for (const struct node *item = node->first; item; item = item->next) {
        require((node->type == NODE_MAP) == (item->key != NULL));
        if (item->key) require(item->key_place.line >= 1);
        check_tree(item);
        count++;
    }
    require(count == node->count);
}

static void check_round_trip(struct arena *arena, const struct node *root)
{
    const char *json = node_to_json(arena, root);
    struct node *again = NULL;
    struct error err;
    require(document_read_text(arena, "again", DOCUMENT_JSON, json, strlen(json), &again, &err));
    require(strcmp(json, node_to_json(arena, again)) == 0);
}

static void check_changes(struct arena *arena, const struct node *root)
{
    struct error err;
    check_tree(node_merge(arena, root, root));
    struct node *set = node_set(arena, root, "a.b", root, &err);
    if (set) {
        check_tree(set);
        require(node_find(set, "a.b") != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const struct node *root = fuzz_document_read(arena, data, size);
    if (root) {
        check_tree(root);
        check_round_trip(arena, root);
        check_changes(arena, root);
    }
    arena_free(arena);
    return 0;
}
