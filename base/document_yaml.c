#include "base/arena.h"
#include "base/document_internal.h"

#include <string.h>
#include <yaml.h>

enum {
    LARGEST_ANCHORS = 1000,
    /* What aliases may add to a file: a few lines can otherwise stand for billions of values. */
    LARGEST_EXPANSION = 100000,
    LARGEST_EXPANSION_MIB = 16
};

struct anchor {
    const char *name;
    struct node *node;
    bool open; /* its node is still being read */
};

struct yaml_reader {
    struct source *source;
    yaml_parser_t parser;
    struct anchor anchors[LARGEST_ANCHORS];
    size_t anchor_count;
    size_t nodes;
    size_t expanded_nodes;
    size_t expanded_bytes;
    int depth;

    /* libyaml counts characters, places count bytes: where the two met last. */
    size_t seen_character;
    size_t seen_byte;
};

static size_t byte_offset(struct yaml_reader *reader, size_t character)
{
    if (character < reader->seen_character) reader->seen_character = reader->seen_byte = 0;
    const char *text = reader->source->text;
    while (reader->seen_character < character && reader->seen_byte < reader->source->length) {
        do reader->seen_byte++;
        while (((unsigned char)text[reader->seen_byte] & 0xC0) == 0x80);
        reader->seen_character++;
    }
    return reader->seen_byte;
}

static struct place mark_place(struct yaml_reader *reader, yaml_mark_t mark)
{
    return source_place(reader->source, byte_offset(reader, mark.index));
}

static void hint_at_problem(struct yaml_reader *reader, size_t offset)
{
    const char *problem = reader->parser.problem;
    struct error *err = reader->source->err;
    const char *text = reader->source->text;
    if (offset < reader->source->length && text[offset] == '\t')
        error_hint(err, "a tab stands here: YAML is indented with spaces");
    else if (strstr(problem, "mapping values are not allowed"))
        error_hint(err, "text with ': ' in it stands in quotes; otherwise look at the indentation");
    else if (strstr(problem, "cannot start any token"))
        error_hint(err, "put the text in quotes");
    else if (strstr(problem, "expected key") || strstr(problem, "block"))
        error_hint(err, "look at the indentation of this line and of those above");
    else if (strstr(problem, "find expected ':'"))
        error_hint(err, "a key is followed by a colon and a blank");
}

/* What libyaml found wrong, as a sentence. */
static bool fault_syntax(struct yaml_reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    struct source *source = reader->source;
    if (parser->error == YAML_MEMORY_ERROR || !parser->problem) arena_exhausted(source->length);
    if (parser->error == YAML_READER_ERROR) {
        size_t offset = parser->problem_offset;
        return error_at(source->err, source_place(source, offset),
                        "the YAML cannot be read: %s (0x%02X)", parser->problem,
                        (unsigned)parser->problem_value);
    }
    size_t offset = byte_offset(reader, parser->problem_mark.index);
    struct place place = source_place(source, offset);
    /* Which token came next is of no use to a reader; which list or map it was in is. */
    if (!parser->context || strstr(parser->context, "next token")) {
        error_at(source->err, place, "the YAML cannot be read: %s", parser->problem);
    } else {
        struct place begin = mark_place(reader, parser->context_mark);
        error_at(source->err, place, "the YAML cannot be read: %s %s that begins in line %d",
                 parser->problem, parser->context, begin.line);
    }
    hint_at_problem(reader, offset);
    return false;
}

static bool next_event(struct yaml_reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event)) return true;
    return fault_syntax(reader);
}

static bool count_node(struct yaml_reader *reader, struct place place)
{
    if (++reader->nodes <= DOCUMENT_LARGEST_NODES) return true;
    return error_at(reader->source->err, place,
                    "the file holds more than %d values, the most that are read",
                    DOCUMENT_LARGEST_NODES);
}

/* The latest anchor of a name: it replaces earlier ones. */
static const struct anchor *find_anchor(const struct yaml_reader *reader, const char *name)
{
    for (size_t i = reader->anchor_count; i-- > 0;)
        if (strcmp(reader->anchors[i].name, name) == 0) return &reader->anchors[i];
    return NULL;
}

