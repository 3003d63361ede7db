/* wrapping.h - files that hold definitions: one by itself, or state machines within a template.
 *
 * A file in JSON or YAML is a definition; or a template of CloudFormation or SAM, whose resources
 * AWS::StepFunctions::StateMachine and AWS::Serverless::StateMachine have a definition each
 * (Definition, DefinitionString, DefinitionUri with DefinitionSubstitutions); or a file of the
 * Serverless framework with stepFunctions.stateMachines. What a template refers to (!Ref X, !GetAtt
 * A.Arn, Fn::Sub) stays in the definition as a placeholder ${X}, ${A.Arn}: a name to bind.
 *
 * Places are those of the file. Within a definition written as text they are exact for a block
 * scalar ("|"), else where the text begins.
 */
#ifndef MODELS_ASL_WRAPPING_H
#define MODELS_ASL_WRAPPING_H

#include "base/document.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct asl_definition {
    const char *name;        /* of the state machine in its template; "" for a file of its own */
    const char *prefix;      /* of paths in it: "Chat.", or "" */
    const struct node *node; /* NULL: it cannot be read, which is a fault already told */
    bool express;            /* the template says so */
    size_t errors;           /* faults of reading it */
};

struct asl_file {
    struct asl_definition *items;
    size_t count;
};

/* Every definition of a file, in file order, in the arena. What cannot be read is a fault: of the
 * file (then there are no items) or of one of them. False if there was any. */
bool asl_read_file(struct arena *arena, const char *path, struct diagnostics *diagnostics,
                   struct asl_file *out);

/* The same of a text; files that it names are looked for beside `name`. */
bool asl_read_text(struct arena *arena, const char *name, const char *text, size_t length,
                   struct diagnostics *diagnostics, struct asl_file *out);

/* The one definition that "FILE" or "FILE#NAME" names; NAME may be left out when there is but one.
 * False with *err, which lists the names. */
bool asl_read_one(struct arena *arena, const char *reference, struct asl_definition *out,
                  struct error *err);

#endif
