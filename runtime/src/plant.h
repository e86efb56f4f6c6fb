/* plant.h: faults planted on purpose, with which the harness proves that its engines see what they exist
 * for. Only builds with OMNI_PLANTS contain any of this; such a build has one fault active at a time,
 * selected by name (omni_host_options.plant), and is correct without. */
#ifndef OMNI_PLANT_H
#define OMNI_PLANT_H

#include "omni.h"

typedef enum omni_plant {
  OMNI_PLANT_NONE,
  OMNI_PLANT_LEAK,             /* reverse takes a reference too many to each element */
  OMNI_PLANT_USE_AFTER_FREE,   /* string-append reads a freed buffer */
  OMNI_PLANT_DOUBLE_FREE,      /* list->string frees a buffer twice */
  OMNI_PLANT_OUT_OF_BOUNDS,    /* make-string writes behind the last character */
  OMNI_PLANT_UNDEFINED_SHIFT,  /* arithmetic-shift shifts without looking at the distance */
  OMNI_PLANT_DATA_RACE,        /* gensym counts in two threads without a lock */
  OMNI_PLANT_WRONG_ERROR_KIND, /* vector-ref raises type-error for an index that is too large */
  OMNI_PLANT_CYCLE_SKIP,       /* collections of cycles overlook a candidate */
  OMNI_PLANT_COUNT
} omni_plant;

/* The fault with this name (NULL: none); OMNI_PLANT_COUNT if this build has no such fault. */
omni_plant omni_plant_named(const char *name);

#ifdef OMNI_PLANTS
int omni_planted(const omni_context *ctx, omni_plant plant);
void omni_plant_use_after_free(void);
void omni_plant_double_free(void);
void omni_plant_out_of_bounds(uint32_t *codes, uint64_t length, uint32_t fill);
int64_t omni_plant_shift(int64_t n, int64_t places);
void omni_plant_data_race(void);
#endif

#endif