/* Notes that `node`, which begins, is called `name`. */
static bool open_anchor(struct yaml_reader *reader, const yaml_char_t *name, struct node *node)
{
    if (!name) return true;
    if (reader->anchor_count == LARGEST_ANCHORS)
        return error_at(reader->source->err, node->place,
                        "the file has more than %d anchors, the most that are read",
                        LARGEST_ANCHORS);
    reader->anchors[reader->anchor_count++] = (struct anchor){
        .name = arena_copy(reader->source->scratch, (const char *)name),
        .node = node,
        .open = true,
    };
    return true;
}

static void close_anchor(struct yaml_reader *reader, const struct node *node)
{
    for (size_t i = 0; i < reader->anchor_count; i++)
        if (reader->anchors[i].node == node) reader->anchors[i].open = false;
}

/* The copy of an anchor's value that an alias at `place` and `depth` stands for. */
static bool expand(struct yaml_reader *reader, const struct node *from, struct place place,
                   int depth, struct node *to)
{
    struct source *source = reader->source;
    reader->expanded_nodes++;
    reader->expanded_bytes += strlen(from->text) + (from->key ? strlen(from->key) : 0);
    if (reader->expanded_nodes > LARGEST_EXPANSION ||
        reader->expanded_bytes > (size_t)LARGEST_EXPANSION_MIB * 1024 * 1024)
        return error_at(source->err, place,
                        "the file's aliases expand to more than %d values or %d MiB of text",
                        LARGEST_EXPANSION, LARGEST_EXPANSION_MIB);
    bool holds_items = from->type == NODE_LIST || from->type == NODE_MAP;
    if (holds_items && depth >= DOCUMENT_LARGEST_DEPTH)
        return error_at(source->err, place,
                        "with this alias more than %d lists and maps stand in each other",
                        DOCUMENT_LARGEST_DEPTH);
    *to = *from;
    to->first = NULL;
    to->next = NULL;
    struct node **end = &to->first;
    for (const struct node *item = from->first; item; item = item->next) {
        struct node *copy = arena_new_item(source->arena, struct node);
        TRY(expand(reader, item, place, depth + 1, copy));
        *end = copy;
        end = &copy->next;
    }
    return true;
}

static bool read_alias(struct yaml_reader *reader, const char *name, struct node *node)
{
    struct source *source = reader->source;
    const struct anchor *anchor = find_anchor(reader, name);
    if (!anchor) {
        error_at(source->err, node->place, "the alias *%s names no anchor before it",
                 excerpt_of(name).text);
        error_hint(source->err, "text that begins with '*' stands in quotes");
        return false;
    }
    if (anchor->open)
        return error_at(source->err, node->place,
                        "the alias *%s stands inside the value that it names",
                        excerpt_of(name).text);
    struct node head = *node;
    TRY(expand(reader, anchor->node, node->place, reader->depth, node));
    node->key = head.key;
    node->key_place = head.key_place;
    return true;
}

/* A scalar's text in the arena; NULL and err if it has a NUL character. */
static const char *scalar_text(struct yaml_reader *reader, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    if (memchr(value, '\0', length)) {
        error_at(reader->source->err, mark_place(reader, event->start_mark),
                 "a NUL character cannot stand in a string");
        return NULL;
    }
    return arena_copy_n(reader->source->arena, value, length);
}

static bool read_scalar(struct yaml_reader *reader, const yaml_event_t *event, const char *tag,
                        struct node *node)
{
    node->text = scalar_text(reader, event);
    if (!node->text) return false;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (tag) return yaml_resolve_tagged(node, tag, reader->source->err);
    if (!node->quoted) return yaml_resolve_plain(node, reader->source->err);
    node->type = NODE_STRING;
    return true;
}

static bool read_node(struct yaml_reader *reader, const yaml_event_t *event, struct node *node);

