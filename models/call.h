/* call.h - one component asking another to do something and hearing back once.
 *
 * A user's request is the root call; function invocations, cache reads, vector queries, states of a
 * workflow are calls below it. Calls come from a free list: memory follows what is in flight. Life
 * of a call: call_new, call_submit, then exactly one call_finish by the callee, which lets the
 * parent go on (`done`) and gives the call back. A parent that no longer waits abandons the call:
 * the callee's work goes on and costs what it costs, but nobody hears of it.
 */
#ifndef MODELS_CALL_H
#define MODELS_CALL_H

#include "models/ledger.h"
#include "sim/deadlines.h"
#include "sim/events.h"
#include "sim/random.h"
#include "sim/time.h"

#include <stdbool.h>
#include <stdint.h>

struct call;
struct component;
struct simulation;
struct thread;
struct workload;

enum outcome {
    OUTCOME_OK,
    OUTCOME_THROTTLED, /* a rate or concurrency limit: 429 */
    OUTCOME_REFUSED,   /* a full queue: 503 */
    OUTCOME_TIMED_OUT,
    OUTCOME_FAILED,
    OUTCOME_TOO_LARGE, /* a payload over its limit */
    OUTCOME_COUNT
};

extern const char *const outcome_names[OUTCOME_COUNT]; /* "ok", "throttled", ... */

/* What a draw is for: with the component's name and the request it keys a random stream. Values are
 * part of the file format of luck: add at the end only. */
enum purpose {
    PURPOSE_ARRIVAL = 1,
    PURPOSE_QUERY,
    PURPOSE_PROMPT,
    PURPOSE_OUTPUT,
    PURPOSE_SERVICE,
    PURPOSE_FAILURE,
    PURPOSE_NETWORK,
    PURPOSE_PLACEMENT,
    PURPOSE_INIT,
    PURPOSE_COLD_INVOCATION,
    PURPOSE_KEEP_ALIVE,
    PURPOSE_COMPUTE,
    PURPOSE_WAIT,
    PURPOSE_CHOICE,
    PURPOSE_TRANSITION,
    PURPOSE_JITTER,
    PURPOSE_FIRST_TOKEN,
    PURPOSE_TOKEN,
    PURPOSE_SEARCH,
    PURPOSE_ITEMS,
    PURPOSE_THINK,
    PURPOSE_STATE,
    PURPOSE_TOKENS,
    PURPOSE_MESSAGE,
    PURPOSE_ANSWER,
    PURPOSE_DUPLICATE,
    PURPOSE_RESULT
};

/* What the callee reads, and the little it answers. */
struct payload {
    uint16_t operation;    /* index into the callee type's operations */
    bool hit;              /* answer of a cache: it was there */
    uint32_t items;        /* top_k, vectors in an upsert, items of a batch; at least 1 */
    uint32_t input_tokens; /* of a model call */
    uint32_t output_tokens;
    uint32_t bytes; /* of the request */
    uint64_t key;   /* of a cache or store: which entry */
    sim_time ttl;   /* of a cache's put: how long the entry lives; 0: the cache's own */
};

/* What the user asked: the same in every architecture for the same number. It lives until its root
 * call and all calls that nobody waits for any more are over. */
struct request {
    uint32_t references : 31;
    uint32_t cold : 1; /* met a cold start on its way */
    uint32_t decoded;  /* output tokens after the first, of the generating call */
    struct workload *workload;
    uint64_t id;     /* keys every draw made for this request */
    uint64_t number; /* within its workload, from 0 */
    sim_time arrived;
    sim_time first_token; /* when the first output token left a generating model; 0: none did */
    uint64_t query;       /* which query, as a rank of the workload's popularity law */
    uint32_t prompt_tokens;
    uint32_t output_tokens;
    sim_time decode_time;
    struct ledger *ledger;
};

typedef void call_done_fn(struct call *call, sim_time now);

struct call {
    struct call *parent; /* who waits; NULL for a root, a detached or an abandoned call */
    struct component *callee;
    struct request *request;
    struct ledger *ledger; /* never NULL */
    call_done_fn *done;    /* how the parent goes on; NULL: nobody waits */
    void *context;         /* done's */
    struct payload payload;
    uint64_t occurrence; /* tells calls of one request to one component apart, by place and not by
                            time */
    sim_time issued;
    sim_time started;      /* set by the callee when service begins */
    uint16_t error;        /* with an outcome that is not OK: errors.h */
    uint8_t outcome;       /* enum outcome; OUTCOME_COUNT while in flight */
    bool holds_request;    /* detached or abandoned: counts among the request's references */
    uint32_t tally;        /* the callee's own: a workflow's size of the execution */
    struct call *children; /* calls below this one that are in flight */
    struct call *next_sibling;
    struct call *previous_sibling;
    /* The callee's own: */
    void *server;              /* the instance, worker or slot that serves it */
    struct thread *thread;     /* the program that runs for it */
    struct call *next_waiting; /* in the callee's queue */
    struct deadline deadline;  /* the callee's time-out */
};

/* A call below `parent` (NULL: a root, which `request` then names; the caller sets ledger).
 * Inherits request, ledger and occurrence. The payload is zero but for items = 1. */
struct call *call_new(struct simulation *sim, struct call *parent, struct component *callee,
                      call_done_fn *done, void *context);
/* A call that nobody waits for, made on behalf of `request`; writes into the sink. */
struct call *call_new_detached(struct simulation *sim, struct request *request,
                               struct component *callee);
void call_submit(struct call *call, sim_time now);
/* By the callee, once. The call is gone afterwards. */
void call_finish(struct call *call, enum outcome outcome, uint16_t error, sim_time now);
/* What a Retry or Catch of the parent sees of a call that is over; ERROR_NONE of one that went
 * well.
 */
uint16_t call_error(const struct call *call);
/* By the parent, which no longer wants to hear: its own ledger stays untouched by what the call
 * does from now on. */
void call_abandon(struct call *call);
/* As call_abandon for every call below `call`. */
void call_abandon_children(struct call *call);

/* Nobody waits for it: its time is not on any critical path. */
static inline bool call_is_orphan(const struct call *call);

/* Charges the time since the ledger's cursor to the callee. */
static inline void call_charge(struct call *call, enum part part, sim_time now);

/* The stream of one purpose for this call at its callee. */
static inline void call_stream(const struct call *call, enum purpose purpose,
                               struct random_stream *stream);

/* Combines the occurrence of an enclosing flow with a number that tells parts of it apart (an
 * ordinal, an attempt, an item); 0 changes nothing, so the first of each is the same in every
 * architecture. */
static inline uint64_t occurrence_add(uint64_t occurrence, uint64_t salt, uint64_t number)
{
    return occurrence + salt * number;
}
#define OCCURRENCE_ORDINAL UINT64_C(0x9e3779b97f4a7c15)
#define OCCURRENCE_ATTEMPT UINT64_C(0xbf58476d1ce4e5b9)
#define OCCURRENCE_ITEM    UINT64_C(0x94d049bb133111eb)
#define OCCURRENCE_ROUND   UINT64_C(0xd6e8feb86659fd93)
#define OCCURRENCE_RERUN   UINT64_C(0xa0761d6478bd642f)

#include "models/call_inline.h"

#endif
