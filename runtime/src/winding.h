/* winding.h: jumps from the current continuation to another one, through the winds of dynamic-wind. */
#ifndef OMNI_WINDING_H
#define OMNI_WINDING_H

#include "continuation.h"

/* What happens when the target has become the current continuation; a, b and c are the jump's. */
typedef enum omni_arrival {
  OMNI_ARRIVE_WITH_VALUE, /* a goes to it */
  OMNI_ARRIVE_CALLING,    /* a is called with b */
  OMNI_ARRIVE_AT_GUARD,   /* the raised object a goes to the guarded frame c; b is its context */
  OMNI_ARRIVE_RAISING,    /* the object a is raised again, its context b having been restored */
  OMNI_ARRIVE_EXITING     /* the program ends with status a */
} omni_arrival;

/* Everything in it is owned. */
typedef struct omni_jump {
  omni_arrival arrival;
  omni_kont target;
  omni_value a;
  omni_value b;
  omni_value c;
  omni_value position; /* of what is raised: a fixnum (omni_raised_position) */
} omni_jump;

/* Leave the winds that are not in the target, innermost first, and enter those of the target that are not
 * in the current continuation, outermost first; arrive. Consumes what the jump holds. */
omni_pending omni_jump_make(omni_context *ctx, omni_jump jump);

/* In the driver: a wind's thunk has returned. */
omni_pending omni_wind_returned(omni_context *ctx, omni_owned value);

#endif