static bool read_key(struct yaml_reader *reader, const yaml_event_t *event, struct node *item)
{
    struct error *err = reader->source->err;
    item->key_place = mark_place(reader, event->start_mark);
    if (event->type != YAML_SCALAR_EVENT) {
        error_at(err, item->key_place, "a key must be plain text, found %s",
                 event->type == YAML_ALIAS_EVENT ? "an alias" : "a list or map");
        error_hint(err, "text that begins with one of * [ { stands in quotes");
        return false;
    }
    if (event->data.scalar.anchor || event->data.scalar.tag)
        return error_at(err, item->key_place, "a key can have neither anchor nor tag");
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    item->key = scalar_text(reader, event);
    if (!item->key) return false;
    if (plain && *item->key == '\0')
        return error_at(err, item->key_place, "a key is missing before the ':'");
    if (plain && strcmp(item->key, "<<") == 0) {
        error_at(err, item->key_place, "the merge key << is not supported");
        error_hint(err, "write the keys out, or give the whole value as an alias (key: *name)");
        return false;
    }
    return true;
}

/* One item, whose first event is `event`. */
static bool read_item(struct yaml_reader *reader, yaml_event_t *event, struct node *owner,
                      struct node *item)
{
    if (owner->type == NODE_LIST) return read_node(reader, event, item);
    TRY(read_key(reader, event, item));
    yaml_event_t value;
    TRY(next_event(reader, &value));
    bool done = read_node(reader, &value, item);
    yaml_event_delete(&value);
    return done;
}

static bool check_tag(struct yaml_reader *reader, const char *tag, const struct node *node)
{
    const char *expected = node->type == NODE_LIST ? YAML_SEQ_TAG : YAML_MAP_TAG;
    if (!tag || strcmp(tag, expected) == 0 || strcmp(tag, "!") == 0) return true;
    error_at(reader->source->err, node->place, "the tag '%s' is not known here",
             excerpt_of(tag).text);
    error_hint(reader->source->err, "remove it: values need no tags");
    return false;
}

/* Items up to the end of a list or map. */
static bool read_items(struct yaml_reader *reader, struct node *node)
{
    struct source *source = reader->source;
    yaml_event_type_t last =
        node->type == NODE_LIST ? YAML_SEQUENCE_END_EVENT : YAML_MAPPING_END_EVENT;
    if (++reader->depth > DOCUMENT_LARGEST_DEPTH)
        return error_at(source->err, node->place, "more than %d lists and maps in each other",
                        DOCUMENT_LARGEST_DEPTH);
    struct node **end = &node->first;
    node->text = "";
    for (;;) {
        yaml_event_t event;
        TRY(next_event(reader, &event));
        bool finished = event.type == last;
        struct node *item = finished ? NULL : arena_new_item(source->arena, struct node);
        bool done = finished || read_item(reader, &event, node, item);
        yaml_event_delete(&event);
        if (!done) return false;
        if (finished) break;
        *end = item;
        end = &item->next;
        node->count++;
    }
    reader->depth--;
    return node->type != NODE_MAP || document_check_keys(source, node);
}

/* What `event` says of the value that it begins: its tag and its anchor, or NULL. */
struct marks {
    const char *tag;
    const yaml_char_t *anchor;
};

static struct marks marks_of(const yaml_event_t *event)
{
    switch ((int)event->type) {
    case YAML_SCALAR_EVENT:
        return (struct marks){(const char *)event->data.scalar.tag, event->data.scalar.anchor};
    case YAML_SEQUENCE_START_EVENT:
        return (struct marks){(const char *)event->data.sequence_start.tag,
                              event->data.sequence_start.anchor};
    case YAML_MAPPING_START_EVENT:
        return (struct marks){(const char *)event->data.mapping_start.tag,
                              event->data.mapping_start.anchor};
    default: return (struct marks){0};
    }
}

static bool read_untagged(struct yaml_reader *reader, const yaml_event_t *event, const char *tag,
                          struct node *node)
{
    if (event->type == YAML_SCALAR_EVENT) return read_scalar(reader, event, tag, node);
    node->type = event->type == YAML_SEQUENCE_START_EVENT ? NODE_LIST : NODE_MAP;
    return check_tag(reader, tag, node) && read_items(reader, node);
}

