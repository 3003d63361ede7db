/* asl.h - Amazon States Language as a language: definitions read and judged.
 *
 * This folder knows nothing of simulation: it stands on base/ alone. models/asl.c makes programs of
 * what it accepts.
 */
#ifndef MODELS_ASL_ASL_H
#define MODELS_ASL_ASL_H

struct arena;
struct diagnostics;
struct node;

/* Judges a definition by the specification alone, without binding it to anything. One fault for
 * each rule broken: its place in the definition, the dotted path in the definition
 * ("States.Embed.Next") after `prefix`, the state's name and the rule. */
void asl_check(struct diagnostics *diagnostics, struct arena *arena, const struct node *definition,
               const char *prefix);

/* Beside asl_check: one fault for each thing of a definition that an Express workflow cannot have:
 * jobs that are waited for (.sync), task tokens, activities, distributed Maps. */
void asl_check_express(struct diagnostics *diagnostics, struct arena *arena,
                       const struct node *definition, const char *prefix);

/* Beside asl_check, which takes any name for what does a task's work: one fault for each resource
 * that the service would not take, because it is no URI. Placeholders (${NAME}) are taken. */
void asl_check_resources(struct diagnostics *diagnostics, struct arena *arena,
                         const struct node *definition, const char *prefix);

#endif
