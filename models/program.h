/* program.h - what a function does when invoked and what a workflow does when started: one
 * intermediate form.
 *
 * A program is an array of steps over calls, with two front ends (Amazon States Language in asl.c,
 * `does:` steps in steps.c) and one interpreter (thread.c). Immutable once compiled, shared by all
 * threads and replications.
 */
#ifndef MODELS_PROGRAM_H
#define MODELS_PROGRAM_H

#include "models/call.h"
#include "models/errors.h"
#include "sim/distribution.h"
#include "sim/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct compiler;
struct node;

#define STEP_END      ((uint16_t)0xffff)
#define STEP_RETRIERS 31 /* of one step */

enum step_kind {
    STEP_PASS,     /* nothing */
    STEP_COMPUTE,  /* CPU and input/output time of the host itself */
    STEP_CALL,     /* ask a component and wait */
    STEP_START,    /* ask a component and do not wait */
    STEP_WAIT,     /* time passes */
    STEP_CHOICE,   /* go one of several ways */
    STEP_PARALLEL, /* branches beside each other; all must succeed */
    STEP_MAP,      /* one flow for each item, so many at a time */
    STEP_SUCCEED,  /* the end of this program or branch */
    STEP_FAIL      /* its failure, with an error */
};

enum choice_kind {
    CHOICE_PROBABILITY, /* draw */
    CHOICE_WORKLOAD,    /* by the request's workload: targets by workload index, then the default */
    CHOICE_HIT          /* [0] if the last call hit, else [1] */
};

struct retrier {
    uint64_t errors; /* set of error numbers, and those that have no bit of their own */
    struct error_list others;
    uint32_t attempts; /* at most so many retries by this retrier in one visit */
    sim_time interval; /* before the first retry */
    double backoff;    /* factor from one retry to the next, >= 1 */
    sim_time longest;  /* cap of the interval; SIM_NEVER without */
    bool jitter;       /* draw uniformly from 0 to the interval */
};

/* Before the retry that follows `already` others: interval x backoff^already, capped; with jitter
 * uniform from 0 to that. */
sim_time retrier_delay(const struct retrier *retrier, uint32_t already,
                       struct random_stream *stream);

struct catcher {
    uint64_t errors;
    struct error_list others;
    uint16_t next;
};

/* How the machine that a step belongs to is run: as part of its execution, or as child executions
 * of a distributed Map. */
enum step_child {
    CHILD_NONE,
    CHILD_STANDARD, /* pays for its own transitions */
    CHILD_EXPRESS   /* is one Express request, whatever it enters */
};

/* What becomes of the bytes of a result. */
enum result_use {
    RESULT_REPLACES, /* the input */
    RESULT_ADDS,     /* to it */
    RESULT_DISCARDED
};

struct step {
    enum step_kind kind;
    const char *name;   /* of the state, for messages and traces; or NULL */
    bool counted;       /* entering it is a transition that the host meters and delays */
    uint16_t next;      /* STEP_END: the end of this flow */
    uint16_t rank;      /* transitions go to a lower one, except those that close a loop */
    uint32_t ordinal;   /* how many earlier steps of the program draw from or call the same thing */
    sim_time timeout;   /* of each attempt; SIM_NEVER without */
    uint8_t child;      /* enum step_child */
    uint8_t result_use; /* enum result_use */
    uint16_t timeout_error; /* ERROR_TIMEOUT, or ERROR_HEARTBEAT when that is what comes first */
    uint32_t result_bytes;  /* of what it gives, where that is declared; 0: nothing is known */
    const struct retrier *retriers;
    const struct catcher *catchers;
    uint8_t retrier_count;
    uint8_t catcher_count;
    union {
        struct {
            struct distribution cpu; /* seconds at one full vCPU */
            struct distribution io;  /* seconds whatever the CPU */
        } compute;
        struct {
            uint32_t component;
            uint16_t operation;
            uint32_t items;
            uint32_t bytes;
            sim_time ttl;      /* of a cache put */
            bool key_is_query; /* payload.key: the query of the request, else the request itself */
            bool job;          /* waited for beside the call (.sync): whatever it fails with is
                                  States.TaskFailed */
            bool execution;    /* it starts a workflow: that the start is refused is seen at once */
            uint32_t context_tokens; /* added to the prompt's */
        } call;
        struct {
            struct distribution time;
            sim_time until; /* in place of that when `dated` */
            bool dated;
        } wait;
        struct {
            enum choice_kind kind;
            uint16_t count;
            const double *cumulated; /* CHOICE_PROBABILITY: count values, last 1 */
            const uint16_t *targets; /* count; CHOICE_WORKLOAD: one for each workload */
        } choice;
        struct {
            uint16_t count;
            const uint16_t *starts; /* first step of each branch */
        } parallel;
        struct {
            uint16_t start;
            struct distribution items; /* how many; rounded */
            uint32_t concurrency;      /* at most so many at once; 0: as many as there are */
            bool distributed;          /* each flow is a child execution */
            bool express;              /* and these are of type EXPRESS */
            uint32_t batch;            /* items for each flow; 0 counts as 1 */
            double tolerated_count;    /* failed items at most; distributed only */
            double tolerated_ratio;    /* failed items at most, of all */
        } map;
        struct {
            uint16_t error;
        } fail;
    };
};

struct program {
    const struct step *steps;
    uint16_t count;
    uint16_t start; /* STEP_END: an empty program */
    bool sized;     /* bytes are declared: payloads are held against payload_limit */
    uint32_t payload_limit;
    bool only_computes; /* it is one computing step: nothing to go on to, nothing that can fail */
};

/* A growing program, for front ends. */
struct program_builder {
    struct compiler *compiler;
    struct step *steps;
    size_t count;
    size_t capacity;
    bool backwards; /* steps are added from the last to the first: ordinals count from the end */
};

void program_builder_init(struct program_builder *builder, struct compiler *compiler);
/* Index of a new step (zeroed, next = STEP_END, timeout = SIM_NEVER). STEP_END with a fault at
 * `node` when the program has too many. The builder's array may move: address steps by index. */
uint16_t program_builder_add(struct program_builder *builder, enum step_kind kind,
                             const struct node *node, const char *path);
/* Sets ordinals and ranks, and closes the program. */
void program_builder_finish(struct program_builder *builder, uint16_t start, struct program *out);

/* `does:` (steps.c): a list of steps. Faults go to the compiler's diagnostics. */
void steps_compile(struct compiler *compiler, const struct node *list, const char *path,
                   struct program *out);
/* Adds the list's steps to a builder; returns the first step's index, STEP_END for an empty list;
 * the last goes on to `next`. */
uint16_t steps_compile_list(struct program_builder *builder, const struct node *list,
                            const char *path, uint16_t next);
/* The keys of one retry block of a `call` step and its defaults as a field table, for the manual.
 */
extern const struct field retry_fields[];

/* A distribution of constant 0, for steps that leave one out. */
extern const struct distribution distribution_zero;

#endif