/* The key that a template's short tag stands for, in the arena; NULL if it is no such tag. */
static const char *key_of_tag(const struct yaml_reader *reader, const char *tag)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    if (!reader->source->short_tags || !tag || tag[0] != '!' || tag[1] == '\0') return NULL;
    if (strspn(tag + 1, letters) != strlen(tag + 1)) return NULL;
    const bool whole = strcmp(tag, "!Ref") == 0 || strcmp(tag, "!Condition") == 0;
    return arena_format(reader->source->arena, "%s%s", whole ? "" : "Fn::", tag + 1);
}

/* A value with a short tag: a map of one item. */
static bool read_tagged(struct yaml_reader *reader, const yaml_event_t *event, const char *key,
                        struct node *node)
{
    if (++reader->depth > DOCUMENT_LARGEST_DEPTH)
        return error_at(reader->source->err, node->place,
                        "more than %d lists and maps in each other", DOCUMENT_LARGEST_DEPTH);
    TRY(count_node(reader, node->place));
    struct node *item = arena_new_item(reader->source->arena, struct node);
    *item = (struct node){.key = key, .key_place = node->place, .place = node->place};
    node->type = NODE_MAP;
    node->text = "";
    node->first = item;
    node->count = 1;
    TRY(read_untagged(reader, event, NULL, item));
    reader->depth--;
    return true;
}

/* The value that begins with `event`. */
static bool read_node(struct yaml_reader *reader, const yaml_event_t *event, struct node *node)
{
    node->place = mark_place(reader, event->start_mark);
    TRY(count_node(reader, node->place));
    if (event->type == YAML_ALIAS_EVENT)
        return read_alias(reader, (const char *)event->data.alias.anchor, node);
    if (event->type != YAML_SCALAR_EVENT && event->type != YAML_SEQUENCE_START_EVENT &&
        event->type != YAML_MAPPING_START_EVENT)
        return error_at(reader->source->err, node->place, "expected a value");
    const struct marks marks = marks_of(event);
    TRY(open_anchor(reader, marks.anchor, node));
    const char *key = key_of_tag(reader, marks.tag);
    TRY(key ? read_tagged(reader, event, key, node)
            : read_untagged(reader, event, marks.tag, node));
    if (marks.anchor) close_anchor(reader, node);
    return true;
}

static bool read_root(struct yaml_reader *reader, struct node *root)
{
    yaml_event_t event;
    TRY(next_event(reader, &event));
    bool done = read_node(reader, &event, root);
    yaml_event_delete(&event);
    if (done && root->type == NODE_NULL && root->text[0] == '\0')
        return error_at(reader->source->err, root->place, "the file is empty");
    return done;
}

/* Every event of the stream; one of them begins the document. */
static bool read_stream(struct yaml_reader *reader, struct node *root)
{
    struct source *source = reader->source;
    size_t documents = 0;
    for (;;) {
        yaml_event_t event;
        TRY(next_event(reader, &event));
        yaml_event_type_t type = event.type;
        struct place place = mark_place(reader, event.start_mark);
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT) break;
        if (type != YAML_DOCUMENT_START_EVENT) continue;
        if (++documents > 1)
            return error_at(source->err, place, "a second document begins here: a file holds one");
        TRY(read_root(reader, root));
    }
    if (documents == 0)
        return error_at(source->err, (struct place){source->file, 1, 1}, "the file is empty");
    return true;
}

bool document_read_yaml(struct source *source, struct node **out)
{
    struct yaml_reader *reader = arena_new_item(source->scratch, struct yaml_reader);
    reader->source = source;
    if (!yaml_parser_initialize(&reader->parser)) arena_exhausted(sizeof reader->parser);
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)source->text,
                                 source->length);
    struct node *root = arena_new_item(source->arena, struct node);
    bool done = read_stream(reader, root);
    yaml_parser_delete(&reader->parser);
    if (done) *out = root;
    return done;
}
