/* jsonata_parser.h - what the parser of JSONata's operands and that of its operators share. For
 * jsonata_operand.c and jsonata_parser.c alone. */
#ifndef MODELS_ASL_JSONATA_PARSER_H
#define MODELS_ASL_JSONATA_PARSER_H

#include "models/asl/jsonata_syntax.h"

struct parser {
    struct lexer *lexer;
    struct token token; /* the next one */
    int level;
    int slots; /* labels given to % so far */
};

/* An expression whose operators bind closer than `binding`; NULL on a fault, which the lexer holds.
 * So it is with all that returns a tree. */
struct expr *parser_parse(struct parser *parser, int binding);
/* An operand with what belongs before it. */
struct expr *parser_operand(struct parser *parser);
/* The keys and values behind a "{", and the "}". */
struct expr *parser_object(struct parser *parser, size_t offset);
/* left operator right. */
struct expr *parser_binary(struct parser *parser, enum expr_operator operator, struct expr * left,
                           struct expr *right, size_t offset);

/* Is the next token this operator? */
bool parser_at(const struct parser *parser, const char *symbol);
/* To the next token. `operand`: an operand may begin there. */
bool parser_advance(struct parser *parser, bool operand);
/* Beyond this operator, which must be the next token. */
bool parser_expect(struct parser *parser, const char *symbol, bool operand);
/* A token in messages. */
const char *parser_token_name(const struct parser *parser, const struct token *token);

#endif
