/* calibrate.h - measures a profile (profile.h) of the machine that runs it. */
#ifndef MODELS_ANN_CALIBRATE_H
#define MODELS_ANN_CALIBRATE_H

#include "models/ann/profile.h"

#include <stdbool.h>

struct arena;

struct calibration {
    uint32_t threads;    /* that indexes are built on, from 1; all is measured on one */
    uint32_t rounds;     /* times that everything is measured, of which the least counts; from 1 */
    size_t memory_bytes; /* largest working set */
    const volatile int *stop; /* not zero: give up; NULL: never */
    /* Told how much is done, 0 .. 1; NULL: nobody. */
    void (*progress)(void *context, double fraction);
    void *progress_context;
};

/* One measured point of the fit, and what the fitted costs say of it: how good the fit is. */
struct calibration_fit {
    double error_mean; /* mean of |predicted / measured - 1| */
    double error_most;
    size_t points;
    double filtered_error_mean; /* the same of searches with a filter */
    double filtered_error_most;
};

/* Measures kernels and searches on the caller's thread. machine and simd are set, origin and
 * verified are the caller's matter. `fits` has PROFILE_CLASS_COUNT. False if it was stopped. Takes
 * about a minute and memory_bytes. */
bool ann_calibrate(struct arena *arena, const struct calibration *calibration,
                   struct ann_profile *out, struct calibration_fit *fits);

/* The parts of it; for models/ann/ alone. */

/* Room for the kernels of a profile, nothing measured yet. */
void calibrate_name_kernels(struct arena *arena, const struct calibration *calibration,
                            struct ann_profile *out);
/* What kernels are measured on; the largest working set of them. */
char *calibrate_memory(struct arena *arena, const struct calibration *calibration);
/* Measures every kernel once more, in that memory; false if it was stopped. */
bool calibrate_kernels(const struct calibration *calibration, char *memory,
                       struct ann_profile *out);
/* Takes out of the kernels what can only have been a disturbance; once all are measured. */
void calibrate_smooth(struct ann_profile *out);

struct calibrate_points;
struct calibrate_points *calibrate_points_new(struct arena *arena);
size_t calibrate_set_count(void);
/* Builds the indexes of one set of vectors and measures searches of them once more; false if it was
 * stopped. */
bool calibrate_searches(const struct calibration *calibration, size_t set,
                        struct calibrate_points *points);
/* Fits the costs to what was measured, once the kernels are. */
void calibrate_costs(const struct calibrate_points *points, struct ann_profile *out,
                     struct calibration_fit *fits);

/* Costs not below zero that minimize the squared relative error of amounts . costs against
 * times: `count` rows of PROFILE_COST_COUNT amounts. */
void calibrate_fit(const double *amounts, const double *times, size_t count, double *costs);
/* The one cost alone, the others as they are. */
void calibrate_fit_one(const double *amounts, const double *times, size_t count,
                       enum profile_cost cost, double *costs);

#endif
