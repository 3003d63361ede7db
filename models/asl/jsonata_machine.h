/* jsonata_machine.h - what evaluating a JSONata expression consists of. For jsonata_*.c alone.
 *
 * A value that is not there (undefined) is NULL. Functions are values of a type beyond those of
 * JSON; they never leave an evaluation. Every function that can fail notes the first fault in the
 * machine and returns NULL: whoever goes on after a call checks machine->fault, at the latest
 * before it loops. All memory is the arena's. */
#ifndef MODELS_ASL_JSONATA_MACHINE_H
#define MODELS_ASL_JSONATA_MACHINE_H

#include "base/arena.h"
#include "base/text.h"
#include "models/asl/jsonata.h"
#include "models/asl/jsonata_signature.h"
#include "models/asl/jsonata_syntax.h"
#include "models/asl/value.h"

/* A value with what became of it on the way. */
struct term {
    const struct value *value;
    bool sequence; /* a list that paths made: one item stands for itself, none for nothing */
    bool keep;     /* but it stays a list */
    bool whole;    /* a list that is not flattened into another */
    const struct tuples *tuples; /* what a path hands to the path around it, instead of the value */
};

struct name {
    const char *name;
    struct term term;
    const struct name *next;
};

struct frame {
    const struct frame *parent;
    const struct name *names; /* the latest first */
};

/* An item on its way through a path, with the names bound beside it. */
struct tuple {
    const struct value *item;
    const struct name *names;
};

struct tuples {
    struct tuple *items;
    size_t count;
    size_t capacity;
};

struct machine {
    struct arena *arena;
    const struct jsonata_binding *bindings;
    size_t binding_count;
    const char *fault;
    int64_t work_left; /* steps, items and bytes still to spend */
    int depth;
    bool functions_made; /* the result may hold some */
    uint64_t luck;
    double now;                     /* seconds since 1970 */
    const struct function *pending; /* a call in place of a result: whoever called makes it */
    const struct value **pending_arguments;
    size_t pending_count;
    bool sequence_argument; /* the first argument of the call under way is a sequence */
};

enum {
    MACHINE_WORK = 5000000,                /* of one evaluation */
    MACHINE_DEPTH_MOST = 1200,             /* expressions within expressions, through all calls */
    MACHINE_VALUE_DEPTH = VALUE_DEPTH_MOST /* of what is built */
};

/* --- Faults and bounds --------------------------------------------------------------------- */

/* Notes the first fault; returns NULL. */
const struct value *machine_fail(struct machine *machine, const char *format, ...)
    PRINTF_LIKE(2, 3);
/* Spends; false, with a fault, when there is nothing left or a fault already. */
bool machine_spend(struct machine *machine, size_t work);

/* --- Values -------------------------------------------------------------------------------- */

enum { VALUE_FUNCTION = VALUE_MAP + 1 };

/* Is this such a value? Not when it is NULL. */
static inline bool value_is(const struct value *value, int type)
{
    return value && (int)value->type == type;
}

/* The items of a list; a single value is one item, undefined none. `single` lends the place. */
struct span {
    const struct value *const *items;
    size_t count;
};
struct span span_of(const struct value *value, const struct value **single);

