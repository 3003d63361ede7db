/* search_cost.h - from a search's work to its time: so many seconds for each kind of work, as
 * calibrated for a kind of machine.
 *
 * What a graph compares lies anywhere in memory; what is scanned comes one after the other, and
 * costs hardly more than its bytes. An index that fits in the processor's cache is read faster.
 */
#ifndef MODELS_SEARCH_COST_H
#define MODELS_SEARCH_COST_H

#include "models/search_work.h"

struct catalog_profile;
struct compiler;

/* Seconds each, of the machine. */
struct search_machine {
    double distance; /* to a vector or code anywhere in memory, its bytes apart */
    double scanned;  /* one after the other */
    double hop;
    double list;
    double byte;        /* from memory */
    double cached_byte; /* from the processor's cache */
    double cache_bytes;
    double row_read; /* of a vector on disk, with the others of its query */
};

/* For one index: seconds of each of search_counts. */
struct search_cost {
    double distance;
    double code;
    double hop;
    double list;
    double byte;
    double query; /* whatever it does: comparing with the centres of all lists */
};

/* The machine of a catalogue profile; faults go to the compiler. */
void search_machine_read(struct compiler *compiler, const struct catalog_profile *profile,
                         struct search_machine *out);

/* `memory_bytes` is what the index takes; with `on_disk`, vectors compared after codes are read
 * from disk. */
struct search_cost search_cost_of(const struct search_machine *machine,
                                  const struct search_question *question,
                                  const struct search_figures *figures, double memory_bytes,
                                  bool on_disk);

double search_cost_seconds(const struct search_cost *cost, const struct search_counts *counts);

#endif