/* Ends a list or map; a fault when it nests too deep. */
const struct value *machine_list(struct machine *machine, struct value_list *list);
const struct value *machine_map(struct machine *machine, struct value_map *map);
const struct value *machine_number(struct machine *machine, double number);
/* Takes over the text: it is copied and freed. */
const struct value *machine_text(struct machine *machine, struct text *text);
const struct value *machine_format(struct machine *machine, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* Both, as one list; either may be undefined. */
const struct value *machine_append(struct machine *machine, const struct value *a,
                                   const struct value *b);
/* What counts as true; undefined does not. */
bool machine_truth(const struct value *value);
/* Like value_equal, also for functions (each equals itself alone) and undefined. */
bool machine_equal(const struct value *a, const struct value *b);
/* A value as $string has it; NULL for undefined, and on a fault. */
const struct value *machine_string(struct machine *machine, const struct value *value, bool pretty);
/* A value in messages: its JSON text, cut when long. */
const char *machine_show(struct machine *machine, const struct value *value);
/* A double as JavaScript writes it, rounded to `digits` (1 to 17). */
void machine_write_number(double number, int digits, char out[40]);

/* --- Functions ----------------------------------------------------------------------------- */

struct call {
    struct machine *machine;
    const struct value **arguments; /* at least as many as the signature names; absent: NULL */
    size_t count;
    const struct value *context;
    bool sequence_given;  /* the first argument is a sequence */
    bool sequence_result; /* so is the result: set by call_sequence */
};

/* Ends a list that is a sequence, as a function's result. */
const struct value *call_sequence(struct call *call, struct value_list *list);

typedef const struct value *builtin_fn(struct call *call);

struct builtin {
    const char *name;
    const char *signature; /* NULL: takes anything */
    int arity;             /* how many arguments a function that calls it hands over at most */
    builtin_fn *call;
};

enum function_kind {
    FUNCTION_BUILTIN,
    FUNCTION_LAMBDA,
    FUNCTION_PARTIAL,
    FUNCTION_COMPOSED,
    FUNCTION_TRANSFORM,
    FUNCTION_REGEX,
    FUNCTION_NEXT
};

struct function {
    struct value head; /* must be first */
    enum function_kind kind;
    const struct builtin *builtin;
    const struct expr *expr;
    struct frame *frame;
    const struct value *context;
    const struct function *first; /* of a composition; of a partial application */
    const struct function *second;
    const struct value **arguments; /* of a partial application; a hole is &machine_hole */
    size_t count;
    const struct value *subject; /* of the next match: where it goes on */
    size_t at;
};

extern const struct value machine_hole;

static inline const struct function *function_of(const struct value *value)
{
    return value_is(value, VALUE_FUNCTION) ? (const struct function *)(const void *)value : NULL;
}

struct function *function_new(struct machine *machine, enum function_kind kind);
size_t function_arity(const struct function *function);
/* Calls a function. */
const struct value *machine_apply(struct machine *machine, const struct function *function,
                                  const struct value *const *arguments, size_t count,
                                  const struct value *context);
struct term machine_apply_term(struct machine *machine, const struct function *function,
                               const struct value *const *arguments, size_t count,
                               const struct value *context);
/* The arguments as a signature orders them; NULL on a fault. */
const struct value **machine_validate(struct machine *machine, const struct signature *signature,
                                      const char *name, const struct value *const *arguments,
                                      size_t *count, const struct value *context);

/* The first match of a regular expression in `subject` from byte `at` on, as an object {match,
 * start, end, groups, next}; NULL when there is none. */
const struct value *regex_first(struct machine *machine, const struct function *regex,
                                const struct value *subject, size_t at);

/* By name, without the $; NULL if there is none. */
const struct builtin *library_find(const char *name);

/* --- Evaluating ---------------------------------------------------------------------------- */

struct term machine_evaluate(struct machine *machine, const struct expr *expr,
                             const struct value *input, struct frame *frame);
/* As above, as a plain value. */
const struct value *machine_value(struct machine *machine, const struct expr *expr,
                                  const struct value *input, struct frame *frame);
/* Without what stands behind it: predicates and grouping. */
struct term machine_evaluate_bare(struct machine *machine, const struct expr *expr,
                                  const struct value *input, struct frame *frame);
struct term machine_path(struct machine *machine, const struct expr *expr,
                         const struct value *input, struct frame *frame);
struct term machine_binary(struct machine *machine, const struct expr *expr,
                           const struct value *input, struct frame *frame);
struct term machine_call(struct machine *machine, const struct expr *expr,
                         const struct value *input, struct frame *frame);
struct term machine_partial(struct machine *machine, const struct expr *expr,
                            const struct value *input, struct frame *frame);
struct term machine_apply_operator(struct machine *machine, const struct expr *expr,
                                   const struct value *input, struct frame *frame);
const struct value *machine_transform(struct machine *machine, const struct function *function,
                                      const struct value *input);
/* Grouping: of the items of `input`, or of tuples where there are any. */
const struct value *machine_group(struct machine *machine, const struct expr *group,
                                  const struct value *input, const struct tuples *tuples,
                                  struct frame *frame);
/* Order-by, in place. Items are tuples, whose names may be NULL. */
void machine_sort_tuples(struct machine *machine, const struct expr *sort, struct tuple *items,
                         size_t count, const struct frame *frame);
/* What a predicate lets pass. */
struct term machine_filter(struct machine *machine, const struct expr *filter,
                           const struct value *input, struct frame *frame);
/* The same for tuples. */
void machine_filter_tuples(struct machine *machine, const struct expr *filter,
                           struct tuples *tuples, const struct frame *frame);

struct frame *frame_new(struct machine *machine, const struct frame *parent,
                        const struct name *names);
const struct name *name_new(struct machine *machine, const char *name, struct term term,
                            const struct name *next);
/* A sequence of one item is that item, one of none is nothing. */
struct term term_normalize(struct term term);
static inline struct term term_of(const struct value *value)
{
    return (struct term){.value = value};
}

/* A stable merge sort. `compare` gives >0 when `a` goes behind `b`; it may note a fault. */
typedef int compare_fn(void *context, const void *a, const void *b);
void machine_sort(struct machine *machine, void *items, size_t count, size_t size,
                  compare_fn *compare, void *context);

#endif
